"""Everything that Teams has to be right for us, tried; each finding says what to do.

Called by `python -m bot doctor`. Nothing is changed, no conversation is begun and nobody is
written to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.doctor.cloud import clock_and_keys, one_cloud, service_address
from adapters.chat.teams.doctor.found import Found, Patient
from adapters.chat.teams.doctor.rosters import channels, people
from adapters.chat.teams.doctor.signing_in import signing_in

__all__ = ["Found", "Patient", "examine"]

ENDPOINT = Found(
    "Teams messaging endpoint",
    ok=True,
    advice="it cannot be tried from here: the Azure Bot's Configuration has to name "
    "https://, your host, and /api/messages, and that address has to answer 401 to "
    "`curl -i -X POST` from outside.",
)


async def examine(patient: Patient) -> list[Found]:
    """Try signing in, the keys, the clock, the addresses, the channels and the people."""
    connector = BotConnector(Tokens(patient.credentials), patient.service_hosts)
    try:
        return [found async for found in _examine(patient, connector)]
    finally:
        await connector.close()


async def _examine(patient: Patient, connector: BotConnector) -> AsyncIterator[Found]:
    signed_in = True
    async for found in signing_in(patient.credentials):
        signed_in = signed_in and found.ok
        yield found
    async for found in clock_and_keys(patient.openid_url):
        yield found
    yield one_cloud(patient)
    address = service_address(patient)
    yield address
    yield ENDPOINT
    if patient.company is None or not (signed_in and address.ok):
        return
    async for found in channels(connector, patient, patient.company):
        yield found
    async for found in people(connector, patient, patient.company):
        yield found
