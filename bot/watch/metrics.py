"""Numbers for Prometheus, read from Postgres when they are asked for.

Every process tells the same numbers, because they are facts of the database and not counts of a
process: nothing is lost when a process dies, and nothing has to be added up.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from storage.database.connect import Database
from storage.metrics import Number, read_numbers


class _Numbers(Collector):
    def __init__(self, engine: Database) -> None:
        self._engine = engine

    def collect(self) -> list[GaugeMetricFamily]:
        """Read all numbers in one transaction."""
        return [_family(number) for number in read_numbers(self._engine)]


def _family(number: Number) -> GaugeMetricFamily:
    family = GaugeMetricFamily(number.name, number.meaning, labels=number.label_names)
    for sample in number.samples:
        family.add_metric(sample.labels, sample.value)
    return family


def render_metrics(engine: Database) -> str:
    """Write the numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Numbers(engine))
    return generate_latest(registry).decode()
