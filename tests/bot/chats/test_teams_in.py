"""Teams end to end: people at the fake, the real web process, the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from dramatiq import Worker

from adapters.chat.teams.address import TEAMS
from adapters.company.difference import difference
from bot.queue.actors import declare
from bot.settings import Settings
from bot.web import make_app
from bot.wiring import Parts
from engine.model.company import Company
from engine.model.identifiers import PersonId, RequestId
from engine.workflow.apply_config import apply_config
from engine.workflow.look import company_now
from tests.adapters.chat.teams.stage import until
from tests.teams.fake_teams import FakeTeams, Message, Person
from tests.teams.fake_teams.world import Json
from tests.teams.looking import card_of

RIYA = "0a4c1f5e-5b1c-4c39-9a4f-1d3c5e7a9b01"
BEN = "1b5d2a6f-6c2d-4d40-8b5a-2e4d6f8b0c12"
MARTA = "1b5d2a6f-6c2d-4d40-8b5a-2e4d6f8b0c13"
GUEST = "2c6e3b70-7d3e-4e51-9c6b-3f5e7a9c1d23"
BANKER = "3d7f4c81-8e4f-4f62-8d7c-406f8badc2e3"
AUDIT = "19:audit@thread.tacv2"
ELSEWHERE = "22222222-0000-4000-8000-000000000002"

ACCOUNTS = {
    PersonId("riya.patel"): RIYA,
    PersonId("ben.okafor"): BEN,
    PersonId("marta.kowalska"): MARTA,
}
ASKS = 'request netsuite-gl 4h "Q4 close, posting accruals"'


def linked(company: Company) -> Company:
    """Give the example company with accounts in Teams."""
    people = [
        replace(person, platforms={**person.platforms, TEAMS: ACCOUNTS[person.id]})
        if person.id in ACCOUNTS
        else person
        for person in company.people
    ]
    channels = {TEAMS: AUDIT}
    return replace(company, people=tuple(people), audit_channels=channels, admin_channels=channels)


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give an organisation where people, and a guest, are in a channel with the bot."""
    fake = FakeTeams()
    fake.add_person(RIYA, "Riya Patel", upn="riya.patel@acme.example")
    fake.add_person(BEN, "Ben Okafor", upn="ben.okafor@acme.example")
    fake.add_person(MARTA, "Marta Kowalska", upn="marta.kowalska@acme.example")
    fake.add_person(GUEST, "A Guest", role="guest", upn="guest_bank.example#EXT#@acme.example")
    fake.add_person(BANKER, "A Banker", tenant=ELSEWHERE, upn="ben.okafor@acme.example")
    fake.add_channel(AUDIT, "access-audit", members={RIYA, BEN, MARTA, GUEST, BANKER})
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.violations


