"""What always holds, whatever people do and whatever breaks: each a function with a sentence.

They know the rules on their own: nothing here asks the engine's policy, so that a defect there is
not repeated here. They are asked at each commit (`EACH_COMMIT`), at each change of the target
(`EACH_GIVING`, `EACH_TAKING`), whenever the target may have changed (`check_access`), and when all
is quiet: nothing fails any more and everything due has been done (`ONCE_QUIET`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.audit.vocabulary import VOCABULARY, Action, sentence
from engine.errors import Refused
from engine.model.company import Company
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, show
from engine.model.request import Decision, Request, RequestState, Verdict
from engine.model.target import Target
from engine.policy.drift import PROVISION_WITHIN
from engine.ports import EffectKind
from engine.workflow.granting.attempt import LEASE
from tests.simulation import told
from tests.simulation.asked import (
    EACH_COMMIT,
    EACH_GIVING,
    EACH_TAKING,
    EACH_TICK,
    ONCE_QUIET,
    Broken,
    Call,
    Change,
    always,
    place,
)
from tests.simulation.memory.outbox import Row, RowState
from tests.simulation.rules import (
    are_enough,
    breaks_sod,
    can_be_decided,
    functions_of,
    has_left,
    in_force,
    is_by_who_may,
    may_revoke,
    stages_of,
    used,
    who_may_decide,
)

if TYPE_CHECKING:
    from tests.simulation.memory import State
    from tests.simulation.world import World

# ── deciding ────────────────────────────────────────────────────────────────────────────────────


@always(EACH_COMMIT)
def only_who_may_decides(change: Change) -> Iterator[str]:
    """A decision is by an active approver whom the open stage's rule names, never about oneself."""
    for request, decision in change.decisions:
        if not request.is_pending or decision.stage != request.stage_number:
            yield f"{decision.approver} decided stage {decision.stage} of {request}"
        pinned = change.before.companies[request.config_version].company
        by = in_force(change.before, change.at)
        if not is_by_who_may(change.company, pinned, request, decision=decision, delegations=by):
            yield f"{decision.approver} for {decision.instead_of} may not decide {request}"


@always(EACH_COMMIT)
def nobody_decides_twice(change: Change) -> Iterator[str]:
    """Nobody decides one request twice, at whatever stage; and what was decided stays."""
    for was, now in change.touched:
        people = [person for decision in now.decisions for person in used([decision])]
        if len(people) != len(set(people)):
            yield f"{show(now.request.id)} was decided by {people}"
        if was is not None and was.decisions != now.decisions[: len(was.decisions)]:
            yield f"a decision on {show(now.request.id)} is not there any more"


@always(EACH_COMMIT)
def nobody_is_used_up(change: Change) -> Iterator[str]:
    """No approval takes the one person away without whom a later stage cannot be decided."""
    for was, now in change.touched:
        if was is None or len(now.decisions) == len(was.decisions):
            continue
        if now.decisions[-1].verdict is Verdict.DENY:
            continue
        company, request = change.company, was.request
        pinned = change.before.companies[request.config_version].company
        before = can_be_decided(company, pinned, request, decisions=was.decisions)
        if before and not can_be_decided(company, pinned, request, decisions=now.decisions):
            yield f"{now.decisions[-1].approver} is needed later for {show(request.id)}"


@always(EACH_COMMIT)
def decisions_are_in_time(change: Change) -> Iterator[str]:
    """Nothing is given after its stage's time, and nothing lapses before."""
    for request, _ in change.decisions:
        if change.at >= request.stage_due_at and not request.is_breakglass:
            yield f"{show(request.id)} was decided at {change.at}, due {request.stage_due_at}"
    for was, now in change.touched:
        lapsed = now.request.state is RequestState.LAPSED
        if was and was.request.is_pending and lapsed and change.at < was.request.stage_due_at:
            yield f"{show(now.request.id)} lapsed before {was.request.stage_due_at}"


