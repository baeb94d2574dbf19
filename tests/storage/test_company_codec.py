"""A company is written in one exact spelling, and read back as it was."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.model.identifiers import PlatformName
from storage.company_codec import digest, read, write
from tests.contracts.samples import company


def test_a_company_comes_back_as_it_was() -> None:
    """Every part of it, to the microsecond."""
    assert read(write(company())) == company()


def test_one_company_has_one_spelling() -> None:
    """Written, read and written again it has the same bytes and the same digest."""
    body = write(company())

    assert write(read(body)) == body
    assert digest(write(replace(company(), name="Other"))) != digest(body)


def test_an_order_of_keys_means_nothing() -> None:
    """Mappings that hold the same are the same."""
    channels = {PlatformName("slack"): "C1", PlatformName("teams"): "T1"}
    turned = dict(reversed(channels.items()))

    first, second = (replace(company(), audit_channels=one) for one in (channels, turned))

    assert write(first) == write(second)


def test_what_came_later_has_its_default() -> None:
    """A version written by an older program, without an attribute that has a default, is read."""
    body = json.loads(write(company()))
    for person in body["people"]:
        del person["zone"]
    body["forgotten_since"] = True

    assert {person.zone for person in read(json.dumps(body)).people} == {"UTC"}
