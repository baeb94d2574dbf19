"""What people say in Teams, and how they are answered."""
