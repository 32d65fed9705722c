"""Whoever looks for messages finds them by an index, although most indexes hold few of them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex

from columns import COLUMNS
from notificaciones import bloqueos, supresion, uniones
from notificaciones.avisos.queries import del_resumen
from notificaciones.bajas.queries import direccion_de
from notificaciones.entrantes.actions import _sent_to
from notificaciones.mensajes import actions, filas, queries, recordatorios, respaldo, simulacion
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.recibos import _about
from notificaciones.mensajes.states import Estado, Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal, Clave
from notificaciones.proveedores.models import Acuse, Recibo
from notificaciones.proveedores.simulador import SIMULADOR
from notificaciones.rebotes.actions import _came_back
from oficina.accesos import UsoDeCuenta
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.rows import write_many

CUANTOS = 20_000
VISIBLES = frozenset(Clave)


def _id(que: str, numero: int) -> UUID:
    return UUID(int=int.from_bytes(que.encode()) << 64 | numero)


def _fila(numero: int) -> dict[str, Any]:
    """Of ten, four are reminders of appointments, three were asked for, and the others are notices
    to the staff and mails to institutions; the last ones have not left.
    """
    tipo, quien = numero % 10, numero // 10
    hace = timedelta(minutes=CUANTOS - numero)
    estado = Estado.ENTREGADA if tipo else Estado.CANCELADA
    if numero >= CUANTOS - 300:
        estado = (Estado.PROGRAMADA, Estado.LISTA, Estado.RESERVADA)[numero % 3]
    salio = estado is Estado.ENTREGADA
    proveedor = (SIMULADOR if numero % 400 == 1 else "pasarela") if salio else None
    cuando = real_now() - hace
    return {
        "id": _id("mensaje", numero),
        "clave_de_negocio": f"clave/{numero}",
        "plantilla": Clave.RECORDATORIO_PLAZO if tipo == 9 else Clave.DERIVACION_ENVIADA,
        "datos": {},
        "prioridad": Prioridad.NORMAL,
        "persona_id": _id("persona", quien % 1500) if tipo < 6 else None,
        "caso_id": _id("caso", quien % 1700) if tipo in {0, 1, 9} else None,
        "derivacion_id": _id("deriva", quien) if tipo == 9 else None,
        "cita_id": _id("cita", quien) if tipo < 4 else None,
        "regla": f"regla{tipo}" if tipo < 4 else None,
        "pedido_por": _id("actor", 1) if tipo in {4, 5, 6} else None,
        "resumen_id": _id("resumen", quien // 10) if tipo == 9 and salio else None,
        "canal": Canal.CORREO if tipo == 9 else Canal.SMS,
        "destino_indice": f"{quien % 1500:064}" if numero > CUANTOS // 2 else None,
        "en_resumen": tipo == 9,
        "estado": estado,
        "motivo": None,
        "enviar_en": cuando,
        "entregado_en": cuando if salio else None,
        "proveedor": proveedor,
        "referencia": f"de-la-pasarela-{numero}" if salio else None,
        "intentos": 0,
        "visible": cuando,
        "reservada_hasta": cuando if estado is Estado.RESERVADA else None,
        "llamado": False,
        "creado_en": cuando,
        "cambiado_en": cuando,
        "version": 1,
    }


_PERSONA, _CASO, _CITA = _id("persona", 7), _id("caso", 7), _id("cita", 7)
_INDICE = f"{7:064}"
_ANTES = real_now() - timedelta(days=365)
_USO = UsoDeCuenta(cuenta_id=_id("actor", 1), desde=_ANTES, antes_de=real_now())
_OTRO = Mensaje(id=_id("mensaje", 1), cita_id=_CITA, regla="regla2")


def _recibo(numero: int) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "proveedor": "pasarela",
        "huella": f"{numero:064}",
        "referencia": "",
        "mensaje_id": _id("mensaje", numero),
        "acuse": Acuse.REBOTADA,
        "detalle": "4.2.2",
        "recibido_en": real_now() - timedelta(minutes=CUANTOS - numero),
        "aplicado_en": real_now(),
    }


def _filtrado(**campos: Any) -> Callable[[Session], object]:
    return lambda s: queries.mensajes(s, queries.Filtro(visibles=VISIBLES, **campos))


LECTORES: Mapping[str, tuple[Callable[[Session], object], Sequence[str]]] = {
    # Who looks for some messages among all, and the indexes that it cannot do without.
    "what a provider says by its own name": (
        lambda s: _about(s, Recibo(proveedor="pasarela", referencia="de-la-pasarela-777")),
        ["referencia"],
    ),
    "the list, of a person": (_filtrado(persona_id=_PERSONA), ["persona_id"]),
    "the list, of a case": (_filtrado(caso_id=_CASO), ["caso_id"]),
    "the list, of a derivation": (_filtrado(derivacion_id=_id("deriva", 7)), ["derivacion_id"]),
    "the list, of an appointment": (_filtrado(cita_id=_CITA), ["cita_id_regla"]),
    "all to a person": (lambda s: queries.de_persona(s, _PERSONA), ["persona_id"]),
    "the reminders of an appointment": (
        lambda s: recordatorios.retirar_recordatorios(s, _CITA, Motivo.CITA_CANCELADA),
        ["cita_id_regla"],
    ),
    "the reminder of a rule": (
        lambda s: recordatorios._reminder(s, _CITA, "regla2"),
        ["cita_id_regla"],
    ),
    "whether the same waits": (
        lambda s: respaldo._known(s, _OTRO, "clave/ninguna"),
        ["cita_id_regla"],
    ),
    "what has not left to a person": (
        lambda s: actions.retirar_de_persona(s, _PERSONA, Motivo.NO_CONTACTAR),
        ["persona_id"],
    ),
    "a person who is blocked": (
        lambda s: bloqueos.retirar(s, _PERSONA, [_CASO]),
        ["persona_id", "caso_id"],
    ),
    "a person without cases who is blocked": (
        lambda s: bloqueos.retirar(s, _PERSONA, []),
        ["persona_id"],
    ),
    "what was withdrawn by a block": (
        lambda s: list(
            bloqueos.reponer(s, _PERSONA, [_CASO], real_now() - timedelta(days=365), "otra")
        ),
        ["persona_id", "caso_id"],
    ),
    "what would be erased": (
        lambda s: supresion.contar(s, _PERSONA, [_CASO]),
        ["persona_id", "caso_id"],
    ),
    "what is erased": (
        lambda s: supresion.borrar(s, _PERSONA, [_CASO, _id("caso", 8)]),
        ["persona_id", "caso_id"],
    ),
    "records that are joined": (
        lambda s: uniones.llevar(s, _PERSONA, _id("persona", 8)),
        ["persona_id"],
    ),
    "records that are parted": (
        lambda s: uniones.devolver(s, _PERSONA, _id("persona", 8), [], [str(_CASO)]),
        ["persona_id"],
    ),
    "what one mail speaks for": (
        lambda s: s.scalars(filas._TAKEN, {"junto": _id("resumen", 7)}).all(),
        ["resumen_id"],
    ),
    "what a digest took": (lambda s: del_resumen(s, _id("resumen", 7)), ["resumen_id"]),
    "the address of an index": (lambda s: direccion_de(s, _INDICE), ["destino_indice"]),
    "what left for an address": (lambda s: _sent_to(s, _INDICE), ["destino_indice"]),
    "what came back from an address": (
        lambda s: _came_back(s, _INDICE, _ANTES),
        ["destino_indice"],
    ),
    "what a worker left behind": (
        lambda s: queries.abandonados(s, real_now()),
        ["estado_enviar_en"],
    ),
    "what somebody simulated has": (simulacion.pendientes, ["simulados"]),
    "whom an account touched": (
        lambda s: queries.alcanzadas(s, _USO),
        ["resumen_id"],
    ),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_reader_finds_its_index(
    column: str, fresh_db: Callable[[str, str], Database]
) -> None:
    db = fresh_db(column, "notificaciones")
    with db.begin() as session:
        write_many(session, Mensaje, (_fila(numero) for numero in range(CUANTOS)))
        write_many(session, Recibo, (_recibo(numero) for numero in range(0, CUANTOS, 3)))
    with db.begin() as session:
        session.execute(text("ANALYZE"))

    for lector, (leer, indices) in LECTORES.items():
        with _dichas(db) as dichas, db.begin() as session:
            leer(session)
            session.rollback()
        for explicar in _EXPLICAN[db.engine.dialect.name]:
            plan = "\n".join(explicar(db, sql, params) for sql, params in dichas)
            assert not re.search(r"(SCAN|Seq Scan on) mensajes\b", plan), f"{lector}: {plan}"
            usados = set(re.findall(r"\bix_mensajes_(\w+)", plan))
            assert usados.issuperset(indices), f"{lector}: {plan}"


def test_the_migrated_indexes_are_those_of_the_model(
    fresh_db: Callable[[str, str], Database],
) -> None:
    db = fresh_db("sqlite", "notificaciones")
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'mensajes'"
    with db.read() as session:
        hallados = {name: sql for name, sql in session.execute(text(query)) if sql is not None}

    tabla = Mensaje.metadata.tables[Mensaje.__tablename__]
    assert hallados == {
        uno.name: str(CreateIndex(uno).compile(dialect=db.engine.dialect)) for uno in tabla.indexes
    }


@contextmanager
def _dichas(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is said to the database about messages."""
    dichas: list[tuple[str, Any]] = []

    def oir(_conn: Any, _cursor: Any, sql: str, params: Any, *_rest: Any) -> None:
        if re.search(r"(FROM|JOIN|UPDATE) mensajes\b", sql):
            dichas.append((sql, params))

    event.listen(db.engine, "before_cursor_execute", oir)
    yield dichas
    event.remove(db.engine, "before_cursor_execute", oir)


def _plan(db: Database, sql: str, params: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
    with db.read() as session:
        rows = session.connection().exec_driver_sql(explain + sql, params)
        return "\n".join(str(row[-1]) for row in rows)


def _plan_de_cualquiera(db: Database, sql: str, params: Mapping[str, Any]) -> str:
    """Of a statement that is kept prepared, whatever it is asked."""
    nombres = list(params)
    preparada = re.sub(r"%\((\w+)\)s", lambda hit: f"${nombres.index(hit[1]) + 1}", sql)
    nulos = ", ".join(["NULL"] * len(nombres))
    with db.begin() as session:
        connection = session.connection()
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(f"PREPARE una AS {preparada.replace('%%', '%')}")
        rows = connection.exec_driver_sql(f"EXPLAIN EXECUTE una({nulos})").all()
        connection.exec_driver_sql("DEALLOCATE una")
        return "\n".join(str(row[-1]) for row in rows)


_EXPLICAN = {"sqlite": [_plan], "postgresql": [_plan, _plan_de_cualquiera]}
