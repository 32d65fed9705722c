"""The rows as files: CSV for a spreadsheet, JSON for a program. Written row by row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from identidad.auditoria import etiquetas
from identidad.auditoria.servicios import Anotacion
from oficina import hojas
from oficina.clock import local

COLUMNAS = (
    "servicio",
    "secuencia",
    "ocurrida_en",
    "hora_en_chile",
    "actor_tipo",
    "actor_id",
    "actor_nombre",
    "accion",
    "accion_nombre",
    "recurso",
    "recurso_id",
    "cantidad",
    "motivo_codigo",
    "con_motivo",
    "direccion",
    "sesion_id",
    "correlation_id",
    "id",
    "sellada_en",
    "hash",
)


def a_csv(anotaciones: Iterable[Anotacion]) -> Iterator[bytes]:
    """A line a row, UTF-8, comma."""
    filas = ([_escrito(valor) for valor in _valores(una).values()] for una in anotaciones)
    return hojas.a_csv(COLUMNAS, filas)


def a_json(anotaciones: Iterable[Anotacion]) -> Iterator[bytes]:
    """A list, a line a row."""
    before = "["
    for una in anotaciones:
        values = {
            name: value if isinstance(value, (int, bool)) or value is None else _escrito(value)
            for name, value in _valores(una).items()
        }
        yield f"{before}\n{json.dumps(values, ensure_ascii=False)}".encode()
        before = ","
    yield b"\n]\n" if before == "," else b"[]\n"


FORMATOS: Mapping[str, Callable[[Iterable[Anotacion]], Iterator[bytes]]] = {
    "csv": a_csv,
    "json": a_json,
}


def _valores(una: Anotacion) -> dict[str, Any]:
    said = {
        "hora_en_chile": f"{local(una['ocurrida_en']):%Y-%m-%d %H:%M:%S}",
        "accion_nombre": etiquetas.accion(una["accion"]),
    }
    return {name: said[name] if name in said else una[name] for name in COLUMNAS}


def _escrito(valor: Any) -> str:
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "1" if valor else "0"
    return valor.isoformat() if hasattr(valor, "isoformat") else str(valor)
