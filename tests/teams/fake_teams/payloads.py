"""What Teams tells a bot: activities, as they arrive over the wire."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from uuid import uuid4

from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import CHANNEL, PERSONAL, Conversation, Human, Json, Message


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something, and where."""

    org: Organisation
    who: Human
    where: Conversation
    root: str = ""
    """In a channel: the message that began the thread."""

    def activity(self, kind: str, **more: object) -> Json:
        """Make an activity of a kind."""
        org, who = self.org, self.who
        sender: Json = {"id": who.mri, "name": who.name}
        if who.role != "anonymous":
            sender["aadObjectId"] = who.account
        return {
            "type": kind,
            "id": f"f:{uuid4()}",
            "timestamp": _instant(org.world.now()),
            "localTimestamp": _instant(org.world.now()),
            "localTimezone": "Europe/London",
            "locale": who.locale,
            "channelId": "msteams",
            "serviceUrl": org.service_url,
            "from": sender,
            "recipient": org.app.json(),
            "conversation": self.conversation(),
            "channelData": self.channel_data(),
            "entities": [
                {
                    "type": "clientInfo",
                    "locale": who.locale,
                    "country": who.locale[-2:],
                    "platform": "Web",
                    "timezone": "Europe/London",
                }
            ],
            **more,
        }

    def conversation(self) -> Json:
        """Tell the conversation."""
        where = self.where
        suffix = f";messageid={self.root}" if self.root else ""
        # In a shared channel, the organisation is the channel's, and not the person's.
        tenant = self.who.tenant if where.kind == PERSONAL else self.org.app.tenant
        told: Json = {
            "conversationType": where.kind,
            "tenantId": tenant,
            "id": where.id + suffix,
        }
        return told if where.kind == PERSONAL else told | {"isGroup": True}

    def channel_data(self) -> Json:
        """Tell what only Teams tells."""
        told: Json = {"tenant": {"id": self.who.tenant}}
        where = self.where
        if where.kind == CHANNEL and where.team is not None:
            told |= {
                "teamsChannelId": where.id,
                "teamsTeamId": where.team.id,
                "channel": {"id": where.id},
                "team": {"id": where.team.id, "name": where.team.name},
            }
        return told


def said(scene: Scene, text: str, *, named: Sequence[tuple[str, Json]], as_rich: bool) -> Json:
    """Make the message that somebody typed; `named` are its mentions: what stands there, and who.

    Beside the text stands the same as HTML, as Teams sends it; two spaces arrive as one and a
    `&nbsp;`, and everything that was formatted arrives escaped.
    """
    arrives = text.replace("  ", " &nbsp;")
    if as_rich:
        arrives = escape(text, quote=False).replace("  ", " &nbsp;")
    html = escape(text, quote=False).replace("  ", " &nbsp;").replace("\n", "<br>")
    entities = list[Json]()
    for number, (written, mentioned) in enumerate(named):
        name = str(mentioned["name"])
        entity_text = f"<at>{name}</at>"
        arrives = arrives.replace(escape(written, quote=False) if as_rich else written, entity_text)
        span = f'<span itemtype="http://schema.skype.com/Mention" itemid="{number}">{name}</span>'
        html = html.replace(escape(written, quote=False), span)
        entities.append({"type": "mention", "mentioned": mentioned, "text": entity_text})
    made = scene.activity(
        "message",
        text=arrives,
        textFormat="plain",
        attachments=[{"contentType": "text/html", "content": f"<p>{html}</p>"}],
    )
    made["entities"] = [*entities, *made["entities"]]
    return made


def invoked(scene: Scene, name: str, value: Json, upon: Message | None = None) -> Json:
    """Make an invoke: its answer is waited for."""
    made = scene.activity("invoke", name=name, value=value)
    if upon is not None:
        made["replyToId"] = upon.id
        made["channelData"]["source"] = {"name": "message"}
        made["channelData"]["legacy"] = {"replyToId": upon.id}
    return made


def installed(scene: Scene, action: str) -> Json:
    """Tell that the app was installed (`add`) or removed (`remove`)."""
    made = scene.activity("installationUpdate", action=action)
    if scene.where.kind == CHANNEL:
        made["channelData"]["settings"] = {"selectedChannel": {"id": scene.where.id}}
    return made


def members(scene: Scene, change: str, who: Collection[Json]) -> Json:
    """Tell who came (`membersAdded`) or went (`membersRemoved`)."""
    told = [{"id": one["id"], **_known(one)} for one in who]
    made = scene.activity("conversationUpdate", **{change: told})
    if scene.where.kind == CHANNEL:
        kind = "teamMemberAdded" if change == "membersAdded" else "teamMemberRemoved"
        made["channelData"]["eventType"] = kind
    return made


def human(one: Human) -> Json:
    """Tell somebody as they are mentioned, or as they come and go."""
    told: Json = {"id": one.mri, "name": one.name}
    return told if one.role == "anonymous" else told | {"aadObjectId": one.account}


def _known(one: Json) -> Json:
    return {"aadObjectId": one["aadObjectId"]} if "aadObjectId" in one else {}


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