@always(EACH_COMMIT)
def a_grant_was_decided(change: Change) -> Iterator[str]:
    """A grant begins where every stage had its quorum and nobody denied; or with an emergency."""
    for was, now in change.touched:
        if now.grant is None or (was is not None and was.grant is not None):
            continue
        request = now.request
        if request.is_breakglass:
            if was is not None or now.closing is None or not request.is_pending:
                yield f"the glass was broken with {now}"
            continue
        if request.state is not RequestState.APPROVED or was is None or not was.request.is_pending:
            yield f"a grant began with {request}"
        pinned = change.after.companies[request.config_version].company
        for number, stage in enumerate(stages_of(pinned, request), start=1):
            if not are_enough(stage, [d for d in now.decisions if d.stage == number]):
                yield f"stage {number} of {show(request.id)} has too few approvals"
        if any(decision.verdict is Verdict.DENY for decision in now.decisions):
            yield f"{show(request.id)} was denied by somebody"


@always(EACH_COMMIT)
def what_is_given_is_what_was_shown(change: Change) -> Iterator[str]:
    """A grant is for exactly what its request said under the configuration that it began with."""
    for _, grant in change.grants:
        request = change.after.requests[grant.id]
        pinned = change.after.companies[request.config_version].company
        shown = pinned.entitlement[request.entitlement]
        account = pinned.account_of(pinned.person[request.holder], shown.system)
        if (grant.holder, grant.entitlement) != (request.holder, request.entitlement):
            yield f"{grant} is not for {request}"
        if grant.target != Target(account, shown.resource, shown.permission):
            yield f"{grant.target} is not what {show(grant.id)} was about"


# ── segregation of duties ───────────────────────────────────────────────────────────────────────


def _are_apart(state: State, company: Company, one: Request, *, other: Request) -> bool:
    """Say whether a rule in force forbids that one person has what both requests are about."""
    both = [
        functions_of(company, state.companies[r.config_version].company, r.entitlement)
        for r in (one, other)
    ]
    return one.holder == other.holder and one.id != other.id and breaks_sod(company, *both)


@always(EACH_COMMIT)
def sod_holds_at_each_step(change: Change) -> Iterator[str]:
    """Nothing is asked for or approved that breaks a rule in force with what the holder has."""
    added = [now.request for was, now in change.touched if was is None]
    approved = [r for r, d in change.decisions if d.verdict is Verdict.APPROVE]
    over = {grant.id for grant in change.before.grants.values() if not grant.is_live}
    for request in (r for r in (*added, *approved) if r.id not in over):
        for other in change.before.requests.values():
            grant = change.before.grants.get(other.id)
            counts = grant.is_live if grant else other.is_pending and other.id < request.id
            if counts and _are_apart(change.after, change.company, request, other=other):
                yield f"{show(request.id)} beside {show(other.id)}"


@always(EACH_GIVING)
def sod_holds_when_access_is_given(call: Call) -> Iterator[str]:
    """Access is never given beside other live access that a rule in force then forbids."""
    state, since = call.world.state, call.run.version.number
    request = state.requests[call.grant.id]
    # A rule that was lifted, if only for a moment, since the attempt asked about it, let both in.
    companies = [version.company for n, version in state.companies.items() if n >= since]
    for other in state.grants.values():
        beside = state.requests[other.id]
        if other.is_live and all(_are_apart(state, c, request, other=beside) for c in companies):
            yield f"{show(request.id)} beside {show(other.id)}"


# ── the target ──────────────────────────────────────────────────────────────────────────────────


@always(EACH_GIVING)
def nothing_is_given_without_a_grant(call: Call) -> Iterator[str]:
    """Access is only given for a decided grant that has not ended, to who still works here."""
    grant = call.grant
    if grant.state not in _DUTIES or grant.target != call.target:
        yield f"{call.target} is given although {show(grant.id)} is {grant.state}"
    holder = call.run.version.company.person.get(grant.holder)
    if holder is None or not holder.active:
        yield f"{grant.holder} is not active"
    if call.world.now > grant.ordered_at + PROVISION_WITHIN + LEASE:
        yield f"{show(grant.id)} was decided at {grant.ordered_at}"


