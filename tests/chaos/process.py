"""One process of the two services that chaos is tried on: `process.py SERVICE ROLES DATABASE AMQP`.

casos tells that orientation was given, and agenda notes each fact in `efectos`. agenda answers
every tenth fact of a case with one of its own, told from inside the handler, which casos notes.
The roles are those of a real process, relay, ingest and worker, several separated by commas, and
`web:NUMBER:UNTIL:RATE`, which tells facts as people's requests would.
"""

import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from oficina.bus.amqp import AmqpTransport
from oficina.bus.inbox import Handlers, Mensaje, Sobre
from oficina.bus.ingest import AmqpIngest
from oficina.bus.listener import Listener
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.transport import Envio
from oficina.bus.worker import Worker
from oficina.db import Database
from oficina.events import Evento
from oficina.events.agenda import CitaRealizada
from oficina.events.casos import CasoOrientado

CASES = [uuid5(NAMESPACE_OID, f"caso {number}") for number in range(300)]
FAILING = 0.02
"""How often a handler fails for no reason."""
POISONED = {f"caso/{CASES[0]}": 7, f"caso/{CASES[1]}": 1}
"""The number of the fact of a case that no handler ever manages."""
ANSWERED = 10
"""agenda answers one fact of so many."""
ROLLED_BACK = 0.05

metadata = MetaData()
efectos = Table(
    "efectos",
    metadata,
    # No uniqueness that could hide an effect that came twice.
    Column("id", Integer, primary_key=True),
    Column("evento_id", Uuid, index=True),
    Column("agregado", String(120)),
    Column("secuencia", Integer),
    Column("contado", DateTime(timezone=True)),
    Column("hecho", DateTime(timezone=True)),
)
cambios = Table(
    "cambios",
    metadata,
    # What casos did: it must have been told exactly when it is there.
    Column("id", Integer, primary_key=True),
    Column("web", Integer, index=True),
    Column("evento_id", Uuid),
)


def note(session: Session, _hecho: Evento, sobre: Sobre) -> None:
    """Leave the effect of a fact."""
    session.execute(
        insert(efectos).values(
            evento_id=sobre.id,
            agregado=sobre.subject,
            secuencia=sobre.sequence,
            contado=sobre.time,
            hecho=datetime.now(UTC),
        )
    )


def note_and_answer(session: Session, hecho: CasoOrientado, sobre: Sobre) -> None:
    """Leave the effect, fail now and then after it, answer now and then."""
    note(session, hecho, sobre)
    if random.random() < FAILING or POISONED.get(sobre.subject) == sobre.sequence:
        raise RuntimeError("this one fails")
    if sobre.sequence % ANSWERED == 0:
        answer = CitaRealizada(
            cita_id=hecho.caso_id, persona_id=hecho.caso_id, caso_id=hecho.caso_id
        )
        emitir(session, answer)


CASOS, AGENDA = Handlers("casos"), Handlers("agenda")
CASOS.on(CitaRealizada)(note)
AGENDA.on(CasoOrientado)(note_and_answer)


class _Believed:
    """A batch that nobody waits for."""

    def esperar(self) -> None:
        """Believe that what was written arrived."""


class Unconfirmed(AmqpTransport):
    """The negative control: it waits for no confirm."""

    def enviar(self, mensajes: Sequence[Mensaje]) -> Envio:
        """Write and go on."""
        super().enviar(mensajes)
        return _Believed()


def delay(tries: int) -> float:
    """Seconds until the next try: shorter than in the office, because the tests end."""
    return random.uniform(0.02, 0.1) * tries


def tell(db: Database, web: int, until: int, rate: float) -> None:
    """Tell facts, `rate` a second, until `until` committed in all lives of this process."""
    own = random.Random()
    mine = select(func.count()).where(cambios.c.web == web)
    done, failed = -1, 0
    while done < until:
        try:
            if done < 0 or failed:
                with db.read() as session:
                    done = session.execute(mine).scalar_one()
                failed = 0
            done += _tell_some(db, own, web, until - done)
        except SQLAlchemyError:
            # Whether that one committed, the table knows.
            failed += 1
            time.sleep(0.1)
            continue
        time.sleep(own.expovariate(rate / 3))


def _tell_some(db: Database, own: random.Random, web: int, most: int) -> int:
    """A transaction of one to five facts, now and then taken back; how many it told."""
    chosen = sorted(own.choices(CASES, k=min(own.randint(1, 5), most)))
    try:
        with db.begin() as session:
            for caso_id in chosen:
                told = emitir(session, CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
                session.execute(insert(cambios).values(web=web, evento_id=told))
            if own.random() < ROLLED_BACK:
                raise _ChangedMyMind
    except _ChangedMyMind:
        return 0
    return len(chosen)


class _ChangedMyMind(Exception):
    pass


def main(service: str, roles: str, database_url: str, amqp_url: str) -> None:
    """Do the work of every role until SIGTERM, or until a web has told all."""
    db = Database(database_url)
    handlers = {"casos": CASOS, "agenda": AGENDA}[service]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    threads = [
        threading.Thread(target=_loop(role, service, db, handlers, amqp_url), args=(stop,))
        for role in ("hints", *roles.split(","))
        if not role.startswith("web:")
    ]
    for thread in threads:
        thread.start()
    for role in roles.split(","):
        if role.startswith("web:"):
            _, web, until, rate = role.split(":")
            tell(db, int(web), int(until), float(rate))
    if any(not role.startswith("web:") for role in roles.split(",")):
        stop.wait()
    stop.set()
    db.outbox_changed.set()
    db.inbox_changed.set()
    for thread in threads:
        thread.join()


def _loop(
    role: str, service: str, db: Database, handlers: Handlers, amqp_url: str
) -> Callable[[threading.Event], None]:
    if role == "hints":
        return Listener(db).run
    if role == "ingest":
        return AmqpIngest(amqp_url, db, handlers).run
    if role == "worker":
        return Worker(db, handlers, delay=delay).run
    kind = Unconfirmed if role == "unconfirmed" else AmqpTransport
    return Relay(db, kind(amqp_url, [CASOS, AGENDA]), service).run


if __name__ == "__main__":
    main(*sys.argv[1:])
