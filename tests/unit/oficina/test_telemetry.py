"""The log never carries personal data; stories and traces go on across processes."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.stdlib import ProcessorFormatter

from oficina import telemetry
from oficina.telemetry import OMITTED, Trace

NAME = "Jean Louis"
PHONE = "+56 9 8765 4321"


@pytest.fixture
def log() -> Iterator[Any]:
    """The log as every process sets it up."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    telemetry.configure_logging("INFO")
    yield telemetry.get_logger("prueba")
    root.handlers[:] = before
    root.setLevel(level)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_an_event_with_safe_fields(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    caso_id = uuid4()

    with telemetry.follow():
        log.info("caso_derivado", caso_id=caso_id, filas=12, estado="abierto")
        story, trace = telemetry.correlation_id.get(), telemetry.traceparent()

    (line,) = _lines(capsys)
    assert line["event"] == "caso_derivado"
    assert line["caso_id"] == str(caso_id)
    assert line["filas"] == 12
    assert line["correlation_id"] == story
    assert line["trace_id"] == trace.split("-")[1]
    assert line["level"] == "info"


def test_a_line_of_a_handler_names_the_fact_that_it_follows(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    evento = str(uuid4())

    with telemetry.follow(causation=evento):
        log.info("caso_derivado")
        log.info("hecho_fallido", evento=NAME)

    ours, said = _lines(capsys)
    assert ours["evento"] == evento
    assert said["evento"] == OMITTED


def test_what_may_be_personal_is_left_out(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fields = {"nombre": NAME, "telefono": PHONE, "documento": 26123456, "lista": [NAME]}
    careless = f"llamó {NAME}"
    log.info(careless, **fields, persona_id=NAME, error=NAME, estado="a@b.example")

    (line,) = _lines(capsys)
    for key in (*fields, "persona_id", "error", "estado", "event"):
        assert line[key] == OMITTED


def test_a_line_is_written_as_structlog_writes_it(log: Any) -> None:
    handlers = logging.getLogger().handlers
    (formatter,) = [one.formatter for one in handlers if isinstance(one, telemetry._Stderr)]
    written: list[list[dict[str, Any]]] = []

    class Both(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            assert isinstance(formatter, ProcessorFormatter)
            both = formatter.format(record), ProcessorFormatter.format(formatter, record)
            written.append([json.loads(line) for line in both])

    logging.getLogger().addHandler(Both())
    with telemetry.follow(causation=str(uuid4())):
        log.info("peticion", servicio="uno", id=uuid4(), ms=1.5, otro=NAME, nada=None, lista=[1])
        log.warning("ñandú")
        try:
            raise ValueError(NAME)
        except ValueError:
            log.exception("error_inesperado")
            logging.getLogger("ajeno").exception("de %s", NAME)
        logging.getLogger("ajeno").error({"a": NAME})

    assert len(written) == 5
    for ours, theirs in written:
        if ours["event"] == "registro_ajeno":  # it gets its moment as it is written
            theirs["timestamp"] = ours["timestamp"]
        assert list(ours.items()) == list(theirs.items())


def test_of_an_exception_only_its_class_and_place(
    log: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise ValueError(NAME)
    except ValueError:
        log.exception("fallo")
        logging.getLogger("biblioteca").exception("Fallo con %s", NAME)

    text = capsys.readouterr().err
    ours, foreign = (json.loads(line) for line in text.splitlines())
    assert NAME not in text
    assert ours["error"] == foreign["error"] == "builtins.ValueError"
    assert any("test_telemetry.py" in frame for frame in ours["frames"])
    assert foreign["plantilla"] == "Fallo con %s"


def test_setting_up_twice_writes_once(log: Any, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("INFO")

    log.info("una_vez")

    assert len(_lines(capsys)) == 1


def test_a_trace_goes_on() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    with telemetry.follow(trace=parent):
        here = Trace.parse(telemetry.traceparent())

    assert here is not None
    assert here.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert here.span_id != "00f067aa0ba902b7"
    assert telemetry.traceparent() == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
    ],
)
def test_what_is_not_a_trace_begins_a_new_one(text: str) -> None:
    assert Trace.parse(text) is None
    with telemetry.follow(trace=text):
        assert Trace.parse(telemetry.traceparent()) is not None


def test_a_later_version_of_a_trace_is_read() -> None:
    text = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"
    assert Trace.parse(text) is not None


@given(st.text())
def test_a_story_from_outside_is_a_uuid_or_ours(text: str) -> None:
    with telemetry.follow(text):
        assert len(telemetry.correlation_id.get()) == 36
