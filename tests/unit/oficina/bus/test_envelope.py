"""A fact survives the way out and back, and what is no fact is refused with a reason."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from oficina import telemetry
from oficina.bus import catalogue
from oficina.bus.envelope import (
    HechoInvalido,
    SobreInvalido,
    campos,
    read_hecho,
    read_sobre,
    routing_key,
    to_cloudevent,
)
from oficina.db import uuid7
from oficina.events import Clasificacion, Evento, catalogo
from oficina.events.agenda import CitaAgendada
from oficina.events.casos import CasoOrientado, PersonaActualizada, PlazoPorVencer

MOMENT = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def _cloudevent(hecho: Evento) -> dict[str, Any]:
    return to_cloudevent(
        hecho,
        evento_id=uuid7(),
        source="/independencia/casos",
        sequence=3,
        time=MOMENT,
        clasificacion=Clasificacion.INTERNO,
    )


def _values(kind: Any) -> st.SearchStrategy[Any]:
    known: dict[Any, st.SearchStrategy[Any]] = {
        UUID: st.uuids(),
        datetime: st.datetimes(timezones=st.just(UTC)),
        date: st.dates(),
        str: st.text(),
        int: st.integers(),
        bool: st.booleans(),
        list[str]: st.lists(st.text()),
    }
    return known[kind]


def _hechos(kind: type[Evento]) -> st.SearchStrategy[Evento]:
    return st.builds(
        kind,
        **{
            campo.nombre: st.none() | _values(campo.tipo) if campo.opcional else _values(campo.tipo)
            for campo in campos(kind)
        },
    )


@given(st.sampled_from(list(catalogo().values())).flatmap(_hechos))
def test_every_fact_survives_the_way_and_keeps_its_schema(hecho: Evento) -> None:
    travelled = json.loads(json.dumps(_cloudevent(hecho)))

    assert read_hecho(travelled) == hecho
    checker = Draft202012Validator(
        catalogue.schema(type(hecho)), format_checker=FormatChecker(("uuid", "date"))
    )
    checker.validate(travelled["data"])


def test_the_envelope_says_who_what_and_in_which_order() -> None:
    caso_id = uuid7()
    with telemetry.follow(causation="the-cause"):
        cuerpo = _cloudevent(CasoOrientado(caso_id=caso_id, tema="REG.TEMP"))
        story, trace = telemetry.correlation_id.get(), telemetry.traceparent()

    sobre = read_sobre(cuerpo)

    assert sobre.tipo == "casos.caso.orientado"
    assert sobre.ce_type == "cl.acogida.casos.caso.orientado.v1"
    assert sobre.subject == f"caso/{caso_id}"
    assert (sobre.sequence, sobre.time) == (3, MOMENT)
    assert (sobre.correlationid, sobre.causationid) == (story, "the-cause")
    assert sobre.traceparent == trace
    assert sobre.clasificacion is Clasificacion.INTERNO


def test_absent_fields_do_not_travel() -> None:
    cuerpo = _cloudevent(PersonaActualizada(persona_id=uuid7(), campos_cambiados=[]))

    assert "causationid" not in cuerpo
    assert cuerpo["data"]["campos_cambiados"] == []


@pytest.mark.parametrize(
    ("hecho", "campo"),
    [
        (
            CasoOrientado(caso_id="not a uuid", tema="x"),  # type: ignore[arg-type]  what is refused
            "data.caso_id",
        ),
        (CasoOrientado(caso_id=uuid7(), tema=None), "data.tema"),  # type: ignore[arg-type]  what is refused
        (
            PersonaActualizada(persona_id=uuid7(), campos_cambiados=[1]),  # type: ignore[list-item]  what is refused
            "data.campos_cambiados",
        ),
        (
            CitaAgendada(
                cita_id=uuid7(),
                persona_id=uuid7(),
                inicia_en=datetime(2026, 3, 2),  # noqa: DTZ001  what is refused
                termina_en=MOMENT,
            ),
            "data.inicia_en",
        ),
    ],
)
def test_a_mistyped_fact_is_not_told(hecho: Evento, campo: str) -> None:
    with pytest.raises(HechoInvalido, match=f"{hecho.tipo}: {campo} must be") as refused:
        _cloudevent(hecho)

    assert refused.value.campo == campo


def test_a_reader_passes_over_what_it_does_not_know() -> None:
    cuerpo = _cloudevent(CasoOrientado(caso_id=uuid7(), tema="REG.TEMP"))
    cuerpo["data"]["urgencia"] = "alta"

    assert isinstance(read_hecho(cuerpo), CasoOrientado)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "cl.acogida.casos.caso.orientado.v9"}, "no fact of this version"),
        ({"data": None}, "data is not an object"),
        ({"data": {"tema": "x"}}, "data.caso_id is missing"),
        ({"data": {"caso_id": "x", "tema": "x"}}, "data.caso_id is no"),
        ({"data": {"caso_id": str(uuid7()), "tema": 7}}, "data.tema is no"),
    ],
)
def test_a_fact_that_cannot_be_read_says_where(change: dict[str, Any], said: str) -> None:
    cuerpo = _cloudevent(CasoOrientado(caso_id=uuid7(), tema="x")) | change

    with pytest.raises(SobreInvalido, match=said):
        read_hecho(cuerpo)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"},
        {"sequence": "x"},
        {"time": "2026-03-02T12:30:00"},
        {"time": 5},
        {"type": 5},
        {"type": "com.example.other"},
        {"clasificacion": "secreto"},
    ],
)
def test_an_envelope_that_cannot_be_read_is_refused(change: dict[str, Any]) -> None:
    cuerpo = _cloudevent(CasoOrientado(caso_id=uuid7(), tema="x")) | change

    with pytest.raises(SobreInvalido):
        read_sobre(cuerpo)


def test_a_whole_number_is_no_truth() -> None:
    plazo = PlazoPorVencer(
        caso_id=uuid7(), plazo_id=uuid7(), reloj="respuesta", vence_en=MOMENT, nivel=True
    )

    with pytest.raises(TypeError):
        _cloudevent(plazo)


def test_routing_keys_leave_the_version_out() -> None:
    assert routing_key("cl.acogida.casos.caso.abierto.v12") == "casos.caso.abierto"
