"""A worker dies, or stops for a while, wherever it can; somebody else goes on, and all is well."""
