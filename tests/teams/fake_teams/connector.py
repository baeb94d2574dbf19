"""The Bot Connector's REST API (v3), as strict as Teams where that matters to a bot."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.teams.card_check import CARD_BYTES_MAX, MESSAGE_BYTES_MAX, cards_in, spelled
from tests.teams.fake_teams.journal import Answer, Call, Journal, error, respond
from tests.teams.fake_teams.limits import Limits
from tests.teams.fake_teams.login import Login
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import FILE_CONSENT, PERSONAL, Conversation, Json, Message

PAGE_MIN, PAGE_MAX = 50, 500
"""Members on a page; Teams takes no other numbers."""

Taken = tuple[int, Json]


class Wrong(Exception):
    """A call is refused."""

    def __init__(self, status: int, code: str, said: str = "") -> None:
        super().__init__(code)
        self.answer = error(status, code, said)


class Connector:
    """The routes that the bot calls with its token."""

    def __init__(self, organisation: Organisation, journal: Journal, login: Login) -> None:
        self._org = organisation
        self._journal = journal
        self._login = login
        self.limits = Limits()
        self.page = 0
        """Members on a page, whatever is asked for; nought for what is asked for."""

    def routes(self) -> list[web.RouteDef]:
        """List the routes; the first part of an address is the organisation's region."""
        base = "/{region}/v3/conversations"
        one = f"{base}/{{conversation}}"
        message = f"{one}/activities/{{activity}}"
        return [
            web.post(base, self._takes("create", self._create)),
            web.post(f"{one}/activities", self._takes("send", self._send)),
            web.post(message, self._takes("reply", self._send)),
            web.put(message, self._takes("update", self._update)),
            web.delete(message, self._takes("delete", self._delete)),
            web.get(f"{one}/members/{{member}}", self._takes("member", self._member)),
            web.get(f"{one}/pagedmembers", self._takes("members", self._members)),
            web.get("/{region}/v3/teams/{conversation}", self._takes("team", self._team)),
            web.get(
                "/{region}/v3/teams/{conversation}/conversations",
                self._takes("channels", self._channels),
            ),
        ]

    def _takes(
        self, name: str, run: Callable[[Call], Taken]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def take(request: web.Request) -> web.StreamResponse:
            named = request.match_info
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            call = Call(
                name,
                conversation=named.get("conversation", ""),
                activity=named.get("activity", ""),
                query=dict(request.query),
                region=named["region"],
                token=token if scheme == "Bearer" else "",
            )
            raw = await request.read()
            try:
                call.body = json.loads(raw) if raw else {}
            except ValueError:
                return respond(call, *error(400, "BadSyntax", "Invalid JSON"))
            if name == "create":
                channel = (call.body.get("channelData") or {}).get("channel") or {}
                call.conversation = str(channel.get("id") or "")
            if "member" in named:
                call.query["member"] = named["member"]
            return await self._journal.answer(request, call, self._answer(call, run))

        return take

    def _answer(self, call: Call, run: Callable[[Call], Taken]) -> Answer:
        def answer() -> Taken:
            if not self._login.is_good(call.token):
                return 401, {"message": "Authorization has been denied for this request."}
            refusal = self.limits.refusal(call)
            if refusal is not None:
                return refusal
            try:
                return run(call)
            except Wrong as wrong:
                return wrong.answer

        return answer

    # ── finding ─────────────────────────────────────────────────────────────────────────────────

    def _where(self, call: Call) -> tuple[Conversation, str]:
        where, root = self._org.world.find(call.conversation)
        if where is None:
            raise Wrong(404, "ConversationNotFound", "Conversation not found.")
        if where.kind == "channel" and root and not any(one.id == root for one in where.messages):
            raise Wrong(404, "ConversationNotFound", "Conversation not found.")
        return where, root

    def _open(self, call: Call) -> tuple[Conversation, str]:
        where, root = self._where(call)
        code = self._org.may_write(where)
        if code:
            raise Wrong(403, code, _WHY[code])
        return where, root

    def _mine(self, call: Call) -> Message:
        where, _ = self._open(call)
        message = where.find(call.activity)
        if message is None:
            raise Wrong(404, "ActivityNotFoundInConversation", "The activity is not there.")
        if message.author:
            raise Wrong(403, "NotEnoughPermissions", "Only its author may change a message.")
        return message

    # ── messages ────────────────────────────────────────────────────────────────────────────────

    def _check(self, call: Call, activity: object) -> None:
        """Refuse what Teams refuses, and note what it would show badly."""
        if not isinstance(activity, dict) or "type" not in activity:
            raise Wrong(400, "BadSyntax", "Activity type is required.")
        too_big = any(spelled(card) > CARD_BYTES_MAX for card in cards_in(activity))
        whole = len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le"))
        self._org.check(f"{call.name} in {call.conversation or 'a new chat'}", activity)
        if too_big or whole > MESSAGE_BYTES_MAX:
            raise Wrong(413, "MessageSizeTooBig", "Message size too large.")
        kinds = [one.get("contentType") for one in activity.get("attachments") or []]
        where, _ = self._org.world.find(call.conversation)
        if FILE_CONSENT in kinds and where is not None and where.kind != PERSONAL:
            raise Wrong(400, "BadArgument", "File consent cards are for personal chats alone.")
        if activity["type"] == "message" and not (
            activity.get("text") or activity.get("attachments")
        ):
            raise Wrong(400, "BadSyntax", "Activity has neither text nor attachments.")

    def _create(self, call: Call) -> Taken:
        body = call.body
        if not body.get("isGroup"):
            return self._create_chat(call)
        where, _ = self._org.world.find(call.conversation)
        if where is None or where.kind != "channel":
            raise Wrong(404, "ConversationNotFound", "Conversation not found.")
        if not where.is_open():
            raise Wrong(403, "BotNotInConversationRoster", _WHY["BotNotInConversationRoster"])
        if not body.get("activity"):
            raise Wrong(400, "BadSyntax", "Incorrect conversation creation parameters.")
        self._check(call, body["activity"])
        message = self._org.appears(self._org.put(where, body["activity"]))
        return 201, {"id": message.conversation, "activityId": message.id}

    def _create_chat(self, call: Call) -> Taken:
        body, world = call.body, self._org.world
        members = [str(one.get("id")) for one in body.get("members") or []]
        data = body.get("channelData") or {}
        tenant = body.get("tenantId") or (data.get("tenant") or {}).get("id")
        if len(members) != 1 or not tenant:
            raise Wrong(400, "BadArgument", "One member and a tenant are required.")
        found = [one for one in world.people.values() if members[0] in (one.mri, one.account)]
        if not found or found[0].role == "anonymous":
            raise Wrong(400, "BadArgument", "Failed to decrypt pairwise id.")
        if found[0].tenant != tenant:
            raise Wrong(403, "TenantMismatch", "The person is in another organisation.")
        if not found[0].has_app and world.talk(found[0].account) is None:
            code = "ForbiddenOperationException"
            raise Wrong(403, code, "Bot is not installed in user's personal scope")
        where = world.open_talk(found[0].account)
        if not body.get("activity"):
            return 201, {"id": where.id}
        self._check(call, body["activity"])
        message = self._org.appears(self._org.put(where, body["activity"]))
        return 201, {"id": where.id, "activityId": message.id}

    def _send(self, call: Call) -> Taken:
        where, root = self._open(call)
        self._check(call, call.body)
        if call.body["type"] == "typing":
            where.typing += 1
            return 202, {}
        # A reply to a channel's message without `;messageid=` begins a thread of its own.
        return 201, {"id": self._org.appears(self._org.put(where, call.body, root=root)).id}

    def _update(self, call: Call) -> Taken:
        message = self._mine(call)
        self._check(call, call.body)
        message.activity = call.body
        message.edits += 1
        message.shown.clear()
        self._org.appears(message)
        return 200, {"id": message.id}

    def _delete(self, call: Call) -> Taken:
        self._mine(call).is_deleted = True
        return 200, {}

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    def _member(self, call: Call) -> Taken:
        where, _ = self._readable(call)
        found = self._org.world.somebody(call.query["member"])
        if found is None or found.account not in where.people():
            raise Wrong(404, "MemberNotFoundInConversation", "The member is not there.")
        return 200, found.json()

    def _members(self, call: Call) -> Taken:
        where, _ = self._readable(call)
        people = sorted(where.people())
        try:
            asked = int(call.query.get("pageSize") or PAGE_MAX)
            first = int(str(call.query.get("continuationToken") or "page-0").removeprefix("page-"))
        except ValueError:
            raise Wrong(400, "BadArgument", "Invalid continuation token.") from None
        size = self.page or min(max(asked, PAGE_MIN), PAGE_MAX)
        shown = [self._org.world.people[one].json() for one in people[first : first + size]]
        more = {"continuationToken": f"page-{first + size}"} if people[first + size :] else {}
        return 200, {"members": shown, **more}

    def _readable(self, call: Call) -> tuple[Conversation, str]:
        where, root = self._where(call)
        if where.kind != "personal" and not where.is_open():
            raise Wrong(403, "BotNotInConversationRoster", _WHY["BotNotInConversationRoster"])
        return where, root

    def _team(self, call: Call) -> Taken:
        team = self._org.world.teams.get(call.conversation)
        if team is None or not team.has_app:
            raise Wrong(404, "ConversationNotFound", "Conversation not found.")
        return 200, {"id": team.id, "name": team.name, "aadGroupId": team.group}

    def _channels(self, call: Call) -> Taken:
        team = self._org.world.teams.get(call.conversation)
        if team is None or not team.has_app:
            raise Wrong(404, "ConversationNotFound", "Conversation not found.")
        there = [one for one in self._org.world.conversations.values() if one.team is team]
        # The first channel of a team has no name of its own.
        return 200, {
            "conversations": [
                {"id": one.id, **({} if one.id == team.id else {"name": one.name})} for one in there
            ]
        }


_WHY = {
    "BotNotInConversationRoster": "The bot is not part of the conversation roster.",
    "MessageWritesBlocked": '{"subCode":"MessageWritesBlocked","details":"User blocked the bot"}',
}
