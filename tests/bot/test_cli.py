"""What an operator types, and what a terminal shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import psycopg2

from bot.operate import own_version
from tests.bot.conftest import ACME, ROOT
from tests.teams.manifest_check import check_package


def bot(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a verb as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_company_is_put_in_force_once(environment: dict[str, str]) -> None:
    """The first apply shows what changes; the same files again change nothing."""
    first = bot("config", "apply", str(ACME), environment=environment)
    second = bot("config", "apply", str(ACME), environment=environment)

    assert first.returncode == 0, first.stderr
    assert "Configuration 1" in first.stdout
    assert "is in force now" in first.stdout
    assert "nothing has changed" in second.stdout


def test_what_is_in_force_comes_out_and_goes_back_in(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """An export applied at once changes nothing; one of an older version takes all of it back."""
    bot("config", "apply", str(ACME), environment=environment)
    shown = bot("config", "export", environment=environment)
    path = tmp_path / "acme.yaml"
    path.write_text(shown.stdout, encoding="utf-8")

    again = bot("config", "apply", str(path), environment=environment)

    assert "nothing has changed" in again.stdout, shown.stderr
    path.write_text(shown.stdout.replace("times: 2", "times: 3"), encoding="utf-8")
    assert "Configuration 2" in bot("config", "apply", str(path), environment=environment).stdout
    first = bot("config", "export", "--version", "1", environment=environment)
    assert first.stdout == shown.stdout
    missing = bot("config", "export", "--version", "9", environment=environment)
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr


def test_nonsense_is_refused_with_file_and_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """A reference to nobody names the file, the line and the closest name; nothing is applied."""
    company = tmp_path / "company"
    shutil.copytree(ACME, company)
    chains = company / "chains.yaml"
    chains.write_text(chains.read_text().replace("person:helen.moreau", "person:helen.morau", 1))

    refused = bot("config", "apply", str(company), environment=environment)

    assert refused.returncode == 2
    assert "chains.yaml:" in refused.stderr
    assert "helen.moreau" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_missing_settings_are_all_told_at_once() -> None:
    """Every setting that is missing gets a sentence; there is no stack trace."""
    refused = bot("release", environment={})

    assert refused.returncode == 2
    assert "DATABASE_URL" in refused.stderr
    assert "JIT_AUDIT_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_untouched_log_verifies(environment: dict[str, str]) -> None:
    """The whole log fits together, and the exit code says so."""
    bot("config", "apply", str(ACME), environment=environment)

    verdict = bot("audit", "verify", environment=environment)

    assert verdict.returncode == 0, verdict.stdout


def test_a_changed_entry_is_named(environment: dict[str, str]) -> None:
    """What a superuser changed behind the guards is named, with exit code 1."""
    bot("config", "apply", str(ACME), environment=environment)
    with psycopg2.connect(environment["DATABASE_URL"]) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET body = replace(body, 'operator', 'somebody')")
    owner.close()

    verdict = bot("audit", "verify", environment=environment)

    assert verdict.returncode == 1
    assert "config" in verdict.stdout


def test_settings_are_shown_without_values(environment: dict[str, str]) -> None:
    """Every setting is listed with its sentence, and no secret is printed."""
    shown = bot("settings", environment=environment)

    assert "JIT_AUDIT_KEY" in shown.stdout
    assert environment["JIT_AUDIT_KEY"] not in shown.stdout


APP_ID = "2b5f8a5e-5d63-4c0c-9a5e-0f6a1e1b7c11"
TEAMS = {
    "MICROSOFT_APP_ID": APP_ID,
    "MICROSOFT_APP_PASSWORD": "not-a-secret-of-anybody",
    "MICROSOFT_APP_TENANT_ID": "7c0e8f0a-3f0d-4a53-8f5b-6f1f0f6e2a11",
    **dict.fromkeys(("JIT_PLAYGROUND", "JIT_PLAYGROUND_TOKEN"), ""),
}


def test_the_app_package_for_teams_is_written(environment: dict[str, str], tmp_path: Path) -> None:
    """One that Teams takes, with this program's version, and no secret in it."""
    out = tmp_path / "acme.zip"

    written = bot(
        *("teams", "package", "--out", str(out), "--website", "https://intranet.acme.example/jit"),
        environment=environment | TEAMS,
    )

    assert written.returncode == 0, written.stderr
    assert "Teams admin center" in written.stdout
    assert check_package(out.read_bytes()) == []
    assert TEAMS["MICROSOFT_APP_PASSWORD"].encode() not in out.read_bytes()
    with ZipFile(out) as package:
        manifest = json.loads(package.read("manifest.json"))
    assert manifest["id"] == APP_ID
    assert manifest["version"] == own_version()


def test_what_the_package_lacks_is_told_in_a_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Nothing is written, and nobody sees a stack trace."""
    out = tmp_path / "acme.zip"
    said = {
        "MICROSOFT_APP_ID is not set": ({}, ()),
        "an https address such as": (TEAMS, ()),
        "cannot be written": (TEAMS, ("--website", "https://a.example", "--out", str(tmp_path))),
    }

    for sentence, (settings, words) in said.items():
        refused = bot(
            *("teams", "package", "--out", str(out), *words), environment=environment | settings
        )

        assert refused.returncode == 2
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr
        assert not out.exists()
