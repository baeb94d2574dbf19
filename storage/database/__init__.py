"""The way to Postgres: connections, roles, and statements that share a round trip."""
