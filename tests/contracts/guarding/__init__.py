"""What stops access, as every unit of work keeps it."""
