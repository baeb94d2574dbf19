"""Mirrors adapters/company/writing."""
