"""The engine and target systems: one file per system; `sandbox.py` is the one to copy."""
