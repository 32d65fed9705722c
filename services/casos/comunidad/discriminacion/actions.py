"""What can be done with a report of discrimination. One function, one transaction.

Facts go to the reserved exchange, ids and codes alone: that somebody reported is theirs.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.alcance import Alcance, exigir_usable
from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.discriminacion.queries import reporte_por_id
from casos.comunidad.discriminacion.reglas import reglas
from casos.comunidad.discriminacion.schemas import (
    ConNota,
    DeQuien,
    Gestion,
    NuevoReporte,
    SinDatos,
)
from casos.comunidad.discriminacion.states import Accion
from casos.expedientes import actions as expedientes
from casos.expedientes.models import TipoHito, anotar
from casos.expedientes.schemas import NuevoCaso
from casos.folios import siguiente_folio
from casos.personas.models import Persona
from casos.red.queries import institucion_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import DatosInvalidos
from oficina.events import Clasificacion as Reserva
from oficina.events.casos import (
    DiscriminacionCerrada,
    DiscriminacionConCaso,
    DiscriminacionDescartada,
    DiscriminacionGestionada,
    DiscriminacionIdentificada,
    DiscriminacionReportada,
    HechoDeDiscriminacion,
)
from oficina.web.conditional import check_version

_HECHOS: dict[Accion, type[HechoDeDiscriminacion]] = {
    Accion.GESTIONAR: DiscriminacionGestionada,
    Accion.IDENTIFICAR: DiscriminacionIdentificada,
    Accion.ABRIR_CASO: DiscriminacionConCaso,
    Accion.CERRAR: DiscriminacionCerrada,
    Accion.DESCARTAR: DiscriminacionDescartada,
}


def reportar(
    session: Session, datos: NuevoReporte, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """Write down what somebody tells. Raises DatosInvalidos for a folio that the reader cannot
    find and for a day to come, DatoNoEncontrado without the institution.
    """
    hoy = clock.local(ahora).date()
    if datos.ocurrio_el is not None and datos.ocurrio_el > hoy:
        raise DatosInvalidos({"ocurrio_el": [_("Ese día todavía no llega.")]})
    persona_id = _persona(session, datos.folio, actor) if datos.folio else None
    if datos.institucion_id is not None:
        institucion_por_id(session, datos.institucion_id, campo="institucion_id")
    uno = ReporteDeDiscriminacion(
        folio=siguiente_folio(session, "RD", hoy.year),
        persona_id=persona_id,
        motivo=datos.motivo,
        lugar=datos.lugar,
        reglas_version=reglas().version,
        institucion_id=datos.institucion_id,
        institucion_otra=datos.institucion_otra,
        ocurrio_el=datos.ocurrio_el,
        que_paso=datos.que_paso,
        recibido_por_id=actor.id,
        recibido_por=actor.nombre,
        recibido_en=ahora,
    )
    session.add(uno)
    session.flush()
    auditar(session, actor, "casos.discriminacion.reportar", "reporte_de_discriminacion", uno.id)
    _emitir(session, uno, DiscriminacionReportada)
    return uno


def gestionar(
    session: Session, reporte_id: UUID, datos: Gestion, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """Something was done, by a route. Raises TransicionInvalida."""
    uno = _para_cambiar(session, reporte_id, datos.version, actor)
    uno.gestionar(datos.via)
    _asentar(session, uno, Accion.GESTIONAR, datos.nota, actor=actor, ahora=ahora)
    return uno


def identificar(
    session: Session, reporte_id: UUID, datos: DeQuien, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """Who told it wants to be named. Raises TransicionInvalida, Conflicto, DatosInvalidos."""
    uno = _para_cambiar(session, reporte_id, datos.version, actor)
    uno.exigir(Accion.IDENTIFICAR)
    uno.identificar(_persona(session, datos.folio, actor))
    _asentar(session, uno, Accion.IDENTIFICAR, None, actor=actor, ahora=ahora)
    return uno


def abrir_caso(
    session: Session, reporte_id: UUID, datos: SinDatos, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """It becomes a case of its person, for which whoever opens it answers; how confidential it is
    follows from the theme. Raises TransicionInvalida, Conflicto, and what opening a case raises.
    """
    uno = _para_cambiar(session, reporte_id, datos.version, actor)
    nuevo = NuevoCaso(persona_id=uno.con_persona(), tema=reglas().tema)
    quien = Responsable(actor.id, actor.nombre)
    caso = expedientes.abrir(session, nuevo, quien, actor, ahora)
    uno.seguir_en(caso.id)
    _asentar(session, uno, Accion.ABRIR_CASO, None, actor=actor, ahora=ahora)
    return uno


def cerrar(
    session: Session, reporte_id: UUID, datos: ConNota, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """What came of it. Raises TransicionInvalida."""
    return _terminar(session, reporte_id, Accion.CERRAR, datos, actor=actor, ahora=ahora)


def descartar(
    session: Session, reporte_id: UUID, datos: ConNota, actor: Actor, ahora: datetime
) -> ReporteDeDiscriminacion:
    """It was written down twice, or by mistake. Raises TransicionInvalida."""
    return _terminar(session, reporte_id, Accion.DESCARTAR, datos, actor=actor, ahora=ahora)


def _terminar(
    session: Session,
    reporte_id: UUID,
    accion: Accion,
    datos: ConNota,
    *,
    actor: Actor,
    ahora: datetime,
) -> ReporteDeDiscriminacion:
    uno = _para_cambiar(session, reporte_id, datos.version, actor)
    uno.pasar(accion)
    _asentar(session, uno, accion, datos.nota, actor=actor, ahora=ahora)
    return uno


def _para_cambiar(
    session: Session, reporte_id: UUID, version: int | None, actor: Actor
) -> ReporteDeDiscriminacion:
    uno = reporte_por_id(session, reporte_id, Alcance.de(actor), bloquear=True)
    check_version(uno, version)
    return uno


def _persona(session: Session, folio: str, actor: Actor) -> UUID:
    suya = select(Persona.id).where(
        Persona.folio == folio.strip().upper(), Alcance.de(actor).personas()
    )
    persona_id = session.scalar(suya)
    if persona_id is None:
        raise DatosInvalidos({"folio": [_("Nadie tiene este folio: %(cual)s.", cual=folio)]})
    exigir_usable(session, persona_id, retener=True)
    return persona_id


def _asentar(
    session: Session,
    uno: ReporteDeDiscriminacion,
    accion: Accion,
    nota: str | None,
    *,
    actor: Actor,
    ahora: datetime,
) -> None:
    """Into its history and the story of its case, the audit and what our own services hear."""
    session.add(
        PasoDeReporte(
            reporte_id=uno.id,
            accion=accion,
            via=uno.via if accion is Accion.GESTIONAR else None,
            nota=nota,
            por_id=actor.id,
            por=actor.nombre,
            ocurrido_en=ahora,
        )
    )
    if uno.caso_id is not None:
        datos = {"hecho": accion.value, "reporte_id": str(uno.id), "folio": uno.folio}
        anotar(session, uno.caso_id, TipoHito.DISCRIMINACION, actor, datos=datos, ocurrido_en=ahora)
    auditar(session, actor, f"casos.discriminacion.{accion}", "reporte_de_discriminacion", uno.id)
    _emitir(session, uno, _HECHOS[accion])


def _emitir(
    session: Session, uno: ReporteDeDiscriminacion, hecho: type[HechoDeDiscriminacion]
) -> None:
    dicho = hecho(
        reporte_id=uno.id,
        motivo=uno.motivo,
        lugar=uno.lugar,
        via=uno.via,
        institucion_id=uno.institucion_id,
        caso_id=uno.caso_id,
    )
    emitir(session, dicho, clasificacion=Reserva.RESERVADO)
    session.flush()
