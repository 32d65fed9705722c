"""Each column of each database has a class: what it is of whom, and how it is protected.

`shared/acogida/clasificacion.json` is what the data-protection officer reads. A new column fails
here until somebody has said what it is.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

import columns
from acogida.services import metadata_of
from oficina.db import Database
from oficina.privacy import EncryptedText
from oficina.settings import SERVICES

BOOKKEEPING = {"alembic_version"}


@cache
def _classified() -> dict[str, Any]:
    text = (files("acogida") / "clasificacion.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _sealed() -> frozenset[str]:
    """The columns that the models seal."""
    return frozenset(
        f"{owner}.{table.name}.{column.name}"
        for service in SERVICES
        for owner, metadata in zip((service, "todos"), metadata_of(service), strict=True)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText)
    )


@pytest.fixture(scope="module")
def in_the_databases(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every column that migrations made, whatever the models say."""
    folder: Path = tmp_path_factory.mktemp("bases")
    found = set()
    for service in SERVICES:
        common = {table.name for table in metadata_of(service)[1].sorted_tables}
        db = Database(columns.file_in(folder, service))
        inspector = inspect(db.engine)
        for table in set(inspector.get_table_names()) - BOOKKEEPING:
            owner = "todos" if table in common else service
            found |= {f"{owner}.{table}.{one['name']}" for one in inspector.get_columns(table)}
        db.close()
    return found


def test_every_column_has_a_class(in_the_databases: set[str]) -> None:
    said = _classified()["columnas"]

    new, gone = in_the_databases - said.keys(), said.keys() - in_the_databases

    assert not new, f"say in clasificacion.json what these are: {sorted(new)}"
    assert not gone, f"no database has these: {sorted(gone)}"
    assert set(said.values()) <= _classified()["clases"].keys()


def test_what_is_classed_as_sealed_is_sealed_and_the_other_way_round() -> None:
    said = _classified()["columnas"]

    assert {column for column, kind in said.items() if kind == "cifrado"} == _sealed()


def test_what_is_in_plain_says_why() -> None:
    said, reasons = _classified()["columnas"], _classified()["razones"]

    assert {one for one, kind in said.items() if kind == "persona_en_claro"} <= reasons.keys()
    assert reasons.keys() <= said.keys()
    assert all(reasons.values())


def test_every_table_of_a_database_is_known_to_whoever_seals_anew(
    in_the_databases: set[str],
) -> None:
    known = {
        table.name
        for service in SERVICES
        for metadata in metadata_of(service)
        for table in metadata.sorted_tables
    }

    assert {column.split(".")[1] for column in in_the_databases} <= known


def test_no_text_of_any_length_is_taken_for_a_code_or_a_state() -> None:
    """What somebody writes freely has no limit of length, and is sealed or says why not."""
    said, reasons = _classified()["columnas"], _classified()["razones"]
    free = {
        f"{owner}.{table.name}.{column.name}"
        for service in SERVICES
        for owner, metadata in zip((service, "todos"), metadata_of(service), strict=True)
        for table in metadata.sorted_tables
        for column in table.columns
        if type(column.type).__name__ == "Text"
    }

    plain = {column for column in free if said[column] not in {"cifrado", "hechos"}}
    assert plain <= reasons.keys()


PERSONALES = {"cifrado", "indice", "persona_en_claro", "seudonimo", "hechos"}


def test_what_may_be_about_somebody_says_what_becomes_of_it_when_they_are_erased() -> None:
    said = _classified()["columnas"]
    erasure = _classified()["supresion"]
    decided = [
        column
        for what in ("se_borra", "se_vacia", "se_cambia", "queda")
        for column in erasure[what]
    ]
    personal = {column for column, kind in said.items() if kind in PERSONALES}

    assert len(decided) == len(set(decided)), "decided twice"
    assert not personal - set(decided), f"say under `supresion`: {sorted(personal - set(decided))}"
    assert not set(decided) - personal, f"nothing personal: {sorted(set(decided) - personal)}"
    assert all({**erasure["queda"], **erasure["se_cambia"]}.values())