def only_the_newest_changes(call: Call) -> Iterator[str]:
    """A worker only changes the target while its lease lives: whoever comes next comes later."""
    effect, _, attempt = call.run.message
    row = call.world.state.effects[effect]
    if row.attempt != attempt or not row.runs_at(call.world.now):
        yield f"{call.run} changes {call.target}, but {row}"


EACH_GIVING.append(only_the_newest_changes)
EACH_TAKING.append(only_the_newest_changes)


@always(EACH_GIVING)
def what_was_there_is_noted_first(call: Call) -> Iterator[str]:
    """Whether the access was there before us is on record before anything is changed."""
    if call.grant.held_before is None:
        yield f"{show(call.grant.id)} was not looked up"


@always(EACH_COMMIT)
def what_is_noted_is_true(change: Change) -> Iterator[str]:
    """A grant's note of standing access is true, whatever our own grants do meanwhile."""
    for was, now in change.grants:
        noted = now.held_before
        if was is not None and was.held_before is not None and was.held_before is not noted:
            yield f"the note of {show(now.id)} was changed"
        if noted is not None and noted is not (now.target in change.world.standing):
            yield f"{show(now.id)} notes {noted} about {now.target}"


@always(EACH_TAKING)
def standing_access_is_left_alone(call: Call) -> Iterator[str]:
    """What a person held before us is never taken away."""
    if call.target in call.world.standing:
        yield f"{call.target} is taken because of {show(call.grant.id)}"


@always(EACH_TAKING)
def ending_one_grant_cuts_no_other(call: Call) -> Iterator[str]:
    """Access is only taken for a grant that is ending, and never while another one needs it."""
    if call.grant.state is not GrantState.DEPROVISIONING or call.grant.target != call.target:
        yield f"{call.target} is taken although {show(call.grant.id)} is {call.grant.state}"
    for other in call.others:
        given = other.state is GrantState.PROVISIONING and other.held_before is not None
        if other.state is GrantState.ACTIVE or given:
            yield f"{show(call.grant.id)} takes what {show(other.id)} needs"


def check_access(world: World) -> None:
    """Who has an active grant has the access, at every moment."""
    for grant in world.state.grants.values():
        if grant.state is GrantState.ACTIVE and grant.target not in world.target.held:
            raise Broken(check_access.__doc__ or "", f"{show(grant.id)} lost {grant.target}")


@always(EACH_COMMIT)
def active_means_present(change: Change) -> Iterator[str]:
    """A grant is active from when the access was there, and its time runs from exactly then."""
    for was, now in change.grants:
        if now.state is not GrantState.ACTIVE:
            continue
        if now.target not in change.world.target.held:
            yield f"{show(now.id)} is active and {now.target} is not there"
        started = was is None or was.state is not GrantState.ACTIVE
        if started and (now.starts_at, now.ends_at) != (change.at, change.at + now.duration):
            yield f"{show(now.id)} began at {change.at}, noted {now.starts_at} to {now.ends_at}"


@always(EACH_COMMIT)
def ended_means_gone(change: Change) -> Iterator[str]:
    """A grant has ended when its access is gone, or when it stays for a reason that is true."""
    for was, now in change.grants:
        if now.state is not GrantState.ENDED or was is None or was.state is GrantState.ENDED:
            continue
        live = [
            g
            for g in change.after.grants.values()
            if g.is_live and place(g) == place(now) and g.held_before is not None
        ]
        is_explained = bool(live) or now.target in change.world.standing
        if now.target in change.world.target.held and not is_explained:
            yield f"{show(now.id)} ended and {now.target} is still there"
        if now.ended_at != change.at:
            yield f"{show(now.id)} ended at {change.at}, noted {now.ended_at}"


