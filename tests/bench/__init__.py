"""Benchmarks: how fast, measured and never asserted. `docs/bench.md` has the figures."""
