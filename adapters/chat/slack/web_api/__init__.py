"""Slack's Web API: its methods with our errors, at its own pace."""
