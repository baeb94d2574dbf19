"""A platform tells where somebody, or a channel, is reached: it is kept for what is said later.

Called with everything that comes in, so nearly always it is known already and nothing is written.
"""

from __future__ import annotations

from engine.model.address import Address
from engine.model.identifiers import PlatformName
from engine.ports import Work


def note_address(work: Work, platform: PlatformName, subject: str, written: str) -> bool:
    """Keep where somebody is reached; says whether that was new.

    Of two who are told at once, the one who was told last stays. Raises `ValueError` where it is
    longer than `engine.model.address.WRITTEN_MAX`.
    """
    with work() as uow:
        known = uow.addresses.find(platform, subject)
        if known is not None and known.written == written:
            return False
        uow.addresses.save(Address(platform, subject, written, uow.now))
        uow.commit()
        return True


def address_of(work: Work, platform: PlatformName, subject: str) -> str | None:
    """Give what was kept of where somebody is reached; None where nothing was."""
    with work() as uow:
        known = uow.addresses.find(platform, subject)
        return known.written if known else None
