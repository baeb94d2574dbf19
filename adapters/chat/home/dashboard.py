"""A dashboard as one card, the same on every platform.

Its parts come in the order in which they matter: what waits for a decision, what one holds, what
one asked for; then, for owners, compliance and admins, what others hold. Ends are instants and not
hours left: a dashboard is looked at long after it was written, and platforms show instants in the
viewer's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from adapters.chat.buttons import (
    decide_buttons,
    details_button,
    extend_button,
    may_decide,
    may_extend,
    return_button,
)
from adapters.chat.cards import Button, Card, Emphasis, Fact, Line, Table, Tone, Value
from adapters.chat.emergency.cards import open_card, own_closing_card
from adapters.chat.lists import holder_row, request_row
from adapters.chat.wording import (
    exact,
    heading,
    request_facts,
    stage_words,
    state_words,
)
from engine.audit.entry import Recorded
from engine.audit.vocabulary import sentence
from engine.model.dossier import Dossier
from engine.model.grant import GrantState, soon_before
from engine.model.identifiers import RequestId, show
from engine.workflow.dashboard import Dashboard
from engine.workflow.look import Status
from engine.workflow.looking.watched import Watched

HELD_MAX = 5
REQUESTS_MAX = 5
"""What a person still reads at a glance; `mine` has the rest."""

TO_CLOSE_MAX = 3
"""Emergencies that are shown ready to be closed; `pending` has the rest."""

LOOKED_AT_MAX = 3
"""Buttons to look closer below a table: the top rows are those that matter."""

PIECE_LENGTH_MAX = 200
"""Characters of somebody's own words in a list of changes; the record has the rest."""

ASK = Button("Ask for access", "request", Emphasis.PRIMARY)
FIND = Button("Find who has access…", "form who")


def dashboard_card(seen: Dashboard) -> Card:
    """Show everything that somebody has to know now."""
    return Card(
        f"{seen.person.name.split()[0]}, this is your dashboard",
        _tone(seen),
        lines=((_summary(seen),),),
        buttons=(
            ASK,
            Button("What I may ask for", "catalog"),
            Button("Help", "help", about="What you can say"),
        ),
        parts=tuple(_parts(seen)),
    )


def _summary(seen: Dashboard) -> str:
    """Say it in a sentence, for who hears it read and for who sees only its beginning."""
    pending = sum(1 for dossier in seen.requests if dossier.request.is_pending)
    watched = seen.watched
    late = ", some of them overdue" if watched and watched.overdue else ""
    counts = (
        (seen.to_decide_count, "request", "to decide"),
        (len(seen.to_close), "emergency", "to close"),
        (len(seen.held), "grant", "of your own"),
        (pending, "open request", "of yours"),
        (watched.live_count if watched else 0, "grant", f"to watch over{late}"),
    )
    said = [f"{_counted(count, word)} {whose}" for count, word, whose in counts if count]
    return f"{', '.join(said)}." if said else "Nothing waits for you, and you hold no access."


def _tone(seen: Dashboard) -> Tone:
    if seen.to_close or (seen.watched is not None and seen.watched.overdue):
        return Tone.WARNING
    return Tone.WAITING if seen.to_decide else Tone.NEUTRAL


def _counted(count: int, word: str) -> str:
    ending = f"{word.removesuffix('y')}ies" if word.endswith("y") else f"{word}s"
    return f"{count:,} {word if count == 1 else ending}"


def _parts(seen: Dashboard) -> Iterator[Card]:
    for status in seen.to_decide:
        yield _to_decide(seen, status)
    if seen.to_decide_count > len(seen.to_decide):
        rest = seen.to_decide_count - len(seen.to_decide)
        button = Button("Show all of them", "pending", about="Show all that waits for you")
        yield Card(f"{rest} more to decide", Tone.WAITING, buttons=(button,))
    for dossier in seen.to_close[:TO_CLOSE_MAX]:
        yield own_closing_card(seen.company, seen.person.id, dossier, at=seen.at)
    if len(seen.to_close) > TO_CLOSE_MAX:
        button = Button("Show all of them", "pending", about="Show all that waits for you")
        rest = len(seen.to_close) - TO_CLOSE_MAX
        yield Card(f"{rest} more to close", Tone.WARNING, buttons=(button,))
    yield from _held(seen)
    if seen.requests:
        yield _requests(seen)
    if seen.watched is not None:
        yield from _watched(seen, seen.watched)


# ── one's own ───────────────────────────────────────────────────────────────────────────────────


def _to_decide(seen: Dashboard, status: Status) -> Card:
    request = status.dossier.request
    what = exact(seen.company, request, status.entries)
    buttons: tuple[Button, ...] = (details_button(request),)
    if may_decide(seen.person.id, status.dossier):
        buttons = (*decide_buttons(seen.company, status.dossier, seen.person.id, what), *buttons)
    return Card(
        f"{heading(seen.company, request, what)}: your decision",
        Tone.WAITING,
        facts=(
            *request_facts(seen.company, request, what),
            Fact("Stage", stage_words(request).removeprefix("stage ")),
            Fact("Decide by", request.stage_due_at),
        ),
        buttons=buttons,
    )


