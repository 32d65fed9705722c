"""What can be done to ask an institution whether all is as it is written, and what it can answer.

A link is made when its mail is written (docs/decisions/0005): 256 random bits, of which only the
hash is kept. It opens one question, expires on the machine's clock, and opens no more once the
office takes the question back. Opening it changes nothing: mail scanners open links.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.plazos.calendario import calendario
from casos.red.consultas.correccion import Correccion, cambios_de, guardar
from casos.red.consultas.models import ConsultaRed, EnlaceDeConsulta, PreguntaRed
from casos.red.consultas.queries import (
    abierta_de,
    consulta_por_id,
    correo_por_id,
    siguen_sin_saberse,
    ultimas,
)
from casos.red.consultas.reglas import reglas
from casos.red.consultas.states import EstadoConsulta, EstadoPregunta, PasoConsulta, PasoPregunta
from casos.red.models import FuenteDato
from casos.red.queries import institucion_entera
from casos.red.quien import actor_de
from casos.red.verificaciones.queries import por_verificar
from casos.red.verificaciones.schemas import Filtro
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.calendar_cl import fin_de_plazo
from oficina.clock import local, real_now
from oficina.db import hold
from oficina.errors import Conflicto, DomainError, NoEncontrado
from oficina.events.casos import (
    ConsultaRedContestada,
    ConsultaRedPedida,
    ConsultaRedSinRespuesta,
    CorreccionRedPropuesta,
)
from oficina.texts import N_
from oficina.web.conditional import check_version

RUTA = "/casos/red/consulta/enlace/"


class EnlaceCerrado(DomainError):
    """The link was good once; it expired, or the office took its question back."""

    status = 410
    title = N_("Este enlace ya no sirve")


@dataclass(frozen=True)
class EnlaceParaPreguntar:
    """A link that was just made, and where it goes: the only time that its address is known."""

    consulta: ConsultaRed
    correo: str | None
    url: str | None = None
    vence_en: datetime | None = None


def preguntar(session: Session, institucion_id: UUID, actor: Actor, ahora: datetime) -> ConsultaRed:
    """Ask an institution, in one mail, about each of its services of which something lapsed.

    Raises NoEncontrado; Conflicto when nothing lapsed, it has no mail, it is being asked, or was
    asked too short a time ago.
    """
    hold(session, f"consulta_red/{institucion_id}")
    institucion = institucion_entera(session, institucion_id)
    hoy = local(ahora).date()
    debidos = por_verificar(session, Filtro(institucion_id=institucion_id), hoy)
    if not debidos:
        raise Conflicto(_("No hay nada que preguntarle: lo que se sabe de ella está al día."))
    if not correo_por_id(session, institucion_id):
        raise Conflicto(_("La institución no tiene correo en el directorio de la red."))
    if abierta_de(session, institucion_id) is not None:
        raise Conflicto(_("Ya se le preguntó, y todavía puede responder."))
    ultima = ultimas(session, [institucion_id], retiradas=False).get(institucion_id)
    if ultima is not None and ultima + reglas().cada > ahora:
        desde = format_date(local(ultima + reglas().cada).date(), "short")
        raise Conflicto(
            _("Se le preguntó hace poco: se le puede preguntar de nuevo el %(dia)s.", dia=desde)
        )
    consulta = ConsultaRed(
        institucion_id=institucion.id,
        pedida_por=actor.nombre,
        pedida_en=ahora,
        vence_en=fin_de_plazo(
            ahora,
            dias_habiles=reglas().responder_dias_habiles,
            cierres=calendario(session).dias,
        ),
        preguntas=[PreguntaRed(servicio_id=uno.servicio.id) for uno in debidos],
    )
    session.add(consulta)
    session.flush()
    registrar(session, actor, "casos.red.consulta.preguntar", "institucion", institucion.id)
    emitir(session, ConsultaRedPedida(consulta_id=consulta.id, institucion_id=institucion.id))
    return consulta


def retirar(
    session: Session, consulta_id: UUID, version: int | None, actor: Actor, ahora: datetime
) -> ConsultaRed:
    """Take a question back: its links open no more; what was answered stays.

    Raises NoEncontrado, VersionVencida, TransicionInvalida.
    """
    consulta = consulta_por_id(session, consulta_id, bloquear=True)
    check_version(consulta, version)
    consulta.pasar(PasoConsulta.RETIRAR, actor.nombre, ahora)
    registrar(session, actor, "casos.red.consulta.retirar", "institucion", consulta.institucion_id)
    session.flush()
    return consulta


def vencer(session: Session, consulta_id: UUID, ahora: datetime) -> None:
    """End a question whose time has come, and tell of it when something is still to be asked."""
    consulta = consulta_por_id(session, consulta_id, bloquear=True)
    if consulta.estado is not EstadoConsulta.ABIERTA or consulta.vence_en > ahora:
        # Somebody was faster.
        return
    consulta.pasar(PasoConsulta.VENCER, "", ahora)
    if siguen_sin_saberse(consulta):
        emitir(
            session,
            ConsultaRedSinRespuesta(
                consulta_id=consulta.id, institucion_id=consulta.institucion_id
            ),
        )
    session.flush()


def crear_enlace(
    session: Session, consulta_id: UUID, base_url: str, actor: Actor
) -> EnlaceParaPreguntar:
    """Make a link for the mail that is being written; without a mail to send it to, none is made.

    Raises NoEncontrado, Conflicto for a question that is not open.
    """
    consulta = consulta_por_id(session, consulta_id)
    if consulta.estado is not EstadoConsulta.ABIERTA:
        raise Conflicto(_("Ya no hay nada que preguntar a la institución."))
    correo = correo_por_id(session, consulta.institucion_id)
    if not correo:
        registrar(session, actor, "casos.red.consulta.ver", "institucion", consulta.institucion_id)
        return EnlaceParaPreguntar(consulta, None)
    token, ahora = secrets.token_urlsafe(32), real_now()
    enlace = EnlaceDeConsulta(
        consulta_id=consulta.id,
        token_hash=_hash(token),
        creado_en=ahora,
        vence_en=fin_de_plazo(ahora, dias_habiles=reglas().responder_dias_habiles),
        aperturas=0,
    )
    session.add(enlace)
    session.flush()
    registrar(session, actor, "casos.red.consulta.enlace", "enlace", enlace.id)
    return EnlaceParaPreguntar(consulta, correo, f"{base_url}{RUTA}{token}", enlace.vence_en)


def abrir(session: Session, token: str) -> ConsultaRed:
    """Count and audit an opening. Raises NoEncontrado for a token that nobody gave out,
    EnlaceCerrado for one that opens no more.
    """
    enlace, consulta = _vigente(session, token)
    enlace.aperturas += 1
    enlace.abierto_en = real_now()
    registrar(
        session, actor_de(consulta.institucion), "casos.red.consulta.abrir", "enlace", enlace.id
    )
    return consulta


def confirmar(
    session: Session, token: str, servicio_id: UUID | None, ahora: datetime
) -> ConsultaRed:
    """Take the institution's word that a service, or all that it has not spoken of, is as it is
    written: that verifies them.

    Raises what `abrir` raises; NoEncontrado for a service that it is not asked about;
    TransicionInvalida when it spoke of it before, or of all.
    """
    consulta = _por_contestar(session, token)
    suyas = [una for una in consulta.preguntas if servicio_id in (None, una.servicio_id)]
    if not suyas:
        raise NoEncontrado
    if servicio_id is None:
        por_decir = [una for una in suyas if una.estado is EstadoPregunta.POR_CONTESTAR]
        suyas = por_decir or suyas
    quien = actor_de(consulta.institucion)
    for una in suyas:
        una.contestar(PasoPregunta.CONFIRMAR, ahora)
        una.servicio.dar_por_verificado(local(ahora).date(), quien.nombre, FuenteDato.INSTITUCION)
        registrar(session, quien, "casos.red.verificar", "servicio_red", una.servicio_id)
    _contestada(session, consulta, quien, ahora)
    return consulta


def corregir(
    session: Session, token: str, servicio_id: UUID, dicho: Correccion, ahora: datetime
) -> ConsultaRed:
    """Take what the institution corrects of a service; nothing changes until it is accepted.

    Raises what `confirmar` raises, and DatosInvalidos when nothing differs.
    """
    consulta = _por_contestar(session, token)
    una = next((una for una in consulta.preguntas if una.servicio_id == servicio_id), None)
    if una is None:
        raise NoEncontrado
    quien = actor_de(consulta.institucion)
    # Who spoke of it before is told so first, whatever they write now.
    una.contestar(PasoPregunta.CORREGIR, ahora)
    una.propone = guardar(cambios_de(una.servicio, dicho))
    registrar(session, quien, "casos.red.correccion.proponer", "servicio_red", servicio_id)
    emitir(
        session,
        CorreccionRedPropuesta(
            correccion_id=una.id,
            consulta_id=consulta.id,
            servicio_id=servicio_id,
            institucion_id=consulta.institucion_id,
        ),
    )
    _contestada(session, consulta, quien, ahora)
    return consulta


def _contestada(session: Session, consulta: ConsultaRed, quien: Actor, ahora: datetime) -> None:
    if not any(una.estado is EstadoPregunta.POR_CONTESTAR for una in consulta.preguntas):
        consulta.pasar(PasoConsulta.CONTESTAR, quien.nombre, ahora)
        emitir(
            session,
            ConsultaRedContestada(consulta_id=consulta.id, institucion_id=consulta.institucion_id),
        )
    session.flush()


def _por_contestar(session: Session, token: str) -> ConsultaRed:
    """The question of a link, held: of two answers at once the second reads the first."""
    _enlace, consulta = _vigente(session, token)
    return consulta_por_id(session, consulta.id, bloquear=True)


def _vigente(session: Session, token: str) -> tuple[EnlaceDeConsulta, ConsultaRed]:
    enlace = session.scalar(
        select(EnlaceDeConsulta).where(EnlaceDeConsulta.token_hash == _hash(token))
    )
    if enlace is None:
        raise NoEncontrado
    consulta = consulta_por_id(session, enlace.consulta_id)
    cerradas = (EstadoConsulta.RETIRADA, EstadoConsulta.SIN_RESPUESTA)
    if enlace.vence_en <= real_now() or consulta.estado in cerradas:
        raise EnlaceCerrado
    return enlace, consulta


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
