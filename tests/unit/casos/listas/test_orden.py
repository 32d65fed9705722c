"""A list read page after page, forwards and back, in every order, also while it grows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import case, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from casos.listas.orden import Clave, leer, momento
from oficina.db import Identified, new_registry
from oficina.errors import DatosInvalidos


class _Base(DeclarativeBase):
    registry = new_registry()


class Cosa(Identified, _Base):
    """Something to sort."""

    __tablename__ = "cosas"

    numero: Mapped[int]
    vence_en: Mapped[datetime | None]


LUNES = datetime(2026, 11, 9, 15, tzinfo=UTC)


def _claves(*, al_reves: bool) -> list[Clave]:
    return [
        Clave(case((Cosa.numero > 1, 0), else_=1), int),
        Clave(momento(Cosa.vence_en), datetime, descendente=al_reves),
        Clave(Cosa.id, UUID, descendente=not al_reves),
    ]


def _recorrer(session: Session, claves: list[Clave], cuantas: int) -> list[list[UUID]]:
    paginas, despues = [], ""
    while True:
        tramo = leer(session, select(Cosa.id), claves, cuantas, despues=despues)
        paginas.append([fila[0] for fila in tramo.filas])
        if tramo.despues is None:
            return paginas
        despues = tramo.despues


def _volver(session: Session, claves: list[Clave], cuantas: int, antes: str) -> list[list[UUID]]:
    paginas: list[list[UUID]] = []
    marca: str | None = antes
    while marca is not None:
        tramo = leer(session, select(Cosa.id), claves, cuantas, antes=marca)
        paginas.insert(0, [fila[0] for fila in tramo.filas])
        marca = tramo.antes
    return paginas


@settings(max_examples=30, deadline=None)
@given(
    cosas=st.lists(
        st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 4))), max_size=12
    ),
    cuantas=st.integers(1, 5),
    al_reves=st.booleans(),
)
def test_cada_fila_sale_una_vez_y_en_su_orden_hacia_adelante_y_hacia_atras(
    cosas: list[tuple[int, int | None]], cuantas: int, al_reves: bool
) -> None:
    engine = create_engine("sqlite://")
    _Base.metadata.create_all(engine)
    claves = _claves(al_reves=al_reves)
    with Session(engine) as session:
        session.add_all(
            Cosa(numero=n, vence_en=None if d is None else LUNES + timedelta(days=d))
            for n, d in cosas
        )
        session.flush()
        entera = [fila[0] for fila in leer(session, select(Cosa.id), claves, 100).filas]
        paginas = _recorrer(session, claves, cuantas)
        assert [uno for pagina in paginas for uno in pagina] == entera
        assert len(entera) == len(cosas)
        if len(paginas) > 1:
            ultima = leer(
                session, select(Cosa.id), claves, cuantas, despues=_ultima(session, claves, cuantas)
            )
            assert ultima.antes is not None
            vuelta = _volver(session, claves, cuantas, ultima.antes)
            assert [uno for pagina in vuelta for uno in pagina] == [
                uno for pagina in paginas[:-1] for uno in pagina
            ]
    engine.dispose()


def _ultima(session: Session, claves: list[Clave], cuantas: int) -> str:
    despues, marca = "", ""
    while True:
        tramo = leer(session, select(Cosa.id), claves, cuantas, despues=despues)
        if tramo.despues is None:
            return marca
        marca = despues = tramo.despues


@pytest.fixture
def sesion() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Cosa(numero=2, vence_en=LUNES) for _ in range(4))
        session.flush()
        yield session
    engine.dispose()


def test_lo_que_entra_antes_no_repite_ni_salta_nada(sesion: Session) -> None:
    claves = _claves(al_reves=False)
    primera = leer(sesion, select(Cosa.id), claves, 2)
    sesion.add(Cosa(numero=3, vence_en=LUNES - timedelta(days=1)))
    sesion.flush()
    segunda = leer(sesion, select(Cosa.id), claves, 2, despues=primera.despues or "")
    assert not {f[0] for f in primera.filas} & {f[0] for f in segunda.filas}
    assert len(segunda.filas) == 2
    assert segunda.despues is None


@pytest.mark.parametrize(
    "marca",
    [
        "x",
        "W10",  # []
        "WzEsMl0",  # [1,2]
        "WzEsIjIwMjYtMTEtMDkiLCJ4Il0",  # a day without a zone, and no id
        "eyJhIjoxfQ",  # an object
        "WyIxIiwiMjAyNi0xMS0wOVQxNTowMDowMCswMDowMCIsIngiXQ",  # a text where a number goes
        "W3RydWUsIjIwMjYtMTEtMDlUMTU6MDA6MDArMDA6MDAiLCJ4Il0",
        "ñ",
        "A" * 401,
    ],
)
def test_una_marca_ajena_se_rechaza_por_su_campo(sesion: Session, marca: str) -> None:
    with pytest.raises(DatosInvalidos) as error:
        leer(sesion, select(Cosa.id), _claves(al_reves=False), 2, despues=marca)
    assert "despues" in error.value.errores
