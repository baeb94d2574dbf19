"""The check finds in an app manifest what Slack would refuse, or what could never work."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.slack import manifest_check
from tests.slack.fake_slack.world import Json
from tests.slack.manifest_check import check_manifest

ADDRESS = "https://jit.acme.example/slack/events"
MANIFEST: Json = {
    "_metadata": {"major_version": 1, "minor_version": 1},
    "display_information": {"name": "jitbot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "jitbot", "always_online": True},
        "slash_commands": [{"command": "/jit", "description": "Access", "url": ADDRESS}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "users:read", "im:history"]}},
    "settings": {
        "event_subscriptions": {
            "request_url": ADDRESS,
            "bot_events": ["app_home_opened", "message.im", "user_change"],
        },
        "interactivity": {"is_enabled": True, "request_url": ADDRESS},
    },
}


def test_a_manifest_that_slack_takes_is_well() -> None:
    """By the schema, if it is at hand, and by what belongs together."""
    assert check_manifest(MANIFEST) == []


@pytest.mark.parametrize(
    ("section", "change", "found"),
    [
        ("oauth_config", {"scopes": {"bot": ["commands", "users:read"]}}, "message.im needs"),
        ("oauth_config", {"scopes": {"bot": ["users:read", "im:history"]}}, "scope commands"),
        ("oauth_config", {"scopes": {"bot": ["users:read.email"]}}, "also needs users:read"),
        ("display_information", {"name": "x" * 36}, "/display_information/name"),
        ("features", {"slash_commands": [{"command": "/jit"}]}, "needs a url"),
        ("features", {"app_home": {"home_tab_enabled": False}}, "the Home tab is off"),
        ("settings", {"interactivity": {"is_enabled": True}}, "needs a request_url"),
    ],
)
def test_what_could_not_work_is_found(section: str, change: Json, found: str) -> None:
    """A scope, a switch or an address is missing."""
    manifest = deepcopy(MANIFEST)
    manifest[section] |= change

    findings = check_manifest(manifest)

    assert any(found in finding for finding in findings), findings


@pytest.mark.skipif(not manifest_check.SCHEMAS.is_dir(), reason="Slack's schema is not at hand")
@pytest.mark.parametrize(
    ("section", "change", "found"),
    [
        ("features", {"no_such": {}}, "/features/no_such"),
        ("display_information", {"name": 7}, "/display_information/name"),
        ("settings", {"socket_mode_enabled": "yes"}, "/settings/socket_mode_enabled"),
        ("features", {"bot_user": {}}, "display_name is missing"),
    ],
)
def test_what_slacks_schema_refuses_is_found(section: str, change: Json, found: str) -> None:
    """Unknown fields, wrong types and what is missing."""
    manifest = deepcopy(MANIFEST)
    manifest[section] |= change

    findings = check_manifest(manifest)

    assert any(found in finding for finding in findings), findings
