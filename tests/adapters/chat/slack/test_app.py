"""What people do in Slack reaches the Inbox, and its answers reach them."""

from __future__ import annotations

import asyncio

import pytest

from adapters.chat.cards import Answer, Card, Choice, Field, FieldKind, File, Form
from adapters.chat.slack.identity import DEACTIVATED, Known
from tests.adapters.chat.slack.stage import ASK, ASKED, AUDIT, RIYA, Stage, settled, until
from tests.slack.fake_slack import answer_lost, broken, plain, rate_limited, refused


async def test_a_command_is_answered_to_its_person_alone(stage: Stage) -> None:
    """The words arrive as they were typed; the answer is an ephemeral message."""
    done = await stage.riya.types('/jit request netsuite-gl 4h "Q4 close"', AUDIT)
    await until(stage.riya.ephemerals)

    assert done is not None
    assert (done.status, done.body) == (200, "")
    said = stage.said
    assert (said.account, said.text) == (RIYA, 'request netsuite-gl 4h "Q4 close"')
    assert (said.channel, said.thread, said.fields) == (AUDIT, None, None)
    assert "JIT-1: asked" in plain(stage.riya.ephemerals(AUDIT)[0])
    assert not stage.james.ephemerals()


async def test_a_command_in_direct_messages_was_said_in_no_channel(stage: Stage) -> None:
    """Nobody else is there."""
    await stage.riya.types("/jit mine")
    await until(stage.riya.ephemerals)

    assert stage.said.channel == ""
    assert not stage.said.is_read_along


@pytest.mark.parametrize("line", ["/jit", "/jit   ", "/jit request"])
async def test_a_bare_command_opens_the_form(stage: Stage, line: str) -> None:
    """With the trigger of the command itself."""
    stage.script.always(Answer(form=ASK))

    await stage.riya.types(line, AUDIT)
    await until(lambda: stage.riya.modal)

    assert stage.said.text.split() == ["request"]
    assert stage.riya.modal is not None
    assert "What you need" in plain(stage.riya.modal)


async def test_a_slow_form_takes_the_place_of_working(stage: Stage) -> None:
    """The trigger is used while it lives, before the engine has answered."""
    stage.script.always(Answer(form=ASK))
    stage.script.takes = 1.5

    await stage.riya.types("/jit request", AUDIT)
    await until(lambda: stage.riya.modal)
    first = plain(stage.riya.modal) if stage.riya.modal else ""
    await until(lambda: stage.riya.modal and "What you need" in plain(stage.riya.modal))

    assert "Working" in first
    assert len(stage.riya.modals) == 1


async def test_an_answer_slower_than_slacks_patience_still_arrives(stage: Stage) -> None:
    """The delivery was acknowledged at once; the answer stands where "Working…" stood."""
    stage.script.takes = 3.5

    done = await stage.riya.types("/jit request netsuite-gl 4h close", AUDIT)
    await until(lambda: stage.riya.modal and "JIT-1: asked" in plain(stage.riya.modal))

    assert done is not None
    assert done.seconds < 1
    assert not stage.riya.failures


async def test_a_form_whose_trigger_is_too_old_is_offered_behind_a_button(stage: Stage) -> None:
    """A press gives a trigger of its own, and says the same again."""
    stage.script.always(Answer(form=ASK))
    stage.slack.order(refused("expired_trigger_id"), method="views.open")

    await stage.riya.types("/jit request netsuite-gl", AUDIT)
    await until(stage.riya.ephemerals)
    await stage.riya.presses(stage.riya.ephemerals()[0], "Fill it in")
    await until(lambda: stage.riya.modal)

    assert [one.text for one in stage.script.inbounds] == ["request netsuite-gl"] * 2


async def test_a_response_url_that_fails_becomes_a_direct_message(stage: Stage) -> None:
    """Its status is looked at: nobody is left without an answer."""
    stage.slack.order(broken(500), method="response_url")

    await stage.riya.types("/jit mine", AUDIT)
    await until(stage.riya.direct)

    assert "JIT-1: asked" in plain(stage.riya.direct()[0])


async def test_a_shared_answer_is_for_everybody_in_the_channel(stage: Stage) -> None:
    """Where it was asked for."""
    stage.script.always(Answer(Card("Audit log"), is_shared=True))

    await stage.riya.types("/jit audit share", AUDIT)
    await until(lambda: stage.james.channel(AUDIT))

    assert "Audit log" in plain(stage.james.channel(AUDIT)[0])
    assert not stage.riya.ephemerals()


