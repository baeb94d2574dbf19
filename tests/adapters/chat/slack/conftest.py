"""A Slack with people and a channel, for every test of what the bot does there."""

from __future__ import annotations

from tests.slack.conftest import slack

__all__ = ["slack"]
