"""A Slack for tests: the Web API as strict as Slack's, people who use it, faults to order.

::

    slack = FakeSlack()
    riya = slack.add_person("U0RIYA", "riya.patel", email="riya@acme.example")
    slack.add_channel("C0AUDIT", "jit-audit", members={"U0RIYA", slack.app.bot_user})
    await slack.start()                     # then: AsyncWebClient(base_url=slack.api_url, …)
    slack.bot_url = "http://127.0.0.1:…/slack/events"
    await riya.types("/jit request", channel="C0AUDIT")
    await riya.fills_in(riya.modal, {"Why": "Q4 close"})
    await riya.submits(riya.modal)
    slack.order(rate_limited(1), method="chat.postMessage")
    assert not slack.violations

It lives in the event loop that started it; a test without one starts it in a `LoopThread`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aiohttp import web

from tests.slack.fake_slack import payloads
from tests.slack.fake_slack.calls import Call
from tests.slack.fake_slack.deliver import GENUINE, Delivered, Deliveries, Envelope
from tests.slack.fake_slack.faults import (
    Fault,
    Order,
    answer_lost,
    broken,
    broken_afterwards,
    rate_limited,
    refused,
    slow,
    unreached,
)
from tests.slack.fake_slack.person import Person
from tests.slack.fake_slack.reading import plain
from tests.slack.fake_slack.web_api import WebApi
from tests.slack.fake_slack.workspace import App, Workspace
from tests.slack.fake_slack.world import Channel, Json, Message, View, World

__all__ = [
    "App",
    "Call",
    "Channel",
    "Delivered",
    "Envelope",
    "FakeSlack",
    "Fault",
    "Message",
    "Person",
    "View",
    "answer_lost",
    "broken",
    "broken_afterwards",
    "plain",
    "rate_limited",
    "refused",
    "slow",
    "unreached",
]


class FakeSlack:
    """One workspace with our app in it."""

    def __init__(self, app: App | None = None) -> None:
        """Nothing runs yet; people and channels can be added at any time."""
        self.workspace = Workspace(app or App())
        self.deliver = Deliveries(self.app.signing_secret)
        self._api = WebApi(self.workspace)
        self._people: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None
        self.add_person(self.app.bot_user, "jitbot", is_bot=True)

    # ── running ─────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Serve on the loopback address."""
        served = web.Application(client_max_size=64 * 1024 * 1024)
        served.add_routes([*self._api.routes(), web.get("/link/", self.deliver.listen)])
        self._runner = web.AppRunner(served, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.workspace.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving; what was said can still be read."""
        await self.deliver.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        """Say where the Web API is, with a slash at the end, as slack_sdk's `base_url`."""
        return f"{self.workspace.url}/api/"

    @property
    def port(self) -> int:
        """Say at which port it listens."""
        return int(self.workspace.url.rpartition(":")[2])

    @property
    def bot_url(self) -> str:
        """Say where the app listens for deliveries."""
        return self.deliver.url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self.deliver.url = url

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    @property
    def app(self) -> App:
        """Give our app as it is installed."""
        return self.workspace.app

    @property
    def world(self) -> World:
        """Give everything that is there."""
        return self.workspace.world

    @property
    def calls(self) -> list[Call]:
        """Give every call of the Web API, in order."""
        return self._api.calls

    def calls_of(self, method: str) -> list[Call]:
        """Give every call of a method, in order."""
        return [call for call in self.calls if call.method == method]

    @property
    def violations(self) -> list[str]:
        """Give everything that broke a rule of Block Kit."""
        return self.workspace.violations

    def person(self, user: str) -> Person:
        """Give somebody who was added."""
        return self._people[user]

    def message(self, reference: str) -> Message | None:
        """Find a message by `<channel>/<ts>`."""
        channel, _, ts = reference.partition("/")
        there = self.world.channels.get(channel)
        return there.find(ts) if there else None

    # ── who and what there is ───────────────────────────────────────────────────────────────────

    def add_person(
        self, user: str, name: str, *, email: str = "", title: str = "", **facts: object
    ) -> Person:
        """Add somebody: `name` is the handle; `facts` are fields of Slack's user object."""
        self.world.users[user] = {
            "id": user,
            "team_id": self.app.team_id,
            "name": name,
            "deleted": False,
            "real_name": name.replace(".", " ").title(),
            "tz": "Europe/London",
            "tz_offset": 0,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": False,
            "is_app_user": False,
            "is_email_confirmed": True,
            "updated": int(self.world.now()),
            "profile": {
                "real_name": name.replace(".", " ").title(),
                "display_name": name,
                "title": title,
                "team": self.app.team_id,
                **({"email": email} if email else {}),
            },
        }
        self._people[user] = Person(self.workspace, self.deliver, user)
        self.change_person(user, **facts)
        return self._people[user]

    def change_person(self, user: str, **facts: object) -> None:
        """Change facts of somebody, e.g. `deleted=True`; `profile` is merged."""
        person = self.world.users[user]
        profile = facts.pop("profile", {})
        assert isinstance(profile, Mapping)
        person["profile"] |= profile
        person |= facts
        person["updated"] = int(self.world.now())
        if person.get("is_enterprise_member") or self.app.enterprise_id:
            person.setdefault("enterprise_user", {"id": user, "teams": [self.app.team_id]})

    def add_channel(
        self, channel: str, name: str, *, members: Collection[str] = (), **facts: bool
    ) -> Channel:
        """Add a channel; `facts` are e.g. `is_private` and `is_ext_shared`."""
        made = Channel(channel, name, set(members))
        for fact, so in facts.items():
            setattr(made, fact, so)
        self.world.channels[channel] = made
        return made

    def direct(self, user: str) -> Channel:
        """Give the direct messages of the app and somebody."""
        return self.world.direct(self.app.bot_user, user)

    # ── what goes wrong ─────────────────────────────────────────────────────────────────────────

    def order(self, fault: Fault, *, method: str = "", channel: str = "", times: int = 1) -> None:
        """Let the next calls (of a method, to a channel) fail."""
        self._api.orders.add(Order(fault, method, channel, times))

    def go_away(self) -> None:
        """Cut every call, until `come_back`."""
        self._api.is_down = True

    def come_back(self) -> None:
        """Let every call be well, and forget what was ordered."""
        self._api.is_down = False
        self._api.orders.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass for Slack: triggers and response URLs expire."""
        self.world.ahead += seconds

    def delete(self, reference: str) -> None:
        """Let somebody delete a message."""
        message = self.message(reference)
        assert message is not None, "there is no such message"
        self.world.channels[message.channel].messages.remove(message)

    def kick_out(self, channel: str) -> None:
        """Let somebody remove the app from a channel."""
        self.world.channels[channel].members.discard(self.app.bot_user)

    # ── what happens ────────────────────────────────────────────────────────────────────────────

    async def happens(
        self, what: Json, envelope: Envelope = GENUINE, *, is_retried: bool = True
    ) -> list[Delivered]:
        """Tell the app that something happened, e.g. `{"type": "app_uninstalled"}`."""
        body = payloads.happened(self.workspace, what)
        return await self.deliver.envelope(body, envelope, is_retried=is_retried)

    async def tell_of_person(self, user: str, kind: str = "user_change") -> list[Delivered]:
        """Tell the app what is known of somebody: `user_change` or `team_join`."""
        return await self.happens({"type": kind, "user": self.world.users[user]})
