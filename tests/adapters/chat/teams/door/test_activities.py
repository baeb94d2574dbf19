"""An activity is read as far as it is needed, whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat.teams.door.activities import Unreadable, parse, read
from adapters.chat.teams.turn import Kind
from tests.adapters.chat.teams.door.listening import Listening

OURS, THEIRS = "7c0b2ad1-1c7e-4a86-9a0e-2f1b4f0c2d11", "0d1c0ffe-0000-4a86-9a0e-2f1b4f0c2d11"

LEAST: dict[str, Any] = {
    "type": "message",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "conversation": {"id": "a:1x", "conversationType": "personal"},
}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": "message"}, "message"),
        ({"type": "invoke"}, "invoke"),
        ({"type": "conversationUpdate"}, "members"),
        ({"type": "installationUpdate", "action": "add"}, "installed"),
        ({"type": "installationUpdate", "action": "remove"}, "uninstalled"),
        ({"type": "installationUpdate", "action": "add-upgrade"}, "other"),
        ({"type": "installationUpdate"}, "other"),
        ({"type": "messageUpdate", "text": "approve JIT-1"}, "other"),
        ({"type": "messageDelete"}, "other"),
        ({"type": "typing"}, "other"),
        ({"type": "whatever comes next"}, "other"),
    ],
)
def test_each_activity_has_its_kind(more: dict[str, Any], kind: Kind) -> None:
    """What is not known is none of the others; a message that was edited is not said again."""
    assert read(LEAST | more).kind == kind


@pytest.mark.parametrize(
    ("where", "scope", "channel"),
    [
        ({"id": "a:1x", "conversationType": "personal"}, "personal", ""),
        ({"id": "a:1x"}, "personal", ""),
        (
            {"id": "19:c@thread.tacv2;messageid=17", "conversationType": "channel"},
            "channel",
            "19:c@thread.tacv2",
        ),
        ({"id": "19:g@thread.v2", "conversationType": "groupChat"}, "groupChat", "19:g@thread.v2"),
        ({"id": "19:g@thread.v2", "isGroup": True}, "groupChat", "19:g@thread.v2"),
    ],
)
def test_where_it_was_said_is_known(where: dict[str, Any], scope: str, channel: str) -> None:
    """Who says nothing of it and is a group is not taken for one person."""
    turn = read(LEAST | {"conversation": where})

    assert (turn.scope, turn.channel, turn.conversation) == (scope, channel, where["id"])


@pytest.mark.parametrize(
    ("data", "sender", "conversation", "tenant"),
    [
        (OURS, None, OURS, OURS),
        (THEIRS, None, OURS, THEIRS),
        (THEIRS, OURS, OURS, THEIRS),
        (None, THEIRS, OURS, THEIRS),
        (None, None, OURS.upper(), OURS),
        (None, None, None, ""),
    ],
)
def test_a_person_is_of_their_own_organisation(
    data: str | None, sender: str | None, conversation: str | None, tenant: str
) -> None:
    """In a shared channel of ours, somebody else's people are not ours."""
    where = LEAST["conversation"] | {"tenantId": conversation}
    told = {"conversation": where, "from": {"id": "29:x", "tenantId": sender}}
    if data is not None:
        told["channelData"] = {"tenant": {"id": data}}

    assert read(LEAST | told).tenant == tenant


def test_an_account_is_spelled_in_one_way() -> None:
    """It is compared with what stands in the company's files."""
    turn = read(LEAST | {"from": {"id": "29:1x", "aadObjectId": OURS.upper(), "name": " Riya "}})

    assert (turn.account, turn.mri, turn.name_of) == (OURS, "29:1x", "Riya")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)

NAMES = (
    *("type", "id", "name", "text", "value", "entities", "from", "conversation", "channelData"),
    *("recipient", "serviceUrl", "locale", "replyToId", "action", "channelId", "aadObjectId"),
    *("tenantId", "tenant", "team", "conversationType", "isGroup"),
)

ACTIVITIES = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=8), max_leaves=20
)


@given(told=ACTIVITIES, kept=st.sets(st.sampled_from([*LEAST])))
def test_whatever_is_told_is_read_or_refused(told: Any, kept: set[str]) -> None:  # noqa: ANN401 - any JSON
    """And nothing else happens."""
    if isinstance(told, dict):
        told = told | {name: LEAST[name] for name in kept}
    try:
        turn = read(parse(json.dumps(told).encode()))
    except Unreadable:
        return

    assert turn.conversation
    assert turn.service_url.endswith("/")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_nothing_that_teams_could_send_breaks_the_door(
    bot: Listening, data: st.DataObject
) -> None:
    """Whatever a genuine token comes with: it is heard, or refused, and no server has failed."""
    change = data.draw(st.dictionaries(st.sampled_from(NAMES), ACTIVITIES, max_size=4))
    kind = data.draw(st.sampled_from(["message", "invoke", "conversationUpdate", "x"]))
    told = data.draw(st.sampled_from([bot.activity(kind) | change, change]))

    done = await bot.tell(told)

    assert done.status in {200, 202, 400, 401}
