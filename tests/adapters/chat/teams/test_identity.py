"""Who somebody is in Teams: a member, or nobody of the organisation; asked once, and remembered."""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from adapters.chat.commands import BY_WORD
from adapters.chat.kept import KEPT_FOR, USED_UNTIL
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams import identity
from adapters.chat.teams.identity import UNREAD, Identities
from adapters.chat.teams.turn import Turn
from tests.adapters.chat.teams.stage import (
    BEN,
    CHANNEL,
    CHANNELED,
    ELSEWHERE,
    RIYA,
    TENANT,
    Stage,
)

AWAY = PlatformError("Teams does not answer.", retry_after=timedelta(seconds=1))


@dataclass
class Clock:
    """A clock to turn."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Give seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give the clock of what the bot knows."""
    return Clock()


@pytest.fixture
def people(stage: Stage, clock: Clock) -> Identities:
    """Give what the bot knows of them."""
    return Identities(stage.wire, tenant=TENANT.upper(), trusts_upn=True, clock=clock)


def turn(stage: Stage, **more: str) -> Turn:
    """Give something that Riya says."""
    return stage.turn("message", **{"who": RIYA, **more})


async def test_a_member_is_no_outsider(stage: Stage, people: Identities) -> None:
    """The name they sign in with is the address that the organisation manages."""
    known = await people.know(turn(stage))

    assert (known.account, known.outsider, known.has_left) == (RIYA, "", False)
    assert known.email == "aaaa@acme.example"


async def test_no_name_counts_unless_it_is_said_to(stage: Stage) -> None:
    """By default an account is linked by its id alone."""
    people = Identities(stage.wire, tenant=TENANT, trusts_upn=False)

    assert (await people.know(turn(stage))).email == ""


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"userRole": "guest"}, identity.GUEST),
        ({"userPrincipalName": "ada_bank.example#EXT#@acme.example"}, identity.GUEST),
        ({"tenantId": ELSEWHERE}, identity.ELSEWHERE),
        ({"tenantId": ""}, identity.ELSEWHERE),
        ({"tenantId": ELSEWHERE, "userRole": "guest"}, identity.ELSEWHERE),
        ({"userRole": "anonymous"}, identity.NOBODY),
        ({"userRole": "skypeUser"}, identity.NOBODY),
        ({"userRole": "bot"}, identity.BOT),
        ({"aadObjectId": BEN}, identity.NOBODY),
    ],
)
async def test_who_is_no_member_is_an_outsider_without_an_address(
    stage: Stage, people: Identities, facts: dict[str, str], why: str
) -> None:
    """Whatever name they sign in with; only a guest may have been a member before."""
    stage.wire.add(RIYA, **facts)

    known = await people.know(turn(stage))

    assert (known.outsider, known.email) == (why, "")
    assert known.has_left == (why == identity.GUEST)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"tenant": ELSEWHERE}, identity.ELSEWHERE),
        ({"mri": "28:another-app"}, identity.BOT),
        ({"who": ""}, identity.NOBODY),
        ({"who": "dddddddd-0000-0000-0000-00000000000d"}, identity.UNLISTED),
    ],
)
async def test_who_is_not_vouched_for_is_an_outsider(
    stage: Stage, people: Identities, more: dict[str, str], why: str
) -> None:
    """From another tenant, an app, somebody without an account, or listed nowhere (any more)."""
    known = await people.know(turn(stage, **more))

    assert (known.outsider, known.email) == (why, "")


async def test_an_activity_that_names_no_tenant_is_judged_by_the_roster(
    stage: Stage, people: Identities
) -> None:
    """Which names everybody's."""
    assert (await people.know(turn(stage, tenant=""))).outsider == ""


# ── asked once ──────────────────────────────────────────────────────────────────────────────────


async def test_teams_is_asked_once_for_what_it_said_lately(
    stage: Stage, people: Identities
) -> None:
    """A press must not wait for two questions."""
    said = replace(turn(stage), **CHANNELED)
    for _ in range(5):
        await people.know(said)

    assert sorted(stage.wire.asked) == [(CHANNEL, ""), (CHANNEL, RIYA)]


