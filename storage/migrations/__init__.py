"""How the tables came to be: Alembic's revisions, run by `storage.migrate`."""
