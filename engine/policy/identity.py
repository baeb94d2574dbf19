"""Who speaks? A chat account belongs to a person, or to nobody.

Asked for each thing that comes in, because people join, leave and get other accounts.
"""

from __future__ import annotations

from engine.model.company import Company, Person
from engine.model.identifiers import PlatformName
from engine.model.via import Assurance, Via


def recognise(
    company: Company, platform: PlatformName, account: str, *, email: str = ""
) -> tuple[Person, Via] | None:
    """Find who an account belongs to, and why that is believed; None where it is nobody's.

    `email` is an address that the platform vouches for: the organisation manages it, and the person
    cannot change it. It finds only an active person whom no other account of the platform is
    pinned to, and nobody where two share it. A pinned account may be an inactive person's.
    """
    pinned = company.person_on(platform, account)
    if pinned is not None:
        return pinned, Via(platform, account, Assurance.PINNED)
    person = company.person_at(email)
    # Whoever has an account here already is not met by a second one: an address that was given to
    # somebody new would otherwise open the door of the one who had it before.
    if person is None or platform in person.platforms:
        return None
    return person, Via(platform, account, Assurance.MANAGED_EMAIL)