def _held(seen: Dashboard) -> Iterator[Card]:
    for dossier in seen.held[:HELD_MAX]:
        yield _held_one(seen, dossier)
    if len(seen.held) > HELD_MAX:
        button = Button("Show all of it", "who @me", about="Show all access that you hold")
        yield Card(f"{len(seen.held) - HELD_MAX} more that you hold", buttons=(button,))


def _held_one(seen: Dashboard, dossier: Dossier) -> Card:
    request, grant = dossier.request, dossier.grant
    assert grant is not None, "what is held has a grant"
    name = f"{exact(seen.company, request).name} ({show(request.id)})"
    facts = [Fact("Exactly", f"{grant.permission} on {grant.resource}, as {grant.account}")]
    is_active = grant.state is GrantState.ACTIVE and grant.ends_at is not None
    if is_active and grant.ends_at is not None:
        facts.append(Fact("Ends", grant.ends_at))
    else:
        facts.append(Fact("Status", state_words(dossier)))
    may_return = grant.state in {GrantState.PROVISIONING, GrantState.ACTIVE}
    extends = (extend_button(request),) if may_extend(seen.company, dossier) else ()
    buttons = (return_button(request), *extends, details_button(request))
    is_soon = grant.ends_at is not None and seen.at >= grant.ends_at - soon_before(grant.duration)
    return Card(
        f"Ends soon: {name}" if is_active and is_soon else f"You hold {name}",
        Tone.WARNING if is_soon or grant.alarmed else Tone.GOOD,
        facts=tuple(facts),
        buttons=buttons if may_return else (details_button(request),),
    )


def _requests(seen: Dashboard) -> Card:
    shown = seen.requests[:REQUESTS_MAX]
    pending = [dossier.request.id for dossier in shown if dossier.request.is_pending]
    return Card(
        "Your requests",
        Tone.WAITING if pending else Tone.NEUTRAL,
        table=Table(
            ("Request", "What", "For", "Status", "Until"),
            tuple(request_row(seen.company, dossier) for dossier in shown),
        ),
        buttons=(*_look_at(pending), Button("All you asked for", "mine")),
    )


# ── what others hold ────────────────────────────────────────────────────────────────────────────


def _watched(seen: Dashboard, watched: Watched) -> Iterator[Card]:
    if watched.overdue:
        yield _holders(seen, "Overdue: should be gone and is not", Tone.WARNING, watched.overdue)
    if watched.not_closed:
        yield open_card(seen.company, watched.not_closed, seen.at)
    if watched.ending:
        yield _holders(seen, "Ends soon", Tone.WARNING, watched.ending)
    yield _who_has(seen, watched)
    if watched.kept:
        said = "Access that the bot did not give, found beside a grant: have a look at the system."
        yield Card(
            "Access that stays",
            Tone.WARNING,
            lines=((said,), *map(_change, watched.kept)),
            buttons=_look_at([_request_of(one) for one in watched.kept]),
        )
    if watched.changes:
        yield Card(
            "Last changes",
            lines=tuple(map(_change, watched.changes)),
            buttons=(Button("Ask the record", "audit"),),
        )


def _who_has(seen: Dashboard, watched: Watched) -> Card:
    whose = "" if watched.is_everything else " to what you own"
    if not watched.live:
        return Card(f"Nobody has access{whose} now", buttons=(FIND,))
    everyone = Button("Show all of it", "who", about=f"Show who has access{whose} now")
    card = _holders(
        seen,
        f"Who has access{whose} now: {_counted(watched.live_count, 'grant')}",
        Tone.NEUTRAL,
        watched.live,
    )
    return Card(card.title, table=card.table, buttons=(everyone, FIND))


def _holders(seen: Dashboard, title: str, tone: Tone, dossiers: Sequence[Dossier]) -> Card:
    return Card(
        title,
        tone,
        table=Table(
            ("Who", "What", "Request", "Status", "Ends"),
            tuple(holder_row(seen.company, dossier) for dossier in dossiers),
        ),
        buttons=_look_at([dossier.request.id for dossier in dossiers]),
    )


def _look_at(requests: Sequence[RequestId | None]) -> tuple[Button, ...]:
    numbers = [show(one) for one in dict.fromkeys(requests) if one is not None]
    return tuple(
        Button(f"Look at {number}", f"status {number}", about=f"Look at {number}")
        for number in numbers[:LOOKED_AT_MAX]
    )


def _request_of(recorded: Recorded) -> RequestId | None:
    number = recorded.entry.facts.get("request")
    return RequestId(number) if isinstance(number, int) else None


def _change(recorded: Recorded) -> Line:
    number = _request_of(recorded)
    about = f"  {show(number)}: " if number is not None else "  "
    return (recorded.entry.at, about, *map(_short, sentence(recorded.entry)))


def _short(piece: Value) -> Value:
    if isinstance(piece, datetime) or len(piece) <= PIECE_LENGTH_MAX:
        return piece
    return f"{piece[:PIECE_LENGTH_MAX]}…"
