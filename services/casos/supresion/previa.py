"""What erasing somebody would do, asked of every owner over its API before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casos.bloqueos.queries import casos_de
from casos.derechos.queries import solicitud_por_id
from casos.supresion import queries
from casos.supresion.queries import VistaPrevia
from oficina import telemetry
from oficina.env import Env
from oficina.errors import DomainError, NoEncontrado

DUENOS = ("agenda", "notificaciones")
"""Who can say what of somebody they hold; reportes cannot tell whose anything is."""

log = telemetry.get_logger("casos.supresion")


@dataclass(frozen=True)
class Previa:
    """casos' own part, and of each service how many of each class; None when it does not answer."""

    vista: VistaPrevia
    servicios: Mapping[str, Mapping[str, int] | None]


def prever(env: Env, solicitud_id: UUID) -> Previa:
    """Ask every owner. Raises NoEncontrado without the request."""
    with env.db.read() as session:
        persona_id = solicitud_por_id(session, solicitud_id).persona_id
        vista = queries.vista_previa(session, persona_id, solicitud_id)
        hechos = queries.contados(session, persona_id)
        casos = casos_de(session, persona_id)
    servicios: dict[str, Mapping[str, int] | None] = {"casos": vista.borrado}
    for servicio in DUENOS:
        ruta = f"/{servicio}/api/v1/personas/{persona_id}/supresion"
        pregunta: dict[str, Any] = {"caso": casos} if servicio == "notificaciones" else {}
        try:
            servicios[servicio] = env.client.get(servicio, ruta, pregunta)["borrado"]
        except NoEncontrado:
            servicios[servicio] = {}
        except DomainError as error:
            # The page says so; nothing is decided on it.
            log.warning("sin_vista_previa", servicio=servicio, kind=type(error).__name__)
            servicios[servicio] = None
    servicios["reportes"] = {"reportes.hechos": hechos}
    return Previa(vista, servicios)
