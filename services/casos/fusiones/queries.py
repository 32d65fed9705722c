"""What can be asked about unions of records: what one would do, and those that were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.atenciones.models import Atencion
from casos.consentimientos.models import Consentimiento
from casos.derechos.models import SolicitudDerecho
from casos.derechos.states import PENDIENTES, Derecho
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso, Confidencialidad
from casos.fusiones.models import Fusion
from casos.fusiones.states import Estado, Obstaculo
from casos.fusiones.traslado import se_llenarian
from casos.personas import matching
from casos.personas.matching import Razon
from casos.personas.models import Decision, Persona, PosibleDuplicado
from casos.personas.queries import persona_por_id
from oficina.errors import NoEncontrado

MAXIMO = 200
_CLASES = ("casos", "atenciones", "derivaciones", "consentimientos", "documentos", "contactos")


@dataclass(frozen=True)
class Lado:
    """One of two records, with documents and contacts, and how much a reader may know of each."""

    persona: Persona
    cuantos: Mapping[str, int]


@dataclass(frozen=True)
class VistaPrevia:
    """What joining two records would do, and what stands against it.

    `campos`: what the one that stays would take from the other. `repetidos`: how many documents and
    contacts both have. `par`: what was found alike or decided of the two before.
    """

    vigente: Lado
    absorbida: Lado
    campos: Sequence[str]
    repetidos: int
    impedimentos: Sequence[Obstaculo]
    par: PosibleDuplicado | None

    @property
    def razones(self) -> Sequence[Razon]:
        """Why they were found alike."""
        return [Razon(codigo) for codigo in self.par.razones] if self.par else ()

    @property
    def distintas(self) -> bool:
        """Somebody said that they are two people."""
        return self.par is not None and self.par.decision is Decision.DISTINTAS


def vista_previa(
    session: Session, vigente_id: UUID, absorbida_id: UUID, alcance: Alcance
) -> VistaPrevia:
    """Both side by side. Raises NoEncontrado unless the reader may see both, DatosBloqueados,
    PersonaUnida.
    """
    vigente = persona_por_id(session, vigente_id, alcance)
    absorbida = persona_por_id(session, absorbida_id, alcance)
    pares = matching.duplicados_entre(session, vigente_id, absorbida_id)
    return VistaPrevia(
        _lado(session, vigente, alcance),
        _lado(session, absorbida, alcance),
        se_llenarian(vigente, absorbida),
        len(_senas(vigente) & _senas(absorbida)),
        impedimentos(session, vigente_id, absorbida_id),
        pares[-1] if pares else None,
    )


def impedimentos(session: Session, una: UUID, otra: UUID) -> list[Obstaculo]:
    """What stands against joining two records now."""
    hallados = []
    pedida = select(SolicitudDerecho.id).where(
        SolicitudDerecho.persona_id.in_((una, otra)),
        SolicitudDerecho.derecho == Derecho.SUPRESION,
        SolicitudDerecho.estado.in_(PENDIENTES),
    )
    if session.scalar(pedida.limit(1)) is not None:
        hallados.append(Obstaculo.SUPRESION_PEDIDA)
    if _solo_sellada(session, una) != _solo_sellada(session, otra):
        # Who is named alone sees the one; the whole office would see both.
        hallados.append(Obstaculo.SELLADA)
    return hallados


def fusion_por_id(session: Session, fusion_id: UUID, alcance: Alcance) -> Fusion:
    """A union with both people, of whom the reader may see the one that stays (and the other when
    it was undone). Raises NoEncontrado.
    """
    hallada: Fusion | None = session.scalar(_con_ambas(alcance).where(Fusion.id == fusion_id))
    if hallada is None:
        raise NoEncontrado
    return hallada


def de_persona(session: Session, persona_id: UUID, alcance: Alcance) -> Sequence[Fusion]:
    """The unions that hold of the records that were joined to one, the newest first."""
    return session.scalars(
        _con_ambas(alcance)
        .where(Fusion.vigente_id == persona_id, Fusion.estado == Estado.HECHA)
        .order_by(Fusion.id.desc())
    ).all()


def todas(session: Session, alcance: Alcance) -> Sequence[Fusion]:
    """Those that a reader may see, the newest first; at most `MAXIMO`."""
    return session.scalars(_con_ambas(alcance).order_by(Fusion.id.desc()).limit(MAXIMO)).all()


def ultima(session: Session, vigente_id: UUID) -> UUID | None:
    """The last union that holds into a record: the only one that can be undone exactly."""
    return session.scalar(
        select(Fusion.id)
        .where(Fusion.vigente_id == vigente_id, Fusion.estado == Estado.HECHA)
        .order_by(Fusion.id.desc())
        .limit(1)
    )


def movido(session: Session, fusion: Fusion, alcance: Alcance) -> Mapping[str, int]:
    """How much went over, as far as a reader may know of it."""
    movidas = fusion.mapa.get("movidas", {})
    contado = {clase: len(movidas.get(tabla, ())) for clase, tabla in _TABLAS.items()}
    casos = [UUID(uno) for uno in movidas.get("casos", ())]
    atenciones = [UUID(uno) for uno in movidas.get("atenciones", ())]
    contado["casos"] = _cuantas(session, Caso.id, Caso.id.in_(casos), alcance.existencia())
    contado["atenciones"] = _cuantas(
        session, Atencion.id, Atencion.id.in_(atenciones), alcance.atenciones()
    )
    return {clase: cuantas for clase, cuantas in contado.items() if cuantas}


_TABLAS = {
    "casos": "casos",
    "atenciones": "atenciones",
    "documentos": "documentos_identidad",
    "contactos": "contactos",
}


def _senas(persona: Persona) -> set[tuple[str, str]]:
    """What documents and contacts are known by; the persons' are loaded."""
    return {(uno.tipo, uno.indice) for uno in persona.documentos} | {
        (uno.tipo, uno.indice) for uno in persona.contactos
    }