@pytest.fixture
async def installed(
    teams: FakeTeams, parts: Parts, environment: dict[str, str]
) -> AsyncIterator[Parts]:
    """Give the web process of an installation with Teams."""
    company = linked(company_now(parts.work).company)
    apply_config(parts.work, company, applied_by="operator:test", difference=difference)
    for name in [name for name in environment if name.startswith("JIT_PLAYGROUND")]:
        del environment[name]
    environment |= {
        "MICROSOFT_APP_ID": teams.app.id,
        "MICROSOFT_APP_PASSWORD": teams.app.secret,
        "MICROSOFT_APP_TENANT_ID": teams.app.tenant,
        "TEAMS_LOGIN_URL": teams.login_url,
        "TEAMS_OPENID_METADATA_URL": teams.openid_url,
        "TEAMS_SERVICE_HOSTS": teams.host,
        "TEAMS_SERVICE_URL": teams.service_url,
    }
    with_teams = Parts(Settings.load(environment), "web")
    runner = web.AppRunner(make_app(with_teams), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    teams.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    yield with_teams
    await runner.cleanup()


@pytest.fixture
async def working(installed: Parts) -> AsyncIterator[None]:
    """Let a worker carry duties out."""
    declare(installed.broker, installed.duties.carry_out)
    worker = Worker(installed.broker, worker_timeout=20, worker_threads=2)
    worker.start()
    yield
    await asyncio.to_thread(worker.stop)  # the fake answers meanwhile


def plain(person: Person, message: Message) -> str:
    """Read a message as this person sees it."""
    card = person.card(message)
    assert card is not None
    return card_of(card).plain()


def seen(person: Person, message: Message) -> str:
    """Read everything on a message, above it, too."""
    return str(person.card(message))


def refusals(installed: Parts) -> list[str]:
    """Read with which codes tries were refused in the first request's own record."""
    with installed.work() as uow:
        entries = [one.entry for one in uow.audit.stream("JIT-1")]
    return [str(one.facts["code"]) for one in entries if one.action == "attempt.refused"]


def decided_by(installed: Parts) -> list[str]:
    """Read who has decided the first request."""
    with installed.work() as uow:
        dossier = uow.requests.find(RequestId(1))
    assert dossier is not None
    return [decision.approver for decision in dossier.decisions]


async def asked(person: Person) -> None:
    """Let somebody ask, and be answered."""
    await person.types(ASKS)
    await until(person.told)


async def test_a_person_asks_with_the_form(teams: FakeTeams, installed: Parts) -> None:
    """A bare word is answered with it; what is wrong is said on it, what is right is asked for."""
    riya = teams.person(RIYA)
    await riya.types("request")
    await until(riya.told)
    [form] = riya.told()

    wrong = {"What you need": "netsuite-gl", "Why you need it": "x"}
    await riya.presses(form, "Ask", wrong | {"For how long": "4 hours"})
    said = seen(riya, form)
    await riya.presses(
        form,
        "Ask",
        {**wrong, "For how long": "4 hours", "Why you need it": "Q4 close, posting accruals"},
    )

    assert "At least 8 characters" in said
    assert "JIT-1" in plain(riya, form)
    with installed.work() as uow:
        dossier = uow.requests.find(RequestId(1))
    assert dossier is not None
    assert (dossier.request.requester, dossier.request.entitlement) == ("riya.patel", "netsuite-gl")


@pytest.mark.usefixtures("working")
async def test_what_follows_is_told_in_teams(teams: FakeTeams, installed: Parts) -> None:
    """The channel gets a thread; who is asked decides on their card; every copy follows."""
    riya, ben, marta = (teams.person(one) for one in (RIYA, BEN, MARTA))
    await asked(riya)
    await until(lambda: ben.told() and marta.told())
    [card], [other] = ben.told(), marta.told()

    done = await ben.presses(card, "Approve")

    assert done.seconds < 1
    assert "You approved JIT-1" in done.body
    await until(lambda: "approved by Ben Okafor" in plain(marta, other))
    await until(lambda: "approved by Ben Okafor" in plain(ben, card))
    await until(lambda: len(riya.told()) == 2)
    [root] = [one for one in riya.channel(AUDIT) if not one.author]
    await until(lambda: len(riya.thread(root)) == 4)
    titles = [plain(riya, one).splitlines()[0] for one in riya.thread(root)]
    assert titles == ["Asked for", "Waiting for a decision", "Approved", "Waiting for a decision"]
    assert decided_by(installed) == ["ben.okafor"]


@pytest.mark.usefixtures("working")
async def test_a_denials_reason_is_written_on_the_card(teams: FakeTeams, installed: Parts) -> None:
    """And the next press of somebody else is refused with a sentence."""
    riya, ben, marta = (teams.person(one) for one in (RIYA, BEN, MARTA))
    await asked(riya)
    await until(lambda: ben.told() and marta.told())
    [card], [other] = ben.told(), marta.told()
    late = marta.press(other, "Approve")

    reason = {"Why not": "The accruals were posted on Friday"}
    denied = await ben.presses(card, "Deny", reason, within="Deny")
    refused = await marta._tells(other, late)

    # What they see then may be a new card already, which the workers show.
    assert "You denied JIT-1" in denied.body
    assert "Nothing was changed" in refused.body
    assert decided_by(installed) == ["ben.okafor"]


@pytest.mark.usefixtures("working")
async def test_a_double_press_counts_once(teams: FakeTeams, installed: Parts) -> None:
    """Both are answered, and what is delivered again, too."""
    riya, ben = teams.person(RIYA), teams.person(BEN)
    await asked(riya)
    await until(ben.told)
    [card] = ben.told()

    one, other = await ben.presses_twice(card, "Approve")
    again = await teams.deliver.redeliver(one)

    assert {one.status, other.status, again.status} == {200}
    assert decided_by(installed) == ["ben.okafor"]
    assert not refusals(installed)


@pytest.mark.usefixtures("working")
async def test_a_card_that_is_looked_at_is_as_it_is_now(teams: FakeTeams, installed: Parts) -> None:
    """For whom it was written to, and for nobody else."""
    riya, ben = teams.person(RIYA), teams.person(BEN)
    await ben.installs()
    await until(ben.told)
    await asked(riya)
    await until(lambda: len(ben.told()) == 2)
    card = ben.told()[-1]
    old = teams.organisation.put(card.where, card.activity)

    done = await ben.looks_at(card)
    copied = await ben.looks_at(old)

    assert done is not None
    assert copied is not None
    assert "your decision" in plain(ben, card)
    assert "This is an old copy" in plain(ben, old)
    assert not ben.failures


# ── who may not ─────────────────────────────────────────────────────────────────────────────────

LINE = "approve JIT-1"


def forged(person: Person, message: Message, **data: object) -> Json:
    """Make a press that says something else than what stands there."""
    action = {"type": "Action.Execute", "verb": "say"}
    return person.act(message, action, {"says": LINE, **data})


async def by_message(person: Person, card: Message) -> None:
    """Write it."""
    await person.types(LINE)


async def in_channel(person: Person, card: Message) -> None:
    """Write it in the channel."""
    await person.types(LINE, AUDIT)


async def by_button(person: Person, card: Message) -> None:
    """Make a button say it that says something else."""
    await person._tells(card, forged(person, card))


async def by_form(person: Person, card: Message) -> None:
    """Make a form say it that says something else."""
    await person._tells(card, forged(person, card, form=True))


async def by_claim(person: Person, card: Message) -> None:
    """Say on the card that it is somebody else."""
    claim = {"account": BEN, "aadObjectId": BEN, "from": {"aadObjectId": BEN}}
    await person._tells(card, forged(person, card, **claim))


DOORS = [by_message, in_channel, by_button, by_form, by_claim]
Way = Callable[[Person, Message], Awaitable[None]]


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_approves_their_own_request(
    teams: FakeTeams, installed: Parts, door: Way
) -> None:
    """Whichever door they come in by; and every try is in the request's own record."""
    riya = teams.person(RIYA)
    await asked(riya)

    await door(riya, riya.told()[0])
    await until(lambda: refusals(installed))

    assert refusals(installed) == ["decision.own_request"]
    assert not decided_by(installed)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("who", "why"),
    [
        (GUEST, "You are a guest in this organisation"),
        (BANKER, "You are from another organisation"),
    ],
)
async def test_nobody_from_elsewhere_decides(
    teams: FakeTeams, installed: Parts, *, door: Way, who: str, why: str
) -> None:
    """Although they sign in with an approver's own address; they are told, and it is recorded."""
    riya, stranger = teams.person(RIYA), teams.person(who)
    await asked(riya)
    await stranger.types("hello")
    await until(stranger.told)

    await door(stranger, stranger.told()[0])
    await until(lambda: len(_strangers(installed)) == 2)

    assert why in plain(stranger, stranger.told()[0])
    assert _strangers(installed) == [f"teams:{who}"] * 2
    assert not decided_by(installed)


