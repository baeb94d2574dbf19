"""What would happen, for who wonders: nothing is written."""
