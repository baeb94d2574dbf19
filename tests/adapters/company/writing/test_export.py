"""Mirrors adapters/company/writing/export.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.company.build import build
from adapters.company.files import read_text
from adapters.company.problems import CompanyProblems
from adapters.company.read import read_company, read_export
from adapters.company.writing.export import export
from engine.model.calendar import Calendar, Freeze, Hours, Rotation, Schedule, Shift
from engine.model.company import (
    ALL,
    Chain,
    Company,
    Condition,
    CostCentre,
    PartRule,
    Route,
    StageRule,
)
from engine.model.identifiers import (
    AccountName,
    BreakglassId,
    ChainId,
    CostCentreId,
    FreezeId,
    FunctionId,
    PersonId,
    PlatformName,
    ScheduleId,
    SodRuleId,
    SystemId,
    TicketSourceId,
)
from engine.model.rules.emergency import Breakglass, ClosingRule
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.model.rules.limits import Limits, Rate
from engine.model.rules.selector import Selector, SelectorKind
from engine.model.rules.sod import SodMode, SodRule
from engine.model.rules.ticket import TicketRule, TicketSource
from tests.adapters.company.conftest import ACME, KNOWN

ACME_INC = read_company(ACME, KNOWN)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MARCUS = Selector(SelectorKind.PERSON, "marcus.webb")
MARTA = Selector(SelectorKind.PERSON, "marta.kowalska")


AT_NIGHT = Condition("!time.business_hours", "nobody is there")
SOMEBODY, OTHER = PersonId("marta.kowalska"), PersonId("marcus.webb")
FIRE = Breakglass(
    BreakglassId("fire"),
    "Fire",
    (MARCUS,),
    HOUR,
    "INC-[0-9]",
    "INC-1",
    ChainId("unusual"),
    ClosingRule((MARTA,), HOUR, (MARCUS,)),
    open_max=2,
)
CHAIN = Chain(
    ChainId("unusual"),
    (
        StageRule("All of them", (MARCUS, MARTA), ALL, HOUR, barred=(MARTA,)),
        StageRule(
            "Both",
            (),
            0,
            HOUR,
            AT_NIGHT,
            parts=(PartRule("One", (MARCUS,), ALL, (MARTA,)), PartRule("Two", (MARTA,))),
        ),
    ),
)
ON_CALL = Schedule(
    ScheduleId("nights"),
    "Nights",
    (Shift(SOMEBODY, NOON, NOON + HOUR),),
    Rotation((SOMEBODY, OTHER), NOON, 7 * HOUR),
    "UTC",
)
RULE = SodRule(
    SodRuleId("odd"),
    "Odd",
    (FunctionId("gl-posting"),),
    (FunctionId("bill-entry"),),
    SodMode.ALERT,
)
ENTITLEMENT = replace(
    ACME_INC.entitlements[0],
    description="Two lines,\nthe second one with “quotes”: yes",
    functions=(FunctionId("gl-posting"),),
    routes=(Route(AT_NIGHT, ChainId("owner-only")),),
    data=("sox-key",),
    reason_pattern="FIN-[0-9]{1,6}",
    reason_example="FIN-1",
    breakglass=FIRE.id,
    limits=Limits(Rate(3, 24 * HOUR), 2, HOUR),
    ticket=TicketRule(TicketSourceId("desk"), "T-[0-9]", "T-1", is_own=False, fits=False),
    extend=ExtendRule(ExtendStages.LAST, 3),
)
PERSON = replace(
    ACME_INC.people[0],
    employment="contractor",
    manager=OTHER,
    cost_centre=CostCentreId("own"),
    active=False,
    accounts={SystemId("ledger"): AccountName("no")},
)
CALENDAR = Calendar(
    "Europe/Oslo",
    (Freeze(FreezeId("close"), "Close", date(2026, 12, 31), date(2027, 1, 1)),),
    Hours((1, 7), time(9), time(17, 30)),
    {ON_CALL.id: ON_CALL},
)
UNUSUAL = replace(
    ACME_INC,
    people=(PERSON, *ACME_INC.people[1:]),
    systems=(replace(ACME_INC.systems[0], environment="test", account_pattern="x{person}"),),
    entitlements=(ENTITLEMENT, *ACME_INC.entitlements[1:]),
    chains=(CHAIN,),
    sod_rules=(RULE,),
    calendar=CALENDAR,
    breakglass=(FIRE,),
    pending_max=3,
    delegation_max=2 * HOUR,
    cost_centres=(CostCentre(CostCentreId("own"), "Own", OTHER),),
    ticket_sources=(TicketSource(TicketSourceId("desk"), "Desk", "file", {"file_from": "X"}),),
    admin_channels={PlatformName("teams"): "19:a@thread.tacv2;messageId=1"},
)
"""The example, with something in every field that has a default."""


def reread(company: Company) -> Company:
    """Write a company and build it again, whether it makes sense or not."""
    return build(read_text("export.yaml", export(company).encode()))


def test_what_is_exported_is_read_as_the_same_company() -> None:
    """An export applied at once changes nothing."""
    again = read_export("export.yaml", export(ACME_INC).encode(), KNOWN)

    assert again == ACME_INC


def test_whatever_a_company_says_is_in_its_export() -> None:
    """What is unusual, too."""
    assert reread(UNUSUAL) == UNUSUAL


def test_no_field_was_forgotten() -> None:
    """Each field that has a default is something else somewhere in what was exported above."""
    found = list(default_fields([ACME_INC, UNUSUAL]))
    other = {(kind, name) for kind, name, is_default in found if not is_default}

    assert {(kind, name) for kind, name, _ in found} == other


def default_fields(thing: object) -> Iterator[tuple[str, str, bool]]:
    """Walk through a company: each field that has a default, and whether it has it."""
    if isinstance(thing, Mapping):
        thing = list(cast("Mapping[str, object]", thing).values())
    if isinstance(thing, Sequence) and not isinstance(thing, str):
        for one in cast("Sequence[object]", thing):
            yield from default_fields(one)
    if is_dataclass(thing):
        for field in fields(thing):
            value = getattr(thing, field.name)
            default = field.default_factory() if callable(field.default_factory) else field.default
            if default is not MISSING:
                yield type(thing).__name__, field.name, value == default
            yield from default_fields(value)


def test_an_export_reads_like_what_a_person_wrote() -> None:
    """Short lists are in one line, sections stand apart, and nothing usual is said."""
    text = export(ACME_INC)

    assert "\n\npeople:\n  grace.lindqvist:\n    name: Grace Lindqvist\n" in text
    assert "    functions: [gl-posting]\n    extend:\n      stages: last\n      times: 2\n" in text
    assert "!!" not in text
    assert "&id" not in text


@given(
    name=st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200).filter(
        lambda text: text == text.strip() != ""
    ),
    description=st.text(st.characters(exclude_categories=["C"], include_characters="\n\t")),
)
def test_any_text_survives(name: str, description: str) -> None:
    """Colons, quotes, `no`, numbers, emoji, line ends."""
    first = ACME_INC.entitlements[0]
    company = replace(
        ACME_INC,
        people=ACME_INC.people[:1],
        entitlements=(replace(first, name=name, description=description[:1000]),),
    )

    assert reread(company) == company


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "acme.yaml:1: the end is missing; what is read here ends with a line `...`"),
        (b"name: Acme\n", "acme.yaml:1: the end is missing"),
        (b"people: {}\n...", "acme.yaml:1: `name` is missing."),
        (b"name: \xff\n...", "acme.yaml:1: this is not UTF-8 text; save the file as UTF-8."),
        (b"name: [\n...", "acme.yaml:2: this is not YAML: "),
        (b"nmae: Acme\n...", "acme.yaml:1: `nmae` is not known here; did you mean `name`?"),
    ],
)
def test_what_is_no_export_is_refused_with_its_line(raw: bytes, sentence: str) -> None:
    """As the files of a folder are."""
    with pytest.raises(CompanyProblems) as raised:
        read_export("acme.yaml", raw, KNOWN)

    assert any(str(problem).startswith(sentence) for problem in raised.value.problems)


def test_half_an_export_is_no_company() -> None:
    """A file that was cut off is refused wherever the cut is, also between two whole items."""
    raw = export(ACME_INC).encode()
    between = raw.index(b"  vendor-and-payment:\n")

    for end in (*range(0, len(raw) - 4, len(raw) // 20), between, len(raw) - 2):
        with pytest.raises(CompanyProblems):
            read_export("acme.yaml", raw[:end], KNOWN)
