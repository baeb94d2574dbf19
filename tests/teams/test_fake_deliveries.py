"""What Teams delivers is signed so that a bot can tell it from everything else."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.teams.fake_teams import FORGERIES, FakeTeams, plain
from tests.teams.fake_teams.world import Json
from tests.teams.sample_bot import (
    AUDIT,
    JAMES,
    RIYA,
    SampleBot,
    asked,
    bar,
    button,
    card,
    showing,
    shows,
)


async def test_what_is_genuine_is_taken(teams: FakeTeams, bot: SampleBot) -> None:
    """Its status is kept, and what was sent."""
    done = await teams.person(RIYA).types("mine")

    assert done is not None
    assert (done.status, done.activity) == (202, bot.heard[0])
    assert teams.deliver.sent == [done]


@pytest.mark.parametrize("kind", FORGERIES)
async def test_what_is_not_is_refused(teams: FakeTeams, bot: SampleBot, kind: str) -> None:
    """Every wrong kind by itself."""
    teams.keys.rotate(keeps_old=True)
    teams.keys.rotate(keeps_old=True)
    riya = teams.person(RIYA)
    riya.envelope = FORGERIES[kind]

    done = await riya.types("mine")

    assert done is not None
    assert (done.status, bot.heard) == (401, [])


async def test_keys_are_changed_to_order(teams: FakeTeams, bot: SampleBot) -> None:
    """The new one is published at once; and the old one is gone, if it is not kept."""
    before = teams.deliver
    first = await teams.person(RIYA).types("one")
    assert first is not None

    teams.keys.rotate(keeps_old=True)
    kept = [await teams.person(RIYA).types("two"), await before.again(first)]
    teams.keys.rotate()
    gone = await before.again(first)

    assert [one.status for one in kept if one] == [202, 202]
    assert gone.status == 401
    assert len(teams.calls_of("jwks")) == len(teams.calls_of("openid")) == 4


async def test_keys_can_be_away(teams: FakeTeams, bot: SampleBot) -> None:
    """A bot that keeps none is lost then."""
    teams.go_away("keys")

    done = await teams.person(RIYA).types("mine")

    assert done is not None
    assert done.status == 500


async def test_the_same_comes_again(teams: FakeTeams, bot: SampleBot) -> None:
    """The same bytes; or the same activity under a signature of now."""
    done = await teams.person(RIYA).types("mine")
    assert done is not None

    again = await teams.deliver.again(done)
    anew = await teams.deliver.redeliver(done)

    assert (again.sent, again.headers) == (done.sent, done.headers)
    assert anew.sent == done.sent
    assert [one["id"] for one in bot.heard] == [done.activity["id"]] * 3


async def test_two_presses_arrive_at_once(teams: FakeTeams, bot: SampleBot) -> None:
    """The second is under way before the first is answered, and each has an id of its own."""
    riya = teams.person(RIYA)
    await bot.posts(AUDIT, showing(card(actions=(button("Approve"),))))
    both = asyncio.Barrier(2)

    async def answer(_activity: Json) -> object:
        await both.wait()
        return None

    bot.says(bar("Noted"))
    well = bot.answer
    assert well is not None

    async def together(activity: Json) -> object:
        await answer(activity)
        return await well(activity)

    bot.answer = together  # type: ignore[assignment] # it gives what the other one gives
    done = await riya.presses_twice(riya.channel(AUDIT)[-1], "Approve")

    assert [one.status for one in done] == [200, 200]
    assert len({one["id"] for one in bot.heard}) == 2


async def test_nobody_waits_longer_than_teams_does(teams: FakeTeams, bot: SampleBot) -> None:
    """A bot that never answers has nothing shown."""
    riya = teams.person(RIYA)
    await bot.posts(AUDIT, showing(card(actions=(button("Approve"),))))
    teams.deliver.patience = 0.2
    bot.waits(5)
    began = time.monotonic()

    done = await riya.presses(riya.channel(AUDIT)[-1], "Approve")

    assert done.status == 0
    assert time.monotonic() - began < 4
    assert len(riya.failures) == 1


async def test_a_card_is_asked_for_by_who_is_named_in_it(teams: FakeTeams, bot: SampleBot) -> None:
    """Looking is enough; others see what everybody sees, and may ask by hand."""
    riya, james = teams.person(RIYA), teams.person(JAMES)
    refresh = {"action": button("Refresh", shows="message"), "userIds": [riya.mri]}
    await bot.posts(AUDIT, showing(card(refresh=refresh)))
    message, own = riya.channel(AUDIT)[-1], card(actions=(button("Approve"),), refresh=refresh)
    bot.says(shows(own))

    await riya.looks_at(message)
    nothing = await james.looks_at(message)

    assert nothing is None
    assert bot.heard[-1]["value"]["trigger"] == "automatic"
    assert (riya.card(message), james.card(message)) == (own, message.card)
    await james.refreshes(message)
    assert bot.heard[-1]["value"]["trigger"] == "manual"
    assert not teams.violations


async def test_what_is_on_a_screen_is_asked_for_when_it_changes(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """As it appears and with each edit, by those who have it open and are named."""
    riya, james = teams.person(RIYA), teams.person(JAMES)
    riya.open.add(AUDIT)
    refresh = {"action": button("Refresh"), "userIds": [riya.mri, james.mri]}
    own = card(actions=(button("Approve"),), refresh=refresh)
    bot.says(shows(own))

    await bot.posts(AUDIT, showing(card(refresh=refresh)))
    await teams.settled()
    message = riya.channel(AUDIT)[-1]
    first = riya.card(message)
    await bot.edits(message.conversation, message.id, showing(card(refresh=refresh)))
    await teams.settled()

    assert first == riya.card(message) == own
    assert james.card(message) == message.card
    assert [one["from"]["aadObjectId"] for one in bot.heard] == [RIYA, RIYA]


async def test_an_answer_that_teams_does_not_know_is_trouble(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """It is noted; an error of the bot's own is shown in its words."""
    riya = teams.person(RIYA)
    await bot.posts(AUDIT, showing(card(actions=(button("Approve"),))))
    message = riya.channel(AUDIT)[-1]
    error = {"code": "InternalServerError", "message": "I could not do it."}

    bot.says({"statusCode": 500, "type": "application/vnd.microsoft.error", "value": error})
    await riya.presses(message, "Approve")
    bot.says({"status": "ok"})
    await riya.presses(message, "Approve")

    assert riya.failures == ["I could not do it.", "Something went wrong. Please try again."]
    assert len(teams.violations) == 1


async def test_a_card_is_read_as_text(teams: FakeTeams, bot: SampleBot) -> None:
    """From top to bottom, as somebody would."""
    shown = {"type": "Action.ShowCard", "title": "Deny", "card": {"body": [asked("reason")]}}
    date = "{{DATE(2026-11-22T18:41:00Z, SHORT)}}"
    told = card(
        {"type": "TextBlock", "text": f"Until {date}", "wrap": True},
        {"type": "RichTextBlock", "inlines": ["Q4 ", {"type": "TextRun", "text": "close"}]},
        {"type": "FactSet", "facts": [{"title": "Who", "value": "Riya"}]},
        actions=(button("Approve"), shown),
    )

    read = plain(told)

    assert read.splitlines() == [
        "A request",
        "Until 2026-11-22T18:41:00Z",
        "Q4 close",
        "Who: Riya",
        "[Approve] [Deny]",
        "    Reason =",
    ]
