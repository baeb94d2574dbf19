"""The platform as it speaks to the fake Teams, an address book for it, and what stands there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from adapters.chat.teams.address import Address, AddressBook
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.pacing import Pacing
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.platform import TeamsPlatform
from tests.teams.fake_teams import FakeTeams, Message
from tests.teams.looking import card_of


class Pocket:
    """An address book in memory."""

    def __init__(self) -> None:
        """Nobody is in it."""
        self.pages: dict[str, str] = {}
        self.written = 0

    async def find(self, subject: str) -> str | None:
        """Look somebody up."""
        return self.pages.get(subject)

    async def keep(self, subject: str, written: str) -> None:
        """Write somebody down."""
        assert len(written) <= 4000, "an address book takes no more"
        self.written += 1
        self.pages[subject] = written

    def has(self, subject: str, address: Address) -> None:
        """Know somebody already."""
        self.pages[subject] = address.write()

    def read(self, subject: str) -> Address:
        """Read what was kept."""
        return Address.read(self.pages[subject])


def teams_connector(teams: FakeTeams) -> BotConnector:
    """Make the connector's client; nothing waits for its turn."""
    app = teams.app
    credentials = Credentials(
        app_id=app.id, tenant=app.tenant, login_url=teams.login_url, password=app.secret
    )
    connector = BotConnector(Tokens(credentials), [teams.host])
    # Its clock passes a minute at every look: pacing has tests of its own.
    connector._pacing = Pacing(clock=count(0, 60).__next__)
    return connector


def teams_platform(teams: FakeTeams, book: AddressBook) -> TeamsPlatform:
    """Make the platform under test, as it speaks to the fake."""
    return TeamsPlatform(
        teams_connector(teams),
        book,
        app_id=teams.app.id,
        tenant=teams.app.tenant,
        service_url=teams.service_url,
    )


def cards_at(teams: FakeTeams, place: Place, *, without: Collection[str] = ()) -> Sequence[Card]:
    """Read the bot's cards in a place: in a channel's thread its replies, else what is none.

    `without`: the references of those that are not meant.
    """
    found = [one for one in _messages(teams, place) if one.reference not in without]
    return [card_of(one.card) for one in found if one.card and not one.author]


def _messages(teams: FakeTeams, place: Place) -> Sequence[Message]:
    where = teams.world.talk(place.account) if place.account else None
    where = where or teams.world.conversations.get(place.channel)
    there = [one for one in where.messages if not one.is_deleted] if where else []
    if place.thread is None or place.account:
        return [one for one in there if not one.is_reply]
    root = place.thread.rpartition("/")[2]
    return [one for one in there if one.is_reply and one.root == root]
