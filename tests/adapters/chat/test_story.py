"""From a request's record to the messages that should be in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.cards import Card, Tone, spell
from adapters.chat.platform import Place
from adapters.chat.story import Message, messages
from engine.audit.canonical import Json
from engine.audit.entry import Entry, Recorded, instant
from engine.audit.vocabulary import VOCABULARY, Action
from engine.chats import Post
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import (
    AccountName,
    ChainId,
    ConfigVersion,
    EntitlementId,
    PersonId,
    RequestId,
    SystemId,
)
from engine.model.request import Approver, Decision, Request, RequestState, Stage, Verdict
from engine.policy.content import shown_hash
from engine.workflow.announce import Story
from tests.adapters.chat.company import (
    ADMIN_CHANNEL,
    AISHA,
    AUDIT_CHANNEL,
    BEN,
    CHAT,
    LIAM,
    MARTA,
    RIYA,
    acme,
    with_person,
)

AT = datetime(2026, 11, 22, 18, 41, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAGES = (
    Stage(
        number=1,
        name="Finance manager",
        quorum=1,
        limit=HOUR,
        asked=(Approver(BEN, "manager of Riya Patel"), Approver(MARTA, "group")),
        chain=ChainId("finance-two"),
        place=0,
    ),
    Stage(
        number=2,
        name="System owner",
        quorum=1,
        limit=HOUR,
        asked=(Approver(AISHA, "owner"),),
        chain=ChainId("finance-two"),
        place=1,
    ),
)
REQUEST = Request(
    id=RequestId(42),
    state=RequestState.PENDING,
    version=1,
    requester=LIAM,
    holder=RIYA,
    entitlement=EntitlementId("netsuite-gl"),
    duration=4 * HOUR,
    reason="Q4 close",
    config_version=ConfigVersion(1),
    stages=STAGES,
    content_hash="3f9a0c11d2e4b567" + "0" * 48,
    submitted_at=AT,
    stage_number=1,
    stage_due_at=AT + HOUR,
)
GRANT = Grant(
    id=REQUEST.id,
    state=GrantState.ACTIVE,
    version=1,
    holder=RIYA,
    entitlement=REQUEST.entitlement,
    system=SystemId("ledger"),
    account=AccountName("riya_patel"),
    resource="ledger",
    permission="netsuite_gl",
    duration=REQUEST.duration,
    ordered_at=AT,
    starts_at=AT,
    ends_at=AT + REQUEST.duration,
)


def decision(approver: PersonId, *, stage: int = 1, verdict: Verdict = Verdict.APPROVE) -> Decision:
    """Give a decision."""
    person = acme().person[approver]
    return Decision(
        request=REQUEST.id,
        requester=REQUEST.requester,
        holder=REQUEST.holder,
        stage=stage,
        approver=approver,
        approver_name=person.name,
        approver_title=person.title,
        basis="group",
        verdict=verdict,
        reason="not this month" if verdict is Verdict.DENY else "",
        content_hash=REQUEST.content_hash,
        decided_at=AT + timedelta(minutes=5),
    )


EXTENDING: dict[str, Json] = {
    "extended": "JIT-42",
    "extension": "JIT-43",
    "outcome": "was denied",
    "ended_before_at": instant(AT),
    "longer_until_at": instant(AT),
    "beside": "AP bills",
    "beside_request": "JIT-1",
    **dict.fromkeys(("sod_rule", "sod_rule_name"), "gl-ap"),
}


def recorded(number: int, action: Action) -> Recorded:
    """Give an entry with every fact that any sentence needs."""
    facts: dict[str, Json] = {
        "actor_name": "Ben Okafor",
        "actor_title": "Finance Manager",
        "entitlement": "netsuite-gl",
        "entitlement_name": "GL posting",
        "by_name": "Li Wei",
        "assigned": "Marta Silva",
        **EXTENDING,
        "outcome_words": "justified",
        "finding": "Two rows were corrected.",
        "freeze_reason": "a key was found in the open",
        "system": "ledger",
        "holder_name": "Riya Patel",
        "duration": 14400,
        "reason": "Q4 close",
        "resource": "ledger",
        "permission": "netsuite_gl",
        "tier": 2,
        "stage": 1,
        "stages": 2,
        "stage_name": "Finance manager",
        "asked": "Ben Okafor",
        "due_at": instant(AT),
        "basis": "group",
        "ticket": "CHG-2041",
        "ticket_source": "Changes",
        "ticket_words": "it is open (Approved)",
        "route_words": "By the policy, Security is asked, because it is for long.",
        "verdict_reason": "not this month",
        "account": "riya_patel",
        "ends_at": instant(AT + 4 * HOUR),
        "revoke_reason": "left",
        "problem": "it is down.",
        "should_end_at": instant(AT),
        "late_words": "within a second of its end",
        "kept_because": "JIT-41 still needs it",
        "question": "For which month is it?",
        "answer": "For November.",
        "askers": "Ben Okafor",
        "asked_by": [BEN],
        "left_name": "Riya Patel",
        "stalled_name": "System owner",
        "unreached": "Ben Okafor (no account in a chat)",
        "reached": "Ben Okafor",
    }
    if action.startswith(("breakglass.", "closing.")):
        facts["incident"] = "INC-4711"
    return Recorded(Entry("JIT-42", action, BEN, AT, facts), number, None)


def story(
    dossier: Dossier, *actions: Action, company: Company | None = None, posted: tuple[str, ...] = ()
) -> Story:
    """Give the story of a request with these things recorded."""
    return Story(
        platform=CHAT,
        dossier=dossier,
        entries=[recorded(number, action) for number, action in enumerate(actions, start=1)],
        company=company or acme(),
        posts=[Post(REQUEST.id, CHAT, key, "m1", "") for key in posted],
    )


def by_key(told: Story) -> dict[str, Message]:
    """Give the messages by key."""
    return {message.key: message for message in messages(told)}


def labels(card: Card) -> list[str]:
    """Give a card's buttons."""
    return [button.label for button in card.buttons]


