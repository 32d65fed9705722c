"""Reads a chain again from its first link, and names the first that is not what was sealed.

A page at a time, so that memory does not grow with the chain, each in a transaction of its own:
links are only ever added at the end. The signed heads are held against the chain as it passes them:
who can write the database can make a chain that agrees with itself, and cannot sign it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, func, select, type_coerce

from oficina.audit import Auditoria, huella_de_motivo
from oficina.cadena.heads import CabezaFirmada
from oficina.cadena.tables import (
    FILA,
    GENESIS,
    Cabeza,
    Eslabon,
    PorSellar,
    cabeza,
    hash_de,
    huella_de,
)
from oficina.db import Database
from oficina.privacy import KeyringError, current_keyring
from oficina.texts import N_

PAGE = 1000

_SEALED = {"motivo": Auditoria.motivo, "motivo_sal": Auditoria.motivo_sal}
_NAMES = [f"fila_{column.name}" for column in FILA]
_PAGE_OF_LINKS = (
    select(
        Eslabon.secuencia,
        Eslabon.auditoria_id,
        Eslabon.sellada_en,
        Eslabon.huella,
        Eslabon.hash,
        *(column.label(name) for column, name in zip(FILA, _NAMES, strict=True)),
        # As they are stored: a reason that does not open is a finding, not an end.
        *(type_coerce(column, Text).label(name) for name, column in _SEALED.items()),
    )
    .join_from(Eslabon, Auditoria, Auditoria.id == Eslabon.auditoria_id, isouter=True)
    .order_by(Eslabon.secuencia)
)


_WAITING = select(func.count(PorSellar.auditoria_id), func.min(Auditoria.ocurrida_en)).join_from(
    PorSellar, Auditoria, Auditoria.id == PorSellar.auditoria_id, isouter=True
)


class Que(StrEnum):
    """What is wrong with a link."""

    FALTA_ESLABON = "falta_eslabon"
    FILA_BORRADA = "fila_borrada"
    FILA_CAMBIADA = "fila_cambiada"
    MOTIVO_CAMBIADO = "motivo_cambiado"
    ESLABON_CAMBIADO = "eslabon_cambiado"
    NO_ES_LO_FIRMADO = "no_es_lo_firmado"
    FALTA_EL_FINAL = "falta_el_final"
    CABEZA_AJENA = "cabeza_ajena"
    FUERA_DE_LA_CADENA = "fuera_de_la_cadena"
    BORRADA_SIN_SELLAR = "borrada_sin_sellar"


DICE = {
    Que.FALTA_ESLABON: N_("Falta el eslabón: lo borraron junto con su anotación."),
    Que.FILA_BORRADA: N_("La anotación ya no está."),
    Que.FILA_CAMBIADA: N_("La anotación no dice lo que se selló."),
    Que.MOTIVO_CAMBIADO: N_("El motivo escrito no es el que se selló."),
    Que.ESLABON_CAMBIADO: N_("El eslabón no sigue al anterior: uno de los dos fue cambiado."),
    Que.NO_ES_LO_FIRMADO: N_("La cadena no es la que se firmó: alguien la rehízo."),
    Que.FALTA_EL_FINAL: N_("La cadena termina antes de lo que se firmó."),
    Que.CABEZA_AJENA: N_("Una cabeza no está firmada por esta oficina."),
    Que.FUERA_DE_LA_CADENA: N_("La anotación está fuera de la cadena: no la escribió la oficina."),
    Que.BORRADA_SIN_SELLAR: N_("La anotación se borró antes de sellarse."),
}
"""The same in words."""


@dataclass(frozen=True)
class Rotura:
    """The first broken link: which, of which row, and what is wrong with it."""

    servicio: str
    que: Que
    secuencia: int | None = None
    auditoria_id: UUID | None = None
    cabeza: CabezaFirmada | None = None
    """The signed head that the chain does not agree with."""
    desde: int | None = None
    """The last place that a signed head still proves, when one later does not agree."""


@dataclass(frozen=True)
class Revision:
    """What a reading of a chain found."""

    cabeza: Cabeza
    """As far as the chain is whole."""
    cabezas: int
    """How many signed heads it agrees with."""
    sellada_en: datetime | None
    """When its last link was made."""
    por_sellar: int
    espera_desde: datetime | None
    """When the oldest row was written that waits to be sealed."""
    rotura: Rotura | None


def verificar(
    db: Database, servicio: str, cabezas: Sequence[CabezaFirmada], *, ultimos: int | None = None
) -> Revision:
    """Read the whole chain, or its `ultimos` links, which are taken to follow a good one."""
    return _Lectura(db, servicio, cabezas).leer(ultimos)


class _Unreadable(Exception):
    """SQLite keeps anything in any column: a moment that is none, an id that is none."""


class _Lectura:
    """One reading of a chain."""

    def __init__(self, db: Database, servicio: str, cabezas: Sequence[CabezaFirmada]) -> None:
        self._db = db
        self._servicio = servicio
        self._cabezas = cabezas
        self._at_place: dict[int, list[CabezaFirmada]] = {}
        for one in cabezas:
            if one.cabeza:
                self._at_place.setdefault(one.cabeza.secuencia, []).append(one)
        self._agreed = self._proven = 0
        """How many heads the chain agrees with, and the last place that one of them proves."""

    def leer(self, ultimos: int | None) -> Revision:
        """All that there is to say."""
        last, rotura = self._begin(ultimos)
        try:
            for link in () if rotura else self._links(last.secuencia):
                if rotura := self._wrong_with(link, last):
                    break
                last = Cabeza(self._servicio, link.secuencia, link.hash)
        except _Unreadable:
            rotura = Rotura(self._servicio, Que.FILA_CAMBIADA, last.secuencia + 1)
        rotura = rotura or self._beyond_the_end(last)
        if rotura is None and ultimos is None:
            rotura = self._outside()
        with self._db.read() as session:
            waiting, since = session.execute(_WAITING).one()
            end = session.get(Eslabon, last.secuencia)
        return Revision(
            cabeza=last,
            cabezas=self._agreed,
            sellada_en=end.sellada_en if end else None,
            por_sellar=waiting,
            espera_desde=since,
            rotura=rotura or self._foreign_head(),
        )

    def _begin(self, ultimos: int | None) -> tuple[Cabeza, Rotura | None]:
        """Before the first link to read; heads before it are held against their own places."""
        start = Cabeza(self._servicio, 0, GENESIS)
        if ultimos is None:
            return start, None
        with self._db.read() as session:
            first = max(cabeza(session, self._servicio).secuencia - ultimos, 0)
            before = [place for place in self._at_place if place <= first]
            read = select(Eslabon).where(Eslabon.secuencia.in_({*before, first}))
            links = {link.secuencia: link for link in session.scalars(read)}
        for place in sorted(before):
            if place not in links:
                return start, Rotura(self._servicio, Que.FALTA_ESLABON, place)
            if rotura := self._against_heads(links[place]):
                return start, rotura
        if first in links:
            start = Cabeza(self._servicio, first, links[first].hash)
        return start, None

    def _links(self, after: int) -> Iterator[Row[Any]]:
        """The links with their rows. Raises _Unreadable where one holds what no column can."""
        size = PAGE
        while True:
            further = _PAGE_OF_LINKS.where(Eslabon.secuencia > after).limit(size)
            try:
                with self._db.read() as session:
                    page = session.execute(further).all()
            except ValueError as error:
                if size == 1:
                    raise _Unreadable from error
                size = 1
                continue
            yield from page
            if len(page) < size:
                return
            after = page[-1].secuencia

    def _wrong_with(self, link: Row[Any], last: Cabeza) -> Rotura | None:
        read = link._asdict()
        expected = last.secuencia + 1
        if link.secuencia != expected:
            return Rotura(self._servicio, Que.FALTA_ESLABON, expected)
        row = {column.name: read[name] for column, name in zip(FILA, _NAMES, strict=True)}
        hashed = {name: read[name] for name in ("secuencia", "auditoria_id", "sellada_en")}
        if hash_de(self._servicio, last.hash, huella=link.huella, **hashed) != link.hash:
            return self._at(link, Que.ESLABON_CAMBIADO)
        if row["id"] is None:
            return self._at(link, Que.FILA_BORRADA)
        if huella_de(row) != link.huella:
            return self._at(link, Que.FILA_CAMBIADA)
        if not _is_the_reason(link):
            return self._at(link, Que.MOTIVO_CAMBIADO)
        return self._against_heads(link)

    def _at(self, link: Row[Any], que: Que) -> Rotura:
        return Rotura(self._servicio, que, link.secuencia, link.auditoria_id)

    def _against_heads(self, link: Row[Any] | Eslabon) -> Rotura | None:
        for one in self._at_place.get(link.secuencia, ()):
            if one.cabeza and one.cabeza.hash != link.hash:
                return Rotura(
                    self._servicio,
                    Que.NO_ES_LO_FIRMADO,
                    link.secuencia,
                    link.auditoria_id,
                    cabeza=one,
                    desde=self._proven,
                )
            self._agreed += 1
            self._proven = link.secuencia
        return None

    def _foreign_head(self) -> Rotura | None:
        foreign = (one for one in self._cabezas if one.cabeza is None)
        return next((Rotura(self._servicio, Que.CABEZA_AJENA, cabeza=one) for one in foreign), None)

    def _beyond_the_end(self, last: Cabeza) -> Rotura | None:
        beyond = sorted(place for place in self._at_place if place > last.secuencia)
        for place in beyond:
            one = self._at_place[place][0]
            return Rotura(self._servicio, Que.FALTA_EL_FINAL, last.secuencia + 1, cabeza=one)
        return None

    def _outside(self) -> Rotura | None:
        """A row that neither is in the chain nor waits to be, or that waits and is gone.

        One statement sees a row, where it waits and its link as they were committed: together.
        """
        linked = select(Eslabon.secuencia).where(Eslabon.auditoria_id == Auditoria.id).exists()
        waits = (
            select(PorSellar.auditoria_id).where(PorSellar.auditoria_id == Auditoria.id).exists()
        )
        left_out = select(Auditoria.id).where(~waits, ~linked).order_by(Auditoria.id).limit(1)
        there = select(Auditoria.id).where(Auditoria.id == PorSellar.auditoria_id).exists()
        gone = (
            select(PorSellar.auditoria_id).where(~there).order_by(PorSellar.auditoria_id).limit(1)
        )
        for query, que in ((left_out, Que.FUERA_DE_LA_CADENA), (gone, Que.BORRADA_SIN_SELLAR)):
            with self._db.read() as session:
                found = session.scalar(query)
            if found is not None:
                return Rotura(self._servicio, que, auditoria_id=found)
        return None


def _is_the_reason(link: Row[Any]) -> bool:
    """Whether the reason that is stored is the one whose fingerprint was sealed."""
    huella: str | None = link.fila_motivo_huella
    if huella is None:
        return True
    try:
        opened = {
            name: current_keyring().decrypt(getattr(link, name) or "", column.type.context)
            for name, column in _SEALED.items()
        }
    except KeyringError:
        return False
    return huella_de_motivo(opened["motivo"], opened["motivo_sal"]) == huella
