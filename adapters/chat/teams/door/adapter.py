"""botbuilder-core's adapter, as far as it is used: a turn that was found genuine is run by it.

Its own way in is not used: it reads before it authenticates, answers strangers with 500, and cannot
answer a press. What it is given here has been looked at, holds nothing that it would stumble over,
and brings no client of the SDK's along: nothing is sent through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import NoReturn

from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount, ConversationAccount
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.auth.connector_factory import ConnectorFactory

from adapters.chat.teams.door.tokens import CHANNEL
from adapters.chat.teams.turn import Hear, Kind, Reply, Turn

_TYPES: Mapping[Kind, str] = {
    "message": ActivityTypes.message,
    "members": ActivityTypes.conversation_update,
    "installed": ActivityTypes.installation_update,
    "uninstalled": ActivityTypes.installation_update,
    # An invoke is none to the SDK: it would make an answer of its own of ours.
    "invoke": ActivityTypes.event,
    "other": ActivityTypes.event,
}


class Adapter(CloudAdapterBase):  # type: ignore[misc] # the SDK ships no types
    """Runs turns."""

    def __init__(self, app_id: str, hear: Hear) -> None:
        """Take who hears them."""
        super().__init__(_Authenticated())
        self._app_id = app_id
        self._hear = hear

    async def run(self, turn: Turn) -> Reply:
        """Let a turn be heard, and give what answers it. What breaks in there is raised."""
        reply: Reply = (HTTPStatus.OK, None)

        async def logic(_context: TurnContext) -> None:
            nonlocal reply
            reply = await self._hear(turn)

        await self.process_activity(self._genuine(), _activity(turn), logic)
        return reply

    def _genuine(self) -> AuthenticateRequestResult:
        """Say what was found out already."""
        found = AuthenticateRequestResult()
        found.audience = self._app_id
        found.claims_identity = ClaimsIdentity({"aud": self._app_id}, True)  # noqa: FBT003 - theirs
        found.connector_factory = _NoConnector()
        return found


def _activity(turn: Turn) -> Activity:
    return Activity(
        type=_TYPES[turn.kind],
        id=turn.activity_id,
        channel_id=CHANNEL,
        service_url=turn.service_url,
        from_property=ChannelAccount(id=turn.mri),
        conversation=ConversationAccount(id=turn.conversation),
    )


class _NoConnector(ConnectorFactory):  # type: ignore[misc] # the SDK ships no types
    async def create(self, service_url: str, audience: str) -> object:
        """Give something that is there, and that nothing can be sent with."""
        return object()


class _Authenticated(BotFrameworkAuthentication):  # type: ignore[misc] # the SDK ships no types
    """Nothing is authenticated here: `door.tokens` has done it, before anything was read."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> NoReturn:
        """Refuse: a turn is run with what was found out, or not at all."""
        raise PermissionError("a turn that nobody has looked at")

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> NoReturn:
        """Refuse: there are no streams."""
        raise PermissionError("no streams")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        """Give none that sends."""
        return _NoConnector()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        """Give none: nobody signs in through the bot."""
