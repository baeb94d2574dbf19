"""Benchmarks: how fast, measured and never asserted."""
