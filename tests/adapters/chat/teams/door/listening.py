"""Somebody behind the door, who remembers what was heard and answers as told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from adapters.chat.teams.door.app import PATH, TeamsParts, add_teams
from adapters.chat.teams.turn import Reply, Turn
from tests.teams.fake_teams import GENUINE, Delivered, Envelope, FakeTeams, Scene
from tests.teams.fake_teams.world import Json
from tests.teams.sample_bot import RIYA

JSON = "application/json"


@dataclass
class Listening:
    """The door, served."""

    teams: FakeTeams
    heard: list[Turn] = field(default_factory=list)
    reply: Reply = (202, None)
    breaks: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """What is heard is answered once it is open."""

    runner: web.AppRunner = field(init=False)

    async def start(self) -> None:
        """Serve, and tell Teams where."""
        self.gate.set()
        served = web.Application()
        parts = TeamsParts(
            hear=self._hear,
            app_id=self.teams.app.id,
            openid_url=self.teams.openid_url,
            service_hosts=[self.teams.host],
        )
        add_teams(served, parts)
        self.runner = web.AppRunner(served)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.teams.bot_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}{PATH}"

    async def stop(self) -> None:
        """Stop serving."""
        self.gate.set()
        await self.runner.cleanup()

    async def _hear(self, turn: Turn) -> Reply:
        self.heard.append(turn)
        await self.gate.wait()
        if self.breaks:
            raise RuntimeError("this is what a defect looks like")
        return self.reply

    @property
    def turn(self) -> Turn:
        """The only thing that was heard."""
        assert len(self.heard) == 1, self.heard
        return self.heard[0]

    # ── delivering ──────────────────────────────────────────────────────────────────────────────

    def activity(self, kind: str = "message", **more: object) -> Json:
        """Make what Teams would send, for somebody's chat with the bot."""
        teams = self.teams
        scene = Scene(teams.organisation, teams.person(RIYA).me, teams.world.open_talk(RIYA))
        made = scene.activity(kind, text="home") if kind == "message" else scene.activity(kind)
        return made | more

    async def tell(self, activity: object, envelope: Envelope = GENUINE) -> Delivered:
        """Deliver any JSON, with a token for Teams' own address."""
        return await self.tell_raw(json.dumps(activity).encode(), envelope)

    async def tell_raw(
        self,
        body: bytes,
        envelope: Envelope = GENUINE,
        *,
        media: str = JSON,
        more: Mapping[str, str] | None = None,
    ) -> Delivered:
        """Deliver any bytes, with a token for Teams' own address."""
        signed = self.teams.keys.header(envelope, self.teams.service_url)
        headers = {"Authorization": signed} if signed else {}
        headers |= {"Content-Type": media} if media else {}
        return await self.teams.deliver.raw(body, headers | dict(more or {}))
