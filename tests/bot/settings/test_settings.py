"""Settings are read, checked together, and kept to themselves."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError

SEED = bytes(range(32))
NEEDED = {
    "DATABASE_URL": "postgresql://jit:hush-hush@db.example.com/jit",
    "REDIS_URL": "redis://:hush-hush@redis.example.com:6379/0",
    "JIT_AUDIT_KEY": base64.b64encode(SEED).decode(),
    "JIT_AUDIT_ORIGIN": "jit.example.com/audit",
}
PLAYGROUND = NEEDED | {"JIT_PLAYGROUND": "1", "JIT_PLAYGROUND_TOKEN": "hush-hush-hush-hush"}
TENANT = "0f0f0f0f-1111-2222-3333-444444444444"


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    """Load, which must fail, and give the sentences."""
    with pytest.raises(SettingsError) as refused:
        Settings.load(environ)
    return refused.value.problems


def test_four_settings_are_enough() -> None:
    """Everything else has a default that is safe."""
    settings = Settings.load(NEEDED)

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.audit_key.get_secret_value() == SEED
    assert settings.playground is False


def test_every_problem_is_told_at_once() -> None:
    """A person mends the environment in one go, not in ten."""
    found = problems({"PORT": "http", "JIT_ENGINE_THREADS": "99", "SLACK_APP_TOKEN": "xoxb-1"})

    assert [sentence.split(" ")[0] for sentence in found] == [
        "DATABASE_URL",
        "REDIS_URL",
        "PORT",
        "JIT_ENGINE_THREADS",
        "JIT_AUDIT_KEY",
        "JIT_AUDIT_ORIGIN",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://jit@db/jit"),
        ("DATABASE_URL", "postgresql://"),
        ("REDIS_URL", "http://redis.example.com"),
        ("HOST", "two words"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8080.5"),
        ("JIT_LOG_LEVEL", "loud"),
        ("JIT_ENGINE_THREADS", "3"),
        ("JIT_ENGINE_THREADS", "9"),
        ("JIT_WORKER_THREADS", "0"),
        ("JIT_AUDIT_KEY", "not base64!"),
        ("JIT_AUDIT_KEY", base64.b64encode(b"too short").decode()),
        ("JIT_AUDIT_ORIGIN", "two words"),
        ("SLACK_API_URL", "ftp://slack.example.com"),
        ("MICROSOFT_APP_TYPE", "MultiTenant"),
        ("JIT_TEAMS_LINK", "email"),
        ("TEAMS_LOGIN_URL", "login.microsoftonline.us"),
        ("TEAMS_OPENID_METADATA_URL", "ftp://login.botframework.com"),
        ("TEAMS_SERVICE_HOSTS", "https://smba.infra.dod.teams.microsoft.us"),
        ("JIT_PLAYGROUND", "perhaps"),
        ("JIT_PLAYGROUND_URL", "nowhere"),
    ],
)
def test_a_wrong_value_is_told_what_it_must_be(name: str, value: str) -> None:
    """The sentence names the setting and its limit, and not what was in it."""
    (sentence,) = problems(NEEDED | {name: value})

    limit = next(each.limit for each in Settings.describe() if each.name == name)
    assert sentence == f"{name} must be {limit}."


@pytest.mark.parametrize(
    "address",
    [
        "postgresql:///jit",
        "postgresql://postgres@/jit?host=%2Frun%2Fa%20b&port=5432",
        "postgresql://jit:p%40ss@one:5432,two:5433/jit?target_session_attrs=read-write",
        "postgresql+psycopg2://jit@db/jit",
    ],
)
def test_any_address_that_libpq_reads_is_kept_letter_for_letter(address: str) -> None:
    """Sockets and several hosts are addresses too."""
    settings = Settings.load(NEEDED | {"DATABASE_URL": address})

    assert settings.database_url == address


def test_an_empty_value_counts_as_not_set() -> None:
    """Compose files and CI hand empty strings over for what nobody set."""
    settings = Settings.load(NEEDED | {"PORT": "", "SLACK_BOT_TOKEN": " "})

    assert (settings.port, settings.slack_bot_token) == (8080, None)


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    """The line's end that every editor adds is not part of a secret."""
    file = tmp_path / "key"
    file.write_text(NEEDED["JIT_AUDIT_KEY"] + "\n")
    environ = NEEDED | {"JIT_AUDIT_KEY": "", "JIT_AUDIT_KEY_FILE": str(file)}

    settings = Settings.load(environ)

    assert settings.audit_key.get_secret_value() == SEED


