"""Entrance: facts of agenda, casos, identidad. Each leaves a row saying what to ask; none asks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from notificaciones import bloqueos, supresion, uniones
from notificaciones.mensajes import actions, recordatorios
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Clave
from notificaciones.reglas.catalogo import reglas
from notificaciones.suscripciones import reparto
from oficina import apartadas
from oficina.bus.difusion import difusion
from oficina.bus.inbox import Handlers, Sobre
from oficina.clock import now
from oficina.events import Evento
from oficina.events.agenda import (
    CitaAgendada,
    CitaCancelada,
    CitaInasistencia,
    CitaRealizada,
    CitaReprogramada,
    CitaRespondida,
)
from oficina.events.casos import (
    AccesoExcepcionalAbierto,
    CasoConfidencialidadCambiada,
    ConfirmacionAtrasada,
    ConfirmacionDePersonaPedida,
    ConsentimientoRevocado,
    ConsultaRedPedida,
    ConsultaRedSinRespuesta,
    CorreccionRedPropuesta,
    DatosDeDerivacionRetirados,
    DerivacionEnviada,
    DerivacionNoLograda,
    DerivacionRechazada,
    DerivacionVencida,
    EnlaceDeDerivacionPedido,
    HechoDeDerivacion,
    IncidenteReportado,
    PersonaAnonimizada,
    PersonaBloqueada,
    PersonaContesto,
    PersonaDesbloqueada,
    PersonaFusionada,
    PersonaSeparada,
    PlazoDeDerechoPorVencer,
    PlazoDeDerechoVencido,
    PlazoDeIncidentePorVencer,
    PlazoDeIncidenteVencido,
    PlazoPorVencer,
    PlazoVencido,
    SolicitudDerechoRecibida,
    SupresionDeDerivacionPedida,
    SupresionPropuesta,
)
from oficina.events.identidad import EnlaceDeCuentaPedido
from oficina.events.notificaciones import NotificacionesPurgada
from oficina.jobs import nudge_after_commit

RECORDATORIOS = "recordatorios"
"""The purpose of a consent on which reminders of appointments rest."""

handlers = Handlers("notificaciones")


@handlers.on(CitaAgendada)
def planificar_recordatorios(session: Session, hecho: CitaAgendada, sobre: Sobre) -> None:
    """A new appointment is reminded of."""
    _plan(session, hecho, sobre)


@handlers.on(CitaReprogramada)
def mover_recordatorios(session: Session, hecho: CitaReprogramada, sobre: Sobre) -> None:
    """Reminders go where their appointment goes."""
    _plan(session, hecho, sobre)


@handlers.on(CitaCancelada)
def retirar_de_cancelada(session: Session, hecho: CitaCancelada, _sobre: Sobre) -> None:
    """Nobody is reminded of what will not take place."""
    recordatorios.retirar_recordatorios(session, hecho.cita_id, Motivo.CITA_CANCELADA)


@handlers.on(CitaRealizada)
def retirar_de_realizada(session: Session, hecho: CitaRealizada, _sobre: Sobre) -> None:
    """Nobody is reminded of what is over."""
    recordatorios.retirar_recordatorios(session, hecho.cita_id, Motivo.CITA_TERMINADA)


@handlers.on(CitaInasistencia)
def retirar_de_inasistencia(session: Session, hecho: CitaInasistencia, _sobre: Sobre) -> None:
    """Nobody is reminded of what is over."""
    recordatorios.retirar_recordatorios(session, hecho.cita_id, Motivo.CITA_TERMINADA)


@handlers.on(CitaRespondida)
def avisar_respuesta(session: Session, hecho: CitaRespondida, sobre: Sobre) -> None:
    """Whom the person was to see is told that they do not come, as the rules say of each answer."""
    if hecho.respuesta in reglas().respuesta_a_cita:
        _prepare(
            session,
            actions.encargar(
                session,
                f"{Clave.AVISO_CITA_RESPONDIDA}/{hecho.cita_id}/{sobre.sequence}",
                Clave.AVISO_CITA_RESPONDIDA,
                now(),
                caso_id=hecho.caso_id,
                cita_id=hecho.cita_id,
                datos={"respuesta": hecho.respuesta},
            ),
        )


@handlers.on(DerivacionEnviada)
def enviar_enlace(session: Session, hecho: DerivacionEnviada, _sobre: Sobre) -> None:
    """The institution gets the link by which it answers, unless the person goes by themselves."""
    if hecho.modo in reglas().derivacion_sin_enlace:
        return
    _prepare(
        session,
        actions.encargar(
            session,
            f"derivacion_enviada/{hecho.derivacion_id}",
            Clave.DERIVACION_ENVIADA,
            now(),
            caso_id=hecho.caso_id,
            derivacion_id=hecho.derivacion_id,
        ),
    )


@handlers.on(EnlaceDeDerivacionPedido)
def enviar_otro_enlace(session: Session, hecho: EnlaceDeDerivacionPedido, sobre: Sobre) -> None:
    """The institution gets another link, made when its message is written."""
    _about_derivation(session, hecho, sobre, Clave.ENLACE_NUEVO)


@handlers.on(PlazoPorVencer)
def recordar_a_institucion(session: Session, hecho: PlazoPorVencer, _sobre: Sobre) -> None:
    """The institution is reminded while there is time, when it is its turn."""
    de_institucion = hecho.reloj in reglas().relojes_de_institucion
    if (
        hecho.derivacion_id is None
        or not de_institucion
        or hecho.nivel != reglas().nivel_por_vencer
    ):
        return
    _prepare(session, _about_deadline(session, hecho, Clave.RECORDATORIO_PLAZO))


@handlers.on(PlazoPorVencer)
def avisar_por_vencer(session: Session, hecho: PlazoPorVencer, _sobre: Sobre) -> None:
    """Whoever answers for the case is reminded while there is time, whosever turn it is.

    Past the end it would confuse: then the notice of the passed deadline says it.
    """
    if hecho.nivel == reglas().nivel_por_vencer:
        _prepare(
            session,
            _about_deadline(session, hecho, Clave.AVISO_PLAZO_POR_VENCER, caduca_en=hecho.vence_en),
        )


@handlers.on(PlazoVencido)
def avisar_vencido(session: Session, hecho: PlazoVencido, _sobre: Sobre) -> None:
    """The office itself is told that a deadline passed."""
    if hecho.nivel in reglas().avisar_vencido:
        _prepare(session, _about_deadline(session, hecho, Clave.AVISO_PLAZO_VENCIDO))


@handlers.on(DerivacionRechazada, DerivacionNoLograda, DerivacionVencida)
def avisar_fallida(session: Session, hecho: HechoDeDerivacion, sobre: Sobre) -> None:
    """The office itself is told that a derivation came to nothing: somebody must decide."""
    _about_derivation(session, hecho, sobre, Clave.AVISO_DERIVACION_FALLIDA)


@handlers.on(ConfirmacionDePersonaPedida)
def preguntar_a_la_persona(
    session: Session, hecho: ConfirmacionDePersonaPedida, sobre: Sobre
) -> None:
    """The person is asked whether it was so, as they wish to be written to."""
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.CONFIRMAR_DERIVACION}/{hecho.derivacion_id}/{sobre.sequence}",
            Clave.CONFIRMAR_DERIVACION,
            now(),
            persona_id=hecho.persona_id,
            caso_id=hecho.caso_id,
            derivacion_id=hecho.derivacion_id,
        ),
    )


@handlers.on(PersonaContesto)
def avisar_palabra(session: Session, hecho: PersonaContesto, sobre: Sobre) -> None:
    """Whoever answers for the case is told what the person said, as the rules say of each word."""
    if hecho.respuesta in reglas().palabra_de_derivacion:
        plantilla = Clave.AVISO_DERIVACION_CONTESTADA
        _about_derivation(session, hecho, sobre, plantilla, respuesta=hecho.respuesta)


@handlers.on(DatosDeDerivacionRetirados)
def pedir_que_no_se_usen(session: Session, hecho: DatosDeDerivacionRetirados, sobre: Sobre) -> None:
    """The institution is asked to stop using what it was sent, and the office itself is told."""
    for plantilla in (Clave.RETIRO_DE_DATOS, Clave.AVISO_RETIRO_DE_DATOS):
        _about_derivation(session, hecho, sobre, plantilla, razon=hecho.motivo_codigo or "")


@handlers.on(ConsultaRedPedida)
def preguntar_a_institucion(session: Session, hecho: ConsultaRedPedida, _sobre: Sobre) -> None:
    """The institution gets one mail about all of its services that are to be asked about."""
    _about_network(session, Clave.CONSULTA_RED, hecho.consulta_id, str(hecho.consulta_id))


@handlers.on(CorreccionRedPropuesta)
def avisar_correccion(session: Session, hecho: CorreccionRedPropuesta, _sobre: Sobre) -> None:
    """Coordination is told that an institution corrects itself; once a question, however many of
    its services that is.
    """
    _about_network(
        session,
        Clave.AVISO_CONSULTA_RED,
        hecho.consulta_id,
        f"{hecho.consulta_id}/correccion",
        situacion="correccion",
    )


@handlers.on(ConsultaRedSinRespuesta)
def avisar_sin_respuesta(session: Session, hecho: ConsultaRedSinRespuesta, _sobre: Sobre) -> None:
    """And that another one did not answer, so that somebody calls."""
    _about_network(
        session,
        Clave.AVISO_CONSULTA_RED,
        hecho.consulta_id,
        f"{hecho.consulta_id}/sin_respuesta",
        situacion="sin_respuesta",
    )


def _about_network(
    session: Session, plantilla: Clave, consulta_id: UUID, clave: str, **datos: str
) -> None:
    datos |= {"consulta_id": str(consulta_id)}
    clave = f"{plantilla}/{clave}"
    _prepare(session, actions.encargar(session, clave, plantilla, now(), datos=datos))


@handlers.on(ConsentimientoRevocado)
def retirar_de_quien_no_quiere(
    session: Session, hecho: ConsentimientoRevocado, _sobre: Sobre
) -> None:
    """Nobody is reminded against their will. Later appointments are asked of casos each time."""
    if hecho.finalidad == RECORDATORIOS:
        actions.retirar_de_persona(session, hecho.persona_id, Motivo.CONSENTIMIENTO_RETIRADO)


@handlers.on(PersonaBloqueada)
def retirar_de_bloqueada(session: Session, hecho: PersonaBloqueada, sobre: Sobre) -> None:
    """Nobody writes to a person whose data are blocked, nor about their cases."""
    apartadas.bloquear(session, hecho.persona_id, sobre.time)
    bloqueos.retirar(session, hecho.persona_id, _casos(hecho))


@handlers.on(PersonaDesbloqueada)
def reponer_de_desbloqueada(session: Session, hecho: PersonaDesbloqueada, sobre: Sobre) -> None:
    """What was withdrawn for it is written again, as far as it still makes sense."""
    desde = apartadas.desbloquear(session, hecho.persona_id)
    if desde is not None:
        marca = f"desbloqueo-{sobre.sequence}"
        for mensaje in bloqueos.reponer(session, hecho.persona_id, _casos(hecho), desde, marca):
            _prepare(session, mensaje)


@handlers.on(PersonaFusionada)
def unir(session: Session, hecho: PersonaFusionada, _sobre: Sobre) -> None:
    """Messages to either record are to the one that stays."""
    movidos = uniones.llevar(session, hecho.absorbida_id, hecho.persona_id)
    apartadas.unir(session, hecho.absorbida_id, hecho.persona_id, movidos)


@handlers.on(PersonaSeparada)
def separar(session: Session, hecho: PersonaSeparada, _sobre: Sobre) -> None:
    """What had gone over, and what is about the cases that go back, goes back."""
    movidos = apartadas.separar(session, hecho.absorbida_id)
    uniones.devolver(session, hecho.persona_id, hecho.absorbida_id, movidos, hecho.caso_ids)


@handlers.on(PersonaAnonimizada)
def suprimir(session: Session, hecho: PersonaAnonimizada, _sobre: Sobre) -> None:
    """Erase what messages said, now and against whatever comes later, and confirm it."""
    fila = apartadas.suprimir(session, hecho.persona_id, hecho.supresion_id)
    borrado = supresion.borrar(session, hecho.persona_id, _casos(hecho))
    apartadas.confirmar(session, fila, "notificaciones", NotificacionesPurgada, borrado)


@handlers.on(SupresionDeDerivacionPedida)
def pedir_que_se_supriman(
    session: Session, hecho: SupresionDeDerivacionPedida, sobre: Sobre
) -> None:
    """The institution is asked to erase what it was sent."""
    _about_derivation(session, hecho, sobre, Clave.SUPRESION_DE_DATOS)


@handlers.on(SupresionPropuesta)
def avisar_propuesta(session: Session, hecho: SupresionPropuesta, _sobre: Sobre) -> None:
    """Who confirms erasures is told that one waits."""
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.AVISO_SUPRESION_PROPUESTA}/{hecho.supresion_id}",
            Clave.AVISO_SUPRESION_PROPUESTA,
            now(),
            datos={"supresion_id": str(hecho.supresion_id)},
        ),
    )


@handlers.on(ConfirmacionAtrasada)
def avisar_atraso(session: Session, hecho: ConfirmacionAtrasada, _sobre: Sobre) -> None:
    """Who answers for it is told that a service has not confirmed an erasure."""
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.AVISO_SUPRESION_ATRASADA}/{hecho.supresion_id}/{hecho.servicio}",
            Clave.AVISO_SUPRESION_ATRASADA,
            now(),
            datos={
                "solicitud_id": str(hecho.solicitud_id),
                "supresion_id": str(hecho.supresion_id),
                "servicio": hecho.servicio,
            },
        ),
    )


def _casos(hecho: PersonaBloqueada | PersonaDesbloqueada | PersonaAnonimizada) -> list[UUID]:
    return [UUID(caso_id) for caso_id in hecho.caso_ids]


@handlers.on(SolicitudDerechoRecibida)
def avisar_solicitud(session: Session, hecho: SolicitudDerechoRecibida, _sobre: Sobre) -> None:
    """Who answers requests about somebody's data is told of a new one."""
    _about_request(session, hecho.solicitud_id, "recibida", "recibida")


