"""What can be done: keep the facts up to date, and ask for a report and make it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from oficina import audit
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.errors import DatosInvalidos
from oficina.jobs import nudge_after_commit
from reportes.meses import Mes
from reportes.models import Etiqueta, Fuente, Hecho, Informe
from reportes.queries import CASOS, hay_datos
from reportes.states import Alcance, EstadoInforme
from reportes.supresion import confirmar_leidas


def pedir_lectura(session: Session, servicio: str) -> None:
    """Note that a service has something new, and nudge whoever reads it; once a transaction."""
    if session.info.get("lectura_pedida"):
        return
    session.info["lectura_pedida"] = True
    tocadas = session.execute(
        update(Fuente).where(Fuente.servicio == servicio).values(pedidos=Fuente.pedidos + 1)
    )
    if not tocadas.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result counts
        asegurar_fuente(session, servicio)
        session.execute(
            update(Fuente).where(Fuente.servicio == servicio).values(pedidos=Fuente.pedidos + 1)
        )
    nudge_after_commit(session, "reportes.traer")


def asegurar_fuente(session: Session, servicio: str) -> None:
    """Make the row that remembers how far a service was read, unless it is there."""
    fila = {
        "servicio": servicio,
        "cursor": "",
        "generacion": 1,
        "reconstruyendo": False,
        "pedidos": 0,
        "atendidos": 0,
        "revision": 0,
    }
    session.execute(_insert(session, Fuente).on_conflict_do_nothing(), [fila])


def reconstruir(session: Session, servicio: str = CASOS) -> None:
    """Read every fact of a service again from the beginning.

    The present figures stand until the new reading has ended; what it did not find goes then.
    """
    asegurar_fuente(session, servicio)
    session.execute(
        update(Fuente)
        .where(Fuente.servicio == servicio)
        .values(
            cursor="",
            generacion=Fuente.generacion + 1,
            reconstruyendo=True,
            pedidos=Fuente.pedidos + 1,
        )
    )
    nudge_after_commit(session, "reportes.traer")


def guardar_pagina(
    session: Session, fuente: Fuente, hechos: Iterable[Mapping[str, Any]], cursor: str
) -> bool:
    """Write a page and the new cursor over what is there, in one transaction.

    `fuente` is the reading as it was when the page was asked for. Returns False, and writes
    nothing, when somebody else has read on or begun again meanwhile.
    """
    contados = [h for h in hechos if h["vigente"]]
    retirados = [h["id"] for h in hechos if not h["vigente"]]
    movida = session.execute(
        update(Fuente)
        .where(
            Fuente.servicio == fuente.servicio,
            Fuente.cursor == fuente.cursor,
            Fuente.generacion == fuente.generacion,
        )
        .values(cursor=cursor, revision=Fuente.revision + 1)
    )
    if not movida.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result counts
        return False
    if retirados:
        session.execute(delete(Hecho).where(Hecho.id.in_(retirados)))
    _escribir(session, Hecho, [{**h, "generacion": fuente.generacion} for h in contados])
    return True


def guardar_etiquetas(session: Session, etiquetas: Iterable[Mapping[str, str]]) -> None:
    """Take over the words of the codes, as their owner says them now."""
    _escribir(session, Etiqueta, [dict(etiqueta) for etiqueta in etiquetas])


def cerrar_lectura(session: Session, fuente: Fuente, pedidos: int) -> None:
    """Note that everything was read that had been asked for before reading began."""
    session.execute(
        update(Fuente)
        .where(Fuente.servicio == fuente.servicio, Fuente.generacion == fuente.generacion)
        .values(atendidos=pedidos, traido_en=real_now(), reconstruyendo=False)
    )
    if fuente.reconstruyendo:
        session.execute(delete(Hecho).where(Hecho.generacion < fuente.generacion))
    confirmar_leidas(session, pedidos)


def pedir_informe(session: Session, mes: Mes, alcance: Alcance, actor: Actor) -> Informe:
    """Ask for a month as PDF; it is made apart, and its row tells how far it is.

    Raises DatosInvalidos for a month in which nothing happened.
    """
    if not hay_datos(session, mes):
        raise DatosInvalidos({"mes": [_("No hay datos de ese mes.")]})
    informe = Informe(
        mes=mes.clave,
        alcance=alcance,
        estado=EstadoInforme.SOLICITADO,
        progreso=0,
        intentos=0,
        pedido_por_id=actor.id,
        pedido_por=actor.nombre,
        pedido_en=real_now(),
    )
    session.add(informe)
    session.flush()
    audit.registrar(session, actor, "reportes.informe.pedir", "informe", informe.id)
    nudge_after_commit(session, "reportes.generar_informe", str(informe.id))
    return informe


def tomar_informe(session: Session, informe_id: UUID) -> Informe | None:
    """Take a report to make it; None when somebody has it, it is made, or it was given up."""
    ahora = real_now()
    informe = session.get(Informe, informe_id, with_for_update=True)
    if informe is None or informe.estado in {EstadoInforme.LISTO, EstadoInforme.FALLIDO}:
        return None
    if informe.tomado_hasta is not None and informe.tomado_hasta > ahora:
        return None
    return informe if informe.tomar(ahora) else None


def avanzar_informe(session: Session, informe_id: UUID, progreso: int) -> None:
    """Say how far a report is."""
    session.get_one(Informe, informe_id).avanzar(progreso, real_now())


def soltar_informe(session: Session, informe_id: UUID) -> None:
    """Give up this try: whoever sweeps next may take the report."""
    session.get_one(Informe, informe_id).tomado_hasta = None


def entregar_informe(session: Session, informe_id: UUID, pdf: bytes, revision: int) -> None:
    """Keep the file of a report, with its hash, unless a worker thought dead was first."""
    informe = session.get_one(Informe, informe_id, with_for_update=True)
    if informe.estado is EstadoInforme.LISTO:
        return
    informe.entregar(pdf, hashlib.sha256(pdf).hexdigest(), revision, real_now())


def _insert(session: Session, tabla: type[Any]) -> Any:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(tabla.__table__)


def _escribir(session: Session, tabla: type[Any], filas: list[dict[str, Any]]) -> None:
    """Insert rows, or write them over those with the same key."""
    if not filas:
        return
    claves = [columna.name for columna in tabla.__table__.primary_key]
    orden = _insert(session, tabla)
    nuevos = {
        c.name: orden.excluded[c.name] for c in tabla.__table__.columns if c.name not in claves
    }
    session.execute(orden.on_conflict_do_update(index_elements=claves, set_=nuevos), filas)
