"""Who is where: the app comes and goes, people are of several kinds, and files are agreed to."""

from __future__ import annotations

import pytest

from tests.teams.fake_teams import FakeTeams, Message
from tests.teams.fake_teams.world import FILE_CONSENT, Json
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
    shows,
)


async def offered(teams: FakeTeams, bot: SampleBot) -> Message:
    """Let the bot offer Riya a file."""
    _, told = await bot.opens_chat(RIYA)
    content = {"sizeInBytes": 3, "acceptContext": {"export": 7}, "declineContext": {"export": 7}}
    offer = {"contentType": FILE_CONSENT, "name": "audit.csv", "content": content}
    await bot.sends(told["id"], {"type": "message", "summary": "A file", "attachments": [offer]})
    return teams.person(RIYA).told()[-1]


async def put(bot: SampleBot, url: str, content: bytes, **headers: str) -> int:
    """Put a file where it was agreed to."""
    async with bot.session.put(url, data=content, headers=headers) as answer:
        return answer.status


# ── the app ─────────────────────────────────────────────────────────────────────────────────────


async def test_installing_is_told_twice(teams: FakeTeams, bot: SampleBot) -> None:
    """That the app is there, and that the bot has come into the chat."""
    new = teams.add_person("new", "New Hire", has_app=False)

    await new.installs()

    first, second = bot.heard
    assert (first["type"], first["action"]) == ("installationUpdate", "add")
    assert second["membersAdded"] == [{"id": teams.app.mri}]
    assert first["conversation"]["id"] == second["conversation"]["id"]
    assert (await bot.sends(first["conversation"]["id"], said("Welcome")))[0] == 201


