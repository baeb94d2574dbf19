"""What is done in an emergency, and after it."""
