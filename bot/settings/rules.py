"""What settings must be among each other, read from the words themselves.

From the words, because a wrong value elsewhere must not hide a problem here: all are told at once.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from adapters.chat.teams.hosts import SERVICE_HOSTS

Values = Mapping[str, str]

SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
TEAMS_SECRETS = ("MICROSOFT_APP_PASSWORD", "MICROSOFT_APP_CERTIFICATE")
TEAMS = ("MICROSOFT_APP_ID", *TEAMS_SECRETS, "MICROSOFT_APP_TENANT_ID")
OR_ANOTHER_WAY = (
    " (or, instead of the last, MICROSOFT_APP_CERTIFICATE or MICROSOFT_APP_TYPE=UserAssignedMSI)"
)
TEAMS_ADDRESSES = ("TEAMS_LOGIN_URL", "TEAMS_OPENID_METADATA_URL", "TEAMS_SERVICE_URL")


def disagreements(values: Values) -> list[str]:
    """Say a sentence for everything that does not go together."""
    return [*_playground(values), *_slack(values), *_teams(values)]


def _playground(values: Values) -> Iterator[str]:
    """Anyone may be anybody in it: never beside real people, never for another machine."""
    if not _is_on(values.get("JIT_PLAYGROUND", "0")):
        return
    real = [name for name in (*SLACK, *TEAMS) if name in values]
    if real:
        yield (
            f"JIT_PLAYGROUND is set together with {_listed(real)}: in the playground anyone may be "
            "anybody, so it never runs beside a real chat; remove one or the other."
        )
    if not _is_loopback(values.get("HOST", "127.0.0.1")):
        yield (
            "JIT_PLAYGROUND is set and HOST is not this machine alone: in the playground anyone "
            "may be anybody; set HOST to 127.0.0.1."
        )
    if "JIT_PLAYGROUND_TOKEN" not in values:
        yield "JIT_PLAYGROUND_TOKEN is not set: JIT_PLAYGROUND needs it."


def _slack(values: Values) -> Iterator[str]:
    """A bot that cannot receive, or cannot speak, is a mistake."""
    if not any(name in values for name in SLACK):
        return
    if "SLACK_BOT_TOKEN" not in values:
        yield "SLACK_BOT_TOKEN is not set: Slack's other settings are of no use without it."
    elif "SLACK_SIGNING_SECRET" not in values and "SLACK_APP_TOKEN" not in values:
        yield (
            "SLACK_BOT_TOKEN is set without a way to receive: set SLACK_SIGNING_SECRET (over HTTP) "
            "or SLACK_APP_TOKEN (over a socket) too."
        )


def _teams(values: Values) -> Iterator[str]:
    """Without a tenant the bot would answer the whole world."""
    yield from _teams_addresses(values)
    if not any(name in values for name in TEAMS):
        return
    needed = ["MICROSOFT_APP_ID", "MICROSOFT_APP_TENANT_ID"]
    signs_in = values.get("MICROSOFT_APP_TYPE", "SingleTenant") == "SingleTenant"
    if signs_in and "MICROSOFT_APP_CERTIFICATE" not in values:
        needed.append("MICROSOFT_APP_PASSWORD")
    missing = [name for name in needed if name not in values]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        yield f"{_listed(missing)} {verb} not set: Teams needs {_listed(needed)}."
    given = [name for name in TEAMS_SECRETS if name in values]
    if signs_in and len(given) > 1:
        yield f"{_listed(given)} are both set: remove one of them."
    if not signs_in and given:
        yield (
            f"MICROSOFT_APP_TYPE is UserAssignedMSI, and a managed identity has no secret of ours: "
            f"remove {_listed(given)}."
        )


def _teams_addresses(values: Values) -> Iterator[str]:
    """A secret, or the trust in everything that comes in, never goes over an open line."""
    for name in TEAMS_ADDRESSES:
        address = urlsplit(values.get(name, ""))
        if address.scheme == "http" and not _is_loopback(address.hostname or ""):
            yield f"{name} is not https: plain http is for a test server on this machine alone."
    hosts = values.get("TEAMS_SERVICE_HOSTS", " ".join(SERVICE_HOSTS)).replace(",", " ").split()
    first = values.get("TEAMS_SERVICE_URL")
    if first and urlsplit(first).hostname not in [host.lower() for host in hosts]:
        yield (
            "TEAMS_SERVICE_URL is on none of the hosts that may be sent the bot's token: name its "
            "host in TEAMS_SERVICE_HOSTS."
        )


def _is_on(word: str) -> bool:
    try:
        return TypeAdapter(bool).validate_python(word)
    except ValidationError:
        # Not a yes or a no: the setting's own sentence says so.
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
