"""Texts that every platform shows."""
