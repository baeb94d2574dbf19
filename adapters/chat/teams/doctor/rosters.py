"""Who is in the channels, and whose are the accounts that the company's files name?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.address import TEAMS, Address
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.doctor.found import Found, Patient
from adapters.chat.teams.identity import BOT, Member
from engine.model.company import Company, Person

MEMBERS_MAX = 2000
"""Members of a channel that are looked at: ten pages, which is a few seconds."""

ASKED_MAX = 100
"""People who are asked for one by one: within the rate at which Teams answers, a minute's worth."""

_CHANNEL = re.compile(r"19:[^\s;/]+@(thread\.(tacv2|skype|v2)|unq\.gbl\.spaces)")
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


# ── channels ────────────────────────────────────────────────────────────────────────────────────


async def channels(
    connector: BotConnector, patient: Patient, company: Company
) -> AsyncIterator[Found]:
    """Try to read who is in the audit's and the admins' channel."""
    named = {"audit": company.audit_channels, "admin": company.admin_channels}
    for purpose, ids in named.items():
        what = f"Teams {purpose} channel"
        channel = ids.get(TEAMS)
        if channel is None:
            advice = f"none is named: add channels.{purpose}.teams to the company's files."
            yield Found(what, ok=False, advice=advice)
        elif not _CHANNEL.fullmatch(channel):
            advice = (
                f"{channel} is no channel's id: it begins with 19: and ends with @thread.tacv2, "
                "and stands, percent-encoded, in the channel's Copy link."
            )
            yield Found(what, ok=False, advice=advice)
        else:
            yield await _channel(connector, patient, what, channel)


async def _channel(connector: BotConnector, patient: Patient, what: str, channel: str) -> Found:
    known = await _address(patient, channel)
    outsiders = seen = 0
    try:
        async for member in connector.members(known.service_url or patient.service_url, channel):
            seen += 1
            # Apps read nothing along but what is said to them.
            outsiders += outsider(member, patient.tenant) not in {"", BOT}
            if seen >= MEMBERS_MAX:
                break
    except PlatformError as problem:
        return Found(what, ok=False, advice=f"{channel}: {problem}")
    if outsiders:
        who = "one guest or person" if outsiders == 1 else f"{outsiders} guests or people"
        advice = (
            f"{who} of other organisations read {channel}, and would read who asks for what: name "
            "a channel of your own people."
        )
        return Found(what, ok=False, advice=advice)
    return Found(what, ok=True)


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def people(
    connector: BotConnector, patient: Patient, company: Company
) -> AsyncIterator[Found]:
    """Look for the accounts that the company's files name."""
    active = [person for person in company.people if person.active]
    named = {person.platforms[TEAMS]: person for person in active if TEAMS in person.platforms}
    if not named:
        if not patient.trusts_upn:
            advice = "nobody has one: add platforms.teams to people, or set JIT_TEAMS_LINK."
            yield Found("Teams accounts", ok=False, advice=advice)
        return
    wrong = [found for account, person in named.items() if (found := _spelled(account, person))]
    known = {account: await _address(patient, account) for account in named}
    reached = {account: at for account, at in known.items() if at.conversation}
    asked = list(reached)[:ASKED_MAX]
    for account in asked:
        found = await _person(connector, patient, (account, named[account]), reached[account])
        wrong += [found] if found else []
    for found in wrong:
        yield found
    if not wrong:
        yield Found("Teams accounts", ok=True, advice=_unpinned(len(active), len(named), patient))
    yield _installed(len(named), len(reached), len(asked))


def _spelled(account: str, person: Person) -> Found | None:
    if _OBJECT_ID.fullmatch(account):
        return None
    advice = (
        f"{account} is no object id: take it from the person's page in the Entra admin center "
        "and write it in small letters."
    )
    return Found(_of(person), ok=False, advice=advice)


async def _person(
    connector: BotConnector, patient: Patient, named: tuple[str, Person], at: Address
) -> Found | None:
    """Ask who sits in somebody's chat with the bot; None where nothing is wrong."""
    account, person = named
    service_url = at.service_url or patient.service_url
    try:
        member = await connector.member(service_url, at.conversation, account)
    except Gone as gone:
        return Found(_of(person), ok=False, advice=f"{account}: {gone}")
    except PlatformError as problem:
        return Found(_of(person), ok=False, advice=f"it could not be looked for: {problem}")
    why = outsider(member, patient.tenant)
    if not why:
        return None
    return Found(
        _of(person), ok=False, advice=f"{account} is {why}, and is refused: name their own."
    )


def outsider(member: Mapping[str, Any], tenant: str) -> str:
    """Say why somebody would be refused; empty for those who are of this organisation."""
    return Member.read(member).outsider(tenant.lower())


def _unpinned(active: int, named: int, patient: Patient) -> str:
    without = active - named
    if not without or patient.trusts_upn:
        return ""
    verb = "person has" if without == 1 else "people have"
    return f"{without} {verb} none, and cannot use Teams: add platforms.teams to theirs."


def _installed(named: int, reached: int, asked: int) -> Found:
    """Say who can be written to: only Teams can tell where, and does so when it is installed."""
    what = "Teams people reached"
    advice = f"{reached} of {named} have a chat with the bot."
    if reached < named:
        advice += (
            " To who has none it can write once the app is installed for them: by a setup policy "
            "in the Teams admin center, or each by themselves."
        )
    if asked < reached:
        advice += f" {reached - asked} more were not looked at."
    return Found(what, ok=True, advice=advice)


def _of(person: Person) -> str:
    return f"Teams account of {person.id}"


async def _address(patient: Patient, subject: str) -> Address:
    written = await patient.book.find(subject)
    return Address.read(written) if written else Address()
