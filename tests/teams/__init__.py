"""Microsoft Teams: a fake of it, and what is said and shown there."""
