"""What can be asked of opt-outs: read-only."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from notificaciones.bajas.models import Baja
from notificaciones.plantillas.catalogo import Tema
from oficina.errors import NoEncontrado

LIMITE = 100


@cache
def temas() -> frozenset[Tema]:
    """The topics of which an address may want no more."""
    datos = json.loads((Path(__file__).parent / "temas.json").read_text(encoding="utf-8"))
    return frozenset(map(Tema, datos["se_detienen"]))


@dataclass(frozen=True)
class BajasVigentes:
    """What some addresses want no more of: by their index, the topics, None for all of them."""

    por_indice: Mapping[str, frozenset[Tema | None]]

    def quiere_menos(self, indice: str, tema: Tema) -> bool:
        """Whether an address wants no more messages of a topic."""
        temas_de_baja = self.por_indice.get(indice)
        if not temas_de_baja or tema not in temas():
            return False
        return tema in temas_de_baja or None in temas_de_baja


_VIGENTES = select(Baja.indice, Baja.tema).where(
    Baja.indice.in_(bindparam("indices", expanding=True)), Baja.levantada_en.is_(None)
)


def bajas_de(session: Session, indices: Collection[str]) -> BajasVigentes:
    """The opt-outs of some addresses that hold today."""
    por_indice: dict[str, set[Tema | None]] = {}
    for indice, tema in session.execute(_VIGENTES, {"indices": list(indices)}):
        por_indice.setdefault(indice, set()).add(tema)
    return BajasVigentes({uno: frozenset(suyos) for uno, suyos in por_indice.items()})


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


def bajas(session: Session, indice: str | None = None) -> Sequence[Baja]:
    """The newest first, those that were lifted too; of one address when it is given."""
    query = select(Baja).order_by(Baja.id.desc()).limit(LIMITE)
    if indice is not None:
        query = query.where(Baja.indice == indice)
    return session.scalars(query).all()
