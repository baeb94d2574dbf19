"""What the bot remembers of chats: deliveries seen, places posted to, dashboards shown."""