def _strangers(installed: Parts) -> list[str]:
    with installed.work() as uow:
        return [one.entry.actor for one in uow.audit.stream("refusals")]


@pytest.mark.usefixtures("working")
async def test_who_lost_the_role_does_not_decide_any_more(
    teams: FakeTeams, installed: Parts
) -> None:
    """The button is a suggestion: who may is looked at when it is pressed."""
    riya, ben = teams.person(RIYA), teams.person(BEN)
    await asked(riya)
    await until(ben.told)
    [card] = ben.told()
    ben.me.role = "guest"
    company = company_now(installed.work).company
    gone = [replace(one, active=one.id != "ben.okafor") for one in company.people]
    changed = replace(company, people=tuple(gone))
    late = ben.press(card, "Approve")
    apply_config(installed.work, changed, applied_by="operator:test", difference=difference)

    await ben._tells(card, late)

    assert ben.bars
    assert not decided_by(installed)


async def test_who_installs_it_is_greeted_and_remembered(
    teams: FakeTeams, installed: Parts
) -> None:
    """Once, although Teams tells of it twice."""
    riya = teams.person(RIYA)

    await riya.installs()
    await until(riya.told)
    await riya.types("mine")
    await until(lambda: len(riya.told()) == 2)

    assert "Hello Riya" in plain(riya, riya.told()[0])
    with installed.work() as uow:
        assert uow.addresses.find(TEAMS, RIYA) is not None


async def test_a_record_is_taken_along_as_a_file(teams: FakeTeams, installed: Parts) -> None:
    """Offered, accepted, uploaded to one's own place."""
    riya = teams.person(RIYA)
    await asked(riya)

    await riya.types("audit @me csv")
    await until(lambda: len(riya.told()) == 3)
    await riya.answers_file(riya.told()[-1])
    await until(riya.files)

    [(name, content)] = riya.files().items()
    assert name.endswith(".csv")
    assert b"request.submitted" in content