async def test_a_team_gets_the_app_from_one_of_its_members(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """The bot is told who it was, in which team and channel."""
    team = teams.add_team("19:ops@thread.tacv2", "Operations", members={JAMES}, has_app=False)

    await teams.person(JAMES).adds_app(teams.world.conversations[team.id])

    assert team.has_app
    told = bot.heard[0]
    assert told["from"]["aadObjectId"] == JAMES
    assert told["channelData"]["team"] == {"id": team.id, "name": "Operations"}
    assert told["channelData"]["settings"] == {"selectedChannel": {"id": team.id}}
    assert bot.heard[1]["channelData"]["eventType"] == "teamMemberAdded"


async def test_a_private_channel_has_an_app_and_people_of_its_own(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """Being in the team is not enough, for anybody."""
    secret = teams.add_channel(
        "19:secret@thread.tacv2", "secret", members={JAMES}, access="private"
    )
    assert secret.team is not None
    secret.team.members.add(RIYA)

    secret.has_app = False
    status, _ = await bot.posts(secret.id, said("Hello"))

    assert status == 403
    assert secret.people() == {JAMES}
    with pytest.raises(AssertionError, match="not in there"):
        teams.person(RIYA).channel(secret.id)


async def test_who_comes_into_a_chat_is_told(teams: FakeTeams, bot: SampleBot) -> None:
    """By their ids."""
    new = teams.add_person("new", "New Hire")

    await new.joins(teams.world.conversations[TROIKA])

    assert bot.heard[-1]["membersAdded"] == [{"id": new.mri, "aadObjectId": "new"}]
    assert "new" in teams.world.conversations[TROIKA].people()


async def test_who_blocks_the_bot_tells_nobody(teams: FakeTeams, bot: SampleBot) -> None:
    """It finds out when it writes."""
    _, told = await bot.opens_chat(RIYA)
    teams.person(RIYA).blocks()

    status, why = await bot.sends(told["id"], said("Hello"))

    assert (status, why["error"]["code"], bot.heard) == (403, "MessageWritesBlocked", [])


# ── people ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "where", "tenants"),
    [
        (("user", ""), "", ("ours", "ours")),
        (("guest", ""), AUDIT, ("ours", "ours")),
        (("user", "another"), "", ("another", "another")),
        (("user", "another"), AUDIT, ("ours", "another")),
    ],
)
async def test_an_activity_tells_whose_organisation_it_is(
    bot: SampleBot, kind: tuple[str, str], where: str, tenants: tuple[str, str]
) -> None:
    """That of the chat, and that of the person, who may come from another one."""
    teams, (role, tenant) = bot.teams, kind
    person = teams.add_person("other", "Other Person", role=role, tenant=tenant)
    teams.world.conversations[AUDIT].people().add("other")

    await person.types("mine", where)

    heard = bot.heard[-1]
    told = (heard["conversation"]["tenantId"], heard["channelData"]["tenant"]["id"])
    assert told == tuple(teams.app.tenant if one == "ours" else one for one in tenants)


async def test_who_has_no_account_has_no_object_id(teams: FakeTeams, bot: SampleBot) -> None:
    """Neither in an activity nor among the members."""
    visitor = teams.add_person("visitor", "Visitor", role="anonymous")
    teams.world.conversations[TROIKA].people().add("visitor")

    await visitor.types("mine", TROIKA)
    _, told, _ = await bot.calls("GET", f"/{TROIKA}/members/{visitor.mri}")

    assert bot.heard[-1]["from"] == {"id": visitor.mri, "name": "Visitor"}
    assert told["userRole"] == "anonymous"
    assert "aadObjectId" not in told


async def test_an_organisation_moves(teams: FakeTeams, bot: SampleBot) -> None:
    """The address in activities is another one, and both are answered."""
    before = teams.service_url

    teams.organisation.region = "amer"
    await teams.person(RIYA).types("mine")

    assert bot.heard[-1]["serviceUrl"] == teams.service_url != before
    await bot.sends(bot.heard[-1]["conversation"]["id"], said("Hello"))
    assert teams.calls[-1].region == "amer"


# ── words and clients ───────────────────────────────────────────────────────────────────────────


async def test_what_was_formatted_arrives_escaped(teams: FakeTeams, bot: SampleBot) -> None:
    """And what stands behind a mention may be a space of HTML, or nothing."""
    riya = teams.person(RIYA)
    riya.is_rich, riya.after_mention = True, "&nbsp;"
    await riya.types("deny JIT-7 “a < b & c”", AUDIT)
    riya.is_rich, riya.after_mention = False, ""
    await riya.types("mine", AUDIT)

    texts = [one["text"] for one in bot.heard]
    assert texts == [
        "<at>JIT</at>&nbsp;deny JIT-7 “a &lt; b &amp; c”",
        "<at>JIT</at>mine",
    ]


async def test_an_edit_is_told_as_one(teams: FakeTeams, bot: SampleBot) -> None:
    """Under the message's own id."""
    riya = teams.person(RIYA)
    await riya.types("approve JIT-7")

    await riya.edits(riya.chat()[-1], "deny JIT-7")

    first, second = bot.heard
    assert (second["type"], second["text"]) == ("messageUpdate", "deny JIT-7")
    assert second["id"] == first["id"]


async def test_what_is_left_empty_is_told_by_some_clients(teams: FakeTeams, bot: SampleBot) -> None:
    """Others leave it out."""
    riya = teams.person(RIYA)
    await bot.posts(AUDIT, showing(card(asked("why"), asked("who"), actions=(button("Ask"),))))
    message = riya.channel(AUDIT)[-1]
    riya.fills_in(message, {"Who": "James"})

    desktop = riya.press(message, "Ask")
    riya.tells_blanks = True
    phone = riya.press(message, "Ask")

    assert desktop["value"]["action"]["data"] == {"field:who": "James"}
    assert phone["value"]["action"]["data"] == {"field:why": "", "field:who": "James"}


async def test_the_client_asks_for_what_is_missing(teams: FakeTeams, bot: SampleBot) -> None:
    """Before the bot hears of it; and what was filled in is forgotten with the card."""
    riya = teams.person(RIYA)
    why = asked("why", isRequired=True, errorMessage="Say why.")
    await bot.posts(AUDIT, showing(card(why, actions=(button("Ask"),))))
    message = riya.channel(AUDIT)[-1]
    bot.says(shows(card(why, actions=(button("Ask"),))))

    with pytest.raises(AssertionError, match="asks for more"):
        riya.press(message, "Ask")
    await riya.presses(message, "Ask", {"Why": "Q4"})
    with pytest.raises(AssertionError, match="asks for more"):
        riya.press(message, "Ask")


async def test_a_choice_is_named_by_what_stands_there(teams: FakeTeams, bot: SampleBot) -> None:
    """What is told is its value; what is not among them cannot be chosen."""
    riya = teams.person(RIYA)
    choices = [{"title": "Four hours", "value": "4h"}, {"title": "A day", "value": "1d"}]
    how_long = asked("for", type="Input.ChoiceSet", choices=choices, value="4h")
    await bot.posts(AUDIT, showing(card(how_long, actions=(button("Ask"),))))
    message = riya.channel(AUDIT)[-1]

    assert riya.press(message, "Ask")["value"]["action"]["data"] == {"field:for": "4h"}
    riya.fills_in(message, {"For": "A day"})
    assert riya.press(message, "Ask")["value"]["action"]["data"] == {"field:for": "1d"}
    with pytest.raises(AssertionError, match="not among"):
        riya.fills_in(message, {"For": "A year"})


async def test_a_dialog_opens(teams: FakeTeams, bot: SampleBot) -> None:
    """A press of Submit that asks for one; another one is a message with a value."""
    riya = teams.person(RIYA)
    opens = {"type": "Action.Submit", "title": "Edit", "data": {"msteams": {"type": "task/fetch"}}}
    plain = {"type": "Action.Submit", "title": "Send", "data": {"old": True}}
    await bot.posts(AUDIT, showing(card(actions=(opens, plain))))
    message = riya.channel(AUDIT)[-1]
    value = {"title": "Edit", "card": showing(card())["attachments"][0]}

    bot.says({"task": {"type": "continue", "value": value}})
    await riya.presses(message, "Edit")
    bot.says(None)
    await riya.presses(message, "Send")

    assert bot.heard[0]["name"] == "task/fetch"
    assert riya.dialogs == [value]
    assert (bot.heard[1]["type"], bot.heard[1]["value"]) == ("message", {"old": True})
    # A button that Teams' own rules do not want is noted where it is shown.
    assert len(teams.violations) == 1


# ── files ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_file_is_put_where_it_was_agreed_to(teams: FakeTeams, bot: SampleBot) -> None:
    """In one piece, once, and without the bot's token."""
    message = await offered(teams, bot)
    riya = teams.person(RIYA)

    await riya.answers_file(message)

    heard = bot.heard[-1]
    assert (heard["name"], heard["replyToId"]) == ("fileConsent/invoke", message.id)
    assert (heard["value"]["action"], heard["value"]["context"]) == ("accept", {"export": 7})
    url = heard["value"]["uploadInfo"]["uploadUrl"]
    piece = {"Content-Range": "bytes 0-2/3"}
    assert await put(bot, url, b"a;b") == 400
    assert await put(bot, url, b"a;b", **piece) == 201
    assert await put(bot, url, b"a;c", **piece) == 404
    assert riya.files() == {"audit.csv": b"a;b"}
    assert not teams.violations


async def test_a_file_is_declined(teams: FakeTeams, bot: SampleBot) -> None:
    """Then there is nowhere to put it."""
    await teams.person(RIYA).answers_file(await offered(teams, bot), accepts=False)

    told = bot.heard[-1]["value"]
    assert told == {"type": "fileUpload", "action": "decline", "context": {"export": 7}}


async def test_a_token_that_is_sent_with_a_file_is_noted(teams: FakeTeams, bot: SampleBot) -> None:
    """Where people keep files, nobody has to know it."""
    await teams.person(RIYA).answers_file(await offered(teams, bot))
    url = bot.heard[-1]["value"]["uploadInfo"]["uploadUrl"]

    await put(bot, url, b"a;b", **{"Content-Range": "bytes 0-2/3", "Authorization": "Bearer x"})

    assert teams.violations == ["the bot's token was sent with a file"]


async def test_files_are_offered_in_a_chat_alone(teams: FakeTeams, bot: SampleBot) -> None:
    """A channel refuses them."""
    content: Json = {"sizeInBytes": 3}
    offer = {"contentType": FILE_CONSENT, "name": "audit.csv", "content": content}

    status, _ = await bot.posts(AUDIT, {"type": "message", "summary": "A", "attachments": [offer]})

    assert status == 400
