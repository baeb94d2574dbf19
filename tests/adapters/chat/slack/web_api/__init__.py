"""How the bot looks and behaves in Slack."""
