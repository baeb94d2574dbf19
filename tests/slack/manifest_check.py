"""Is this an app manifest that Slack takes? Its own schema where it is at hand, and what it omits.

The schema is Slack's (`slackapi/manifest-schema`) and not ours to ship: it is looked for beside
the repository, in `shared/tools/slack/schema`. What is checked here without it: that scopes,
subscriptions, shortcuts and addresses belong together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.slack.fake_slack.world import Json

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "tools" / "slack" / "schema" / "schemas"

SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "member_joined_channel": "channels:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "user_profile_changed": "users:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
}
"""What has to be granted before Slack tells of a thing."""

LENGTHS = {"name": 35, "description": 140, "long_description": 4000}


def check_manifest(manifest: Json) -> list[str]:
    """Check a manifest; each finding names its place as a JSON pointer."""
    return [*_by_schema(manifest), *_together(manifest)]


# ── what belongs together ───────────────────────────────────────────────────────────────────────


def _together(manifest: Json) -> Iterator[str]:
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))
    told = settings.get("event_subscriptions", {}).get("bot_events", [])
    for key, most in LENGTHS.items():
        if len(str(manifest.get("display_information", {}).get(key, ""))) > most:
            yield f"/display_information/{key}: more than {most} characters"
    for name in told:
        if SCOPE_OF.get(name, "users:read") not in scopes and name in SCOPE_OF:
            yield f"/settings/event_subscriptions/bot_events: {name} needs {SCOPE_OF[name]}"
    for name in ("slash_commands", "shortcuts"):
        if features.get(name) and "commands" not in scopes:
            yield f"/features/{name}: needs the scope commands"
    if "users:read.email" in scopes and "users:read" not in scopes:
        yield "/oauth_config/scopes/bot: users:read.email also needs users:read"
    if "app_home_opened" in told and not features.get("app_home", {}).get("home_tab_enabled"):
        yield "/features/app_home/home_tab_enabled: the Home tab is off, and its opening is told"
    if not settings.get("socket_mode_enabled"):
        yield from _addresses(features, settings)


def _addresses(features: Json, settings: Json) -> Iterator[str]:
    for number, command in enumerate(features.get("slash_commands", [])):
        if not command.get("url"):
            yield f"/features/slash_commands/{number}: over HTTP, it needs a url"
    interactivity = settings.get("interactivity", {})
    if interactivity.get("is_enabled") and not interactivity.get("request_url"):
        yield "/settings/interactivity: over HTTP, it needs a request_url"
    subscriptions = settings.get("event_subscriptions")
    if subscriptions and not subscriptions.get("request_url"):
        yield "/settings/event_subscriptions: over HTTP, it needs a request_url"


# ── Slack's schema ──────────────────────────────────────────────────────────────────────────────


def _by_schema(manifest: Json) -> list[str]:
    major = manifest.get("_metadata", {}).get("major_version", 1)
    path = SCHEMAS / f"manifest.schema.{major}.0.0.json"
    if not path.is_file():
        return []
    schema = json.loads(path.read_text(encoding="utf-8"))
    return list(_Schema(schema).check(manifest, schema, ""))


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class _Schema:
    """As much of JSON Schema as Slack's two files use."""

    def __init__(self, whole: Json) -> None:
        self._whole = whole

    def check(self, thing: Any, schema: Json, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
        if "$ref" in schema:
            schema = self._referred(schema["$ref"])
        if "anyOf" in schema:
            choices = [list(self.check(thing, one, place)) for one in schema["anyOf"]]
            if all(choices):
                yield from min(choices, key=len)
        if not self._is_typed(thing, schema.get("type")):
            yield f"{place}: must be {schema['type']}"
            return
        if "enum" in schema and thing not in schema["enum"]:
            yield f"{place}: must be one of {schema['enum']}"
        if isinstance(thing, str):
            yield from _text(thing, schema, place)
        elif isinstance(thing, list):
            yield from self._list(thing, schema, place)
        elif isinstance(thing, dict):
            yield from self._object(thing, schema, place)

    def _referred(self, reference: str) -> Json:
        found: Json = self._whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    def _is_typed(self, thing: object, kinds: str | list[str] | None) -> bool:
        wanted = [kinds] if isinstance(kinds, str) else kinds or []
        fits = [isinstance(thing, _TYPES[kind]) for kind in wanted]
        return any(fits) or not fits

    def _list(self, things: list[Any], schema: Json, place: str) -> Iterator[str]:
        if not schema.get("minItems", 0) <= len(things) <= schema.get("maxItems", len(things)):
            yield f"{place}: {len(things)} items"
        if schema.get("uniqueItems") and len({json.dumps(one) for one in things}) < len(things):
            yield f"{place}: two are the same"
        for number, one in enumerate(things):
            yield from self.check(one, schema.get("items", {}), f"{place}/{number}")

    def _object(self, thing: Json, schema: Json, place: str) -> Iterator[str]:
        for key in schema.get("required", []):
            if key not in thing:
                yield f"{place}: {key} is missing"
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for key, value in thing.items():
            fitting = [one for pattern, one in patterns.items() if re.search(pattern, key)]
            fitting += [known[key]] if key in known else []
            if not fitting and schema.get("additionalProperties") is False:
                yield f"{place}/{key}: unknown"
            for one in fitting:
                yield from self.check(value, one, f"{place}/{key}")


def _text(thing: str, schema: Json, place: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(thing) <= schema.get("maxLength", len(thing)):
        yield f"{place}: {len(thing)} characters"
    if "pattern" in schema and not re.search(schema["pattern"], thing):
        yield f"{place}: must look like {schema['pattern']}"
