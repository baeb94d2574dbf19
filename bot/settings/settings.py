"""The settings themselves. To add one: a field here, and where it depends on others, a rule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from bot.settings.description import Description
from bot.settings.environment import FILE, Environment, SettingsError
from bot.settings.kinds import (
    Certificate,
    Hosts,
    PostgresUrl,
    RedisUrl,
    Seed,
    SlackAppToken,
    SlackBotToken,
    WebUrl,
)
from bot.settings.rules import disagreements

UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


def setting(name: str, sentence: str, limit: str, **more: Any) -> Any:  # noqa: ANN401 - pydantic's
    """Declare a setting: `limit` completes "NAME must be ...", for whatever is wrong with it."""
    return Field(alias=name, description=sentence, json_schema_extra={"limit": limit}, **more)


class Settings(BaseModel):
    """What a process was told. Made by `load`, never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: PostgresUrl = setting(
        "DATABASE_URL",
        "The PostgreSQL database (14 or later) that holds everything.",
        "an address such as postgresql://jit@db.example.com/jit",
        repr=False,
    )
    redis_url: RedisUrl = setting(
        "REDIS_URL",
        "The Redis that carries work between the processes; it may be lost at any time.",
        "an address such as redis://redis.example.com:6379/0 or unix:///run/redis.sock",
        repr=False,
    )
    host: str = setting(
        "HOST",
        "The address that the web process listens on.",
        "a host name or an IP address",
        default="127.0.0.1",
        pattern=r"^\S+$",
    )
    port: int = setting(
        "PORT",
        "The port that the web process listens on.",
        "a whole number from 1 to 65535",
        default=8080,
        ge=1,
        le=65535,
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "JIT_LOG_LEVEL",
        "The least important log lines that are still written.",
        "debug, info, warning or error",
        default="info",
    )
    # Fewer threads wait for each other's commands; more only wait for the database's cores.
    engine_threads: int = setting(
        "JIT_ENGINE_THREADS",
        "How many people's commands the web process answers at once.",
        "a whole number from 4 to 8",
        default=6,
        ge=4,
        le=8,
    )
    # Each is a connection to the database: 64 in a few processes stay below Postgres's default 100.
    worker_threads: int = setting(
        "JIT_WORKER_THREADS",
        "How many target systems and chats one worker process speaks to at once.",
        "a whole number from 1 to 64",
        default=8,
        ge=1,
        le=64,
    )
    audit_key: Seed = setting(
        "JIT_AUDIT_KEY",
        "Signs the audit log's checkpoints; keep it where no owner of the database can read it.",
        "an Ed25519 seed: 32 random bytes in base64, as openssl rand -base64 32 gives them",
    )
    audit_origin: str = setting(
        "JIT_AUDIT_ORIGIN",
        "The audit log's own name, first line of every checkpoint; chosen once, never changed.",
        "at most 200 characters without spaces or plus signs, such as jit.example.com/audit",
        pattern=r"^[^\s+]{1,200}$",
    )
    slack_bot_token: SlackBotToken | None = setting(
        "SLACK_BOT_TOKEN",
        "Slack: what the bot speaks with; switches Slack on.",
        "a bot token (xoxb-...)",
        default=None,
    )
    # Slack's own are 32 characters: far fewer is something else.
    slack_signing_secret: SecretStr | None = setting(
        "SLACK_SIGNING_SECRET",
        "Slack: proves that what arrives over HTTP is Slack's.",
        "the app's signing secret, at least 16 characters",
        default=None,
        min_length=16,
    )
    slack_app_token: SlackAppToken | None = setting(
        "SLACK_APP_TOKEN",
        "Slack: receives over a socket that we open, instead of over HTTP.",
        "an app-level token (xapp-...)",
        default=None,
    )
    slack_api_url: WebUrl = setting(
        "SLACK_API_URL",
        "Slack: where its Web API is; another one for GovSlack and for tests.",
        "an http or https address",
        default="https://slack.com/api/",
    )
    slack_command: str = setting(
        "JIT_SLACK_COMMAND",
        "Slack: what people type, where another app of the workspace has taken /jit.",
        "a slash command of at most 32 small letters, digits, hyphens and underscores",
        default="/jit",
        pattern=r"^/[a-z0-9_-]{1,31}$",
    )
    slack_link: Literal["id", "managed-email"] = setting(
        "JIT_SLACK_LINK",
        "Slack: whom an account belongs to: by its id in the company's files, or by its e-mail "
        "address too, where nobody can change their own (SCIM, single sign-on).",
        "id or managed-email",
        default="id",
    )
    microsoft_app_id: str | None = setting(
        "MICROSOFT_APP_ID",
        "Teams: the bot's application id; switches Teams on.",
        "a UUID",
        default=None,
        pattern=UUID,
    )
    microsoft_app_password: SecretStr | None = setting(
        "MICROSOFT_APP_PASSWORD",
        "Teams: the application's client secret; not needed with a certificate, or as a managed "
        "identity.",
        "the client secret's value, at least 16 characters",
        default=None,
        min_length=16,
    )
    microsoft_app_certificate: Certificate | None = setting(
        "MICROSOFT_APP_CERTIFICATE",
        "Teams: a certificate to sign in with, instead of a client secret.",
        "a private key and its certificate, both PEM, one after the other",
        default=None,
    )
    microsoft_app_type: Literal["SingleTenant", "UserAssignedMSI"] = setting(
        "MICROSOFT_APP_TYPE",
        "Teams: how the bot proves who it is.",
        "SingleTenant or UserAssignedMSI",
        default="SingleTenant",
    )
    microsoft_app_tenant_id: str | None = setting(
        "MICROSOFT_APP_TENANT_ID",
        "Teams: the only tenant whose people are answered.",
        "a UUID",
        default=None,
        pattern=UUID,
    )
    teams_link: Literal["id", "managed-email"] = setting(
        "JIT_TEAMS_LINK",
        "Teams: whom an account belongs to: by its object id in the company's files, or by what "
        "a member signs in with too, where the directory gives that and it is the address there.",
        "id or managed-email",
        default="id",
    )
    teams_login_url: WebUrl = setting(
        "TEAMS_LOGIN_URL",
        "Teams: where Entra is; another one for sovereign clouds and for tests.",
        "an https address (or http on this machine alone)",
        default="https://login.microsoftonline.com/",
    )
    teams_openid_metadata_url: WebUrl = setting(
        "TEAMS_OPENID_METADATA_URL",
        "Teams: where the keys are found that sign what Teams sends; another one for sovereign "
        "clouds and for tests.",
        "an https address (or http on this machine alone)",
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
    )
    teams_service_url: WebUrl = setting(
        "TEAMS_SERVICE_URL",
        "Teams: where somebody is reached of whom nothing is known yet.",
        "an https address (or http on this machine alone) on one of TEAMS_SERVICE_HOSTS",
        default="https://smba.trafficmanager.net/teams/",
    )
    teams_service_hosts: Hosts | None = setting(
        "TEAMS_SERVICE_HOSTS",
        "Teams: the only hosts that are ever sent the bot's token; Microsoft's own unless set.",
        "host names, separated by commas",
        default=None,
    )
    playground: bool = setting(
        "JIT_PLAYGROUND",
        "The local chat in the browser, where anyone may be anybody: for trying things out only.",
        "1 or 0; 1 together with neither Slack nor Teams, and on a loopback HOST only",
        default=False,
    )
    playground_url: WebUrl = setting(
        "JIT_PLAYGROUND_URL",
        "Playground: where the worker reaches it.",
        "an http address",
        default="http://127.0.0.1:8080/",
    )
    playground_token: SecretStr = setting(
        "JIT_PLAYGROUND_TOKEN",
        "Playground: what the bot speaks with in it; needed with JIT_PLAYGROUND.",
        "at least 16 characters",
        default=SecretStr(""),
        min_length=16,
    )
    playground_memory: Path = setting(
        "JIT_PLAYGROUND_MEMORY",
        "Playground: the file that keeps what was said in it.",
        "a path",
        default=Path("playground.sqlite3"),
    )

    _environment: Environment = PrivateAttr(default_factory=lambda: Environment({}))

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read and check them all, by default from this process's environment.

        Raises `SettingsError` with every problem at once, one sentence each.
        """
        environment = Environment(os.environ if environ is None else environ)
        values, problems = _read(environment)
        unreadable = {problem.split(" ", 1)[0].removesuffix(FILE) for problem in problems}
        try:
            settings = cls.model_validate(values, context=environment)
        except ValidationError as error:
            wrong = {str(detail["loc"][0]) for detail in error.errors(include_input=False)}
            problems += [
                _problem(description, is_set=description.name in values)
                for description in cls.describe()
                if description.name in wrong - unreadable
            ]
        problems += disagreements(values)
        if problems:
            raise SettingsError(problems)
        return settings

    def model_post_init(self, context: object) -> None:
        """Keep the environment, for secrets that only the company's files name."""
        if isinstance(context, Environment):
            self._environment = context

    @classmethod
    def describe(cls) -> list[Description]:
        """Describe every setting, in the order in which people should read them."""
        return [Description.of(field) for field in cls.model_fields.values()]

    def secret(self, name: str) -> str:
        """Give a connector's secret: an environment variable that a company's file refers to.

        Raises `SettingsError` if it is not set, or if it is one of these settings: whoever writes a
        company's files must not be able to send our own keys to a system of their choice.
        """
        if name.removesuffix(FILE) in _names():
            raise SettingsError(
                [f"{name} is a setting of jitbot's own: a connector may not have it."]
            )
        value = self._environment.get(name)
        if value is None:
            raise SettingsError([f"{name} is not set: a system of the configuration refers to it."])
        return value


def _names() -> list[str]:
    return [str(field.alias) for field in Settings.model_fields.values()]


def _read(environment: Environment) -> tuple[dict[str, str], list[str]]:
    """Give the values that are set, and the problems of those that cannot be read."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for name in _names():
        try:
            value = environment.get(name)
        except SettingsError as error:
            problems += error.problems
        else:
            if value is not None:
                values[name] = value
    return values, problems


def _problem(description: Description, *, is_set: bool) -> str:
    if is_set:
        return f"{description.name} must be {description.limit}."
    return f"{description.name} is not set: it must be {description.limit}."
