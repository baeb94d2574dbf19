"""A playground with a small company, and a bot that answers with sample cards."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from adapters.chat.cards import (
    Answer,
    Button,
    Card,
    Choice,
    Emphasis,
    Fact,
    Field,
    FieldKind,
    File,
    Form,
    Table,
    Tone,
)
from adapters.chat.inbox import Inbound
from adapters.chat.playground.app import add_playground
from adapters.chat.playground.identity import Channel, Directory, Profile
from adapters.chat.playground.memory import Memory
from adapters.chat.playground.parts import CommandHint, Parts, Suggestion
from adapters.chat.playground.prepared import ACME
from adapters.chat.playground.try_it import Session, TryResult

TOKEN = "the-bot's-own"
CHANNEL = "access-audit"
RIYA = "riya.patel"
JAMES = "james.whitaker"
HASH = "@3f9a0c11d2e4b567"

PEOPLE = (
    Profile(RIYA, "Riya Patel", "Senior Accountant", "Finance"),
    Profile(JAMES, "James Whitaker", "Corporate Controller", "Finance"),
    Profile("liam.murphy", "Liam Murphy", "Accountant", "Finance"),
    Profile("yuki.tanaka", "Yuki Tanaka", "Accountant", "Finance"),
    Profile("marta.kowalska", "Marta Kowalska", "Accounts Payable Lead", "Finance"),
    Profile("sofia.almeida", "Sofia Almeida", "Treasurer", "Finance"),
    Profile("helen.moreau", "Helen Moreau", "Chief Financial Officer", "Executive"),
    Profile("ingrid.solberg", "Ingrid Solberg", "Compliance Lead", "Compliance"),
    Profile("victor.amadi", "Victor Amadi", "Head of Internal Audit", "Compliance"),
    Profile("li.wei", "Li Wei", "Platform Engineer", "Engineering"),
)

DIRECTORY = Directory(
    company="Acme Corporation",
    people=PEOPLE,
    channels=(
        Channel(CHANNEL, "Every request and what became of it"),
        Channel("jit-admin", "Alarms, and what the operators should know"),
    ),
)

COMMANDS = (
    CommandHint("request", '<entitlement> <duration> "<justification>"', "Ask for access"),
    CommandHint("approve", "<request>", "Approve a request that waits for you"),
    CommandHint("deny", '<request> "<reason>"', "Deny a request that waits for you"),
    CommandHint("cancel", "<request>", "Take back your own request"),
    CommandHint("return", "<request>", "Give access back before it ends"),
    CommandHint("revoke", '<request> "<reason>"', "End somebody's access now"),
    CommandHint("status", "[<request>]", "See where a request stands"),
    CommandHint("mine", "", "See what you hold and have asked for"),
    CommandHint("pending", "", "See what waits for your decision"),
    CommandHint("catalog", "[<words>]", "See what may be requested"),
    CommandHint("audit", "[<person or entitlement>] [<period>]", "Ask what happened"),
    CommandHint("help", "[<command>]", "See all commands"),
)

ENTITLEMENTS = (
    Suggestion("netsuite-gl", "GL posting · up to 8 h"),
    Suggestion("netsuite-ap", "AP processing · up to 8 h"),
    Suggestion("netsuite-reports", "Financial reports · up to 5 d"),
    Suggestion("payments-db", "Payments database · up to 2 h"),
)


def in_minutes(minutes: float) -> datetime:
    """Give an instant before or after now."""
    return datetime.now(UTC) + timedelta(minutes=minutes)


NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def waiting_card() -> Card:
    """Give a request that waits for an approver, with buttons."""
    return Card(
        title="JIT-42: Riya Patel asks for GL posting",
        tone=Tone.WAITING,
        lines=(("Stage 1 of 3, Manager: waiting for James Whitaker until ", in_minutes(230), "."),),
        facts=(
            Fact("Entitlement", "netsuite-gl, GL posting in Finance ledger"),
            Fact("Duration", "4 h, from when access is there"),
            Fact("Justification", "Q4 close: accruals for freight and energy are to be posted."),
            Fact("Asked at", in_minutes(-3)),
        ),
        buttons=(
            Button("Approve", f"approve JIT-42 {HASH}", Emphasis.PRIMARY, "Approve JIT-42"),
            Button("Deny…", f"deny JIT-42 {HASH}", Emphasis.DANGER, "Deny JIT-42, with a reason"),
            Button("Details", "status JIT-42"),
        ),
    )


def sample_card() -> Card:
    """Give a card with one of everything, always the same."""
    return Card(
        title="JIT-42: Riya Patel asks for GL posting",
        tone=Tone.WAITING,
        lines=(("Waiting until ", NOON, "."), ("A second line.",)),
        facts=(Fact("Entitlement", "netsuite-gl"), Fact("Asked at", NOON)),
        table=Table(("Request", "Ends"), (("JIT-42", NOON), ("JIT-38", "ended"))),
        buttons=(Button("Approve", f"approve JIT-42 {HASH}", Emphasis.PRIMARY, "Approve JIT-42"),),
        form=REQUEST_FORM,
    )


REQUEST_FORM = Form(
    title="Ask for access",
    says="request",
    submit="Ask",
    fields=(
        Field(
            "entitlement",
            "Entitlement",
            FieldKind.CHOICE,
            choices=(
                Choice("netsuite-gl", "netsuite-gl: GL posting"),
                Choice("netsuite-ap", "netsuite-ap: AP processing"),
            ),
            is_live=True,
        ),
        Field(
            "duration",
            "For how long",
            hint="For example 30m, 4h or until 18:00.",
            value="4h",
            proposals=(Choice("4h", "4 hours (usual)"), Choice("1h", "1 hour")),
            is_live=True,
        ),
        Field(
            "justification",
            "Why",
            FieldKind.TEXT,
            hint="What you will do with it. Approvers and auditors read this.",
            is_live=True,
        ),
        Field("for", "For somebody else", optional=True),
    ),
    lines=(("Choose first what you need.",),),
)

DENY_FORM = Form(
    title="Deny JIT-42",
    says=f"deny JIT-42 {HASH}",
    submit="Deny",
    fields=(Field("reason", "Reason", FieldKind.TEXT, hint="Riya Patel will read it."),),
)

MINE = Card(
    title="What you hold",
    lines=(("1 grant is active.",),),
    table=Table(
        ("Request", "Entitlement", "State", "Ends"),
        (
            ("JIT-42", "netsuite-gl", "active", in_minutes(192)),
            ("JIT-38", "netsuite-reports", "ended", in_minutes(-1500)),
        ),
    ),
    buttons=(Button("Return JIT-42", "return JIT-42"),),
)

REFUSAL = Card(
    title="There is no entitlement netsuite-lg.",
    tone=Tone.BAD,
    lines=(("The closest names are netsuite-gl and netsuite-ap.",),),
    buttons=(Button("Use netsuite-gl", "request netsuite-gl"),),
)


CSV = File("audit-2026-11-22.csv", "text/csv", "\ufeffWho,What\r\nRiya,“posting”\r\n")


def _drafted(fields: Mapping[str, str]) -> Form:
    """Give the request's form as it would be now."""
    wanted, reason = fields.get("entitlement", ""), fields.get("justification", "")
    proposed = (Choice("2h", "2 hours (usual)"), Choice("8h", "8 hours"))
    changes: dict[str, dict[str, object]] = {
        "duration": {"proposals": proposed, "value": fields.get("duration") or "2h"},
        "justification": {"error": "Say more." if 0 < len(reason) < 10 else "", "value": reason},
        "entitlement": {"value": wanted},
    }
    drafted = (replace(one, **changes.get(one.name, {})) for one in REQUEST_FORM.fields)  # type: ignore[arg-type] # by name
    lines = ((f"{wanted}: James Whitaker will be asked until ", NOON, "."),) if wanted else ()
    return replace(REQUEST_FORM, fields=tuple(drafted), lines=lines)


