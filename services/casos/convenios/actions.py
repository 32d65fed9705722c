"""What can be done with agreements. One function, one transaction, one line of the audit.

While an agreement that allows it is in force, data may be communicated to its institution; when the
last one ends, they may not.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.convenios.models import Convenio, TipoConvenio
from casos.convenios.queries import (
    convenio_por_codigo,
    convenio_por_id,
    debe_avisar,
    permiten_comunicar,
)
from casos.convenios.reglas import reglas
from casos.convenios.states import Accion
from casos.folios import siguiente_folio
from casos.red.queries import institucion_por_id
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import DatosInvalidos
from oficina.events.casos import ConvenioPorVencer
from oficina.web.conditional import check_version

SISTEMA = Actor.sistema("casos")


@dataclass(frozen=True, kw_only=True)
class NuevoConvenio:
    """What an agreement is registered with."""

    institucion_id: UUID
    tipo: TipoConvenio
    objeto: str
    decreto: str
    desde: date
    responsable_id: UUID
    hasta: date | None = None
    monto_clp: int | None = None
    obligaciones: str = ""
    permite_comunicar_datos: bool = False
    codigo: str | None = None


@dataclass(frozen=True, kw_only=True)
class EdicionConvenio:
    """What may be corrected of an agreement in force: its days change by an extension alone."""

    objeto: str
    decreto: str
    responsable_id: UUID
    monto_clp: int | None
    obligaciones: str
    permite_comunicar_datos: bool
    codigo: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Prorroga:
    """Until when, and the decree that says so."""

    hasta: date
    decreto: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Termino:
    """Why an agreement ends."""

    motivo: str
    version: int | None = None


def registrar(
    session: Session, datos: NuevoConvenio, responsable: Responsable, actor: Actor, hoy: date
) -> Convenio:
    """Write down an agreement that was signed. Raises DatoNoEncontrado without the institution,
    DatosInvalidos when another one has its code.
    """
    institucion_por_id(session, datos.institucion_id, campo="institucion_id")
    _exigir_codigo_libre(session, datos.codigo, None)
    convenio = Convenio(
        codigo=datos.codigo,
        folio=siguiente_folio(session, "CV", hoy.year),
        institucion_id=datos.institucion_id,
        tipo=datos.tipo,
        objeto=datos.objeto,
        decreto=datos.decreto,
        desde=datos.desde,
        hasta=datos.hasta,
        monto_clp=datos.monto_clp,
        obligaciones=datos.obligaciones,
        permite_comunicar_datos=datos.permite_comunicar_datos,
        responsable_id=responsable.id,
        responsable_nombre=responsable.nombre,
    )
    session.add(convenio)
    session.flush()
    auditar(session, actor, "casos.convenio.registrar", "convenio", convenio.id)
    _ajustar_institucion(session, convenio, permitia=False)
    return convenio


def editar(
    session: Session,
    convenio_id: UUID,
    datos: EdicionConvenio,
    responsable: Responsable,
    actor: Actor,
) -> Convenio:
    """Correct what was written. Raises TransicionInvalida unless it is in force."""
    convenio = _para_cambiar(session, convenio_id, datos.version)
    convenio.exigir(Accion.EDITAR)
    _exigir_codigo_libre(session, datos.codigo, convenio)
    permitia = convenio.permite_comunicar_datos
    convenio.codigo = datos.codigo
    convenio.objeto, convenio.decreto = datos.objeto, datos.decreto
    convenio.monto_clp, convenio.obligaciones = datos.monto_clp, datos.obligaciones
    convenio.permite_comunicar_datos = datos.permite_comunicar_datos
    convenio.responsable_id, convenio.responsable_nombre = responsable.id, responsable.nombre
    auditar(session, actor, "casos.convenio.editar", "convenio", convenio.id)
    _ajustar_institucion(session, convenio, permitia=permitia)
    return convenio


def prorrogar(
    session: Session, convenio_id: UUID, datos: Prorroga, actor: Actor, hoy: date
) -> Convenio:
    """Extend an agreement; what is told before its end is told anew."""
    convenio = _para_cambiar(session, convenio_id, datos.version)
    convenio.prorrogar(datos.hasta, datos.decreto, hoy)
    auditar(session, actor, "casos.convenio.prorrogar", "convenio", convenio.id)
    _ajustar_institucion(session, convenio, permitia=convenio.permite_comunicar_datos)
    return convenio


def terminar(session: Session, convenio_id: UUID, datos: Termino, actor: Actor) -> Convenio:
    """End an agreement."""
    convenio = _para_cambiar(session, convenio_id, datos.version)
    convenio.terminar(datos.motivo)
    auditar(session, actor, "casos.convenio.terminar", "convenio", convenio.id)
    _ajustar_institucion(session, convenio, permitia=convenio.permite_comunicar_datos)
    return convenio


def seguir(session: Session, convenio_id: UUID, hoy: date) -> None:
    """Tell the notice that is due, or that the agreement has ended; nothing when another did."""
    convenio = convenio_por_id(session, convenio_id, bloquear=True)
    faltan = convenio.faltan(hoy)
    if convenio.hasta is None or faltan is None or not debe_avisar(convenio, hoy):
        return
    if faltan < 0:
        convenio.vencer()
        auditar(session, SISTEMA, "casos.convenio.vencer", "convenio", convenio.id)
        _ajustar_institucion(session, convenio, permitia=convenio.permite_comunicar_datos)
        return
    convenio.aviso_dias = reglas().aviso(faltan)
    vence_el = convenio.hasta.isoformat()
    emitir(session, ConvenioPorVencer(convenio_id=convenio.id, vence_el=vence_el, dias=faltan))


def _ajustar_institucion(session: Session, convenio: Convenio, *, permitia: bool) -> None:
    """An institution may get data while an agreement says so. One that may without any agreement
    here (the directory says it) stays as it is.
    """
    session.flush()
    institucion = institucion_por_id(session, convenio.institucion_id, campo="institucion_id")
    if permiten_comunicar(session, institucion.id):
        institucion.permite_comunicar_datos = True
    elif permitia:
        institucion.permite_comunicar_datos = False


def _exigir_codigo_libre(session: Session, codigo: str | None, propio: Convenio | None) -> None:
    otro = convenio_por_codigo(session, codigo) if codigo else None
    if otro is not None and otro is not propio:
        raise DatosInvalidos({"codigo": [_("Ya hay un convenio con ese código.")]})


def _para_cambiar(session: Session, convenio_id: UUID, version: int | None) -> Convenio:
    convenio = convenio_por_id(session, convenio_id, bloquear=True)
    check_version(convenio, version)
    return convenio
