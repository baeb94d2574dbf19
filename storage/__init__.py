"""Memory: Postgres, and only here."""
