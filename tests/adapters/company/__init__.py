"""Mirrors adapters/company."""
