"""Somebody's dashboard: how it looks, and how it follows what happens."""
