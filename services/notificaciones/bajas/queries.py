"""What can be asked of opt-outs: read-only."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from notificaciones.bajas.models import Baja
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Ajustes, Tema
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


def de_baja(session: Session, indice: str, tema: Tema) -> bool:
    """Whether an address wants no more messages of a topic."""
    if tema not in temas():
        return False
    query = select(Baja.id).where(
        Baja.indice == indice,
        Baja.levantada_en.is_(None),
        or_(Baja.tema.is_(None), Baja.tema == tema),
    )
    return session.scalars(query.limit(1)).first() is not None


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


def bajas(session: Session, indice: str | None = None) -> Sequence[Baja]:
    """The newest first, those that were lifted too; of one address when it is given."""
    query = select(Baja).order_by(Baja.id.desc()).limit(LIMITE)
    if indice is not None:
        query = query.where(Baja.indice == indice)
    return session.scalars(query).all()