@handlers.on(PlazoDeDerechoPorVencer)
def avisar_derecho_por_vencer(
    session: Session, hecho: PlazoDeDerechoPorVencer, _sobre: Sobre
) -> None:
    """And reminded while there is time; an extended term reminds anew."""
    _about_request(session, hecho.solicitud_id, "por_vencer", _stage(hecho))


@handlers.on(PlazoDeDerechoVencido)
def avisar_derecho_vencido(session: Session, hecho: PlazoDeDerechoVencido, _sobre: Sobre) -> None:
    """And told, with coordination, that its term ended."""
    _about_request(session, hecho.solicitud_id, "vencida", _stage(hecho))


@handlers.on(IncidenteReportado)
def avisar_incidente(session: Session, hecho: IncidenteReportado, _sobre: Sobre) -> None:
    """Who answers for people's data is told at once that somebody suspects a breach."""
    _about_incident(session, hecho.incidente_id, "reportado", "reportado")


@handlers.on(PlazoDeIncidentePorVencer)
def avisar_incidente_por_vencer(
    session: Session, hecho: PlazoDeIncidentePorVencer, _sobre: Sobre
) -> None:
    """And reminded of each clock while there is time."""
    cuando = f"{hecho.plazo_id}/{hecho.nivel}"
    _about_incident(session, hecho.incidente_id, "por_vencer", cuando, hecho.reloj)


