"""Mirrors engine/policy/emergency."""
