"""How the bot calls Teams, and signs in for it."""
