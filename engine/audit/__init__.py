"""The audit log's rules: what an entry is, what it says, how entries are bound together."""
