"""Mirrors adapters/chat."""
