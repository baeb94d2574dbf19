"""The doctor finds what is wrong with channels, people and addresses, and says what to do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.chat.teams.doctor import Found, Patient, cloud, examine, rosters
from adapters.chat.teams.doctor.fetched import Fetched, fetch
from tests.adapters.chat.company import BEN, MARTA
from tests.adapters.chat.company import RIYA as RIYA_PATEL
from tests.adapters.chat.teams.doctor.conftest import Known, company
from tests.teams.fake_teams import FakeTeams, broken
from tests.teams.sample_bot import AUDIT, JAMES, RIYA

GUEST = "2c6e3b70-7d3e-4e51-9c6b-3f5e7a9c1d23"


async def wrong(patient: Patient) -> dict[str, str]:
    """Give what is wrong, with its advice."""
    return {found.what: found.advice for found in await examine(patient) if not found.ok}


async def test_where_all_is_well_nothing_is_found(teams: FakeTeams, patient: Patient) -> None:
    """Every part is named as tried, and nothing was changed or written."""
    found = await examine(patient)

    assert [one.what for one in found] == [
        "Teams tenant",
        "Teams sign-in",
        "Teams keys",
        "Teams clock",
        "Teams cloud",
        "Teams service address",
        "Teams messaging endpoint",
        "Teams audit channel",
        "Teams admin channel",
        "Teams accounts",
        "Teams people reached",
    ]
    told = {"Teams messaging endpoint", "Teams people reached"}
    assert all(one == Found(one.what, ok=True) for one in found if one.what not in told)
    assert {call.name for call in teams.calls} == {"members", "member"}


async def test_what_only_a_person_can_look_at_is_said(patient: Patient) -> None:
    """The address that Azure needs cannot be known from inside."""
    found = {one.what: one for one in await examine(patient)}

    assert found["Teams messaging endpoint"].ok
    assert "/api/messages" in found["Teams messaging endpoint"].advice
    assert found["Teams people reached"].advice == "2 of 2 have a chat with the bot."


async def test_before_there_is_a_company_the_rest_is_tried(patient: Patient) -> None:
    """A fresh installation has nobody in it yet."""
    found = await examine(replace(patient, company=None))

    assert found[-1].what == "Teams messaging endpoint"
    assert all(one.ok for one in found)


# ── channels ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("jit-audit", "no channel's id"),
        ("https://teams.microsoft.com/l/channel/19%3aaudit", "no channel's id"),
        (f"{AUDIT};messageid=1700000000000", "no channel's id"),
        ("19:nowhere@thread.tacv2", "correct its id"),
    ],
)
async def test_channels_that_cannot_be_used_are_told(
    patient: Patient, channel: str, said: str
) -> None:
    """Each with what to do."""
    found = await wrong(replace(patient, company=company(audit=channel)))

    assert list(found) == ["Teams audit channel"]
    assert said in found["Teams audit channel"]


async def test_a_channel_without_the_app_is_told(teams: FakeTeams, patient: Patient) -> None:
    """It has to be added to the team first."""
    team = teams.world.conversations[AUDIT].team
    assert team is not None
    team.has_app = False

    found = await wrong(patient)

    assert "not installed there" in found["Teams audit channel"]


async def test_a_company_without_channels_is_told(patient: Patient) -> None:
    """Requests would be shown to nobody."""
    bare = replace(company(), audit_channels={}, admin_channels={})

    found = await wrong(replace(patient, company=bare))

    assert "channels.audit.teams" in found["Teams audit channel"]
    assert "channels.admin.teams" in found["Teams admin channel"]


@pytest.mark.parametrize(
    ("role", "tenant"), [("guest", ""), ("user", "another-tenant"), ("anonymous", "")]
)
async def test_a_channel_that_outsiders_read_is_told(
    teams: FakeTeams, patient: Patient, role: str, tenant: str
) -> None:
    """Guests, and people of other organisations, would read who asks for what."""
    teams.add_person(GUEST, "Gil Guest", role=role, tenant=tenant)
    team = teams.world.conversations[AUDIT].team
    assert team is not None
    team.members.add(GUEST)

    found = await wrong(patient)

    assert list(found) == ["Teams audit channel"]
    assert "one guest or person" in found["Teams audit channel"]
    assert "Gil" not in found["Teams audit channel"]


async def test_of_a_large_channel_only_a_part_is_looked_at(
    teams: FakeTeams, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, and no more than a number."""
    teams.connector.page = 1
    monkeypatch.setattr(rosters, "MEMBERS_MAX", 1)

    found = await examine(patient)

    assert all(one.ok for one in found)
    assert len(teams.calls_of("members")) == 2


# ── people ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("account", ["riya@acme.example", RIYA.upper(), "29:1abc"])
async def test_an_account_that_is_no_object_id_is_told(patient: Patient, account: str) -> None:
    """It would be compared with ids, in small letters, and be nobody's."""
    named = company({RIYA_PATEL: account, BEN: JAMES})

    found = await wrong(replace(patient, company=named))

    assert list(found) == [f"Teams account of {RIYA_PATEL}"]
    assert "small letters" in found[f"Teams account of {RIYA_PATEL}"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("role", "guest", "is a guest"), ("tenant", "another", "from another organisation")],
)
async def test_an_account_that_would_be_refused_is_told(
    teams: FakeTeams, patient: Patient, *, name: str, text: str, said: str
) -> None:
    """Those who have the app are asked about."""
    setattr(teams.world.people[JAMES], name, text)
    alone = company(audit="19:quiet@thread.tacv2")
    teams.add_channel("19:quiet@thread.tacv2", "quiet", members={RIYA})

    found = await wrong(replace(patient, company=alone))

    assert list(found) == [f"Teams account of {BEN}"]
    assert said in found[f"Teams account of {BEN}"]


