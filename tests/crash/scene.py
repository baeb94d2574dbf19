"""Where a worker dies: the example company, its real ledger, a chat, and workers who go on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Engine, text

from adapters.chat.story import ROOT, messages
from adapters.company.read import read_company
from adapters.connectors.postgres import PostgresConnector
from adapters.signing import is_signed
from bot.duties import Duties
from bot.embedded import EmbeddedServers
from bot.leased import Leased
from bot.ledger import ledger_url, load_ledger
from bot.wiring import known
from engine.audit.vocabulary import Action
from engine.model.dossier import Dossier
from engine.model.grant import Grant
from engine.model.identifiers import EffectId, EntitlementId, PersonId, RequestId, show
from engine.model.request import Verdict
from engine.policy.accounts import AccountFacts
from engine.ports import Connectors, EffectKind
from engine.workflow.accounts import note_account
from engine.workflow.announce import Story
from engine.workflow.apply_config import apply_config
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from engine.workflow.granting.end import revoke
from engine.workflow.hand_out import Handed, hand_out
from storage.database.connect import connect
from storage.migrate import upgrade
from storage.proof.verify import verify
from storage.unit_of_work import PostgresWork
from tests.crash.board import CHAT, Board
from tests.crash.victim import FOLLOW, Order

REPO = Path(__file__).parents[2]
RIYA = PersonId("riya.patel")
ADMIN = PersonId("li.wei")
WANTED = EntitlementId("netsuite-reports")

PASSWORD = "example-pass-word"

ROUNDS_MAX = 20
"""More rounds than any duty needs: beyond, something is done over and over."""

_NEXT_DAY = "UPDATE effect SET next_at = statement_timestamp() WHERE state <> 'done'"
_UNDONE = "SELECT kind, state, problem FROM effect WHERE state <> 'done'"


@dataclass(frozen=True, slots=True)
class Scene:
    """One installation."""

    work: PostgresWork
    owner: Engine
    board: Board
    orders: Order
    """An order with this installation's addresses."""

    victims: subprocess.Popen[str]

    # ── what people do ──────────────────────────────────────────────────────────────────────────

    def ask(self, holder: PersonId = RIYA) -> RequestId:
        """Ask for access."""
        return submit(
            self.work, Ask(holder, WANTED, None, "looking at last year's bills")
        ).request.id

    def approve(self, request: RequestId) -> None:
        """Approve, stage by stage, as whoever is asked."""
        while (asked := self.read(request).request).is_pending:
            decide(self.work, Answer(asked.stage.asked[0].person, request, Verdict.APPROVE))

    def deny(self, request: RequestId) -> None:
        """Deny, as whoever is asked."""
        approver = self.read(request).request.stage.asked[0].person
        decide(self.work, Answer(approver, request, Verdict.DENY, "not in this quarter"))

    def order_begin(self) -> RequestId:
        """Come as far as access is about to be given."""
        request = self.ask()
        self.approve(request)
        return request

    def order_end(self, request: RequestId) -> None:
        """Revoke."""
        revoke(self.work, ADMIN, request, "seen where it should not be")

    def leave(self, person: PersonId) -> None:
        """Let the chat say that somebody's account was deactivated."""
        with self.work() as uow:
            account = uow.companies.active().company.person[person].platforms[CHAT]
        note_account(self.work, AccountFacts(CHAT, account, why_not="deactivated"))

    def come_back(self, person: PersonId) -> None:
        """Let the chat say that it is active again."""
        with self.work() as uow:
            account = uow.companies.active().company.person[person].platforms[CHAT]
        note_account(self.work, AccountFacts(CHAT, account))

    @contextmanager
    def standing(self, request: RequestId) -> Iterator[None]:
        """Let an administrator of the ledger give the access by hand, and take it at the end."""
        target = self.grant(request).target
        self._administer(f"GRANT {target.permission} TO {target.account}")
        try:
            yield
        finally:
            self._administer(f"REVOKE {target.permission} FROM {target.account}")

    def use(self, request: RequestId) -> extensions.connection:
        """Let the holder use the access, in a session that has put the role on."""
        target = self.grant(request).target
        url = ledger_url(self.orders.database_url, account=target.account, password=PASSWORD)
        session = psycopg2.connect(url)
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(f"SET ROLE {target.permission}")
            cursor.execute("SELECT count(*) FROM journals")
        return session

    def _administer(self, statement: str) -> None:
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    # ── what workers do ─────────────────────────────────────────────────────────────────────────

    def hand_out(self, kind: EffectKind) -> Handed:
        """Claim what is due, for a worker that will die with one of it."""
        handed = [one for one in hand_out(self.work, limit=100) if one[1] is kind]
        assert len(handed) == 1, handed
        return handed[0]

    def send(self, handed: Handed, *, die_at: int | None = None) -> tuple[list[str], int]:
        """Let a worker try once; gives the steps that it came to, and how it ended."""
        effect, kind, attempt = handed
        return self._send(kind.value, effect, attempt, die_at)

    def follow(self, *, die_at: int | None = None) -> tuple[list[str], int]:
        """Let a clock follow people; gives the steps that it came to, and how it ended."""
        return self._send(FOLLOW, EffectId(0), 0, die_at)

    def _send(
        self, kind: str, effect: EffectId, attempt: int, die_at: int | None
    ) -> tuple[list[str], int]:
        said = self.orders
        order = Order(said.database_url, said.ledger_url, said.board, kind, effect, attempt, die_at)
        print(order.written(), file=_there(self.victims.stdin), flush=True)
        steps: list[str] = []
        for line in _there(self.victims.stdout):
            if line.startswith("ended "):
                return steps, int(line.split()[1])
            steps.append(line.strip())
        raise AssertionError("the parent of the victims died itself")

    def let_leases_end(self) -> None:
        """Let so much time pass that everything undone is due again."""
        with self.owner.begin() as connection:
            connection.execute(text(_NEXT_DAY))

    def go_on(self) -> None:
        """Let other workers go on until nothing is left undone."""
        duties = Duties(self.work, self.connectors, {CHAT: self.board}, asyncio.run)
        for _ in range(ROUNDS_MAX):
            self.let_leases_end()
            handed = hand_out(self.work, limit=100)
            if not handed:
                break
            for effect, kind, attempt in handed:
                duties.carry_out(kind, effect, attempt)
        assert self.undone() == []

    @property
    def connectors(self) -> Connectors:
        """Every system is the ledger here."""
        return lambda _: Leased(self.ledger)

    # ── what can be seen ────────────────────────────────────────────────────────────────────────

    @property
    def ledger(self) -> PostgresConnector:
        """The real ledger."""
        return PostgresConnector(self.orders.ledger_url)

    def read(self, request: RequestId) -> Dossier:
        """Read a request."""
        with self.work() as uow:
            return read_request(uow, request)

    def grant(self, request: RequestId) -> Grant:
        """Read a grant."""
        grant = self.read(request).grant
        assert grant is not None
        return grant

    def has_access(self, request: RequestId) -> bool:
        """Look in the ledger."""
        return self.ledger.observe(self.grant(request).target)

    def told(self, request: RequestId) -> Counter[str]:
        """Count a request's entries by what they say."""
        with self.work() as uow:
            return Counter(one.entry.action for one in uow.audit.stream(show(request)))

    def undone(self) -> list[tuple[str, ...]]:
        """List the duties that are not done."""
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.execute(text(_UNDONE))]

    def check_record(self) -> None:
        """Fail unless the audit log holds together, and with the rows."""
        verdict = verify(self.owner, [], is_signed)
        assert verdict.ok, verdict.sentence

    def check_begun(self, request: RequestId) -> None:
        """Fail unless access was given once, and the record says so once."""
        told = self.told(request)
        assert self.grant(request).state == "active"
        assert self.has_access(request)
        assert told[Action.GRANT_ACTIVATED] == 1, told
        # What a dead worker gave is ours, and no standing right.
        assert told[Action.GRANT_STANDING] == 0, told
        assert self.grant(request).held_before is False
        self.check_record()

    def check_ended(self, request: RequestId) -> None:
        """Fail unless access was taken once, and the record says so once."""
        told = self.told(request)
        assert self.grant(request).state == "ended"
        assert not self.has_access(request)
        assert told[Action.GRANT_ENDED] == 1, told
        assert told[Action.GRANT_KEPT] == 0, told
        self.check_record()

    def check_shown(self, request: RequestId) -> None:
        """Fail unless every message is on the board once, in order, as it should be by now."""
        wanted = messages(self._story(request))
        with self.work() as uow:
            posts = {post.key: post for post in uow.posts.of(request, CHAT)}
        shown = self.board.shown()
        by_number = {str(number): one for number, one in enumerate(shown, start=1)}
        thread = posts[ROOT].reference
        assert set(posts) == {message.key for message in wanted}
        for message in wanted:
            place, digest = by_number[posts[message.key].reference or ""]
            assert digest == message.card.digest(), message.key
            assert (f"thread={thread!r}" in place) is message.in_thread
        replies = [int(posts[one.key].reference or "") for one in wanted if one.in_thread]
        assert replies == sorted(replies)

    def _story(self, request: RequestId) -> Story:
        with self.work() as uow:
            return Story(
                platform=CHAT,
                dossier=read_request(uow, request),
                entries=uow.audit.stream(show(request)),
                company=uow.companies.active().company,
                posts=uow.posts.of(request, CHAT),
            )


def _there(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@contextmanager
def open_scene(folder: Path) -> Iterator[Scene]:
    """Open one, on servers of its own: the ledger's names are fixed."""
    with EmbeddedServers(folder, fast=True) as servers:
        url = servers.urls.database_url
        upgrade(url)
        engine, owner = connect(url), connect(url, role=None, pool_size=2)
        work = PostgresWork(engine)
        company = read_company(REPO / "examples" / "acme", known())
        apply_config(work, company, applied_by="operator", difference=lambda _, __: ["new"])
        board = folder / "board.sqlite"
        ledger_url = load_ledger(url, password=PASSWORD)
        orders = Order(url, ledger_url, str(board), "", EffectId(0), 0, None)
        with _victims() as victims:
            yield Scene(work, owner, Board(board), orders, victims)
        engine.dispose()
        owner.dispose()


@contextmanager
def _victims() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.victim"],
        cwd=REPO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as victims:
        yield victims
        # Leaving closes its input, and it ends.
