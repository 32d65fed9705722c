"""What can be asked of opt-outs: read-only."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from notificaciones.bajas.models import Baja
from notificaciones.bajas.states import Origen
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Ajustes, Tema
from oficina.actor import Actor
from oficina.errors import NoEncontrado

LIMITE = 100


@cache
def temas() -> frozenset[Tema]:
    """The topics of which an address may want no more."""
    datos = json.loads((Path(__file__).parent / "temas.json").read_text(encoding="utf-8"))
    return frozenset(map(Tema, datos["se_detienen"]))


def se_detiene(plantilla: Ajustes) -> bool:
    """Whether its reader may stop messages of a template: not what a law says that they get."""
    return plantilla.tema in temas() and not plantilla.por_ley


@dataclass(frozen=True)
class BajasVigentes:
    """What some addresses get no more of: by their index, who said so of which topic, None for all
    of them.
    """

    por_indice: Mapping[str, Collection[tuple[Tema | None, Origen]]]

    def origen(self, indice: str, tema: Tema) -> Origen | None:
        """Who says that an address gets no more messages of a topic: a wish before a failure."""
        if tema not in temas():
            return None
        suyas = self.por_indice.get(indice, ())
        dicen = {origen for de_que, origen in suyas if de_que is None or de_que == tema}
        return min(dicen - {Origen.REBOTE}, default=Origen.REBOTE if dicen else None)


_VIGENTES = select(Baja.indice, Baja.tema, Baja.origen).where(
    Baja.indice.in_(bindparam("indices", expanding=True)), Baja.levantada_en.is_(None)
)


def bajas_de(session: Session, indices: Collection[str]) -> BajasVigentes:
    """The opt-outs of some addresses that hold today."""
    por_indice: dict[str, list[tuple[Tema | None, Origen]]] = {}
    for indice, tema, origen in session.execute(_VIGENTES, {"indices": list(indices)}):
        por_indice.setdefault(indice, []).append((tema, origen))
    return BajasVigentes(por_indice)


def detenida_por_rebote(session: Session, indice: str) -> bool:
    """Whether an address is written to no more because mail comes back from it."""
    query = select(Baja.id).where(
        Baja.indice == indice, Baja.levantada_en.is_(None), Baja.origen == Origen.REBOTE
    )
    return session.scalar(query.limit(1)) is not None


def ultima_levantada(session: Session, indice: str) -> datetime | None:
    """When somebody last said that an address may be written to again."""
    return session.scalar(select(func.max(Baja.levantada_en)).where(Baja.indice == indice))


def baja_por_id(session: Session, baja_id: UUID) -> Baja:
    """The opt-out; raises NoEncontrado."""
    baja = session.get(Baja, baja_id)
    if baja is None:
        raise NoEncontrado
    return baja


def vigentes_de(session: Session, indice: str) -> Sequence[Baja]:
    """What an address wants no more of, locked."""
    return session.scalars(
        select(Baja)
        .where(Baja.indice == indice, Baja.levantada_en.is_(None))
        .order_by(Baja.id)
        .with_for_update()
    ).all()


def direccion_de(session: Session, indice: str) -> str | None:
    """The address of an index, while some message to it still says which."""
    query = select(Mensaje.destino).where(
        Mensaje.destino_indice == indice, Mensaje.destino.is_not(None)
    )
    return session.scalar(query.limit(1))


def de_quien_ve(actor: Actor) -> UUID | None:
    """A program sees what it wrote down itself; of whoever reads the page None: all."""
    return actor.id if actor.tipo == "cliente" else None


def baja_a_la_vista(session: Session, baja_id: UUID, actor: Actor) -> Baja:
    """One that a reader may see; raises NoEncontrado."""
    baja = baja_por_id(session, baja_id)
    if de_quien_ve(actor) not in {None, baja.anotada_por}:
        raise NoEncontrado
    return baja


def bajas(session: Session, indice: str | None = None, *, de: UUID | None = None) -> Sequence[Baja]:
    """The newest first, those that were lifted too; of one address, or written down by one."""
    query = select(Baja).order_by(Baja.id.desc()).limit(LIMITE)
    if de is not None:
        query = query.where(Baja.anotada_por == de)
    if indice is not None:
        query = query.where(Baja.indice == indice)
    return session.scalars(query).all()
