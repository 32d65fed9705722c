"""What can be done with an organisation. One function, one transaction, one line of the audit."""

from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.comunidad.organizaciones.models import Directiva, Organizacion, PasoDeOrganizacion
from casos.comunidad.organizaciones.queries import (
    aviso_debido,
    directivas,
    organizacion_por_id,
)
from casos.comunidad.organizaciones.schemas import (
    DatosOrganizacion,
    NombreQuitado,
    NuevaDirectiva,
    PasoConNota,
)
from casos.comunidad.organizaciones.states import Accion
from casos.folios import siguiente_folio
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import DatosInvalidos
from oficina.events import Evento
from oficina.events.casos import (
    DirectivaPorVencer,
    DirectivaRegistrada,
    DirectivaVencida,
    OrganizacionActualizada,
    OrganizacionDisuelta,
    OrganizacionEnReceso,
    OrganizacionRegistrada,
    OrganizacionRetomada,
)
from oficina.web.conditional import check_version

SISTEMA = Actor.sistema("casos")


def registrar(
    session: Session, datos: DatosOrganizacion, actor: Actor, ahora: datetime
) -> Organizacion:
    """Write down an organisation."""
    una = Organizacion(
        folio=siguiente_folio(session, "OR", clock.local(ahora).year), **_campos(datos)
    )
    session.add(una)
    session.flush()
    hecho = OrganizacionRegistrada(organizacion_id=una.id)
    _asentar(session, una, "registrar", None, hecho, actor=actor, ahora=ahora)
    return una


def editar(
    session: Session,
    organizacion_id: UUID,
    datos: DatosOrganizacion,
    actor: Actor,
    ahora: datetime,
) -> Organizacion:
    """Correct what is written down. Raises TransicionInvalida once it is dissolved."""
    una = _para_cambiar(session, organizacion_id, datos.version)
    una.pasar(Accion.EDITAR)
    for campo, valor in _campos(datos).items():
        setattr(una, campo, valor)
    hecho = OrganizacionActualizada(organizacion_id=una.id)
    _asentar(session, una, Accion.EDITAR, None, hecho, actor=actor, ahora=ahora)
    return una


def registrar_directiva(
    session: Session, organizacion_id: UUID, datos: NuevaDirectiva, actor: Actor, ahora: datetime
) -> Organizacion:
    """A board was elected; what is told before its end is told anew.

    Raises TransicionInvalida, DatosInvalidos when it does not follow the one before, or when
    somebody agreed tomorrow.
    """
    una = _para_cambiar(session, organizacion_id, datos.version)
    if datos.consintieron_el and datos.consintieron_el > clock.local(ahora).date():
        raise DatosInvalidos({"consintieron_el": [_("Ese día todavía no llega.")]})
    nueva = Directiva(
        organizacion_id=una.id,
        desde=datos.desde,
        hasta=datos.hasta,
        integrantes=datos.integrantes,
        presidencia=datos.presidencia,
        vicepresidencia=datos.vicepresidencia,
        secretaria=datos.secretaria,
        tesoreria=datos.tesoreria,
        consintieron_el=datos.consintieron_el,
        registrada_en=ahora,
    )
    una.elegir(nueva, directivas(session, una.id))
    session.add(nueva)
    session.flush()
    hecho = DirectivaRegistrada(organizacion_id=una.id, directiva_id=nueva.id)
    _asentar(session, una, Accion.DIRECTIVA, None, hecho, actor=actor, ahora=ahora)
    return una


def quitar_nombre(
    session: Session, organizacion_id: UUID, datos: NombreQuitado, actor: Actor, ahora: datetime
) -> Organizacion:
    """Somebody does not want to be named any more: their name is forgotten.

    Raises DatosInvalidos for a board of another one, Conflicto when nobody is named there.
    """
    una = _para_cambiar(session, organizacion_id, datos.version)
    una.pasar(Accion.QUITAR_NOMBRE)
    suyas = {directiva.id: directiva for directiva in directivas(session, una.id)}
    if datos.directiva_id not in suyas:
        raise DatosInvalidos({"directiva_id": [_("No es una directiva de esta organización.")]})
    suyas[datos.directiva_id].quitar(datos.cargo)
    hecho = OrganizacionActualizada(organizacion_id=una.id)
    _asentar(session, una, Accion.QUITAR_NOMBRE, None, hecho, actor=actor, ahora=ahora)
    return una


