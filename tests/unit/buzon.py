"""What casos told and reportes heard, put into the state that a test wants."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select

from oficina.bus.outbox import emitir
from oficina.bus.tables import Estado, Inbox, Outbox
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.events import Clasificacion
from oficina.events.casos import CasoOrientado

ERROR = "RuntimeError (handlers.py:1 pedir_lectura)"


@dataclass
class Buzon:
    """The outbox of casos and the inbox of reportes."""

    casos: Database
    reportes: Database

    def tell(self, caso_id: UUID | None = None, *, reserved: bool = False) -> UUID:
        """A fact that casos told, of a new case unless one is named."""
        clase = Clasificacion.RESERVADO if reserved else Clasificacion.INTERNO
        hecho = CasoOrientado(caso_id=caso_id or uuid7(), tema="REG.TEMP")
        with self.casos.begin() as session:
            told = emitir(session, hecho, clasificacion=clase)
            session.query(Outbox).update({"publicado": real_now()})
        return told

    def hear(self, estado: Estado = Estado.MUERTO) -> None:
        """Everything that casos told, in the inbox of reportes."""
        moment, is_dead = real_now(), estado is Estado.MUERTO
        state = {
            "consumidor": "reportes",
            "estado": estado,
            "intentos": 8 if is_dead else 0,
            "error": ERROR if is_dead else None,
            "visible": moment,
            "recibido": moment,
            "hecho_en": moment if estado is Estado.HECHO else None,
        }
        names = ("evento_id", "tipo", "agregado", "secuencia", "cuerpo")
        with self.casos.read() as session:
            told = session.scalars(select(Outbox).order_by(Outbox.id)).all()
        with self.reportes.begin() as session:
            for fact in told:
                same = {name: getattr(fact, name) for name in names}
                session.execute(insert(Inbox).values(**same, **state))

    def put(self, evento_id: UUID, estado: Estado, *, intentos: int = 0) -> None:
        """Another state for one of them."""
        done = real_now() if estado is Estado.HECHO else None
        state = {"estado": estado, "intentos": intentos, "hecho_en": done}
        with self.reportes.begin() as session:
            session.query(Inbox).filter_by(evento_id=evento_id).update(state)

    def state(self, evento_id: UUID) -> Estado:
        """What became of one of them."""
        query = select(Inbox.estado).where(Inbox.evento_id == evento_id)
        with self.reportes.read() as session:
            return session.scalars(query).one()
