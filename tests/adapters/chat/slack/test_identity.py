"""Who somebody is in Slack: a member, or nobody of the organisation; asked once, and followed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.chat.kept import KEPT_FOR, USED_UNTIL
from adapters.chat.platform import PlatformError
from adapters.chat.slack.identity import Identities, Installation, Source, read_user
from adapters.chat.slack.web_api.client import SlackClient
from tests.adapters.chat.slack.stage import AUDIT, JAMES, PRIVATE, RIYA, SHARED
from tests.slack.fake_slack import App, FakeSlack, refused

HERE = Source("A0JITBOT", "T0ACME", "")


@dataclass
class Clock:
    """A clock to turn."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Give seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give the clock of what the app knows."""
    return Clock()


@pytest.fixture
async def people(slack: FakeSlack, clock: Clock) -> AsyncIterator[Identities]:
    """Give what the app knows of the workspace."""
    slack.add_channel(SHARED, "with-a-bank", members=set(slack.world.users), is_ext_shared=True)
    client = SlackClient(slack.api_url, slack.app.bot_token)
    yield Identities(client.call, trusts_email=True, clock=clock)
    await client.close()


async def test_a_member_is_no_outsider(people: Identities) -> None:
    """With the address that the organisation manages."""
    known = await people.know(RIYA, HERE, channel=AUDIT)

    assert (known.account, known.outsider, known.email) == (RIYA, "", "riya@acme.example")
    assert not known.is_read_along


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"is_restricted": True}, "a guest in this workspace"),
        ({"is_ultra_restricted": True}, "a guest in this workspace"),
        ({"is_bot": True}, "a bot"),
        ({"deleted": True, "is_restricted": True}, "deactivated in this workspace"),
        ({"is_stranger": True}, "from another organisation"),
        ({"team_id": "T0BANK"}, "from another organisation"),
    ],
)
async def test_who_is_no_member_is_an_outsider_without_an_address(
    slack: FakeSlack, people: Identities, facts: dict[str, object], why: str
) -> None:
    """Whatever their address is: it may be one of ours that nobody manages."""
    slack.change_person(RIYA, **facts)

    known = await people.know(RIYA, HERE, channel="")

    assert (known.outsider, known.email) == (why, "")
    assert known.has_left == ("this workspace" in why)


async def test_a_deactivated_members_address_says_who_has_left(
    slack: FakeSlack, people: Identities
) -> None:
    """Also of somebody who never spoke: the organisation managed it until the end."""
    slack.change_person(RIYA, deleted=True)

    known = await people.know(RIYA, HERE, channel="")

    assert (known.email, known.has_left) == ("riya@acme.example", True)


async def test_slackbot_is_a_bot(slack: FakeSlack) -> None:
    """Although Slack does not say so."""
    assert read_user({"id": "USLACKBOT", "is_bot": False}).is_bot


async def test_who_is_not_shown_to_us_is_an_outsider(people: Identities) -> None:
    """Somebody in a shared channel, whom `users.info` does not know."""
    known = await people.know("U0NOBODY", HERE, channel=AUDIT)

    assert known.outsider == "nobody whom this workspace shows me"


async def test_no_address_counts_unless_all_are_managed(slack: FakeSlack) -> None:
    """By default an account is linked by its id alone."""
    client = SlackClient(slack.api_url, slack.app.bot_token)
    people = Identities(client.call, trusts_email=False)

    known = await people.know(RIYA, HERE, channel="")
    await client.close()

    assert known.email == ""


async def test_an_unconfirmed_address_does_not_count(slack: FakeSlack, people: Identities) -> None:
    """Anybody could have typed it."""
    slack.change_person(RIYA, is_email_confirmed=False)

    assert (await people.know(RIYA, HERE, channel="")).email == ""


@pytest.mark.parametrize(
    ("source", "is_ours"),
    [
        (Source(), True),
        (Source("A1", "T1", ""), True),
        (Source("A1", "T2", "E1"), True),
        (Source("A1", "", "E1"), True),
        (Source("A2", "T1", "E1"), False),
        (Source("A1", "T2", ""), False),
        (Source("A1", "T2", "E2"), False),
        (Source("A1", "", "E2"), False),
    ],
)
def test_a_delivery_is_ours_by_app_and_by_workspace_or_organisation(
    source: Source, is_ours: bool
) -> None:
    """What it leaves out, it does not contradict."""
    home = Installation(app="A1", team="T1", enterprise="E1", bot="U1", url="")

    assert home.sent(source) is is_ours


