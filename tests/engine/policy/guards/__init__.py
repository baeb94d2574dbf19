"""Tests of freezes and limits as policy."""
