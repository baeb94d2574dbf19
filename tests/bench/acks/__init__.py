"""How soon people are answered, at a fixed pace, while everything else runs."""
