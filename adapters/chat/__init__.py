"""People and the engine, talking."""
