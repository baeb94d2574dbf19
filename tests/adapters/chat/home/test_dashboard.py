"""A dashboard as a card: in order of what matters, and never more than a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adapters.chat.cards import Card, Tone
from adapters.chat.home.dashboard import (
    HELD_MAX,
    LOOKED_AT_MAX,
    PIECE_LENGTH_MAX,
    REQUESTS_MAX,
    dashboard_card,
)
from engine.audit.canonical import Json
from engine.audit.entry import Entry, Recorded
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import AccountName, PersonId, RequestId, SystemId
from engine.model.request import RequestState
from engine.workflow.dashboard import Dashboard
from engine.workflow.look import Status
from engine.workflow.looking.watched import Watched
from tests.adapters.chat.company import BEN, RIYA, acme
from tests.contracts.samples import active, draft, grant
from tests.simulation.memory import MemoryWork

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def dossier(number: int, *, held: bool = False, ago: timedelta = timedelta(0)) -> Dossier:
    """Give a request of Riya's, or access for four hours."""
    work = MemoryWork()
    work.configure(acme())
    with work() as uow:
        made = replace(uow.requests.add(draft(NOW)), id=RequestId(number))
    if not held:
        return Dossier(made)
    approved = made.move(RequestState.APPROVED, at=NOW)
    given = active(grant(approved, at=NOW), at=NOW - ago, duration=4 * HOUR)
    return Dossier(approved, (), given)


def seen(person: PersonId = RIYA, **what: object) -> Dashboard:
    """Give somebody's dashboard."""
    company = acme()
    nothing = Dashboard(NOW, company.person[person], company, (), 0, (), (), (), None)
    return replace(nothing, **what)  # type: ignore[arg-type] # by name


def watch(**what: object) -> Watched:
    """Give what somebody watches over."""
    nothing = Watched(
        is_everything=True,
        overdue=(),
        not_closed=(),
        ending=(),
        live=(),
        live_count=0,
        kept=(),
        changes=(),
    )
    return replace(nothing, **what)  # type: ignore[arg-type] # by name


def entry(reason: str = "r") -> Recorded:
    """Give an entry about JIT-1."""
    facts: dict[str, Json] = {
        "request": 1,
        "actor_name": "Riya Patel",
        "entitlement_name": "GL posting",
        "holder_name": "Riya Patel",
        "duration": 3600,
        "reason": reason,
    }
    return Recorded(Entry("JIT-1", "request.submitted", RIYA, NOW, facts), 1, None)


def titles(card: Card) -> list[str]:
    """List a dashboard's parts."""
    return [part.title for part in card.parts]


def labels(card: Card) -> list[str]:
    """List a card's buttons."""
    return [button.label for button in card.buttons]


def test_what_waits_comes_first_and_what_others_hold_last() -> None:
    """One's own before everybody else's."""
    held = dossier(2, held=True)
    kept = Entry("JIT-1", "grant.access_kept", "jitbot", NOW, {"request": 1, "kept_because": "x"})
    card = dashboard_card(
        seen(
            BEN,
            to_decide=[Status(dossier(1), (), acme())],
            to_decide_count=3,
            held=[held],
            requests=[dossier(3)],
            watched=watch(
                overdue=[held],
                ending=[held],
                live=[held],
                live_count=1234,
                kept=[Recorded(kept, 1, None)],
                changes=[entry()],
            ),
        )
    )

    assert titles(card) == [
        "JIT-1: GL posting for Riya Patel: your decision",
        "2 more to decide",
        "You hold GL posting (JIT-2)",
        "Your requests",
        "Overdue: should be gone and is not",
        "Ends soon",
        "Who has access now: 1,234 grants",
        "Access that stays",
        "Last changes",
    ]
    assert card.tone is Tone.WARNING
    ((said,),) = card.lines
    assert said == (
        "3 requests to decide, 1 grant of your own, 1 open request of yours, "
        "1,234 grants to watch over, some of them overdue."
    )
    assert not any(part.parts for part in card.parts)


def test_who_decided_meanwhile_sees_no_answers() -> None:
    """Whoever is not asked gets no button for it."""
    card = dashboard_card(seen(RIYA, to_decide=[Status(dossier(1), (), acme())], to_decide_count=1))

    assert labels(card.parts[0]) == ["Details"]


