"""What tests against the fake Slack use: a workspace with people, and our app's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.fake_slack import FakeSlack
from tests.slack.sample_app import AUDIT, JAMES, PRIVATE, RIYA, SampleApp


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Give a workspace where two people and the app are in a channel."""
    fake = FakeSlack()
    fake.add_person(RIYA, "riya.patel", email="riya@acme.example", title="Accountant")
    fake.add_person(JAMES, "james.whitaker", email="james@acme.example")
    fake.add_channel(AUDIT, "jit-audit", members={RIYA, JAMES, fake.app.bot_user})
    fake.add_channel(PRIVATE, "secrets", members={JAMES}, is_private=True)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    """Give Slack's own client, with the app's token."""
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)


@pytest.fixture
async def app(slack: FakeSlack) -> AsyncIterator[SampleApp]:
    """Give an app that the workspace delivers to."""
    made = SampleApp()
    served = web.Application()
    served.router.add_post("/slack/events", made.take)
    runner = web.AppRunner(served, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield made
    await runner.cleanup()
