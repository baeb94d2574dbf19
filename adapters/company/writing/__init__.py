"""A company as its files: what is in force, for reading, comparing and changing."""