@always(EACH_COMMIT)
def nothing_ends_early(change: Change) -> Iterator[str]:
    """Access ends at its time, or early because of who may say so; so does a request."""
    for one in change.entries:
        number, actor = told.request_of(one), one.entry.actor
        request = change.before.requests.get(number) if number is not None else None
        if request is None:
            continue
        grant = change.before.grants.get(request.id)
        match one.entry.action:
            case Action.GRANT_EXPIRED:
                allowed = bool(grant and grant.ends_at and grant.ends_at <= change.at)
            case Action.GRANT_RETURNED:
                allowed = actor == request.holder
            case Action.GRANT_REVOKED:
                allowed = may_revoke(change.company, request.entitlement, actor)
                allowed |= actor in {d.approver for r, d in change.decisions if r.id == request.id}
            case Action.REQUEST_CANCELLED:
                allowed = actor in {request.requester, request.holder}
            case Action.GRANT_LEFT:
                allowed = has_left(change.before, request.holder)
            case Action.REQUEST_DROPPED:
                people = (request.requester, request.holder)
                allowed = any(has_left(change.before, person) for person in people)
            case _:
                continue
        if not allowed:
            yield f"{one.entry.action} of {show(request.id)} by {actor}"


# ── people who come and go ──────────────────────────────────────────────────────────────────────


@always(EACH_TICK)
def who_left_holds_nothing(world: World) -> Iterator[str]:
    """Who left holds nothing that is not being taken away, and asks for nothing."""
    state = world.state
    for grant in state.grants.values():
        is_kept = grant.is_live and grant.state is not GrantState.DEPROVISIONING
        if is_kept and has_left(state, grant.holder):
            yield f"{grant.holder} has left, and {show(grant.id)} is {grant.state}"
    for request in state.requests.values():
        people = (request.requester, request.holder)
        if request.is_ahead and any(has_left(state, person) for person in people):
            yield f"somebody of {people} has left, and {show(request.id)} is pending"


@always(EACH_TICK)
def open_stages_ask_who_may_decide(world: World) -> Iterator[str]:
    """An open stage asks exactly those who may decide it now, beside those who have."""
    for request, decisions, pinned in _pending(world):
        company = world.version.company
        decided, by = used(decisions), in_force(world.state, world.now)
        may = who_may_decide(company, pinned, request, delegations=by, decided=decided)
        here = {d.approver for d in decisions if d.stage == request.stage_number}
        asked = {approver.person for approver in request.stage.asked}
        if asked != may | here or any(has_left(world.state, p) for p in asked - here):
            yield f"{show(request.id)} asks {asked}, {may} may decide, {here} have"


@always(EACH_TICK)
def stalled_stages_are_flagged(world: World) -> Iterator[str]:
    """Where too few people are left to decide a request, that was said, and only there."""
    for request, decisions, pinned in _pending(world):
        company = world.version.company
        can = request.entitlement in company.entitlement and can_be_decided(
            company, pinned, request, decisions=decisions
        )
        if request.stage.is_stalled is can:
            yield f"{show(request.id)} can be decided: {can}"


def _pending(world: World) -> Iterator[tuple[Request, Sequence[Decision], Company]]:
    state = world.state
    for request in state.requests.values():
        if request.is_pending:
            pinned = state.companies[request.config_version].company
            yield request, state.decisions.get(request.id, ()), pinned


# ── the record ──────────────────────────────────────────────────────────────────────────────────


@always(EACH_COMMIT)
def each_change_is_told_once(change: Change) -> Iterator[str]:
    """Every change of state has exactly one entry, and the entries alone tell the state."""
    for was, now in change.touched:
        news = [one for one in change.entries if told.request_of(one) == now.request.id]
        yield from told.differences(was, now, news)


@always(EACH_COMMIT)
def each_entry_can_be_said(change: Change) -> Iterator[str]:
    """Every entry has the time of its commit and all that its sentence needs."""
    for one in change.entries:
        if one.entry.at != change.at:
            yield f"{one.entry.action} is dated {one.entry.at}, recorded at {change.at}"
        if not sentence(one.entry):
            yield f"{one.entry.action} says nothing"


@always(EACH_COMMIT)
def the_past_stays(change: Change) -> Iterator[str]:
    """What is settled, ended or recorded never changes, and nothing is ever lost."""
    if change.after.entries[: len(change.before.entries)] != change.before.entries:
        yield "entries have changed"
    for number, request in change.before.requests.items():
        now = change.after.requests[number]
        if not request.is_pending and now is not request:
            yield f"{show(number)} was settled and has changed"
    for number, grant in change.before.grants.items():
        later = change.after.grants[number]
        if not grant.is_live and later is not grant:
            yield f"the grant {show(number)} had ended and has changed"


