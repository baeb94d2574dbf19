"""Numbers in Prometheus' own format."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Settings
from bot.watch.metrics import render_metrics
from bot.wiring import Parts
from engine.model.identifiers import EntitlementId, PersonId
from engine.workflow.asking.submit import Ask, submit
from storage.metrics import read_numbers


def test_what_is_read_is_what_is_rendered(parts: Parts) -> None:
    """Every number with its meaning and every value with its labels; a reader gets them back."""
    submit(
        parts.work,
        Ask(PersonId("li.wei"), EntitlementId("aws-prod-read"), None, "looking for a fault"),
    )
    read = {
        (number.name, tuple(zip(number.label_names, sample.labels, strict=True)))
        for number in read_numbers(parts.engine)
        for sample in number.samples
    }

    families = list(text_string_to_metric_families(render_metrics(parts.engine)))

    assert {
        (sample.name, tuple(sample.labels.items())) for one in families for sample in one.samples
    } == read
    assert all(family.documentation and family.type == "gauge" for family in families)


def test_numbers_are_read_anew_each_time(parts: Parts) -> None:
    """They are facts of the database: another process's request is counted, too."""
    before = render_metrics(parts.engine)
    other = Parts(parts.settings, "web")
    submit(
        other.work,
        Ask(PersonId("li.wei"), EntitlementId("aws-prod-read"), None, "looking for a fault"),
    )
    other.close()

    after = render_metrics(parts.engine)

    assert 'jit_requests{state="pending"} 0.0' in before
    assert 'jit_requests{state="pending"} 1.0' in after


def test_no_numbers_are_better_than_old_ones(environment: dict[str, str]) -> None:
    """Without the database there is an error, which an alarm can see, and no zero."""
    away = environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    parts = Parts(Settings.load(away), "web")

    with pytest.raises(Exception, match="connection"):
        render_metrics(parts.engine)

    parts.close()
