"""The goldens hold: a version only gains optional fields."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from oficina.bus import catalogue
from oficina.bus.envelope import read_hecho, read_sobre
from oficina.events import catalogo


def test_the_goldens_of_the_project_are_up_to_date() -> None:
    assert catalogue.check() == []


def test_every_example_is_a_fact_that_can_be_read() -> None:
    for described in catalogue.descripcion():
        assert read_sobre(described.ejemplo).tipo == described.tipo
        assert type(read_hecho(described.ejemplo)).ce_type() == described.ce_type
        Draft202012Validator.check_schema(described.esquema)
        Draft202012Validator(described.esquema).validate(described.ejemplo["data"])


def test_every_fact_says_what_it_means() -> None:
    for described in catalogue.descripcion():
        assert described.descripcion.endswith(".")
        assert described.productor == described.tipo.split(".", maxsplit=1)[0]


def test_the_asyncapi_document_refers_to_what_it_holds() -> None:
    document = catalogue.asyncapi()

    assert len(document["channels"]) == len(catalogo())
    for reference in _references(document):
        _follow(document, reference)
    for name, message in document["components"]["messages"].items():
        schema = document["components"]["schemas"][name]
        Draft202012Validator(schema).validate(message["examples"][0]["payload"])


def test_a_new_optional_field_only_needs_writing(tmp_path: Path) -> None:
    catalogue.write(tmp_path)
    golden = tmp_path / "casos.derivacion.enviada.v1.json"
    _change(golden, lambda schema: schema["properties"].pop("grado_evidencia"))

    assert catalogue.check(tmp_path)[0] == "casos.derivacion.enviada.v1.json is not up to date"
    assert catalogue.write(tmp_path) == []
    assert catalogue.check(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["properties"].update(motivo={"type": "string"}), "motivo is gone"),
        (lambda s: s["properties"].update(modo={"type": "integer"}), "modo has another type"),
        (lambda s: s["required"].remove("modo"), "modo is required and was not"),
        (lambda s: s["required"].append("motivo_codigo"), "motivo_codigo may be absent now"),
    ],
)
def test_what_readers_could_not_bear_is_named(tmp_path: Path, change: Any, said: str) -> None:
    catalogue.write(tmp_path)
    _change(tmp_path / "casos.derivacion.enviada.v1.json", change)

    wrong = catalogue.check(tmp_path)

    assert wrong[0] == f"cl.acogida.casos.derivacion.enviada.v1: {said}"
    assert catalogue.write(tmp_path) == wrong


def test_a_fact_cannot_disappear(tmp_path: Path) -> None:
    catalogue.write(tmp_path)
    (tmp_path / "casos.caso.olvidado.v1.json").write_text("{}", encoding="utf-8")

    assert "casos.caso.olvidado.v1: the fact is gone" in catalogue.check(tmp_path)[0]


def test_the_command_answers_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["check"]) == 0
    assert catalogue.main([]) == 2
    assert "usage" in capsys.readouterr().err


def _change(path: Path, change: Any) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [one for value in node.values() for one in _references(value)]
    if isinstance(node, list):
        return [one for value in node for one in _references(value)]
    return []


def _follow(document: Any, reference: str) -> None:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
