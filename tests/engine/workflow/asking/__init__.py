"""Requests, from the ask to the last decision."""