@handlers.on(PlazoDeIncidenteVencido)
def avisar_incidente_vencido(
    session: Session, hecho: PlazoDeIncidenteVencido, _sobre: Sobre
) -> None:
    """And told, with coordination, that one ended."""
    cuando = f"{hecho.plazo_id}/{hecho.nivel}"
    _about_incident(session, hecho.incidente_id, "vencido", cuando, hecho.reloj)


def _stage(hecho: PlazoDeDerechoPorVencer | PlazoDeDerechoVencido) -> str:
    return f"{hecho.nivel}/{hecho.vence_en:%Y%m%d}"


def _about_incident(
    session: Session, incidente_id: UUID, situacion: str, cuando: str, reloj: str = ""
) -> None:
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.AVISO_INCIDENTE}/{incidente_id}/{cuando}",
            Clave.AVISO_INCIDENTE,
            now(),
            datos={
                "incidente_id": str(incidente_id),
                "situacion": situacion,
                "reloj": reloj,
            },
        ),
    )


def _about_request(session: Session, solicitud_id: UUID, situacion: str, cuando: str) -> None:
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.AVISO_SOLICITUD_DE_DERECHO}/{solicitud_id}/{cuando}",
            Clave.AVISO_SOLICITUD_DE_DERECHO,
            now(),
            datos={"solicitud_id": str(solicitud_id), "situacion": situacion},
        ),
    )


