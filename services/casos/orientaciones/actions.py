"""What can be done with the library and with its sheets. One function, one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.atenciones.models import Atencion
from casos.expedientes.actions import orientar
from casos.expedientes.facts import contar
from casos.expedientes.models import Caso
from casos.expedientes.schemas import NuevaOrientacion
from casos.folios import siguiente_folio
from casos.frases import REEMPLAZADA, escrita
from casos.orientaciones.models import (
    Comprendida,
    Entrega,
    FichaOrientacion,
    Orientacion,
    Revision,
    Vigencia,
)
from casos.orientaciones.queries import (
    atencion_a_la_vista,
    ficha_por_id,
    publicada,
    versiones,
)
from casos.orientaciones.states import Accion, Estado
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events.casos import OrientacionDada
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class TextosDeFicha:
    """What a draft says: themes, by language its title and text, and what it rests on."""

    temas: Sequence[str]
    textos: Mapping[str, Mapping[str, str]]
    fuente: str
    fuente_el: date | None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaFicha(TextosDeFicha):
    """A sheet that there was not."""

    codigo: str


@dataclass(frozen=True, kw_only=True)
class OrientacionPorDar:
    """A sheet to give in an attention or in a case, in which language, and how it went."""

    ficha_id: UUID
    idioma: str
    comprendida: Comprendida
    entrega: Entrega
    tema: str | None = None
    atencion_id: UUID | None = None
    caso_id: UUID | None = None
    nota: str | None = None
    version: int | None = None
    """Of the case."""


def crear(session: Session, datos: NuevaFicha, actor: Actor, ahora: datetime) -> FichaOrientacion:
    """Begin a sheet. Raises DatosInvalidos when its code is taken."""
    if versiones(session, datos.codigo):
        raise DatosInvalidos({"codigo": [_("Ya hay una ficha con ese código.")]})
    ficha = _borrador(datos.codigo, 1, datos, actor, ahora)
    session.add(ficha)
    session.flush()
    auditar(session, actor, "casos.ficha_orientacion.crear", "ficha_orientacion", ficha.id)
    return ficha


def editar(
    session: Session, ficha_id: UUID, datos: TextosDeFicha, actor: Actor, ahora: datetime
) -> FichaOrientacion:
    """Rewrite a draft. Raises TransicionInvalida for what was published."""
    ficha = _para_cambiar(session, ficha_id, datos.version)
    ficha.exigir(Accion.EDITAR)
    ficha.temas = list(datos.temas)
    ficha.textos = {idioma: dict(suyo) for idioma, suyo in datos.textos.items()}
    ficha.fuente, ficha.fuente_el = datos.fuente, datos.fuente_el
    ficha.editada_por, ficha.editada_en = actor.nombre, ahora
    auditar(session, actor, "casos.ficha_orientacion.editar", "ficha_orientacion", ficha.id)
    return ficha


def publicar(
    session: Session,
    ficha_id: UUID,
    revision: Revision,
    version: int | None,
    *,
    actor: Actor,
    ahora: datetime,
) -> FichaOrientacion:
    """Offer a draft that was reviewed, in place of the version before it.

    Raises TransicionInvalida when it is no draft.
    """
    ficha = _para_cambiar(session, ficha_id, version)
    ficha.exigir(Accion.PUBLICAR)
    anterior = publicada(session, ficha.codigo)
    if anterior is not None:
        anterior.retirar(escrita(REEMPLAZADA, n=ficha.numero), ahora)
        session.flush()
    ficha.publicar(revision, ahora)
    auditar(session, actor, "casos.ficha_orientacion.publicar", "ficha_orientacion", ficha.id)
    return ficha


def retirar(
    session: Session, ficha_id: UUID, motivo: str, version: int | None, *, actor: Actor
) -> FichaOrientacion:
    """Offer it no more. Raises TransicionInvalida when it was withdrawn before."""
    ficha = _para_cambiar(session, ficha_id, version)
    ficha.retirar(motivo, clock.now())
    auditar(session, actor, "casos.ficha_orientacion.retirar", "ficha_orientacion", ficha.id)
    return ficha


def renovar(session: Session, ficha_id: UUID, actor: Actor, ahora: datetime) -> FichaOrientacion:
    """Begin the next version with what this one says.

    Raises Conflicto while another draft of the sheet waits.
    """
    ficha = ficha_por_id(session, ficha_id, bloquear=True)
    ficha.exigir(Accion.RENOVAR)
    todas = versiones(session, ficha.codigo)
    if any(una.estado is Estado.BORRADOR for una in todas):
        raise Conflicto(_("Ya hay un borrador de esta ficha."))
    datos = TextosDeFicha(
        temas=ficha.temas, textos=ficha.textos, fuente=ficha.fuente, fuente_el=ficha.fuente_el
    )
    nueva = _borrador(ficha.codigo, todas[0].numero + 1, datos, actor, ahora)
    session.add(nueva)
    session.flush()
    auditar(session, actor, "casos.ficha_orientacion.renovar", "ficha_orientacion", nueva.id)
    return nueva


def dar(session: Session, datos: OrientacionPorDar, actor: Actor, ahora: datetime) -> Orientacion:
    """Give a sheet in an attention, or as the orientation of a case.

    Raises NoEncontrado when either is not the reader's, Conflicto for a sheet that may not be given
    today, TransicionInvalida when the case admits no orientation any more.
    """
    ficha = ficha_por_id(session, datos.ficha_id)
    vigencia = ficha.vigencia(clock.local(ahora).date())
    if vigencia is not Vigencia.VIGENTE:
        raise Conflicto(_("Esta ficha no está vigente: elija otra."))
    if datos.idioma not in ficha.textos:
        raise DatosInvalidos({"idioma": [_("Esta ficha no está escrita en ese idioma.")]})
    atencion: Atencion | None = None
    if datos.atencion_id:
        atencion = atencion_a_la_vista(session, datos.atencion_id, Alcance.de(actor))
        if atencion.persona_id:
            exigir_usable(session, atencion.persona_id, retener=True)
    caso: Caso | UUID | None = datos.caso_id or (atencion.caso_id if atencion else None)
    tema = datos.tema or (atencion.tema if atencion else ficha.temas[0])
    orientacion = Orientacion(
        folio=siguiente_folio(session, "HO", clock.local(ahora).year),
        ficha_id=ficha.id,
        tema=tema,
        idioma=datos.idioma,
        comprendida=datos.comprendida,
        entrega=datos.entrega,
        atencion_id=datos.atencion_id,
        caso_id=datos.caso_id,
        dada_en=ahora,
        funcionario_id=actor.id,
        funcionario_nombre=actor.nombre,
    )
    session.add(orientacion)
    session.flush()
    if datos.caso_id:
        caso = orientar(
            session,
            datos.caso_id,
            NuevaOrientacion(
                tema=tema,
                texto=datos.nota,
                version=datos.version,
                ficha={
                    "orientacion_id": str(orientacion.id),
                    "ficha": ficha.codigo,
                    "ficha_version": ficha.numero,
                    "idioma": datos.idioma,
                },
            ),
            actor,
            ahora,
        )
    auditar(session, actor, "casos.orientacion.dar", "orientacion", orientacion.id)
    hecho = OrientacionDada(
        orientacion_id=orientacion.id, tema=tema, idioma=datos.idioma, ficha_id=ficha.id
    )
    if caso:
        contar(session, caso, hecho)
    else:
        emitir(session, hecho)
    return orientacion


def _borrador(
    codigo: str, numero: int, datos: TextosDeFicha, actor: Actor, ahora: datetime
) -> FichaOrientacion:
    return FichaOrientacion(
        codigo=codigo,
        numero=numero,
        temas=list(datos.temas),
        textos={idioma: dict(suyo) for idioma, suyo in datos.textos.items()},
        fuente=datos.fuente,
        fuente_el=datos.fuente_el,
        estado=Estado.BORRADOR,
        por_confirmar=True,
        editada_por=actor.nombre,
        editada_en=ahora,
    )


def _para_cambiar(session: Session, ficha_id: UUID, version: int | None) -> FichaOrientacion:
    ficha = ficha_por_id(session, ficha_id, bloquear=True)
    check_version(ficha, version)
    return ficha
