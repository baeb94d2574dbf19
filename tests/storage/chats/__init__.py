"""Mirrors storage/chats."""
