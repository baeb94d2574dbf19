"""Mirrors engine/workflow."""
