"""How the bot signs in to Entra: with a client secret, a certificate, or as a managed identity.

msal does it, synchronously; see `tokens` for how often and where. It is imported with this module,
which therefore is imported only where Teams is switched on: together with requests it costs 0.1 s
and 6 MB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msal
import requests

from adapters.chat.teams.connector.credentials import Credentials, Refusal, Token

CONNECT_MAX = 3.0
READ_MAX = 5.0
"""Seconds of one call: msal and requests have no limit of their own."""

_PUBLIC = "https://api.botframework.com"
_CLOUDS: Mapping[str, str] = {
    "login.microsoftonline.us": "https://api.botframework.us",
    "login.microsoftonline.cn": "https://api.botframework.azure.cn",
    "login.partner.microsoftonline.cn": "https://api.botframework.azure.cn",
    "login.chinacloudapi.cn": "https://api.botframework.azure.cn",
}
"""Whom a token is for, by where it comes from: Microsoft's clouds are apart from each other."""

_PEM = r"-----BEGIN {0}-----[\s\S]+?-----END {0}-----"
_KEY = re.compile(_PEM.format("(?:RSA |EC )?PRIVATE KEY"))
_CERTIFICATE = re.compile(_PEM.format("CERTIFICATE"))

_CODE = re.compile(r"[a-z_]{1,60}")
_ENTRA_CODE = re.compile(r"AADSTS\d{4,8}")
"""Entra's own codes are public, and say what is wrong; its sentences quote ids."""


class Login:
    """Fetches tokens, synchronously. One thread at a time."""

    def __init__(self, credentials: Credentials) -> None:
        """Take what the bot signs in with; nothing is asked yet."""
        self._credentials = credentials
        self._network = _Network(credentials)

    def fetch(self) -> Token:
        """Fetch a new token. Raises `Refusal` where none is given, whatever the reason.

        Asked anew from the beginning each time, which is once an hour or less: what msal would
        keep between two fetches, answers that were refused among it, is not wanted.
        """
        try:
            told = self._ask() or {}
        except Refusal:
            raise
        except Exception as failed:  # noqa: BLE001 - msal lets everything through; it may quote
            raise Refusal(f"Entra could not be asked ({type(failed).__name__})") from None
        text, lives = told.get("access_token"), told.get("expires_in")
        if not isinstance(text, str) or not text:
            raise Refusal(_why(told, is_managed=self._credentials.is_managed))
        return Token(text, float(lives or 0))

    def close(self) -> None:
        """Let go of connections."""
        self._network.close()

    def _ask(self) -> Mapping[str, Any] | None:
        given = self._credentials
        audience = audience_of(given.login_url)
        told: Mapping[str, Any] | None
        if given.is_managed:
            identity = msal.UserAssignedManagedIdentity(client_id=given.app_id)
            client = msal.ManagedIdentityClient(identity, http_client=self._network)
            told = client.acquire_token_for_client(resource=audience)
        else:
            app = msal.ConfidentialClientApplication(
                given.app_id,
                client_credential=_credential(given),
                authority=self._network.authority,
                instance_discovery=False,  # the address is a setting: nobody else is asked about it
                http_client=self._network,
            )
            told = app.acquire_token_for_client(scopes=[f"{audience}/.default"])
        return told


class _Network(requests.Session):
    """What msal calls through: with limits, and plain `http` for a test server.

    msal insists on `https` in what it is given, and never opens a connection by itself.
    """

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        # The machine's own address for identities is never behind a proxy.
        self.trust_env = not credentials.is_managed
        url = urlsplit(credentials.login_url)
        self._plain = url.netloc if url.scheme == "http" else ""
        path = url.path.strip("/")
        self.authority = "/".join(filter(None, (f"https://{url.netloc}", path, credentials.tenant)))

    def request(self, method: Any, url: Any, **more: Any) -> requests.Response:  # type: ignore[override] # noqa: ANN401 - requests' own, narrowed to what msal uses
        """Call with a time limit, and follow no redirect: a secret is on the way."""
        secure, plain = f"https://{self._plain}/", f"http://{self._plain}/"
        if self._plain:
            url = str(url).replace(secure, plain)
        limits = {"timeout": (CONNECT_MAX, READ_MAX), "allow_redirects": False}
        answer = super().request(method, url, **{**more, **limits})
        if self._plain:  # the addresses in it, too
            answer._content = answer.content.replace(plain.encode(), secure.encode())  # noqa: SLF001 - there is no other way to change an answer, and msal reads no other
        return answer


def audience_of(login_url: str) -> str:
    """Say whom the token is for, e.g. `https://api.botframework.com`: each cloud has its own."""
    return _CLOUDS.get(urlsplit(login_url).hostname or "", _PUBLIC)


def _credential(given: Credentials) -> str | dict[str, str]:
    if not given.certificate:
        return given.password
    key, certificate = _KEY.search(given.certificate), _CERTIFICATE.search(given.certificate)
    if key is None or certificate is None:
        raise Refusal(
            "MICROSOFT_APP_CERTIFICATE has to hold a private key and its certificate, both PEM"
        )
    # msal computes the thumbprint (SHA-256) from the certificate.
    return {"private_key": key[0], "public_certificate": certificate[0]}


def _why(told: Mapping[str, Any], *, is_managed: bool) -> str:
    """Quote codes alone: what Entra says in prose holds ids, and more."""
    code = str(told.get("error") or "")
    codes = [code] if _CODE.fullmatch(code) else []
    codes += _ENTRA_CODE.findall(str(told.get("error_description") or ""))[:1]
    quoted = f" ({', '.join(codes)})" if codes else ""
    if is_managed:
        return (
            f"this machine gives no token{quoted}: assign the managed identity with "
            "MICROSOFT_APP_ID to it"
        )
    return (
        f"Entra gives no token{quoted}: compare MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and the "
        "password or certificate with the app registration"
    )
