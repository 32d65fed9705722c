"""The auditor's pages, over the real services."""

import ast
import csv
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from acogida.cli import main
from identidad.auditoria import pages
from identidad.auditoria.etiquetas import ACCIONES
from identidad.partes import parte
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.settings import SERVICES

AUDITORIA = "/identidad/auditoria"
ROOT = Path(__file__).parents[3]
PERSONA = uuid4()


@pytest.fixture
def auditor(servicios: dict[str, Flask], oficina: Any) -> FlaskClient:
    """The auditor's browser."""
    browser: FlaskClient = oficina.entrar(servicios["identidad"], "auditor")
    return browser


@pytest.fixture
def escritas(servicios: dict[str, Flask], oficina: Any) -> list[str]:
    """What was done at several services, in this order, and sealed: the ids of what it is about."""
    actor = oficina.funcionario("profesional").actor()
    done = (
        ("casos", "casos.persona.ver", "persona", PERSONA),
        ("agenda", "agenda.cita.agendar", "cita", uuid4()),
        ("casos", "casos.caso.abrir", "caso", uuid4()),
        ("reportes", "otra.cosa", "mes", uuid4()),
    )
    for servicio, accion, recurso, recurso_id in done:
        db = servicios[servicio].extensions["env"].db
        with db.begin() as session:
            registrar(session, actor, accion, recurso, recurso_id, motivo="Porque llamó Juana")
        Sealer(db, servicio, Cabezas(oficina.settings, servicio)).run_once()
    return [str(recurso_id) for _, _, _, recurso_id in done]


def _read(browser: FlaskClient, address: str = AUDITORIA, **query: Any) -> str:
    answer = browser.get(address, query_string=query)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.get_data(as_text=True))


def _about(page: str) -> list[str]:
    return re.findall(rf'href="{AUDITORIA}\?recurso_id=([0-9a-f-]+)"', page)


def test_all_services_are_searched_in_one_order_and_in_words(
    auditor: FlaskClient, escritas: list[str]
) -> None:
    page = _read(auditor, actor_id=_id_of(auditor, "Persona de profesional"))

    assert _about(page) == escritas[::-1]
    assert "Vio la ficha de una persona" in page
    assert "Agendó una cita" in page
    assert "otra.cosa" in page
    assert "Con un motivo escrito, que no se muestra" in page
    assert "Juana" not in page
    assert "Personas y casos, n.º 2" in page
    # It is where an auditor begins, and what the menu shows.
    assert auditor.get("/").location == AUDITORIA
    assert f'href="{AUDITORIA}" aria-current="page"' in page


def _id_of(browser: FlaskClient, nombre: str) -> str:
    """As the page offers who may be chosen."""
    (found,) = re.findall(rf'<option value="([0-9a-f-]+)"[^>]*>{nombre}<', _read(browser))
    return str(found)


def test_who_looked_at_somebody_is_one_question(auditor: FlaskClient, escritas: list[str]) -> None:
    page = _read(auditor, recurso_id=PERSONA)

    assert set(_about(page)) == {str(PERSONA)}
    assert "Persona de profesional" in page
    # Who asks is written down too, with what was asked, and the next who asks sees it.
    assert "Leyó la auditoría" in _read(auditor, recurso_id=PERSONA)


