"""Tests of standing in for somebody."""
