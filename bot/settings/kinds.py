"""What a value may look like: the kinds that pydantic has no name for."""

from __future__ import annotations

import base64
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, HttpUrl, SecretBytes, SecretStr, TypeAdapter

SEED_BYTES = 32
"""An Ed25519 seed (RFC 8032)."""


def _address(*schemes: str) -> BeforeValidator:
    """Check no more than all such addresses share: libpq's may lack a host or name several."""

    def check(text: str) -> str:
        address = urlsplit(text)
        if address.scheme not in schemes or not (address.netloc or address.path.strip("/")):
            raise ValueError
        return text

    return BeforeValidator(check)


def _beginning(prefix: str) -> AfterValidator:
    """Tell one kind of token from another: they are easily mixed up."""

    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError
        return token

    return AfterValidator(check)


def _web(text: str) -> str:
    return str(TypeAdapter(HttpUrl).validate_python(text))


def _certificate(text: str) -> str:
    """Check that both are there. Where a variable holds but one line, backslash and n end each."""
    pem = text.replace("\\n", "\n")
    if "PRIVATE KEY-----" not in pem or "-----BEGIN CERTIFICATE-----" not in pem:
        raise ValueError
    return pem


def _hosts(text: str) -> tuple[str, ...]:
    """Read names of hosts, in a row."""
    hosts = tuple(text.replace(",", " ").lower().split())
    if not hosts or not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError
    return hosts


def _seed(text: str) -> bytes:
    """Decode an Ed25519 seed, in either of base64's alphabets."""
    seed = base64.b64decode(text.translate({ord("-"): "+", ord("_"): "/"}), validate=True)
    if len(seed) != SEED_BYTES:
        raise ValueError
    return seed


_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")

PostgresUrl = Annotated[str, _address("postgresql", "postgres", "postgresql+psycopg2")]
RedisUrl = Annotated[str, _address("redis", "rediss", "unix")]
WebUrl = Annotated[str, BeforeValidator(_web)]
SlackBotToken = Annotated[SecretStr, _beginning("xoxb-")]
SlackAppToken = Annotated[SecretStr, _beginning("xapp-")]
Certificate = Annotated[SecretStr, BeforeValidator(_certificate)]
Hosts = Annotated[tuple[str, ...], BeforeValidator(_hosts)]
Seed = Annotated[SecretBytes, BeforeValidator(_seed)]
