"""Whole conversations, as text files that a customer can read."""