def test_pages_follow_each_other_over_all_services(
    auditor: FlaskClient, servicios: dict[str, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identidad.auditoria.servicios.EN_UNA_PAGINA", 3)
    written = []
    for number in range(8):
        servicio = ("casos", "agenda", "notificaciones")[number % 3]
        with servicios[servicio].extensions["env"].db.begin() as session:
            caso_id = uuid4()
            written.append(str(caso_id))
            registrar(session, Actor.sistema(servicio), "casos.plazo.ver", "caso", caso_id)
    found: list[str] = []
    query: dict[str, str] = {"accion": "casos.plazo.ver"}

    while True:
        page = _read(auditor, **query)
        found += _about(page)
        after = re.search(r'antes=([0-9a-f.-]+)[^"]*">Anteriores', page)
        if after is None:
            break
        query["antes"] = after[1]

    assert found == written[::-1]


def test_a_service_that_does_not_answer_is_named_and_the_rest_is_there(
    auditor: FlaskClient, escritas: list[str], oficina: Any
) -> None:
    down = Flask("agenda")
    down.add_url_rule("/<path:_path>", view_func=lambda _path: ("", 503))
    oficina.mount(down)

    page = _read(auditor, recurso_id=PERSONA)

    assert "Agenda no responde" in page
    assert _about(page) == [str(PERSONA)]
    assert "No responde" in _read(auditor, f"{AUDITORIA}/cadenas")
    # Half an export would look like a whole one.
    assert auditor.get(f"{AUDITORIA}/exportacion-csv.zip").status_code == 503


def test_what_cannot_be_meant_is_told_beside_its_field(auditor: FlaskClient) -> None:
    for query, field in (
        ({"recurso_id": "yo"}, "recurso_id"),
        ({"direccion": "casa"}, "direccion"),
        ({"desde": "2026-03-02", "hasta": "2026-03-01"}, "hasta"),
        ({"servicio": "correos"}, "servicio"),
    ):
        answer = auditor.get(AUDITORIA, query_string=query)

        assert answer.status_code == 422
        assert f'href="#campo-{field}"' in answer.text


def test_a_day_is_whole_in_chile(
    auditor: FlaskClient, servicios: dict[str, Flask], escritas: list[str]
) -> None:
    with servicios["casos"].extensions["env"].db.read() as session:
        moment = session.scalars(select(Auditoria.ocurrida_en)).first()
    day = moment.astimezone(pages.local(moment).tzinfo).date().isoformat()

    assert set(escritas) <= set(_about(_read(auditor, desde=day, hasta=day)))
    assert _about(_read(auditor, hasta="2020-01-01")) == []


def test_the_chains_say_how_they_are(
    auditor: FlaskClient, escritas: list[str], servicios: dict[str, Flask], oficina: Any
) -> None:
    db = servicios["casos"].extensions["env"].db
    Cabezas(oficina.settings, "casos").dejar(db, "2026-11-26")
    whole = _read(auditor, f"{AUDITORIA}/cadenas")
    with db.begin() as session:
        session.connection().exec_driver_sql("DROP TRIGGER auditoria_no_cambia")
        session.query(Auditoria).update({"direccion": "192.0.2.1"})

    broken = _read(auditor, f"{AUDITORIA}/cadenas")

    assert all(f"<td>{parte(servicio)}</td>" in whole for servicio in SERVICES)
    assert whole.count("Entera") == 3
    assert "hasta el eslabón 2" in whole
    assert "Rota" not in whole
    assert broken.count("Entera") == 2
    assert "La anotación no dice lo que se selló." in broken


@pytest.fixture
def exportado(auditor: FlaskClient, escritas: list[str], tmp_path: Path) -> Iterator[Any]:
    """How to export, and where the file is kept."""

    def export(formato: str, **query: Any) -> Path:
        address = f"{AUDITORIA}/exportacion-{formato}.zip"
        answer = auditor.get(address, query_string=query, buffered=True)
        assert answer.status_code == 200, answer.text
        kept = tmp_path / f"{formato}.zip"
        kept.write_bytes(answer.data)
        return kept

    return export


def _doctor(oficina: Any, path: Path) -> tuple[int, str]:
    done = CliRunner().invoke(
        main,
        ["doctor", "--audit", "--verificar", str(path)],
        env={"DATOS": str(oficina.settings.data_dir)},
    )
    return done.exit_code, done.output


def test_an_export_is_signed_and_any_change_of_it_is_found(
    exportado: Any, escritas: list[str], oficina: Any, tmp_path: Path
) -> None:
    for formato in ("csv", "json"):
        kept = exportado(formato, accion="casos.caso.abrir")
        with zipfile.ZipFile(kept) as zipped:
            zipped.extractall(tmp_path / formato)
        (file,) = (tmp_path / formato).glob(f"*.{formato}")
        text = file.read_text("utf-8")
        rows = list(csv.DictReader(io.StringIO(text))) if formato == "csv" else json.loads(text)

        assert [row["recurso_id"] for row in rows] == [escritas[2]]
        assert rows[0]["accion_nombre"] == "Abrió un caso"
        assert "Juana" not in text
        for good in (kept, file):
            code, said = _doctor(oficina, good)
            assert code == 0, said
            assert "filas 1" in said
        file.write_text(text.replace("casos.caso.abrir", "casos.caso.ver"), "utf-8")
        code, said = _doctor(oficina, file)
        assert code == 1
        assert "no es lo que esta oficina firmó" in said


def test_an_export_can_be_checked_without_this_program(exportado: Any, tmp_path: Path) -> None:
    """With the very words of its LEAME.txt."""
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: install Debian's package openssl")
    with zipfile.ZipFile(exportado("csv")) as zipped:
        zipped.extractall(tmp_path)
        steps = zipped.read("LEAME.txt").decode().partition("OpenSSL")[2]
    script = "\n".join(line.strip() for line in steps.splitlines() if line.startswith("    "))

    done = subprocess.run(
        ["sh", "-e"], input=script, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    signed, shown = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    assert signed == shown


def test_an_export_leaves_its_row_and_says_when_it_is_not_all(
    exportado: Any, servicios: dict[str, Flask], oficina: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "FILAS", 2)

    kept = exportado("csv")

    assert "completa False" in _doctor(oficina, kept)[1]
    with servicios["identidad"].extensions["env"].db.read() as session:
        exported = select(Auditoria).where(Auditoria.accion == "auditoria.exportar")
        assert session.scalars(exported).one().cantidad == 2


def test_signed_heads_are_taken_along_as_the_check_reads_them(
    auditor: FlaskClient, escritas: list[str], oficina: Any, tmp_path: Path
) -> None:
    answer = auditor.get(f"{AUDITORIA}/cabezas.zip", buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        zipped.extractall(tmp_path / "mias")

    done = CliRunner().invoke(
        main,
        ["doctor", "--audit", "casos", "--cabezas", str(tmp_path / "mias")],
        env={"DATOS": str(oficina.settings.data_dir)},
    )

    assert done.exit_code == 0, done.output
    assert "coinciden 1 cabezas firmadas, la última hasta el eslabón 2" in done.output
    (head,) = (tmp_path / "mias" / "casos").glob("*.jws")
    code, said = _doctor(oficina, head)
    assert (code, "secuencia 2" in said) == (0, True)


def test_the_pages_are_the_auditors(oficina: Any) -> None:
    for rol in ("recepcion", "coordinacion", "administrador"):
        browser = oficina.entrar(oficina.identidad, rol)
        for address in ("", "/cadenas", "/cabezas.zip", "/exportacion-csv.zip"):
            assert browser.get(AUDITORIA + address).status_code == 403


def test_every_action_that_is_written_has_its_words() -> None:
    """Say in identidad/auditoria/etiquetas.py what was done, when a new action is written down."""
    without = {
        action: str(path.relative_to(ROOT))
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if "registrar" in path.read_text("utf-8")
        for action in _written_actions(ast.parse(path.read_text("utf-8")))
        if action not in ACCIONES
    }

    assert without == {}


def _written_actions(tree: ast.AST) -> Iterator[str]:
    """The actions that calls of oficina.audit name: the third of what they are given."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "oficina.audit"
        for alias in node.names
        if alias.name.startswith("registrar")
    } | {"audit.registrar", "audit.registrar_lectura"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names and len(node.args) > 2:
            action = node.args[2]
            if isinstance(action, ast.Constant):
                yield str(action.value)
