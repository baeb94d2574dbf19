"""Freezes and limits in the random company."""
