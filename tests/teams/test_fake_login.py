"""Entra gives the bot a token for what it is, and for nothing else; so says msal itself."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from adapters.chat.teams.connector.credentials import Credentials, Refusal, Token
from adapters.chat.teams.connector.login import Login
from tests.teams.fake_teams import FakeTeams, broken
from tests.teams.fake_teams.keys import key
from tests.teams.sample_bot import SampleBot


def credentials(teams: FakeTeams, **changed: str) -> Credentials:
    """Give what the bot signs in with."""
    app = teams.app
    given = {"app_id": app.id, "tenant": app.tenant, "login_url": teams.login_url}
    return Credentials(**(given | changed))  # type: ignore[arg-type] # texts, all of these


async def fetched(given: Credentials) -> Token:
    """Let msal fetch a token, beside the loop in which the fake lives."""
    login = Login(given)
    try:
        return await asyncio.to_thread(login.fetch)
    finally:
        login.close()


def certified(private: rsa.RSAPrivateKey) -> str:
    """Make a certificate of a key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jitbot")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def written(private: rsa.RSAPrivateKey) -> str:
    """Write a key down."""
    form = PrivateFormat.PKCS8
    return private.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


async def test_a_secret_opens(teams: FakeTeams) -> None:
    """And the token is what the connector takes."""
    token = await fetched(credentials(teams, password=teams.app.secret))

    assert token.lives == pytest.approx(3600, abs=5)
    assert teams.login.is_good(token.text)
    assert [call.name for call in teams.calls_of("login")] == ["discovery", "token"]


async def test_a_certificate_opens(teams: FakeTeams) -> None:
    """What is signed with its key, and with no other."""
    teams.app.certificate = certified(key(7))
    mine = written(key(7)) + teams.app.certificate
    forged = written(key(8)) + teams.app.certificate
    others = written(key(8)) + certified(key(8))

    token = await fetched(credentials(teams, certificate=mine))

    assert teams.login.is_good(token.text)
    for wrong in (forged, others):
        with pytest.raises(Refusal, match="AADSTS700027"):
            await fetched(credentials(teams, certificate=wrong))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"password": "guessed"}, "AADSTS7000215"),
        ({"app_id": "another"}, "AADSTS700016"),
    ],
)
async def test_what_is_wrong_opens_nothing(
    teams: FakeTeams, changed: dict[str, str], code: str
) -> None:
    """Another secret, another bot."""
    given = {"password": teams.app.secret} | changed

    with pytest.raises(Refusal, match=code):
        await fetched(credentials(teams, **given))


async def test_another_organisation_is_not_known(teams: FakeTeams) -> None:
    """Its address tells nothing."""
    with pytest.raises(Refusal):
        await fetched(credentials(teams, password=teams.app.secret, tenant="another"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"scope": "https://graph.microsoft.com/.default"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion": "x.y.z"}, "invalid_client"),
    ],
)
async def test_a_token_is_for_the_connector_alone(
    teams: FakeTeams, bot: SampleBot, changed: dict[str, str], error: str
) -> None:
    """Another scope, another grant, or something that was never signed."""
    status, told = await bot.signs_in(**changed)

    assert status in (400, 401)
    assert told["error"] == error


@pytest.mark.parametrize("host", ["app_service", "machine"])
async def test_a_managed_identity_opens(
    teams: FakeTeams, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """On App Service and on a machine; not under another id."""
    for name, value in getattr(teams.login, host).items():
        monkeypatch.setenv(name, value)
    app = teams.app

    token = await fetched(Credentials(app_id=app.id, is_managed=True))

    assert teams.login.is_good(token.text)
    with pytest.raises(Refusal):
        await fetched(Credentials(app_id="another", is_managed=True))
    assert len(teams.calls_of("managed_token")) == 2


async def test_signing_in_fails_as_it_was_ordered(teams: FakeTeams) -> None:
    """While Entra is broken, or away."""
    given = credentials(teams, password=teams.app.secret)

    teams.order(broken(503), call="token")
    with pytest.raises(Refusal):
        await fetched(given)
    teams.go_away("login")
    with pytest.raises(Refusal):
        await fetched(given)
    teams.come_back()

    assert teams.login.is_good((await fetched(given)).text)
