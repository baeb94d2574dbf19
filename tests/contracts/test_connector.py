"""What a connector is. Every one that the registry finds runs all of this against a real target.

To add a connector, add `tests/contracts/labs/<its name>.py`: a target that can be looked into and
broken. Nothing here needs to be touched.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import adapters.connectors
from adapters.connectors.registry import connector as make
from adapters.connectors.registry import kinds
from engine.errors import ConnectorError, Permanent, Temporary
from engine.ports import Connector, Outcome
from tests.contracts.labs import Lab, OpenLab, Site
from tests.contracts.superuser import superusers_url

LIMIT = 5.0
"""Seconds that any call may take (the time limit of the port)."""

SLACK = 1.0
"""Seconds by which a busy machine may be late in noticing."""

NOT_CONNECTORS = {"registry"}


@pytest.fixture(params=sorted(kinds()))
def name(request: pytest.FixtureRequest) -> str:
    """Give each connector's name in turn."""
    return str(request.param)


@pytest.fixture
def lab(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Give the connector's target, as if new."""
    try:
        module = importlib.import_module(f"tests.contracts.labs.{name}")
    except ModuleNotFoundError:
        pytest.fail(f"the connector {name} has no lab: write tests/contracts/labs/{name}.py")
    open_lab: OpenLab = module.open_lab
    with open_lab(Site(superusers_url(request), tmp_path)) as made:
        yield made


@pytest.fixture
def connector(name: str, lab: Lab) -> Connector:
    """Give the connector, made as the running program makes it."""
    return make(name, lab.made.settings, lab.made.secret)


def test_every_file_in_the_folder_is_a_connector_that_is_found() -> None:
    """A file among the connectors is found by its KIND, under its own name."""
    files = {module.name for module in pkgutil.iter_modules(adapters.connectors.__path__)}

    found = set(kinds())

    assert found == files - NOT_CONNECTORS


def test_making_one_needs_no_target(name: str, lab: Lab) -> None:
    """A connector whose target is away can be made; only its calls fail."""
    lab.silence()

    made = make(name, lab.made.settings, lab.made.secret)

    assert made is not None


def test_a_permission_is_given_once(connector: Connector, lab: Lab) -> None:
    """Giving changes the target, giving again finds it done, and it can be read back."""
    before = connector.observe(lab.targets[0])

    outcomes = [connector.ensure_present(lab.targets[0]) for _ in range(2)]

    assert not before
    assert outcomes == [Outcome.CHANGED, Outcome.ALREADY]
    assert connector.observe(lab.targets[0])
    assert lab.has(lab.targets[0])


def test_a_permission_is_taken_once(connector: Connector, lab: Lab) -> None:
    """Taking changes the target, taking again finds it done, and it can be read back."""
    connector.ensure_present(lab.targets[0])

    outcomes = [connector.ensure_absent(lab.targets[0]) for _ in range(2)]

    assert outcomes == [Outcome.CHANGED, Outcome.ALREADY]
    assert not connector.observe(lab.targets[0])
    assert not lab.has(lab.targets[0])


def test_exactly_one_permission_of_one_account_is_changed(connector: Connector, lab: Lab) -> None:
    """Nobody else's access moves, and no other permission of the same account."""
    connector.ensure_present(lab.other)
    connector.ensure_present(lab.targets[1])

    connector.ensure_present(lab.targets[0])
    given = [lab.has(target) for target in (*lab.targets[:3], lab.other)]
    connector.ensure_absent(lab.targets[0])
    taken = [lab.has(target) for target in (*lab.targets[:3], lab.other)]

    assert given == [True, True, False, True]
    assert taken == [False, True, False, True]


@pytest.mark.parametrize("present", [True, False], ids=["giving", "taking"])
def test_a_lost_answer_is_temporary_and_the_next_try_finds_it_done(
    present: bool, connector: Connector, lab: Lab
) -> None:
    """What happened in the target although we were told that it failed is not done twice."""
    change = connector.ensure_present if present else connector.ensure_absent
    if not present:
        connector.ensure_present(lab.targets[0])
    lab.lose_next_answer()

    with pytest.raises(Temporary):
        change(lab.targets[0])
    happened = lab.has(lab.targets[0]) is present
    again = change(lab.targets[0])

    assert happened
    assert again is Outcome.ALREADY


def test_an_account_that_does_not_exist_cannot_be_given_anything(
    connector: Connector, lab: Lab
) -> None:
    """Giving says for good what is missing; the account holds nothing and can lose nothing."""
    connector.ensure_present(lab.targets[0])
    lab.drop_account()

    observed = connector.observe(lab.targets[0])
    taken = connector.ensure_absent(lab.targets[0])
    with pytest.raises(Permanent, match=lab.targets[0].account):
        connector.ensure_present(lab.targets[0])

    assert not observed
    assert taken is Outcome.ALREADY


def test_a_permission_that_does_not_exist_cannot_be_given(connector: Connector, lab: Lab) -> None:
    """Giving and listing say for good what is missing; nobody holds it and nothing can be taken."""
    connector.ensure_present(lab.targets[0])
    lab.drop_permission()

    observed = connector.observe(lab.targets[0])
    taken = connector.ensure_absent(lab.targets[0])
    with pytest.raises(Permanent, match=lab.targets[0].permission):
        connector.ensure_present(lab.targets[0])
    with pytest.raises(Permanent, match=lab.targets[0].permission):
        connector.holders(lab.targets[0].resource, lab.targets[0].permission, None)

    assert not observed
    assert taken is Outcome.ALREADY


def test_being_throttled_is_temporary_and_changes_nothing(connector: Connector, lab: Lab) -> None:
    """A target that asks to wait is asked again later, after as long as it says."""
    lab.throttle()

    with pytest.raises(Temporary) as caught:
        connector.ensure_present(lab.targets[0])
    changed = lab.has(lab.targets[0])
    lab.heal()

    assert caught.value.retry_after is not None
    assert not changed
    assert connector.ensure_present(lab.targets[0]) is Outcome.CHANGED


def test_no_call_waits_longer_than_its_limit_for_a_silent_target(
    connector: Connector, lab: Lab
) -> None:
    """Every call gives up in time, and says that trying again may help."""
    calls = _calls(connector, lab)
    lab.silence()

    with ThreadPoolExecutor(len(calls)) as pool:
        failures = list(pool.map(_timed_failure, calls))
    lab.heal()

    assert all(isinstance(failure, Temporary) for failure, _ in failures)
    assert max(seconds for _, seconds in failures) < LIMIT + SLACK
    connector.validate()


@pytest.mark.parametrize("fault", ["throttle", "silence", "drop_account", "drop_permission"])
def test_no_error_holds_a_secret(fault: str, connector: Connector, lab: Lab) -> None:
    """Neither an error's text nor what a log would print of it shows a secret."""
    getattr(lab, fault)()

    with pytest.raises(ConnectorError) as caught:
        connector.ensure_present(lab.targets[0])
    printed = "".join(traceback.format_exception(caught.value)) + repr(caught.value)

    assert not [secret for secret in lab.made.secrets if secret in printed]
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_holders_come_in_pages_in_a_stable_order(lab: Lab) -> None:
    """The pages together list every holder once, in order, and the last one says so."""
    connector = lab.paging(3)
    for target in reversed(lab.targets):
        connector.ensure_present(target)

    listed: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = connector.holders(lab.targets[0].resource, lab.targets[0].permission, after)
        listed.extend(page.accounts)
        after, pages = page.after, pages + 1

    assert listed == [target.account for target in lab.targets]
    assert pages == 3


def test_a_full_last_page_is_the_last(lab: Lab) -> None:
    """As many holders as fit on a page make one page, and none make an empty one."""
    connector = lab.paging(4)
    empty = connector.holders(lab.other.resource, lab.other.permission, None)
    for target in lab.targets[:4]:
        connector.ensure_present(target)

    full = connector.holders(lab.targets[0].resource, lab.targets[0].permission, None)

    assert (empty.accounts, empty.after) == ((), None)
    assert (len(full.accounts), full.after) == (4, None)


def test_a_page_goes_on_behind_a_holder_who_has_left(lab: Lab) -> None:
    """Nobody is listed twice or left out because somebody's access ended between two pages."""
    connector = lab.paging(3)
    for target in lab.targets:
        connector.ensure_present(target)
    resource, permission = lab.targets[0].resource, lab.targets[0].permission

    first = connector.holders(resource, permission, None)
    for account in first.accounts:
        connector.ensure_absent(next(t for t in lab.targets if t.account == account))
    second = connector.holders(resource, permission, first.after)

    assert [*first.accounts, *second.accounts] == [t.account for t in lab.targets[:6]]


def test_many_at_once_give_one_permission_once(connector: Connector, lab: Lab) -> None:
    """Of eight workers that give the same thing at once, one gives it and all succeed."""
    barrier = Barrier(8)

    def give(_: int) -> Outcome:
        barrier.wait()
        return connector.ensure_present(lab.targets[0])

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(give, range(8)))

    assert outcomes == [Outcome.ALREADY] * 7 + [Outcome.CHANGED]
    assert lab.has(lab.targets[0])


def test_a_healthy_target_is_valid(connector: Connector) -> None:
    """A target that can be reached with good credentials passes the check."""
    connector.validate()


def _calls(connector: Connector, lab: Lab) -> list[Callable[[], object]]:
    """List every call of the port."""
    target = lab.targets[0]
    return [
        lambda: connector.observe(target),
        lambda: connector.ensure_present(target),
        lambda: connector.ensure_absent(target),
        lambda: connector.holders(target.resource, target.permission, None),
        connector.validate,
    ]


def _timed_failure(call: Callable[[], object]) -> tuple[BaseException | None, float]:
    began = time.monotonic()
    try:
        call()
    except ConnectorError as error:
        return error, time.monotonic() - began
    return None, time.monotonic() - began
