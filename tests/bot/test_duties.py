"""Carrying duties out: with a lease from the first moment on, and whatever breaks is logged."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot import duties as module
from bot.duties import Duties
from bot.wiring import Parts
from engine.model.grant import GrantState
from engine.model.identifiers import EffectId, EntitlementId, PersonId, RequestId, SystemId
from engine.model.request import Verdict
from engine.ports import Connector, EffectKind
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from engine.workflow.granting.attempt import LEASE, Boundary
from engine.workflow.granting.provision import provision
from engine.workflow.hand_out import Handed, hand_out


@pytest.fixture
def duties(parts: Parts) -> Duties:
    """Give what carries duties out in an installation without a chat."""
    return Duties(parts.work, parts.connector, {}, asyncio.run)


def _approved(parts: Parts) -> tuple[RequestId, Handed]:
    """Decide on access to the sandbox; gives the request, and the duty to give it."""
    ask = Ask(PersonId("li.wei"), EntitlementId("aws-prod-read"), None, "looking for a fault")
    request = submit(parts.work, ask).request.id
    decide(parts.work, Answer(PersonId("tomas.silva"), request, Verdict.APPROVE))
    (handed,) = [one for one in hand_out(parts.work, limit=10) if one[1] is EffectKind.PROVISION]
    return request, handed


def _state(parts: Parts, request: RequestId) -> GrantState:
    with parts.work() as uow:
        grant = read_request(uow, request).grant
    assert grant is not None
    return grant.state


def test_a_duty_is_carried_out(parts: Parts, duties: Duties) -> None:
    """Access that was decided is given in the system that the configuration names."""
    request, (effect, kind, attempt) = _approved(parts)

    duties.carry_out(kind, effect, attempt)

    assert _state(parts, request) is GrantState.ACTIVE


def test_a_stale_message_does_nothing(parts: Parts, duties: Duties) -> None:
    """An attempt that is not the newest is dropped, and so is a duty that is not there."""
    request, (effect, kind, attempt) = _approved(parts)

    duties.carry_out(kind, effect, attempt - 1)
    duties.carry_out(kind, EffectId(10**6), attempt)

    assert _state(parts, request) is GrantState.PROVISIONING


def test_what_breaks_is_logged_and_not_raised(parts: Parts, duties: Duties) -> None:
    """The worker goes on with the next message; the duty comes again after its lease."""

    def broken(_: SystemId) -> Connector:
        raise ValueError("a defect")

    _, (effect, kind, attempt) = _approved(parts)

    with capture_logs() as lines:
        replace(duties, connectors=broken).carry_out(kind, effect, attempt)

    (line,) = [line for line in lines if line["event"] == "duty.broke"]
    assert (line["duty"], line["effect"], line["attempt"]) == (kind.value, effect, attempt)


def test_a_lease_runs_from_before_the_duty_is_taken_on(
    parts: Parts, duties: Duties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that slept right after it had taken the duty on wakes up without a lease."""
    request, (effect, _, number) = _approved(parts)
    fell_asleep = time.monotonic() - LEASE.total_seconds()
    with monkeypatch.context() as then:
        then.setattr(module, "time", _Stopped(fell_asleep))
        attempt = duties.attempt(effect, number)
    passed: list[Boundary] = []

    provision(replace(attempt, reached=passed.append))

    assert passed == [Boundary.STARTED]
    assert _state(parts, request) is GrantState.PROVISIONING


class _Stopped:
    """A clock that stands still."""

    def __init__(self, at: float) -> None:
        self._at = at

    def monotonic(self) -> float:
        """Tell its time."""
        return self._at
