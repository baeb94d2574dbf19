"""Slack for tests: a stand-in of its Web API, and its rules for what may be shown."""
