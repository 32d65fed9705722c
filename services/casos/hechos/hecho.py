"""What a fact is, and what of a thing may be told in one."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from casos.expedientes.models import Confidencialidad
from casos.personas.edades import RangoEtario
from casos.taxonomia import taxonomia
from oficina.privacy import blind_index

SIN_NACIONALIDAD = "UNK"


@dataclass(frozen=True, kw_only=True)
class Hecho:
    """One thing that happened. `vigente` is False when it must not be counted (any more).

    `motivo` and `lugar` are of a report of discrimination, `tipo` is of an obstacle or of an
    organisation, `idioma` of a sheet that was given.
    """

    id: UUID
    clase: str
    fecha: date
    nacionalidad: str
    tramo_edad: str
    origen: str
    sexo: str | None = None
    tema: str | None = None
    linea: str | None = None
    canal: str | None = None
    institucion: str | None = None
    resultado: str | None = None
    grado_evidencia: str | None = None
    unidad: str | None = None
    persona: str | None = None
    motivo: str | None = None
    lugar: str | None = None
    tipo: str | None = None
    idioma: str | None = None
    vigente: bool = True


class Seudonimos:
    """Opaque names for one subscriber, always the same for the same thing."""

    def __init__(self, suscriptor: str) -> None:
        self._suscriptor = suscriptor

    def de(self, clase: str, cosa: UUID) -> UUID:
        digest = blind_index(f"casos.hechos.{clase}", f"{self._suscriptor}\x1f{cosa.hex}")
        return UUID(hex=digest[:32])

    def persona(self, persona_id: UUID | None, codigo_cifras: UUID | None) -> str | None:
        """Of who was erased it comes from another code than the id, which nobody else knows."""
        cual = codigo_cifras or persona_id
        return None if cual is None else self.de("persona", cual).hex


def sin_senas(fila: Any) -> dict[str, Any]:
    """Of what belongs to a sealed case only that it happened: no figure tells whose it is."""
    if fila.confidencialidad != Confidencialidad.SELLADO:
        return {}
    return {
        "nacionalidad": SIN_NACIONALIDAD,
        "tramo_edad": RangoEtario.SIN_DATO,
        "sexo": None,
        "persona": None,
        "tema": None,
        "linea": None,
    }


def del_tema(codigo: str) -> dict[str, Any]:
    """A theme and the line of work that the decree counts it under."""
    try:
        linea = taxonomia().regla(codigo).linea
    except KeyError:
        linea = None
    return {"tema": codigo, "linea": linea}
