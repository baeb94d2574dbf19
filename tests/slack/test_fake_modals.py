"""Modals of the fake behave as Slack's: what is filled in, submitted, wrong, on top, searched."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.fake_slack import FakeSlack, plain
from tests.slack.sample_app import (
    LINE,
    RADIO,
    RIYA,
    SEARCH,
    SampleApp,
    asked,
    modal,
    opened,
    option,
)


async def test_a_submission_tells_all_that_is_filled_in(slack: FakeSlack, app: SampleApp) -> None:
    """By block and action; and without a word in answer, the modal closes."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("why", LINE), asked("how", RADIO))
    await riya.fills_in(view, {"why": "Q4 <close>", "how": "B"})

    await riya.submits(view)

    assert app.last["type"] == "view_submission"
    assert app.last["view"]["state"]["values"] == {
        "why": {"line": {"type": "plain_text_input", "value": "Q4 <close>"}},
        "how": {"radio": {"type": "radio_buttons", "selected_option": option("b")}},
    }
    assert riya.modal is None


async def test_slack_itself_asks_for_what_is_required(slack: FakeSlack, app: SampleApp) -> None:
    """The app hears nothing of it."""
    view = await opened(slack, asked("why", LINE))

    with pytest.raises(AssertionError, match="required"):
        await slack.person(RIYA).submits(view)

    assert app.heard == []


async def test_errors_keep_the_modal_open(slack: FakeSlack, app: SampleApp) -> None:
    """They stand at their fields; at a field that is not there they are a violation."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("why", LINE))
    await riya.fills_in(view, {"why": "x"})
    app.says({"response_action": "errors", "errors": {"why": "Too short."}})

    await riya.submits(view)

    assert riya.modal is view
    assert plain(view) == "Ask\nwhy = x\n  ! Too short.\n[Ask]"
    app.says({"response_action": "errors", "errors": {"what": "Too short."}})
    await riya.submits(view)
    assert len(slack.violations) == 1


async def test_a_submission_updates_pushes_and_clears(slack: FakeSlack, app: SampleApp) -> None:
    """An update keeps what was typed."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("why", LINE))
    await riya.fills_in(view, {"why": "typed"})
    app.says({"response_action": "update", "view": modal(asked("why", LINE), asked("x", RADIO))})
    await riya.submits(view)
    await riya.fills_in(view, {"x": "A"})
    app.says({"response_action": "push", "view": modal(asked("more", LINE))})
    await riya.submits(view)
    assert [len(one.blocks) for one in riya.modals] == [2, 1]
    app.says({"response_action": "clear"})
    top = riya.modals[1]
    await riya.fills_in(top, {"more": "y"})

    await riya.submits(top)

    assert riya.modals == []
    assert view.state["why"]["line"]["value"] == "typed"
    assert not slack.violations


async def test_a_live_field_is_told_at_once(slack: FakeSlack, app: SampleApp) -> None:
    """With everything that is filled in so far."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("why", LINE), asked("how", RADIO, live=True))

    await riya.fills_in(view, {"why": "x", "how": "A"})

    assert [one.body["type"] for one in app.heard] == ["block_actions"]
    assert app.last["actions"][0]["selected_option"] == option("a")
    assert app.last["view"]["state"]["values"]["why"]["line"]["value"] == "x"


async def test_a_search_asks_the_app_for_options(slack: FakeSlack, app: SampleApp) -> None:
    """From the first letter that the select says; and what comes up can be chosen."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("what", SEARCH))
    app.says({"options": [option("gl"), option("ap")]})

    assert await riya.searches(view, "what", "") == []
    await riya.fills_in(view, {"what": "gl"})

    assert (app.last["type"], app.last["value"]) == ("block_suggestion", "gl")
    assert len(app.heard) == 1
    assert view.state["what"]["search"]["selected_option"] == option("gl")


async def test_closing_is_told_to_who_asked_for_it(slack: FakeSlack, app: SampleApp) -> None:
    """The cross closes the whole stack."""
    riya = slack.person(RIYA)
    view = await opened(slack, asked("why", LINE))
    await riya.closes(view)
    assert (app.heard, riya.modal) == ([], None)
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)
    told = modal(asked("why", LINE)) | {"notify_on_close": True}
    await client.views_open(trigger_id=slack.workspace.new_trigger(RIYA), view=told)
    assert riya.modal is not None

    await riya.closes(riya.modal, everything=True)

    assert (app.last["type"], app.last["is_cleared"]) == ("view_closed", True)
