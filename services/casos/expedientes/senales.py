"""The flags of a case: what whoever works on it must not overlook, reckoned in this one place.

None is stored: each follows from what is known of the case and of its person now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.cierres.models import CierrePropuesto
from casos.consentimientos.models import RetiroConsentimiento
from casos.contactos.pauta import Pauta, pauta_de
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import ACTIVAS, FALLIDAS
from casos.expedientes.actions import DENUNCIA
from casos.expedientes.models import Caso, Evaluacion, Hito, MiembroDeCaso, TipoHito
from casos.expedientes.relato import Lectura
from casos.expedientes.states import Estado, Senal
from casos.personas.models import Persona
from casos.personas.queries import duplicados_pendientes
from casos.plazos.calendario import calendario
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import plazos_de_caso, vivo
from casos.plazos.versiones import vigentes
from casos.representantes.catalogo import catalogo
from casos.tareas.models import Tarea
from oficina import clock

SIN_ACTIVIDAD = "sin_actividad"

_SUYOS = (
    Tarea.caso_id,
    Evaluacion.caso_id,
    MiembroDeCaso.caso_id,
    CierrePropuesto.caso_id,
)
"""Where other things say whose they are, in the order of `Cuentas`."""

AUTOMATICOS = frozenset({TipoHito.PLAZO, TipoHito.MENSAJE})
"""Lines that tell of no work of anybody."""


class Cuentas(NamedTuple):
    """How many derivations of a case wait for the institution, ended badly, and rest on a consent
    that was withdrawn; when somebody last did something in it; and of what it has something, so
    that nobody asks for what it has not.
    """

    activas: int
    fallidas: int
    sin_consentimiento: int
    ultima: datetime | None
    derivaciones: bool
    tareas: bool
    evaluaciones: bool
    miembros: bool
    cierres: bool


@dataclass(frozen=True)
class Leido:
    """What was read of a case: its clocks, how its person may be reached, and what was counted."""

    caso: Caso
    plazos: Sequence[Plazo]
    pauta: Pauta
    cuentas: Cuentas

    @classmethod
    def de(cls, session: Session, caso: Caso) -> "Leido":
        """Read what the flags of a case that was read are reckoned from."""
        cuentas = session.execute(_contar(), {"caso_id": caso.id}).one()
        return cls(
            caso,
            plazos_de_caso(session, caso.id),
            pauta_de(session, caso.persona),
            Cuentas(*cuentas),
        )


def senales(
    session: Session, leido: Leido, alcance: Alcance, lectura: Lectura, ahora: datetime
) -> list[Senal]:
    """The flags of a case that was read, as far as its reader may know of them."""
    persona = leido.caso.persona
    tiene = {
        Senal.DENUNCIA_OBLIGATORIA: lectura.evaluacion and vivo(leido.plazos, DENUNCIA),
        Senal.PLAZO_VENCIDO: _vencido(leido.plazos, lectura, ahora),
        Senal.CONTACTO_PROHIBIDO: not leido.pauta.permitido,
        Senal.CONSENTIMIENTO_REVOCADO: lectura.derivaciones
        and leido.cuentas.sin_consentimiento > 0,
        Senal.SIN_ACTIVIDAD: _sin_actividad(session, leido, ahora),
        Senal.NNA: _menor(persona, ahora),
        Senal.REQUIERE_INTERPRETE: persona.requiere_interprete,
        Senal.POSIBLE_DUPLICADO: bool(duplicados_pendientes(session, persona.id, alcance).vistos),
        Senal.DERIVACION_ACTIVA: lectura.derivaciones and leido.cuentas.activas > 0,
    }
    return [senal for senal in Senal if tiene[senal]]


def nacidos_despues_de(ahora: datetime) -> date:
    """Whoever was born after this day is not of age."""
    hoy = clock.local(ahora).date()
    # Who was born on a 29th of February comes of age on the 1st of March.
    dia = 28 if (hoy.month, hoy.day) == (2, 29) else hoy.day
    return date(hoy.year - catalogo().mayoria, hoy.month, dia)


def _vencido(plazos: Sequence[Plazo], lectura: Lectura, ahora: datetime) -> bool:
    return any(
        plazo.estado is EstadoPlazo.CORRIENDO
        and plazo.vence_en < ahora
        and (lectura.derivaciones or plazo.derivacion_id is None)
        for plazo in plazos
    )


@cache
def _contar() -> Select[*tuple[Any, ...]]:
    """The `Cuentas` of the case `caso_id`, in one statement."""
    caso_id = bindparam("caso_id", type_=Derivacion.caso_id.type)
    ultima = select(func.max(Hito.ocurrido_en)).where(
        Hito.caso_id == caso_id, Hito.tipo.not_in(AUTOMATICOS)
    )
    return (
        select(
            func.count(case((Derivacion.estado.in_(ACTIVAS), 1))),
            func.count(case((Derivacion.estado.in_(FALLIDAS), 1))),
            func.count(RetiroConsentimiento.id),
            ultima.scalar_subquery(),
            func.count(Derivacion.id) > 0,
            *(select(suyo).where(suyo == caso_id).exists() for suyo in _SUYOS),
        )
        .select_from(Derivacion)
        # A consent is withdrawn once at most: no derivation is counted twice.
        .outerjoin(
            RetiroConsentimiento,
            RetiroConsentimiento.consentimiento_id == Derivacion.consentimiento_id,
        )
        .where(Derivacion.caso_id == caso_id)
    )


def _sin_actividad(session: Session, leido: Leido, ahora: datetime) -> bool:
    """Whether nobody has done anything for longer than the rules say."""
    caso = leido.caso
    if caso.terminado or caso.estado is Estado.SUSPENDIDO:
        return False
    prioridad, desde = caso.prioridad.value, leido.cuentas.ultima or caso.abierto_en
    regla = vigentes(session, desde).relojes[SIN_ACTIVIDAD]
    # Days off only make it later: of most cases nobody needs to know them.
    if regla.fin(prioridad, desde) >= ahora:
        return False
    return regla.fin(prioridad, desde, calendario(session).dias) < ahora


def _menor(persona: Persona, ahora: datetime) -> bool:
    nacida = persona.fecha_nacimiento
    return nacida is not None and nacida > nacidos_despues_de(ahora)
