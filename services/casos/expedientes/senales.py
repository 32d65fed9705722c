"""The flags of a case: what whoever works on it must not overlook, reckoned in this one place.

None is stored: each follows from what is known of the case and of its person now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.contactos.pauta import Pauta
from casos.derivaciones.queries import activas_de_caso, con_consentimiento_retirado
from casos.expedientes.actions import DENUNCIA
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.expedientes.relato import Lectura
from casos.expedientes.states import Estado, Senal
from casos.personas.models import Persona
from casos.personas.queries import duplicados_pendientes
from casos.plazos.calendario import calendario
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import vivo
from casos.plazos.versiones import vigentes
from casos.representantes.catalogo import catalogo
from oficina import clock

SIN_ACTIVIDAD = "sin_actividad"

AUTOMATICOS = frozenset({TipoHito.PLAZO, TipoHito.MENSAJE})
"""Lines that tell of no work of anybody."""


@dataclass(frozen=True)
class Leido:
    """What was read of a case: its clocks, and how its person may be reached."""

    caso: Caso
    plazos: Sequence[Plazo]
    pauta: Pauta


def senales(
    session: Session, leido: Leido, alcance: Alcance, lectura: Lectura, ahora: datetime
) -> list[Senal]:
    """The flags of a case that was read, as far as its reader may know of them."""
    caso, persona = leido.caso, leido.caso.persona
    tiene = {
        Senal.DENUNCIA_OBLIGATORIA: lectura.evaluacion and vivo(leido.plazos, DENUNCIA),
        Senal.PLAZO_VENCIDO: _vencido(leido.plazos, lectura, ahora),
        Senal.CONTACTO_PROHIBIDO: not leido.pauta.permitido,
        Senal.CONSENTIMIENTO_REVOCADO: lectura.derivaciones
        and con_consentimiento_retirado(session, caso.id),
        Senal.SIN_ACTIVIDAD: _sin_actividad(session, caso, ahora),
        Senal.NNA: _menor(persona, ahora),
        Senal.REQUIERE_INTERPRETE: persona.requiere_interprete,
        Senal.POSIBLE_DUPLICADO: bool(duplicados_pendientes(session, persona.id, alcance).vistos),
        Senal.DERIVACION_ACTIVA: lectura.derivaciones and bool(activas_de_caso(session, caso.id)),
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


def _sin_actividad(session: Session, caso: Caso, ahora: datetime) -> bool:
    """Whether nobody has done anything for longer than the rules say."""
    if caso.terminado or caso.estado is Estado.SUSPENDIDO:
        return False
    ultima = session.scalar(
        select(func.max(Hito.ocurrido_en)).where(
            Hito.caso_id == caso.id, Hito.tipo.not_in(AUTOMATICOS)
        )
    )
    prioridad, desde = caso.prioridad.value, ultima or caso.abierto_en
    regla = vigentes(session, desde).relojes[SIN_ACTIVIDAD]
    # Days off only make it later: of most cases nobody needs to know them.
    if regla.fin(prioridad, desde) >= ahora:
        return False
    return regla.fin(prioridad, desde, calendario(session).dias) < ahora


def _menor(persona: Persona, ahora: datetime) -> bool:
    nacida = persona.fecha_nacimiento
    return nacida is not None and nacida > nacidos_despues_de(ahora)
