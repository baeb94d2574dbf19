"""Our token is sent to Teams, and nowhere else."""

from __future__ import annotations

import pytest

from adapters.chat.teams.address import Address
from adapters.chat.teams.hosts import SERVICE_HOSTS, is_private, is_trusted


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/teams/",
        "https://smba.trafficmanager.net/emea/0f2d/",
        "https://smba.trafficmanager.net:443/amer/",
        "https://SMBA.trafficmanager.net/uk/",
        "https://smba.infra.gcc.teams.microsoft.com/teams/",
    ],
)
def test_teams_own_addresses_are_trusted(url: str) -> None:
    """Whatever the region is called."""
    assert is_trusted(url, SERVICE_HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "http://smba.trafficmanager.net/teams/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net:port/",
        "https://[smba.trafficmanager.net/",
        "ftp://smba.trafficmanager.net/",
        "http://127.0.0.1:8080/",
        "//smba.trafficmanager.net/",
    ],
)
def test_nothing_else_is_trusted(url: str) -> None:
    """Neither without TLS, nor at what only looks alike."""
    assert not is_trusted(url, SERVICE_HOSTS)


def test_plain_http_is_for_this_machine_alone_and_only_where_it_is_named() -> None:
    """Servers of a test run there; nobody in between reads along."""
    assert is_trusted("http://127.0.0.1:3978/", ["127.0.0.1"])
    assert is_trusted("http://localhost:3978/", ["localhost"])
    assert not is_trusted("http://10.0.0.7:3978/", ["10.0.0.7"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://login.botframework.com/v1/.well-known/keys", True),
        ("http://127.0.0.1:8081/keys", True),
        ("http://localhost/keys", True),
        ("http://login.botframework.com/v1/.well-known/keys", False),
        ("http://127.0.0.1.evil.example/keys", False),
        ("file:///etc/keys", False),
        ("https://[keys", False),
        ("", False),
    ],
)
def test_what_everything_is_believed_by_does_not_come_over_an_open_line(
    url: str, expected: bool
) -> None:
    """On this machine, there is no line."""
    assert is_private(url) is expected


def test_an_address_is_read_as_it_was_written() -> None:
    """It may have parts that are not known yet."""
    address = Address(service_url="https://smba.trafficmanager.net/emea/", mri="29:1x")

    assert Address.read(address.write()) == address