async def test_a_file_is_handed_over_in_a_direct_message(stage: Stage) -> None:
    """And nowhere else; the answer says where it is."""
    stage.script.always(Answer(file=File("audit.csv", "text/csv", "when,what\n")))

    await stage.riya.types("/jit audit csv", AUDIT)
    await until(stage.riya.ephemerals)

    assert [one.files[0]["name"] for one in stage.riya.direct() if one.files] == ["audit.csv"]
    assert not stage.james.channel(AUDIT)
    assert "direct messages" in plain(stage.riya.ephemerals()[0])


# ── pressing ────────────────────────────────────────────────────────────────────────────────────


async def shown_card(stage: Stage) -> None:
    """Let Riya see a card with buttons."""
    await settled(stage.riya.types("/jit request netsuite-gl 4h close", AUDIT))
    stage.script.inbounds.clear()


async def test_a_button_says_its_line(stage: Stage) -> None:
    """The card stays as it is; the answer comes beside it."""
    await shown_card(stage)

    await stage.riya.presses(stage.riya.ephemerals()[0], "Details")
    await until(lambda: len(stage.riya.ephemerals()) == 2)

    assert (stage.said.text, stage.said.fields) == ("status JIT-1", None)
    assert stage.said.channel == AUDIT


async def test_a_press_that_needs_words_opens_a_form(stage: Stage) -> None:
    """With the line in it that the button said."""
    await shown_card(stage)
    deny = Form("Deny a request", "deny JIT-1 @3f9a0c11d2e4b567", "Deny", (Field("reason", "Why"),))
    stage.script.always(Answer(form=deny))

    await stage.riya.presses(stage.riya.ephemerals()[0], "Deny…")
    await until(lambda: stage.riya.modal)
    assert stage.riya.modal is not None
    await stage.riya.fills_in(stage.riya.modal, {"Why": "ask Marta, please"})
    stage.script.always(Answer(Card("Denied")))
    await stage.riya.submits(stage.riya.modal)

    submitted = stage.script.inbounds[-1]
    assert submitted.text == "deny JIT-1 @3f9a0c11d2e4b567"
    assert submitted.fields == {"reason": "ask Marta, please"}
    assert submitted.channel == AUDIT
    assert stage.riya.modal is not None
    assert "Denied" in plain(stage.riya.modal)


async def test_a_double_click_is_one_saying(stage: Stage) -> None:
    """While the first is being answered."""
    await shown_card(stage)
    stage.script.takes = 0.3
    card = stage.riya.ephemerals()[0]

    await asyncio.gather(stage.riya.presses(card, "Details"), stage.riya.presses(card, "Details"))
    await settled(until(lambda: len(stage.riya.ephemerals()) == 2))

    assert len(stage.script.inbounds) == 1


async def test_a_press_on_home_is_answered_in_a_modal(stage: Stage) -> None:
    """There is no message there to answer beside."""
    await stage.riya.opens_home()
    await until(lambda: stage.riya.home)
    assert stage.riya.home is not None
    assert "JIT-1: asked" in plain(stage.riya.home)

    await stage.riya.presses(stage.riya.home, "Details")
    await until(lambda: stage.riya.modal)

    assert [one.text for one in stage.script.inbounds] == ["home", "status JIT-1"]
    assert [one.is_home for one in stage.script.inbounds] == [True, False]
    assert stage.riya.modal is not None
    assert "JIT-1: asked" in plain(stage.riya.modal)


async def test_a_press_in_a_modal_is_answered_in_its_place(stage: Stage) -> None:
    """So that nobody has to close a pile of them."""
    await stage.riya.opens_home()
    await until(lambda: stage.riya.home)
    assert stage.riya.home is not None
    await stage.riya.presses(stage.riya.home, "Details")
    await until(lambda: stage.riya.modal)
    stage.script.always(Answer(Card("Another")))
    stage.script.takes = 1.2

    assert stage.riya.modal is not None
    await stage.riya.presses(stage.riya.modal, "Details")
    await until(lambda: stage.riya.modal and "Working" in plain(stage.riya.modal))
    await until(lambda: stage.riya.modal and "Another" in plain(stage.riya.modal))

    assert len(stage.riya.modals) == 1


async def test_only_the_home_tab_is_drawn(stage: Stage) -> None:
    """Who opens the messages looks at no dashboard."""
    await settled(stage.riya.opens_home("messages"))

    assert not stage.script.inbounds


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


