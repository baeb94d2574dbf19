"""Mirrors engine/model."""
