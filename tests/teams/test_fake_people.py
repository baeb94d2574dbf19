"""People type, press and look as they do in Teams, and see what a bot shows them."""

from __future__ import annotations

from tests.teams.fake_teams import TROUBLE, FakeTeams, Message
from tests.teams.fake_teams.world import Json
from tests.teams.sample_bot import (
    AUDIT,
    JAMES,
    RIYA,
    TROIKA,
    SampleBot,
    asked,
    bar,
    button,
    card,
    said,
    showing,
    shows,
)


async def sent(teams: FakeTeams, bot: SampleBot, content: Json) -> Message:
    """Let the bot send Riya a card."""
    _, told = await bot.opens_chat(teams.person(RIYA).mri)
    await bot.sends(told["id"], showing(content))
    return teams.person(RIYA).told()[-1]


async def test_what_is_typed_to_the_bot_arrives_as_teams_sends_it(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """Smart quotes are kept, two spaces become one and an entity, and HTML stands beside it."""
    riya = teams.person(RIYA)

    done = await riya.types("request netsuite-gl  4h “Q4 close”")

    assert done is not None
    assert done.status == 202
    heard = bot.heard[-1]
    assert heard["text"] == "request netsuite-gl &nbsp;4h “Q4 close”"
    assert heard["attachments"][0]["contentType"] == "text/html"
    assert heard["from"] == {"id": riya.mri, "name": "Riya Patel", "aadObjectId": RIYA}
    assert heard["conversation"]["conversationType"] == "personal"
    assert heard["channelData"]["tenant"]["id"] == teams.app.tenant
    assert heard["id"] == riya.chat()[-1].id


async def test_in_a_channel_only_a_mention_is_heard(teams: FakeTeams, bot: SampleBot) -> None:
    """The bot's mention is an entity, and so is that of everybody who was picked."""
    riya, james = teams.person(RIYA), teams.person(JAMES)

    silent = await riya.types("lunch?", AUDIT, calls_bot=False)
    await riya.types("who @James Whitaker", AUDIT, picks=[james])

    assert silent is None
    heard = bot.heard[-1]
    assert heard["text"] == "<at>JIT</at> who <at>James Whitaker</at>"
    mentioned = [one["mentioned"]["id"] for one in heard["entities"] if one["type"] == "mention"]
    assert mentioned == [teams.app.mri, james.mri]
    root = riya.channel(AUDIT)[-1]
    assert heard["conversation"]["id"] == f"{AUDIT};messageid={root.id}"


async def test_a_reply_in_a_thread_names_the_thread(teams: FakeTeams, bot: SampleBot) -> None:
    """The conversation's id holds the message that began it."""
    _, told = await bot.posts(AUDIT, said("JIT-42"))
    root = teams.person(RIYA).channel(AUDIT)[-1]

    await teams.person(RIYA).types("status JIT-42", thread=root)

    assert bot.heard[-1]["conversation"]["id"] == told["id"] == f"{AUDIT};messageid={root.id}"
    assert [one.text for one in teams.person(JAMES).thread(root)] == [bot.heard[-1]["text"]]


async def test_a_group_chat_has_no_threads(teams: FakeTeams, bot: SampleBot) -> None:
    """What is typed there names the chat alone."""
    await teams.person(RIYA).types("mine", TROIKA)

    assert bot.heard[-1]["conversation"] == {
        "conversationType": "groupChat",
        "tenantId": teams.app.tenant,
        "id": TROIKA,
        "isGroup": True,
    }


async def test_a_press_brings_what_was_filled_in(teams: FakeTeams, bot: SampleBot) -> None:
    """The button's own data and the inputs' values, by their ids, and which card it was."""
    deny = card(asked("reason", isRequired=True, errorMessage="Say why"), actions=(button("Deny"),))
    shown = {"type": "Action.ShowCard", "title": "Deny", "card": deny}
    message = await sent(teams, bot, card(actions=(button("Approve", says="approve 1"), shown)))
    bot.says(bar("Noted"))

    await teams.person(RIYA).presses(message, "Deny", {"Reason": "No"}, within="Deny")

    heard = bot.heard[-1]
    assert (heard["type"], heard["name"]) == ("invoke", "adaptiveCard/action")
    assert heard["replyToId"] == message.id
    assert heard["value"] == {
        "action": {
            "type": "Action.Execute",
            "title": "Deny",
            "verb": "say",
            "data": {"field:reason": "No"},
        },
        "trigger": "manual",
    }
    assert teams.person(RIYA).bars == ["Noted"]


async def test_a_card_in_the_answer_is_for_who_pressed_until_it_is_edited(
    teams: FakeTeams, bot: SampleBot
) -> None:
    """Others go on seeing what everybody sees."""
    await bot.posts(AUDIT, showing(card(actions=(button("Approve"),))))
    riya, james = teams.person(RIYA), teams.person(JAMES)
    message, done = (
        riya.channel(AUDIT)[-1],
        card({"type": "ActionSet", "actions": [button("Back")]}),
    )
    bot.says(shows(done))

    await riya.presses(message, "Approve")

    assert riya.card(message) == done
    assert james.card(message) == message.card != done
    await bot.edits(message.conversation, message.id, showing(card(actions=(button("Ask"),))))
    assert riya.card(message) == james.card(message) == message.card
    assert not teams.violations


async def test_who_gets_no_answer_in_time_is_told_so(teams: FakeTeams, bot: SampleBot) -> None:
    """What the bot answered is lost, though it was done."""
    message = await sent(teams, bot, card(actions=(button("Approve"),)))
    bot.says(bar("Noted"))
    teams.deliver.late = 1

    done = await teams.person(RIYA).presses(message, "Approve")

    assert (done.status, done.is_well) == (200, False)
    assert teams.person(RIYA).failures == [TROUBLE]
    assert teams.person(RIYA).bars == []