async def opened(stage: Stage, form: Form = ASK) -> None:
    """Let Riya open a form."""
    stage.script.always(Answer(form=form))
    await stage.riya.types("/jit request", AUDIT)
    await until(lambda: stage.riya.modal)
    stage.script.inbounds.clear()


async def test_a_form_that_is_wrong_says_so_at_its_fields(stage: Stage) -> None:
    """Within the acknowledgement; what was typed stays."""
    await opened(stage)
    wrong = Field("reason", "Why you need it", FieldKind.TEXT, error="Too short.", is_live=True)
    view = stage.riya.modal
    assert view is not None
    await stage.riya.fills_in(view, {"What you need": "Thing number 3", "Why you need it": "x"})
    stage.script.always(Answer(form=Form("Ask", "request", "Ask", (ASK.fields[0], wrong))))

    await stage.riya.submits(view)

    assert view.errors == {"reason": "Too short."}
    assert stage.riya.modal is view


async def test_a_form_that_asks_something_else_takes_its_place(stage: Stage) -> None:
    """An error at a field that is not there cannot be shown at it."""
    await opened(stage)
    view = stage.riya.modal
    assert view is not None
    await stage.riya.fills_in(view, {"What you need": "Thing number 3", "Why you need it": "x"})
    other = Form("Ask again", "request", "Ask", (Field("other", "Another", error="Missing."),))
    stage.script.always(Answer(form=other))

    await stage.riya.submits(view)

    assert stage.riya.modal is not None
    assert "Another" in plain(stage.riya.modal)
    assert "Missing." in plain(stage.riya.modal)


async def test_a_submission_that_takes_long_shows_that_and_then_its_answer(stage: Stage) -> None:
    """Slack is acknowledged in time."""
    await opened(stage)
    view = stage.riya.modal
    assert view is not None
    await stage.riya.fills_in(view, {"What you need": "Thing number 3", "Why you need it": "x"})
    stage.script.always(ASKED)
    stage.script.takes = 3.2

    done = await stage.riya.submits(view)
    first = plain(stage.riya.modal) if stage.riya.modal else ""
    await until(lambda: stage.riya.modal and "JIT-1: asked" in plain(stage.riya.modal))

    assert done.seconds < 2.9
    assert "Working" in first


async def test_choices_are_searched_while_typing(stage: Stage) -> None:
    """Those of the form as it would be now, in which every word is found."""
    await opened(stage)
    assert stage.riya.modal is not None

    found = await stage.riya.searches(stage.riya.modal, "choose", "number 12")

    assert [one["value"] for one in found] == ["thing-12"]
    assert stage.said.is_draft


async def test_choices_that_come_too_late_are_none(stage: Stage) -> None:
    """Slack gives up after three seconds; an empty list is no failure."""
    await opened(stage)
    assert stage.riya.modal is not None
    stage.script.takes = 2.6

    found = await stage.riya.searches(stage.riya.modal, "choose", "number")

    assert found == []
    assert not stage.riya.failures


async def test_what_is_filled_in_changes_what_the_form_says(stage: Stage) -> None:
    """And what was typed stays, whichever draft it was typed over."""
    await opened(stage)
    view = stage.riya.modal
    assert view is not None

    def preview(reason: str) -> Answer:
        lines = ((f"It would be read by three: {reason}",),)
        return Answer(form=Form(ASK.title, ASK.says, ASK.submit, ASK.fields, lines))

    stage.script.answering = lambda inbound: preview((inbound.fields or {})["reason"])
    for reason in ("Q", "Q4", "Q4 close"):
        await stage.riya.fills_in(view, {"Why you need it": reason})
    await until(lambda: "read by three: Q4 close" in plain(view))

    assert stage.script.inbounds[-1].is_draft
    assert view.state["reason"]["value"]["value"] == "Q4 close"


async def test_only_the_newest_draft_is_drawn(stage: Stage) -> None:
    """Ten keystrokes while one answer is on its way are one more, not ten."""
    await opened(stage)
    view = stage.riya.modal
    assert view is not None
    stage.script.takes = 0.3

    for number in range(10):
        await stage.riya.fills_in(view, {"Why you need it": f"reason {number}"})
    await settled(asyncio.sleep(0))

    reasons = [(one.fields or {})["reason"] for one in stage.script.inbounds]
    assert reasons[0] == "reason 0"
    assert reasons[-1] == "reason 9"
    assert len(reasons) < 5


# ── shortcuts, messages, news ───────────────────────────────────────────────────────────────────