@dataclass
class SampleBot:
    """Answers by the first word; remembers what it was told."""

    heard: list[Inbound] = field(default_factory=list)
    pause: float = 0.0

    async def receive(self, inbound: Inbound) -> Answer:
        """Answer with a card or a form of each kind."""
        self.heard.append(inbound)
        await asyncio.sleep(self.pause)
        word = (inbound.text.split() or ["help"])[0].lower()
        if inbound.is_draft:
            return Answer(form=_drafted(inbound.fields or {}))
        if word == "request" and inbound.fields is not None:
            return self._requested(inbound.fields)
        if word == "deny" and inbound.fields is None:
            return Answer(form=DENY_FORM)
        answers = {
            "request": Answer(form=REQUEST_FORM)
            if len(inbound.text.split()) < 3
            else Answer(card=Card("JIT-42 is asked for.", Tone.WAITING)),
            "mine": Answer(card=MINE),
            "audit": Answer(card=Card("Ask the log", form=REQUEST_FORM)),
            "approve": Answer(card=Card("You approved JIT-42.", Tone.GOOD)),
            "deny": Answer(card=Card("You denied JIT-42.", Tone.ENDED)),
            "fail": Answer(card=REFUSAL, code="unknown-entitlement"),
            "nothing": Answer(),
            "share": Answer(card=Card("The record: 1 entry"), is_shared=True),
            "csv": Answer(card=Card("The record: 1 entry"), file=CSV),
        }
        if word == "crash":
            raise RuntimeError("as asked")
        return answers.get(word, Answer(card=Card("Commands", lines=(("request, mine, audit",),))))

    def _requested(self, fields: Mapping[str, str]) -> Answer:
        if len(fields["justification"]) >= 10:
            return Answer(card=Card(f"{fields['entitlement']} is asked for.", Tone.WAITING))
        wrong = [
            Field(
                one.name,
                one.label,
                one.kind,
                one.hint,
                fields[one.name],
                one.choices,
                error="Say in a sentence what you will do with it."
                if one.name == "justification"
                else "",
                optional=one.optional,
            )
            for one in REQUEST_FORM.fields
        ]
        return Answer(form=Form("Ask for access", "request", "Ask", tuple(wrong)), code="thin")


