"""The memory, tried on a real Postgres."""
