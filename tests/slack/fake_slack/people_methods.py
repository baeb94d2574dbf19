"""The methods about people, the workspace and the app itself."""

from __future__ import annotations

from copy import deepcopy

from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Json, new_id


def api_test(slack: Workspace, call: Call) -> Json:
    """`api.test`: needs no token."""
    return {"args": call.arguments}


def auth_test(slack: Workspace, call: Call) -> Json:
    """`auth.test`: who the token belongs to."""
    app = slack.app
    told: Json = {
        "url": f"https://{app.team_domain}.slack.com/",
        "team": "Acme Corporation",
        "user": "jitbot",
        "team_id": app.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": app.is_enterprise_install,
    }
    return told | ({"enterprise_id": app.enterprise_id} if app.enterprise_id else {})


def bot_info(slack: Workspace, call: Call) -> Json:
    """`bots.info`: of our own."""
    app = slack.app
    if call.text("bot") != app.bot_id:
        raise SlackError("bot_not_found")
    bot = {"id": app.bot_id, "app_id": app.api_app_id, "user_id": app.bot_user, "name": "jitbot"}
    return {"bot": bot | {"deleted": False}}


def open_connection(slack: Workspace, call: Call) -> Json:
    """`apps.connections.open`: Socket Mode's address."""
    return {"url": f"{slack.url.replace('http', 'ws', 1)}/link/?ticket={new_id('t')}"}


def user_info(slack: Workspace, call: Call) -> Json:
    """`users.info`."""
    user = slack.world.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _told(slack, user)}


def user_by_email(slack: Workspace, call: Call) -> Json:
    """`users.lookupByEmail`: only of people who are active members here."""
    email = call.text("email").lower()
    for user in slack.world.users.values():
        if user["profile"].get("email", "").lower() == email and not user["deleted"]:
            return {"user": _told(slack, user)}
    raise SlackError("users_not_found")


def user_list(slack: Workspace, call: Call) -> Json:
    """`users.list`: everybody, those who left included."""
    users = [_told(slack, one) for one in slack.world.users.values()]
    start, limit = int(call.optional("cursor") or 0), call.number("limit", 1000)
    more = str(start + limit) if users[start + limit :] else ""
    page = users[start : start + limit]
    return {"members": page, "response_metadata": {"next_cursor": more}}


def team_info(slack: Workspace, call: Call) -> Json:
    """`team.info`."""
    app = slack.app
    team: Json = {"id": app.team_id, "name": "Acme Corporation", "domain": app.team_domain}
    if app.enterprise_id:
        team |= {"enterprise_id": app.enterprise_id, "enterprise_name": "Acme Group"}
    return {"team": team}


def _told(slack: Workspace, user: Json) -> Json:
    """Tell of a person what the app may know."""
    told = deepcopy(user)
    if "users:read.email" not in slack.app.scopes or told.get("is_stranger"):
        told["profile"].pop("email", None)
    return told
