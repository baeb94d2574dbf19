"""A dashboard is shown where its person looks at it, and follows what happens.

A platform that keeps a place for dashboards shows one when somebody opens it. From then on, for
a while, each announcement of a request is followed by the dashboards of those whom it concerns.
Two announcements may show the same person's at once: see `begin_showing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.listing import Home
from engine.model.company import Role
from engine.model.identifiers import PersonId, PlatformName
from engine.policy.people import holders_of
from engine.ports import Work
from engine.workflow.announce import Story
from engine.workflow.dashboard import Dashboard, dashboard

FOLLOWED_FOR = timedelta(days=30)
"""How long after it was opened a dashboard follows: who does not look for a month opens it anew."""

PACE = timedelta(seconds=3)
"""A dashboard is shown this often at most, however much happens: Slack takes some 100 a minute for
all people together, and compliance sees each change of everybody's."""

COMMITTED_WITHIN = timedelta(seconds=10)
"""An entry's instant is read before its commit, which follows within one statement's limit."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose dashboard is to be shown where."""

    person: PersonId
    home: Home


@dataclass(frozen=True, slots=True)
class Due:
    """Dashboards to show because of a request, and whether some of them have to wait a little."""

    visitors: Sequence[Visitor]
    is_paced: bool


def open_home(work: Work, platform: PlatformName, account: str, person: PersonId) -> Dashboard:
    """Read the dashboard of somebody who opens it, and remember that it follows from now on.

    Refused as by `dashboard`.
    """
    with work() as uow:
        uow.homes.open(platform, account)
        uow.commit()
    return dashboard(work, person)  # after the commit: what is not in it is followed


def due_homes(work: Work, story: Story) -> Due:
    """List the dashboards that a request's latest news concern and that may not show them yet."""
    people = _concerned(story)
    with work() as uow:
        now = uow.now
        found = uow.homes.opened(story.platform, people.keys(), now - FOLLOWED_FOR)
    told_at = max(one.entry.at for one in story.entries)
    behind = [home for home in found if not _shows(home, told_at + COMMITTED_WITHIN)]
    due = [home for home in behind if home.read_at is None or home.read_at + PACE <= now]
    return Due([Visitor(people[home.account], home) for home in due], len(due) < len(behind))


def _concerned(story: Story) -> Mapping[str, PersonId]:
    """List by account whom a request concerns: those in it, and those who watch over it."""
    company, request = story.company, story.dossier.request
    people = {request.requester, request.holder}
    people |= {a.person for stage in request.stages[: request.stage_number] for a in stage.asked}
    people |= story.dossier.decided_by
    closing = story.dossier.closing
    people |= {closer.person for closer in closing.assigned} if closing else set()
    people |= {*holders_of(company, Role.COMPLIANCE), *holders_of(company, Role.ADMIN)}
    entitlement = company.entitlement.get(request.entitlement)
    if entitlement is not None:
        people |= {entitlement.owner, company.system[entitlement.system].owner}
    known = (company.person.get(person) for person in people)
    return {
        one.platforms[story.platform]: one.id
        for one in known
        if one is not None and one.active and story.platform in one.platforms
    }


def _shows(home: Home, told_by: datetime) -> bool:
    """Say whether what is shown was read so late that the news are in it."""
    return bool(home.digest) and home.read_at is not None and home.read_at >= told_by


def begin_showing(work: Work, home: Home, read: Dashboard) -> bool:
    """Say that a dashboard is about to be shown; False where one as new was begun already.

    Then it has to be read again: the newer one may be shown first, and be covered by this one.
    """
    with work() as uow:
        begun = uow.homes.begin(home, read.at)
        uow.commit()
        return begun


def end_showing(work: Work, home: Home, read: Dashboard, digest: str) -> bool:
    """Keep what is shown; False where a newer one was begun meanwhile.

    That one may stand below this one now: read and show it again. So whoever comes last has shown
    what was true after everybody else had begun.
    """
    with work() as uow:
        is_last = uow.homes.finish(home, read.at, digest)
        uow.commit()
        return is_last


def forget_home(work: Work, home: Home) -> None:
    """Do not follow a dashboard any more: its person is not there."""
    with work() as uow:
        uow.homes.forget(home)
        uow.commit()
