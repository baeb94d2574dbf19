"""The fake connector takes what Teams takes, refuses what Teams refuses, and fails as ordered."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.teams.fake_teams import (
    FakeTeams,
    Fault,
    answer_lost,
    broken,
    broken_afterwards,
    busy,
    refused,
    slow,
    throttled,
    writes_blocked,
)
from tests.teams.sample_bot import (
    AUDIT,
    JAMES,
    RIYA,
    TROIKA,
    SampleBot,
    asked,
    button,
    card,
    said,
    showing,
)
from tests.waiting import until_async


async def chat_with(teams: FakeTeams, bot: SampleBot, account: str = RIYA) -> str:
    """Open a chat with somebody and give its id."""
    _, told = await bot.opens_chat(teams.person(account).mri)
    return str(told["id"])


# ── conversations ───────────────────────────────────────────────────────────────────────────────


async def test_a_chat_is_one_and_the_same(teams: FakeTeams, bot: SampleBot) -> None:
    """By MRI or by object id, once and again."""
    first = await bot.opens_chat(teams.person(RIYA).mri)
    second = await bot.opens_chat(RIYA)

    assert first == second
    assert first[0] == 201
    assert first[1]["id"].startswith("a:1")


@pytest.mark.parametrize(
    ("member", "tenant", "refusal"),
    [
        ("29:nobody", None, (400, "BadArgument")),
        ("riya@acme.example", None, (400, "BadArgument")),
        (RIYA, "", (400, "BadArgument")),
        (RIYA, "another", (403, "TenantMismatch")),
    ],
)
async def test_a_chat_needs_somebody_of_the_organisation(
    bot: SampleBot, member: str, tenant: str | None, refusal: tuple[int, str]
) -> None:
    """By an id of theirs, and not by what they are called; with the organisation's id."""
    more = {} if tenant is None else {"tenantId": tenant}

    answered, told = await bot.opens_chat(member, **more)

    assert (answered, told["error"]["code"]) == refusal


async def test_who_has_no_app_is_not_reached(teams: FakeTeams, bot: SampleBot) -> None:
    """No chat is opened; and where there was one, writing is blocked."""
    teams.add_person("new", "New Hire", has_app=False)
    there = await chat_with(teams, bot)
    await teams.person(RIYA).uninstalls()

    status, told = await bot.opens_chat("new")
    again, blocked = await bot.sends(there, said("Hello"))

    assert (status, told["error"]["code"]) == (403, "ForbiddenOperationException")
    assert (again, blocked["error"]["code"]) == (403, "MessageWritesBlocked")
    await teams.person(RIYA).installs()
    assert (await bot.sends(there, said("Hello")))[0] == 201


async def test_a_post_begins_a_thread_and_replies_name_it(teams: FakeTeams, bot: SampleBot) -> None:
    """A post's conversation holds its own id; without it, a reply is a post of its own."""
    status, told = await bot.posts(AUDIT, said("JIT-42"))
    thread, root = told["id"], told["activityId"]

    await bot.sends(thread, said("approved"))
    await bot.calls("POST", f"/{AUDIT}/activities/{root}", said("astray"))

    assert (status, thread) == (201, f"{AUDIT};messageid={root}")
    seen = teams.person(JAMES).channel(AUDIT)
    assert [one.text for one in seen] == ["JIT-42", "astray"]
    assert [one.text for one in teams.person(JAMES).thread(seen[0])] == ["approved"]
    found = teams.message(f"{thread}/{root}")
    assert found is not None
    assert found.reference == f"{thread}/{root}"


