"""Slack's deliveries come in: over HTTP into the bot's own server, or over a socket that we open.

::

    HTTP    body ─▶ signature ─▶ bolt ─▶ listeners ─▶ 200, at once
    socket  envelope ───────────▶ bolt ─▶ listeners ─▶ acknowledged, at once

Bolt reads a body before it looks at its signature, and breaks on a time that is no number; so the
signature is looked at here, first. Listeners return what they acknowledge with
(`process_before_response`): bolt's other way polls for it, and loses it where an exception follows.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.inbox import Choose, Receive
from adapters.chat.slack.conversation import Conversation
from adapters.chat.slack.delivery import Delivery
from adapters.chat.slack.forms import Forms
from adapters.chat.slack.identity import Identities
from adapters.chat.slack.listeners import AccountChanged, Listeners
from adapters.chat.slack.web_api.client import SlackClient

log = structlog.get_logger(__name__)

PATH = "/slack/events"

BODY_MAX = 1_000_000
"""Bytes. The largest that Slack sends is a view of 250 KB, written in a form's three for one."""

CONNECT_AGAIN_AFTER = 10.0
"""Seconds after which a socket is tried again that could not be opened when the process began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackParts:
    """What the rest of the process gives to it."""

    receive: Receive
    choose: Choose
    api_url: str
    """The Web API's address, with a slash at the end."""

    bot_token: str
    signing_secret: str = ""
    app_token: str = ""
    """Where it is given, deliveries come over a socket, and none over HTTP."""

    command: str = "/jit"
    """What people type; for wording only, since every command of the app is answered."""

    trusts_email: bool = False
    account_changed: AccountChanged


def add_slack(app: web.Application, parts: SlackParts) -> None:
    """Add Slack to an application; closing it finishes what was begun and closes the socket."""
    client = SlackClient(parts.api_url, parts.bot_token)
    identities = Identities(client.call, trusts_email=parts.trusts_email)
    delivery = Delivery(client, command=parts.command)
    conversation = Conversation(
        parts.receive, parts.choose, identities=identities, deliver=delivery
    )
    forms = Forms(conversation)
    bolt = make_bolt(parts, Listeners(conversation, forms, parts.account_changed))

    async def living(_app: web.Application) -> AsyncIterator[None]:
        socket = asyncio.ensure_future(_listen(bolt, parts)) if parts.app_token else None
        yield
        if socket is not None:
            socket.cancel()
            await asyncio.wait({socket})
        await conversation.close()
        await client.close()

    app.cleanup_ctx.append(living)
    if not parts.app_token:
        app.router.add_post(PATH, _Door(bolt, parts.signing_secret).take)


def make_bolt(parts: SlackParts, listeners: Listeners) -> AsyncApp:
    """Tell bolt who listens to what; the first that fits is the only one that hears it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # One token, one installation: bolt's own ways ask `auth.test` within the three seconds.
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=parts.bot_token
        )

    bolt = AsyncApp(
        logger=_quiet(),
        authorize=authorize,
        client=AsyncWebClient(base_url=parts.api_url),
        process_before_response=True,
        request_verification_enabled=False,  # see `_Door`
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )
    bolt.error(_broke)
    anything = re.compile("")
    bolt.command(anything)(listeners.command)
    bolt.action(anything)(listeners.press)
    bolt.view(anything)(listeners.forms.submitted)
    bolt.options(anything)(listeners.forms.searched)
    bolt.shortcut("request_access")(listeners.shortcut)
    bolt.shortcut("request_access_for_this")(listeners.shortcut)
    bolt.event("message")(listeners.message)
    bolt.event("app_home_opened")(listeners.home_opened)
    bolt.event("user_change")(listeners.person_changed)
    bolt.event("team_join")(listeners.person_changed)
    bolt.event("app_uninstalled")(listeners.uninstalled)
    bolt.event("tokens_revoked")(listeners.uninstalled)
    return bolt


def _quiet() -> logging.Logger:
    """Give bolt a logger that says little: what it says of a delivery quotes it."""
    quiet = logging.getLogger("slack_bolt")
    quiet.setLevel(logging.ERROR)
    return quiet


async def _broke(error: Exception, body: dict[str, object]) -> BoltResponse:
    """Take what nobody listens to, or what broke, all the same: Slack would only send it again."""
    kind = str(body.get("type") or "command")[:40]
    if isinstance(error, BoltUnhandledRequestError):
        log.info("slack.unheard", kind=kind)
    else:
        log.error("slack.listener_broke", kind=kind, exc_info=error)
    return BoltResponse(status=HTTPStatus.OK, body="")


class _Door:
    """Where Slack's deliveries arrive over HTTP."""

    def __init__(self, bolt: AsyncApp, signing_secret: str) -> None:
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret)

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery. Whoever is not Slack learns nothing but that."""
        if (request.content_length or 0) > BODY_MAX:
            raise web.HTTPRequestEntityTooLarge(BODY_MAX, request.content_length or 0)
        if "Content-Encoding" in request.headers:  # Slack sends none; unpacking stops the loop
            raise web.HTTPUnsupportedMediaType
        raw = await request.read()  # the server itself refuses what is longer than it says
        if raw.startswith(b"ssl_check=1&") or raw == b"ssl_check=1":
            return web.Response()  # Slack looks at the certificate, unsigned; nothing is done
        if not self._is_genuine(raw, request):
            return web.json_response({"error": "invalid request"}, status=HTTPStatus.UNAUTHORIZED)
        try:
            delivery = AsyncBoltRequest(
                body=raw.decode(), query=request.query_string, headers=dict(request.headers)
            )
        except Exception:
            log.exception("slack.unreadable")
            return web.json_response({"error": "unreadable"}, status=HTTPStatus.BAD_REQUEST)
        return await to_aiohttp_response(await self._bolt.async_dispatch(delivery))

    def _is_genuine(self, raw: bytes, request: web.Request) -> bool:
        """Say whether Slack signed it, within the last five minutes."""
        signature = request.headers.get("X-Slack-Signature", "")
        at = request.headers.get("X-Slack-Request-Timestamp", "")
        try:
            return (
                at.isascii() and signature.isascii() and self._verifier.is_valid(raw, at, signature)
            )
        except ValueError:  # a time that is no number, a body that is no text
            return False


async def _listen(bolt: AsyncApp, parts: SlackParts) -> None:
    """Keep a socket open until cancelled; once it is, Slack's own client opens it again."""
    handler = AsyncSocketModeHandler(bolt, parts.app_token, logger=_quiet())
    try:
        while True:
            try:
                await handler.client.connect()  # type: ignore[no-untyped-call] # slack_sdk's
                log.info("slack.socket_open")
                await asyncio.Event().wait()
            except Exception:
                log.exception("slack.socket_not_open")
                await asyncio.sleep(CONNECT_AGAIN_AFTER)
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call] # slack_sdk's
