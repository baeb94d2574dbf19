"""A company whose policy was drawn by lot: who is whose manager, who owns what, who decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from engine.model.company import Chain, Company, Group, Role, Selector, SelectorKind, StageRule
from engine.model.identifiers import PersonId
from tests.simulation.memory.conditions import ANOTHER, LONG

_K = SelectorKind
_RELATIONS = (_K.MANAGER, _K.SYSTEM_OWNER, _K.ENTITLEMENT_OWNER)
_QUORUMS = (1, 1, 1, 1, 2, 3)
_LENGTHS = (1, 2, 2, 3)
_WHENS = (None, None, None, LONG, ANOTHER)
_LIMITS = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))


def with_drawn_policy(known: Company, chance: Random) -> Company:
    """Draw a policy for a company. Nothing keeps it sensible: some of it can never be decided."""
    people = tuple(person.id for person in known.people)
    groups = tuple(replace(group, people=_some(chance, people)) for group in known.groups)
    anybody = tuple(_anybody(groups, people))
    approvers = anybody[:1] if chance.random() < 0.5 else chance.sample(anybody, 3)
    return replace(
        known,
        people=tuple(
            replace(person, manager=chance.choice((None, *_but(people, person.id))))
            for person in known.people
        ),
        groups=groups,
        roles={**known.roles, Role.APPROVER: tuple(approvers)},
        systems=tuple(replace(one, owner=chance.choice(people)) for one in known.systems),
        entitlements=tuple(replace(e, owner=chance.choice(people)) for e in known.entitlements),
        chains=tuple(_drawn(chance, chain, anybody) for chain in known.chains),
    )


def _anybody(groups: Sequence[Group], people: Sequence[PersonId]) -> Iterator[Selector]:
    yield Selector(_K.EVERYONE)
    yield Selector(_K.DEPARTMENT, "Finance")
    yield Selector(_K.ROLE, Role.COMPLIANCE)
    yield from (Selector(_K.GROUP, group.id) for group in groups)
    yield from (Selector(_K.PERSON, person) for person in people)


def _drawn(chance: Random, chain: Chain, anybody: Sequence[Selector]) -> Chain:
    stages = (_stage(chance, f"Stage {n}", anybody) for n in range(chance.choice(_LENGTHS)))
    return replace(chain, stages=tuple(stages))


def _stage(chance: Random, name: str, anybody: Sequence[Selector]) -> StageRule:
    pointing = (*anybody, *(Selector(kind) for kind in _RELATIONS))
    return StageRule(
        name,
        tuple(chance.sample(pointing, chance.choice((1, 2, 3)))),
        chance.choice(_QUORUMS),
        chance.choice(_LIMITS),
        chance.choice(_WHENS),
    )


def _some(chance: Random, people: Sequence[PersonId]) -> tuple[PersonId, ...]:
    return tuple(chance.sample(people, chance.choice((1, 2, 3, 4))))


def _but(people: Sequence[PersonId], person: PersonId) -> tuple[PersonId, ...]:
    return tuple(one for one in people if one != person)
