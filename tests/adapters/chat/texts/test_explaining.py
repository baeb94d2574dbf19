"""What the example company's policy does, whole: a change of it is read here before it counts.

`JIT_GOLDEN=write` writes the file anew, to be read as a difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.chat.texts.explaining import NAMES_MAX, explained_lines
from adapters.conditions.cel import CelConditions
from engine.conditions import NoConditions
from engine.model.company import Company, Entitlement, Person
from engine.model.identifiers import ChainId, EntitlementId
from engine.model.request import Approver
from engine.policy.approvers import Asking, Resolved
from engine.policy.explain import Explained, explain
from engine.policy.people import may_request
from engine.policy.plan import Plan, Step
from tests.adapters.chat.company import acme

GOLDEN = Path(__file__).with_name("explained.txt")

WORKDAY = datetime(2026, 11, 25, 10, tzinfo=UTC)
CLOSE = datetime(2027, 1, 5, 10, tzinfo=UTC)


def explained(company: Company, person: Person, wanted: Entitlement, *, at: datetime) -> Explained:
    """Explain the longest request that somebody may make."""
    asking = Asking(person.id, person.id, wanted, at=at)
    return explain(company, CelConditions(), asking, duration=wanted.duration_max, at=at)


def cases(company: Company) -> Iterator[Explained]:
    """Give each entitlement for the first two who may request it, the second one during a freeze.

    And once for the usual time.
    """
    for wanted in company.entitlements:
        first, *others = [p for p in company.people if may_request(company, p, wanted)]
        yield explained(company, first, wanted, at=WORKDAY)
        yield explained(company, (others or [first])[0], wanted, at=CLOSE)
        asking, usual = Asking(first.id, first.id, wanted, at=WORKDAY), wanted.duration_default
        yield explain(company, CelConditions(), asking, duration=usual, at=WORKDAY)


def test_the_examples_policy_is_what_was_agreed() -> None:
    """Every chain, stage and person, with the reason for each."""
    company = acme()
    said = "\n\n".join("\n".join(explained_lines(company, e)) for e in cases(company)) + "\n"
    if os.environ.get("JIT_GOLDEN") == "write":
        GOLDEN.write_text(said, encoding="utf-8")

    assert said == GOLDEN.read_text(encoding="utf-8")


def test_what_would_be_refused_is_said_first() -> None:
    """With everything that stands against it, not only the first of it."""
    company = acme()
    first = company.people[0].id
    asking = Asking(first, first, company.entitlement[EntitlementId("netsuite-gl")], at=WORKDAY)

    told = explain(company, CelConditions(), asking, duration=timedelta(days=3), at=WORKDAY)

    said = list(explained_lines(company, told))
    assert said[1] == "It would be refused: GL posting may not be requested for Grace Lindqvist."
    assert said[2].startswith("It would be refused: 3 days is more than GL posting may be held")
    assert said[3].endswith("could not be decided, because nobody is manager of Grace Lindqvist.")
    assert said[4] == "The chain is finance-posting."


def test_a_policy_that_gives_no_answer_asks_nobody() -> None:
    """And says which condition it was."""
    company = acme()
    wanted = company.entitlement[EntitlementId("netsuite-pay")]
    asking = Asking(company.people[0].id, company.people[0].id, wanted, at=WORKDAY)

    told = explain(company, NoConditions(), asking, duration=timedelta(hours=1), at=WORKDAY)

    assert list(explained_lines(company, told))[-1] == (
        "It would be refused: Nobody could be asked, because the condition “the books are being "
        "closed” gave no answer: this process knows no language for conditions."
    )


def test_a_departments_list_is_cut() -> None:
    """That a whole group is meant is seen after a few names."""
    company = acme()
    everybody = tuple(Approver(person.id, "everyone") for person in company.people)
    first, wanted = everybody[0].person, company.entitlements[0]
    asking = Asking(first, first, wanted, at=WORKDAY)
    rule = company.chains[0].stages[0]
    stage = Resolved(rule, (1,), everybody)
    hour = timedelta(hours=1)
    made = Explained(
        asking, hour, WORKDAY, Plan(ChainId("x"), ()), ((Step(rule, 0, True), stage),), ()
    )

    assert list(explained_lines(company, made))[-1].endswith(
        f", {len(everybody) - NAMES_MAX} more."
    )
