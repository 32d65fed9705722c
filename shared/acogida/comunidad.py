"""The community's work of the demonstration, told by the services' actions."""

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.comunidad.discriminacion import actions as discriminacion
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.schemas import Gestion, NuevoReporte
from casos.comunidad.mediaciones import actions as mediaciones
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.mediaciones.queries import mediacion_por_id
from casos.comunidad.mediaciones.schemas import (
    Acuerdo,
    NuevaMediacion,
    NuevaParte,
    NuevaSesion,
    NuevoCompromiso,
    Respuesta,
    SinDatos,
)
from casos.comunidad.mediaciones.states import ClaseDeParte, Participa, ResultadoSesion
from casos.comunidad.obstaculos import actions as obstaculos
from casos.comunidad.obstaculos.models import Obstaculo
from casos.comunidad.obstaculos.schemas import NuevaAnotacion
from casos.comunidad.obstaculos.states import Origen
from casos.comunidad.organizaciones import actions as organizaciones
from casos.comunidad.organizaciones.models import Organizacion
from casos.comunidad.organizaciones.schemas import (
    DatosOrganizacionSchema,
    NuevaDirectivaSchema,
)
from casos.expedientes.models import Caso, TipoCaso
from casos.expedientes.states import Estado
from casos.personas.models import Persona
from casos.red.queries import institucion_por_sigla
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def preparar(db: Database, profesional: Actor) -> None:
    """Write down what is not there yet; what people changed since stays as they left it."""
    todo = json.loads((files("acogida") / "comunidad.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if session.scalar(select(Organizacion.id).limit(1)) is None:
            for una in todo["organizaciones"]:
                _organizacion(session, una, profesional)
        if session.scalar(select(Obstaculo.id).limit(1)) is None:
            for uno in todo["obstaculos"]:
                _obstaculo(session, uno, profesional)
        caso = session.scalar(
            select(Caso).where(
                Caso.tipo == TipoCaso.CONVIVENCIA_VECINAL,
                Caso.responsable_id == profesional.id,
                Caso.estado == Estado.EN_GESTION,
            )
        )
        if session.scalar(select(ReporteDeDiscriminacion.id).limit(1)) is None:
            suya = select(Persona.folio).where(Alcance.de(profesional).personas())
            folio = session.scalar(suya.order_by(Persona.id).limit(1))
            for uno in todo["discriminacion"]:
                _reporte(session, uno, folio, profesional)
        if caso is not None and session.scalar(select(Mediacion.id).limit(1)) is None:
            _mediar(session, caso, todo["mediacion"], profesional)


def _organizacion(session: Session, dato: Mapping[str, Any], quien: Actor) -> None:
    campos = {clave: valor for clave, valor in dato.items() if clave != "directiva"}
    ahora = clock.now()
    una = organizaciones.registrar(session, DatosOrganizacionSchema().load(campos), quien, ahora)
    if "directiva" in dato:
        elegida = dict(dato["directiva"])
        for clave in ("desde", "hasta", "consintieron_el"):
            if clave in elegida:
                elegida[clave] = str(clock.today() + timedelta(days=elegida[clave]))
        nueva = NuevaDirectivaSchema().load(elegida)
        organizaciones.registrar_directiva(session, una.id, nueva, quien, ahora)


def _obstaculo(session: Session, dato: Mapping[str, Any], quien: Actor) -> None:
    institucion = institucion_por_sigla(session, dato["sigla"])
    if institucion is None:
        raise ValueError("the demonstration has an obstacle at no institution")
    anotacion = NuevaAnotacion(
        institucion_id=institucion.id,
        tipo=dato["tipo"],
        origen=Origen(dato["origen"]),
        nota=dato.get("nota"),
    )
    for _vez in range(dato["veces"]):
        obstaculos.anotar(session, anotacion, quien, clock.now())


def _reporte(session: Session, dato: Mapping[str, Any], folio: str | None, quien: Actor) -> None:
    institucion = institucion_por_sigla(session, dato["sigla"]) if "sigla" in dato else None
    nuevo = NuevoReporte(
        folio=folio if dato.get("de_alguien") else None,
        motivo=dato["motivo"],
        lugar=dato["lugar"],
        institucion_id=institucion.id if institucion else None,
        institucion_otra=dato.get("institucion_otra"),
        ocurrio_el=clock.today() - timedelta(days=dato["hace"]),
        que_paso=dato["que_paso"],
    )
    uno = discriminacion.reportar(session, nuevo, quien, clock.now())
    for gestion in dato.get("gestiones", ()):
        discriminacion.gestionar(session, uno.id, Gestion(**gestion), quien, clock.now())


def _mediar(session: Session, caso: Caso, dato: Mapping[str, Any], quien: Actor) -> None:
    """A mediation that came to an agreement, with its follow-ups to come."""
    ahora, hoy = clock.now(), clock.today()
    una = mediaciones.abrir(
        session, NuevaMediacion(caso_id=caso.id, asunto=dato["asunto"]), quien, ahora
    )
    otra = NuevaParte(clase=ClaseDeParte.SIN_FICHA, nombre=dato["contraparte"])
    mediaciones.agregar_parte(session, una.id, otra, quien, ahora)
    session.expire_all()
    leida, _caso = mediacion_por_id(session, una.id, Alcance.de(quien))
    partes = [parte.id for parte in leida.partes]
    for parte_id in partes:
        acepta = Respuesta(parte_id=parte_id, participa=Participa.ACEPTA)
        mediaciones.responder(session, una.id, acepta, quien, ahora)
    mediaciones.iniciar(session, una.id, SinDatos(), quien, ahora)
    sesion = NuevaSesion(
        dia=hoy - timedelta(days=2),
        lugar=dato["sesion"]["lugar"],
        resultado=ResultadoSesion(dato["sesion"]["resultado"]),
        asistieron=partes,
        notas=dato["sesion"]["notas"],
    )
    mediaciones.realizar_sesion(session, una.id, sesion, quien, ahora)
    for parte_id, que in zip(partes, dato["compromisos"], strict=True):
        promesa = NuevoCompromiso(parte_id=parte_id, que=que, vence_el=hoy + timedelta(days=30))
        mediaciones.comprometer(session, una.id, promesa, quien, ahora)
    mediaciones.acordar(session, una.id, Acuerdo(dia=hoy), quien, ahora)
