"""A register of attentions: what it says, counted (the same for the preview, the command line and
its JSON), and what is written of each row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion, Canal
from casos.importacion import ficha as fichas
from casos.importacion.agrupacion import SIN_NACIONALIDAD, Ficha
from casos.importacion.atenciones.lectura import Fila
from casos.importacion.inserciones import insertar_muchas
from casos.importacion.models import FilaImportada, Tipo
from casos.importacion.problemas import Problema
from casos.importacion.registro import Registro
from casos.personas.edades import rango_etario
from casos.personas.models import Origen
from casos.personas.schemas import NuevaPersona
from oficina.clock import ZONA
from oficina.db import uuid7

_MEDIODIA = time(12)


@dataclass(frozen=True, kw_only=True)
class Resumen:
    """The figures of one file. Rows whose date cannot be read count in `errores` and `ilegibles`.

    `personas` is how many people a careful reader sees, `fichas` how many records that makes while
    only documents prove identity (see `agrupacion.py`).
    """

    filas: int
    por_mes: Mapping[str, int]
    por_nacionalidad: Mapping[str, int]
    por_motivo: Mapping[str, int]
    derivaciones: Mapping[str, int]
    personas: int
    fichas: int
    errores: Sequence[Problema]
    ilegibles: int
    nuevas: int
    ya_estaban: int

    def como_json(self) -> dict[str, Any]:
        """The fixed form that `acogida import --json` prints."""
        return {
            "filas": self.filas,
            "por_mes": dict(self.por_mes),
            "por_nacionalidad": dict(self.por_nacionalidad),
            "por_motivo": dict(self.por_motivo),
            "derivaciones": dict(self.derivaciones),
            "personas": self.personas,
            "errores": [problema.como_json() for problema in self.errores],
            "nuevas": self.nuevas,
            "ya_estaban": self.ya_estaban,
        }


class RegistroDeAtenciones(Registro):
    """A register of attentions: each row is one of somebody, or of nobody known."""

    tipo = Tipo.ATENCIONES

    def nueva(self, ficha: Ficha) -> NuevaPersona:
        """Of each thing the best that any row says."""
        return fichas.como_nueva(fichas.datos(ficha))

    def escribir(
        self,
        session: Session,
        lugares: Sequence[int],
        personas: Mapping[int, UUID],
        importacion_id: UUID,
    ) -> None:
        """An attention a row."""
        atenciones, importadas = [], []
        for n in lugares:
            fila, lugar = self.lectura.filas[n], self.agrupacion.de_fila[n]
            persona_id = None if lugar is None else personas[lugar]
            nacida = fila.nacimiento
            if lugar is not None:
                nacida = fichas.nacimiento(self.agrupacion.fichas[lugar])
            atencion = _atencion(fila, persona_id)
            atencion["rango_etario"] = rango_etario(nacida.fecha if nacida else None, fila.fecha)
            atenciones.append(atencion)
            importadas.append(
                {
                    "clave": self.claves[n],
                    "importacion_id": importacion_id,
                    "atencion_id": atencion["id"],
                    "persona_id": persona_id,
                    "hoja": fila.hoja[:40],
                    "fila": fila.numero,
                }
            )
        insertar_muchas(session, Atencion, atenciones)
        insertar_muchas(session, FilaImportada, importadas)

    def resumir(self, conocidas: Iterable[str]) -> Resumen:
        """Count; `conocidas` are the keys of rows that are in already."""
        filas = self.lectura.filas
        ya_estaban = self.ya_estaban(conocidas)
        return Resumen(
            filas=len(filas),
            por_mes=_contar(str(fila.fecha.month) for fila in filas),
            por_nacionalidad=_contar(fila.nacionalidad for fila in filas),
            por_motivo=_contar(fila.motivo for fila in filas),
            derivaciones=_contar(fila.derivada_a for fila in filas if fila.derivada_a),
            personas=self.agrupacion.personas,
            fichas=len(self.agrupacion.fichas),
            errores=self.lectura.errores,
            ilegibles=self.ilegibles,
            nuevas=len(filas) - ya_estaban,
            ya_estaban=ya_estaban,
        )


def _atencion(fila: Fila, persona_id: UUID | None) -> dict[str, Any]:
    # The register knows the day and not the hour: noon is that day in every zone of Chile.
    return {
        "id": uuid7(),
        "persona_id": persona_id,
        "canal": Canal(fila.canal),
        "tema": fila.motivo,
        "inicio": datetime.combine(fila.fecha, _MEDIODIA, ZONA),
        "funcionario_nombre": fila.funcionario[:120],
        "nota": fila.nota or None,
        "nacionalidad": None if fila.nacionalidad == SIN_NACIONALIDAD else fila.nacionalidad,
        "sexo": fila.sexo,
        "origen": Origen.REGISTRO,
        "derivada_a": fila.derivada_a,
        "derivada_el": fila.derivada_el,
        "derivada_resultado": fila.resultado,
    }


def _contar(codigos: Iterable[str]) -> dict[str, int]:
    # Months are numbers written as texts: they sort as numbers.
    cuenta = Counter(codigos)
    return {c: cuenta[c] for c in sorted(cuenta, key=lambda c: c.zfill(2) if c.isdigit() else c)}
