"""Messages that a transaction changes apart from its session, to be written together at its end.

A session writes a row that counts its versions by a statement of its own, and each line of its
history as an object that it keeps. Who has several messages in hand writes what changed in all of
them by one statement, and their lines by another. They are locked: nobody else changes them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from notificaciones.mensajes.models import Mensaje, PasoDeMensaje
from oficina.rows import write_rows

_MENSAJES: Table = Mensaje.metadata.tables[Mensaje.__tablename__]
_PASOS: Table = PasoDeMensaje.metadata.tables[PasoDeMensaje.__tablename__]
_CHANGE = update(_MENSAJES).where(
    _MENSAJES.c.id == bindparam("suelto_id"), _MENSAJES.c.version == bindparam("suelto_version")
)


def soltar(session: Session, mensajes: Iterable[Mensaje]) -> None:
    """Take messages that were just read and locked out of their session."""
    for mensaje in mensajes:
        session.expunge(mensaje)


def escribir(session: Session, mensajes: Sequence[Mensaje]) -> None:
    """Write what changed in them since they were read, once, and what happened to them.

    Raises StaleDataError when one is not as it was read.
    """
    por_columnas: dict[frozenset[str], list[dict[str, Any]]] = {}
    for mensaje in mensajes:
        if cambios := _changes(mensaje):
            por_columnas.setdefault(frozenset(cambios), []).append(cambios)
    connection = session.connection()
    for filas in por_columnas.values():
        if connection.execute(_CHANGE, filas).rowcount != len(filas):
            raise StaleDataError("a message changed while it was held")
    escribir_pasos(session, mensajes)


def escribir_pasos(session: Session, mensajes: Sequence[Mensaje]) -> None:
    """Write what happened to messages that are in no session, whose rows are written."""
    if lineas := [linea for mensaje in mensajes for linea in mensaje.pasos_por_escribir]:
        write_rows(session, _PASOS, lineas)
    for mensaje in mensajes:
        mensaje.pasos_por_escribir.clear()


def _changes(mensaje: Mensaje) -> dict[str, Any]:
    """The columns that have another value, and which row it is."""
    values = vars(mensaje)
    cambios = {
        name: values[name]
        for name, before in inspect(mensaje).committed_state.items()
        if values[name] != before
    }
    if cambios:
        version = mensaje.version
        cambios |= {"suelto_id": mensaje.id, "suelto_version": version, "version": version + 1}
    return cambios
