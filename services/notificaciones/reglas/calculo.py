"""When a reminder leaves: what a rule says, and the arithmetic of hours, windows and eves.

Hours before an appointment are hours that pass. A window and an hour of the day are on Chile's
clocks, whichever way they were set that day. All moments that come and go are aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from oficina.calendar_cl import feriados
from oficina.clock import ZONA, local

_DAY = timedelta(days=1)


class CanalDeRegla(StrEnum):
    """By which way a reminder goes."""

    PREFERIDO = "preferido"  # the one that the person prefers
    SMS = Canal.SMS.value
    CORREO = Canal.CORREO.value


class IdiomaDeRegla(StrEnum):
    """In which language a reminder is written."""

    PERSONA = "persona"
    BASE = "base"


@dataclass(frozen=True)
class Ventana:
    """The hours of the day in which people are written to, `hasta` excluded."""

    desde: time
    hasta: time
    en_feriados: bool

    @classmethod
    def de(cls, datos: Mapping[str, Any]) -> "Ventana":
        """As it is written down."""
        return cls(
            time.fromisoformat(datos["desde"]),
            time.fromisoformat(datos["hasta"]),
            datos["en_feriados"],
        )

    def abierta(self, momento: datetime) -> bool:
        """Whether people may be written to at this moment."""
        aqui = local(momento)
        return self.admite(aqui.date()) and self.contiene(aqui.time())

    def contiene(self, hora: time) -> bool:
        """Whether an hour of a day on which people may be written to is inside."""
        return self.desde <= hora < self.hasta

    def se_cruza_con(self, otra: "Ventana") -> bool:
        """Whether there is an hour of the day that is inside both."""
        return max(self.desde, otra.desde) < min(self.hasta, otra.hasta)

    def siguiente(self, momento: datetime) -> datetime:
        """`momento` itself when the window is open, else the next opening."""
        if self.abierta(momento):
            return momento
        aqui = local(momento)
        dia = aqui.date() if aqui.time() < self.desde else aqui.date() + _DAY
        while not self.admite(dia):
            dia += _DAY
        return en_la_pared(dia, self.desde)

    def vispera(self, momento: datetime, hora: time) -> datetime:
        """`hora` of the last day before `momento` on which people may be written to."""
        dia = local(momento).date() - _DAY
        while not self.admite(dia):
            dia -= _DAY
        return en_la_pared(dia, hora)

    def admite(self, dia: date) -> bool:
        """Whether people may be written to on a day."""
        return self.en_feriados or dia not in feriados(dia.year)


@dataclass(frozen=True, kw_only=True)
class Recordatorio:
    """What a rule says of a reminder: `antes_horas` before an appointment, or, with `a_las`, at
    that hour of the day on which that is.

    The window may delay it, yet never to less than `margen_horas` before: then it leaves on the eve
    at `vispera` instead. From `caduca_antes_horas` before the appointment on, it is not sent any
    more. `otra_via`: when the person cannot be reached by `canal`, the other one is used.
    `lugares`: codes of agenda for where the appointment takes place; none are all.
    """

    nombre: str
    antes_horas: int
    a_las: time | None
    ventana: Ventana
    vispera: time
    margen_horas: int
    caduca_antes_horas: int
    canal: CanalDeRegla
    otra_via: bool
    idioma: IdiomaDeRegla
    plantilla: str
    lugares: frozenset[str]

    @classmethod
    def de(cls, datos: Mapping[str, Any]) -> "Recordatorio":
        """As it is written down."""
        return cls(
            nombre=datos["nombre"],
            antes_horas=datos["antes_horas"],
            a_las=time.fromisoformat(datos["a_las"]) if datos["a_las"] else None,
            ventana=Ventana.de(datos["ventana"]),
            vispera=time.fromisoformat(datos["vispera"]),
            margen_horas=datos["margen_horas"],
            caduca_antes_horas=datos["caduca_antes_horas"],
            canal=CanalDeRegla(datos["canal"]),
            otra_via=datos["otra_via"],
            idioma=IdiomaDeRegla(datos["idioma"]),
            plantilla=datos["plantilla"],
            lugares=frozenset(datos["lugares"]),
        )

    def escrito(self) -> dict[str, Any]:
        """And back."""
        return {
            "nombre": self.nombre,
            "antes_horas": self.antes_horas,
            "a_las": self.a_las and f"{self.a_las:%H:%M}",
            "ventana": {
                "desde": f"{self.ventana.desde:%H:%M}",
                "hasta": f"{self.ventana.hasta:%H:%M}",
                "en_feriados": self.ventana.en_feriados,
            },
            "vispera": f"{self.vispera:%H:%M}",
            "margen_horas": self.margen_horas,
            "caduca_antes_horas": self.caduca_antes_horas,
            "canal": self.canal.value,
            "otra_via": self.otra_via,
            "idioma": self.idioma.value,
            "plantilla": str(self.plantilla),
            "lugares": sorted(self.lugares),
        }

    @property
    def solo_por(self) -> Canal | None:
        """The channel that it asks for; None leaves it to the person."""
        return None if self.canal is CanalDeRegla.PREFERIDO else Canal(self.canal.value)

    def es_para(self, lugar: str | None) -> bool:
        """Whether it reminds of appointments there; where nobody said, it does."""
        return not self.lugares or lugar is None or lugar in self.lugares


@dataclass(frozen=True)
class Plan:
    """When a reminder leaves and until when it makes sense; with a reason, it does not leave."""

    enviar_en: datetime
    caduca_en: datetime
    omitido: Motivo | None = None


def planificar(regla: Recordatorio, inicia_en: datetime, ahora: datetime) -> Plan:
    """Place one reminder of an appointment that begins at `inicia_en`."""
    deseado, enviar_en = _deseado(regla, inicia_en), _sale_en(regla, inicia_en)
    caduca_en = inicia_en - timedelta(hours=regla.caduca_antes_horas)
    # What was due before it was known is not sent late: it would arrive at an odd moment.
    omitido = Motivo.MOMENTO_PASADO if min(deseado, enviar_en) < ahora else None
    return Plan(enviar_en, caduca_en, omitido)


class Razon(StrEnum):
    """Why a reminder leaves when it does."""

    A_SU_HORA = "a_su_hora"
    VENTANA = "ventana"
    FERIADO = "feriado"
    VISPERA = "vispera"


def razon(regla: Recordatorio, inicia_en: datetime) -> Razon:
    """Why the reminder of an appointment leaves when it does."""
    deseado = _deseado(regla, inicia_en)
    enviar_en = _sale_en(regla, inicia_en)
    if enviar_en < deseado:
        return Razon.VISPERA
    if enviar_en == deseado:
        return Razon.A_SU_HORA
    return Razon.VENTANA if regla.ventana.admite(local(deseado).date()) else Razon.FERIADO


def _deseado(regla: Recordatorio, inicia_en: datetime) -> datetime:
    antes = inicia_en - timedelta(hours=regla.antes_horas)
    return antes if regla.a_las is None else en_la_pared(local(antes).date(), regla.a_las)


def _sale_en(regla: Recordatorio, inicia_en: datetime) -> datetime:
    deseado = _deseado(regla, inicia_en)
    enviar_en = regla.ventana.siguiente(deseado)
    if enviar_en > inicia_en - timedelta(hours=regla.margen_horas):
        return regla.ventana.vispera(deseado, regla.vispera)
    return enviar_en


def en_la_pared(dia: date, hora: time) -> datetime:
    """The moment at which clocks in Chile show that day and hour."""
    return datetime.combine(dia, hora, ZONA).astimezone(UTC)