async def test_a_message_is_edited_and_deleted_by_its_author_alone(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """What people wrote is theirs; what is gone is not there any more."""
    there = await chat_with(teams, bot)
    _, told = await bot.sends(there, said("one"))
    await teams.person(RIYA).types("mine")
    first, hers = teams.person(RIYA).chat()

    await bot.edits(there, told["id"], said("two"))
    theirs, _ = await bot.edits(there, hers.id, said("three"))
    status, _, _ = await bot.calls("DELETE", f"/{there}/activities/{first.id}")
    gone, why = await bot.edits(there, first.id, said("four"))

    assert (first.text, first.edits) == ("two", 1)
    assert (theirs, status) == (403, 200)
    assert (gone, why["error"]["code"]) == (404, "ActivityNotFoundInConversation")
    assert teams.person(RIYA).chat() == [hers]


@pytest.mark.parametrize("where", ["19:nowhere@thread.tacv2", f"{AUDIT};messageid=1"])
async def test_what_is_not_there_is_not_found(teams: FakeTeams, bot: SampleBot, where: str) -> None:
    """A channel, and a thread."""
    status, told = await bot.sends(where, said("Hello"))

    assert (status, told["error"]["code"]) == (404, "ConversationNotFound")


@pytest.mark.parametrize("where", [AUDIT, TROIKA])
async def test_where_the_app_is_removed_nothing_is_written(
    teams: FakeTeams, bot: SampleBot, where: str
) -> None:
    """In a team and in a group's chat; the bot was told."""
    await teams.person(JAMES).removes_app(teams.world.conversations[where])

    status, told = await bot.sends(where, said("Hello"))

    assert (status, told["error"]["code"]) == (403, "BotNotInConversationRoster")
    assert [one["type"] for one in bot.heard] == ["installationUpdate", "conversationUpdate"]
    assert bot.heard[0]["action"] == "remove"


async def test_what_is_too_long_is_refused(teams: FakeTeams, bot: SampleBot) -> None:
    """A card of more than 28 KB; and it is noted."""
    there = await chat_with(teams, bot)
    long = card({"type": "TextBlock", "text": "x" * 28_000, "wrap": True})

    status, told = await bot.sends(there, showing(long))

    assert (status, told["error"]["code"]) == (413, "MessageSizeTooBig")
    assert any("too many" in one for one in teams.violations)


async def test_every_card_is_checked(teams: FakeTeams, bot: SampleBot) -> None:
    """Sent, edited, or in the answer to a press."""
    there = await chat_with(teams, bot)
    bare = card(asked("why", label=""), actions=(button("Approve"),))

    await bot.sends(there, showing(bare))

    assert teams.violations == [
        f"send in {there}: /attachments/0/content/body/1/label: a screen reader says nothing here"
    ]


# ── people ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [RIYA, "riya@acme.example", "mri"])
async def test_a_member_is_found_by_any_name(teams: FakeTeams, bot: SampleBot, name: str) -> None:
    """By object id, UPN or MRI."""
    asked_for = teams.person(RIYA).mri if name == "mri" else name

    status, told, _ = await bot.calls("GET", f"/{AUDIT}/members/{asked_for}")

    assert status == 200
    assert (told["aadObjectId"], told["userPrincipalName"]) == (RIYA, "riya@acme.example")
    assert (told["userRole"], told["tenantId"]) == ("user", teams.app.tenant)


async def test_members_come_in_pages(teams: FakeTeams, bot: SampleBot) -> None:
    """Until there is nothing to continue with; guests and foreigners among them."""
    teams.add_person("guest", "Gail Guest", role="guest")
    teams.add_person("foreign", "Fay Foreign", tenant="another")
    teams.world.conversations[AUDIT].people().update({"guest", "foreign"})
    teams.connector.page = 3

    _, first, _ = await bot.calls("GET", f"/{AUDIT}/pagedmembers?pageSize=200")
    token = first["continuationToken"]
    _, rest, _ = await bot.calls("GET", f"/{AUDIT}/pagedmembers?continuationToken={token}")

    found = {one["aadObjectId"]: one for one in first["members"] + rest["members"]}
    assert (len(first["members"]), set(found)) == (3, {RIYA, JAMES, "guest", "foreign"})
    assert found["guest"]["userRole"] == "guest"
    assert found["foreign"]["tenantId"] == "another"
    assert "continuationToken" not in rest


async def test_a_team_tells_its_channels(teams: FakeTeams, bot: SampleBot) -> None:
    """The first one without a name."""
    team = teams.add_team("19:ops@thread.tacv2", "Operations")
    teams.add_channel("19:night@thread.tacv2", "Night", team=team)
    await bot.signs_in()
    headers = {"Authorization": f"Bearer {bot.token}"}

    async with bot.session.get(
        f"{teams.service_url}v3/teams/{team.id}/conversations", headers=headers
    ) as answer:
        told = await answer.json()

    assert told["conversations"] == [
        {"id": "19:ops@thread.tacv2"},
        {"id": "19:night@thread.tacv2", "name": "Night"},
    ]


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────


async def test_without_a_good_token_nothing_is_done(teams: FakeTeams, bot: SampleBot) -> None:
    """One that was revoked, and one that has run out."""
    there = await chat_with(teams, bot)

    teams.login.revoke()
    revoked, _ = await bot.sends(there, said("Hello"))
    await bot.signs_in()
    teams.wait(3601)
    ended, _ = await bot.sends(there, said("Hello"))

    assert (revoked, ended) == (401, 401)
    assert teams.person(RIYA).chat() == []


@pytest.mark.parametrize(
    ("fault", "refusal", "is_done"),
    [
        (throttled(7), (429, "TooManyRequests"), False),
        (busy(), (412, "PreconditionFailed"), False),
        (broken(502), (502, "ServiceError"), False),
        (broken_afterwards(504), (504, "ServiceError"), True),
        (refused("BotDisabledByAdmin"), (403, "BotDisabledByAdmin"), False),
        (writes_blocked(), (403, "Forbidden"), False),
    ],
)
async def test_a_call_fails_as_it_was_ordered(
    bot: SampleBot, fault: Fault, refusal: tuple[int, str], is_done: bool
) -> None:
    """Once; and the next one is well."""
    teams = bot.teams
    there = await chat_with(teams, bot)
    teams.order(fault, call="send", conversation=there)

    answered, told = await bot.sends(there, said("Hello"))
    after, _ = await bot.sends(there, said("Hello again"))

    assert (answered, told["error"]["code"]) == refusal
    assert after == 201
    assert len(teams.person(RIYA).chat()) == 1 + is_done


async def test_throttling_says_when_to_come_again(teams: FakeTeams, bot: SampleBot) -> None:
    """In seconds, in the header."""
    teams.order(throttled(7), call="create")

    _, _, headers = await bot.calls("POST", "", {})

    assert headers["Retry-After"] == "7"


async def test_an_answer_is_lost_though_all_was_done(teams: FakeTeams, bot: SampleBot) -> None:
    """And while everything is away, nothing is."""
    there = await chat_with(teams, bot)

    teams.order(answer_lost(), call="send")
    with pytest.raises(aiohttp.ClientError):
        await bot.sends(there, said("Hello"))
    teams.go_away("connector")
    with pytest.raises(aiohttp.ClientError):
        await bot.sends(there, said("Hello?"))
    teams.come_back()

    assert [one.text for one in teams.person(RIYA).chat()] == ["Hello"]
    assert [call.status for call in teams.calls_of("send")] == [201, 0]
    assert (await bot.sends(there, said("Hello!")))[0] == 201


async def test_a_slow_answer_is_a_good_one(teams: FakeTeams, bot: SampleBot) -> None:
    """Others are not held up by it."""
    there = await chat_with(teams, bot)
    teams.order(slow(0.2), call="send")

    late = asyncio.create_task(bot.sends(there, said("one")))

    async def is_there() -> bool:
        return bool(teams.calls_of("send"))

    await until_async(is_there, what="the first call")
    await bot.sends(there, said("two"))

    assert not late.done()
    assert (await late)[0] == 201
    assert [one.text for one in teams.person(RIYA).chat()] == ["two", "one"]


async def test_teams_limits_hold_where_they_are_switched_on(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """Seven messages in a second, eight in two, in one thread; another is not held up."""
    there = await chat_with(teams, bot)
    teams.limits.is_on = True

    answers = [(await bot.sends(there, said(f"{number}")))[0] for number in range(8)]
    other, _ = await bot.sends(TROIKA, said("Hello"))
    teams.wait(1.1)
    eighth, _ = await bot.sends(there, said("8"))
    ninth, _, headers = await bot.calls("POST", f"/{there}/activities", said("9"))

    assert answers == [201] * 7 + [429]
    assert (other, eighth, ninth) == (201, 201, 429)
    assert headers["Retry-After"] == "1"
