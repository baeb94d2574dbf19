"""What is kept of emergencies."""