def test_a_value_in_two_places_is_refused(tmp_path: Path) -> None:
    """Which of them is the right one cannot be guessed."""
    (sentence,) = problems(NEEDED | {"JIT_AUDIT_KEY_FILE": str(tmp_path)})

    assert sentence == "JIT_AUDIT_KEY and JIT_AUDIT_KEY_FILE are both set: remove one of them."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b" \n", "is empty"),
        (b"x" * 70_000, "is larger than 65536 bytes"),
        (b"\xff\xfe", "is not text"),
    ],
)
def test_a_file_that_cannot_be_a_secret_is_one_sentence(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    """Only the file is to blame: the setting is not reported as missing as well."""
    file = tmp_path / "url"
    if content is not None:
        file.write_bytes(content)

    (sentence,) = problems(NEEDED | {"DATABASE_URL": "", "DATABASE_URL_FILE": str(file)})

    assert sentence.startswith("DATABASE_URL_FILE names a file that")
    assert words in sentence


def test_no_secret_is_shown() -> None:
    """Neither what is right nor what is wrong ever stands in a message or a `repr`."""
    secrets = {
        name: f"hush-hush-{name}"
        for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "JIT_AUDIT_KEY", "DATABASE_URL")
    }

    with pytest.raises(SettingsError) as refused:
        Settings.load(NEEDED | secrets | {"MICROSOFT_APP_PASSWORD": "hush", "REDIS_URL": "hush:"})
    shown = repr(Settings.load(PLAYGROUND)) + repr(refused.value) + str(refused.value)

    assert "hush" not in shown
    assert NEEDED["JIT_AUDIT_KEY"] not in shown


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "MICROSOFT_APP_ID"])
def test_the_playground_never_runs_beside_a_real_chat(name: str) -> None:
    """In it anyone may be anybody."""
    found = problems(PLAYGROUND | {name: "anything at all"})

    assert any(
        sentence.startswith(f"JIT_PLAYGROUND is set together with {name}") for sentence in found
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "jit.example.com"])
def test_the_playground_is_for_this_machine_alone(host: str) -> None:
    """Another machine could be anybody too."""
    (sentence,) = problems(PLAYGROUND | {"HOST": host})

    assert "set HOST to 127.0.0.1" in sentence


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_playground_runs_on_every_loopback(host: str) -> None:
    """All of these reach no further than this machine."""
    settings = Settings.load(PLAYGROUND | {"HOST": host})

    assert settings.playground is True


def test_the_playground_needs_its_token() -> None:
    """Without one, any page could post as the bot."""
    (sentence,) = problems(NEEDED | {"JIT_PLAYGROUND": "yes"})

    assert sentence == "JIT_PLAYGROUND_TOKEN is not set: JIT_PLAYGROUND needs it."


@pytest.mark.parametrize(
    "ways", [{"SLACK_SIGNING_SECRET": "s" * 32}, {"SLACK_APP_TOKEN": "xapp-1"}]
)
def test_slack_needs_a_way_to_speak_and_one_to_receive(ways: dict[str, str]) -> None:
    """Over HTTP or over a socket, and never half."""
    speak = {"SLACK_BOT_TOKEN": "xoxb-1"}

    whole = Settings.load(NEEDED | speak | ways)

    assert whole.slack_bot_token is not None
    assert "without a way to receive" in problems(NEEDED | speak)[0]
    assert problems(NEEDED | ways)[0].startswith("SLACK_BOT_TOKEN is not set")


def test_teams_needs_its_application_its_tenant_and_its_secret() -> None:
    """Without a tenant it would answer the whole world."""
    (sentence,) = problems(NEEDED | {"MICROSOFT_APP_PASSWORD": "s" * 20})

    assert sentence.startswith("MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID are not set")


def test_teams_with_a_managed_identity_needs_no_secret() -> None:
    """The machine proves itself."""
    teams = {
        "MICROSOFT_APP_ID": TENANT,
        "MICROSOFT_APP_TENANT_ID": TENANT,
        "MICROSOFT_APP_TYPE": "UserAssignedMSI",
    }

    settings = Settings.load(NEEDED | teams)

    assert settings.microsoft_app_password is None
    (sentence,) = problems(NEEDED | teams | {"MICROSOFT_APP_TYPE": "SingleTenant"})
    assert sentence.startswith("MICROSOFT_APP_PASSWORD is not set")
    for secret in ({"MICROSOFT_APP_PASSWORD": "s" * 20}, {"MICROSOFT_APP_CERTIFICATE": PEM}):
        (unused,) = problems(NEEDED | teams | secret)
        assert unused.endswith(f"remove {next(iter(secret))}.")


def test_teams_without_an_application_does_not_start() -> None:
    """An empty id counts as none: the SDK would take it as leave to believe everybody."""
    (sentence,) = problems(
        NEEDED | TEAMS_APP | {"MICROSOFT_APP_ID": "", "MICROSOFT_APP_PASSWORD": "s" * 20}
    )

    assert sentence.startswith("MICROSOFT_APP_ID is not set")


