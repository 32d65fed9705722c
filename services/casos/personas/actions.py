"""What can be done with a person's record. One function, one transaction, one line of the audit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casos.alcance import Alcance
from casos.folios import siguiente_folio, siguientes_folios
from casos.personas import filas, matching
from casos.personas.models import (
    Contacto,
    Decision,
    DocumentoIdentidad,
    Persona,
    indice_contacto,
    indice_documento,
)
from casos.personas.queries import SEMBRAR, persona_a_la_vista
from casos.personas.schemas import (
    DatosContacto,
    DatosDocumento,
    NuevaPersona,
    precision,
)
from casos.personas.unidas import nombres_de_unidas
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.db import uuid7
from oficina.errors import NoEncontrado
from oficina.events.casos import PersonaActualizada, PersonaRegistrada
from oficina.web.conditional import check_version

_NOMBRE = frozenset({"nombres", "primer_apellido", "segundo_apellido", "nombre_social"})
_COMPARADOS = _NOMBRE | {"fecha_nacimiento", "precision_fecha"}


def registrar(session: Session, datos: NuevaPersona, actor: Actor, ahora: datetime) -> Persona:
    """Make a person's record and remember whom it looks like. Looking alike never stops it."""
    folio = siguiente_folio(session, "P", clock.local(ahora).year)
    persona = filas.ficha(datos, folio, actor.nombre, ahora).objeto()
    session.add(persona)
    session.flush()
    matching.sugerir(session, persona.id, senas_de(persona), ahora)
    auditar(session, actor, "casos.persona.registrar", "persona", persona.id)
    emitir(session, PersonaRegistrada(persona_id=persona.id))
    return persona


def sembrar(
    session: Session, inventadas: Sequence[NuevaPersona], actor: Actor, ahora: datetime
) -> None:
    """Make the records of many invented people, as `registrar` makes one, for an office where
    nobody works (`queries.sembradas`). It tells no fact of each, nor remembers whom each looks
    like: one line of the audit for all of them.
    """
    folios = siguientes_folios(session, "P", clock.local(ahora).year, len(inventadas))
    fichas = {
        uuid7(): filas.ficha(datos, folio, actor.nombre, ahora)
        for folio, datos in zip(folios, inventadas, strict=True)
    }
    filas.escribir(session, fichas)
    auditar(session, actor, SEMBRAR, "persona", None, cantidad=len(fichas))


def actualizar(
    session: Session,
    persona_id: UUID,
    cambios: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    ahora: datetime,
) -> Persona:
    """Change the fields named in `cambios`; what is the same already is no change.

    Raises NoEncontrado, and VersionVencida when the writer saw an older version.
    """
    persona = _para_cambiar(session, persona_id, actor)
    check_version(persona, version)
    # Asked before anything changes: one change is one version.
    de_unidas = nombres_de_unidas(session, persona.id)
    cambiados = _aplicar(persona, cambios)
    if not cambiados:
        return persona
    if cambiados & _NOMBRE:
        persona.indexar_nombre(de_unidas)
    session.flush()
    if cambiados & _COMPARADOS:
        matching.sugerir(session, persona.id, senas_de(persona), ahora)
    _contar(session, persona, sorted(cambiados), actor)
    return persona


def agregar_documento(
    session: Session, persona_id: UUID, datos: DatosDocumento, actor: Actor, ahora: datetime
) -> DocumentoIdentidad:
    """Add a document; one that the person already has keeps its row, whose level may only rise."""
    persona = _para_cambiar(session, persona_id, actor)
    nuevo = DocumentoIdentidad(**filas.documento(datos, actor.nombre, ahora))
    for documento in persona.documentos:
        if (documento.tipo, documento.indice) == (nuevo.tipo, nuevo.indice):
            documento.responder(datos.nivel, actor.nombre, ahora)
            documento.vence_el = nuevo.vence_el or documento.vence_el
            nuevo = documento
            break
    else:
        persona.documentos.append(nuevo)
    session.flush()
    matching.sugerir(session, persona.id, senas_de(persona), ahora)
    _contar(session, persona, ["documentos"], actor)
    return nuevo


