"""Cards and forms become Adaptive Cards 1.5."""
