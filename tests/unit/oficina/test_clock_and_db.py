"""Two clocks, and sessions that neither lose nor overwrite."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from sqlalchemy import JSON, inspect, null, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from oficina import clock
from oficina.changes import Changes
from oficina.db import Complete, Database, Identified, new_registry, uuid7
from oficina.errors import VersionVencida


class Base(DeclarativeBase):
    registry = new_registry()


class Ficha(Identified, Base):
    __tablename__ = "fichas"

    texto: Mapped[str] = mapped_column()
    visto_en: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Hoja(Identified, Complete, Base):
    __tablename__ = "hojas"

    texto: Mapped[str] = mapped_column()
    nota: Mapped[str | None] = mapped_column()
    veces: Mapped[int] = mapped_column(default=3)
    color: Mapped[str | None] = mapped_column(server_default="azul")
    datos: Mapped[Any] = mapped_column(JSON, nullable=True)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'fichas.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def _today_again() -> Iterator[None]:
    yield
    clock.move_to(None)


@pytest.mark.usefixtures("_today_again")
def test_moving_the_domain_leaves_the_machine_alone() -> None:
    before = clock.real_now()

    clock.move_to(date(2027, 1, 15))

    assert clock.today() == date(2027, 1, 15)
    assert clock.real_now() - before < timedelta(minutes=1)


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [uuid7() for _ in range(5000)]

    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    assert len(set(ids)) == 5000


def test_the_system_is_asked_for_the_bits_of_many_ids_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def urandom(size: int) -> bytes:
        asked.append(size)
        return system(size)

    system = os.urandom
    monkeypatch.setattr(os, "urandom", urandom)

    made = [uuid7() for _ in range(640)]

    assert len(set(made)) == 640
    assert len({one.int & 0xFFFFFFFF for one in made}) == 640
    assert 9 <= len(asked) <= 11


def test_a_process_that_is_born_uses_none_of_the_bits_of_its_parent() -> None:
    """Neither those of an id of another millisecond nor the step to the next one."""
    uuid7()
    ours, theirs = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(theirs, b"".join(uuid7().bytes for _ in range(20)))
        finally:
            os._exit(0)
    os.close(theirs)
    mine = {uuid7().bytes[8:] for _ in range(20)}
    with os.fdopen(ours, "rb") as pipe:
        made = pipe.read()
    os.waitpid(child, 0)

    born = {made[start + 8 : start + 16] for start in range(0, len(made), 16)}
    assert len(born) == 20
    assert mine.isdisjoint(born)


def test_a_naive_moment_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="without a zone"), db.begin() as session:
        session.add(Ficha(texto="x", visto_en=datetime(2026, 1, 1)))  # noqa: DTZ001  the point


def test_moments_come_back_aware(db: Database) -> None:
    moment = datetime(2026, 9, 5, 23, 30, tzinfo=clock.ZONA)
    with db.begin() as session:
        session.add(Ficha(texto="x", visto_en=moment))

    with db.read() as session:
        seen = session.scalars(select(Ficha)).one().visto_en

    assert seen == moment
    assert seen.tzinfo is UTC


def test_the_second_of_two_writers_is_told(db: Database) -> None:
    with db.begin() as session:
        ficha = Ficha(texto="una", visto_en=clock.now())
        session.add(ficha)
    mine, theirs = _copy(db, ficha.id), _copy(db, ficha.id)
    with db.begin() as session:
        session.add(theirs)
        theirs.texto = "de ellos"

    with pytest.raises(VersionVencida), db.begin() as session:
        session.add(mine)
        mine.texto = "mía"

    assert _copy(db, ficha.id).texto == "de ellos"


def _copy(db: Database, ficha_id: UUID) -> Ficha:
    with db.read() as session:
        return session.scalars(select(Ficha).where(Ficha.id == ficha_id)).one()


def test_what_is_complete_holds_what_it_is_not_given_unless_a_column_gives_it(db: Database) -> None:
    hoja = Hoja(id=uuid7(), texto="una")

    assert (hoja.texto, hoja.nota) == ("una", None)
    assert vars(hoja).keys().isdisjoint({"veces", "color", "datos"})
    with db.begin() as session:
        session.add(hoja)
        hoja.nota = "otra"

    with db.read() as session:
        read = session.scalars(select(Hoja).where(Hoja.datos.is_(null()))).one()
    assert (read.texto, read.nota, read.veces, read.color) == ("una", "otra", 3, "azul")


def test_what_is_complete_and_written_is_changed_as_any_other(db: Database) -> None:
    hoja = Hoja(id=uuid7(), texto="una")
    with db.begin() as session:
        session.add(hoja)
    with db.begin() as session:
        session.add(hoja)
        hoja.texto, hoja.nota = "dos", "otra"

    assert not inspect(hoja).modified
    with db.read() as session:
        read = session.get_one(Hoja, hoja.id)
    assert (read.texto, read.nota) == ("dos", "otra")


def test_what_is_complete_takes_columns_alone() -> None:
    with pytest.raises(TypeError, match=r"Hoja has no \['titulo'\]"):
        Hoja(texto="una", titulo="otra")


def test_several_values_are_put_at_once_and_noted_once_a_session_knows_it(db: Database) -> None:
    hoja = Hoja(id=uuid7(), texto="una")

    hoja.put(texto="dos", nota="otra")
    assert (hoja.texto, hoja.nota) == ("dos", "otra")
    assert not inspect(hoja).committed_state
    with db.begin() as session:
        session.add(hoja)
        hoja.put(veces=4)
        assert inspect(hoja).committed_state.keys() == {"veces"}
    hoja.put(texto="tres", veces=5)
    assert inspect(hoja).committed_state == {"texto": "dos", "veces": 4}
    with db.begin() as session:
        session.add(hoja)

    with db.read() as session:
        read = session.get_one(Hoja, hoja.id)
    assert (read.texto, read.nota, read.veces, read.color) == ("tres", "otra", 5, "azul")
    with pytest.raises(TypeError, match=r"Hoja has no \['titulo'\]"):
        hoja.put(texto="cuatro", titulo="otra")
    assert hoja.texto == "tres"


def test_a_look_writes_nothing(db: Database) -> None:
    ficha = Ficha(texto="una", visto_en=clock.now())
    with pytest.raises(OperationalError, match="readonly"), db.read() as session:
        session.add(ficha)
        session.flush()

    with db.begin() as session:
        session.add(Ficha(texto="otra", visto_en=clock.now()))
    with db.read() as session:
        assert session.scalars(select(Ficha.texto)).all() == ["otra"]


def test_an_error_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), db.begin() as session:
        session.add(Ficha(texto="x", visto_en=clock.now()))
        session.flush()
        raise RuntimeError

    with db.read() as session:
        assert session.scalars(select(Ficha)).all() == []


def test_each_of_several_loops_is_told_of_every_change() -> None:
    changes, heard = Changes(), Counter[int]()

    def listen(number: int) -> None:
        seen = 0
        while seen < 100:
            changes.wait(seen, 30)
            seen = changes.count
        heard[number] = seen

    threads = [threading.Thread(target=listen, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        changes.set()
    for thread in threads:
        thread.join(60)

    assert heard == {0: 100, 1: 100, 2: 100}


def test_who_waits_for_a_change_is_woken() -> None:
    changes = Changes()
    waits = threading.Thread(target=changes.wait, args=(0, 120), daemon=True)
    waits.start()
    waits.join(0.2)
    assert waits.is_alive()

    changes.set()

    waits.join(30)
    assert not waits.is_alive()