def test_the_root_stands_in_the_audit_channel_and_everything_else_follows() -> None:
    """Root, then approvers, then the thread in the record's order."""
    told = story(Dossier(REQUEST), Action.REQUEST_SUBMITTED, Action.STAGE_OPENED)

    shown = messages(told)

    assert [message.key for message in shown] == [
        "root",
        "ask:1:ben.okafor",
        "ask:1:marta.kowalska",
        "entry:1",
        "entry:2",
    ]
    assert shown[0].place.channel == AUDIT_CHANNEL
    assert [message.in_thread for message in shown] == [False, False, False, True, True]


def test_an_approver_sees_all_that_the_decision_depends_on() -> None:
    """Who, for whom, what exactly, how long, why, which stage, as what, until when, SoD."""
    card = by_key(story(Dossier(REQUEST), Action.REQUEST_SUBMITTED))["ask:1:ben.okafor"].card

    facts = {fact.label: fact.value for fact in card.facts}
    assert facts == {
        "For": "Riya Patel, Senior Accountant",
        "Asked by": "Liam Murphy, Accountant",
        "What": "GL posting (netsuite-gl), tier 2",
        "Exactly": "netsuite_gl on ledger, in Finance ledger",
        "How long": "4 hours, from when it is given",
        "Why": "Q4 close",
        "Stage": "1 of 2, Finance manager",
        "Segregation of duties": "No conflicts; checked again when you decide",
        "You are asked as": "manager of Riya Patel",
        "Decide by": AT + HOUR,
    }
    assert [button.says for button in card.buttons] == [
        f"approve JIT-42 @{shown_hash(REQUEST)}",
        f"deny JIT-42 @{shown_hash(REQUEST)}",
        "ask JIT-42",
        "status JIT-42",
    ]


