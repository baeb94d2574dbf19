"""Mirrors adapters/chat/home."""
