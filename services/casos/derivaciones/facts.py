"""What is told of a derivation: a line in the case's story, and the fact for other services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.relojes import RESPUESTA
from casos.derivaciones.states import Accion, Grado
from casos.expedientes.facts import como_se_dice
from casos.expedientes.facts import contar as contar_hecho
from casos.expedientes.models import Caso, TipoHito, anotar, fila_de_hito
from casos.plazos.models import Plazo
from oficina.actor import Actor
from oficina.bus.outbox import emitir
from oficina.events import Clasificacion, Evento
from oficina.events.casos import (
    ConfirmacionDePersonaPedida,
    DatosDeDerivacionRetirados,
    DerivacionAceptada,
    DerivacionAnulada,
    DerivacionCumplida,
    DerivacionEnCurso,
    DerivacionEnEspera,
    DerivacionEnviada,
    DerivacionNoLograda,
    DerivacionRechazada,
    DerivacionRecibida,
    DerivacionReencaminada,
    DerivacionVencida,
    DerivacionVerificada,
    EnlaceDeDerivacionPedido,
    PersonaContesto,
    SupresionDeDerivacionPedida,
)

HECHOS: Mapping[Accion, Any] = {
    Accion.RECIBIR: DerivacionRecibida,
    Accion.ACEPTAR: DerivacionAceptada,
    Accion.RECHAZAR: DerivacionRechazada,
    Accion.ESPERA: DerivacionEnEspera,
    Accion.CURSO: DerivacionEnCurso,
    Accion.DISPUTAR: DerivacionEnCurso,
    Accion.CUMPLIR: DerivacionCumplida,
    Accion.NO_LOGRADA: DerivacionNoLograda,
    Accion.VERIFICAR: DerivacionVerificada,
    Accion.ANULAR: DerivacionAnulada,
    Accion.VENCER: DerivacionVencida,
}


def contar(
    session: Session,
    derivacion: Derivacion,
    accion: Accion,
    actor: Actor,
    ahora: datetime,
    *,
    entrada: RespuestaDerivacion | None = None,
) -> None:
    """Tell a step, in its transaction. A late answer is only written into the story.

    A draft never left the office: nothing is told of it. The institution must be loaded.
    """
    if derivacion.enviada_en is None:
        return
    tardia = entrada is not None and entrada.tardia
    anotar(
        session,
        derivacion.caso_id,
        TipoHito.DERIVACION,
        actor,
        datos=_linea(derivacion, accion, entrada),
        texto=entrada.texto if entrada else None,
        ocurrido_en=ahora,
    )
    if not tardia:
        _emitir(session, derivacion, accion)
    if accion is Accion.CUMPLIR and entrada is not None and entrada.grado is not Grado.C:
        _preguntar(session, derivacion)


def de_vencida(
    derivacion: Derivacion, actor: Actor, ahora: datetime, *, por_lista: bool
) -> tuple[Mapping[str, Any], tuple[Evento, Clasificacion] | None]:
    """The line of one that expired and its fact, as `contar` would tell them: for who writes those
    of many together. It was sent; the institution must be loaded.
    """
    datos = _linea(derivacion, Accion.VENCER, None)
    linea = fila_de_hito(derivacion.caso_id, TipoHito.DERIVACION, actor, datos, ahora)
    return linea, como_se_dice(DerivacionVencida(**_comun(derivacion)), por_lista=por_lista)


def contar_enlace(session: Session, derivacion: Derivacion, actor: Actor, ahora: datetime) -> None:
    """Tell that the institution is to get another link. The institution must be loaded."""
    anotar(
        session,
        derivacion.caso_id,
        TipoHito.DERIVACION,
        actor,
        datos=_de_que(derivacion, "enlace"),
        ocurrido_en=ahora,
    )
    contar_hecho(session, derivacion.caso_id, EnlaceDeDerivacionPedido(**_comun(derivacion)))


def contar_oficio(
    session: Session, derivacion: Derivacion, numero: str, actor: Actor, ahora: datetime
) -> None:
    """Write that the letter was printed for the first time. The institution must be loaded."""
    anotar(
        session,
        derivacion.caso_id,
        TipoHito.DERIVACION,
        actor,
        datos={**_de_que(derivacion, "oficio"), "numero": numero},
        ocurrido_en=ahora,
    )


def contar_palabra(session: Session, derivacion: Derivacion, respuesta: str) -> None:
    """Tell what the person said by themselves. The institution must be loaded."""
    contar_hecho(
        session, derivacion.caso_id, PersonaContesto(**_comun(derivacion), respuesta=respuesta)
    )


def contar_retiro(
    session: Session, derivacion: Derivacion, motivo: str, actor: Actor, ahora: datetime
) -> None:
    """Tell that the institution may not use any more what it was sent, and why. The institution
    must be loaded.
    """
    anotar(
        session,
        derivacion.caso_id,
        TipoHito.DERIVACION,
        actor,
        datos={**_de_que(derivacion, "retiro"), "motivo": motivo},
        ocurrido_en=ahora,
    )
    comun = {**_comun(derivacion), "motivo_codigo": motivo}
    contar_hecho(session, derivacion.caso_id, DatosDeDerivacionRetirados(**comun))


def contar_supresion(session: Session, derivacion: Derivacion) -> None:
    """Tell that the institution is to erase what it was sent: of the case nothing is left to say
    it, and nobody else hears of it.
    """
    emitir(
        session,
        SupresionDeDerivacionPedida(**_comun(derivacion)),
        clasificacion=Clasificacion.RESERVADO,
    )


def _de_que(derivacion: Derivacion, hecho: str) -> dict[str, Any]:
    return {
        "hecho": hecho,
        "derivacion_id": str(derivacion.id),
        "folio": derivacion.folio,
        "institucion": derivacion.institucion.rotulo,
    }


def _linea(
    derivacion: Derivacion, accion: Accion, entrada: RespuestaDerivacion | None
) -> dict[str, Any]:
    return {
        **_de_que(derivacion, accion.value),
        "motivo": entrada.motivo_codigo if entrada else derivacion.motivo_codigo,
        "grado": entrada.grado.value if entrada else None,
        "canal": entrada.canal.value if entrada else None,
        "tardia": entrada is not None and entrada.tardia,
    }


def _emitir(session: Session, derivacion: Derivacion, accion: Accion) -> None:
    if accion is Accion.ENVIAR:
        contar_hecho(
            session,
            derivacion.caso_id,
            DerivacionEnviada(
                **_comun(derivacion), modo=derivacion.modo.value, **_espera(session, derivacion)
            ),
        )
        if derivacion.reemplaza_a_id is not None:
            contar_hecho(
                session, derivacion.caso_id, _reencaminada(derivacion, derivacion.reemplaza_a_id)
            )
    else:
        contar_hecho(session, derivacion.caso_id, HECHOS[accion](**_comun(derivacion)))


def _espera(session: Session, derivacion: Derivacion) -> dict[str, Any]:
    """Until when an answer is awaited, and of whose choosing; nothing of who goes by themselves."""
    fila = session.execute(
        select(Plazo.vence_en, Plazo.acuerdo_dias).where(
            Plazo.derivacion_id == derivacion.id, Plazo.reloj == RESPUESTA
        )
    ).one_or_none()
    return {} if fila is None else {"responde_hasta": fila.vence_en, "acuerdo_dias": fila[1]}


def _preguntar(session: Session, derivacion: Derivacion) -> None:
    """Whoever was attended is asked; who told it themselves is not."""
    persona_id = session.scalars(select(Caso.persona_id).where(Caso.id == derivacion.caso_id)).one()
    pedida = ConfirmacionDePersonaPedida(**_comun(derivacion), persona_id=persona_id)
    contar_hecho(session, derivacion.caso_id, pedida)


def _reencaminada(derivacion: Derivacion, reemplaza_a: UUID) -> DerivacionReencaminada:
    return DerivacionReencaminada(**_comun(derivacion), reemplaza_a=reemplaza_a)


def _comun(derivacion: Derivacion) -> dict[str, Any]:
    return {
        "derivacion_id": derivacion.id,
        "caso_id": derivacion.caso_id,
        "institucion_id": derivacion.institucion_id,
        "servicio_id": derivacion.servicio_id,
        "grado_evidencia": derivacion.grado_evidencia.value if derivacion.grado_evidencia else None,
        "motivo_codigo": derivacion.motivo_codigo,
        "unidad": derivacion.institucion.unidad or None,
    }
