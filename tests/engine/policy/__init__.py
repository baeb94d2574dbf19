"""Mirrors engine/policy."""
