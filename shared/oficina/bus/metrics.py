"""How much waits in each service's outbox and inbox, counted when Prometheus asks.

Alert on ages, not on counts. A database that does not answer is left out: that is for /readyz.
"""

from collections.abc import Iterator
from weakref import WeakValueDictionary

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from oficina.bus import admin
from oficina.db import Database

_databases: "WeakValueDictionary[str, Database]" = WeakValueDictionary()


def observe(servicio: str, db: Database) -> None:
    """Count what waits in this service's database from now on, as long as somebody holds it."""
    _databases[servicio] = db


class Waiting(Collector):
    """The gauges of the bus of every service in this process."""

    def describe(self) -> list[GaugeMetricFamily]:
        """The gauges, without asking a database."""
        return _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask each database."""
        told, told_age, heard, dead, heard_age = families = _families()
        for servicio, db in list(_databases.items()):
            try:
                now = admin.resumen(db)
            except SQLAlchemyError:
                continue
            told.add_metric([servicio], now.por_publicar)
            told_age.add_metric([servicio], now.edad_por_publicar)
            heard.add_metric([servicio], now.por_hacer)
            dead.add_metric([servicio], now.muertos)
            heard_age.add_metric([servicio], now.edad_por_hacer)
        yield from families


def _families() -> list[GaugeMetricFamily]:
    outbox, inbox = ("servicio",), ("consumidor",)
    return [
        GaugeMetricFamily("acogida_outbox_pendientes", "Facts that have not left.", None, outbox),
        GaugeMetricFamily("acogida_outbox_edad_max_s", "Age of the oldest of them.", None, outbox),
        GaugeMetricFamily("acogida_inbox_pendientes", "Facts to be handled.", None, inbox),
        GaugeMetricFamily("acogida_inbox_muertos", "Facts that are parked.", None, inbox),
        GaugeMetricFamily("acogida_inbox_edad_max_s", "Age of the oldest to do.", None, inbox),
    ]


REGISTRY.register(Waiting())
