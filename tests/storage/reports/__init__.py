"""Mirrors storage/reports."""
