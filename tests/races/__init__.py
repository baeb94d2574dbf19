"""Two do at once what only one may: each race is run two hundred times on a real Postgres."""
