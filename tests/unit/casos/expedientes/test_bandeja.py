"""The list of cases: own ones first, what is late on top, filtered and in pages."""

import re
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.accesos.actions import Responsable
from casos.expedientes.actions import abrir
from casos.expedientes.models import Prioridad
from casos.expedientes.schemas import NuevoCaso
from casos.plazos.actions import iniciar
from casos.plazos.models import Plazo
from casos.plazos.reglas import reglas
from oficina import clock
from oficina.actor import Actor

AHORA = clock.now


def _orden(html: str, folios: Mapping[str, str]) -> list[str]:
    """The names of these cases in the order in which the page lists them, whatever says each."""
    dichos = dict.fromkeys(re.findall(r"OM-\d{4}-\d{6}", html))
    return [folios[folio] for folio in dichos if folio in folios]


def test_los_propios_primero_y_lo_atrasado_arriba(ventanilla: Ventanilla) -> None:
    persona = UUID(ventanilla.persona()["id"])
    yo = Responsable(ventanilla.funcionario_id("profesional"), "Persona de profesional")
    folios = {}
    with ventanilla.db.begin() as session:
        for nombre, responsable, hace in (
            ("ajeno atrasado", None, 30),
            ("propio al día", yo, 0),
            ("propio atrasado", yo, 30),
            ("ajeno al día", None, 0),
        ):
            nuevo = NuevoCaso(persona_id=persona, tema="SAL", prioridad=Prioridad.NORMAL)
            caso = abrir(
                session, nuevo, responsable, Actor.sistema("casos"), AHORA() - timedelta(days=hace)
            )
            folios[caso.folio] = nombre

    page = ventanilla.pagina("/", "profesional")
    mios = ventanilla.pagina("/?de=mios", "profesional")
    atrasados = ventanilla.pagina("/?atrasados=1", "profesional")

    assert _orden(page.text, folios) == [
        "propio atrasado",
        "propio al día",
        "ajeno atrasado",
        "ajeno al día",
    ]
    assert _orden(mios.text, folios) == ["propio atrasado", "propio al día"]
    assert _orden(atrasados.text, folios) == ["propio atrasado", "ajeno atrasado"]


@pytest.mark.parametrize(
    ("nivel", "marca"),
    [(49, None), (50, "Pasó la mitad"), (80, "Por vencer"), (101, "Atrasado")],
)
def test_la_lista_marca_cuanto_lleva_el_plazo_mas_avanzado(
    ventanilla: Ventanilla, nivel: int, marca: str | None
) -> None:
    """§4.5: the quiet badge is computed when the page is read; nothing has to be swept."""
    with ventanilla.db.begin() as session:
        nuevo = NuevoCaso(
            persona_id=UUID(ventanilla.persona()["id"]), tema="SAL", prioridad=Prioridad.NORMAL
        )
        caso = abrir(session, nuevo, None, Actor.sistema("casos"), AHORA())
        # One that has hardly begun does not hide the one that is further on.
        iniciar(session, caso, "sin_actividad", "normal", AHORA())
        plazo = session.scalars(
            select(Plazo).where(Plazo.caso_id == caso.id, Plazo.reloj == "primer_contacto")
        ).one()
    regla = reglas().relojes[plazo.reloj]

    clock._shift = regla.momento(plazo.inicia_en, plazo.vence_en, nivel) - clock.real_now()
    try:
        page = ventanilla.pagina("/?de=sin_asignar", "profesional")
    finally:
        clock.move_to(None)

    _antes, _folio, desde = page.text.partition(caso.folio)
    fila = desde.partition("</li>")[0]
    marcas = {"Pasó la mitad", "Por vencer", "Atrasado", "En plazo"}
    assert {una for una in marcas if una in fila} == ({marca} if marca else set())


def test_la_lista_se_filtra_por_estado_y_pagina(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")

    assert caso["folio"] in ventanilla.pagina("/?estado=en_evaluacion", "coordinacion").text
    assert caso["folio"] not in ventanilla.pagina("/?estado=cerrado", "coordinacion").text
    vacia = ventanilla.api("GET", "/casos?pagina=99", "coordinacion").json
    assert vacia["casos"] == []  # type: ignore[index]  # it is an object
    assert vacia["total"] >= 1  # type: ignore[index]  # it is an object
    assert ventanilla.pagina("/?estado=raro", "profesional").status_code == 422


@pytest.mark.parametrize("rol", ["recepcion", "administrador"])
def test_la_lista_no_es_de_recepcion_ni_de_quien_administra(
    ventanilla: Ventanilla, rol: str
) -> None:
    assert ventanilla.pagina("/", rol).status_code == 403
    assert ventanilla.api("GET", "/casos", rol).status_code == 403