def agregar_contacto(
    session: Session, persona_id: UUID, datos: DatosContacto, actor: Actor, ahora: datetime
) -> Contacto:
    """Add a contact, which becomes the one to use; one that is there already stays once."""
    persona = _para_cambiar(session, persona_id, actor)
    nuevo = Contacto(**filas.contacto(datos, ahora))
    repetido = [c for c in persona.contactos if (c.tipo, c.indice) == (nuevo.tipo, nuevo.indice)]
    if repetido:
        # It changes nothing, and says that the person has it.
        auditar(session, actor, "casos.persona.ver", "persona", persona.id)
        return repetido[0]
    persona.contactos.append(nuevo)
    session.flush()
    matching.sugerir(session, persona.id, senas_de(persona), ahora)
    _contar(session, persona, ["contactos"], actor)
    return nuevo


def quitar_contacto(session: Session, persona_id: UUID, contacto_id: UUID, actor: Actor) -> None:
    """Take a contact off the record. Raises NoEncontrado when it is not this person's."""
    persona = _para_cambiar(session, persona_id, actor)
    persona.contactos.remove(_propio(persona.contactos, contacto_id))
    _contar(session, persona, ["contactos"], actor)


def declarar_distintas(
    session: Session, persona_id: UUID, otra_id: UUID, actor: Actor, ahora: datetime
) -> None:
    """Remember that two records are of two people: they are not suggested again.

    Raises NoEncontrado when nobody found them alike, or the writer does not see both.
    """
    alcance = Alcance.de(actor)
    for una in (persona_id, otra_id):
        persona_a_la_vista(session, una, alcance)
    duplicados = matching.duplicados_entre(session, persona_id, otra_id)
    if not duplicados:
        raise NoEncontrado
    for duplicado in duplicados:
        duplicado.decision = Decision.DISTINTAS
        duplicado.decidido_por = actor.nombre
        duplicado.decidido_en = ahora
    auditar(session, actor, "casos.persona.declarar_distintas", "persona", persona_id)


def senas_de(persona: Persona) -> matching.Senas:
    """What is compared of a record whose documents and contacts are loaded."""
    return matching.Senas.de(
        persona.nombres,
        persona.primer_apellido,
        persona.segundo_apellido,
        nacimiento=persona.fecha_nacimiento,
        precision=persona.precision_fecha,
        documentos=(documento.indice for documento in persona.documentos),
        contactos=(contacto.indice for contacto in persona.contactos),
        excepto=persona.id,
    )


def senas_de_nueva(datos: NuevaPersona) -> matching.Senas:
    """What is compared of a person who is not registered yet."""
    documento = datos.documento
    return matching.Senas.de(
        datos.nombres,
        datos.primer_apellido,
        datos.segundo_apellido,
        nacimiento=datos.fecha_nacimiento,
        precision=datos.precision_fecha,
        documentos=[indice_documento(documento.documento.numero)] if documento else (),
        contactos=[indice_contacto(c.tipo, c.valor) for c in datos.contactos],
    )


def _para_cambiar(session: Session, persona_id: UUID, actor: Actor) -> Persona:
    persona = session.scalar(
        select(Persona)
        .where(Persona.id == persona_id, Alcance.de(actor).personas())
        # Locked: what is added is compared with what is there, also when a button is sent twice.
        .with_for_update(of=Persona)
        .options(
            selectinload(Persona.documentos),
            selectinload(Persona.contactos),
            selectinload(Persona.tokens),
        )
    )
    if persona is None:
        raise Alcance.de(actor).negativa_de_persona(session, persona_id)
    return persona


def _aplicar(persona: Persona, cambios: Mapping[str, Any]) -> set[str]:
    cambios = dict(cambios)
    if "fecha_nacimiento" in cambios or "precision_fecha" in cambios:
        nacimiento = cambios.get("fecha_nacimiento", persona.fecha_nacimiento)
        dicha = cambios.get("precision_fecha", persona.precision_fecha)
        cambios["precision_fecha"] = precision(nacimiento, dicha)
    for lista in {"nacionalidades", "idiomas"} & cambios.keys():
        cambios[lista] = filas.sin_repetir(cambios[lista])
    cambiados = {campo for campo, valor in cambios.items() if getattr(persona, campo) != valor}
    for campo in cambiados:
        setattr(persona, campo, cambios[campo])
    return cambiados


def _contar(session: Session, persona: Persona, campos: list[str], actor: Actor) -> None:
    auditar(
        session,
        actor,
        "casos.persona.actualizar",
        "persona",
        persona.id,
        motivo_codigo=" ".join(campos),
    )
    emitir(session, PersonaActualizada(persona_id=persona.id, campos_cambiados=campos))


def _propio(contactos: Sequence[Contacto], contacto_id: UUID) -> Contacto:
    for contacto in contactos:
        if contacto.id == contacto_id:
            return contacto
    raise NoEncontrado
