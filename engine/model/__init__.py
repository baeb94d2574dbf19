"""The nouns, and their state machines."""
