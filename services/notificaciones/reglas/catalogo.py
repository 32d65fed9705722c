"""When a message may leave: rules as data (reglas.json), and the arithmetic of windows.

Hours before an appointment are hours that pass. The window is on Chile's clocks, whichever way they
were set that day. All moments that come and go are aware.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from notificaciones.mensajes.states import Motivo
from oficina.calendar_cl import feriados
from oficina.clock import ZONA, local

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ventana:
    """The hours of the day in which people are written to, `hasta` excluded."""

    desde: time
    hasta: time
    en_feriados: bool

    def abierta(self, momento: datetime) -> bool:
        """Whether people may be written to at this moment."""
        aqui = local(momento)
        return self._admite(aqui.date()) and self.desde <= aqui.time() < self.hasta

    def siguiente(self, momento: datetime) -> datetime:
        """`momento` itself when the window is open, else the next opening."""
        if self.abierta(momento):
            return momento
        aqui = local(momento)
        dia = aqui.date() if aqui.time() < self.desde else aqui.date() + _DAY
        while not self._admite(dia):
            dia += _DAY
        return _on_the_wall(dia, self.desde)

    def vispera(self, momento: datetime, hora: time) -> datetime:
        """`hora` of the last day before `momento` on which people may be written to."""
        dia = local(momento).date() - _DAY
        while not self._admite(dia):
            dia -= _DAY
        return _on_the_wall(dia, hora)

    def _admite(self, dia: date) -> bool:
        return self.en_feriados or dia not in feriados(dia.year)


@dataclass(frozen=True)
class ReglaDeCita:
    """A reminder `antes_horas` before an appointment.

    The window may delay it, yet never to less than `margen_horas` before: then it leaves on the eve
    instead. From `caduca_antes_horas` before the appointment on, it is not sent any more.
    """

    clave: str
    antes_horas: int
    margen_horas: int
    caduca_antes_horas: int


@dataclass(frozen=True)
class Aviso:
    """Whom of the staff a notice is for: whoever answers for the case, and some roles; which roles
    instead when nobody answers for it; and which in the unit that the notice is about.
    """

    responsable: bool
    roles: frozenset[str]
    sin_responsable: frozenset[str] = frozenset()
    de_la_unidad: frozenset[str] = frozenset()

    @classmethod
    def de(cls, datos: Mapping[str, Any]) -> "Aviso":
        """The rule as it is written down."""
        return cls(
            datos["responsable"],
            frozenset(datos["roles"]),
            frozenset(datos.get("sin_responsable", ())),
            frozenset(datos.get("roles_de_la_unidad", ())),
        )


@dataclass(frozen=True)
class Reglas:
    """One version of the rules.

    `prefijos_moviles`: by country code, how mobile numbers begin where the numbering plan does not
    tell them from fixed ones otherwise. `nivel_por_vencer`: the stage (percent) at which people are
    reminded of a deadline; `avisar_por_vencer`: who of the staff is, besides the institution whose
    turn it is. `avisar_vencido`: the stages of a passed deadline and who is told.
    `derivacion_fallida`: who is told that a derivation ended badly; `retiro_de_datos`, that an
    institution may not use any more what it was sent. `respuesta_a_cita`: who is told what a person
    answered about their appointment, by what they answered. `solicitud_de_derecho`: who is told of
    a request about somebody's data when it was received, is nearly late and is late.
    `incidente`: who is told of a breach of people's data when it was reported, is nearly late and
    is late. `acceso_excepcional`: who is told that somebody reads a reserved case by exception;
    `supresion_propuesta`, that an erasure waits to be confirmed; `supresion_atrasada`, that a
    service has not confirmed one; `suscripcion_desactivada`, that a unit's system gets nothing any
    more.
    """

    version: str
    ventana: Ventana
    vispera: time
    de_cita: tuple[ReglaDeCita, ...]
    nivel_por_vencer: int
    relojes_de_institucion: frozenset[str]
    avisar_por_vencer: Aviso
    prefijos_moviles: Mapping[str, str]
    avisar_vencido: Mapping[int, Aviso]
    derivacion_fallida: Aviso
    retiro_de_datos: Aviso
    respuesta_a_cita: Mapping[str, Aviso]
    solicitud_de_derecho: Mapping[str, Aviso]
    incidente: Mapping[str, Aviso]
    acceso_excepcional: Aviso
    supresion_propuesta: Aviso
    supresion_atrasada: Aviso
    suscripcion_desactivada: Aviso


@dataclass(frozen=True)
class Plan:
    """When a reminder leaves and until when it makes sense; with a reason, it does not leave."""

    enviar_en: datetime
    caduca_en: datetime
    omitido: Motivo | None = None


def planificar(reglas: Reglas, regla: ReglaDeCita, inicia_en: datetime, ahora: datetime) -> Plan:
    """Place one reminder of an appointment that begins at `inicia_en`."""
    deseado = inicia_en - timedelta(hours=regla.antes_horas)
    caduca_en = inicia_en - timedelta(hours=regla.caduca_antes_horas)
    enviar_en = reglas.ventana.siguiente(deseado)
    if enviar_en > inicia_en - timedelta(hours=regla.margen_horas):
        enviar_en = reglas.ventana.vispera(deseado, reglas.vispera)
    # What was due before it was known is not sent late: it would arrive at an odd moment.
    omitido = Motivo.MOMENTO_PASADO if min(deseado, enviar_en) < ahora else None
    return Plan(enviar_en, caduca_en, omitido)


@cache
def reglas() -> Reglas:
    """The rules in force."""
    datos: dict[str, Any] = json.loads(
        (Path(__file__).parent / "reglas.json").read_text(encoding="utf-8")
    )
    ventana = datos["ventana"]
    return Reglas(
        version=datos["version"],
        ventana=Ventana(
            time.fromisoformat(ventana["desde"]),
            time.fromisoformat(ventana["hasta"]),
            ventana["en_feriados"],
        ),
        vispera=time.fromisoformat(datos["vispera"]),
        de_cita=tuple(ReglaDeCita(**regla) for regla in datos["recordatorios_de_cita"]),
        nivel_por_vencer=datos["plazo_por_vencer"]["nivel"],
        relojes_de_institucion=frozenset(datos["plazo_por_vencer"]["relojes_de_institucion"]),
        avisar_por_vencer=Aviso.de(datos["plazo_por_vencer"]),
        prefijos_moviles=datos["prefijos_moviles"],
        avisar_vencido={etapa["nivel"]: Aviso.de(etapa) for etapa in datos["plazo_vencido"]},
        derivacion_fallida=Aviso.de(datos["derivacion_fallida"]),
        respuesta_a_cita={
            respuesta: Aviso.de(aviso) for respuesta, aviso in datos["respuesta_a_cita"].items()
        },
        retiro_de_datos=Aviso.de(datos["retiro_de_datos"]),
        solicitud_de_derecho={
            situacion: Aviso.de(aviso) for situacion, aviso in datos["solicitud_de_derecho"].items()
        },
        incidente={situacion: Aviso.de(aviso) for situacion, aviso in datos["incidente"].items()},
        acceso_excepcional=Aviso.de(datos["acceso_excepcional"]),
        supresion_propuesta=Aviso.de(datos["supresion_propuesta"]),
        supresion_atrasada=Aviso.de(datos["supresion_atrasada"]),
        suscripcion_desactivada=Aviso.de(datos["suscripcion_desactivada"]),
    )


def _on_the_wall(dia: date, hora: time) -> datetime:
    return datetime.combine(dia, hora, ZONA).astimezone(UTC)
