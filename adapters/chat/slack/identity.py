"""Who somebody is in Slack, asked of Slack and remembered for a few minutes.

A delivery's signature proves that it is Slack's; whether the person is a member of the
organisation, a guest, a bot or somebody from another one, only `users.info` says. What it says is
kept for five minutes and follows `user_change`, so a deactivated account stops at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from adapters.chat.kept import Kept
from adapters.chat.platform import Gone, PlatformError
from engine.model.identifiers import PlatformName

SLACK = PlatformName("slack")

SLACKBOT = "USLACKBOT"
"""Slack's own; the one bot that is not marked as one."""

DEACTIVATED = "deactivated in this workspace"
GUEST = "a guest in this workspace"
"""What may become of an account that was a member's."""

Call = Callable[[str, Mapping[str, object]], Awaitable[Mapping[str, Any]]]
"""Calls a method of the Web API. Raises `PlatformError`."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """What Slack says of an account."""

    account: str
    """The id: the organisation's own where there is an organisation of several workspaces."""

    team: str
    enterprise: str = ""
    name: str = ""
    title: str = ""
    email: str = ""
    """Empty where it is not confirmed, or the app may not read it."""

    is_active: bool = True
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the bot is installed, as its token says."""

    app: str
    """Empty where Slack did not say."""

    team: str
    enterprise: str
    bot: str
    """The bot's own user id."""

    url: str
    """The workspace's address, with a slash at the end."""

    def has(self, team: str, enterprise: str) -> bool:
        """Say whether a workspace is ours, or belongs to our organisation; `team` may be empty."""
        return team == self.team or bool(enterprise and enterprise == self.enterprise)

    def sent(self, source: Source) -> bool:
        """Say whether a delivery is from here; what it leaves out, it does not contradict."""
        is_app = not (source.app and self.app) or source.app == self.app
        is_place = not (source.team or source.enterprise)
        return is_app and (is_place or self.has(source.team, source.enterprise))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a delivery says that it is from; each may be empty."""

    app: str = ""
    team: str = ""
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known of an account; and, where somebody speaks, of the channel."""

    account: str
    outsider: str = ""
    email: str = ""
    """Only where the organisation manages it: of members, and of those who were."""

    is_read_along: bool = False
    has_left: bool = False
    """Whether the account was a member's: it is deactivated, or a guest's by now."""


def read_user(told: Mapping[str, Any]) -> SlackUser:
    """Read a user as Slack writes it; fields may be absent."""
    profile, org = told.get("profile") or {}, told.get("enterprise_user") or {}
    is_confirmed = told.get("is_email_confirmed", True)
    return SlackUser(
        account=str(org.get("id") or told.get("id") or ""),
        team=str(told.get("team_id") or ""),
        enterprise=str(org.get("enterprise_id") or told.get("enterprise_id") or ""),
        name=str(profile.get("real_name") or told.get("real_name") or ""),
        title=str(profile.get("title") or ""),
        email=str(profile.get("email") or "") if is_confirmed else "",
        is_active=not told.get("deleted", False),
        is_bot=bool(told.get("is_bot") or told.get("is_workflow_bot")) or told["id"] == SLACKBOT,
        is_guest=bool(told.get("is_restricted") or told.get("is_ultra_restricted")),
        is_stranger=bool(told.get("is_stranger")),
    )


def outsider(user: SlackUser, home: Installation) -> str:
    """Say why somebody is nobody of the organisation (`You are …`); empty for its members."""
    if user.is_bot:
        return "a bot"
    if user.is_stranger or not home.has(user.team, user.enterprise):
        return "from another organisation"
    if not user.is_active:
        return DEACTIVATED
    if user.is_guest:
        return GUEST
    return ""


class Identities:
    """Knows accounts and channels. Belongs to one event loop."""

    def __init__(
        self, call: Call, *, trusts_email: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is asked yet. `clock` gives seconds.

        `trusts_email`: addresses are managed by the organisation, nobody can change their own.
        """
        self._call = call
        self._trusts_email = trusts_email
        # A token never becomes another installation's.
        self._homes = Kept[str, Installation](self._ask_home, clock, kept_for=inf)
        self._users = Kept[str, SlackUser](self._ask_user, clock)
        self._shared = Kept[str, bool](self._ask_shared, clock)

    async def home(self) -> Installation:
        """Say where the bot is installed. Raises `PlatformError` where Slack does not answer."""
        return await self._homes.get("")

    async def user(self, account: str) -> SlackUser:
        """Say what Slack says of an account. Raises `PlatformError`."""
        return await self._users.get(account)

    async def know(self, account: str, source: Source, *, channel: str) -> Known:
        """Gather what the Inbox has to know of a speaker. Raises `PlatformError`."""
        home, shared = await asyncio.gather(self.home(), self._is_read_along(channel))
        try:
            user = await self.user(account)
        except Gone:
            return Known(account, "nobody whom this workspace shows me", "", shared)
        known = replace(self._known(user, home), is_read_along=shared)
        if not known.outsider and not home.sent(source):
            return replace(known, outsider="in another workspace than this bot", email="")
        return known

    async def follow(self, told: Mapping[str, Any]) -> Known:
        """Take what Slack tells of somebody on its own accord. Raises `PlatformError`.

        It counts from now on, even where this fails: where the bot is at home may not be known.
        """
        user = read_user(told)
        for account in {str(told["id"]), user.account}:
            self._users.put(account, user)
        return self._known(user, await self.home())

    def _known(self, user: SlackUser, home: Installation) -> Known:
        why = outsider(user, home)
        # Nobody manages a guest's address; a deactivated member's says who has left.
        is_managed = not user.is_guest and why in {"", DEACTIVATED}
        return Known(
            user.account,
            why,
            user.email if self._trusts_email and is_managed else "",
            has_left=why in {DEACTIVATED, GUEST},
        )

    async def _is_read_along(self, channel: str) -> bool:
        # A direct message with the bot (D…) is between the two of them.
        return bool(channel) and not channel.startswith("D") and await self._shared.get(channel)

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    async def _ask_home(self, _key: str) -> Installation:
        told = await self._call("auth.test", {})
        return Installation(
            app=await self._app(str(told.get("bot_id") or "")),
            team=str(told.get("team_id") or ""),
            enterprise=str(told.get("enterprise_id") or ""),
            bot=str(told.get("user_id") or ""),
            url=str(told.get("url") or ""),
        )

    async def _app(self, bot: str) -> str:
        try:
            told = await self._call("bots.info", {"bot": bot})
        except PlatformError:
            return ""  # the signature says that a delivery is our app's; this only says it again
        return str((told.get("bot") or {}).get("app_id") or "")

    async def _ask_user(self, account: str) -> SlackUser:
        told = await self._call("users.info", {"user": account})
        return read_user(told["user"])

    async def _ask_shared(self, channel: str) -> bool:
        try:
            told = (await self._call("conversations.info", {"channel": channel}))["channel"]
        except Gone:
            return True  # a private channel that the bot is not in: nobody knows who reads there
        return bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared"))
