"""Slack's Web API over HTTP: tokens, scopes, arguments, faults, and a journal of every call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate

from aiohttp import web

from tests.slack.fake_slack import (
    chat_methods,
    conversation_methods,
    file_methods,
    people_methods,
    view_methods,
)
from tests.slack.fake_slack.calls import Call, SlackError, read_arguments
from tests.slack.fake_slack.faults import Fault, Orders, unreached
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Json


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API."""

    run: Callable[[Workspace, Call], Json]
    scope: str = ""
    takes_json: bool = True
    """Whether it reads a JSON body, as methods that write do."""

    token: str = "bot"


METHODS: Mapping[str, Method] = {
    "api.test": Method(people_methods.api_test, token=""),
    "auth.test": Method(people_methods.auth_test),
    "bots.info": Method(people_methods.bot_info, "users:read", takes_json=False),
    "apps.connections.open": Method(people_methods.open_connection, token="app"),
    "chat.postMessage": Method(chat_methods.post_message, "chat:write"),
    "chat.update": Method(chat_methods.update, "chat:write"),
    "chat.delete": Method(chat_methods.delete, "chat:write"),
    "chat.postEphemeral": Method(chat_methods.post_ephemeral, "chat:write"),
    "conversations.open": Method(conversation_methods.open_direct, "im:write"),
    "conversations.info": Method(conversation_methods.info, takes_json=False),
    "conversations.list": Method(conversation_methods.listing, takes_json=False),
    "conversations.members": Method(conversation_methods.members, takes_json=False),
    "conversations.history": Method(conversation_methods.history, takes_json=False),
    "conversations.replies": Method(conversation_methods.replies, takes_json=False),
    "users.info": Method(people_methods.user_info, "users:read", takes_json=False),
    "users.list": Method(people_methods.user_list, "users:read", takes_json=False),
    "users.lookupByEmail": Method(
        people_methods.user_by_email, "users:read.email", takes_json=False
    ),
    "team.info": Method(people_methods.team_info, "team:read", takes_json=False),
    "views.open": Method(view_methods.open_modal),
    "views.push": Method(view_methods.push_modal),
    "views.update": Method(view_methods.update_view),
    "views.publish": Method(view_methods.publish),
    "files.getUploadURLExternal": Method(file_methods.upload_url, "files:write", takes_json=False),
    "files.completeUploadExternal": Method(file_methods.complete, "files:write"),
}


class WebApi:
    """The routes that an app calls with a token."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack
        self.orders = Orders()
        self.calls: list[Call] = []
        self.is_down = False

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.route("*", "/api/{method}", self.answer),
            web.post("/upload/{file}", self.take_file),
            web.post("/response/{key:.+}", self.take_response),
        ]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a call, or fail as it was ordered."""
        name = request.match_info["method"]
        call = Call(name, {}, self._slack.world.now())
        refusal = await self._read(request, call)
        self.calls.append(call)
        fault = (
            unreached() if self.is_down else self.orders.next(name, call.arguments.get("channel"))
        )
        if fault is None:
            return self._respond(call, refusal or self._carry_out(call))
        return await self._fail(request, call, fault)

    async def _read(self, request: web.Request, call: Call) -> Json | None:
        method = METHODS.get(call.method)
        try:
            takes_json = method is None or method.takes_json
            call.arguments, call.token = await read_arguments(request, takes_json=takes_json)
        except SlackError as refused:
            return refused.json()
        return None

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        await asyncio.sleep(fault.waits)
        done = self._carry_out(call) if fault.does else {}
        if fault.cuts:
            call.status = 0
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.does and fault.status == web.HTTPOk.status_code:
            return self._respond(call, done)
        body: Json = {"ok": False, "error": fault.error}
        return self._respond(call, body, fault.status, fault.headers)

    def _carry_out(self, call: Call) -> Json:
        method = METHODS.get(call.method)
        if method is None:
            return SlackError("unknown_method", req_method=call.method).json()
        try:
            self._check_token(method, call)
            if method.scope:
                self._slack.require_scope(method.scope)
            return {"ok": True, **method.run(self._slack, call)}
        except SlackError as refused:
            return refused.json()

    def _check_token(self, method: Method, call: Call) -> None:
        app = self._slack.app
        if not method.token:
            return
        if not call.token:
            raise SlackError("not_authed")
        if call.token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if call.token != (app.bot_token if method.token == "bot" else app.app_token):
            raise SlackError("not_allowed_token_type")

    def _respond(
        self,
        call: Call,
        body: Json,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        call.answer, call.status = body, status
        # Whoever compares clocks reads the time from here.
        told = {"Date": formatdate(self._slack.world.now(), usegmt=True)}
        if call.token == self._slack.app.bot_token:
            told["x-oauth-scopes"] = ",".join(sorted(self._slack.app.scopes))
        return web.json_response(body, status=status, headers=told | dict(headers or {}))

    async def take_response(self, request: web.Request) -> web.Response:
        """Take what is posted to a `response_url`, which needs no token."""
        call = Call("response_url", {}, self._slack.world.now())
        self.calls.append(call)
        fault = unreached() if self.is_down else self.orders.next(call.method, None)
        if fault is not None and not fault.does:
            if fault.cuts and request.transport is not None:
                request.transport.abort()
            return self._respond(call, {}, fault.status, fault.headers)
        try:
            call.arguments = await request.json()
            chat_methods.respond(self._slack, request.match_info["key"], call.arguments)
        except ValueError:
            return self._respond(call, SlackError("invalid_payload").json(), 400)
        except SlackError as refused:
            status = 404 if refused.code.endswith("_url") else 400
            return self._respond(call, refused.json(), status)
        return self._respond(call, {"ok": True})

    async def take_file(self, request: web.Request) -> web.Response:
        """Take the bytes of an upload: as they are, or as a form's file."""
        upload = self._slack.world.files.get(request.match_info["file"])
        if upload is None:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            given = next(iter((await request.post()).values()))
            content = given.file.read() if isinstance(given, web.FileField) else str(given).encode()
        else:
            content = await request.read()
        if len(content) != upload.length:
            return web.Response(status=400, text="the length differs")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")
