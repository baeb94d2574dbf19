"""Translation: everything that speaks somebody else's protocol."""