TEAMS_APP = {"MICROSOFT_APP_ID": TENANT, "MICROSOFT_APP_TENANT_ID": TENANT}
PEM = "-----BEGIN PRIVATE KEY-----\\nMC4=\\n-----END PRIVATE KEY-----\\n"
PEM += "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----"


def test_teams_with_a_certificate_needs_no_secret() -> None:
    """It may stand in one line; with a secret beside it, nobody knows which one is meant."""
    given = NEEDED | TEAMS_APP | {"MICROSOFT_APP_CERTIFICATE": PEM}

    certificate = Settings.load(given).microsoft_app_certificate
    (both,) = problems(given | {"MICROSOFT_APP_PASSWORD": "s" * 20})
    (half,) = problems(given | {"MICROSOFT_APP_CERTIFICATE": PEM.partition("-----BEGIN CERT")[0]})

    assert certificate is not None
    assert certificate.get_secret_value() == PEM.replace("\\n", "\n")
    assert "both set" in both
    assert half.startswith("MICROSOFT_APP_CERTIFICATE must be a private key and its certificate")


@pytest.mark.parametrize(
    "name", ["TEAMS_LOGIN_URL", "TEAMS_OPENID_METADATA_URL", "TEAMS_SERVICE_URL"]
)
def test_teams_is_reached_over_tls_except_on_this_machine(name: str) -> None:
    """A secret, or a key that everything is believed by, would be read and changed on the way."""
    hosts = {"TEAMS_SERVICE_HOSTS": "127.0.0.1, proxy.acme.example"}

    (sentence,) = problems(NEEDED | hosts | {name: "http://proxy.acme.example/x"})

    assert sentence.startswith(f"{name} is not https")
    here = "http://127.0.0.1:8081/x"
    loaded = Settings.load(NEEDED | hosts | {name: here})
    assert loaded.model_dump(by_alias=True)[name] == here


def test_teams_is_begun_with_where_the_token_may_go() -> None:
    """Microsoft's public cloud, GCC and GCC High unless others are named."""
    dod = {"TEAMS_SERVICE_URL": "https://smba.infra.dod.teams.microsoft.us/teams/"}
    named = {"TEAMS_SERVICE_HOSTS": "SMBA.infra.dod.teams.microsoft.us"}

    (sentence,) = problems(NEEDED | dod)

    assert "TEAMS_SERVICE_HOSTS" in sentence
    hosts = Settings.load(NEEDED | dod | named).teams_service_hosts
    assert hosts == ("smba.infra.dod.teams.microsoft.us",)
    gov = {"TEAMS_SERVICE_URL": "https://smba.infra.gov.teams.microsoft.us/teams/"}
    assert Settings.load(NEEDED | gov).teams_service_url == gov["TEAMS_SERVICE_URL"]


def test_a_connectors_secret_is_found_by_its_name(tmp_path: Path) -> None:
    """In the environment or in a file, like every setting."""
    (tmp_path / "ledger").write_text("postgresql://ledger\n")
    settings = Settings.load(
        NEEDED | {"CRM_TOKEN": "hush", "LEDGER_URL_FILE": str(tmp_path / "ledger")}
    )

    found = (settings.secret("CRM_TOKEN"), settings.secret("LEDGER_URL"))

    assert found == ("hush", "postgresql://ledger")


@pytest.mark.parametrize("name", ["JIT_AUDIT_KEY", "DATABASE_URL_FILE", "SLACK_BOT_TOKEN"])
def test_a_connector_never_gets_a_secret_of_ours(name: str) -> None:
    """Whoever writes a company's files could otherwise send our keys to a system of theirs."""
    settings = Settings.load(NEEDED)

    with pytest.raises(SettingsError, match="a setting of jitbot's own"):
        settings.secret(name)


def test_a_connectors_missing_secret_is_named() -> None:
    """An operator reads which variable to set."""
    settings = Settings.load(NEEDED)

    with pytest.raises(SettingsError, match="LEDGER_URL is not set"):
        settings.secret("LEDGER_URL")


def test_every_setting_has_a_sentence_and_a_limit() -> None:
    """The table that operators read is complete, and shows no secret as a default."""
    table = {each.name: each for each in Settings.describe()}

    assert all(each.sentence.endswith(".") and each.limit for each in table.values())
    assert {name for name, each in table.items() if each.is_required} == set(NEEDED)
    assert table["PORT"].default == "8080"
    assert table["JIT_PLAYGROUND"].default == "0"
    assert table["JIT_PLAYGROUND_TOKEN"].default is None
