"""The Bot Connector's API: its calls with our errors, at its own pace, with one token."""