async def test_the_shortcut_opens_the_form(stage: Stage) -> None:
    """From anywhere."""
    stage.script.always(Answer(form=ASK))

    await stage.riya.uses_shortcut("request_access")
    await until(lambda: stage.riya.modal)

    assert (stage.said.text, stage.said.is_draft) == ("request", False)


async def test_the_shortcut_upon_a_message_brings_its_link_along(stage: Stage) -> None:
    """Into the justification, which can still be written on."""
    stage.script.always(Answer(form=ASK))
    await stage.james.types("please post the accruals", AUDIT)
    message = stage.james.channel(AUDIT)[-1]

    await stage.riya.uses_shortcut("request_access_for_this", message)
    await until(lambda: stage.riya.modal)

    link = f"https://acme.slack.com/archives/{AUDIT}/p{message.ts.replace('.', '')}"
    assert (stage.said.fields, stage.said.is_draft) == ({"reason": link}, True)


async def test_a_direct_message_is_a_command_too(stage: Stage) -> None:
    """It is answered there for good, not only until the next reload."""
    await stage.riya.types("request netsuite-gl 4h Q4 close")
    await until(lambda: len(stage.riya.direct()) == 2)

    assert stage.said.text == "request netsuite-gl 4h Q4 close"
    assert stage.said.channel == ""
    assert "JIT-1: asked" in plain(stage.riya.direct()[-1])


async def test_an_answer_waits_for_its_turn_where_slack_is_busy(stage: Stage) -> None:
    """It comes later, and once."""
    stage.slack.order(rate_limited(1), method="chat.postMessage", times=2)

    await settled(stage.riya.types("mine"))

    assert len(stage.slack.calls_of("chat.postMessage")) == 3
    assert ["JIT-1: asked" in plain(one) for one in stage.riya.direct()] == [False, True]


async def test_an_answer_that_may_have_arrived_is_not_written_twice(stage: Stage) -> None:
    """Nobody can take back a doubled message; who got none says it again."""
    stage.slack.order(answer_lost(), method="chat.postMessage")

    await settled(stage.riya.types("mine"))

    assert ["JIT-1: asked" in plain(one) for one in stage.riya.direct()] == [False, True]


async def test_a_direct_message_with_words_missing_offers_the_form(stage: Stage) -> None:
    """Slack opens none without a press."""
    stage.script.always(Answer(form=ASK))

    await stage.riya.types("request netsuite-gl")
    await until(lambda: len(stage.riya.direct()) == 2)
    await stage.riya.presses(stage.riya.direct()[-1], "Fill it in")
    await until(lambda: stage.riya.modal)

    assert [one.text for one in stage.script.inbounds] == ["request netsuite-gl"] * 2


async def test_the_bots_own_messages_are_not_answered(stage: Stage) -> None:
    """Nor edits, joins and other bots'."""
    told = {"type": "message", "channel_type": "im", "channel": "D1", "text": "mine", "ts": "1.1"}

    await stage.slack.happens(told | {"user": stage.slack.app.bot_user, "bot_id": "B1"})
    await stage.slack.happens(told | {"user": RIYA, "subtype": "message_changed"})
    await settled(stage.slack.happens(told | {"user": RIYA, "channel_type": "channel"}))

    assert not stage.script.inbounds


async def test_what_slack_tells_of_somebody_is_passed_on(stage: Stage) -> None:
    """And counts at once, whatever was remembered."""
    await settled(stage.riya.types("/jit mine", AUDIT))
    stage.slack.change_person(RIYA, deleted=True)
    await stage.slack.tell_of_person(RIYA)
    await until(lambda: stage.script.changed)

    await settled(stage.riya.types("/jit mine", AUDIT))

    assert stage.script.changed == [Known(RIYA, DEACTIVATED, has_left=True)]
    assert [one.outsider for one in stage.script.inbounds] == ["", "deactivated in this workspace"]


async def test_what_nobody_listens_to_is_well_received(stage: Stage) -> None:
    """Slack switches off an app that answers too many deliveries with an error."""
    done = await stage.slack.happens({"type": "reaction_added", "user": RIYA})

    assert [one.status for one in done] == [200]


async def test_choices_of_a_static_menu_are_read(stage: Stage) -> None:
    """As many as ten stand in the form itself."""
    few = Field("what", "What", FieldKind.CHOICE, choices=(Choice("a", "A"), Choice("b", "B")))
    await opened(stage, Form("Ask", "request", "Ask", (few,)))
    view = stage.riya.modal
    assert view is not None
    stage.script.always(ASKED)

    await stage.riya.fills_in(view, {"What": "B"})
    await stage.riya.submits(view)

    assert stage.said.fields == {"what": "b"}
