"""What a process is told, and what it refuses to be told."""
