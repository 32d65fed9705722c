"""What can be done with deliveries, goods and accounts. One function, one transaction, one line of
the audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.folios import siguiente_folio
from casos.programas.entregas import existencias
from casos.programas.entregas.models import (
    Articulo,
    Entrega,
    MovimientoExistencia,
    Receptor,
    Rendicion,
    TipoExistencia,
)
from casos.programas.entregas.queries import articulo_por_id, por_rendir
from casos.programas.models import TipoMovimiento
from casos.programas.postulaciones.actions import anotar_paso, para_cambiar
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.states import Accion
from casos.programas.presupuesto import mover
from casos.programas.queries import programa_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatoNoEncontrado, DatosInvalidos
from oficina.events.casos import BeneficioEntregado


@dataclass(frozen=True, kw_only=True)
class Salida:
    """So many of a kind of thing."""

    articulo_id: UUID
    cantidad: int


@dataclass(frozen=True, kw_only=True)
class NuevaEntrega:
    """What is handed over, and to whom; all that was promised when no amount is said."""

    receptor: Receptor
    receptor_nombre: str = ""
    receptor_documento: str = ""
    monto_clp: int | None = None
    articulos: Sequence[Salida] = ()
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoArticulo:
    """A kind of thing that a programme keeps."""

    nombre: str
    unidad: str


@dataclass(frozen=True, kw_only=True)
class NuevoMovimiento:
    """Goods that come in, or a count that was wrong; what goes out does so with a delivery."""

    tipo: TipoExistencia
    cantidad: int
    respaldo: str


def entregar(
    session: Session, postulacion_id: UUID, datos: NuevaEntrega, actor: Actor, ahora: datetime
) -> Entrega:
    """Hand over what was granted: the money that was promised is spent, what is left of it is free
    again, and the goods leave the store.

    Raises NoPermitido to whoever presented or approved it, DatosInvalidos when it is more than was
    promised, DatoNoEncontrado for goods of another programme, SinExistencias.
    """
    postulacion, programa = para_cambiar(session, postulacion_id, datos.version, actor)
    postulacion.entregar(actor.id, clock.local(ahora).date())
    monto = postulacion.monto_clp if datos.monto_clp is None else datos.monto_clp
    if monto > postulacion.monto_clp:
        raise DatosInvalidos({"monto_clp": [_("Es más que lo aprobado.")]})
    entrega = Entrega(
        folio=siguiente_folio(session, "AE", clock.local(ahora).year),
        postulacion_id=postulacion.id,
        programa_id=programa.id,
        tipo=programa.tipo,
        monto_clp=monto,
        receptor=datos.receptor,
        receptor_nombre=datos.receptor_nombre or None,
        receptor_documento=datos.receptor_documento or None,
        entregada_en=ahora,
        entregada_por_id=actor.id,
        entregada_por=actor.nombre,
        autorizada_por=postulacion.aprobada_por,
    )
    session.add(entrega)
    session.flush()
    pesos = {
        TipoMovimiento.ENTREGA: monto,
        TipoMovimiento.LIBERACION: postulacion.monto_clp - monto,
    }
    for tipo, cuanto in pesos.items():
        if cuanto or tipo is TipoMovimiento.ENTREGA:
            mover(session, programa.id, tipo, cuanto, actor.nombre, ahora, respaldo=entrega.folio)
    # What counts against the period is what the person got.
    postulacion.monto_clp = monto
    _sacar(session, entrega, datos.articulos, actor, ahora)
    anotar_paso(session, postulacion, Accion.ENTREGAR, actor, ahora)
    emitir(
        session,
        BeneficioEntregado(
            entrega_id=entrega.id,
            postulacion_id=postulacion.id,
            programa_id=programa.id,
            tipo_beneficio=entrega.tipo.value,
        ),
    )
    return entrega


def agregar_articulo(
    session: Session, programa_id: UUID, datos: NuevoArticulo, actor: Actor
) -> Articulo:
    """Keep another kind of thing. Raises DatosInvalidos when the programme has it already."""
    programa_por_id(session, programa_id, bloquear=True)
    igual = select(Articulo.id).where(
        Articulo.programa_id == programa_id, Articulo.nombre == datos.nombre
    )
    if session.scalar(igual) is not None:
        raise DatosInvalidos({"nombre": [_("El programa ya tiene un artículo con ese nombre.")]})
    articulo = Articulo(
        programa_id=programa_id, nombre=datos.nombre, unidad=datos.unidad, existencias=0
    )
    session.add(articulo)
    session.flush()
    auditar(session, actor, "casos.articulo.agregar", "articulo", articulo.id)
    return articulo


def mover_existencias(
    session: Session, articulo_id: UUID, datos: NuevoMovimiento, actor: Actor, ahora: datetime
) -> MovimientoExistencia:
    """Take goods in, or correct how many there are."""
    articulo = articulo_por_id(session, articulo_id)
    movimiento = existencias.mover(
        session,
        articulo.id,
        datos.tipo,
        datos.cantidad,
        actor.nombre,
        ahora,
        respaldo=datos.respaldo,
    )
    auditar(session, actor, f"casos.articulo.{datos.tipo}", "articulo", articulo.id)
    return movimiento


def rendir(
    session: Session, programa_id: UUID, hasta: date, actor: Actor, ahora: datetime
) -> Rendicion:
    """Account for what was handed over up to a day, each delivery in one account.

    Raises Conflicto when there is nothing to account for.
    """
    programa = programa_por_id(session, programa_id, bloquear=True)
    fin = datetime.combine(hasta + timedelta(days=1), time(), tzinfo=clock.ZONA)
    entregas = por_rendir(session, programa_id, fin)
    if not entregas:
        raise Conflicto(_("No hay entregas sin rendir hasta ese día."))
    rendicion = Rendicion(
        folio=siguiente_folio(session, "RN", clock.local(ahora).year),
        programa_id=programa.id,
        hasta=hasta,
        entregas=len(entregas),
        monto_clp=sum(una.monto_clp for una in entregas),
        hecha_en=ahora,
        hecha_por=actor.nombre,
    )
    session.add(rendicion)
    session.flush()
    hoy = clock.local(ahora).date()
    for una in entregas:
        una.rendicion_id = rendicion.id
        una.postulacion.pasar(Accion.RENDIR, hoy)
        anotar_paso(session, una.postulacion, Accion.RENDIR, actor, ahora)
    auditar(session, actor, "casos.rendicion.hacer", "rendicion", rendicion.id)
    return rendicion


def vaciar(session: Session, postulaciones: Sequence[Postulacion]) -> None:
    """Forget who came instead of somebody who is being erased; what was handed over stays."""
    suyas = select(Entrega).where(Entrega.postulacion_id.in_([una.id for una in postulaciones]))
    for entrega in session.scalars(suyas.with_for_update()):
        entrega.receptor_nombre = entrega.receptor_documento = None


def _sacar(
    session: Session, entrega: Entrega, salidas: Sequence[Salida], actor: Actor, ahora: datetime
) -> None:
    # Always in one order: two deliveries of the same goods never wait for each other.
    for salida in sorted(salidas, key=lambda una: una.articulo_id):
        articulo = session.get(Articulo, salida.articulo_id)
        if articulo is None or articulo.programa_id != entrega.programa_id:
            raise DatoNoEncontrado({"articulos": [_("Ese artículo no es de este programa.")]})
        existencias.mover(
            session,
            articulo.id,
            TipoExistencia.SALIDA,
            salida.cantidad,
            actor.nombre,
            ahora,
            respaldo=entrega.folio,
            entrega_id=entrega.id,
        )
