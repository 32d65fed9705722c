"""How many messages wait for tomorrow's budget, counted when Prometheus asks."""

from collections.abc import Iterator
from weakref import WeakSet

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from notificaciones.proveedores.queries import que_esperan
from oficina.db import Database

_databases: "WeakSet[Database]" = WeakSet()


def observar(db: Database) -> None:
    """Count in this database from now on, as long as somebody holds it."""
    _databases.add(db)


class Presupuesto(Collector):
    """The gauge of whatever database there is."""

    def describe(self) -> list[GaugeMetricFamily]:
        """The gauge, without asking a database."""
        return [_family()]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask it; one that does not answer is left out."""
        family = _family()
        for db in list(_databases):
            try:
                with db.read() as session:
                    family.add_metric([], que_esperan(session))
            except SQLAlchemyError:
                continue
        yield family


def _family() -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "acogida_mensajes_sin_presupuesto", "Messages that wait for tomorrow's budget."
    )


REGISTRY.register(Presupuesto())
