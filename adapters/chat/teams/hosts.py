"""Which addresses are Teams' own: our token is sent nowhere else.

Every activity says where its answer goes (`serviceUrl`), and whoever could choose that would be
sent a token with which one can speak as the bot.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

SERVICE_HOSTS = (
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
)
"""Microsoft's public cloud, GCC and GCC High; others are a setting."""


def is_trusted(service_url: str, hosts: Collection[str]) -> bool:
    """Say whether an address is on one of these hosts: over TLS, or on this machine itself."""
    try:
        url = urlsplit(service_url)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    if url.username is not None or url.password is not None or host not in hosts:
        return False
    if url.scheme == "https":
        return port in {None, 443} or _is_loopback(host)
    return url.scheme == "http" and _is_loopback(host)


def is_private(address: str) -> bool:
    """Say whether nobody reads along on the way: over TLS, or on this machine itself."""
    try:
        url = urlsplit(address)
        host = url.hostname or ""
    except ValueError:
        return False
    return url.scheme == "https" or (url.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
