"""What can be done with attachments. Callers hold the transaction: a file is kept whole, with its
row of the audit, or not at all.
"""

import hashlib
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casos.adjuntos.models import TROZO, Adjunto, Trozo
from casos.adjuntos.queries import adjunto_por_id
from casos.adjuntos.schemas import NuevoAdjunto, NuevoRetiro
from casos.adjuntos.tipos import reconocer, tipos
from casos.alcance import Alcance, exigir_usable
from casos.consentimientos.queries import consentimiento_por_id
from casos.expedientes.models import TipoHito, anotar
from casos.expedientes.queries import caso_por_id, exigir_propio
from casos.foliados.actions import olvidar_de_caso
from casos.personas.models import DocumentoIdentidad
from casos.personas.queries import persona_a_la_vista
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.db import uuid7
from oficina.errors import DatoNoEncontrado, DatosInvalidos, NoEncontrado


def adjuntar_a_caso(
    session: Session,
    caso_id: UUID,
    datos: NuevoAdjunto,
    archivo: BinaryIO,
    maximo: int,
    *,
    actor: Actor,
    ahora: datetime,
) -> Adjunto:
    """Keep a file of a case, of at most so many bytes. Raises as `caso_por_id`, NoPermitido,
    DatosInvalidos.
    """
    alcance = Alcance.de(actor)
    caso = caso_por_id(session, caso_id, alcance)
    exigir_propio(session, caso, alcance)
    exigir_usable(session, caso.persona_id, retener=True)
    adjunto = _nuevo(caso.persona_id, datos, actor, ahora)
    adjunto.caso_id = caso.id
    _guardar(session, adjunto, archivo, maximo)
    de_que = {"hecho": "agregado", "adjunto_id": str(adjunto.id)}
    anotar(session, caso, TipoHito.ADJUNTO, actor, datos=de_que, ocurrido_en=ahora)
    registrar(session, actor, "casos.adjunto.agregar", "caso", caso.id)
    return adjunto


def adjuntar_a_persona(
    session: Session,
    persona_id: UUID,
    datos: NuevoAdjunto,
    archivo: BinaryIO,
    maximo: int,
    *,
    actor: Actor,
    ahora: datetime,
) -> Adjunto:
    """Keep a file of a person's document, or the evidence of a consent. Raises NoEncontrado,
    DatosBloqueados, DatosInvalidos for a file of neither or both.
    """
    alcance = Alcance.de(actor)
    persona_a_la_vista(session, persona_id, alcance)
    exigir_usable(session, persona_id, retener=True)
    if (datos.documento_id is None) == (datos.consentimiento_id is None):
        raise DatosInvalidos({"documento_id": [_("Diga de qué documento o consentimiento es.")]})
    adjunto = _nuevo(persona_id, datos, actor, ahora)
    if datos.documento_id is not None:
        suyo = select(DocumentoIdentidad.id).where(
            DocumentoIdentidad.id == datos.documento_id,
            DocumentoIdentidad.persona_id == persona_id,
        )
        if session.scalar(suyo) is None:
            raise DatoNoEncontrado({"documento_id": [_("Esa persona no tiene ese documento.")]})
        adjunto.documento_id = datos.documento_id
    else:
        _exigir_consentimiento(session, persona_id, datos.consentimiento_id, alcance)
        adjunto.consentimiento_id = datos.consentimiento_id
    _guardar(session, adjunto, archivo, maximo)
    registrar(session, actor, "casos.adjunto.agregar", "persona", persona_id)
    return adjunto


def retirar(
    session: Session, adjunto_id: UUID, datos: NuevoRetiro, actor: Actor, ahora: datetime
) -> Adjunto:
    """Retire a file: its content is gone, here and in the documents of its case that carry it; why
    and by whom stays. Raises as `adjunto_por_id`,
    NoPermitido, Conflicto.
    """
    adjunto = adjunto_por_id(session, adjunto_id, Alcance.de(actor), bloquear=True)
    exigir_usable(session, adjunto.persona_id, retener=True)
    adjunto.retirar(actor.nombre, datos.motivo, ahora)
    session.execute(delete(Trozo).where(Trozo.adjunto_id == adjunto.id))
    if adjunto.caso_id is not None:
        de_que = {"hecho": "retirado", "adjunto_id": str(adjunto.id)}
        anotar(session, adjunto.caso_id, TipoHito.ADJUNTO, actor, datos=de_que, ocurrido_en=ahora)
        olvidar_de_caso(session, adjunto.caso_id)
    de, cual = ("caso", adjunto.caso_id) if adjunto.caso_id else ("persona", adjunto.persona_id)
    # Why is in its row, which goes with the person; the audit stays.
    registrar(session, actor, "casos.adjunto.retirar", de, cual)
    return adjunto


def _exigir_consentimiento(
    session: Session, persona_id: UUID, consentimiento_id: UUID | None, alcance: Alcance
) -> None:
    try:
        if consentimiento_id is None:
            raise NoEncontrado
        if consentimiento_por_id(session, consentimiento_id, alcance).persona_id != persona_id:
            raise NoEncontrado
    except NoEncontrado:
        raise DatoNoEncontrado(
            {"consentimiento_id": [_("Esa persona no dio ese consentimiento.")]}
        ) from None


def _nuevo(persona_id: UUID, datos: NuevoAdjunto, actor: Actor, ahora: datetime) -> Adjunto:
    return Adjunto(
        id=uuid7(),
        persona_id=persona_id,
        nombre=datos.nombre,
        agregado_en=ahora,
        agregado_por_id=actor.id,
        agregado_por=actor.nombre,
    )


def _guardar(session: Session, adjunto: Adjunto, archivo: BinaryIO, maximo: int) -> None:
    """Keep the content piece by piece, never more than one in memory."""
    tipo = reconocer(archivo)
    if tipo is None:
        cuales = ", ".join(uno.extension.upper() for uno in tipos().tipos)
        dicho = _("Ese archivo no se puede guardar. Se admite: %(cuales)s.", cuales=cuales)
        raise DatosInvalidos({"archivo": [dicho]})
    adjunto.tipo, adjunto.tamano, adjunto.sha256 = tipo.codigo, 0, ""
    session.add(adjunto)
    session.flush()
    huella = hashlib.sha256()
    numero = 0
    while pieza := archivo.read(TROZO):
        adjunto.tamano += len(pieza)
        if adjunto.tamano > maximo:
            megas = maximo // 2**20
            raise DatosInvalidos({"archivo": [_("El archivo pasa de %(megas)s MB.", megas=megas)]})
        huella.update(pieza)
        trozo = Trozo.de(adjunto.id, numero, pieza)
        session.add(trozo)
        session.flush()
        session.expunge(trozo)
        numero += 1
    adjunto.sha256 = huella.hexdigest()
    session.flush()
