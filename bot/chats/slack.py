"""Slack is put together: what comes in, and the Inbox.

Only where it is switched on. The rest of the web process knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters.chat.inbox import Choose, Receive
from adapters.chat.slack.app import SlackParts, add_slack
from adapters.chat.slack.identity import SLACK, Known
from bot.settings import Settings
from engine.policy.accounts import AccountFacts

Note = Callable[[AccountFacts], Awaitable[object]]
"""Keeps what Slack says of an account."""


def add_slack_chat(
    app: web.Application, settings: Settings, *, receive: Receive, choose: Choose, note: Note
) -> None:
    """Add Slack to the web process. `settings` have its token."""

    async def account_changed(known: Known) -> None:
        # Bots and other organisations' people were never anybody's here.
        if known.has_left or not known.outsider:
            await note(AccountFacts(SLACK, known.account, known.email, known.outsider))

    assert settings.slack_bot_token is not None, "Slack is switched on by its token"
    signing, socket = settings.slack_signing_secret, settings.slack_app_token
    add_slack(
        app,
        SlackParts(
            receive=receive,
            choose=choose,
            api_url=settings.slack_api_url,
            bot_token=settings.slack_bot_token.get_secret_value(),
            signing_secret=signing.get_secret_value() if signing else "",
            app_token=socket.get_secret_value() if socket else "",
            command=settings.slack_command,
            trusts_email=settings.slack_link == "managed-email",
            account_changed=account_changed,
        ),
    )
