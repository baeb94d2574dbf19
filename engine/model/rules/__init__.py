"""What a policy is written in: how it points at people, and its rules."""
