"""An audit to be sealed, and somebody with every right on its database who would rewrite it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text, update

from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.cadena.firma import FirmaDeAuditoria
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.cadena.tables import FILA, GENESIS, Eslabon, hash_de, huella_de
from oficina.cadena.verify import Revision, verificar
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings

SERVICIO = "casos"
ACTOR = Actor.sistema(SERVICIO)


@dataclass
class Libro:
    """The audit of a service, its sealer, and the folder where its heads are left."""

    db: Database
    folder: Path
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder)
        use_keyring(Keyring.load(self.settings.claves))
        self.firma = FirmaDeAuditoria.load(self.settings.claves, make=True)
        self.cabezas = Cabezas(self.settings, SERVICIO)
        self.sealer = Sealer(self.db, SERVICIO, self.cabezas)

    def anotar(self, cuantas: int = 1, **valores: Any) -> list[UUID]:
        """Rows of the audit, a transaction each; their ids in order."""
        ids = []
        for _ in range(cuantas):
            with self.db.begin() as session:
                registrar(session, ACTOR, "casos.caso.ver", "caso", uuid4(), **valores)
                session.flush()
                ids.append(session.scalars(select(Auditoria.id).order_by(Auditoria.id)).all()[-1])
        return ids

    def sellar(self, cuantas: int = 0, **valores: Any) -> list[UUID]:
        """Rows of the audit, sealed."""
        ids = self.anotar(cuantas, **valores)
        while self.sealer.run_once():
            pass
        return ids

    def firmar(self, nombre: str) -> Path:
        """Leave the signed head of now."""
        left = self.cabezas.dejar(self.db, nombre)
        assert left is not None
        return left

    def cadena(self) -> list[Eslabon]:
        """Every link."""
        with self.db.read() as session:
            return list(session.scalars(select(Eslabon).order_by(Eslabon.secuencia)))

    def revisar(self) -> Revision:
        """Read it all again, with the heads that left."""
        return verificar(self.db, SERVICIO, self.cabezas.todas(self.firma))

    def intruso(self) -> "Intruso":
        """Somebody who owns the database, and not the keys."""
        return Intruso(self.db)


class Intruso:
    """May do anything to the database, knows how the chain is made, and has no key."""

    def __init__(self, db: Database) -> None:
        self._db = db
        for table, names in {
            "auditoria": ("no_cambia", "no_se_borra", "encola"),
            "auditoria_cadena": ("no_cambia", "no_se_borra"),
        }.items():
            prefix = "cadena" if table == "auditoria_cadena" else table
            for name in names:
                on = "" if db.is_sqlite else f" ON {table}"
                self.sql(f"DROP TRIGGER IF EXISTS {prefix}_{name}{on}")

    def sql(self, statement: str) -> None:
        """Any statement."""
        with self._db.begin() as session:
            session.execute(text(statement))

    def cambiar(self, fila: UUID, **valores: Any) -> None:
        """Make a row say something else."""
        with self._db.begin() as session:
            session.execute(update(Auditoria).where(Auditoria.id == fila).values(valores))

    def borrar(self, secuencia: int, *, fila: bool = True, eslabon: bool = False) -> None:
        """Delete the row in this place, its link, or both."""
        with self._db.begin() as session:
            link = session.get_one(Eslabon, secuencia)
            row = session.get_one(Auditoria, link.auditoria_id)
            if eslabon:
                session.delete(link)
            if fila:
                session.delete(row)

    def insertar(self) -> UUID:
        """A row that nobody wrote, out of the chain."""
        with self._db.begin() as session:
            row = Auditoria(
                actor_id=uuid4(),
                actor_tipo="persona",
                actor_nombre="Nadie",
                accion="casos.caso.ver",
                recurso="caso",
            )
            session.add(row)
            session.flush()
            return row.id

    def rehacer(self, desde: int) -> None:
        """Make the chain agree with the rows that there are, from a place on."""
        with self._db.begin() as session:
            links = session.scalars(
                select(Eslabon).where(Eslabon.secuencia >= desde).order_by(Eslabon.secuencia)
            ).all()
            before = session.get(Eslabon, desde - 1)
            anterior = before.hash if before else GENESIS
            kept = [one for one in links if session.get(Auditoria, one.auditoria_id)]
            for one in links:
                session.delete(one)
            session.flush()
            for secuencia, one in enumerate(kept, start=desde):
                row: Mapping[str, Any] = (
                    session.execute(select(*FILA).where(FILA[-1].table.c.id == one.auditoria_id))
                    .mappings()
                    .one()
                )
                link: dict[str, Any] = {
                    "secuencia": secuencia,
                    "auditoria_id": one.auditoria_id,
                    "sellada_en": one.sellada_en,
                    "huella": huella_de(row),
                }
                anterior = hash_de(SERVICIO, anterior, **link)
                session.add(Eslabon(**link, hash=anterior))