def test_ends_are_instants() -> None:
    """And what ends soon says so in words."""
    early, soon = dossier(1, held=True), dossier(2, held=True, ago=3 * HOUR)

    first, second = dashboard_card(seen(held=[early, soon])).parts

    assert (first.title, first.tone) == ("You hold GL posting (JIT-1)", Tone.GOOD)
    assert (second.title, second.tone) == ("Ends soon: GL posting (JIT-2)", Tone.WARNING)
    assert [fact.value for fact in second.facts if fact.label == "Ends"] == [NOW + HOUR]
    assert labels(second) == ["Give it back", "Extend…", "Details"]


def test_what_is_being_taken_away_cannot_be_given_back() -> None:
    """It says so instead of when it ends."""
    given = dossier(1, held=True)
    assert given.grant is not None
    ending = replace(given, grant=given.grant.begin_end(EndCause.RETURNED, at=NOW))

    (part,) = dashboard_card(seen(held=[ending])).parts

    assert labels(part) == ["Details"]
    assert part.facts[-1].value == "Ending; the access is being taken away"


def test_what_is_being_given_says_so() -> None:
    """It has no end yet."""
    given = dossier(1, held=True)
    assert given.grant is not None
    beginning = replace(
        given.grant, state=GrantState.PROVISIONING, starts_at=None, ends_at=None, warn_at=None
    )

    (part,) = dashboard_card(seen(held=[replace(given, grant=beginning)])).parts

    assert part.title == "You hold GL posting (JIT-1)"
    assert part.facts[-1].value == "Approved; the access is being given"
    assert labels(part) == ["Give it back", "Details"]


def test_long_lists_are_cut_with_a_way_to_the_rest() -> None:
    """Nobody reads fifty."""
    held = [dossier(number, held=True) for number in range(1, HELD_MAX + 3)]
    requests = [dossier(number) for number in range(20, 21 + REQUESTS_MAX)]

    card = dashboard_card(seen(held=held, requests=requests))

    *shown, rest, asked = card.parts
    assert len(shown) == HELD_MAX
    assert rest.title == "2 more that you hold"
    assert rest.buttons[0].says == "who @me"
    assert asked.table is not None
    assert len(asked.table.rows) == REQUESTS_MAX
    assert labels(asked)[LOOKED_AT_MAX:] == ["All you asked for"]


def test_an_owner_is_told_that_it_is_about_what_they_own() -> None:
    """Also where nobody has any of it."""
    nobody = dashboard_card(seen(watched=watch(is_everything=False)))
    some = watch(is_everything=False, live=[dossier(1, held=True)], live_count=1)

    assert titles(nobody) == ["Nobody has access to what you own now"]
    assert titles(dashboard_card(seen(watched=some))) == [
        "Who has access to what you own now: 1 grant"
    ]
    assert labels(nobody.parts[0]) == ["Find who has access…"]


def test_a_long_reason_is_cut_in_a_list_of_changes() -> None:
    """The record has the whole of it."""
    card = dashboard_card(seen(watched=watch(changes=[entry("x" * 3000)])))

    (line,) = card.parts[-1].lines
    assert f"{'x' * PIECE_LENGTH_MAX}…" in line
    assert line[:2] == (NOW, "  JIT-1: ")


def test_a_change_of_no_request_names_none() -> None:
    """A configuration was put in force."""
    facts: dict[str, Json] = {
        "actor_name": "operator",
        "config_version": 2,
        "digest": "aa",
        "difference": "d",
    }
    changed = Recorded(Entry("config", "config.activated", "operator", NOW, facts), 1, None)

    card = dashboard_card(seen(watched=watch(changes=[changed], kept=[changed])))

    kept, last = card.parts[-2:]
    assert last.lines[0][:2] == (NOW, "  ")
    assert kept.buttons == ()


def test_the_same_dashboard_has_the_same_digest_later() -> None:
    """Or it would be shown again for nothing."""
    held = [dossier(1, held=True)]

    now, later = seen(held=held), seen(held=held, at=NOW + HOUR)

    assert dashboard_card(now).digest() == dashboard_card(later).digest()
    assert AccountName("riya_patel") in dashboard_card(now).plain()
    assert SystemId("ledger") in dashboard_card(now).plain()
