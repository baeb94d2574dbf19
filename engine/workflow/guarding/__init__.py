"""What stops access that the policy would allow: freezes, and limits of how much."""
