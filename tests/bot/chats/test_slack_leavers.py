"""Slack says who was deactivated; the real clock sees to what follows, and Slack tells of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.connectors.sandbox import Sandbox
from bot.wiring import Parts
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId
from engine.model.target import Target
from engine.workflow.find import read_request
from tests.adapters.chat.slack.stage import AUDIT, RIYA, until
from tests.bot.chats.conftest import ADMIN, DANIEL, LI, TOMAS
from tests.bot.conftest import ROOT
from tests.slack.fake_slack import FakeSlack, plain

pytestmark = pytest.mark.usefixtures("working", "clock")

ASK = '/jit request aws-prod-read 4h "looking for a fault"'


@pytest.fixture
async def clock(
    installed: Parts,  # completes the environment
    environment: dict[str, str],
) -> AsyncIterator[None]:
    """Let a clock run, in a process of its own as everywhere."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "clock", cwd=ROOT, env={**os.environ, **environment}
    )
    yield
    running.terminate()
    assert await running.wait() == 0


async def deactivate(slack: FakeSlack, account: str, *, deleted: bool = True) -> None:
    """Deactivate an account, or activate it again; Slack tells the bot."""
    slack.change_person(account, deleted=deleted)
    await slack.tell_of_person(account)


def has_buttons(slack: FakeSlack, account: str) -> bool:
    """Say whether somebody could approve."""
    return any("[Approve]" in plain(message) for message in slack.person(account).direct())


def in_thread(slack: FakeSlack) -> list[str]:
    """List the titles in the only request's thread, without their signs."""
    seen = slack.person(RIYA)
    roots = seen.channel(AUDIT)
    replies = seen.thread(roots[0]) if roots else []
    return [plain(reply).splitlines()[0].split(" ", 1)[1] for reply in replies]


async def test_an_approver_who_left_is_asked_no_more_and_a_stage_without_any_is_flagged(
    slack: FakeSlack, installed: Parts
) -> None:
    """Their buttons go; once nobody is left the admins are told; who comes back can decide it."""
    await slack.person(LI).types(ASK, AUDIT)
    await until(lambda: has_buttons(slack, TOMAS) and has_buttons(slack, DANIEL))

    await deactivate(slack, DANIEL)
    await until(lambda: not has_buttons(slack, DANIEL))
    told_first = list(slack.person(RIYA).channel(ADMIN))
    await deactivate(slack, TOMAS)
    await until(lambda: slack.person(RIYA).channel(ADMIN) and not has_buttons(slack, TOMAS))
    await until(lambda: "Nobody can decide it" in in_thread(slack))

    assert told_first == []
    (flagged,) = slack.person(RIYA).channel(ADMIN)
    assert "Nobody who may is left to decide" in plain(flagged)
    await deactivate(slack, TOMAS, deleted=False)
    await until(lambda: has_buttons(slack, TOMAS))
    asked = next(one for one in slack.person(TOMAS).direct() if "[Approve]" in plain(one))
    await slack.person(TOMAS).presses(asked, "Approve")
    await until(lambda: "Access given" in in_thread(slack))
    assert in_thread(slack).count("Nobody can decide it") == 1
    assert len(slack.person(RIYA).channel(ADMIN)) == 1


async def test_whoever_is_deactivated_loses_what_they_hold(
    slack: FakeSlack, installed: Parts, environment: dict[str, str]
) -> None:
    """In the target itself; and the request's thread says why."""
    await slack.person(LI).types(ASK, AUDIT)
    await until(lambda: has_buttons(slack, TOMAS))
    await slack.person(TOMAS).presses(slack.person(TOMAS).direct()[0], "Approve")
    await until(lambda: "Access given" in in_thread(slack))
    target, sandbox = given(installed), Sandbox(Path(environment["SANDBOX_FILE"]))
    held = sandbox.observe(target)

    await deactivate(slack, LI)
    await until(lambda: not sandbox.observe(target))
    await until(lambda: "Access is gone" in in_thread(slack))

    assert held
    assert in_thread(slack)[-2:] == ["Ended, because they left", "Access is gone"]
    (root,) = slack.person(RIYA).channel(AUDIT)
    await until(lambda: "its holder has left" in plain(root))


def given(parts: Parts) -> Target:
    """Name what the only grant gives."""
    with parts.work() as uow:
        grant = read_request(uow, RequestId(1)).grant
    assert grant is not None
    assert grant.state is GrantState.ACTIVE
    return grant.target