def test_when_a_stage_is_decided_all_whom_it_asked_see_the_same_card_without_buttons() -> None:
    """Who decided, what, when; and the next stage's approvers are asked."""
    dossier = Dossier(replace(REQUEST, stage_number=2), (decision(BEN),))
    posted = ("ask:1:ben.okafor", "ask:1:marta.kowalska")

    shown = by_key(story(dossier, Action.REQUEST_SUBMITTED, posted=posted))

    own, sibling = shown["ask:1:ben.okafor"].card, shown["ask:1:marta.kowalska"].card
    assert own == sibling
    assert not own.buttons
    assert own.title.endswith("approved by Ben Okafor")
    assert AT + timedelta(minutes=5) in own.lines[0]
    asked = shown["ask:2:aisha.farouk"].card
    assert labels(asked) == ["Approve", "Deny", "Ask…", "Details"]
    assert "Ben Okafor" in str(asked.lines[0])


def test_who_was_never_written_to_is_not_bothered_afterwards() -> None:
    """The chat was away while the stage was open: there is nothing to take back."""
    dossier = Dossier(replace(REQUEST, stage_number=2), (decision(BEN),))

    shown = by_key(story(dossier, Action.REQUEST_SUBMITTED))

    assert "ask:1:marta.kowalska" not in shown
    assert "ask:2:aisha.farouk" in shown


def test_of_a_quorum_who_has_answered_waits_for_the_others() -> None:
    """Their own card has no buttons any more; the others still have theirs."""
    two = replace(STAGES[0], quorum=2)
    dossier = Dossier(replace(REQUEST, stages=(two, STAGES[1])), (decision(BEN),))

    shown = by_key(story(dossier, Action.REQUEST_SUBMITTED))

    assert labels(shown["ask:1:ben.okafor"].card) == []
    assert labels(shown["ask:1:marta.kowalska"].card) == ["Approve", "Deny", "Ask…", "Details"]
    assert "Ben Okafor" in str(shown["ask:1:marta.kowalska"].card.lines)


OTHERS = (replace(STAGES[0], asked=(Approver(MARTA, "group"),)), STAGES[1])
"""Ben is not asked any more."""


@pytest.mark.parametrize("is_active", [True, False])
def test_who_is_not_asked_any_more_sees_no_buttons(is_active: bool) -> None:
    """Whether they have left or changed places; the others still have theirs."""
    dossier = Dossier(replace(REQUEST, stages=OTHERS))
    company = with_person(acme(), BEN, active=is_active)
    posted = (
        "ask:1:ben.okafor",
        "ask:1:marta.kowalska",
        "ask:1:nobody",
        "instead:ask:1:ben.okafor",
    )

    told = story(dossier, Action.REQUEST_SUBMITTED, company=company, posted=posted)
    shown = by_key(told)

    card = shown["ask:1:ben.okafor"].card
    assert card.title.endswith("others decide")
    assert not card.buttons
    assert labels(shown["ask:1:marta.kowalska"].card)[:2] == ["Approve", "Deny"]
    assert shown.keys() == {
        *("root", "entry:1", "ask:1:ben.okafor", "ask:1:marta.kowalska"),
    }


def test_who_was_asked_until_people_changed_sees_what_came_of_it() -> None:
    """The same card as everybody whom the stage asked."""
    dossier = Dossier(replace(REQUEST, stages=OTHERS, stage_number=2), (decision(MARTA),))
    posted = ("ask:1:ben.okafor", "ask:1:marta.kowalska")

    shown = by_key(story(dossier, Action.REQUEST_SUBMITTED, posted=posted))

    assert shown["ask:1:ben.okafor"].card == shown["ask:1:marta.kowalska"].card


def test_a_stage_that_nobody_can_decide_is_for_the_admins_too() -> None:
    """They can change the configuration."""
    shown = by_key(story(Dossier(REQUEST), Action.STAGE_STALLED))

    assert shown["admin:1"].place.channel == ADMIN_CHANNEL
    assert "nobody can decide it" in shown["admin:1"].card.title


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RequestState.DENIED, "denied by Ben Okafor"),
        (RequestState.CANCELLED, "Cancelled"),
        (RequestState.LAPSED, "Lapsed"),
    ],
)
def test_when_a_request_is_settled_no_button_is_left(state: RequestState, words: str) -> None:
    """Whatever settled it."""
    denied = (decision(BEN, verdict=Verdict.DENY),) if state is RequestState.DENIED else ()
    dossier = Dossier(replace(REQUEST, state=state, settled_at=AT), denied)

    shown = by_key(story(dossier, Action.REQUEST_SUBMITTED, posted=("ask:1:marta.kowalska",)))

    card = shown["ask:1:marta.kowalska"].card
    assert not card.buttons
    assert words in card.title
    assert "ask:2:aisha.farouk" not in shown


