"""The attached files themselves, brought to where the typesetter reads them: a piece at a time, up
to a limit in all, and never one that is not what was attached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from casos.adjuntos.models import Adjunto
from casos.adjuntos.queries import AdjuntoAlterado, contenido
from casos.foliados.partes import Parte
from casos.foliados.reglas import cabe
from oficina import telemetry
from oficina.db import Database

log = telemetry.get_logger("casos.foliados")

IMAGENES = frozenset({"jpeg", "png"})
"""Kinds of which the document also shows a page."""


class Falta(StrEnum):
    """Why a file does not go inside."""

    NO_CABE = "no_cabe"
    ALTERADO = "alterado"


@dataclass(frozen=True)
class Archivo:
    """A file in the folder: its name there and in the document, which says nothing of anybody."""

    nombre: str
    mime: str
    imagen: bool


@dataclass(frozen=True)
class Reunidos:
    """By the number of their part, the files that go inside, and why others do not."""

    van: Mapping[int, Archivo]
    faltan: Mapping[int, Falta]
    ids: Sequence[UUID]


def reunir(db: Database, partes: Sequence[Parte], carpeta: Path) -> Reunidos:
    """Write them into a folder, in their order, those that still fit."""
    van: dict[int, Archivo] = {}
    faltan: dict[int, Falta] = {}
    ids: list[UUID] = []
    queda = cabe()
    for numero, parte in enumerate(partes, start=1):
        if parte.adjunto is None:
            continue
        if parte.adjunto.tamano > queda:
            faltan[numero] = Falta.NO_CABE
            continue
        nombre = f"adjunto-{numero}.{parte.adjunto.que_es.extension}"
        if not _escribir(db, parte.adjunto, carpeta / nombre):
            faltan[numero] = Falta.ALTERADO
            continue
        queda -= parte.adjunto.tamano
        ids.append(parte.adjunto.id)
        van[numero] = Archivo(nombre, parte.adjunto.que_es.mime, parte.adjunto.tipo in IMAGENES)
    return Reunidos(van, faltan, ids)


def _escribir(db: Database, adjunto: Adjunto, donde: Path) -> bool:
    """Whether all of it was there and is what was attached."""
    try:
        with donde.open("wb") as archivo:
            for pieza in contenido(db, adjunto):
                archivo.write(pieza)
    except AdjuntoAlterado:
        log.error("adjunto_alterado", adjunto_id=str(adjunto.id))
        donde.unlink(missing_ok=True)
        return False
    return True
