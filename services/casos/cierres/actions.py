"""What can be done with a closing that needs a second person: propose it, and decide on it."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.cierres.models import CierrePropuesto, EstadoPropuesta
from casos.cierres.queries import pendiente, puede_decidir
from casos.cierres.schemas import NuevaDecision
from casos.expedientes.actions import para_cambiar, para_terminar, terminar
from casos.expedientes.facts import contar
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.expedientes.schemas import NuevoCierre
from casos.expedientes.states import Paso
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.errors import Conflicto, NoPermitido
from oficina.events.casos import CierrePropuesto as HechoPropuesto
from oficina.events.casos import CierreRechazado


def proponer(
    session: Session, caso_id: UUID, datos: NuevoCierre, actor: Actor, ahora: datetime
) -> Caso:
    """Say how a case would end, for a second person to decide.

    Raises Conflicto when it needs none, when one is proposed already, or when it could not end.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.exigir(Paso.PROPONER_CIERRE)
    if not caso.cierran_dos:
        raise Conflicto(_("Este caso se cierra sin que otra persona lo apruebe."))
    if pendiente(session, caso.id) is not None:
        raise Conflicto(_("Ya hay un cierre propuesto: falta que otra persona decida."))
    caso.exigir_cierre(datos.motivo, para_terminar(session, caso))
    session.add(
        CierrePropuesto(
            caso_id=caso.id,
            motivo=datos.motivo,
            resultado=datos.resultado,
            texto=datos.texto,
            propuesto_por_id=actor.id,
            propuesto_por=actor.nombre,
            propuesto_en=ahora,
        )
    )
    anotar(
        session,
        caso,
        TipoHito.CIERRE_PROPUESTO,
        actor,
        datos={
            "hecho": "propuesto",
            "motivo": datos.motivo.value,
            "resultado": datos.resultado.value,
        },
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.cierre.proponer", "caso", caso.id)
    contar(session, caso, HechoPropuesto(caso_id=caso.id))
    return caso


def decidir(
    session: Session, caso_id: UUID, datos: NuevaDecision, actor: Actor, ahora: datetime
) -> Caso:
    """End the case as was proposed, or say why not.

    Raises Conflicto when nothing is proposed or the case cannot end any more, NoPermitido for who
    proposed it and for who answers for the case.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.exigir(Paso.DECIDIR_CIERRE)
    propuesta = pendiente(session, caso.id, bloquear=True)
    if propuesta is None:
        raise Conflicto(_("Este caso no tiene un cierre por aprobar."))
    if not puede_decidir(caso, propuesta, actor.id):
        raise NoPermitido(
            _("Lo decide otra persona que quien lo propuso y quien responde por el caso.")
        )
    propuesta.decidido_por_id, propuesta.decidido_por = actor.id, actor.nombre
    propuesta.decidido_en, propuesta.decision_texto = ahora, datos.texto
    if datos.aprueba:
        propuesta.estado = EstadoPropuesta.APROBADA
        final = NuevoCierre(
            motivo=propuesta.motivo, resultado=propuesta.resultado, texto=datos.texto
        )
        terminar(session, caso, final, actor, ahora, aprobado=True)
        return caso
    propuesta.estado = EstadoPropuesta.RECHAZADA
    anotar(
        session,
        caso,
        TipoHito.CIERRE_PROPUESTO,
        actor,
        datos={"hecho": "rechazado"},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.cierre.rechazar", "caso", caso.id)
    contar(session, caso, CierreRechazado(caso_id=caso.id))
    return caso
