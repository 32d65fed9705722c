"""What casos forgets by itself, and the closed cases of which a person is told. A case is never
deleted by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE
from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.discriminacion.states import VIVOS, Accion
from casos.comunidad.organizaciones.models import Directiva
from casos.conservacion.queries import CERRADO, vencidos
from casos.derivaciones.actions import anular
from casos.derivaciones.models import Derivacion, Enlace
from casos.derivaciones.queries import derivacion_por_id
from casos.derivaciones.states import Estado, MotivoAnulacion
from casos.documentos.vencimientos.models import AvisoDeDocumento
from casos.importacion.actions import descartar
from casos.importacion.models import Estado as EstadoImportacion
from casos.importacion.models import Importacion
from casos.importacion.problemas import guardar_problemas
from casos.lotes.models import HechoEnLote
from casos.red.consultas.models import EnlaceDeConsulta, PreguntaRed
from oficina import clock
from oficina.actor import Actor
from oficina.retencion import Retencion

retencion = Retencion("casos")

SISTEMA = Actor.sistema("casos")


def _sin_cargar(limite: datetime) -> Select[Any]:
    return select(Importacion.id).where(
        Importacion.estado == EstadoImportacion.EN_REVISION, Importacion.creada_en < limite
    )


@retencion.clase("casos.importacion.sin_cargar", _sin_cargar)
def descartar_registros(session: Session, ids: Sequence[UUID]) -> int:
    """As if somebody had discarded it."""
    for importacion_id in ids:
        descartar(session, importacion_id, SISTEMA)
    return len(ids)


def _con_problemas(limite: datetime) -> Select[Any]:
    return select(Importacion.id).where(
        Importacion.vaciada_en.is_(None),
        or_(
            Importacion.terminada_en < limite,
            and_(
                Importacion.estado == EstadoImportacion.DESCARTADA, Importacion.creada_en < limite
            ),
        ),
    )


@retencion.clase("casos.importacion.problemas", _con_problemas)
def vaciar_registros(session: Session, ids: Sequence[UUID]) -> int:
    """How many rows came in stays."""
    for importacion in session.scalars(select(Importacion).where(Importacion.id.in_(ids))):
        importacion.archivo = ""
        importacion.problemas = guardar_problemas([])
        importacion.vaciada_en = clock.real_now()
    return len(ids)


def _enlaces(limite: datetime) -> Select[Any]:
    return select(Enlace.id).where(Enlace.vence_en < limite)


@retencion.clase("casos.enlace", _enlaces)
def borrar_enlaces(session: Session, ids: Sequence[UUID]) -> int:
    """Who opens one so old is told that it is not there."""
    session.execute(
        delete(Enlace).where(Enlace.id.in_(ids)).execution_options(synchronize_session=False)
    )
    return len(ids)


def _enlaces_de_consulta(limite: datetime) -> Select[Any]:
    return select(EnlaceDeConsulta.id).where(EnlaceDeConsulta.vence_en < limite)


@retencion.clase("casos.enlace_de_consulta", _enlaces_de_consulta)
def borrar_enlaces_de_consulta(session: Session, ids: Sequence[UUID]) -> int:
    """Who opens one so old is told that it is not there."""
    session.execute(
        delete(EnlaceDeConsulta)
        .where(EnlaceDeConsulta.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def _correcciones(limite: datetime) -> Select[Any]:
    return select(PreguntaRed.id).where(
        PreguntaRed.decidida_en < limite, PreguntaRed.vaciada_en.is_(None)
    )


@retencion.clase("casos.correccion_red", _correcciones)
def vaciar_correcciones(session: Session, ids: Sequence[UUID]) -> int:
    """That there was one, and what was decided of it, stays."""
    for una in session.scalars(select(PreguntaRed).where(PreguntaRed.id.in_(ids))):
        una.propone, una.vaciada_en = "", clock.real_now()
    return len(ids)


def _avisos_de_documento(limite: datetime) -> Select[Any]:
    return select(AvisoDeDocumento.id).where(AvisoDeDocumento.vence_el < limite.date())


@retencion.clase("casos.aviso_de_documento", _avisos_de_documento)
def borrar_avisos_de_documento(session: Session, ids: Sequence[UUID]) -> int:
    """Of what expired nobody is told again."""
    session.execute(
        delete(AvisoDeDocumento)
        .where(AvisoDeDocumento.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def _lotes(limite: datetime) -> Select[Any]:
    return select(HechoEnLote.id).where(HechoEnLote.hecho_en < limite)


@retencion.clase("casos.lote", _lotes)
def borrar_lotes(session: Session, ids: Sequence[UUID]) -> int:
    """Nobody sends a batch again so late."""
    session.execute(
        delete(HechoEnLote)
        .where(HechoEnLote.id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def _borradores(limite: datetime) -> Select[Any]:
    """Drafts, and those that were taken back before anything left."""
    return select(Derivacion.id).where(
        Derivacion.enviada_en.is_(None),
        Derivacion.vaciada_en.is_(None),
        or_(
            and_(Derivacion.estado == Estado.BORRADOR, Derivacion.creada_en < limite),
            and_(Derivacion.estado == Estado.ANULADA, Derivacion.terminada_en < limite),
        ),
    )


@retencion.clase("casos.derivacion.borrador", _borradores)
def vaciar_borradores(session: Session, ids: Sequence[UUID]) -> int:
    """Nothing of them ever left. Who is sending one at this moment comes first."""
    vaciadas = 0
    for derivacion_id in ids:
        derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
        if derivacion.enviada_en is not None:
            continue
        if derivacion.estado is Estado.BORRADOR:
            anular(session, derivacion_id, MotivoAnulacion.ERROR, SISTEMA, clock.now())
        derivacion.vaciar(clock.real_now())
        vaciadas += 1
    return vaciadas


def _con_nombres(limite: datetime) -> Select[Any]:
    """Boards whose term ended, that still name somebody."""
    return select(Directiva.id).where(
        Directiva.hasta < limite.date(), Directiva.consintieron_el.is_not(None)
    )


@retencion.clase("casos.directiva.nombres", _con_nombres)
def olvidar_directivas(session: Session, ids: Sequence[UUID]) -> int:
    """That there was a board, and how many were on it, stays."""
    for directiva in session.scalars(select(Directiva).where(Directiva.id.in_(ids))):
        directiva.olvidar()
    return len(ids)


def _anonimos(limite: datetime) -> Select[Any]:
    """Reports of discrimination of nobody who is named, that ended and still say what was told."""
    uno = ReporteDeDiscriminacion
    final = select(PasoDeReporte.id).where(
        PasoDeReporte.reporte_id == uno.id,
        PasoDeReporte.accion.in_((Accion.CERRAR, Accion.DESCARTAR)),
        PasoDeReporte.ocurrido_en < limite,
    )
    return select(uno.id).where(
        uno.persona_id.is_(None), uno.vaciado_en.is_(None), uno.estado.not_in(VIVOS), final.exists()
    )


@retencion.clase("casos.discriminacion.anonimo", _anonimos)
def vaciar_reportes(session: Session, ids: Sequence[UUID]) -> int:
    """Ground, place, routes and days stay, so that figures say what they said."""
    for uno in session.scalars(
        select(ReporteDeDiscriminacion).where(ReporteDeDiscriminacion.id.in_(ids))
    ):
        uno.vaciar(clock.real_now())
    session.execute(
        update(PasoDeReporte).where(PasoDeReporte.reporte_id.in_(ids)).values(nota=None)
    )
    return len(ids)


retencion.propone(CERRADO, vencidos)
