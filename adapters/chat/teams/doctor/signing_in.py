"""Can the bot sign in to Entra, and if not, what exactly is wrong?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.chat.platform import PlatformError
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.doctor.fetched import Unreached, fetch
from adapters.chat.teams.doctor.found import Found

TENANT, SIGN_IN, CERTIFICATE = "Teams tenant", "Teams sign-in", "Teams certificate"

ENDS_SOON = timedelta(days=30)
"""A certificate is renewed by people, who have holidays."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----")
_CODE = re.compile(r"AADSTS(\d{4,8})")

_NO_TENANT = (
    "Entra knows no organisation with MICROSOFT_APP_TENANT_ID: copy the Directory (tenant) ID from "
    "the app registration's Overview, and for another cloud set TEAMS_LOGIN_URL."
)

ADVICE: Mapping[str, str] = {
    "7000215": "the client secret is not this application's: set MICROSOFT_APP_PASSWORD to the "
    "secret's Value (not its Secret ID) under Certificates & secrets, and see that "
    "MICROSOFT_APP_ID is of the same application.",
    "7000222": "the client secret has expired: make a new one under Certificates & secrets, set "
    "MICROSOFT_APP_PASSWORD to its Value, and start the processes again.",
    "700016": "there is no such application in this organisation: MICROSOFT_APP_ID has to be the "
    "Application (client) ID of an app registration in MICROSOFT_APP_TENANT_ID.",
    "7000229": "the application has no service principal in this organisation: open its app "
    "registration there and choose Create service principal.",
    "7000112": "the application is switched off: allow sign-in under Enterprise applications, "
    "Properties.",
    "700027": "the certificate is not this application's: upload it (without its key) under "
    "Certificates & secrets.",
    "700024": "what the certificate signed is not valid at this time: set this machine's clock by "
    "NTP.",
    "53003": "a Conditional Access policy keeps the application from signing in: exclude it, or "
    "allow this machine's address.",
    "500011": "this cloud's Entra knows no Bot Framework: set TEAMS_LOGIN_URL to the cloud that "
    "the Azure Bot is in.",
    "90002": _NO_TENANT,
    "900023": _NO_TENANT,
}
"""By Entra's own numbers (AADSTS…): what is wrong, and what to do."""


_MANAGED = (
    " A managed identity works in Azure alone, where the one with MICROSOFT_APP_ID is assigned to "
    "whatever runs the processes; elsewhere, use a client secret or a certificate."
)


async def signing_in(given: Credentials) -> AsyncIterator[Found]:
    """Look for the organisation, look at the certificate, and fetch a token."""
    tenant = await _tenant(given)
    yield tenant
    if given.certificate and not given.is_managed:
        yield _certificate(given.certificate)
    if tenant.ok:  # else it is known already why there is none
        yield await _token(given)


async def _tenant(given: Credentials) -> Found:
    address = f"{given.login_url.rstrip('/')}/{given.tenant}/v2.0/.well-known/openid-configuration"
    try:
        answer = await fetch(address)
    except Unreached as failed:
        # A managed identity is vouched for by its machine: Entra need not be reached from here.
        why = f"Entra could not be asked ({failed}): check TEAMS_LOGIN_URL and the firewall."
        return Found(TENANT, ok=given.is_managed, advice=why)
    if answer.status < HTTPStatus.BAD_REQUEST:
        return Found(TENANT, ok=True)
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Found(TENANT, ok=False, advice=_NO_TENANT)
    advice = f"Entra failed (HTTP {answer.status}): try again later."
    return Found(TENANT, ok=False, advice=advice)


async def _token(given: Credentials) -> Found:
    if _UUID.fullmatch(given.password) and not given.is_managed:
        return Found(
            SIGN_IN,
            ok=False,
            advice="MICROSOFT_APP_PASSWORD looks like a secret's ID: set it to the secret's Value, "
            "which Entra shows only once, after it was made.",
        )
    tokens = Tokens(given)
    try:
        await tokens.token()
    except PlatformError as problem:
        code = next(iter(_CODE.findall(str(problem))), "")
        quoted = f"AADSTS{code}: {ADVICE[code]}" if code in ADVICE else str(problem)
        quoted += _MANAGED if given.is_managed else ""
        return Found(SIGN_IN, ok=False, advice=quoted)
    finally:
        await tokens.close()
    return Found(SIGN_IN, ok=True)


def _certificate(pem: str) -> Found:
    """Look at what it says of itself: Entra tells little when it refuses one."""
    try:
        read = x509.load_pem_x509_certificates(pem.encode())[0]
        key = load_pem_private_key(_key_in(pem).encode(), password=None)
    except (ValueError, TypeError, IndexError, UnsupportedAlgorithm):
        advice = (
            "MICROSOFT_APP_CERTIFICATE has to hold a private key without a passphrase, and its "
            "certificate, both PEM, one after the other."
        )
        return Found(CERTIFICATE, ok=False, advice=advice)
    if key.public_key() != read.public_key():
        advice = "MICROSOFT_APP_CERTIFICATE holds a private key of another certificate."
        return Found(CERTIFICATE, ok=False, advice=advice)
    return _lasts(read.not_valid_after_utc)


def _lasts(until: datetime) -> Found:
    now = datetime.now(UTC)
    if until <= now:
        advice = f"it ended on {until:%Y-%m-%d}: make a new one, upload it, and set it."
        return Found(CERTIFICATE, ok=False, advice=advice)
    soon = f"it ends on {until:%Y-%m-%d}: renew it before." if until - now < ENDS_SOON else ""
    return Found(CERTIFICATE, ok=True, advice=soon)


def _key_in(pem: str) -> str:
    found = _KEY.search(pem)
    return found[0] if found else ""
