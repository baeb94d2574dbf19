"""Tickets in a file: for those whose ticket system can only be exported.

::

    tickets.yaml    kind: file
                    settings: {file_from: TICKETS_FILE}

The setting names a CSV file in UTF-8 with the columns `ticket`, `open` (yes or no), `state`,
`people` (ids or e-mail addresses, with blanks between them) and `systems` (ids of systems or
entitlements, likewise). It is read anew for each question, so replacing it is enough; replace it
in one step (`mv`), for a half-written file is read like any other.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from adapters.tickets import Secret, TicketKind, state_line
from engine.tickets import Ticket, TicketsAway

BYTES_MAX = 5 * 1024 * 1024
"""Some 50,000 tickets, read in a fifth of a second."""

_COLUMNS = {"ticket", "open", "state", "people", "systems"}
_OPEN = {"yes": True, "no": False}


class FileTickets:
    """Tickets in one CSV file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, reference: str) -> Ticket | None:
        """Give the ticket of that reference, whatever the letters' case; None where there is none.

        Raises `TicketsAway` where the file cannot be read, or says a ticket twice or unclearly.
        """
        rows = [row for row in self._rows() if row["ticket"].strip().lower() == reference.lower()]
        if not rows:
            return None
        is_open = _OPEN.get(rows[0]["open"].strip().lower())
        if rows[1:] or is_open is None:
            raise TicketsAway("the file of tickets does not say clearly how it stands")
        return Ticket(
            reference,
            is_open,
            state_line(rows[0]["state"]),
            frozenset(rows[0]["people"].lower().split()),
            frozenset(rows[0]["systems"].lower().split()),
        )

    def _rows(self) -> list[dict[str, str]]:
        try:
            with self._path.open("rb") as file:
                raw = file.read(BYTES_MAX + 1)
            if len(raw) > BYTES_MAX:
                raise TicketsAway("the file of tickets is too large")
            reader = csv.DictReader(raw.decode("utf-8-sig").splitlines(), restval="", strict=True)
            if not set(reader.fieldnames or ()) >= _COLUMNS:
                raise TicketsAway("the file of tickets lacks a column")
            return list(reader)
        except (OSError, UnicodeDecodeError, csv.Error):
            # Not raised from it: what it says may hold what the file says.
            raise TicketsAway("the file of tickets cannot be read") from None


def _make(settings: Mapping[str, str], secret: Secret) -> FileTickets:
    return FileTickets(Path(secret(settings["file_from"])))


KIND = TicketKind(name="file", settings={"file_from": True}, make=_make)
