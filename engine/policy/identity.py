"""Who speaks? A chat account belongs to a person, or to nobody.

Asked for each thing that comes in, because people join, leave and get other accounts.
"""

from __future__ import annotations

from engine.model.company import Person
from engine.model.identifiers import PlatformName
from engine.model.via import Assurance, Via
from engine.policy.accounts import Directory


def recognise(
    directory: Directory, platform: PlatformName, account: str, *, email: str = ""
) -> tuple[Person, Via] | None:
    """Find who an account belongs to, and why that is believed; None where it is nobody's.

    `email` is an address that the platform vouches for: the organisation manages it, and the person
    cannot change it. It finds only somebody whom the files call active and who is met by no other
    account of the platform, and nobody where two share it. That an account was linked by its
    address once is no reason: the address is looked at each time. Whoever is found may have left.
    """
    pinned = directory.files.person_on(platform, account)
    if pinned is not None:
        return directory.followed.person[pinned.id], Via(platform, account, Assurance.PINNED)
    person = directory.files.person_at(email)
    if person is None or directory.met(person, platform, account):
        return None
    found = directory.followed.person[person.id]
    return found, Via(platform, account, Assurance.MANAGED_EMAIL)
