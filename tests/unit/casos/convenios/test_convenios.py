"""Agreements: what they allow while they last, and who is told before they end."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.convenios.models import Convenio, TipoConvenio
from casos.convenios.reglas import reglas
from casos.convenios.states import Accion, Estado
from casos.convenios.tasks import seguir_convenios
from casos.red.models import Ambito, Institucion, TipoInstitucion
from oficina import clock
from oficina.errors import DatosInvalidos, TransicionInvalida

HOY = date(2026, 3, 2)
COORDINACION = "coordinacion"


def _convenio(estado: Estado) -> Convenio:
    return Convenio(estado=estado, tipo=TipoConvenio.COLABORACION, desde=HOY, hasta=HOY)


VERBOS = {
    Accion.EDITAR: lambda uno: uno.exigir(Accion.EDITAR),
    Accion.PRORROGAR: lambda uno: uno.prorrogar(HOY + timedelta(days=9), "DEX 2", HOY),
    Accion.TERMINAR: lambda uno: uno.terminar("Se cumplió"),
    Accion.VENCER: lambda uno: uno.vencer(),
}
ADMITIDAS = {
    (Estado.VIGENTE, Accion.EDITAR): Estado.VIGENTE,
    (Estado.VIGENTE, Accion.PRORROGAR): Estado.VIGENTE,
    (Estado.VIGENTE, Accion.TERMINAR): Estado.TERMINADO,
    (Estado.VIGENTE, Accion.VENCER): Estado.VENCIDO,
    (Estado.VENCIDO, Accion.PRORROGAR): Estado.VIGENTE,
    (Estado.VENCIDO, Accion.TERMINAR): Estado.TERMINADO,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    uno = _convenio(estado)
    if (estado, accion) in ADMITIDAS:
        VERBOS[accion](uno)
        assert uno.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida):
        VERBOS[accion](uno)
    assert uno.estado is estado


@pytest.mark.parametrize("dias", [-1, 0])
def test_una_prorroga_va_mas_alla_del_termino_y_de_hoy(dias: int) -> None:
    with pytest.raises(DatosInvalidos):
        _convenio(Estado.VIGENTE).prorrogar(HOY + timedelta(days=dias), "DEX 2", HOY)


def test_los_avisos_son_datos_con_fuente_y_cada_uno_espera_su_dia() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert reglas().fuente
    assert [reglas().aviso(n) for n in (91, 90, 61, 60, 15, 4, 0)] == [None, 90, 90, 60, 15, 5, 5]


@pytest.fixture
def institucion(ventanilla: Ventanilla) -> UUID:
    """A body to which no data may go without consent, until an agreement says so."""
    with ventanilla.db.begin() as session:
        una = Institucion(
            sigla=uuid4().hex[:12],
            nombre="Corporación sintética",
            tipo=TipoInstitucion.PRIVADA_SIN_FINES,
            ambito=Ambito.LOCAL,
        )
        session.add(una)
        session.flush()
        return una.id


def _datos(ventanilla: Ventanilla, institucion: UUID, **cambios: Any) -> dict[str, Any]:
    return {
        "institucion_id": str(institucion),
        "tipo": "colaboracion",
        "objeto": "Orientación jurídica",
        "decreto": "DEX 100/2026",
        "desde": str(clock.today()),
        "hasta": str(clock.today() + timedelta(days=400)),
        "permite_comunicar_datos": True,
        "responsable_id": str(ventanilla.funcionario_id("profesional")),
    } | cambios


def _registrar(ventanilla: Ventanilla, institucion: UUID, **cambios: Any) -> dict[str, Any]:
    datos = _datos(ventanilla, institucion, **cambios)
    answer = ventanilla.api("POST", "/convenios", COORDINACION, json=datos)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(ventanilla: Ventanilla, uno: dict[str, Any], paso: str, **datos: Any) -> TestResponse:
    path = f"/convenios/{uno['id']}/{paso}"
    return ventanilla.api("POST", path, COORDINACION, json=datos, headers={"If-Match": "*"})


def _permite(ventanilla: Ventanilla, institucion: UUID) -> bool:
    with ventanilla.db.read() as session:
        return session.get_one(Institucion, institucion).permite_comunicar_datos


def test_mientras_un_convenio_lo_permite_se_le_comunican_datos(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    assert not _permite(ventanilla, institucion)
    uno = _registrar(ventanilla, institucion)
    otro = _registrar(ventanilla, institucion)
    assert _permite(ventanilla, institucion)

    assert _paso(ventanilla, uno, "termino", motivo="Se cumplió").status_code == 200
    assert _permite(ventanilla, institucion)
    fin = _paso(ventanilla, otro, "termino", motivo="Se cumplió")

    assert fin.json["estado"] == "terminado"  # type: ignore[index]  # it is an object
    assert not _permite(ventanilla, institucion)
    assert _paso(ventanilla, otro, "termino", motivo="Otra vez").status_code == 409


def test_se_avisa_una_vez_por_plazo_y_vencido_deja_de_permitir(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    env = ventanilla.app.extensions["env"]
    hasta = clock.today() + timedelta(days=20)
    uno = _registrar(ventanilla, institucion, hasta=str(hasta))
    sujeto, fin = f"convenio/{uno['id']}", clock.today() + timedelta(days=80)

    seguir_convenios(env)
    seguir_convenios(env)
    assert ventanilla.hechos(sujeto) == ["casos.convenio.por_vencer"]

    prorrogado = _paso(ventanilla, uno, "prorroga", hasta=str(fin), decreto="DEX 101/2026")
    assert prorrogado.json["hasta"] == str(fin)  # type: ignore[index]  # it is an object
    seguir_convenios(env)
    assert ventanilla.hechos(sujeto) == ["casos.convenio.por_vencer"] * 2

    with ventanilla.db.begin() as session:
        session.get_one(Convenio, UUID(uno["id"])).hasta = clock.today() - timedelta(days=1)
    seguir_convenios(env)

    with ventanilla.db.read() as session:
        assert session.get_one(Convenio, UUID(uno["id"])).estado is Estado.VENCIDO
    assert not _permite(ventanilla, institucion)
    assert ventanilla.auditadas(uno["id"]) == [
        "casos.convenio.registrar",
        "casos.convenio.prorrogar",
        "casos.convenio.vencer",
    ]


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"hasta": "2020-01-01"}, "hasta"),
        ({"tipo": "transferencia_fondos"}, "monto_clp"),
        ({"monto_clp": 10.5}, "monto_clp"),
        ({"monto_clp": "1.5"}, "monto_clp"),
        ({"monto_clp": -1}, "monto_clp"),
        ({"monto_clp": True}, "monto_clp"),
        ({"institucion_id": str(uuid4())}, "institucion_id"),
        ({"responsable_id": str(uuid4())}, "responsable_id"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ventanilla: Ventanilla, institucion: UUID, cambios: dict[str, Any], campo: str
) -> None:
    datos = _datos(ventanilla, institucion, **cambios)
    answer = ventanilla.api("POST", "/convenios", COORDINACION, json=datos)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_las_paginas_registran_corrigen_y_dicen_quien_llego_antes(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    datos = _datos(ventanilla, institucion, monto_clp="1.500.000", permite_comunicar_datos="1")
    hecho = ventanilla.enviar("/convenios/nuevo", datos, COORDINACION)
    assert hecho.status_code == 303, hecho.text
    with ventanilla.db.read() as session:
        uno = session.scalars(select(Convenio).where(Convenio.monto_clp == 1_500_000)).one()

    ficha = ventanilla.pagina(f"/convenios/{uno.id}", "profesional").text
    assert "$1.500.000" in ficha
    assert "Poner término" not in ficha
    assert uno.folio in ventanilla.pagina("/convenios", "profesional").text

    correccion = datos | {"objeto": "Otro objeto", "version": uno.version}
    path = f"/convenios/{uno.id}/editar"
    assert ventanilla.enviar(path, correccion, COORDINACION).status_code == 303
    tarde = ventanilla.enviar(path, correccion | {"objeto": "Tarde"}, COORDINACION)

    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert " Se corrigió." in tarde.text
    assert "Ahora está así: Vigente." in tarde.text
    assert 'href="#formulario">Corregir</a>' in tarde.text
    assert '<span class="of-texto">Otro objeto</span>' in tarde.text
    assert "Tarde" in tarde.text
    assert f'name="version" value="{uno.version + 1}"' in tarde.text
    assert "Otro objeto" in ventanilla.pagina(f"/convenios/{uno.id}", "profesional").text


def test_un_convenio_que_ya_termino_lo_dice_y_no_pierde_lo_escrito(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    uno = _registrar(ventanilla, institucion)
    path = f"/convenios/{uno['id']}"
    assert _paso(ventanilla, uno, "termino", motivo="Se cumplió").status_code == 200
    escrito = {"motivo": "Lo que iba a anotar", "version": uno["version"]}
    ventanilla.oficina.funcionario("encargado_programa")

    tarde = ventanilla.enviar(f"{path}/terminar", escrito, "encargado_programa")
    otra_vez = ventanilla.enviar(
        f"{path}/terminar", escrito | {"version": uno["version"] + 1}, "encargado_programa"
    )

    assert (tarde.status_code, otra_vez.status_code) == (412, 409)
    for page in (tarde.text, otra_vez.text):
        assert "Lo cambió Persona de coordinacion: " in page
        assert " Se le puso término." in page
        assert "Ahora está así: Terminado." in page
        assert "Lo que iba a anotar</textarea>" in page
    assert "Ahora no hay ningún paso que usted pueda dar." in otra_vez.text
    por_api = ventanilla.api(
        "POST", f"{path}/termino", COORDINACION, json={"motivo": "X"}, headers={"If-Match": '"1"'}
    )
    assert por_api.status_code == 412
    assert por_api.json["estado_actual"] == "terminado"  # type: ignore[index]  # it is an object
    assert por_api.json["transiciones_permitidas"] == []  # type: ignore[index]  # it is an object
