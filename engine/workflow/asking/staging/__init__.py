"""A stage takes an approval, or cannot."""
