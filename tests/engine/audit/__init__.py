"""Mirrors engine/audit."""
