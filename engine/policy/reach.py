"""Could those who are asked be written to?

An approver is written to wherever the company announces and they have an account. Where a platform
says that it takes nothing for them, the place is kept without a reference, and this is read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action
from engine.chats import NOWHERE, Post
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, PlatformName


def ask_key(stage: int, person: PersonId) -> str:
    """Name the message that asks somebody at a stage, among a request's places."""
    return f"ask:{stage}:{person}"


def written_to_on(company: Company, dossier: Dossier) -> frozenset[PlatformName]:
    """Name the platforms where those are written to who are asked and have not answered."""
    return frozenset(name for found in _tried(company, dossier, ()).values() for name in found)


def unreached(
    company: Company, dossier: Dossier, posts: Sequence[Post]
) -> Mapping[PersonId, Sequence[PlatformName]]:
    """List who is asked and cannot be written to, with where it was tried, where that is everybody.

    Empty where somebody was reached, or may be still; and where nobody is asked who works here.
    """
    tried = _tried(company, dossier, posts)
    if any(reference != NOWHERE for found in tried.values() for reference in found.values()):
        return {}
    return {person: tuple(found) for person, found in tried.items()}


def reached(company: Company, dossier: Dossier, posts: Sequence[Post]) -> Sequence[PersonId]:
    """List who is asked, has not answered, and was written to."""
    tried = _tried(company, dossier, posts)
    return tuple(person for person, found in tried.items() if any(found.values()))


def is_noted(dossier: Dossier, entries: Sequence[Recorded]) -> bool:
    """Say whether it stands in the record that the open stage reaches nobody."""
    both, request = {Action.STAGE_UNREACHED, Action.STAGE_REACHED}, dossier.request
    told = (one.entry for one in entries if one.entry.action in both)
    here = (request.revision, request.stage_number)
    last = [e.action for e in told if (e.facts.get("revision", 1), e.facts["stage"]) == here][-1:]
    return last == [Action.STAGE_UNREACHED]


def _tried(
    company: Company, dossier: Dossier, posts: Sequence[Post]
) -> Mapping[PersonId, Mapping[PlatformName, str | None]]:
    """Give, for all who may still answer, the reference of their message on each platform."""
    request = dossier.request
    decided = dossier.decided_by
    references = {(post.platform, post.key): post.reference for post in posts}
    asked = (company.person.get(a.person) for a in request.stage.asked if a.person not in decided)
    return {
        person.id: {
            platform: references.get((platform, ask_key(request.stage_number, person.id)))
            for platform in company.audit_channels
            if platform in person.platforms
        }
        for person in asked
        if person is not None and person.active
    }
