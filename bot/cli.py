"""What an operator types: `python -m bot <verb>`.

::

    demo                  everything on this machine, with an example company
    release               bring the database to this version (the Procfile's release phase)
    web, worker, clock    the processes
    config check DIR      read a company's files and say everything that is wrong with them
    config apply DIR      put them in force, after showing what changes
    policy explain        show which chain and people a request would take, and why
    policy facts          list what a condition may ask
    audit verify          recompute the whole audit log and name the first thing that is wrong
    teams package         write the app package that an admin uploads to Teams
    doctor                try everything that this installation needs
    settings              every setting with its sentence
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from adapters.chat.teams.package import PackageError
from adapters.company.problems import CompanyProblems
from adapters.company.read import read_company
from bot import clock, demo, operate, policy, web, worker
from bot.embedded import EmbeddedError
from bot.settings import Settings, SettingsError
from bot.watch import logs
from bot.watch.doctor import examine
from bot.wiring import Parts, known
from engine.errors import Refused
from storage import migrate

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
config_app = typer.Typer(no_args_is_help=True, help="The company's configuration.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")
teams_app = typer.Typer(no_args_is_help=True, help="Microsoft Teams.")
app.add_typer(config_app, name="config")
app.add_typer(audit_app, name="audit")
app.add_typer(teams_app, name="teams")
app.add_typer(policy.app, name="policy")

Folder = Annotated[
    Path, typer.Argument(help="A folder of YAML files, e.g. examples/acme, or one export.")
]


_KNOWN = (
    SettingsError,
    EmbeddedError,
    demo.DemoError,
    migrate.CannotMigrate,
    CompanyProblems,
    PackageError,
    Refused,
)
"""What a person can mend: told in a sentence or more, never with a stack trace."""


def main() -> None:
    """Run the verb that was typed; a known problem is one sentence and exit code 2."""
    try:
        app()
    except _KNOWN as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from None


def _parts(process: str) -> Parts:
    return Parts(Settings.load(), process)


def _serve(process: str, run: Callable[[Parts], None]) -> None:
    parts = _parts(process)
    logs.configure(parts.settings.log_level, process=process)
    run(parts)


@app.command("demo")
def demo_(
    *,
    reset: Annotated[bool, typer.Option("--reset", help="Forget everything instead.")] = False,
    folder: Annotated[Path, typer.Option(help="Where it keeps its state.")] = demo.FOLDER,
    company: Annotated[Path, typer.Option(help="The company that it shows.")] = demo.COMPANY,
) -> None:
    """Run everything on this machine, with an example company."""
    shown = demo.Demo(folder.absolute(), company.absolute())
    if reset:
        print(shown.reset())
        return
    raise typer.Exit(shown.run())


@app.command("web")
def web_() -> None:
    """Serve chat platforms and operators."""
    _serve("web", web.run)


@app.command("worker")
def worker_() -> None:
    """Carry out duties."""
    _serve("worker", worker.run)


@app.command("clock")
def clock_() -> None:
    """Make what is due happen."""
    _serve("clock", clock.run)


@app.command()
def release() -> None:
    """Bring the database to this version; nothing happens where it is there already."""
    changed = operate.release(Settings.load())
    print("The database is up to date now." if changed else "The database was up to date.")


@app.command("settings")
def settings_() -> None:
    """Show every setting with its sentence."""
    for setting in Settings.describe():
        print(f"{setting.name}: {setting.sentence}")
        default = "required" if setting.is_required else f"default: {setting.default or 'not set'}"
        print(f"    {setting.limit} ({default})")


@app.command()
def doctor() -> None:
    """Try everything that this installation needs, and say what to do about what fails."""
    findings = list(examine(_parts("doctor")))
    for finding in findings:
        print(finding)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@config_app.command("check")
def check(folder: Folder) -> None:
    """Say everything that is wrong with a company's files; changes nothing."""
    company = read_company(folder, known())
    print(
        f"{company.name}: {len(company.people)} people, {len(company.systems)} systems, "
        f"{len(company.entitlements)} entitlements. Nothing is wrong."
    )


@config_app.command("apply")
def apply(folder: Folder) -> None:
    """Put a company's files in force; shows what changes."""
    version, changes = operate.put_in_force(Settings.load(), folder, operator=_operator())
    for change in changes:
        print(f"  {change}")
    what = "is in force now" if changes else "was in force already; nothing has changed"
    print(f"Configuration {version.number} ({version.digest[:12]}) {what}.")


@config_app.command("export")
def export_(
    version: Annotated[int | None, typer.Option(help="Its number; else what is in force.")] = None,
) -> None:
    """Write a version of the configuration as one YAML text, which `config apply` takes as well."""
    print(operate.exported(Settings.load(), version), end="")


def _operator() -> str:
    """Name who typed it: an operator at a terminal is no person of the directory."""
    return f"operator:{getpass.getuser()}"


@audit_app.command("verify")
def audit_verify() -> None:
    """Recompute the whole audit log; names the first thing that is wrong."""
    parts = _parts("verify")
    verdict = parts.verify_log()
    print(verdict.sentence)
    raise typer.Exit(0 if verdict.ok else 1)


@teams_app.command("package")
def teams_package(
    *,
    out: Annotated[Path, typer.Option(help="Where it is written.")] = Path("jit-teams.zip"),
    website: Annotated[
        str, typer.Option(help="A page of yours that says what this is: an https address.")
    ] = "",
    name: Annotated[str, typer.Option(help="What people mention in channels.")] = "JIT",
    publisher: Annotated[str, typer.Option(help="Who is named as the publisher.")] = "jitbot",
    version: Annotated[
        str, typer.Option(help="Higher than the one uploaded before; else this program's own.")
    ] = "",
) -> None:
    """Write the app package that an admin uploads to Teams."""
    package = operate.teams_package(
        Settings.load(), website=website, name=name, publisher=publisher, version=version
    )
    try:
        out.write_bytes(package)
    except OSError as error:
        print(
            f"{out} cannot be written ({error.strerror}): name another with --out.", file=sys.stderr
        )
        raise typer.Exit(2) from None
    print(f"{out} is written. Upload it in the Teams admin center: Teams apps, Manage apps.")