async def test_what_is_old_is_asked_for_again(
    stage: Stage, people: Identities, clock: Clock
) -> None:
    """After five minutes; sooner than that nobody is asked."""
    await people.know(turn(stage))
    stage.wire.add(RIYA, userRole="guest")
    before = (await people.know(turn(stage))).outsider
    clock.now += KEPT_FOR + 1

    after = (await people.know(turn(stage))).outsider

    assert (before, after) == ("", identity.GUEST)


async def test_while_teams_is_away_what_it_said_counts_for_an_hour(
    stage: Stage, people: Identities, clock: Clock
) -> None:
    """And not for longer: nobody is believed to be a member for ever."""
    await people.know(turn(stage))
    stage.wire.fails["member"] = [AWAY, AWAY]
    clock.now += KEPT_FOR + 1
    known = await people.know(turn(stage))
    clock.now += USED_UNTIL + 1

    with pytest.raises(PlatformError):
        await people.know(turn(stage))

    assert known.outsider == ""


# ── who reads along ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "is_read_along"),
    [
        ({}, False),
        ({"userRole": "guest"}, True),
        ({"tenantId": ELSEWHERE}, True),
        ({"userRole": "bot"}, False),
    ],
)
async def test_a_channel_is_read_along_by_whoever_is_no_member(
    stage: Stage, people: Identities, facts: dict[str, str], is_read_along: bool
) -> None:
    """A guest is enough; apps read what is said to them."""
    stage.wire.listed[CHANNEL] = [stage.wire.people[RIYA], stage.wire.people[BEN] | facts]

    known = await people.know(replace(turn(stage), **CHANNELED))

    assert known.is_read_along is is_read_along


@pytest.mark.parametrize("failed", [AWAY, Gone("Teams refused the members.")])
async def test_where_nobody_knows_who_reads_along_it_is_assumed(
    stage: Stage, people: Identities, failed: PlatformError
) -> None:
    """And the person is answered all the same."""
    stage.wire.fails["members"] = [failed]

    known = await people.know(replace(turn(stage), **CHANNELED))

    assert (known.outsider, known.is_read_along) == ("", True)


@pytest.mark.parametrize("word", sorted(UNREAD))
async def test_nobody_is_asked_who_reads_along_where_that_changes_nothing(
    stage: Stage, people: Identities, word: str
) -> None:
    """Of commands whose answer does not look at it."""
    known = await people.know(replace(turn(stage), **CHANNELED), says_what=word)

    assert not known.is_read_along
    assert stage.wire.asked == [(CHANNEL, RIYA)]
    assert "read_along" not in inspect.getsource(sys.modules[BY_WORD[word].__module__])


async def test_of_a_very_large_channel_nobody_knows_it(
    stage: Stage, people: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks at all of its members for one word."""
    monkeypatch.setattr(identity, "LISTED_MAX", 1)

    assert (await people.know(replace(turn(stage), **CHANNELED))).is_read_along


async def test_nobody_reads_along_in_a_direct_chat(stage: Stage, people: Identities) -> None:
    """It is between the two of them; nobody is asked."""
    assert not (await people.know(turn(stage))).is_read_along
    assert stage.wire.asked == [("a:riya", RIYA)]


# ── mentions ────────────────────────────────────────────────────────────────────────────────────


async def test_who_is_mentioned_is_named_by_their_account(stage: Stage, people: Identities) -> None:
    """Asked of the roster once, however often they are named."""
    line = "request x 4h why --for <@29:bbbb|Ben Okafor> and <@29:bbbb>"

    named = await people.named(turn(stage), line)

    assert named == f"request x 4h why --for <@{BEN}|Ben Okafor> and <@{BEN}>"
    assert stage.wire.asked == [("a:riya", "29:bbbb")]


async def test_who_is_not_listed_stays_as_they_were_named(stage: Stage, people: Identities) -> None:
    """The command says then that it knows nobody of that name."""
    stage.wire.fails["member"] = [AWAY]

    assert await people.named(turn(stage), "for <@29:bbbb|Ben>") == "for <@29:bbbb|Ben>"
    assert await people.named(turn(stage), "for <@29:zzzz|Zoe>") == "for <@29:zzzz|Zoe>"
