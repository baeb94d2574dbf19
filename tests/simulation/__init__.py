"""Seeded runs with faults, and the invariants that must survive them."""