def test_the_earlier_stages_card_does_not_change_with_the_later_ones() -> None:
    """Who approved stage 1 keeps reading that they did, whatever happened then."""
    pending = Dossier(replace(REQUEST, stage_number=2), (decision(BEN),))
    denied = Dossier(
        replace(REQUEST, stage_number=2, state=RequestState.DENIED, settled_at=AT),
        (decision(BEN), decision(AISHA, stage=2, verdict=Verdict.DENY)),
    )
    posted = ("ask:1:ben.okafor", "ask:2:aisha.farouk")

    before = by_key(story(pending, Action.REQUEST_SUBMITTED, posted=posted))
    after = by_key(story(denied, Action.REQUEST_SUBMITTED, posted=posted))

    assert before["ask:1:ben.okafor"] == after["ask:1:ben.okafor"]
    assert after["ask:2:aisha.farouk"].card.tone is Tone.BAD


def test_requester_and_holder_are_told_what_concerns_them() -> None:
    """Both, once each; the way back is offered to the holder, while there is something to give."""
    approved = replace(REQUEST, state=RequestState.APPROVED, stage_number=2, settled_at=AT)
    ended = replace(GRANT, state=GrantState.ENDED, cause=EndCause.EXPIRED, ended_at=AT)
    actions = (Action.REQUEST_SUBMITTED, Action.GRANT_ACTIVATED, Action.GRANT_WARNED)

    active = by_key(story(Dossier(approved, (), GRANT), *actions))
    over = by_key(story(Dossier(approved, (), ended), *actions))

    assert [key for key in active if key.startswith("tell:")] == [
        "tell:2:liam.murphy",
        "tell:2:riya.patel",
        "tell:3:liam.murphy",
        "tell:3:riya.patel",
    ]
    assert labels(active["tell:2:riya.patel"].card) == ["Give it back"]
    assert labels(active["tell:2:liam.murphy"].card) == []
    assert labels(over["tell:2:riya.patel"].card) == []
    assert "entry:3" not in active


def test_a_question_is_told_to_whom_it_concerns_with_a_way_to_answer() -> None:
    """As long as the question is open, and the request is."""
    denied = replace(REQUEST, state=RequestState.DENIED, settled_at=AT)
    asked = (Action.REQUEST_SUBMITTED, Action.REQUEST_QUESTIONED)

    first = by_key(story(Dossier(REQUEST), *asked))
    answered = by_key(story(Dossier(REQUEST), *asked, Action.REQUEST_ANSWERED))
    settled = by_key(story(Dossier(denied), *asked))

    for person in ("liam.murphy", "riya.patel"):
        card = first[f"tell:2:{person}"].card
        assert card.title == "JIT-42, GL posting for Riya Patel: question asked"
        assert [button.says for button in card.buttons] == ["answer JIT-42"]
        assert not answered[f"tell:2:{person}"].card.buttons
        assert not settled[f"tell:2:{person}"].card.buttons


def test_an_answer_is_told_to_who_asked_and_to_nobody_else() -> None:
    """Their own card keeps the buttons, and every approver's card lists what was said."""
    actions = (Action.REQUEST_QUESTIONED, Action.REQUEST_ANSWERED)

    shown = by_key(story(Dossier(REQUEST), *actions))

    assert [key for key in shown if key.startswith("tell:2")] == ["tell:2:ben.okafor"]
    assert labels(shown["tell:2:ben.okafor"].card) == ["Details"]
    for person in (BEN, MARTA):
        card = shown[f"ask:1:{person}"].card
        assert labels(card) == ["Approve", "Deny", "Ask…", "Details"]
        question, answer = ("".join(map(spell, line)) for line in card.lines)
        assert question.endswith("asks at stage 1 of 2, Finance manager: “For which month is it?”")
        assert answer.endswith("Ben Okafor answers Ben Okafor: “For November.”")


