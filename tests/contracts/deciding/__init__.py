"""What a unit of work keeps of how a request is decided."""
