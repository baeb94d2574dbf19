"""A chain's stages as they are written: one group of approvers, or parts that must all agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from adapters.company.files import Where
from adapters.company.shapes import ConditionShape, Duration, Line, Shape, Some, Who
from engine.model.company import ALL, Chain, Condition, PartRule, StageRule
from engine.model.rules.selector import Selector


def _quorum(value: object) -> int:
    if value == "all":
        return ALL
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("`quorum` is how many must agree, from 1 on, or `all`.")


Quorum = Annotated[int, BeforeValidator(_quorum)]


class PartShape(Shape):
    """One of the groups that must all agree."""

    name: Line
    approvers: Some
    quorum: Quorum = 1
    except_: list[Who] = Field(default_factory=list, alias="except")


class StageShape(Shape):
    """A step of a chain; a chain is a list of them."""

    name: Line
    approvers: list[Who] = Field(default_factory=list)
    quorum: Quorum = 1
    except_: list[Who] = Field(default_factory=list, alias="except")
    parts: list[PartShape] = Field(default_factory=list)
    limit: Duration
    when: ConditionShape | None = None

    @model_validator(mode="after")
    def _one_or_parts(self) -> Self:
        if self.parts and (self.approvers or self.except_ or self.quorum != 1):
            raise ValueError("a stage has parts, or approvers of its own, and not both.")
        if not self.parts and not self.approvers:
            raise ValueError("`approvers` is missing.")
        if len(self.parts) == 1:
            raise ValueError("one part alone is a stage; write its approvers there.")
        return self


def stage_rule(shape: StageShape) -> StageRule:
    """Make a stage of what is written of it."""
    when = Condition(shape.when.if_, shape.when.because) if shape.when else None
    return StageRule(
        name=shape.name,
        approvers=tuple(shape.approvers),
        quorum=0 if shape.parts else shape.quorum,
        limit=shape.limit,
        when=when,
        barred=tuple(shape.except_),
        parts=tuple(
            PartRule(p.name, tuple(p.approvers), p.quorum, tuple(p.except_)) for p in shape.parts
        ),
    )


def selectors_of(chain: Chain) -> Iterator[tuple[Where, Selector]]:
    """List how a chain points at people, each with the way to where it is written."""
    for i, stage in enumerate(chain.stages):
        where: Where = ("chains", chain.id, i)
        for j, group in enumerate(stage.groups):
            inside: Where = (*where, "parts", j) if stage.parts else where
            for key, selectors in (("approvers", group.approvers), ("except", group.barred)):
                for k, selector in enumerate(selectors):
                    yield (*inside, key, k), selector
