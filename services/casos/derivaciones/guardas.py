"""What must hold before a derivation takes a step that its state admits; each raises Conflicto with
what is in the way. Callers hold the case and then the derivation.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE, usable
from casos.contactos.pauta import pauta_de
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.paquete import ReglaDeContacto
from casos.derivaciones.queries import rige
from casos.derivaciones.relevo import exigir_sin_relevo
from casos.derivaciones.respuestas import Procedencia
from casos.derivaciones.states import Accion, Grado
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id
from casos.expedientes.states import Estado as EstadoCaso
from casos.personas.models import Persona
from casos.red.models import EstadoServicio, Institucion, ServicioRed
from oficina.errors import Conflicto


def exigir_caso_abierto(session: Session, caso_id: UUID) -> None:
    """A derivation does not come to life again in a case that ended."""
    if caso_por_id(session, caso_id, SIN_LIMITE, bloquear=True).estado is EstadoCaso.CERRADO:
        raise Conflicto(_("El caso está cerrado: reábralo antes."))


def exigir_que_pueda_volver(session: Session, derivacion: Derivacion, ahora: datetime) -> None:
    """An expired derivation may come to life: nothing else took its place, and its basis holds."""
    exigir_caso_abierto(session, derivacion.caso_id)
    exigir_sin_relevo(session, derivacion)
    exigir_fundamento(session, derivacion, ahora)


def exigir_adoptable(
    session: Session, derivacion: Derivacion, procedencia: Procedencia, ahora: datetime
) -> None:
    """A late answer is taken while somebody may adopt it; the institution is not told why not."""
    try:
        exigir_que_pueda_volver(session, derivacion, ahora)
    except Conflicto as error:
        if procedencia.grado is not Grado.A:
            raise
        raise Conflicto(
            _("La oficina ya no espera una respuesta a esta derivación."),
            estado_actual=derivacion.estado,
            transiciones_permitidas=[],
        ) from error


def exigir_usable(session: Session, derivacion: Derivacion) -> None:
    """The institution is not told why."""
    if not usable(session, derivacion.caso_id):
        raise Conflicto(_("Los datos de la persona no se pueden usar."))


def exigir_palabra(derivacion: Derivacion, procedencia: Procedencia) -> None:
    """Of who goes by themselves only they can tell."""
    if derivacion.autogestionada and procedencia.grado is not Grado.C:
        raise Conflicto(_("La institución no recibió nada: solo la persona puede contar cómo fue."))


def exigir_activo(servicio: ServicioRed, institucion: Institucion) -> None:
    """Nothing is derived to who takes nobody."""
    if servicio.estado is not EstadoServicio.ACTIVO or not institucion.activa:
        raise Conflicto(_("El servicio no recibe derivaciones en este momento."))


def exigir_contacto(session: Session, caso: Caso, derivacion: Derivacion) -> None:
    """The snapshot does not invite anybody to contact a person in a way that is not theirs today:
    what tells the institution to ask the office is safe whatever changed.
    """
    dice = derivacion.contenido.contacto
    hoy = ReglaDeContacto.de(pauta_de(session, session.get_one(Persona, caso.persona_id)))
    if not dice.permitido or dice == hoy:
        return
    if not hoy.permitido:
        raise Conflicto(_("La persona pidió que no la contacten: prepare la derivación de nuevo."))
    raise Conflicto(_("Cambió cómo se la puede contactar: prepare la derivación de nuevo."))


def exigir_fundamento(session: Session, derivacion: Derivacion, ahora: datetime) -> None:
    """Asked of the ledger each time that a derivation begins to live, or does again."""
    if not rige(session, derivacion, ahora):
        raise Conflicto(_("El consentimiento de la persona ya no vale: pídalo de nuevo."))


def exigir_primera(session: Session, derivacion: Derivacion, accion: Accion) -> None:
    """The same late answer counts once."""
    repetida = session.scalar(
        select(RespuestaDerivacion.id).where(
            RespuestaDerivacion.derivacion_id == derivacion.id,
            RespuestaDerivacion.accion == accion,
            RespuestaDerivacion.tardia.is_(True),
        )
    )
    if repetida is not None:
        raise Conflicto(
            _("Esta respuesta ya se recibió y la oficina la está revisando."),
            estado_actual=derivacion.estado,
        )
