"""What the bot signs in with, and what it is given for it. Importing this costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

LOGIN_URL = "https://login.microsoftonline.com/"
"""Entra of the public cloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the bot signs in with: a password, a certificate, or being a managed identity."""

    app_id: str
    """MICROSOFT_APP_ID: of the Azure Bot's app registration, or of its managed identity."""

    tenant: str = ""
    """The organisation's id; not needed by a managed identity."""

    login_url: str = LOGIN_URL
    """Where Entra is; `http` only for a test server on this machine."""

    password: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    """A private key and its certificate, both PEM, one after the other."""

    is_managed: bool = False
    """The machine itself vouches for a user-assigned managed identity."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and for how many seconds."""

    text: str = field(repr=False)
    lives: float


class Refusal(Exception):
    """No token was given. The text is ours and holds no secret."""
