"""The methods `views.*`: modals that somebody's press opens, and homes."""

from __future__ import annotations

from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.filling_in import fresh
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Json, View, new_id

STACK_MAX = 3


def open_modal(slack: Workspace, call: Call) -> Json:
    """`views.open`: the first modal of a stack."""
    trigger = slack.use_trigger(call)
    view = make(slack, "views.open", trigger.user, call.arguments.get("view"))
    slack.world.modals[trigger.user] = [view]
    return {"view": view.json()}


def push_modal(slack: Workspace, call: Call) -> Json:
    """`views.push`: one more on top, if somebody pressed something in a modal."""
    trigger = slack.use_trigger(call)
    if trigger.view is None:
        raise SlackError("invalid_trigger_id")
    payload = call.arguments.get("view")
    return {"view": push(slack, "views.push", trigger.user, payload).json()}


def update_view(slack: Workspace, call: Call) -> Json:
    """`views.update`: another content, by id or by the app's own id."""
    view_id, external = call.optional("view_id"), call.optional("external_id")
    if (view_id is None) == (external is None):
        raise SlackError("invalid_arguments", ("[ERROR] view_id or external_id",))
    found = [
        view
        for view in slack.world.views()
        if view_id == view.id or (external is not None and external == view.external_id)
    ]
    if not found:
        raise SlackError("not_found")
    _check_hash(found[0], call)
    change(slack, "views.update", found[0], call.arguments.get("view"))
    return {"view": found[0].json()}


def publish(slack: Workspace, call: Call) -> Json:
    """`views.publish`: a person's home."""
    user = call.text("user_id")
    if user not in slack.world.users:
        # Slack was seen to say it like this, and not `user_not_found`.
        raise SlackError("invalid_arguments", ("[ERROR] invalid `user_id`",))
    if not slack.app.has_home:
        raise SlackError("not_enabled")
    payload, home = call.arguments.get("view"), slack.world.homes.get(user)
    if home is None:
        home = make(slack, "views.publish", user, payload, kind="home")
        slack.world.homes[user] = home
    else:
        _check_hash(home, call)
        change(slack, "views.publish", home, payload)
    return {"view": home.json()}


def _check_hash(view: View, call: Call) -> None:
    if call.has("hash") and call.arguments["hash"] != view.hash:
        raise SlackError("hash_conflict")


def make(slack: Workspace, where: str, user: str, given: object, *, kind: str = "modal") -> View:
    """Make a view that nobody sees yet."""
    payload = _payload(slack, where, given, kind)
    external = payload.get("external_id")
    if external and any(view.external_id == external for view in slack.world.views()):
        raise SlackError("duplicate_external_id")
    view_id, app = new_id("V"), slack.app
    return View(
        id=view_id,
        user=user,
        payload=payload,
        hash=_new_hash(slack),
        root=view_id,
        state=fresh(payload["blocks"]),
        attributes={
            "team_id": app.team_id,
            "app_id": app.api_app_id,
            "app_installed_team_id": app.enterprise_id or app.team_id,
            "bot_id": app.bot_id,
        },
    )


def push(slack: Workspace, where: str, user: str, given: object) -> View:
    """Lay one more modal upon what somebody has open."""
    stack = slack.world.modals.get(user) or []
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK_MAX:
        raise SlackError("push_limit_reached")
    view = make(slack, where, user, given)
    view.root, view.previous = stack[0].id, stack[-1].id
    stack.append(view)
    return view


def change(slack: Workspace, where: str, view: View, given: object) -> None:
    """Show another content; what was typed stays where the ids are the same."""
    payload = _payload(slack, where, given, view.payload["type"])
    external = payload.get("external_id")
    others = [one for one in slack.world.views() if one is not view]
    if external and any(one.external_id == external for one in others):
        raise SlackError("duplicate_external_id")
    view.payload = payload
    view.state = fresh(payload["blocks"], view.state)
    view.errors = {}
    view.hash = _new_hash(slack)


def _payload(slack: Workspace, where: str, given: object, kind: str) -> Json:
    payload = slack.check_view(where, given)
    if payload["type"] != kind:
        raise SlackError("invalid_arguments", (f"[ERROR] this is no place for {payload['type']}",))
    return payload


def _new_hash(slack: Workspace) -> str:
    return f"{slack.world.new_ts()}.{new_id('h')[2:]}"
