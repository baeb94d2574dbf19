"""A door whose visitors are written down, and answered as a test has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat.teams.door.app import TeamsParts
from adapters.chat.teams.turn import Reply, Turn
from tests.teams.fake_teams import FakeTeams

BODY: Mapping[str, Any] = {
    "statusCode": 200,
    "type": "application/vnd.microsoft.activity.message",
    "value": "Heard.",
}


@dataclass
class Door:
    """Who came in."""

    teams: FakeTeams
    turns: list[Turn] = field(default_factory=list)
    breaks: bool = False

    async def hear(self, turn: Turn) -> Reply:
        """Write it down."""
        self.turns.append(turn)
        if self.breaks:
            raise ZeroDivisionError
        return (200, BODY) if turn.kind == "invoke" else (202, None)

    @property
    def turn(self) -> Turn:
        """The only one."""
        assert len(self.turns) == 1, self.turns
        return self.turns[0]


def parts_for(door: Door) -> TeamsParts:
    """Give what the door needs."""
    return TeamsParts(
        hear=door.hear,
        app_id=door.teams.app.id,
        openid_url=door.teams.openid_url,
        service_hosts=(door.teams.host,),
    )
