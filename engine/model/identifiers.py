"""Names of things, as types, so that two of them cannot be swapped.

A request and its grant share one number, shown to people as `JIT-42`.
"""

from __future__ import annotations

import re
from typing import NewType

PersonId = NewType("PersonId", str)
"""One human in the company's directory, e.g. `riya.patel`."""

GroupId = NewType("GroupId", str)
SystemId = NewType("SystemId", str)
EntitlementId = NewType("EntitlementId", str)
"""One permission that can be requested, e.g. `netsuite-gl`."""

FunctionId = NewType("FunctionId", str)
"""A duty in the business that SoD rules speak of, e.g. `gl-posting`."""

ChainId = NewType("ChainId", str)
CostCentreId = NewType("CostCentreId", str)
SodRuleId = NewType("SodRuleId", str)
FreezeId = NewType("FreezeId", str)
BreakglassId = NewType("BreakglassId", str)
TicketSourceId = NewType("TicketSourceId", str)
HaltId = NewType("HaltId", int)
ScheduleId = NewType("ScheduleId", str)
AccountName = NewType("AccountName", str)
"""A person's login in one target system."""

PlatformName = NewType("PlatformName", str)
"""A chat product: `slack`, `teams`, `playground`."""

RequestId = NewType("RequestId", int)
"""The number of a request, and of the grant that comes from it."""

DelegationId = NewType("DelegationId", int)
"""The number of a delegation, shown as `D-7`."""

EffectId = NewType("EffectId", int)
ConfigVersion = NewType("ConfigVersion", int)

NUMBER_MAX = 2**63 - 1
"""Postgres keeps request numbers in a bigint."""

_SHOWN = re.compile(r"(?:JIT-)?([1-9][0-9]{0,18})", re.IGNORECASE | re.ASCII)


def show(request: RequestId) -> str:
    """Write a request's number as people say it."""
    return f"JIT-{request}"


def read(text: str) -> RequestId | None:
    """Read `JIT-42`, `jit-42` or `42`; anything else is None."""
    match = _SHOWN.fullmatch(text)
    if match is None or int(match[1]) > NUMBER_MAX:
        return None
    return RequestId(int(match[1]))
