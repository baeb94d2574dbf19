"""An installation with Slack: a fake workspace, the real web process, a worker if asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from dramatiq import Worker

from adapters.company.difference import difference
from bot.queue.actors import declare
from bot.settings import Settings
from bot.web import make_app
from bot.wiring import Parts
from engine.model.company import Company
from engine.model.identifiers import PersonId, PlatformName
from engine.workflow.apply_config import apply_config
from engine.workflow.look import company_now
from tests.adapters.chat.slack.stage import AUDIT, RIYA
from tests.slack.fake_slack import FakeSlack

SLACK = PlatformName("slack")
ADMIN = "C0ADMIN"
BEN, LI, TOMAS, DANIEL, GUEST = "W0BEN", "W0LI", "W0TOMAS", "W0DANIEL", "U0GUEST"
ACCOUNTS = {
    PersonId("riya.patel"): RIYA,
    PersonId("ben.okafor"): BEN,
    PersonId("li.wei"): LI,
    PersonId("tomas.silva"): TOMAS,
    PersonId("daniel.cho"): DANIEL,
}


def linked(company: Company) -> Company:
    """Give the example company with accounts in Slack."""
    people = [
        replace(person, platforms={**person.platforms, SLACK: ACCOUNTS[person.id]})
        if person.id in ACCOUNTS
        else person
        for person in company.people
    ]
    return replace(
        company,
        people=tuple(people),
        audit_channels={SLACK: AUDIT},
        admin_channels={SLACK: ADMIN},
    )


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Give a workspace with people, the audit channel, and the admins' channel."""
    fake = FakeSlack()
    for person, account in ACCOUNTS.items():
        fake.add_person(account, person, email=f"{person}@acme.example")
    fake.add_person(GUEST, "a.guest", is_restricted=True)
    fake.add_channel(AUDIT, "access-audit", members={*ACCOUNTS.values(), GUEST, fake.app.bot_user})
    fake.add_channel(ADMIN, "jit-admin", members={RIYA, fake.app.bot_user})
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.violations


@pytest.fixture
async def installed(
    slack: FakeSlack, parts: Parts, environment: dict[str, str]
) -> AsyncIterator[Parts]:
    """Give the web process of an installation with Slack."""
    company = linked(company_now(parts.work).company)
    apply_config(parts.work, company, applied_by="operator:test", difference=difference)
    for name in [name for name in environment if name.startswith("JIT_PLAYGROUND")]:
        del environment[name]
    environment |= {
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret + "-of-enough-letters",
        "SLACK_API_URL": slack.api_url,
    }
    slack.deliver.secret = environment["SLACK_SIGNING_SECRET"]
    with_slack = Parts(Settings.load(environment), "web")
    runner = web.AppRunner(make_app(with_slack), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield with_slack
    await runner.cleanup()


@pytest.fixture
async def working(installed: Parts) -> AsyncIterator[None]:
    """Let a worker carry duties out."""
    declare(installed.broker, installed.duties.carry_out)
    worker = Worker(installed.broker, worker_timeout=20, worker_threads=2)
    worker.start()
    yield
    await asyncio.to_thread(worker.stop)  # the fake answers meanwhile