def dejar_en_receso(
    session: Session, organizacion_id: UUID, datos: PasoConNota, actor: Actor, ahora: datetime
) -> Organizacion:
    """It does not meet for a while. Raises TransicionInvalida."""
    hecho = OrganizacionEnReceso(organizacion_id=organizacion_id)
    return _con_nota(session, Accion.RECESO, datos, hecho, actor=actor, ahora=ahora)


def retomar(
    session: Session, organizacion_id: UUID, datos: PasoConNota, actor: Actor, ahora: datetime
) -> Organizacion:
    """It meets again. Raises TransicionInvalida."""
    hecho = OrganizacionRetomada(organizacion_id=organizacion_id)
    return _con_nota(session, Accion.RETOMAR, datos, hecho, actor=actor, ahora=ahora)


def disolver(
    session: Session, organizacion_id: UUID, datos: PasoConNota, actor: Actor, ahora: datetime
) -> Organizacion:
    """It is no more. Raises TransicionInvalida."""
    hecho = OrganizacionDisuelta(organizacion_id=organizacion_id)
    return _con_nota(session, Accion.DISOLVER, datos, hecho, actor=actor, ahora=ahora)


def seguir(session: Session, organizacion_id: UUID, hoy: date, ahora: datetime) -> None:
    """Tell the notice that is due, or that the board's term has ended; nothing when another did."""
    una = organizacion_por_id(session, organizacion_id, bloquear=True)
    aviso = aviso_debido(una, hoy)
    if aviso is None or una.directiva_hasta is None:
        return
    una.aviso_dias = aviso
    vence_el, faltan = una.directiva_hasta.isoformat(), (una.directiva_hasta - hoy).days
    if faltan < 0:
        hecho = DirectivaVencida(organizacion_id=una.id, vence_el=vence_el)
        _asentar(session, una, "vencer_directiva", None, hecho, actor=SISTEMA, ahora=ahora)
        return
    emitir(session, DirectivaPorVencer(organizacion_id=una.id, vence_el=vence_el, dias=faltan))


def _con_nota(
    session: Session,
    accion: Accion,
    datos: PasoConNota,
    hecho: OrganizacionEnReceso | OrganizacionRetomada | OrganizacionDisuelta,
    *,
    actor: Actor,
    ahora: datetime,
) -> Organizacion:
    una = _para_cambiar(session, hecho.organizacion_id, datos.version)
    una.pasar(accion)
    _asentar(session, una, accion, datos.nota, hecho, actor=actor, ahora=ahora)
    return una


def _asentar(
    session: Session,
    una: Organizacion,
    que: str,
    nota: str | None,
    hecho: Evento,
    *,
    actor: Actor,
    ahora: datetime,
) -> None:
    """Into its history, the audit and what the other services hear."""
    session.add(
        PasoDeOrganizacion(
            organizacion_id=una.id,
            accion=str(que),
            nota=nota,
            por_id=actor.id,
            por=actor.nombre,
            ocurrido_en=ahora,
        )
    )
    auditar(session, actor, f"casos.organizacion.{que}", "organizacion", una.id)
    emitir(session, hecho)
    session.flush()


def _campos(datos: DatosOrganizacion) -> dict[str, object]:
    return {campo: valor for campo, valor in vars(datos).items() if campo != "version"}


def _para_cambiar(session: Session, organizacion_id: UUID, version: int | None) -> Organizacion:
    una = organizacion_por_id(session, organizacion_id, bloquear=True)
    check_version(una, version)
    return una
