"""What the bot remembers of chats: deliveries, places posted to, dashboards, addresses."""
