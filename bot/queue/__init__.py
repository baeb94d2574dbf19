"""Duties on their way to workers: over Redis, or past it."""
