"""It is recorded where nobody who is asked could be written to, and where somebody was after all.

Called at the end of each announcement: only then it is known where messages arrived. The stage
lapses at its limit all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.chats import Post
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, PlatformName, show
from engine.policy.reach import is_noted, reached, unreached, written_to_on
from engine.ports import UnitOfWork, Work
from engine.workflow.announce import Story
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder, name_of


def note_reach(work: Work, story: Story) -> bool:
    """Record what is new of whom the open stage reaches; says whether anything was.

    `story` is what was just shown on one platform; nearly always it says by itself that there is
    nothing new, and nothing is read.
    """
    if not story.dossier.request.is_pending or not _is_place(story):
        return False
    is_reached_here = bool(reached(story.company, story.dossier, story.posts))
    if is_reached_here is not is_noted(story.dossier, story.entries):
        return False
    with work() as uow:
        dossier = lock_request(uow, story.dossier.request.id)
        if not dossier.request.is_pending or not _note(uow, dossier):
            return False
        uow.commit()
        return True


def _is_place(story: Story) -> bool:
    """Say whether anybody is asked on this platform; or nobody anywhere, which each may notice."""
    platforms = written_to_on(story.company, story.dossier)
    return not platforms or story.platform in platforms


def _note(uow: UnitOfWork, dossier: Dossier) -> bool:
    version, request = uow.companies.active(), dossier.request
    company, posts = version.company, _posts(uow, dossier, version.company)
    if is_noted(dossier, uow.audit.stream(show(request.id))):
        people = reached(company, dossier, posts)
        action, facts = Action.STAGE_REACHED, {"reached": _names(company, people)}
    else:
        missed = unreached(company, dossier, posts)
        people, action = tuple(missed), Action.STAGE_UNREACHED
        facts = {"unreached": _why(company, missed), "due_at": instant(request.stage_due_at)}
    if people:
        Recorder(uow, version, request).note(action, None, facts)
    return bool(people)


def _posts(uow: UnitOfWork, dossier: Dossier, company: Company) -> Sequence[Post]:
    request = dossier.request.id
    return [post for name in company.audit_channels for post in uow.posts.of(request, name)]


def _names(company: Company, people: Sequence[PersonId]) -> str:
    return " and ".join(name_of(company, person) for person in people)


def _why(company: Company, missed: Mapping[PersonId, Sequence[PlatformName]]) -> str:
    """Say of each why; what exactly a platform says is told to the admins alone."""
    return ", ".join(
        f"{name_of(company, person)} "
        + (f"(refused by {' and '.join(tried)})" if tried else "(no account in a chat)")
        for person, tried in missed.items()
    )
