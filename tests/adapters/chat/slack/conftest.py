"""A Slack with people and channels, and our app listening to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.slack.stage import PRIVATE, RIYA, SHARED, Script, Stage, parts_for, serve
from tests.slack.conftest import slack
from tests.slack.fake_slack import FakeSlack

__all__ = ["slack"]


@pytest.fixture(name="stage")
async def _stage(slack: FakeSlack) -> AsyncIterator[Stage]:
    """Give the app that listens to it."""
    everybody = {*slack.world.users}
    slack.add_channel(SHARED, "with-a-bank", members=everybody, is_ext_shared=True)
    slack.world.channels[PRIVATE].members.add(RIYA)
    script = Script()
    runner, slack.bot_url = await serve(parts_for(slack, script))
    yield Stage(slack, script)
    await runner.cleanup()
    assert not slack.violations