class SampleTryIt:
    """Allows reading, denies writing; its session ends when told."""

    def __init__(self) -> None:
        self.state = Session.NONE

    async def run(self, account: str, system: str, statement: str) -> TryResult:
        """Deny an insert, allow the rest."""
        before, self.state = self.state, Session.KEPT
        state = Session.KEPT if before is Session.KEPT else Session.NEW
        if statement.startswith("insert"):
            return TryResult(False, (), (), "Permission denied for table journals.", state)
        rows = (("JE-10235", "19534.50", "liam_murphy"), ("JE-10234", "7400.00", "riya_patel"))
        return TryResult(True, ("reference", "amount", "posted_by"), rows, "2 rows read.", state)

    async def sessions(self, account: str) -> Mapping[str, Session]:
        """Tell of the one session."""
        return {} if self.state is Session.NONE else {"ledger": self.state}

    async def close(self) -> None:
        """End it."""
        self.state = Session.NONE


async def read_directory() -> Directory:
    """Give the sample company."""
    return DIRECTORY


async def suggest(account: str, line: str) -> Sequence[Suggestion]:
    """Suggest entitlements for a request's first argument."""
    words = line.split(" ")
    if words[0] != "request" or len(words) != 2:
        return ()
    return [one for one in ENTITLEMENTS if one.text.startswith(words[1])]


@dataclass
class Stage:
    """A running playground."""

    memory: Memory
    bot: SampleBot
    try_it: SampleTryIt
    address: str = ""
    runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The server's port."""
        return int(self.address.rsplit(":", 1)[1])

    async def start(self, port: int = 0) -> None:
        """Serve on the loopback address."""
        app = web.Application()
        add_playground(app, self.parts())
        self.runner = web.AppRunner(app, shutdown_timeout=1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        bound = self.runner.addresses[0]
        self.address = f"http://127.0.0.1:{bound[1]}"

    def parts(self) -> Parts:
        """Give what the playground needs."""
        return Parts(
            memory=self.memory,
            directory=read_directory,
            receive=self.bot.receive,
            bot_token=TOKEN,
            commands=COMMANDS,
            suggest=suggest,
            try_it=self.try_it,
            prepared=ACME,
        )

    async def stop(self) -> None:
        """Stop serving; the memory stays open."""
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None


def make_stage(folder: Path) -> Stage:
    """Make a stage whose memory is in a folder."""
    return Stage(Memory(folder / "playground.sqlite3"), SampleBot(), SampleTryIt())
