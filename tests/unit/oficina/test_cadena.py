"""Whoever can write the database and removes its triggers is found out, link by link."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from ledger import SERVICIO, Libro
from oficina.cadena import verify
from oficina.cadena.heads import Cabezas
from oficina.cadena.tables import Eslabon
from oficina.cadena.verify import Que
from oficina.db import Database


@pytest.fixture
def libro(fresh_db: Callable[[str, str], Database], tmp_path: Path) -> Libro:
    """An audit."""
    return Libro(fresh_db("sqlite", SERVICIO), tmp_path)


@pytest.mark.parametrize("columna", ["direccion", "motivo_codigo", "recurso_id", "sesion_id"])
def test_a_column_that_was_empty_is_covered_as_well(libro: Libro, columna: str) -> None:
    ids = libro.sellar(2)
    value: str | UUID = uuid4() if columna.endswith("_id") else "10.0.0.1"

    libro.intruso().cambiar(ids[1], **{columna: value})

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia) == (Que.FILA_CAMBIADA, 2)


@pytest.mark.parametrize("what", ["another", "none"])
def test_a_reason_that_was_exchanged_is_named(libro: Libro, what: str) -> None:
    ids = libro.sellar(2, motivo="Lo pidió la persona")
    other = {"another": {"motivo": "Lo pidió la jefatura"}, "none": {"motivo": None}}[what]

    libro.intruso().cambiar(ids[1], **other)

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.auditoria_id) == (Que.MOTIVO_CAMBIADO, ids[1])


def test_a_row_that_was_deleted_is_named(libro: Libro) -> None:
    ids = libro.sellar(4)

    libro.intruso().borrar(2)

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia, rotura.auditoria_id) == (Que.FILA_BORRADA, 2, ids[1])


def test_a_row_deleted_with_its_link_leaves_a_gap(libro: Libro) -> None:
    libro.sellar(4)

    libro.intruso().borrar(2, eslabon=True)

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia) == (Que.FALTA_ESLABON, 2)


def test_a_row_that_was_slipped_in_is_named(libro: Libro) -> None:
    libro.sellar(4)

    slipped = libro.intruso().insertar()

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.auditoria_id) == (Que.FUERA_DE_LA_CADENA, slipped)


def test_a_row_that_was_deleted_before_it_was_sealed_is_named(libro: Libro) -> None:
    libro.sellar(1)
    (gone,) = libro.anotar(1)

    libro.intruso().sql(
        "DELETE FROM auditoria WHERE ocurrida_en = (SELECT max(ocurrida_en) FROM auditoria)"
    )
    libro.sellar()

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.auditoria_id) == (Que.BORRADA_SIN_SELLAR, gone)


def test_one_link_alone_cannot_be_made_again(libro: Libro) -> None:
    ids = libro.sellar(4)
    intruso = libro.intruso()

    intruso.cambiar(ids[1], actor_nombre="Otra persona")
    with libro.db.begin() as session:
        later = [
            (link.secuencia, link.auditoria_id, link.sellada_en, link.huella, link.hash)
            for link in session.scalars(select(Eslabon).where(Eslabon.secuencia > 2))
        ]
    intruso.rehacer(2)
    intruso.sql("DELETE FROM auditoria_cadena WHERE secuencia > 2")
    names = ("secuencia", "auditoria_id", "sellada_en", "huella", "hash")
    with libro.db.begin() as session:
        session.add_all(Eslabon(**dict(zip(names, link, strict=True))) for link in later)

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia) == (Que.ESLABON_CAMBIADO, 3)


def test_without_heads_a_chain_made_again_agrees_with_itself(libro: Libro) -> None:
    """Why the heads leave the database."""
    ids = libro.sellar(3)
    intruso = libro.intruso()

    intruso.cambiar(ids[1], actor_nombre="Otra persona")
    intruso.rehacer(2)

    assert libro.revisar().rotura is None


def test_an_end_that_was_cut_off_is_missed(libro: Libro) -> None:
    libro.sellar(5)
    libro.firmar("2026-11-26")
    intruso = libro.intruso()

    for secuencia in (5, 4):
        intruso.borrar(secuencia, eslabon=True)

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia) == (Que.FALTA_EL_FINAL, 4)


@pytest.mark.parametrize("forged", ["nonsense", "another key", "another service"])
def test_a_head_that_the_office_did_not_sign_counts_for_nothing(
    libro: Libro, forged: str, tmp_path: Path
) -> None:
    libro.sellar(2)
    path = libro.firmar("2026-11-26")
    if forged == "nonsense":
        path.write_text("no.es.firma")
    elif forged == "another service":
        head = Cabezas(libro.settings, "agenda").dejar(libro.db, "2026-11-26")
        assert head is not None
        path.write_text(head.read_text())
    else:
        other = Libro(libro.db, tmp_path / "otra")
        path.write_text(other.firmar("2026-11-26").read_text())

    seen = libro.revisar()
    assert seen.rotura is not None
    assert seen.rotura.que is Que.CABEZA_AJENA
    assert seen.cabezas == 0


def test_the_end_alone_is_read_again_and_held_against_the_last_head(libro: Libro) -> None:
    ids = libro.sellar(6)
    libro.firmar("2026-11-26")
    ids += libro.sellar(6)
    heads = libro.cabezas.todas(libro.firma)

    whole = verify.verificar(libro.db, SERVICIO, heads, ultimos=4)
    libro.intruso().cambiar(ids[1], actor_nombre="Otra persona")
    early = verify.verificar(libro.db, SERVICIO, heads, ultimos=4)
    libro.intruso().cambiar(ids[9], actor_nombre="Otra persona")
    late = verify.verificar(libro.db, SERVICIO, heads, ultimos=4)

    assert (whole.rotura, whole.cabezas, whole.cabeza.secuencia) == (None, 1, 12)
    assert early.rotura is None
    assert late.rotura is not None
    assert late.rotura.secuencia == 10


def test_a_chain_is_read_in_pages(libro: Libro, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAGE", 3)
    libro.sellar(10)

    seen = libro.revisar()
    assert (seen.rotura, seen.cabeza.secuencia, seen.por_sellar) == (None, 10, 0)


@pytest.mark.parametrize("column", ["ocurrida_en", "actor_id", "cantidad"])
def test_what_no_column_can_hold_is_a_broken_link_and_no_accident(
    libro: Libro, column: str
) -> None:
    libro.sellar(3)

    libro.intruso().sql(
        f"UPDATE auditoria SET {column} = 'nada' WHERE id IN "
        "(SELECT auditoria_id FROM auditoria_cadena WHERE secuencia = 2)"
    )

    rotura = libro.revisar().rotura
    assert rotura is not None
    assert (rotura.que, rotura.secuencia) == (Que.FILA_CAMBIADA, 2)
