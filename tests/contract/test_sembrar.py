"""People brought many at once are what the desk would have made of them; and where very many have
each word of a name, whoever has them all is found nonetheless. On both columns.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from acogida.semilla import inventada
from casos.alcance import Alcance
from casos.fusiones.traslado import indexar
from casos.personas.actions import registrar, sembrar
from casos.personas.busqueda import MAXIMO, Resultados, buscar, reconocer
from casos.personas.models import Persona
from casos.personas.por_nombre import RAROS
from casos.personas.queries import sembradas
from casos.personas.schemas import NuevaPersona
from columns import COLUMNS
from oficina.actor import Actor
from oficina.db import Database, uuid7
from oficina.privacy import Keyring, use_keyring

AHORA = datetime(2026, 3, 2, 12, tzinfo=UTC)
MESON = Actor(uuid7(), "Mesón", frozenset({"recepcion"}), "migracion", "persona")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, tmp_path: Path, fresh_db: Callable[[str, str], Database]
) -> Iterator[Database]:
    """casos on one column, without people."""
    use_keyring(Keyring.load(tmp_path / "claves", make=True))
    return fresh_db(request.param, "casos")


def test_quien_se_siembra_queda_como_quien_se_registra(db: Database) -> None:
    personas = [inventada(7, lugar) for lugar in range(1, 41)]
    with db.begin() as session:
        for una in personas:
            registrar(session, una, MESON, AHORA)
    with db.read() as session:
        assert sembradas(session) is None, "somebody came by the desk"
    with db.begin() as session:
        sembrar(session, personas, MESON, AHORA)
    with db.read() as session:
        todas = session.scalars(
            select(Persona)
            .order_by(Persona.folio)
            .options(
                selectinload(Persona.documentos),
                selectinload(Persona.contactos),
                selectinload(Persona.tokens),
            )
        ).all()
    assert [una.folio for una in todas] == [f"P-2026-{n:06d}" for n in range(1, 81)]
    for registrada, sembrada in zip(todas[:40], todas[40:], strict=True):
        assert _como_es(sembrada) == _como_es(registrada)
        assert sembrada.tokens


def test_donde_todas_las_palabras_son_de_muchos_se_halla_a_quien_las_tiene(db: Database) -> None:
    rara = NuevaPersona(nombres="Ana", primer_apellido="Pérez", segundo_apellido="González")
    otras = [
        NuevaPersona(nombres=de_pila, primer_apellido=apellido, segundo_apellido="González")
        for de_pila, apellido in (("Ana", "Rojas"), ("José", "Pérez"))
        for _ in range(RAROS + 20)
    ]
    with db.begin() as session:
        sembrar(session, [rara, *otras], MESON, AHORA)
    with db.read() as session:
        for texto, razon in (
            ("Ana Pérez González", "nombre"),
            ("perez ana", "nombre"),
            ("gonzalez ana perez", "nombre"),
            ("Anna Peres", "sonido"),
        ):
            hallados = _hallados(session, texto)
            assert [fila.persona.nombre for fila in hallados.filas] == ["Ana Pérez González"], texto
            assert hallados.filas[0].hallazgos == (razon,)
        for texto in ("González", "jos", "rojas gonz", "Ana Rojas"):
            hallados = _hallados(session, texto)
            assert (len(hallados.filas), hallados.hay_mas) == (MAXIMO, True), texto
        assert _hallados(session, "an per").hay_mas, "words that nobody has: whoever typed goes on"


def test_donde_todas_son_de_muchos_se_halla_a_quien_escribe_junto_o_aparte(db: Database) -> None:
    """Who writes «Jean Louis» has no pair of «jeanlouis»."""
    apellidos = {"primer_apellido": "Pierre", "segundo_apellido": "Auguste"}
    aparte = NuevaPersona(nombres="Jean Louis", **apellidos)
    junto = NuevaPersona(nombres="Jeanlouis", **apellidos)
    with db.begin() as session:
        sembrar(
            session,
            [junto, aparte, *_muchas(("Jeanlouis", "Rojas"), ("Ana", "Pierre"))],
            MESON,
            AHORA,
        )
    with db.read() as session:
        for texto in ("jeanlouis pierre", "pierre jeanlouis", "Jean Louis Pierre"):
            hallados = {fila.persona.nombre for fila in _hallados(session, texto).filas}
            assert hallados == {"Jean Louis Pierre Auguste", "Jeanlouis Pierre Auguste"}, texto


def test_donde_todas_son_de_muchos_valen_tambien_sus_otros_nombres(db: Database) -> None:
    """How somebody wishes to be called, and how they were in a record that was joined to theirs."""
    una = NuevaPersona(nombres="Juan", primer_apellido="Soto", nombre_social="Ana")
    unida = NuevaPersona(nombres="Juana", primer_apellido="Rojas")
    otras = _muchas(("Ana", "Díaz"), ("Elsa", "Soto"), ("Luis", "Rojas"))
    with db.begin() as session:
        sembrar(session, [una, unida, *otras], MESON, AHORA)
        vigente, absorbida = session.scalars(
            select(Persona).order_by(Persona.folio).limit(2).options(selectinload(Persona.tokens))
        )
        absorbida.fusionada_en_id = vigente.id
        indexar(session, vigente)
    with db.read() as session:
        for texto, razon in (
            ("Ana Soto", "nombre"),
            ("soto rojas", "nombre"),
            ("Rojas Soto Ana", "nombre"),
            ("Anna Sotto", "sonido"),
            ("Sotto Rojaz", "sonido"),
        ):
            (fila,) = _hallados(session, texto).filas
            assert (fila.persona.id, fila.hallazgos) == (vigente.id, (razon,)), texto


def _muchas(*nombres: tuple[str, str]) -> list[NuevaPersona]:
    """So many people of each name that nobody looks at them one by one."""
    return [
        NuevaPersona(nombres=de_pila, primer_apellido=apellido)
        for de_pila, apellido in nombres
        for _ in range(RAROS + 20)
    ]


def _hallados(session: Session, texto: str) -> Resultados:
    return buscar(session, reconocer(texto), Alcance.de(MESON))


def _como_es(persona: Persona) -> dict[str, Any]:
    """All that is told of somebody, without what is of one record alone."""
    dicho = _columnas(persona)
    dicho["documentos"] = [_columnas(uno) for uno in persona.documentos]
    dicho["contactos"] = sorted(map(_columnas, persona.contactos), key=lambda uno: uno["indice"])
    dicho["tokens"] = sorted(uno.token for uno in persona.tokens)
    return dicho


def _columnas(cosa: Any) -> dict[str, Any]:
    propias = {"id", "folio", "persona_id", "genero_en_claro"}
    return {
        columna.key: getattr(cosa, columna.key)
        for columna in cosa.__mapper__.column_attrs
        if columna.key not in propias
    }
