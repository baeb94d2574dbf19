"""What admins, and for some of it compliance, do with the bot itself."""
