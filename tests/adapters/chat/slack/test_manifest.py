"""The app manifest is what Slack takes, and what the guide explains."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.slack.manifest_check import check_manifest

ROOT = Path(__file__).resolve().parents[4]
MANIFEST: dict[str, Any] = yaml.safe_load(
    (ROOT / "adapters/chat/slack/manifest.yaml").read_text("utf-8")
)
GUIDE = (ROOT / "docs/slack.md").read_text("utf-8")
SCOPES = MANIFEST["oauth_config"]["scopes"]


def test_slack_takes_the_manifest() -> None:
    """By what belongs together, and by Slack's own schema where that is at hand."""
    assert check_manifest(MANIFEST) == []


def test_every_scope_has_its_reason_in_the_guide() -> None:
    """And the guide explains none that is not asked for."""
    chapter = GUIDE.partition("## Scopes, and why")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| `")]
    explained = {scope: "optional" in row for row in rows for scope in re.findall(r"`(\S+)`", row)}

    assert explained == {
        **dict.fromkeys(SCOPES["bot"], False),
        **dict.fromkeys(SCOPES["bot_optional"], True),
    }


def test_everything_goes_to_one_address() -> None:
    """One place to open in a firewall, and one host to put in."""
    settings = MANIFEST["settings"]
    addresses = {
        *(command["url"] for command in MANIFEST["features"]["slash_commands"]),
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
    }

    assert addresses == {"https://jit.example.com/slack/events"}


def test_people_are_named_by_ids_and_may_write_to_the_bot() -> None:
    """Names in a command could be anybody's; and threads know no commands."""
    features = MANIFEST["features"]

    assert [command["should_escape"] for command in features["slash_commands"]] == [True]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert {shortcut["callback_id"]: shortcut["type"] for shortcut in features["shortcuts"]} == {
        "request_access": "global",
        "request_access_for_this": "message",
    }
