"""What can be done with a report that the law demands: say that it is due, and that it was made."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.denuncias.schemas import NuevaDenuncia, NuevaExigencia
from casos.expedientes.actions import DENUNCIA, para_cambiar
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.expedientes.states import DestinoDenuncia, Paso
from casos.permissions import PERMISOS
from casos.plazos import actions as plazos
from casos.plazos.queries import corre
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, NoPermitido
from oficina.events import Clasificacion
from oficina.events.casos import DenunciaRealizada, DenunciaRequerida

DESCARTAR = "casos.denuncia.descartar"


def exigir(
    session: Session, caso_id: UUID, datos: NuevaExigencia, actor: Actor, ahora: datetime
) -> Caso:
    """Say that what is known of a case must be reported; the hours of the law run from now.

    Raises Conflicto when one is due already.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.exigir(Paso.EXIGIR_DENUNCIA)
    if corre(session, caso.id, DENUNCIA):
        raise Conflicto(_("Ya hay una denuncia pendiente en este caso."))
    plazos.iniciar(session, caso, DENUNCIA, caso.prioridad.value, ahora)
    _contar(session, caso, "exigida", datos.texto, actor=actor, ahora=ahora)
    auditar(session, actor, "casos.denuncia.exigir", "caso", caso.id)
    emitir(session, DenunciaRequerida(caso_id=caso.id), clasificacion=Clasificacion.RESERVADO)
    return caso


def resolver(
    session: Session, caso_id: UUID, datos: NuevaDenuncia, actor: Actor, ahora: datetime
) -> Caso:
    """Say to whom it was reported, or that there was nothing to report.

    Raises Conflicto when none is due, NoPermitido when somebody who does not coordinate says that
    there was nothing to report.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.exigir(Paso.RESOLVER_DENUNCIA)
    if not corre(session, caso.id, DENUNCIA):
        raise Conflicto(_("Este caso no tiene una denuncia pendiente."))
    if datos.destino is DestinoDenuncia.NO_PROCEDE:
        _descartar(session, caso, actor, ahora)
    else:
        plazos.cumplir(session, caso.id, DENUNCIA, ahora)
        auditar(session, actor, "casos.denuncia.realizar", "caso", caso.id)
        emitir(session, DenunciaRealizada(caso_id=caso.id), clasificacion=Clasificacion.RESERVADO)
    _contar(session, caso, datos.destino.value, datos.texto, actor=actor, ahora=ahora)
    return caso


def _descartar(session: Session, caso: Caso, actor: Actor, ahora: datetime) -> None:
    if not actor.tiene(DESCARTAR, PERMISOS[DESCARTAR]):
        raise NoPermitido(_("Que no procede una denuncia lo decide la coordinación."))
    plazos.cancelar(session, caso.id, DENUNCIA, ahora)
    auditar(session, actor, "casos.denuncia.descartar", "caso", caso.id)


def _contar(
    session: Session, caso: Caso, hecho: str, texto: str, *, actor: Actor, ahora: datetime
) -> None:
    anotar(
        session,
        caso,
        TipoHito.DENUNCIA,
        actor,
        datos={"hecho": hecho},
        texto=texto,
        ocurrido_en=ahora,
    )
