"""Tests of freezing, and of what stops access."""
