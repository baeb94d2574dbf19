"""Teams' keys, its clock, and whether all addresses are of one cloud."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from adapters.chat.teams.doctor.fetched import Unreached, fetch
from adapters.chat.teams.doctor.found import Found, Patient
from adapters.chat.teams.hosts import is_trusted

KEYS, CLOCK = "Teams keys", "Teams clock"

CLOCKS_DIFFER_MAX = 60.0
"""Seconds. A token is good for five minutes more or less; beyond one, a clock is wrong."""

ENDORSED = "msteams"
"""What a key is good for: Microsoft's other channels have keys at the same place."""

_GOVERNMENT = (".us",)
_CHINA = (".cn",)


async def clock_and_keys(openid_url: str) -> AsyncIterator[Found]:
    """Fetch the keys with which Teams signs, and compare the clock while at it."""
    try:
        metadata = await fetch(openid_url)
        where = str(metadata.told.get("jwks_uri") or "")
        keys = await fetch(where) if where else metadata
    except Unreached as failed:
        advice = (
            f"they could not be fetched ({failed}), and without them nothing that Teams sends is "
            "believed: allow this machine to reach TEAMS_OPENID_METADATA_URL, and what it names."
        )
        yield Found(KEYS, ok=False, advice=advice)
        return
    good = [key for key in keys.told.get("keys") or () if _is_good(key)]
    yield Found(KEYS, ok=bool(good), advice="" if good else _no_keys())
    yield _clock(keys.ahead if metadata.ahead is None else metadata.ahead)


def _is_good(key: Mapping[str, Any]) -> bool:
    return key.get("kty") == "RSA" and ENDORSED in (key.get("endorsements") or ())


def _no_keys() -> str:
    return (
        "none of the keys there is for Teams: TEAMS_OPENID_METADATA_URL has to be the Bot "
        "Connector's (docs/teams.md names it for each cloud), not Entra's own."
    )


def _clock(ahead: float | None) -> Found:
    if ahead is None:
        return Found(CLOCK, ok=True, advice="Teams did not tell its time, so it was not compared.")
    if abs(ahead) <= CLOCKS_DIFFER_MAX:
        return Found(CLOCK, ok=True)
    where = "ahead of" if ahead > 0 else "behind"
    return Found(
        CLOCK,
        ok=False,
        advice=f"this machine's clock is {abs(ahead):.0f} s {where} Teams', and beyond 300 s all "
        "that Teams sends is refused as too old or too new: set it by NTP.",
    )


def one_cloud(patient: Patient) -> Found:
    """Compare where the three addresses are: Microsoft's clouds do not know each other's tokens."""
    addresses = {
        "TEAMS_LOGIN_URL": patient.credentials.login_url,
        "TEAMS_OPENID_METADATA_URL": patient.openid_url,
        "TEAMS_SERVICE_URL": patient.service_url,
    }
    clouds = {name: _cloud(address) for name, address in addresses.items()}
    if len(set(clouds.values())) == 1:
        return Found("Teams cloud", ok=True)
    told = ", ".join(f"{name} is of {cloud}" for name, cloud in clouds.items())
    return Found(
        "Teams cloud",
        ok=False,
        advice=f"{told}: set all three to the cloud that your organisation is in (docs/teams.md).",
    )


def _cloud(address: str) -> str:
    host = urlsplit(address).hostname or ""
    if host.endswith(_GOVERNMENT):
        return "the US government's cloud"
    return "China's cloud" if host.endswith(_CHINA) else "the public cloud"


def service_address(patient: Patient) -> Found:
    """Say whether the bot may send its token where it begins."""
    what = "Teams service address"
    if is_trusted(patient.service_url, patient.service_hosts):
        return Found(what, ok=True)
    return Found(
        what,
        ok=False,
        advice="TEAMS_SERVICE_URL has to be an https address on one of the hosts that "
        "TEAMS_SERVICE_HOSTS names: nothing is sent anywhere else.",
    )
