"""Slack: its deliveries become inbounds, and cards become Block Kit."""
