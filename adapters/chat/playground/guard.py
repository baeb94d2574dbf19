"""Nobody but a browser on this machine, on our own page, gets in.

The playground lets anybody be anybody, by design. So what has to hold is that only the person at
this machine reaches it:

- the connection comes from this machine (a server that is bound to more by mistake still refuses);
- the `Host` is a name of this machine (a page elsewhere that points its own name at 127.0.0.1 is
  refused: DNS rebinding);
- what changes something, and the live connection, come from our own page (`Origin`, and a header
  that another page cannot send without asking first: CSRF);
- the page runs no script but our own files, and nothing may frame it (CSP).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler

BODY_MAX = 64 * 1024
"""Bytes of a request: a card with a 3,000-character reason is some 10 KB."""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
PAGE_HEADER = "X-Playground"
"""Our page sends it with every POST; its value does not matter."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what does not come from this machine, or changes something from another page."""
    if not _is_loopback(request.remote) or _host_name(request) not in LOOPBACK_NAMES:
        raise refusal(web.HTTPForbidden, "The playground answers on this machine only.")
    if request.method not in ("GET", "HEAD"):
        _refuse_forgery(request)
    return await handler(request)


def _refuse_forgery(request: web.Request) -> None:
    if "/api/bot/" in request.path:
        # The bot is no browser. Its token guards the rest.
        if "Origin" in request.headers:
            raise refusal(web.HTTPForbidden, "The bot's API takes nothing from a page.")
        return
    refuse_other_pages(request)
    if PAGE_HEADER not in request.headers:
        raise refusal(web.HTTPForbidden, f"The header {PAGE_HEADER} is missing.")


def refuse_other_pages(request: web.Request) -> None:
    """Refuse what another page, or none, has sent. Raises 403."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.host}":
        raise refusal(web.HTTPForbidden, "The playground takes this from its own page only.")


def require_token(token: str) -> Callable[[web.Request], None]:
    """Make the check of the bot API: the bearer token, compared in constant time. Raises 401."""
    expected = f"Bearer {token}".encode()

    def check(request: web.Request) -> None:
        given = request.headers.get("Authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, expected):
            raise refusal(web.HTTPUnauthorized, "The bot's token is wrong.")

    return check


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser what the page may do. Files are asked for again after an upgrade."""
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")


def refusal(status: type[web.HTTPException], sentence: str) -> web.HTTPException:
    """Make an HTTP error whose body is a sentence in JSON."""
    return status(text=json.dumps({"error": sentence}), content_type="application/json")


def _host_name(request: web.Request) -> str:
    host = request.host.lower()
    return (
        host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.split(":")[0]
    )


def _is_loopback(address: str | None) -> bool:
    if address is None:
        return True  # a Unix socket
    try:
        return ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False
