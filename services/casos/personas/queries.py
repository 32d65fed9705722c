"""What can be asked about people: read-only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from casos.alcance import SIN_LIMITE, Alcance, exigir_usable
from casos.consentimientos.queries import admite_recordatorios
from casos.contactos.pauta import Pauta
from casos.expedientes.models import Caso, Confidencialidad
from casos.personas import matching
from casos.personas.matching import Razon
from casos.personas.models import (
    Contacto,
    Decision,
    DocumentoIdentidad,
    EstadoPersona,
    Persona,
    PosibleDuplicado,
    TipoContacto,
)
from casos.personas.unidas import con_unidas, vigentes
from casos.representantes.mensajes import destino
from oficina import clock
from oficina.audit import Auditoria
from oficina.contacto import presentar_telefono
from oficina.errors import NoEncontrado
from oficina.privacy import mask

SEMBRAR = "casos.persona.sembrar"
"""What the audit calls making invented people."""

_CasoAjeno = Row[UUID, str, str, Confidencialidad]


@dataclass(frozen=True)
class Duplicado:
    """A pair that waits for a decision, seen from one of the two."""

    id: UUID
    persona: Persona
    razones: Sequence[Razon]
    puntaje: int


@dataclass(frozen=True)
class Cargo:
    """Who has the cases of somebody whom the reader does not see: names, and of reserved cases
    folios alone. `alguien` says that a case waits for somebody to take it.
    """

    nombres: Sequence[str] = ()
    reservados: Sequence[str] = ()
    alguien: bool = False


@dataclass(frozen=True)
class Ajeno:
    """Somebody whom the reader does not see and who is like what they look for: in which fields,
    and whom to ask. No name, no id.
    """

    razones: Sequence[StrEnum]
    cargo: Cargo


@dataclass(frozen=True)
class Parecidos:
    """Records like one, for a reader: those that they see, and of the others, if what is exact says
    so, no more than they may know. `preguntar`: there may be one of which only the head of the
    office can tell. `bloqueada`: there is one whose data are blocked.
    """

    vistos: Sequence[Duplicado]
    ajenos: Sequence[Ajeno] = ()
    preguntar: bool = False
    bloqueada: bool = False


def sembradas(session: Session) -> int | None:
    """How many invented people `acogida seed` made; None when somebody is there who came otherwise.

    What the audit says was made is counted against who is there: nothing else can tell them apart.
    """
    hechas = session.scalar(
        select(func.coalesce(func.sum(Auditoria.cantidad), 0)).where(Auditoria.accion == SEMBRAR)
    )
    hay = session.scalar(select(func.count()).select_from(Persona))
    return hay if hay == hechas else None


def persona_por_id(session: Session, persona_id: UUID, alcance: Alcance) -> Persona:
    """A person whom the reader may see, with documents and contacts. Raises NoEncontrado."""
    persona = session.scalar(
        select(Persona)
        .where(Persona.id == persona_id, alcance.personas())
        .options(selectinload(Persona.documentos), selectinload(Persona.contactos))
    )
    if persona is None:
        raise alcance.negativa_de_persona(session, persona_id)
    return persona


def persona_por_folio(session: Session, folio: str, alcance: Alcance) -> Persona:
    """The person with a folio, or the one that record was joined to. Raises NoEncontrado."""
    hallada = session.execute(
        select(Persona.id, Persona.fusionada_en_id).where(Persona.folio == folio.strip().upper())
    ).first()
    if hallada is None:
        raise NoEncontrado
    return persona_por_id(session, hallada.fusionada_en_id or hallada.id, alcance)


def ids_a_la_vista(session: Session, ids: Iterable[UUID], alcance: Alcance) -> Sequence[UUID]:
    """Those of several people whom the reader may see."""
    return session.scalars(
        select(Persona.id).where(Persona.id.in_(list(ids)), alcance.personas())
    ).all()


def persona_a_la_vista(session: Session, persona_id: UUID, alcance: Alcance) -> None:
    """Raise NoEncontrado unless the reader may see this person, DatosBloqueados when nobody may."""
    if not ids_a_la_vista(session, [persona_id], alcance):
        raise alcance.negativa_de_persona(session, persona_id)


def contactos_de(session: Session, persona_id: UUID) -> Sequence[Contacto]:
    """The contacts of somebody whose record was read, the oldest first."""
    return session.scalars(_contactos(), {"persona_id": persona_id}).all()


@cache
def _contactos() -> Select[Contacto]:
    suyos = select(Contacto).where(Contacto.persona_id == bindparam("persona_id"))
    return suyos.order_by(Contacto.id)


def personas_por_id(session: Session, ids: Sequence[UUID], alcance: Alcance) -> Sequence[Persona]:
    """Those of several people whom the reader may see, without documents and contacts."""
    return session.scalars(select(Persona).where(Persona.id.in_(ids), alcance.personas())).all()


def cargos(session: Session, personas: Iterable[UUID]) -> Mapping[UUID, Cargo]:
    """Who has the cases of people whom a reader does not see, by the person."""
    por_persona: defaultdict[UUID, list[_CasoAjeno]] = defaultdict(list)
    filas = session.execute(
        select(Caso.persona_id, Caso.folio, Caso.responsable_nombre, Caso.confidencialidad)
        .where(
            Caso.persona_id.in_(list(personas)),
            Caso.confidencialidad != Confidencialidad.SELLADO,
        )
        .order_by(Caso.id)
    )
    for fila in filas:
        por_persona[fila.persona_id].append(fila)
    return {persona: _cargo(suyos) for persona, suyos in por_persona.items()}


def _cargo(casos: Sequence[_CasoAjeno]) -> Cargo:
    normales = [c for c in casos if c.confidencialidad is Confidencialidad.NORMAL]
    return Cargo(
        nombres=sorted({c.responsable_nombre for c in normales} - {""}),
        reservados=[c.folio for c in casos if c not in normales],
        alguien=any(not c.responsable_nombre for c in normales),
    )


def a_la_vista(
    session: Session, hallados: Sequence[matching.Parecido], alcance: Alcance
) -> Parecidos:
    """What a reader may know of the records that look like one."""
    return _repartir(
        session,
        {h.persona.id: Duplicado(h.persona.id, h.persona, h.razones, h.puntaje) for h in hallados},
        alcance,
    )


def duplicados_pendientes(session: Session, persona_id: UUID, alcance: Alcance) -> Parecidos:
    """The records that look like this one, or like one that was joined to it, and about which
    nobody decided, the surest first.
    """
    suyas = con_unidas(session, persona_id)
    pares = session.scalars(_por_decidir(), {"suyas": suyas}).all()
    if not pares:
        return Parecidos(())
    otras = {d.id: d.persona_b_id if d.persona_a_id in suyas else d.persona_a_id for d in pares}
    unidas = vigentes(session, otras.values())
    otras = {d: unidas.get(otra, otra) for d, otra in otras.items()}
    personas = session.scalars(select(Persona).where(Persona.id.in_(otras.values()))).all()
    por_id = {persona.id: persona for persona in personas}
    hallados: dict[UUID, Duplicado] = {}
    for d in pares:
        otra = otras[d.id]
        if otra not in suyas:
            razones = [Razon(codigo) for codigo in d.razones]
            hallados.setdefault(otra, Duplicado(d.id, por_id[otra], razones, d.puntaje))
    return _repartir(session, hallados, alcance)


@cache
def _por_decidir() -> Select[PosibleDuplicado]:
    suyas = bindparam("suyas", type_=PosibleDuplicado.persona_a_id.type, expanding=True)
    return (
        select(PosibleDuplicado)
        .where(
            or_(
                PosibleDuplicado.persona_a_id.in_(suyas),
                PosibleDuplicado.persona_b_id.in_(suyas),
            ),
            PosibleDuplicado.decision == Decision.PENDIENTE,
        )
        .order_by(PosibleDuplicado.puntaje.desc(), PosibleDuplicado.id)
        .limit(matching.reglas().maximo)
    )


def con_parecida(alcance: Alcance) -> ColumnElement[bool]:
    """Of the person of the query around: some record that the reader may see looks like theirs, or
    like one that was joined to it, and nobody decided.
    """
    suya, otra = aliased(Persona), aliased(Persona)
    a_la_vista = select(Persona.id).where(alcance.personas()).correlate(None)
    una_u_otra = (
        (PosibleDuplicado.persona_a_id, PosibleDuplicado.persona_b_id),
        (PosibleDuplicado.persona_b_id, PosibleDuplicado.persona_a_id),
    )
    return or_(
        *(
            select(PosibleDuplicado.id)
            .join(suya, suya.id == de_aqui)
            .join(otra, otra.id == de_alla)
            .where(
                PosibleDuplicado.decision == Decision.PENDIENTE,
                func.coalesce(suya.fusionada_en_id, suya.id) == Persona.id,
                func.coalesce(otra.fusionada_en_id, otra.id) != Persona.id,
                func.coalesce(otra.fusionada_en_id, otra.id).in_(a_la_vista),
            )
            .correlate(Persona)
            .exists()
            for de_aqui, de_alla in una_u_otra
        )
    )


def _repartir(session: Session, hallados: Mapping[UUID, Duplicado], alcance: Alcance) -> Parecidos:
    if not hallados:
        return Parecidos(())
    ids = list(hallados)
    vistas = set(ids_a_la_vista(session, ids, alcance))
    fuera, bloqueada = sin_apartadas(
        session,
        [i for i in ids if i not in vistas and matching.consta(hallados[i].razones)],
        alcance,
    )
    de_quien = cargos(session, fuera) if fuera else {}
    return Parecidos(
        [hallado for persona_id, hallado in hallados.items() if persona_id in vistas],
        [
            Ajeno([r for r in hallados[i].razones if r in matching.EXACTAS], de_quien[i])
            for i in fuera
            if i in de_quien
        ],
        preguntar=any(i not in de_quien for i in fuera),
        bloqueada=bloqueada,
    )


def sin_apartadas(
    session: Session, ids: Sequence[UUID], alcance: Alcance
) -> tuple[Sequence[UUID], bool]:
    """Of people whom the reader does not see, those of whom they may be told more; and whether
    the data of another one are blocked. Of whom is sealed to the reader that is not told either.
    """
    if not ids:
        return (), False
    apartadas = session.execute(
        select(Persona.id, Persona.estado, alcance.ocultas()).where(
            Persona.id.in_(list(ids)), Persona.estado != EstadoPersona.ACTIVA
        )
    ).all()
    bloqueadas = {
        i for i, estado, oculta in apartadas if not oculta and estado is EstadoPersona.BLOQUEADA
    }
    fuera = {i for i, estado, _oculta in apartadas if estado is not EstadoPersona.BLOQUEADA}
    return [i for i in ids if i not in fuera | bloqueadas], bool(bloqueadas)


def contacto_seguro(session: Session, persona_id: UUID, ahora: datetime) -> Mapping[str, Any]:
    """How, in which language and whether a person may be written to, and reminded of appointments.

    Of a record that was joined to another, as that one says; of a minor, to who represents them if
    that was chosen. Raises NoEncontrado, DatosBloqueados.
    """
    persona_id = vigentes(session, [persona_id]).get(persona_id, persona_id)
    exigir_usable(session, persona_id)
    persona = persona_por_id(session, persona_id, SIN_LIMITE)
    donde = destino(session, persona, clock.local(ahora).date())
    pauta = donde.pauta
    return {
        "persona_id": persona.id,
        "nombre": persona.nombre_social or persona.nombres,
        "idioma": donde.idioma,
        "telefono": donde.telefono,
        "correo": donde.correo,
        "canal_preferido": donde.canal_preferido,
        "no_contactar": pauta.no_contactar,
        "fallecida": pauta.fallecida,
        "canales_vedados": sorted(pauta.vedados),
        "horario": _horario(pauta),
        "admite_recordatorios": admite_recordatorios(session, persona_id, ahora),
    }


def _horario(pauta: Pauta) -> Mapping[str, Any] | None:
    if pauta.desde is None or pauta.hasta is None:
        return None
    return {"desde": pauta.desde, "hasta": pauta.hasta}


def documentos_vistos(persona: Persona, *, completos: bool) -> list[dict[str, Any]]:
    """The documents of a loaded person, the one to use first, numbers masked unless asked for."""
    principal = persona.documento_principal_id
    vistos = [
        documento_visto(documento, completos=completos) | {"principal": documento.id == principal}
        for documento in persona.documentos
    ]
    return sorted(vistos, key=lambda uno: not uno["principal"])


def retirados_vistos(
    documentos: Iterable[DocumentoIdentidad], *, completos: bool
) -> list[dict[str, Any]]:
    """Documents that are of use no more, and why."""
    return [
        documento_visto(uno, completos=completos)
        | {campo: getattr(uno, campo) for campo in ("retirado_en", "retirado_por", "retiro_motivo")}
        for uno in documentos
    ]


def documento_visto(documento: DocumentoIdentidad, *, completos: bool) -> dict[str, Any]:
    """A document, its number masked unless it was asked for."""
    return {
        "id": documento.id,
        "tipo": documento.tipo,
        "numero": documento.numero if completos else mask(documento.numero),
        "pais_emisor": documento.pais_emisor,
        "vence_el": documento.vence_el,
        "nivel": documento.nivel,
        "nivel_por": documento.nivel_por,
        "nivel_en": documento.nivel_en,
        "principal": False,
    }


def contactos_vistos(contactos: Iterable[Contacto], *, completos: bool) -> list[dict[str, Any]]:
    """The contacts of somebody, masked unless asked for."""
    return [
        {
            "id": contacto.id,
            "tipo": contacto.tipo,
            "valor": _presentado(contacto.tipo, contacto.valor)
            if completos
            else mask(contacto.valor),
        }
        for contacto in contactos
    ]


def _presentado(tipo: TipoContacto, valor: str) -> str:
    return presentar_telefono(valor) if tipo is TipoContacto.TELEFONO else valor