async def test_who_is_not_there_any_more_is_told(teams: FakeTeams, patient: Patient) -> None:
    """And somebody who cannot be looked for is not called unknown."""
    teams.world.open_talk(JAMES).members.clear()

    gone = await wrong(patient)
    teams.order(broken(), call="member", times=9)
    away = await wrong(patient)

    assert "no member" in gone[f"Teams account of {BEN}"]
    assert "could not be looked for" in away[f"Teams account of {RIYA_PATEL}"]


async def test_who_has_no_chat_with_the_bot_yet_is_counted(patient: Patient) -> None:
    """They are reached once the app is installed for them; nothing is wrong with that."""
    found = {one.what: one for one in await examine(replace(patient, book=Known({})))}

    assert found["Teams people reached"].ok
    assert found["Teams people reached"].advice.startswith("0 of 2")
    assert "setup policy" in found["Teams people reached"].advice


async def test_people_without_an_account_are_counted(patient: Patient) -> None:
    """Unless they are found by their addresses."""
    people = tuple(
        replace(person, active=True) if person.id == MARTA else person
        for person in company().people
    )
    one_more = replace(patient, company=replace(company(), people=people))

    pinned = {one.what: one for one in await examine(one_more)}
    managed = {one.what: one for one in await examine(replace(one_more, trusts_upn=True))}

    assert pinned["Teams accounts"].ok
    assert pinned["Teams accounts"].advice.startswith("1 person has none")
    assert not managed["Teams accounts"].advice


async def test_a_company_whose_people_are_not_in_teams_is_told(patient: Patient) -> None:
    """Unless they are found by their addresses."""
    nobody = replace(patient, company=company({}))

    assert "platforms.teams" in (await wrong(nobody))["Teams accounts"]
    assert not await wrong(replace(nobody, trusts_upn=True))


async def test_only_so_many_people_are_asked_for(
    teams: FakeTeams, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teams answers so many a minute; how many were left out is said."""
    monkeypatch.setattr(rosters, "ASKED_MAX", 1)

    found = {one.what: one for one in await examine(patient)}

    assert len(teams.calls_of("member")) == 1
    assert "1 more were not looked at" in found["Teams people reached"].advice


# ── keys, clock, addresses ──────────────────────────────────────────────────────────────────────


async def test_keys_that_cannot_be_fetched_are_told(teams: FakeTeams, patient: Patient) -> None:
    """Without them, nothing is believed that Teams sends."""
    teams.go_away("keys")

    found = await wrong(patient)

    assert "TEAMS_OPENID_METADATA_URL" in found["Teams keys"]


async def test_keys_that_are_not_teams_own_are_told(teams: FakeTeams, patient: Patient) -> None:
    """Entra's own metadata looks much the same."""
    entra = f"{teams.login_url}{teams.app.tenant}/v2.0/.well-known/openid-configuration"

    found = await wrong(replace(patient, openid_url=entra))

    assert "not Entra's own" in found["Teams keys"]


async def test_an_address_where_no_keys_are_told_of_is_told(
    teams: FakeTeams, patient: Patient
) -> None:
    """It answers, and names none."""
    found = await wrong(replace(patient, openid_url=f"{teams.login_url}nothing"))

    assert "TEAMS_OPENID_METADATA_URL has to be the Bot Connector's" in found["Teams keys"]


async def test_a_document_that_comes_in_pieces_is_read_to_its_end() -> None:
    """Teams' keys are longer than what arrives at once; what never ends is cut off."""
    pieces = [b'{"keys": [', *[b" " * 1000] * 20, b"]}"]

    async def answer(request: web.Request) -> web.StreamResponse:
        told = web.StreamResponse()
        await told.prepare(request)
        for piece in pieces:
            await told.write(piece)
            await asyncio.sleep(0)
        return told

    served = web.Application()
    served.router.add_get("/", answer)
    async with TestServer(served) as server:
        whole = await fetch(str(server.make_url("/")))
        pieces[1:-1] = [b" " * 100_000] * 20
        endless = await fetch(str(server.make_url("/")))

    assert whole.told == {"keys": []}
    assert endless.told == {}


@pytest.mark.parametrize("ahead", [-90.0, 400.0])
async def test_a_clock_that_is_wrong_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    """Before all that Teams sends is refused."""

    async def fetched(address: str) -> Fetched:
        return replace(await fetch(address), ahead=ahead)

    monkeypatch.setattr(cloud, "fetch", fetched)

    advice = (await wrong(patient))["Teams clock"]

    assert ("ahead of" if ahead > 0 else "behind") in advice
    assert "NTP" in advice


async def test_a_bot_never_begins_at_a_strangers_address(
    teams: FakeTeams, patient: Patient
) -> None:
    """So nothing is asked there, either."""
    found = await wrong(replace(patient, service_hosts=["smba.trafficmanager.net"]))

    assert list(found) == ["Teams service address"]
    assert "TEAMS_SERVICE_HOSTS" in found["Teams service address"]
    assert not teams.calls


@pytest.mark.parametrize(
    ("service_url", "said"),
    [
        ("https://smba.infra.gov.teams.microsoft.us/teams/", "TEAMS_SERVICE_URL is of the US"),
        ("https://frontend.botapi.msg.infra.teams.microsoftonline.cn/", "of China's cloud"),
    ],
)
async def test_addresses_of_different_clouds_are_told(
    patient: Patient, service_url: str, said: str
) -> None:
    """Each knows only its own tokens."""
    found = await wrong(replace(patient, service_url=service_url, company=None))

    assert said in found["Teams cloud"]
