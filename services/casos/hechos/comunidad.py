"""Facts of the sheets that were given and of the community's rooms.

They say what and where, never of whom: no nationality, age, sex nor pseudonym, for few reports and
few mediations would point at somebody.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.states import Estado as EstadoReporte
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.obstaculos.states import Accion as AccionObstaculo
from casos.comunidad.obstaculos.states import Estado as EstadoObstaculo
from casos.comunidad.organizaciones.models import Organizacion, PasoDeOrganizacion
from casos.expedientes.models import Caso, Confidencialidad
from casos.hechos.hecho import SIN_NACIONALIDAD, Hecho, Seudonimos, del_tema, sin_senas
from casos.orientaciones.models import Orientacion
from casos.personas.edades import RangoEtario
from casos.personas.models import Origen
from casos.red.models import Institucion
from oficina.clock import local

_DE_NADIE: Mapping[str, Any] = {
    "nacionalidad": SIN_NACIONALIDAD,
    "tramo_edad": RangoEtario.SIN_DATO,
    "origen": Origen.OFICINA,
}


def _reportes(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    uno = ReporteDeDiscriminacion
    consulta = (
        select(
            *(uno.id, uno.recibido_en, uno.estado, uno.motivo, uno.lugar),
            Institucion.sigla,
            func.coalesce(Caso.confidencialidad, Confidencialidad.NORMAL).label("confidencialidad"),
        )
        .outerjoin(Institucion, Institucion.id == uno.institucion_id)
        .outerjoin(Caso, Caso.id == uno.caso_id)
    )
    for fila in session.execute(consulta.where(uno.id.in_(ids))):
        sellado = fila.confidencialidad == Confidencialidad.SELLADO
        yield Hecho(
            id=seudonimos.de("discriminacion", fila.id),
            clase="discriminacion",
            fecha=local(fila.recibido_en).date(),
            motivo=None if sellado else fila.motivo,
            lugar=None if sellado else fila.lugar,
            institucion=None if sellado else fila.sigla,
            resultado=fila.estado,
            # What was written down twice or by mistake was not reported.
            vigente=fila.estado is not EstadoReporte.DESCARTADO,
            **_DE_NADIE,
        )


def _obstaculos(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    """A fact each time that somebody met it; whatever changes in the obstacle tells all of them."""
    consulta = (
        select(
            PasoDeObstaculo.id,
            PasoDeObstaculo.dia,
            *(Obstaculo.tipo, Obstaculo.estado, Institucion.sigla),
        )
        .join(Obstaculo, Obstaculo.id == PasoDeObstaculo.obstaculo_id)
        .join(Institucion, Institucion.id == Obstaculo.institucion_id)
        .where(PasoDeObstaculo.accion == AccionObstaculo.ANOTAR, Obstaculo.id.in_(ids))
    )
    for fila in session.execute(consulta):
        yield Hecho(
            id=seudonimos.de("obstaculo", fila.id),
            clase="obstaculo",
            fecha=fila.dia,
            institucion=fila.sigla,
            tipo=fila.tipo,
            resultado=fila.estado,
            vigente=fila.estado is not EstadoObstaculo.DESCARTADO,
            **_DE_NADIE,
        )


def _mediaciones(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    consulta = select(Mediacion.id, Mediacion.creada_en, Mediacion.estado)
    for fila in session.execute(consulta.where(Mediacion.id.in_(ids))):
        yield Hecho(
            id=seudonimos.de("mediacion", fila.id),
            clase="mediacion",
            fecha=local(fila.creada_en).date(),
            resultado=fila.estado,
            **_DE_NADIE,
        )


def _orientaciones(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    una = Orientacion
    # Given in an attention, it is as secret as the case that this one belongs to.
    consulta = (
        select(
            *(una.id, una.dada_en, una.tema, una.idioma, una.comprendida),
            func.coalesce(Caso.confidencialidad, Confidencialidad.NORMAL).label("confidencialidad"),
        )
        .outerjoin(Atencion, Atencion.id == una.atencion_id)
        .outerjoin(Caso, Caso.id == func.coalesce(una.caso_id, Atencion.caso_id))
    )
    for fila in session.execute(consulta.where(una.id.in_(ids))):
        comun = {**_DE_NADIE, **del_tema(fila.tema), "idioma": fila.idioma}
        if senas := sin_senas(fila):
            comun |= senas | {"idioma": None}
        yield Hecho(
            id=seudonimos.de("orientacion", fila.id),
            clase="orientacion",
            fecha=local(fila.dada_en).date(),
            resultado=fila.comprendida,
            **comun,
        )


def _organizaciones(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    inscrita = (
        select(func.min(PasoDeOrganizacion.ocurrido_en))
        .where(PasoDeOrganizacion.organizacion_id == Organizacion.id)
        .scalar_subquery()
    )
    consulta = select(
        Organizacion.id, Organizacion.tipo, Organizacion.estado, inscrita.label("inscrita")
    )
    for fila in session.execute(consulta.where(Organizacion.id.in_(ids))):
        yield Hecho(
            id=seudonimos.de("organizacion", fila.id),
            clase="organizacion",
            fecha=local(fila.inscrita).date(),
            tipo=fila.tipo,
            resultado=fila.estado,
            **_DE_NADIE,
        )


LECTORES: Mapping[str, Callable[[Session, list[UUID], Seudonimos], Iterator[Hecho]]] = {
    ReporteDeDiscriminacion.__tablename__: _reportes,
    Obstaculo.__tablename__: _obstaculos,
    Mediacion.__tablename__: _mediaciones,
    Orientacion.__tablename__: _orientaciones,
    Organizacion.__tablename__: _organizaciones,
}
