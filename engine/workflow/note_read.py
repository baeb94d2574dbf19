"""That somebody read the log is a fact of the log, too: what they asked, and who else saw it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.canonical import Json
from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.company import Company
from engine.model.identifiers import PersonId
from engine.ports import UnitOfWork
from engine.workflow.record import actor_facts

AUDIT_STREAM = "audit"


@dataclass(frozen=True, slots=True)
class Showing:
    """Who sees the answer beside the person who asked, and whether it is taken along."""

    shared_in: str = ""
    """The channel whose people all see it, with its platform, e.g. `slack C024BE91L`."""

    as_file: bool = False


ALONE = Showing()


@dataclass(frozen=True, slots=True)
class Read:
    """What was asked, and what came of it."""

    question: str
    count: int
    showing: Showing

    def facts(self) -> dict[str, Json]:
        """Say it in the record's words."""
        facts: dict[str, Json] = {"count": self.count}
        words = [self.question]
        if self.showing.shared_in:
            words.append(f"shared in {self.showing.shared_in}")
            facts["shared_in"] = self.showing.shared_in
        if self.showing.as_file:
            words.append("taken along as a file")
            facts["as_file"] = True
        return facts | {"question": ", ".join(words)}


def note_read(uow: UnitOfWork, company: Company, actor: PersonId, read: Read) -> None:
    """Record it, in the stream of reads."""
    facts = actor_facts(company, actor, uow.via) | read.facts()
    uow.audit.append(Entry(AUDIT_STREAM, Action.AUDIT_READ, actor, uow.now, facts))