def _con_ambas(alcance: Alcance) -> Any:
    a_la_vista = select(Persona.id).where(alcance.personas())
    return (
        select(Fusion)
        .where(
            Fusion.vigente_id.in_(a_la_vista),
            or_(Fusion.estado == Estado.HECHA, Fusion.absorbida_id.in_(a_la_vista)),
        )
        .options(joinedload(Fusion.vigente), joinedload(Fusion.absorbida))
    )


def _lado(session: Session, persona: Persona, alcance: Alcance) -> Lado:
    de_caso = select(Caso.id).where(Caso.persona_id == persona.id, alcance.lectura())
    contado = {
        "casos": _cuantas(session, Caso.id, Caso.persona_id == persona.id, alcance.existencia()),
        "atenciones": _cuantas(
            session, Atencion.id, Atencion.persona_id == persona.id, alcance.atenciones()
        ),
        "derivaciones": _cuantas(session, Derivacion.id, Derivacion.caso_id.in_(de_caso)),
        "consentimientos": _cuantas(
            session,
            Consentimiento.id,
            and_(Consentimiento.persona_id == persona.id, alcance.consentimientos()),
        ),
        "documentos": len(persona.documentos),
        "contactos": len(persona.contactos),
    }
    return Lado(persona, {clase: contado[clase] for clase in _CLASES})


def _cuantas(session: Session, columna: Any, *condiciones: Any) -> int:
    consulta = select(func.count()).select_from(select(columna).where(*condiciones).subquery())
    return session.scalars(consulta).one()


def _solo_sellada(session: Session, persona_id: UUID) -> bool:
    """Whether all of somebody's cases are sealed, and there is one."""
    cuales = session.scalars(
        select(Caso.confidencialidad).where(Caso.persona_id == persona_id).distinct()
    ).all()
    return cuales == [Confidencialidad.SELLADO]
