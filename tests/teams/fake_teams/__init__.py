"""A Teams for tests: Entra, Teams' keys, the Bot Connector, people who use it, faults to order.

::

    teams = FakeTeams()
    riya = teams.add_person("0a4c…", "Riya Patel", upn="riya@acme.example")
    teams.add_channel("19:audit@thread.tacv2", "jit-audit", members={riya.account})
    await teams.start()        # then: TEAMS_LOGIN_URL=teams.login_url, and so on
    teams.bot_url = "http://127.0.0.1:…/api/messages"
    await riya.installs()
    await riya.types("request netsuite-gl 4h")
    await riya.presses(riya.told()[-1], "Submit", {"Why": "Q4 close"})
    teams.order(throttled(1), call="send")
    assert not teams.violations

It lives in the event loop that started it; a test without one starts it in a `LoopThread`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from uuid import NAMESPACE_URL, uuid5

from aiohttp import web

from tests.teams.fake_teams import payloads
from tests.teams.fake_teams.connector import Connector
from tests.teams.fake_teams.deliver import Delivered, Deliveries
from tests.teams.fake_teams.faults import (
    PLACES,
    Fault,
    Faults,
    answer_lost,
    broken,
    broken_afterwards,
    busy,
    refused,
    slow,
    throttled,
    unreached,
    writes_blocked,
)
from tests.teams.fake_teams.files import Files
from tests.teams.fake_teams.journal import Call, Journal
from tests.teams.fake_teams.keys import FORGERIES, GENUINE, Envelope, Keys
from tests.teams.fake_teams.limits import Limits
from tests.teams.fake_teams.login import Login
from tests.teams.fake_teams.organisation import App, Organisation
from tests.teams.fake_teams.payloads import Scene
from tests.teams.fake_teams.person import TROUBLE, Person
from tests.teams.fake_teams.reading import plain
from tests.teams.fake_teams.world import (
    CHANNEL,
    GROUP_CHAT,
    Conversation,
    Human,
    Json,
    Message,
    Team,
    World,
)

__all__ = [
    "FORGERIES",
    "GENUINE",
    "TROUBLE",
    "App",
    "Call",
    "Conversation",
    "Delivered",
    "Envelope",
    "FakeTeams",
    "Fault",
    "Message",
    "Person",
    "Scene",
    "Team",
    "answer_lost",
    "broken",
    "broken_afterwards",
    "busy",
    "plain",
    "refused",
    "slow",
    "throttled",
    "unreached",
    "writes_blocked",
]


class FakeTeams:
    """One organisation with our bot in it."""

    def __init__(self, app: App | None = None) -> None:
        """Nothing runs yet; people and channels can be added at any time."""
        self.organisation = Organisation(app or App())
        self.journal = Journal(self.organisation)
        self.login = Login(self.organisation, self.journal)
        self.keys = Keys(self.organisation, self.journal)
        self.files = Files(self.organisation, self.journal)
        self.connector = Connector(self.organisation, self.journal, self.login)
        self.deliver = Deliveries(self.organisation, self.keys)
        self._people: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None

    # ── running ─────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Serve on the loopback address."""
        served = web.Application(client_max_size=64 * 1024 * 1024)
        for part in (self.login, self.keys, self.files, self.connector):
            served.add_routes(part.routes())
        self._runner = web.AppRunner(served, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.organisation.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving; what was said can still be read."""
        for task in [*self.organisation.looking]:
            task.cancel()
        await self.deliver.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def host(self) -> str:
        """Give what TEAMS_SERVICE_HOSTS has to name."""
        return "127.0.0.1"

    @property
    def service_url(self) -> str:
        """Say where the Bot Connector is, with a slash at the end, as activities do."""
        return self.organisation.service_url

    @property
    def login_url(self) -> str:
        """Say where Entra is, with a slash at the end: TEAMS_LOGIN_URL."""
        return f"{self.organisation.url}/"

    @property
    def openid_url(self) -> str:
        """Say where Teams' OpenID metadata is: TEAMS_OPENID_METADATA_URL."""
        return f"{self.organisation.url}/v1/.well-known/openidconfiguration"

    @property
    def bot_url(self) -> str:
        """Say where the bot listens for activities."""
        return self.deliver.url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self.deliver.url = url

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    @property
    def app(self) -> App:
        """Give our bot as it is registered."""
        return self.organisation.app

    @property
    def world(self) -> World:
        """Give everything that is there."""
        return self.organisation.world

    @property
    def calls(self) -> list[Call]:
        """Give every call of the Bot Connector, in order."""
        return self.journal.of("connector")

    def calls_of(self, name: str) -> list[Call]:
        """Give every call of a name (`send`, `token`, `jwks` …) or of a server (`login` …)."""
        return self.journal.of(name)

    @property
    def violations(self) -> list[str]:
        """Give everything that broke a rule of cards."""
        return self.organisation.violations

    def person(self, account: str) -> Person:
        """Give somebody who was added."""
        return self._people[account]

    def message(self, reference: str) -> Message | None:
        """Find a message by `<conversation>/<activity>`."""
        conversation, _, activity = reference.partition("/")
        where, _ = self.world.find(conversation)
        return where.find(activity) if where else None

    # ── who and what there is ───────────────────────────────────────────────────────────────────

    def add_person(
        self,
        account: str,
        name: str,
        *,
        upn: str = "",
        role: str = "user",
        tenant: str = "",
        has_app: bool = True,
    ) -> Person:
        """Add somebody by object id; `tenant` is another organisation, `role` as in `Human`."""
        org = self.organisation
        made = Human(account, name, org.mri_of(account), tenant or self.app.tenant, upn, role)
        made.has_app = has_app
        self.world.people[account] = made
        self._people[account] = Person(org, self.deliver, self.files, made)
        return self._people[account]

    def add_team(
        self, team: str, name: str, *, members: Collection[str] = (), has_app: bool = True
    ) -> Team:
        """Add a team, with its first channel, whose id is the team's."""
        group = str(uuid5(NAMESPACE_URL, team))
        made = self.world.teams[team] = Team(team, name, group, set(members), has_app)
        self.world.conversations[team] = Conversation(team, CHANNEL, "General", team=made)
        return made

    def add_channel(
        self,
        channel: str,
        name: str,
        *,
        team: Team | None = None,
        members: Collection[str] = (),
        access: str = "standard",
    ) -> Conversation:
        """Add a channel (`19:…@thread.tacv2`): to a team, or with one of its own.

        `access` is `standard`, `private` or `shared`; of the latter two, `members` are their own.
        """
        team = team or self.add_team(f"19:of-{channel.removeprefix('19:')}", f"Team of {name}")
        made = Conversation(channel, CHANNEL, name, set(members), team, access)
        made.people().update(members)
        self.world.conversations[channel] = made
        return made

    def add_group_chat(
        self, chat: str, name: str, *, members: Collection[str] = (), has_app: bool = True
    ) -> Conversation:
        """Add a chat of several (`19:…@thread.v2`)."""
        made = Conversation(chat, GROUP_CHAT, name, set(members), has_app=has_app)
        self.world.conversations[chat] = made
        return made

    # ── what goes wrong ─────────────────────────────────────────────────────────────────────────

    @property
    def faults(self) -> Faults:
        """Give what goes wrong."""
        return self.organisation.faults

    @property
    def limits(self) -> Limits:
        """Give Teams' own limits of how often it may be called: off, until `is_on` is set."""
        return self.connector.limits

    def order(
        self, fault: Fault, *, call: str = "", conversation: str = "", times: int = 1
    ) -> None:
        """Let the next calls fail; see `Faults.order`."""
        self.faults.order(fault, call=call, conversation=conversation, times=times)

    def go_away(self, *places: str) -> None:
        """Cut every call to `connector`, `login` or `keys` (or all of them), until `come_back`."""
        self.faults.down |= set(places or PLACES)

    def come_back(self) -> None:
        """Let every call be well, and forget what was ordered."""
        self.faults.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass for Teams: tokens end, limits are forgotten."""
        self.world.ahead += seconds

    def delete(self, reference: str) -> None:
        """Let somebody delete a message."""
        message = self.message(reference)
        assert message is not None, "there is no such message"
        message.is_deleted = True

    # ── what happens ────────────────────────────────────────────────────────────────────────────

    async def settled(self) -> None:
        """Wait until Teams has asked for every card that is on somebody's screen.

        A bot that edits a message whenever one is asked for never lets it settle.
        """
        while self.organisation.looking:
            await asyncio.gather(*self.organisation.looking)

    async def happens(
        self, kind: str, person: Person, where: Conversation, **more: object
    ) -> Delivered:
        """Tell the bot of something else, e.g. `messageReaction`."""
        scene = payloads.Scene(self.organisation, person.me, where)
        made: Json = scene.activity(kind, **more)
        return await self.deliver.activity(made, person.envelope)