def test_the_next_stage_reads_what_was_asked_before() -> None:
    """And the earlier one's card stays as it was, whatever is asked later."""
    asked = recorded(2, Action.REQUEST_QUESTIONED).entry
    later = replace(asked, facts={**asked.facts, "stage": 2})
    dossier = Dossier(replace(REQUEST, stage_number=2), (decision(BEN),))
    told = story(dossier, Action.REQUEST_QUESTIONED, posted=("ask:1:ben.okafor",))
    more = replace(told, entries=[*told.entries, Recorded(later, 2, None)])

    before, after = by_key(told), by_key(more)

    assert len(after["ask:2:aisha.farouk"].card.lines) == 3  # Ben's approval, and two questions
    assert before["ask:1:ben.okafor"] == after["ask:1:ben.okafor"]


def test_admins_are_told_what_somebody_has_to_look_at() -> None:
    """In their channel, with the request's name; where they have none, nobody is told."""
    actions = (Action.GRANT_OVERDUE, Action.GRANT_ENDED)
    dossier = Dossier(REQUEST, (), GRANT)
    told = by_key(story(dossier, *actions))

    message = told["admin:1"]

    assert message.place == Place(channel=ADMIN_CHANNEL)
    assert message.card.title == "JIT-42, GL posting for Riya Patel: overdue"
    assert labels(message.card) == ["Details"]
    assert "admin:2" not in told
    nowhere = story(dossier, *actions, company=replace(acme(), admin_channels={}))
    assert not [key for key in by_key(nowhere) if key.startswith("admin:")]


def test_nobody_without_an_account_here_is_written_to() -> None:
    """Neither who has none on this platform, nor who left."""
    company = with_person(with_person(acme(), BEN, platforms={}), MARTA, active=False)

    shown = by_key(story(Dossier(REQUEST), Action.REQUEST_SUBMITTED, company=company))

    assert not [key for key in shown if key.startswith("ask:")]


def test_a_request_is_told_as_it_was_asked_for() -> None:
    """The catalog may have changed since, or may have lost it altogether."""
    company = replace(acme(), entitlements=())

    shown = by_key(story(Dossier(REQUEST), Action.REQUEST_SUBMITTED, company=company))

    facts = {fact.label: fact.value for fact in shown["root"].card.facts}
    assert facts["Exactly"] == "netsuite_gl on ledger, in Finance ledger"
    assert shown["root"].card.title == "JIT-42: GL posting for Riya Patel"


@pytest.mark.parametrize("action", [a for a in Action if VOCABULARY[a].in_thread])
def test_everything_for_the_thread_has_a_title_and_its_instant(action: Action) -> None:
    """No reply is called by its code."""
    card = by_key(story(Dossier(REQUEST), action))["entry:1"].card

    assert card.title != action.replace(".", " ").capitalize()
    assert AT in [fact.value for fact in card.facts]
    assert card.lines


def test_an_action_of_a_later_version_is_left_out() -> None:
    """An older process shows what it understands, and breaks on nothing."""
    told = story(Dossier(REQUEST), Action.REQUEST_SUBMITTED)
    later = replace(recorded(2, Action.REQUEST_SUBMITTED).entry, action="request.transmogrified")
    told = replace(told, entries=[*told.entries, Recorded(later, 2, None)])

    assert "entry:2" not in by_key(told)


def test_the_same_story_gives_the_same_digests() -> None:
    """Otherwise every run would edit everything."""
    told = story(Dossier(REQUEST), Action.REQUEST_SUBMITTED, Action.STAGE_OPENED)

    first, second = messages(told), messages(told)

    assert [m.card.digest() for m in first] == [m.card.digest() for m in second]
    assert len({m.card.digest() for m in first}) == len(first)
