"""A form that comes back because somebody was faster, with both versions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import marshmallow as ma
import pytest
from flask import Flask, render_template_string

import columns
from oficina import audit
from oficina.actor import Actor
from oficina.audit import Cambio, registrar, ultimo_cambio
from oficina.clock import real_now
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring
from oficina.web import i18n, labels, stale
from oficina.web.forms import Form
from oficina.web.stale import Difference, Present, came_back

PAGE = """
{% from "oficina/_campos.html" import area, campo, casilla, casillas, fecha, oculto, radios,
   resumen_errores, seleccion with context %}
{% set cuerpo %}{{ resumen_errores(form) }}<form>{{ oculto(form, "version") }}
{{ campo(form, "nombre", "Nombre") }}{{ area(form, "nota", "Nota") }}
{{ fecha(form, "dia", "Día") }}{{ campo(form, "monto", "Monto") }}
{{ seleccion(form, "sexo", "Sexo", [("f", "Femenino"), ("m", "Masculino")], vacia="No dice") }}
{{ casillas(form, "idiomas", "Idiomas", [("es", "Español"), ("ht", "Kreyòl")]) }}
{{ radios(form, "vive", "Vive aquí", [("1", "Vive"), ("0", "No vive")]) }}
{{ casilla(form, "acepta", "Acepta") }}{{ campo(form, "dentro.numero", "Número") }}
{{ campo(form, "clave", "Clave", tipo="password") }}</form>{% endset %}
{{ cuerpo | con_etiquetas | con_lo_que_cambio }}
"""


class DentroSchema(ma.Schema):
    """A field inside another one."""

    numero = ma.fields.String(load_default="")


class EditadaSchema(ma.Schema):
    """One field of each kind."""

    nombre = ma.fields.String(required=True)
    nota = ma.fields.String(load_default="")
    dia = ma.fields.Date(load_default=None)
    monto = ma.fields.Integer(load_default=None)
    sexo = ma.fields.String(load_default=None)
    idiomas = ma.fields.List(ma.fields.String(), load_default=list)
    acepta = ma.fields.Boolean(load_default=False)
    vive = ma.fields.Boolean(load_default=None)
    dentro = ma.fields.Nested(DentroSchema)
    clave = ma.fields.String(metadata={"raw": True})
    version = ma.fields.Integer()


NOW: dict[str, Any] = {
    "nombre": "Ana",
    "nota": "una\ndos",
    "dia": date(2026, 3, 1),
    "monto": 7,
    "sexo": "f",
    "idiomas": ["ht", "es"],
    "acepta": True,
    "vive": True,
    "dentro": {"numero": "12"},
    "clave": "secreta",
    "version": 4,
}
SENT: dict[str, Any] = {
    "nombre": "Ana",
    "nota": "una\r\ndos ",
    "dia": "2026-03-01",
    "monto": "07",
    "sexo": "f",
    "idiomas": ["es", "ht"],
    "acepta": "1",
    "vive": "1",
    "dentro.numero": "12",
    "clave": "otra",
    "version": "3",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    """What shows a form, and nothing else of a service."""
    made = Flask("oficina.web")
    for part in (i18n, labels, stale):
        part.init_app(made)
    return made


def _page(app: Flask, sent: dict[str, Any], **present: Any) -> tuple[str, list[Difference]]:
    with app.test_request_context(method="POST", data=sent):
        form = Form(EditadaSchema())
        came_back(form, Present(**{"values": NOW} | present))
        page = render_template_string(PAGE, form=form)
        assert form.stale
        return page, form.stale.differences()


@pytest.mark.parametrize(
    ("change", "now", "written"),
    [
        ({"nombre": "Eva"}, "Ana", "Eva"),
        ({"nota": "una\r\n\r\ndos"}, "una\ndos", "una\n\ndos"),
        ({"nota": ""}, "una\ndos", ""),
        ({"dia": "2026-03-02"}, "1 mar 2026", "2 mar 2026"),
        ({"monto": "0"}, "7", "0"),
        ({"sexo": "m"}, "Femenino", "Masculino"),
        ({"sexo": ""}, "Femenino", "No dice"),
        ({"sexo": "x"}, "Femenino", "Algo que ya no se ofrece"),
        ({"idiomas": ["es"]}, "Español, Kreyòl", "Español"),
        ({"idiomas": []}, "Español, Kreyòl", ""),
        ({"acepta": ""}, "Sí", "No"),
        ({"vive": "0"}, "Vive", "No vive"),
        ({"dentro.numero": "13"}, "12", "13"),
    ],
)
def test_what_differs_is_told_in_the_words_of_the_page(
    app: Flask, change: dict[str, Any], now: str, written: str
) -> None:
    page, found = _page(app, SENT | change)

    assert [(one.name, one.now, one.written) for one in found] == [(*change, now, written)]
    assert page.count("<tr>") == 2
    assert re.search(r'<th scope="row"><a href="#campo-[a-z-]+">', page)


def test_what_says_the_same_in_other_letters_is_not_shown(app: Flask) -> None:
    page, found = _page(app, SENT)

    assert not found
    assert "dice lo mismo que lo guardado" in page
    assert "<table" not in page
    assert "secreta" not in page


def test_it_is_an_alert_that_holds_both_and_the_form_may_be_sent_again(app: Flask) -> None:
    page, _found = _page(app, SENT | {"nombre": "<b>Eva</b>"})

    assert page.index('role="alert"') < page.index("<form>")
    assert "Otra persona lo modificó mientras usted escribía" in page
    assert "&lt;b&gt;Eva&lt;/b&gt;</span></td>" in page
    assert "<b>Eva" not in page
    assert 'name="nombre" type="text" value="&lt;b&gt;Eva' in page
    assert '<input type="hidden" name="version" value="4">' in page
    assert stale._MARK not in page


def test_what_the_reader_may_not_see_is_compared_and_not_told(app: Flask) -> None:
    page, found = _page(app, SENT | {"nombre": "Eva"}, hidden=("nombre", "monto"))

    assert [(one.name, one.now) for one in found] == [("nombre", None)]
    assert "Otra cosa, que usted no puede ver" in page
    assert "Ana" not in page


def test_what_a_form_only_adds_is_compared_with_nothing(app: Flask) -> None:
    page, found = _page(app, SENT | {"nombre": "Eva"}, values={"version": 9})

    assert not found
    assert "vea cómo está ahora" in page
    assert 'name="version" value="9"' in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Cambio(datetime(2026, 3, 1, 15, tzinfo=UTC), uuid4(), "Rosa <i>"), "Lo cambió Rosa &lt;i"),
        (Cambio(datetime(2026, 3, 1, 15, tzinfo=UTC)), "Cambió: 1 mar 2026, 12:00"),
        (
            Cambio(datetime(2026, 3, 1, 15, tzinfo=UTC), uuid4(), Actor.sistema("casos").nombre),
            "Cambió de forma automática mientras usted escribía</h2>\n  <p>Cambió: 1 mar 2026",
        ),
    ],
)
def test_who_and_when_are_told_as_far_as_they_are_known(
    app: Flask, change: Cambio, told: str
) -> None:
    assert told in _page(app, SENT, change=change)[0]
    assert told not in _page(app, SENT)[0]


def test_a_form_that_nobody_was_faster_at_says_nothing(app: Flask) -> None:
    with app.test_request_context(method="POST", data=SENT | {"nombre": stale._MARK}):
        page = render_template_string(PAGE, form=Form(EditadaSchema()))

    assert "alert" not in page
    assert 'name="version" value="3"' in page


# Who


def _audit(db: Database, who: str, action: str, thing: UUID, code: str = "") -> None:
    with db.begin() as session:
        by = replace(Actor.sistema("casos"), nombre=who)
        registrar(session, by, action, "cosa", thing, motivo_codigo=code)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A service's own, with nothing in its audit."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    made = Database(columns.file_in(tmp_path, "identidad"))
    yield made
    made.close()


def test_who_changed_it_last_is_known_while_nothing_else_may_have(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cosa = uuid4()

    def last() -> str | None:
        with db.read() as session:
            found = ultimo_cambio(
                session, "cosa", cosa, ["cosa.editar"], sin_decir=["todo.cargar"], aparte=["fotos"]
            )
        return found.quien if found else None

    assert last() is None
    _audit(db, "Rosa", "cosa.editar", cosa, "nombre")
    _audit(db, "Otra", "cosa.editar", uuid4())
    _audit(db, "Lee", "cosa.ver", cosa)
    _audit(db, "Foto", "cosa.editar", cosa, "fotos")
    assert last() == "Rosa"
    _audit(db, "Masiva", "todo.cargar", uuid4())
    assert last() is None
    _audit(db, "Luz", "cosa.editar", cosa)
    assert last() == "Luz"
    later = real_now() + timedelta(days=1)
    monkeypatch.setattr(audit, "real_now", lambda: later)
    assert last() is None
