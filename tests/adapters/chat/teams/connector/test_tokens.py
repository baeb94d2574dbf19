"""One token at a time, for as long as it lives; nobody waits in vain, and nothing is told."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from adapters.chat.platform import PlatformError
from adapters.chat.teams.connector import login
from adapters.chat.teams.connector import tokens as module
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.login import audience_of
from adapters.chat.teams.connector.tokens import AFTER_FAILURE, RENEW_BEFORE, Tokens
from tests.adapters.chat.teams.connector.wire import APP, SECRET, TENANT, Said, Wire
from tests.waiting import until_async

Make = Callable[..., Tokens]


class Watch:
    """A clock that only a test moves on."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    """Give a clock."""
    return Watch()


@pytest.fixture
def credentials(wire: Wire) -> Credentials:
    """Sign in with a password."""
    return Credentials(app_id=APP, tenant=TENANT, login_url=wire.entra, password=SECRET)


@pytest.fixture
async def tokens(credentials: Credentials, watch: Watch) -> AsyncIterator[Tokens]:
    """Give the tokens under test."""
    made = Tokens(credentials, watch)
    yield made
    await made.close()


# ── one at a time ───────────────────────────────────────────────────────────────────────────────


async def test_one_token_serves_everybody_as_long_as_it_lives(wire: Wire, tokens: Tokens) -> None:
    """Many ask at once and later: it is fetched once, with two calls."""
    given = await asyncio.gather(*(tokens.token() for _ in range(20)))
    given.append(await tokens.token())

    assert set(given) == {"token-1"}
    assert [one.method for one in wire.logins] == ["GET", "POST"]


async def test_it_is_renewed_before_its_end_while_the_old_one_serves(
    wire: Wire, tokens: Tokens, watch: Watch
) -> None:
    """Nobody waits for it."""
    assert await tokens.token() == "token-1"
    watch.now += wire.lives - RENEW_BEFORE + 1
    wire.next_login.append(Said(after=0.05))

    assert await tokens.token() == "token-1"

    assert await _is_second(tokens)
    assert wire.tokens_given() == 2


async def _is_second(tokens: Tokens) -> bool:
    async def look() -> bool:
        return await tokens.token() == "token-2"

    return await until_async(look)


async def test_after_its_end_one_waits_for_the_next(
    wire: Wire, tokens: Tokens, watch: Watch
) -> None:
    """An old token is never given."""
    await tokens.token()
    watch.now += wire.lives

    assert await tokens.token() == "token-2"


async def test_a_token_that_was_not_accepted_is_replaced_once(
    wire: Wire, tokens: Tokens, watch: Watch
) -> None:
    """Where the next one is not accepted either, Entra is not asked again and again."""
    first = await tokens.token()

    second = await tokens.token(rejected=first)
    again = await tokens.token(rejected=second)
    late = await tokens.token(rejected=first)

    assert (second, again, late) == ("token-2", "token-2", "token-2")
    watch.now += AFTER_FAILURE.total_seconds()
    assert await tokens.token(rejected=second) == "token-3"


async def test_many_calls_whose_token_was_not_accepted_fetch_one(
    wire: Wire, tokens: Tokens
) -> None:
    """They all hear 401 at the same moment."""
    first = await tokens.token()

    given = await asyncio.gather(*(tokens.token(rejected=first) for _ in range(10)))

    assert set(given) == {"token-2"}


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


async def test_the_old_token_serves_while_entra_is_away(
    wire: Wire, tokens: Tokens, watch: Watch
) -> None:
    """To its very end; then nothing can be sent, and it is sure that nothing was."""
    await tokens.token()
    wire.next_login += [Said(500)] * 50
    watch.now += wire.lives - RENEW_BEFORE + 1
    for _ in range(20):
        assert await tokens.token() == "token-1"
        await asyncio.sleep(0)
        watch.now += 10

    watch.now += RENEW_BEFORE
    with pytest.raises(PlatformError) as failed:
        await tokens.token()

    assert failed.value.retry_after is not None
    assert not failed.value.may_have_arrived


async def test_entra_is_not_asked_again_at_once(wire: Wire, tokens: Tokens, watch: Watch) -> None:
    """Everybody hears of the failure, and the next one after a while tries anew."""
    wire.next_login.append(Said(503))
    results = await asyncio.gather(*(tokens.token() for _ in range(5)), return_exceptions=True)
    asked = len(wire.logins)
    with pytest.raises(PlatformError):
        await tokens.token()

    assert all(isinstance(one, PlatformError) for one in results)
    assert len(wire.logins) == asked
    watch.now += AFTER_FAILURE.total_seconds()
    assert await tokens.token() == "token-1"


async def test_a_fetch_has_a_time_limit(
    wire: Wire, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes its time keeps nobody for longer."""
    monkeypatch.setattr(module, "FETCH_MAX", 0.1)
    wire.next_login.append(Said(after=1.0))
    began = time.monotonic()

    with pytest.raises(PlatformError, match="too long"):
        await tokens.token()

    assert time.monotonic() - began < 0.9