@handlers.on(EnlaceDeCuentaPedido)
def enviar_enlace_de_cuenta(session: Session, hecho: EnlaceDeCuentaPedido, _sobre: Sobre) -> None:
    """A person gets the link by which they set their password, made when its mail is written."""
    plantilla = _DE_PROPOSITO[hecho.proposito]
    _prepare(
        session,
        actions.encargar(
            session,
            f"{plantilla}/{hecho.enlace_id}",
            plantilla,
            now(),
            datos={"enlace_id": str(hecho.enlace_id)},
        ),
    )


_DE_PROPOSITO = {"invitacion": Clave.INVITACION_CUENTA, "clave": Clave.CLAVE_OLVIDADA}


@handlers.on(AccesoExcepcionalAbierto)
def avisar_acceso_excepcional(
    session: Session, hecho: AccesoExcepcionalAbierto, _sobre: Sobre
) -> None:
    """The head of the office is told at once that somebody reads a reserved case by exception.

    The message names the access and no case: who heads the office need not be named in it.
    """
    _prepare(
        session,
        actions.encargar(
            session,
            f"{Clave.AVISO_ACCESO_EXCEPCIONAL}/{hecho.acceso_id}",
            Clave.AVISO_ACCESO_EXCEPCIONAL,
            now(),
            datos={"acceso_id": str(hecho.acceso_id)},
        ),
    )


