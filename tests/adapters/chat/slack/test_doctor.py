"""The doctor finds what is wrong with Slack, and says what to do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.chat.slack import doctor
from adapters.chat.slack.doctor import Found, Patient, examine, wanted_scopes
from adapters.chat.slack.identity import SLACK
from engine.model.company import Company
from engine.model.identifiers import PersonId
from tests.adapters.chat.company import BEN, MARTA, acme, with_people
from tests.adapters.chat.company import RIYA as RIYA_PATEL
from tests.slack.fake_slack import FakeSlack, broken, refused
from tests.slack.sample_app import AUDIT, JAMES, PRIVATE, RIYA

ADMIN = "C0ADMIN"
SIGNING_SECRET = "0123456789abcdef" * 2


def company(people: dict[PersonId, str] | None = None, **channels: str) -> Company:
    """Give a company that is in Slack: two people, two channels."""
    accounts = {RIYA_PATEL: RIYA, BEN: JAMES} if people is None else people
    named = with_people(
        acme(),
        tuple(
            replace(person, platforms={SLACK: accounts[person.id]})
            if person.id in accounts
            else replace(person, platforms={})
            for person in acme().people
        ),
    )
    return replace(
        named,
        audit_channels={SLACK: channels.get("audit", AUDIT)},
        admin_channels={SLACK: channels.get("admin", ADMIN)},
    )


@pytest.fixture
def patient(slack: FakeSlack) -> Patient:
    """Give an installation where all is well."""
    slack.add_channel(ADMIN, "jit-admin", members={slack.app.bot_user})
    return Patient(
        api_url=slack.api_url,
        bot_token=slack.app.bot_token,
        signing_secret=SIGNING_SECRET,
        company=company(),
    )


async def _wrong(patient: Patient) -> dict[str, str]:
    """Give what is wrong, with its advice."""
    return {found.what: found.advice for found in await examine(patient) if not found.ok}


async def test_where_all_is_well_nothing_is_found(slack: FakeSlack, patient: Patient) -> None:
    """Every part is named as tried, and nothing was changed or written."""
    found = await examine(patient)

    assert [one.what for one in found] == [
        "Slack token",
        "Slack clock",
        "Slack scopes",
        "Slack signing secret",
        "Slack audit channel",
        "Slack admin channel",
        "Slack accounts",
    ]
    assert all(one == Found(one.what, ok=True) for one in found)
    reads = {"auth.test", "conversations.info", "users.list", "users.info"}
    assert {call.method for call in slack.calls} <= reads


async def test_without_a_token_nothing_else_can_be_tried(patient: Patient) -> None:
    """And it says which setting to mend."""
    found = await examine(replace(patient, bot_token="xoxb-of-yesterday"))

    assert [(one.what, one.ok) for one in found] == [("Slack token", False)]
    assert "set SLACK_BOT_TOKEN" in found[0].advice
    assert "yesterday" not in found[0].advice


async def test_a_slack_that_is_away_is_no_wrong_token(slack: FakeSlack, patient: Patient) -> None:
    """It says what it is."""
    slack.order(broken())

    wrong = await _wrong(patient)

    assert "Slack failed at auth.test" in wrong["Slack token"]


@pytest.mark.parametrize("ahead", [-400.0, 90.0])
async def test_a_clock_that_is_wrong_is_told(
    slack: FakeSlack, patient: Patient, ahead: float
) -> None:
    """Before signatures are refused as too old."""
    slack.wait(ahead)

    advice = (await _wrong(patient))["Slack clock"]

    assert ("ahead of" if ahead < 0 else "behind") in advice
    assert "NTP" in advice


async def test_missing_scopes_are_named(slack: FakeSlack, patient: Patient) -> None:
    """Those of the manifest; what can be done without is told and is no failure."""
    needed, optional = wanted_scopes()
    slack.app.scopes = {*needed} - {"im:write", "commands"}

    found = {one.what: one for one in await examine(patient)}

    assert found["Slack scopes"].advice.startswith("missing: commands, im:write;")
    assert found["Slack optional scopes"].ok
    assert all(scope in found["Slack optional scopes"].advice for scope in optional)


async def test_managed_addresses_need_their_scope(slack: FakeSlack, patient: Patient) -> None:
    """Without it, nobody would be known."""
    slack.app.scopes -= {"users:read.email"}

    wrong = await _wrong(replace(patient, trusts_email=True))

    assert "users:read.email" in wrong["Slack scopes"]


@pytest.mark.parametrize("secret", ["", "xoxb-another-thing-altogether", "ABCDEF" * 6])
async def test_what_is_no_signing_secret_is_told(patient: Patient, secret: str) -> None:
    """It is easily mixed up; what stands there is not repeated."""
    advice = (await _wrong(replace(patient, signing_secret=secret)))["Slack signing secret"]

    assert "Basic Information" in advice
    assert not secret or secret not in advice


async def test_the_socket_is_tried_instead_of_the_secret(
    slack: FakeSlack, patient: Patient
) -> None:
    """Where deliveries come over one."""
    well = replace(patient, signing_secret="", app_token=slack.app.app_token)
    assert not await _wrong(well)

    wrong = await _wrong(replace(well, app_token="xapp-other"))

    assert "connections:write" in wrong["Slack app token"]


async def test_channels_that_cannot_be_used_are_told(slack: FakeSlack, patient: Patient) -> None:
    """Each with what to do."""
    slack.add_channel("C0OLD", "old", members={slack.app.bot_user}, is_archived=True)
    slack.add_channel("C0BANK", "bank", members={slack.app.bot_user}, is_ext_shared=True)
    slack.kick_out(AUDIT)
    advice = {
        AUDIT: "/invite",
        PRIVATE: "/invite",
        "C0NOWHERE": "correct its id",
        "#jit-audit": "is no id",
        "C0OLD": "archived",
        "C0BANK": "other organisations",
    }

    for channel, said in advice.items():
        wrong = await _wrong(replace(patient, company=company(audit=channel)))

        assert list(wrong) == ["Slack audit channel"]
        assert said in wrong["Slack audit channel"]


async def test_a_company_without_channels_is_told(patient: Patient) -> None:
    """Requests would be shown to nobody."""
    bare = replace(company(), audit_channels={}, admin_channels={})

    wrong = await _wrong(replace(patient, company=bare))

    assert "channels.audit.slack" in wrong["Slack audit channel"]
    assert "channels.admin.slack" in wrong["Slack admin channel"]


async def test_accounts_that_slack_does_not_know_are_told(
    slack: FakeSlack, patient: Patient
) -> None:
    """And those who would be refused."""
    slack.change_person(JAMES, deleted=True)
    named = company({RIYA_PATEL: RIYA, BEN: JAMES, MARTA: "U0NOBODY"})

    wrong = await _wrong(replace(patient, company=named))

    assert set(wrong) == {f"Slack account of {BEN}", f"Slack account of {MARTA}"}
    assert "deactivated" in wrong[f"Slack account of {BEN}"]
    assert "Copy member ID" in wrong[f"Slack account of {MARTA}"]


async def test_members_that_slack_does_not_list_are_asked_for(
    slack: FakeSlack, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one, up to a number; the list itself comes in pages."""
    monkeypatch.setattr(doctor, "PAGE", 1)
    assert not await _wrong(patient)
    assert len(slack.calls_of("users.list")) == 3
    assert not slack.calls_of("users.info")
    slack.order(refused("team_access_not_granted"), method="users.list")
    monkeypatch.setattr(doctor, "ASKED_ONE_BY_ONE_MAX", 1)

    found = {one.what: one for one in await examine(patient)}

    assert len(slack.calls_of("users.info")) == 1
    assert found["Slack accounts"].ok
    assert found["Slack accounts"].advice.startswith("1 more")


async def test_a_company_whose_people_are_not_in_slack_is_told(patient: Patient) -> None:
    """Unless they are found by their addresses."""
    nobody = replace(patient, company=company({}))

    assert "platforms.slack" in (await _wrong(nobody))["Slack accounts"]
    assert not await _wrong(replace(nobody, trusts_email=True))
