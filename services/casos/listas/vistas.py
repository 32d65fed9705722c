"""A list as it is read: through the reader's scope, and written down."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from casos.alcance import Alcance
from casos.listas.lista import POR_PAGINA, Filtro, Lista, Pagina
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor

POR_PEDIDO = 200
"""Rows that a program gets at a time."""


def leer(lista: Lista, filtro: Filtro, *, cuantas: int = POR_PAGINA) -> Pagina:
    """A page of a list. Raises NoPermitido to who narrows by what they may not read, DatosInvalidos
    for a mark of another order.
    """
    lista.exigir({nombre: valor for nombre, valor in vars(filtro).items() if valor})
    with env().db.read() as session:
        pagina = lista.leer(session, filtro, Alcance.de(actor()), clock.now(), cuantas=cuantas)
    registrar_lectura(env().db, actor(), lista.lee, lista.recurso, None, cantidad=len(pagina.filas))
    return pagina


def en_codigos(consulta: Mapping[str, Any]) -> str:
    """A filter as the audit holds it: codes, ids and days."""
    return urlencode(sorted(consulta.items()))