@always(EACH_COMMIT)
def each_change_is_announced(change: Change) -> Iterator[str]:
    """Whatever people are to see orders its announcement in every chat, in the same commit."""
    for one in change.entries:
        number, meaning = told.request_of(one), VOCABULARY[Action(one.entry.action)]
        if number is None or not (meaning.in_thread or meaning.to_holder):
            continue
        for platform in change.company.audit_channels:
            change.world.owed[platform, number] = one.stream_seq
            ordered = _row(change.after, EffectKind.ANNOUNCE, number, platform)
            earlier = _row(change.before, EffectKind.ANNOUNCE, number, platform)
            is_new = ordered and (not earlier or ordered.generation > earlier.generation)
            if ordered is None or ordered.state is RowState.DONE or not is_new:
                yield f"{one.entry.action} of {show(number)} is not announced on {platform}"


# ── duties ──────────────────────────────────────────────────────────────────────────────────────

_DUTIES = {
    GrantState.PROVISIONING: EffectKind.PROVISION,
    GrantState.DEPROVISIONING: EffectKind.DEPROVISION,
}


@always(EACH_COMMIT)
def a_duty_stands_until_it_is_done(change: Change) -> Iterator[str]:
    """As long as access has to be given or taken, there is a duty to do it."""
    for grant in change.after.grants.values():
        if grant.state not in _DUTIES:
            continue
        row = _row(change.after, _DUTIES[grant.state], grant.id, None)
        if row is None or row.state is RowState.DONE:
            yield f"{show(grant.id)} is {grant.state} and nobody has to do anything"


@always(EACH_COMMIT)
def one_worker_per_target(change: Change) -> Iterator[str]:
    """No two workers with a lease ever change the same permission of the same account."""
    places = [
        place(change.after.grants[row.duty.request])
        for row in change.after.effects.values()
        if row.runs_at(change.at) and row.duty.kind in _DUTIES.values()
    ]
    if len(places) != len(set(places)):
        yield f"workers share a target: {places}"


def _row(state: State, kind: EffectKind, request: RequestId, platform: str | None) -> Row | None:
    for row in state.effects.values():
        duty = row.duty
        if duty.kind is kind and duty.request == request and duty.platform == platform:
            return row
    return None


# ── in the end ──────────────────────────────────────────────────────────────────────────────────


@always(ONCE_QUIET)
def everything_is_settled(world: World) -> Iterator[str]:
    """Every request is settled, every grant has ended, and no duty is left undone."""
    for request in world.state.requests.values():
        if request.is_pending:
            yield f"{show(request.id)} is pending"
    for grant in world.state.grants.values():
        if grant.is_live:
            yield f"the grant {show(grant.id)} is {grant.state}"
    for row in world.state.effects.values():
        if row.state is not RowState.DONE:
            yield f"{row} is not done"


@always(ONCE_QUIET)
def only_standing_access_is_left(world: World) -> Iterator[str]:
    """In the end the target holds exactly what it held before us."""
    for target in world.target.held ^ world.standing:
        yield f"{target} is {'there' if target in world.target.held else 'not there any more'}"


@always(ONCE_QUIET)
def everything_was_shown(world: World) -> Iterator[str]:
    """Every chat has seen everything that it was to show."""
    for (platform, request), owed in world.owed.items():
        seen = world.shown.get((platform, request), 0)
        if seen < owed:
            yield f"{platform} has seen {seen} entries of {show(request)}, not {owed}"


# ── refusing ────────────────────────────────────────────────────────────────────────────────────


def check_refusal(world: World, before: State, refusal: Refused) -> None:
    """A refusal changes nothing, and says why in a sentence."""
    rule = check_refusal.__doc__ or ""
    if world.state is not before:
        raise Broken(rule, f"{refusal.code} was refused and something is different")
    if not refusal.sentence.endswith((".", "?")) or not refusal.sentence[0].isupper():
        raise Broken(rule, f"{refusal.code} says: {refusal.sentence}")