async def test_an_organisations_account_is_known_by_the_organisations_id() -> None:
    """A workspace's own id of it (`U…`) and the organisation's (`W…`) are one person."""
    slack = FakeSlack(App(enterprise_id="E0ACME", is_enterprise_install=True))
    org = {"id": "W0RIYA", "enterprise_id": "E0ACME", "teams": ["T0EU"]}
    slack.add_person("U0RIYA", "riya.patel", team_id="T0EU", enterprise_user=org)
    await slack.start()
    client = SlackClient(slack.api_url, slack.app.bot_token)

    known = await Identities(client.call, trusts_email=False).know(
        "U0RIYA", Source("A0JITBOT", "", "E0ACME"), channel=""
    )
    await client.close()
    await slack.stop()

    assert (known.account, known.outsider) == ("W0RIYA", "")


# ── asked once ──────────────────────────────────────────────────────────────────────────────────


async def test_slack_is_asked_once_for_what_it_said_lately(
    slack: FakeSlack, people: Identities
) -> None:
    """A press must not wait for four questions."""
    for _ in range(5):
        await people.know(RIYA, HERE, channel=AUDIT)

    asked = [call.method for call in slack.calls]
    assert sorted(asked) == ["auth.test", "bots.info", "conversations.info", "users.info"]


async def test_what_slack_tells_on_its_own_accord_counts_at_once(
    slack: FakeSlack, people: Identities
) -> None:
    """A guest who becomes one is one with the next word."""
    await people.know(RIYA, HERE, channel="")
    slack.change_person(RIYA, is_restricted=True)

    told = await people.follow(slack.world.users[RIYA])

    known = await people.know(RIYA, HERE, channel="")
    assert known.outsider == told.outsider == "a guest in this workspace"


async def test_what_is_old_is_asked_for_again(
    slack: FakeSlack, people: Identities, clock: Clock
) -> None:
    """After five minutes; sooner than that nobody is asked."""
    await people.know(JAMES, HERE, channel="")
    slack.change_person(JAMES, deleted=True)
    before = (await people.know(JAMES, HERE, channel="")).outsider
    clock.now += KEPT_FOR + 1

    after = (await people.know(JAMES, HERE, channel="")).outsider

    assert (before, after) == ("", "deactivated in this workspace")


async def test_while_slack_is_away_what_it_said_counts_for_an_hour(
    slack: FakeSlack, people: Identities, clock: Clock
) -> None:
    """And not for longer: nobody is believed to be a member for ever."""
    await people.know(RIYA, HERE, channel="")
    slack.go_away()
    clock.now += KEPT_FOR + 1
    known = await people.know(RIYA, HERE, channel="")
    clock.now += USED_UNTIL + 1

    with pytest.raises(PlatformError):
        await people.know(RIYA, HERE, channel="")

    assert known.outsider == ""


async def test_what_slack_refuses_to_say_again_does_not_count_any_more(
    slack: FakeSlack, people: Identities, clock: Clock
) -> None:
    """A refusal is an answer; only silence is not."""
    await people.know(RIYA, HERE, channel="")
    clock.now += KEPT_FOR + 1
    slack.order(refused("missing_scope"), method="users.info")

    with pytest.raises(PlatformError):
        await people.know(RIYA, HERE, channel="")


async def test_news_that_overtake_a_question_win() -> None:
    """The answer that was on its way is older than what Slack said meanwhile."""
    people: Identities

    async def call(method: str, _arguments: Mapping[str, object]) -> Mapping[str, Any]:
        if method == "users.info":
            await people.follow({"id": "U1", "team_id": "T1", "deleted": True})
            return {"user": {"id": "U1", "team_id": "T1"}}
        return {"team_id": "T1", "user_id": "U0", "url": ""}

    people = Identities(call, trusts_email=False)

    known = await people.know("U1", Source(), channel="")

    assert known.outsider == "deactivated in this workspace"


# ── who reads along ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "is_read_along"),
    [("", False), ("D0RIYA", False), (AUDIT, False), (SHARED, True), (PRIVATE, True)],
)
async def test_who_may_read_along_is_asked_of_slack(
    slack: FakeSlack, people: Identities, channel: str, is_read_along: bool
) -> None:
    """Of a private channel that the bot is not in, nobody knows it; so it is assumed."""
    assert (await people.know(RIYA, HERE, channel=channel)).is_read_along is is_read_along
