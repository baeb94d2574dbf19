"""Teams is put together: what goes out.

Only where it is switched on: signing in takes memory that nobody else should pay for.
"""

from __future__ import annotations

from adapters.chat.teams.address import TEAMS
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.hosts import SERVICE_HOSTS
from adapters.chat.teams.platform import TeamsPlatform
from bot.chats.addresses import Book
from bot.settings import Settings
from engine.ports import Work


def teams_credentials(settings: Settings) -> Credentials:
    """Give what the bot signs in with."""
    password, certificate = settings.microsoft_app_password, settings.microsoft_app_certificate
    return Credentials(
        app_id=settings.microsoft_app_id or "",
        tenant=settings.microsoft_app_tenant_id or "",
        login_url=settings.teams_login_url,
        password=password.get_secret_value() if password else "",
        certificate=certificate.get_secret_value() if certificate else "",
        is_managed=settings.microsoft_app_type == "UserAssignedMSI",
    )


def teams_connector(settings: Settings) -> BotConnector:
    """Make what the bot calls Teams through: one for each event loop. Nothing connects yet."""
    tokens = Tokens(teams_credentials(settings))
    return BotConnector(tokens, settings.teams_service_hosts or SERVICE_HOSTS)


def teams_platform(settings: Settings, work: Work) -> TeamsPlatform:
    """Make the platform that duties speak through."""
    return TeamsPlatform(
        teams_connector(settings),
        Book(work, TEAMS),
        app_id=settings.microsoft_app_id or "",
        tenant=settings.microsoft_app_tenant_id or "",
        service_url=settings.teams_service_url,
    )