async def test_each_call_of_a_fetch_has_a_time_limit(
    wire: Wire, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its thread would wait for ever, and the next fetch with it."""
    monkeypatch.setattr(login, "READ_MAX", 0.1)
    wire.next_login.append(Said(after=1.0))

    with pytest.raises(PlatformError, match="Entra could not be asked"):
        await tokens.token()


async def test_a_fetch_does_not_stop_the_loop(wire: Wire, tokens: Tokens) -> None:
    """Slack's acknowledgements live on the same one: two seconds of waiting are nobody's delay."""
    wire.next_login.append(Said(after=2.0))
    fetched = asyncio.create_task(tokens.token())
    lags = []
    while not fetched.done():
        began = time.monotonic()
        await asyncio.wait({fetched}, timeout=0.01)
        lags.append(time.monotonic() - began)

    assert await fetched == "token-1"
    # Generous, for a machine that is busy with other tests: a stall would be two seconds.
    assert max(lags) < 0.5


async def test_nothing_secret_is_told(
    wire: Wire, credentials: Credentials, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in what is raised, nor in a log, nor in what an object looks like."""
    caplog.set_level(logging.DEBUG)
    wire.next_login.append(
        Said(
            401,
            {
                "error": "invalid_client",
                "error_description": f"AADSTS7000215: Invalid client secret {SECRET} for {APP}.",
            },
        )
    )
    with pytest.raises(PlatformError) as failed:
        await tokens.token()
    good = Tokens(credentials)
    token = await good.token()

    seen = [str(failed.value), repr(failed.value), caplog.text, repr(credentials)]
    seen += [repr(good), repr(good._held), repr(vars(good))]
    await good.close()

    assert "invalid_client, AADSTS7000215" in str(failed.value)
    assert failed.value.__cause__ is None
    for text in seen:
        assert SECRET not in text
        assert token not in text


# ── ways to sign in ─────────────────────────────────────────────────────────────────────────────


async def test_a_client_secret_is_sent_to_the_tenant_for_the_bot_framework(
    wire: Wire, tokens: Tokens
) -> None:
    """And nobody else is asked whether that address is Entra."""
    await tokens.token()

    login = wire.logins[-1]
    assert login.path == f"/login/{TENANT}/oauth2/v2.0/token"
    form = parse_qs(login.body.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["client_secret"] == [SECRET]
    assert form["scope"] == ["https://api.botframework.com/.default"]


@pytest.mark.parametrize(
    ("login_url", "audience"),
    [
        ("https://login.microsoftonline.com/", "https://api.botframework.com"),
        ("https://login.microsoftonline.us/", "https://api.botframework.us"),
        ("https://login.partner.microsoftonline.cn", "https://api.botframework.azure.cn"),
        ("http://127.0.0.1:8080/", "https://api.botframework.com"),
    ],
)
def test_each_cloud_has_its_own_bot_framework(login_url: str, audience: str) -> None:
    """It follows from where one signs in."""
    assert audience_of(login_url) == audience


async def test_a_certificate_signs_for_the_bot(wire: Wire, credentials: Credentials) -> None:
    """By the key beside it, whose thumbprint is computed; the key itself stays here."""
    pem, certificate = _certificate()
    tokens = Tokens(replace(credentials, password="", certificate=pem))

    await tokens.token()
    await tokens.close()

    form = parse_qs(wire.logins[-1].body.decode())
    (assertion,) = form["client_assertion"]
    header = jwt.get_unverified_header(assertion)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    audience = f"{wire.entra}{TENANT}/oauth2/v2.0/token".replace("http:", "https:")
    claims = jwt.decode(assertion, key, algorithms=[header["alg"]], audience=audience)
    assert header["alg"] == "PS256"
    assert header["x5t#S256"]
    assert claims["iss"] == claims["sub"] == APP
    assert "client_secret" not in form
    assert b"PRIVATE" not in wire.logins[-1].body


@pytest.mark.parametrize("cut", ["PRIVATE KEY", "CERTIFICATE"])
async def test_half_a_certificate_is_said_to_be_half(credentials: Credentials, cut: str) -> None:
    """An operator can mend it, and nothing of it is quoted."""
    pem, _ = _certificate()
    half = pem.replace(cut, "NOTHING")
    tokens = Tokens(replace(credentials, certificate=half))

    with pytest.raises(PlatformError, match="MICROSOFT_APP_CERTIFICATE") as failed:
        await tokens.token()

    await tokens.close()
    assert pem.splitlines()[1] not in str(failed.value)


async def test_a_managed_identity_asks_the_machine(
    wire: Wire, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through no proxy, with no secret at all, and naming which: a machine may have several."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", wire.url.rstrip("/"))
    tokens = Tokens(replace(credentials, password="", is_managed=True))

    assert await tokens.token() == "token-1"

    await tokens.close()
    (asked,) = wire.logins
    query = parse_qs(urlsplit(asked.path).query)
    assert query["client_id"] == [APP]
    assert query["resource"] == ["https://api.botframework.com"]
    assert asked.headers["Metadata"] == "true"


async def test_a_machine_without_the_identity_says_so(
    wire: Wire, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an operator has to mend is in the sentence."""
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", wire.url.rstrip("/"))
    wire.next_login.append(Said(400, {"error": "invalid_request"}))
    tokens = Tokens(replace(credentials, is_managed=True))

    with pytest.raises(PlatformError, match="assign the managed identity"):
        await tokens.token()

    await tokens.close()


def test_who_does_not_sign_in_does_not_pay_for_it() -> None:
    """Msal and requests take memory in every process; only where Teams is switched on they do."""
    look = "import sys, adapters.chat.teams.connector.client; print('msal' in sys.modules)"

    seen = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)

    assert seen.stdout == "False\n"


async def test_closing_twice_is_fine(tokens: Tokens) -> None:
    """Also in the middle of a fetch."""
    fetching = asyncio.create_task(tokens.token())
    await asyncio.sleep(0)

    await tokens.close()
    await tokens.close()

    assert (await asyncio.gather(fetching, return_exceptions=True))[0] is not None


def _certificate() -> tuple[str, x509.Certificate]:
    """Make a key and its certificate, and write both as a file has them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jit")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = written + certificate.public_bytes(serialization.Encoding.PEM)
    return pem.decode(), certificate
