"""A batch, row by row. What it would do is tried in a transaction that is never kept: so the
preview says what the rules say, and there is no second place where they are written.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import CasoReservado
from casos.lotes.acciones import AccionDeLote
from casos.lotes.models import HechoEnLote
from casos.lotes.schemas import Elegido
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database, hold
from oficina.errors import Conflicto, DatosInvalidos, DomainError, NoEncontrado
from oficina.web.messages import flatten


@dataclass(frozen=True)
class Resultado:
    """What became, or would become, of one row. `porque` is empty when it is done."""

    caso_id: UUID
    porque: str = ""
    ya: bool = False
    """It was done when the same batch was sent before."""

    @property
    def bien(self) -> bool:
        """Whether it is done."""
        return not self.porque


class _SoloUnEnsayo(Exception):
    """Undoes what was tried."""


@dataclass(frozen=True)
class Lote:
    """What is to be done with several cases, by whom and when."""

    accion: AccionDeLote
    datos: Any
    actor: Actor
    ahora: datetime

    def hacer_con(self, session: Session, uno: Elegido) -> None:
        """The single action."""
        self.accion.hacer(session, uno, self.datos, self.actor, self.ahora)


def prever(db: Database, lote: Lote, elegidos: Sequence[Elegido]) -> Sequence[Resultado]:
    """What would become of each."""
    return [_ensayar(db, lote, uno) for uno in elegidos]


def hacer(
    db: Database, lote: Lote, elegidos: Sequence[Elegido], clave: UUID
) -> Sequence[Resultado]:
    """Do it, each in its own transaction. Rows that were done under this key are not done again;
    what was refused is tried again.
    """
    huella = huella_de(lote.accion, lote.datos)
    return [_hacer(db, lote, uno, clave, huella) for uno in elegidos]


def huella_de(accion: AccionDeLote, datos: Any) -> str:
    """What is to be done, as a hash: nothing of what somebody typed is kept."""
    dicho = datos if isinstance(datos, dict) else vars(datos)
    escrito = json.dumps({**dicho, "accion": accion.permiso}, default=str, sort_keys=True)
    return hashlib.sha256(escrito.encode()).hexdigest()


def _ensayar(db: Database, lote: Lote, uno: Elegido) -> Resultado:
    try:
        with db.begin() as session:
            lote.hacer_con(session, uno)
            session.flush()
            raise _SoloUnEnsayo
    except _SoloUnEnsayo:
        return Resultado(uno.id)
    except DomainError as error:
        return Resultado(uno.id, _porque(error))


def _hacer(db: Database, lote: Lote, uno: Elegido, clave: UUID, huella: str) -> Resultado:
    try:
        with db.begin() as session:
            hold(session, f"lote/{clave}/{uno.id}")
            if (hecho := _hecho(session, clave, uno.id)) is not None:
                if (hecho.huella, hecho.actor_id) != (huella, lote.actor.id):
                    raise Conflicto(_("Esta confirmación ya se usó para otra cosa."))
                return Resultado(uno.id, ya=True)
            lote.hacer_con(session, uno)
            session.add(
                HechoEnLote(
                    clave=clave,
                    caso_id=uno.id,
                    huella=huella,
                    actor_id=lote.actor.id,
                    hecho_en=real_now(),
                )
            )
    except DomainError as error:
        return Resultado(uno.id, _porque(error))
    return Resultado(uno.id)


def _hecho(session: Session, clave: UUID, caso_id: UUID) -> HechoEnLote | None:
    return session.scalar(
        select(HechoEnLote).where(HechoEnLote.clave == clave, HechoEnLote.caso_id == caso_id)
    )


def _porque(error: DomainError) -> str:
    """Why a row is not done; of what is not the reader's, no more than that."""
    if isinstance(error, (NoEncontrado, CasoReservado)):
        return str(_("No está a su alcance."))
    if isinstance(error, DatosInvalidos):
        dichos = [texto for textos in flatten(error.errores).values() for texto in textos]
        return " ".join([*dichos, error.detail]).strip()
    return str(error.detail or _(error.title))
