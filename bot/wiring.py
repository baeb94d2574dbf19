"""Settings in, working parts out. Nothing else constructs an adapter or opens a connection.

Nothing here connects: a process starts, and says that it is not ready, while Postgres is away.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from dramatiq.brokers.redis import RedisBroker

from adapters.chat.platform import Platform
from adapters.chat.playground.identity import PLAYGROUND
from adapters.chat.playground.platform import PlaygroundPlatform
from adapters.chat.slack.identity import SLACK
from adapters.chat.slack.platform import SlackPlatform
from adapters.chat.slack.web_api.client import SlackClient
from adapters.chat.teams.address import TEAMS
from adapters.company.known import Known
from adapters.conditions.cel import CelConditions
from adapters.connectors.registry import connector, settings_known
from adapters.signing import Ed25519Signer, is_signed
from adapters.tickets import registry as ticket_kinds
from bot.duties import Duties
from bot.loop import LoopThread
from bot.queue.actors import make_broker, sender
from bot.queue.pump import OWN_THREADS, Pump
from bot.settings import Settings, SettingsError
from engine.audit.checkpoint import key_of
from engine.errors import Permanent, Temporary
from engine.model.identifiers import PlatformName, SystemId
from engine.ports import Connector, Work
from engine.tickets import TicketsAway
from engine.workflow.look import company_now
from storage.chats.inbox import forget_seen
from storage.database import roles
from storage.database.connect import Database, connect
from storage.proof.checkpoints import checkpoint_once
from storage.proof.sequencer import sequence_once
from storage.proof.verify import Verdict, verify
from storage.unit_of_work import PostgresWork

PLATFORMS = frozenset({"playground", "slack", "teams"})
"""The chat products that a company's files may name."""


def known() -> Known:
    """Say what a company's files may name of this build."""
    return Known(settings_known(), PLATFORMS, CelConditions(), ticket_kinds.settings_known())


@dataclass(frozen=True)
class Parts:
    """What a process is made of. Each part is made when it is first asked for."""

    settings: Settings
    process: str
    """`web`, `worker`, `clock` or an operator's verb: shown in the database and in the logs."""

    @cached_property
    def engine(self) -> Database:
        """The pool of connections, as many as threads that work at once."""
        return connect(
            self.settings.database_url, pool_size=self._threads, name=f"jitbot-{self.process}"
        )

    @property
    def _threads(self) -> int:
        own = {"worker": self.settings.worker_threads, "clock": OWN_THREADS}.get(
            self.process, self.settings.engine_threads
        )
        return own + 4  # the pump, the clock's loops, and readiness

    @cached_property
    def work(self) -> Work:
        """Begins units of work; what they order wakes this process's pump."""
        tickets = ticket_kinds.KnownTickets(self._ticket_secret)
        return PostgresWork(self.engine, self._wake, CelConditions(), tickets)

    def _ticket_secret(self, name: str) -> str:
        try:
            return self.settings.secret(name)
        except SettingsError:
            raise TicketsAway(f"the setting {name} is missing") from None

    def _wake(self) -> None:
        # The pump is made from `work`: asked for only now, the two do not need each other.
        self.pump.wake()

    @cached_property
    def broker(self) -> RedisBroker:
        """The queue."""
        return make_broker(self.settings.redis_url)

    @cached_property
    def pump(self) -> Pump:
        """Hands over what was ordered. Only the clock carries duties out itself."""
        own = self.duties.carry_out if self.process == "clock" else None
        return Pump(self.work, sender(self.broker), own)

    @cached_property
    def loop(self) -> LoopThread:
        """Where platforms live in a synchronous process."""
        return LoopThread()

    @cached_property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """The chat products that are switched on, for what goes out."""
        found: dict[PlatformName, Platform] = {}
        token = self.settings.playground_token
        if self.settings.playground and token is not None:
            found[PLAYGROUND] = PlaygroundPlatform(
                self.settings.playground_url, token.get_secret_value()
            )
        if (slack := self.settings.slack_bot_token) is not None:
            client = SlackClient(self.settings.slack_api_url, slack.get_secret_value())
            found[SLACK] = SlackPlatform(client, command=self.settings.slack_command)
        if self.settings.microsoft_app_id is not None:
            from bot.chats.teams_out import teams_platform  # noqa: PLC0415 - msal costs memory

            found[TEAMS] = teams_platform(self.settings, self.work)
        return found

    @cached_property
    def duties(self) -> Duties:
        """Carries duties out."""
        return Duties(self.work, self.connector, self.platforms, self.loop.run)

    @cached_property
    def signer(self) -> Ed25519Signer:
        """Signs checkpoints of the audit log."""
        seed = b64encode(self.settings.audit_key.get_secret_value()).decode()
        return Ed25519Signer(self.settings.audit_origin, seed)

    @cached_property
    def _sequencer(self) -> Database:
        """A pool of its own: who gives out places may write nothing else, and the reverse."""
        return connect(
            self.settings.database_url,
            role=roles.SEQUENCER,
            pool_size=1,
            name=f"jitbot-{self.process}-log",
        )

    def sequence(self) -> int:
        """Give new entries of the audit log their place; says to how many."""
        return sequence_once(self._sequencer)

    def forget_seen(self, older_than: timedelta) -> int:
        """Forget deliveries that were answered long ago; says how many."""
        return forget_seen(self.engine, older_than=older_than)

    def sign_checkpoint(self) -> None:
        """Sign where the audit log stands, if a checkpoint is due."""
        checkpoint_once(self._sequencer, self.signer)

    def verify_log(self) -> Verdict:
        """Recompute the whole audit log."""
        auditor = connect(
            self.settings.database_url, role=roles.AUDITOR, pool_size=1, name="jitbot-verify"
        )
        try:
            return verify(auditor, [key_of(self.signer)], is_signed)
        finally:
            auditor.dispose()

    def connector(self, system: SystemId) -> Connector:
        """Make a system's connector, as the configuration in force has it."""
        described = company_now(self.work).company.system.get(system)
        if described is None:
            raise Permanent(f"the system {system} is not in the configuration any more.")
        try:
            return connector(described.connector, described.settings, self.settings.secret)
        except SettingsError as problem:
            raise Temporary(str(problem)) from None  # an operator can set it, and it goes on

    @contextmanager
    def pumping(self) -> Iterator[None]:
        """Run the pump in a thread of its own, and let go of everything afterwards."""
        thread = threading.Thread(target=self.pump.run, name="pump", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.pump.stop()
            thread.join()
            self.close()

    def close(self) -> None:
        """Let go of threads and connections. Calling it twice is fine."""
        made = self.__dict__
        with ExitStack() as each:  # the others, too, if one fails
            for pool in ("engine", "_sequencer"):
                if pool in made:
                    each.callback(made[pool].dispose)
            if "broker" in made:
                each.callback(self.broker.client.close)
            loop: LoopThread | None = made.pop("loop", None)
            if loop is not None:
                each.callback(loop.stop)
                for platform in self.platforms.values():
                    each.callback(_close, loop, platform)
            if "pump" in made:
                each.callback(self.pump.stop)


def _close(loop: LoopThread, platform: Platform) -> None:
    loop.run(platform.close())