@handlers.on(*(uno.kind for uno in difusion().hechos.values()))
def repartir_a_unidades(session: Session, hecho: Evento, sobre: Sobre) -> None:
    """The units that subscribed to it get it."""
    reparto.repartir(session, hecho, sobre)


@handlers.on(CasoConfidencialidadCambiada)
def callar_caso(session: Session, hecho: CasoConfidencialidadCambiada, sobre: Sobre) -> None:
    """What was told of a case before does not leave for any unit any more."""
    reparto.callar(session, hecho.caso_id, sobre.time)


def _plan(session: Session, hecho: CitaAgendada | CitaReprogramada, sobre: Sobre) -> None:
    cita = recordatorios.Cita(
        cita_id=hecho.cita_id,
        persona_id=hecho.persona_id,
        caso_id=hecho.caso_id,
        inicia_en=hecho.inicia_en,
        secuencia=sobre.sequence,
        lugar=hecho.lugar,
    )
    for mensaje in recordatorios.planificar_recordatorios(session, cita, now()):
        _prepare(session, mensaje)


def _about_derivation(
    session: Session, hecho: HechoDeDerivacion, sobre: Sobre, plantilla: Clave, **datos: str
) -> None:
    """Ask for a message on a fact that may come about more than once: one for each time."""
    _prepare(
        session,
        actions.encargar(
            session,
            f"{plantilla}/{hecho.derivacion_id}/{sobre.sequence}",
            plantilla,
            now(),
            caso_id=hecho.caso_id,
            derivacion_id=hecho.derivacion_id,
            datos=datos,
        ),
    )


def _about_deadline(
    session: Session,
    hecho: PlazoPorVencer | PlazoVencido,
    plantilla: Clave,
    *,
    caduca_en: datetime | None = None,
) -> Mensaje | None:
    return actions.encargar(
        session,
        f"{plantilla}/{hecho.plazo_id}/{hecho.nivel}",
        plantilla,
        now(),
        caso_id=hecho.caso_id,
        derivacion_id=hecho.derivacion_id,
        caduca_en=caduca_en,
        datos={
            "plazo_id": str(hecho.plazo_id),
            "reloj": hecho.reloj,
            "vence_en": hecho.vence_en.isoformat(),
            "nivel": hecho.nivel,
        },
    )


def _prepare(session: Session, mensaje: Mensaje | None) -> None:
    if mensaje is not None:
        nudge_after_commit(session, "notificaciones.preparar", str(mensaje.id))
