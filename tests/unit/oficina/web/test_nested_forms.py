"""Forms whose fields are inside others."""

import re
from typing import Any

import marshmallow as ma
from flask import Flask, render_template_string

from oficina.errors import DatosInvalidos
from oficina.web.forms import Form


class DocumentoSchema(ma.Schema):
    """One document."""

    numero = ma.fields.String(required=True, validate=ma.validate.Length(min=3))
    pais = ma.fields.String(load_default="CHL")


class PersonaSchema(ma.Schema):
    """Somebody with a document."""

    nombre = ma.fields.String(required=True)
    documento = ma.fields.Nested(DocumentoSchema)
    idiomas = ma.fields.List(ma.fields.String())


def _sent(app: Flask, data: dict[str, Any]) -> Form:
    with app.test_request_context(method="POST", data=data):
        return Form(PersonaSchema())


def test_names_with_dots_are_nested(app: Flask) -> None:
    form = _sent(app, {"nombre": "Ana", "documento.numero": " 123 ", "idiomas": ["es", "", "ht"]})

    assert form.valid
    assert form.data == {
        "nombre": "Ana",
        "documento": {"numero": "123", "pais": "CHL"},
        "idiomas": ["es", "ht"],
    }


def test_what_was_left_blank_is_not_there(app: Flask) -> None:
    form = _sent(app, {"nombre": "Ana", "documento.numero": " ", "documento.pais": ""})

    assert form.data == {"nombre": "Ana"}


def test_errors_are_at_the_field_as_it_is_called(app: Flask) -> None:
    form = _sent(app, {"documento.pais": "VEN", "documento.numero": "a"})

    assert not form.valid
    assert form.errors == {
        "nombre": ["Falta este dato."],
        "documento.numero": ["Debe tener al menos 3 caracteres."],
    }
    assert list(form.errors) == ["nombre", "documento.numero"]
    assert form.value("documento.pais") == "VEN"


def test_rules_add_their_errors_beside_the_fields(app: Flask) -> None:
    form = _sent(app, {"nombre": "Ana"})

    form.add_errors(DatosInvalidos({"documento": {"numero": ["Ya existe."]}}, "Revise."))

    assert not form.valid
    assert form.errors == {"documento.numero": ["Ya existe."], "": ["Revise."]}


def test_values_of_a_thing_fill_its_form(app: Flask) -> None:
    known = {
        "nombre": "Ana",
        "documento": {"numero": 7, "pais": None},
        "idiomas": ["es", "ht"],
        "acepta": True,
        "rechaza": False,
    }
    with app.test_request_context():
        form = Form(PersonaSchema(), initial=known)

    assert form.value("documento.numero") == "7"
    assert form.value("documento.pais") == ""
    assert form.values("idiomas") == ["es", "ht"]
    assert form.value("acepta") == "1"
    assert form.value("rechaza") == ""


class HojaSchema(ma.Schema):
    """What must be written in a language."""

    titulo = ma.fields.String(required=True)


class FichaSchema(ma.Schema):
    """Something that is nothing without its text."""

    hoja = ma.fields.Nested(HojaSchema, required=True)


def test_of_a_part_left_blank_it_is_told_what_is_missing_in_it(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"hoja.titulo": " "}):
        form = Form(FichaSchema())

    assert form.errors == {"hoja.titulo": ["Falta este dato."]}


def test_errors_are_summed_up_in_the_order_of_the_page_and_lead_to_a_field_or_nowhere(
    app: Flask,
) -> None:
    page = """
{% from "oficina/_campos.html" import campo, resumen_errores with context %}
{% set cuerpo %}{{ resumen_errores(form) }}{{ campo(form, "uno", "Uno") }}
{{ campo(form, "dos", "Dos") }}{% endset %}{{ cuerpo | con_etiquetas }}
"""
    with app.test_request_context(method="POST"):
        form = Form(ma.Schema())
        for field in ("", "otro", "dos", "uno"):
            form.add_error(field, f"<mal {field}>")
        shown = render_template_string(page, form=form)

    summary = re.findall(r"<li>(.*?)</li>", shown)
    assert summary == [
        '<a href="#campo-uno">Uno: &lt;mal uno&gt;</a>',
        '<a href="#campo-dos">Dos: &lt;mal dos&gt;</a>',
        "&lt;mal &gt;",
        "&lt;mal otro&gt;",
    ]
