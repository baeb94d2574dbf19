"""Mirrors adapters/connectors."""
