"""The doctor tells apart why Entra gives no token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.doctor import Patient, examine
from adapters.chat.teams.doctor.signing_in import ADVICE, signing_in
from tests.adapters.chat.teams.connector.wire import APP, SECRET, TENANT, Said, Wire
from tests.adapters.chat.teams.doctor.conftest import credentials
from tests.teams.fake_teams import FakeTeams

KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


async def told(given: Credentials) -> dict[str, str]:
    """Give everything that is told of signing in."""
    return {found.what: found.advice for found in [one async for one in signing_in(given)]}


async def wrong(given: Credentials) -> dict[str, str]:
    """Give what is wrong."""
    found = [one async for one in signing_in(given)]
    return {one.what: one.advice for one in found if not one.ok}


def certificate(lives: timedelta = timedelta(days=365), *, passphrase: bytes = b"") -> str:
    """Make a key and its certificate, PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jit")])
    until = datetime.now(UTC) + lives
    made = (
        x509.CertificateBuilder(name, name, KEY.public_key(), x509.random_serial_number())
        .not_valid_before(until - timedelta(days=730))
        .not_valid_after(until)
        .sign(KEY, hashes.SHA256())
    )
    return key_text(passphrase=passphrase) + made.public_bytes(Encoding.PEM).decode()


def key_text(key: rsa.RSAPrivateKey = KEY, *, passphrase: bytes = b"") -> str:
    """Write a private key."""
    closed = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed).decode()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """Give a server that says what a test wants."""
    made = Wire()
    await made.start()
    yield made
    await made.stop()


# ── as Entra itself would say it ────────────────────────────────────────────────────────────────


async def test_a_wrong_secret_is_told_and_nothing_more_is_tried(
    teams: FakeTeams, patient: Patient
) -> None:
    """It says which setting to mend, and repeats nothing of it."""
    bad = replace(patient, credentials=replace(patient.credentials, password="of-yesterday~Q8x"))

    found = {one.what: one for one in await examine(bad)}

    assert not found["Teams sign-in"].ok
    assert found["Teams sign-in"].advice.startswith("AADSTS7000215: ")
    assert "MICROSOFT_APP_PASSWORD" in found["Teams sign-in"].advice
    assert "yesterday" not in found["Teams sign-in"].advice
    assert "Teams audit channel" not in found
    assert not teams.calls


async def test_an_application_of_another_organisation_is_told(teams: FakeTeams) -> None:
    """The organisation is there; the application is not."""
    found = await wrong(replace(credentials(teams), app_id=APP))

    assert list(found) == ["Teams sign-in"]
    assert found["Teams sign-in"].startswith("AADSTS700016: ")


async def test_an_unknown_organisation_is_told(teams: FakeTeams) -> None:
    """By a call of its own: signing in does not tell it apart, so it is not tried."""
    found = await wrong(replace(credentials(teams), tenant=TENANT))

    assert list(found) == ["Teams tenant"]
    assert "MICROSOFT_APP_TENANT_ID" in found["Teams tenant"]
    assert not teams.calls_of("token")


async def test_an_entra_that_is_away_is_no_wrong_tenant(teams: FakeTeams) -> None:
    """It says what it is."""
    teams.go_away("login")

    found = await wrong(credentials(teams))

    assert list(found) == ["Teams tenant"]
    assert "could not be asked" in found["Teams tenant"]


async def test_a_secrets_id_is_told_before_it_is_tried(teams: FakeTeams) -> None:
    """It stands beside the secret, and is easily taken for it."""
    secret_id = "5e1f0000-0000-4000-8000-00000000000a"

    found = await wrong(replace(credentials(teams), password=secret_id))

    assert "only once" in found["Teams sign-in"]
    assert secret_id not in found["Teams sign-in"]
    assert not teams.calls_of("token")


# ── as it could say it ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ADVICE)
async def test_each_number_has_its_own_advice(wire: Wire, code: str) -> None:
    """Its prose, which quotes ids, is not passed on."""
    given = Credentials(app_id=APP, tenant=TENANT, login_url=wire.entra, password=SECRET)
    said = f"AADSTS{code}: It says {SECRET}. Trace ID: 1"
    wire.next_login.append(Said(401, {"error": "invalid_client", "error_description": said}))

    found = await wrong(given)

    assert found == {"Teams sign-in": f"AADSTS{code}: {ADVICE[code]}"}


async def test_an_unknown_number_is_quoted(wire: Wire) -> None:
    """So that it can be looked up."""
    given = Credentials(app_id=APP, tenant=TENANT, login_url=wire.entra, password=SECRET)
    said = f"AADSTS9999999: It says {SECRET}."
    wire.next_login.append(Said(400, {"error": "odd", "error_description": said}))

    advice = (await wrong(given))["Teams sign-in"]

    assert "AADSTS9999999" in advice
    assert SECRET not in advice


async def test_a_managed_identity_that_is_not_assigned_is_told(
    teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It works in Azure alone, and needs no Entra that can be reached from here."""
    for name, address in teams.login.app_service.items():
        monkeypatch.setenv(name, address)
    given = replace(credentials(teams), password="", is_managed=True)

    well = await told(given)
    unassigned = await wrong(replace(given, app_id=APP))
    teams.go_away("login")
    away = await told(given)

    assert well == {"Teams tenant": "", "Teams sign-in": ""}
    assert "assigned to whatever runs" in unassigned["Teams sign-in"]
    assert list(away) == ["Teams tenant", "Teams sign-in"]


# ── certificates ────────────────────────────────────────────────────────────────────────────────


async def test_a_certificate_that_is_well_signs_in(teams: FakeTeams) -> None:
    """Its end is told a month before."""
    long, short = certificate(), certificate(timedelta(days=20))
    teams.app.certificate = long.removeprefix(key_text())
    well = await told(replace(credentials(teams), password="", certificate=long))
    teams.app.certificate = short.removeprefix(key_text())
    soon = await told(replace(credentials(teams), password="", certificate=short))

    assert well == {"Teams tenant": "", "Teams certificate": "", "Teams sign-in": ""}
    assert "renew it" in soon["Teams certificate"]
    assert not soon["Teams sign-in"]


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        (certificate(timedelta(days=-1)), "it ended on"),
        (certificate().replace(key_text(), ""), "without a passphrase"),
        (key_text(), "without a passphrase"),
        (certificate(passphrase=b"closed"), "without a passphrase"),
        (certificate().replace(key_text(), key_text(OTHER)), "another certificate"),
        ("jit.pem", "without a passphrase"),
    ],
)
async def test_a_certificate_that_cannot_be_used_is_told(
    teams: FakeTeams, pem: str, said: str
) -> None:
    """Ended, without its key, closed, with another's key, or a file's name."""
    found = await wrong(replace(credentials(teams), certificate=pem))

    assert said in found["Teams certificate"]
    assert "BEGIN" not in "".join(found.values())


async def test_a_certificate_that_entra_does_not_know_is_told(teams: FakeTeams) -> None:
    """It has to be uploaded there."""
    found = await wrong(replace(credentials(teams), certificate=certificate()))

    assert list(found) == ["Teams sign-in"]
    assert found["Teams sign-in"].startswith("AADSTS700027: ")
