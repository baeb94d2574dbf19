"""Ticket systems: each kind answers alike, and says alike when it cannot."""
