"""Who signs what Teams delivers: its OpenID metadata, its keys, and tokens of every wrong kind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.teams.fake_teams.journal import Call, Journal
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import Json

ISSUER = "https://api.botframework.com"

STRANGER, UNENDORSED = -1, -2
"""Keys that never are Teams' own: one that nobody knows, and one for other channels."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a delivery is signed. As it is, it is genuine."""

    audience: str | None = None
    """Another bot than ours."""

    issuer: str = ISSUER
    age: float = 0.0
    """Seconds since it was signed."""

    lives: float | None = 3600.0
    """Seconds; None for a token that never ends."""

    service_url: str | None = None
    """Another address than the activity's; empty for none in the token."""

    algorithm: str = "RS256"
    """`HS256` is signed with the public key as a secret; `none` is not signed."""

    key: int | None = None
    """Another key than Teams' own: `STRANGER` or `UNENDORSED`."""

    key_id: str | None = None
    """Another `kid` than the key's; empty for none."""

    is_tampered: bool = False
    """What it says was changed after it was signed."""

    header: str | None = None
    """The whole header in its place; empty for none."""


GENUINE = Envelope()

FORGERIES: Mapping[str, Envelope] = {
    "no header": Envelope(header=""),
    "no token": Envelope(header="Bearer "),
    "another scheme": Envelope(header="Basic am9objpzZWNyZXQ="),
    "not a token": Envelope(header="Bearer not.a.token"),
    "expired": Envelope(age=7200, lives=3600),
    "from the future": Envelope(age=-3600),
    "without an end": Envelope(lives=None),
    "for another bot": Envelope(audience="00000000-0000-0000-0000-00000000000b"),
    "from another issuer": Envelope(issuer="https://sts.windows.net/somebody/"),
    "signed with the public key": Envelope(algorithm="HS256"),
    "not signed": Envelope(algorithm="none"),
    "with an unknown key": Envelope(key=STRANGER),
    "with an unknown key under a known name": Envelope(key=STRANGER, key_id="key-0"),
    "without a key's name": Envelope(key_id=""),
    "for another address": Envelope(service_url="https://smba.trafficmanager.net/apac/"),
    "for no address": Envelope(service_url=""),
    "with a key for other channels": Envelope(key=UNENDORSED),
    "tampered with": Envelope(is_tampered=True),
}
"""Every wrong kind, by what is wrong with it."""


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Make a key, once in a process: it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Keys:
    """Signs, and tells everybody which keys are Teams' own."""

    def __init__(self, organisation: Organisation, journal: Journal) -> None:
        self._org = organisation
        self._journal = journal
        self._current = 0
        self._published = [0]

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get("/v1/.well-known/openidconfiguration", self._metadata),
            web.get("/v1/.well-known/keys", self._keys),
        ]

    def rotate(self, *, keeps_old: bool = False) -> None:
        """Sign with a new key from now on, and publish it; the old one may stay for a while."""
        self._current += 1
        self._published = [*self._published, self._current] if keeps_old else [self._current]

    async def _metadata(self, request: web.Request) -> web.StreamResponse:
        told: Json = {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{self._org.url}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
        return await self._journal.answer(request, Call("openid"), lambda: (200, told))

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        told = [_public(number, ["msteams", "skype"]) for number in self._published]
        told.append(_public(UNENDORSED, ["webchat", "directline"]))
        return await self._journal.answer(request, Call("jwks"), lambda: (200, {"keys": told}))

    def header(self, envelope: Envelope, service_url: str) -> str:
        """Make the `Authorization` of a delivery; empty for none."""
        if envelope.header is not None:
            return envelope.header
        number = self._current if envelope.key is None else envelope.key
        named = {"kid": _name(number) if envelope.key_id is None else envelope.key_id}
        head = {"typ": "JWT", **{name: value for name, value in named.items() if value}}
        claims = self._claims(envelope, service_url)
        return f"Bearer {_signed(envelope, head, claims, key(number))}"

    def _claims(self, envelope: Envelope, service_url: str) -> Json:
        began = int(time.time() - envelope.age)
        claims: Json = {
            "iss": envelope.issuer,
            "aud": self._org.app.id if envelope.audience is None else envelope.audience,
            "nbf": began,
            "serviceurl": service_url if envelope.service_url is None else envelope.service_url,
        }
        if envelope.lives is not None:
            claims["exp"] = int(began + envelope.lives)
        return {name: value for name, value in claims.items() if value != ""}


def _name(number: int) -> str:
    return {STRANGER: "strangers-key", UNENDORSED: "key-for-others"}.get(number, f"key-{number}")


def _public(number: int, endorsements: list[str]) -> Json:
    told: Json = jwt.algorithms.RSAAlgorithm.to_jwk(key(number).public_key(), as_dict=True)
    kid = _name(number)
    return told | {"use": "sig", "kid": kid, "x5t": kid, "endorsements": endorsements}


def _signed(envelope: Envelope, head: Json, claims: Json, private: rsa.RSAPrivateKey) -> str:
    if envelope.algorithm == "RS256":
        token = jwt.encode(claims, private, algorithm="RS256", headers=head)
    else:
        token = _spelled(head | {"alg": envelope.algorithm}) + "." + _spelled(claims)
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        made = hmac.new(public, token.encode(), hashlib.sha256).digest()
        token += "." + (_encoded(made) if envelope.algorithm == "HS256" else "")
    if envelope.is_tampered:
        first, _, last = token.split(".")
        token = f"{first}.{_spelled(claims | {'exp': int(time.time()) + 86_400})}.{last}"
    return token


def _spelled(thing: Json) -> str:
    return _encoded(json.dumps(thing).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
