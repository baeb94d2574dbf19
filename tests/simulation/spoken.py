"""What always holds of what people say: who asks and who answers, and through which account."""

from __future__ import annotations

from collections.abc import Iterator

from engine.audit.vocabulary import Action
from engine.model.identifiers import PersonId, show
from engine.workflow.record import BOT
from tests.simulation import told
from tests.simulation.asked import EACH_COMMIT, Change, always
from tests.simulation.rules import in_force, may_decide_now, used


@always(EACH_COMMIT)
def each_act_names_its_account(change: Change) -> Iterator[str]:
    """What a person does names the account that they did it through; what the bot does has none."""
    via = change.world.speaking
    if via is None:
        return  # a test at work, or the bot
    named = {"platform": via.platform, "account": via.account, "assurance": via.assurance.value}
    for one in change.entries:
        expected = named if one.entry.actor != BOT else None
        if one.entry.facts.get("via") != expected:
            yield f"{one.entry.action} by {one.entry.actor} names {one.entry.facts.get('via')}"


@always(EACH_COMMIT)
def only_who_may_decide_asks(change: Change) -> Iterator[str]:
    """A question is by who may decide the open stage now, in its time, and changes no request."""
    for one in change.entries:
        number = told.request_of(one)
        if one.entry.action != Action.REQUEST_QUESTIONED or number is None:
            continue
        before = change.before.requests[number]
        pinned = change.before.companies[before.config_version].company
        decided = used(change.before.decisions.get(number, ()))
        person, by = PersonId(one.entry.actor), in_force(change.before, change.at)
        if not may_decide_now(
            change.company, pinned, before, person=person, delegations=by, decided=decided
        ):
            yield f"{person} asks about {before}"
        is_late = change.at >= before.stage_due_at and not before.is_breakglass
        if not before.is_pending or is_late:
            yield f"{show(number)} is not open and is asked about"
        if change.after.requests[number] is not before:
            yield f"{show(number)} is changed by a question"


@always(EACH_COMMIT)
def who_asked_is_answered(change: Change) -> Iterator[str]:
    """An answer is by whom the request concerns, to exactly those who have asked and wait."""
    for one in change.entries:
        number = told.request_of(one)
        if one.entry.action != Action.REQUEST_ANSWERED or number is None:
            continue
        request = change.before.requests[number]
        if one.entry.actor not in {request.requester, request.holder} or not request.is_pending:
            yield f"{one.entry.actor} answers about {request}"
        waiting = told.waiting_for_answer(change.before.entries, number)
        informed = one.entry.facts["asked_by"]
        assert isinstance(informed, list), "people are listed"
        if not waiting or set(informed) != waiting or len(informed) != len(waiting):
            yield f"{show(number)}: {waiting} have asked, {informed} are told"
