"""Entra, as far as a bot needs it: tokens for the Bot Connector, and managed identities."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.teams.fake_teams.journal import Call, Journal
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import Json

AUDIENCE = "https://api.botframework.com"
SCOPE = f"{AUDIENCE}/.default"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Denied(Exception):
    """No token; Entra says so with a code of its own and one of OAuth's (RFC 6749, 5.2)."""

    def __init__(self, error: str, number: int, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.status = status
        self.json: Json = {
            "error": error,
            "error_description": f"AADSTS{number}: {said} Trace ID: {secrets.token_hex(8)}",
            "error_codes": [number],
        }


class Login:
    """Gives tokens, and knows which of them it gave."""

    def __init__(self, organisation: Organisation, journal: Journal) -> None:
        self._org = organisation
        self._journal = journal
        self.lives = 3600
        """Seconds for which a token is good."""

        self.identity_header = "only-this-machine"
        self._issued: dict[str, float] = {}

    def routes(self) -> list[web.RouteDef]:
        """List the routes; the managed identity's are those of App Service and of a machine."""
        return [
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._discover),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
            web.get("/msi/token", self._app_service),
            web.get("/metadata/identity/oauth2/token", self._machine),
        ]

    # ── tokens that are out ─────────────────────────────────────────────────────────────────────

    def issue(self) -> str:
        """Make a token."""
        token = f"{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(48)}"
        self._issued[token] = self._org.world.now() + self.lives
        return token

    def is_good(self, token: str) -> bool:
        """Say whether a token was given here, and lives."""
        return self._org.world.now() < self._issued.get(token, 0)

    def revoke(self) -> None:
        """Let every token that was given be worth nothing."""
        self._issued.clear()

    # ── routes ──────────────────────────────────────────────────────────────────────────────────

    async def _discover(self, request: web.Request) -> web.StreamResponse:
        tenant = request.match_info["tenant"]

        def answer() -> tuple[int, Json]:
            if tenant != self._org.app.tenant:
                denied = _Denied("invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
                return denied.status, denied.json
            base = f"{self._org.url}/{tenant}"
            return 200, {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
            }

        return await self._journal.answer(request, Call("discovery"), answer)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {key: str(value) for key, value in (await request.post()).items()}
        tenant = request.match_info["tenant"]

        def answer() -> tuple[int, Json]:
            try:
                self._check(tenant, form)
            except _Denied as denied:
                return denied.status, denied.json
            told = {"token_type": "Bearer", "expires_in": self.lives, "ext_expires_in": self.lives}
            return 200, told | {"access_token": self.issue()}

        return await self._journal.answer(request, Call("token", body=form), answer)

    def _check(self, tenant: str, form: Mapping[str, str]) -> None:
        app = self._org.app
        if tenant != app.tenant:
            raise _Denied("invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise _Denied("unsupported_grant_type", 70003, "That grant is not supported.")
        if form.get("client_id") != app.id:
            said = f"Application with identifier '{form.get('client_id')}' was not found."
            raise _Denied("unauthorized_client", 700016, said)
        if form.get("scope") != SCOPE:
            raise _Denied("invalid_scope", 70011, "The provided value for scope is not valid.")
        if "client_assertion" in form:
            self._check_assertion(form)
        elif form.get("client_secret") != app.secret:
            raise _Denied("invalid_client", 7000215, "Invalid client secret provided.", 401)

    def _check_assertion(self, form: Mapping[str, str]) -> None:
        """Check what was signed with the certificate's key (RFC 7523)."""
        app, given = self._org.app, form["client_assertion"]
        try:
            assert form.get("client_assertion_type") == ASSERTION
            certificate = x509.load_pem_x509_certificate(app.certificate.encode())
            key = certificate.public_key()
            assert isinstance(key, RSAPublicKey)
            digest = sha256(certificate.public_bytes(Encoding.DER)).digest()
            header = jwt.get_unverified_header(given)
            # Named by SHA-256, as msal does; it keeps the padding that RFC 7515 leaves out.
            assert header["x5t#S256"].rstrip("=") == urlsafe_b64encode(digest).decode().rstrip("=")
            required = {"require": ["exp", "aud", "iss", "sub"], "verify_aud": False}
            told = jwt.decode(given, key, algorithms=["PS256", "RS256"], options=required)  # type: ignore[arg-type] # PyJWT's own type asks for all options
            endpoint = f"{self._org.url}/{app.tenant}/oauth2/v2.0/token"
            # msal insists on `https`, also where a test server has none.
            assert str(told["aud"]).partition("://")[2] == endpoint.partition("://")[2]
            assert told["iss"] == told["sub"] == app.id
        except (AssertionError, KeyError, ValueError, jwt.PyJWTError):
            said = "Client assertion failed signature validation."
            raise _Denied("invalid_client", 700027, said, 401) from None

    # ── managed identities ──────────────────────────────────────────────────────────────────────

    @property
    def app_service(self) -> dict[str, str]:
        """Give what stands in a process's environment on App Service."""
        return {
            "IDENTITY_ENDPOINT": f"{self._org.url}/msi/token",
            "IDENTITY_HEADER": self.identity_header,
        }

    @property
    def machine(self) -> dict[str, str]:
        """Give what tells msal where a machine's own endpoint is."""
        return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self._org.url}

    async def _app_service(self, request: web.Request) -> web.StreamResponse:
        is_here = request.headers.get("X-IDENTITY-HEADER") == self.identity_header

        def answer() -> tuple[int, Json]:
            if not is_here or not self._is_known(request):
                return 400, {"statusCode": 400, "message": "No User Assigned or Delegated Managed"}
            until = int(self._org.world.now()) + self.lives
            return 200, self._given() | {"expires_on": str(until)}

        call = Call("managed_token", body=dict(request.query))
        return await self._journal.answer(request, call, answer)

    async def _machine(self, request: web.Request) -> web.StreamResponse:
        is_here = request.headers.get("Metadata") == "true"

        def answer() -> tuple[int, Json]:
            if not is_here or not self._is_known(request):
                return 400, {"error": "invalid_request", "error_description": "Identity not found"}
            return 200, self._given() | {"expires_in": str(self.lives)}

        call = Call("managed_token", body=dict(request.query))
        return await self._journal.answer(request, call, answer)

    def _is_known(self, request: web.Request) -> bool:
        asked = request.query
        is_ours = asked.get("client_id") == self._org.app.id
        return is_ours and asked.get("resource") == AUDIENCE and "api-version" in asked

    def _given(self) -> Json:
        return {"access_token": self.issue(), "resource": AUDIENCE, "token_type": "Bearer"}
