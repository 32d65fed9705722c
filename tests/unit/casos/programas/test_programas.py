"""Programmes: their life, what they ask for, and money that is never more than there is."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.casos.programas.conftest import REQUISITOS, Ayuda

from casos.programas.models import (
    MovimientoPresupuesto,
    Presupuesto,
    Programa,
    RequisitosDePrograma,
    TipoMovimiento,
)
from casos.programas.presupuesto import SinPresupuesto, mover
from casos.programas.reglas import reglas
from casos.programas.states import Accion, Estado
from oficina import clock
from oficina.errors import Conflicto, TransicionInvalida

VERBOS = {
    Accion.EDITAR: lambda uno: uno.exigir(Accion.EDITAR),
    Accion.EXIGIR: lambda uno: uno.exigir(Accion.EXIGIR),
    Accion.ASIGNAR: lambda uno: uno.exigir(Accion.ASIGNAR),
    Accion.ABRIR: lambda uno: uno.abrir(con_requisitos=True, asignado=1),
    Accion.CERRAR: lambda uno: uno.cerrar(),
}
ADMITIDAS = {
    (Estado.BORRADOR, Accion.EDITAR): Estado.BORRADOR,
    (Estado.BORRADOR, Accion.EXIGIR): Estado.BORRADOR,
    (Estado.BORRADOR, Accion.ASIGNAR): Estado.BORRADOR,
    (Estado.BORRADOR, Accion.ABRIR): Estado.ABIERTO,
    (Estado.ABIERTO, Accion.EXIGIR): Estado.ABIERTO,
    (Estado.ABIERTO, Accion.ASIGNAR): Estado.ABIERTO,
    (Estado.ABIERTO, Accion.CERRAR): Estado.CERRADO,
    (Estado.CERRADO, Accion.ASIGNAR): Estado.CERRADO,
    (Estado.CERRADO, Accion.ABRIR): Estado.ABIERTO,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    uno = Programa(estado=estado)
    if (estado, accion) not in ADMITIDAS:
        with pytest.raises(TransicionInvalida):
            VERBOS[accion](uno)
        assert uno.estado is estado
        return
    siguiente = VERBOS[accion](uno) or uno.estado
    assert siguiente is ADMITIDAS[estado, accion]


@pytest.mark.parametrize(("con_requisitos", "asignado"), [(False, 1), (True, 0)])
def test_no_se_abre_sin_requisitos_ni_sin_dinero(con_requisitos: bool, asignado: int) -> None:
    uno = Programa(estado=Estado.BORRADOR)
    with pytest.raises(Conflicto):
        uno.abrir(con_requisitos=con_requisitos, asignado=asignado)


def test_las_reglas_dicen_su_version_y_los_periodos_su_comienzo() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    dia = date(2026, 8, 20)
    comienzos = {clave: uno.comienzo(dia) for clave, uno in reglas().periodos.items()}
    assert comienzos == {
        "mensual": date(2026, 8, 1),
        "trimestral": date(2026, 7, 1),
        "semestral": date(2026, 7, 1),
        "anual": date(2026, 1, 1),
    }
    assert [reglas().umbral(200, n) for n in (0, 99, 100, 161, 200)] == [0, 0, 50, 80, 100]
    assert reglas().umbral(0, 0) == 0


def test_de_la_preparacion_a_abierto_y_cerrado(ayuda: Ayuda) -> None:
    uno = ayuda.programa()
    sin_nada = ayuda.paso(uno, "abrir")
    assert sin_nada.status_code == 409

    abierto = ayuda.abierto()
    editar = ayuda.pedir(
        "PATCH",
        f"/programas/{abierto['id']}",
        json=ayuda.datos(nombre="Otro"),
        headers={"If-Match": "*"},
    )
    assert editar.status_code == 409
    assert editar.json["transiciones_permitidas"] == ["cerrar", "presupuesto", "requisitos"]  # type: ignore[index]  # it is an object
    cerrado = ayuda.paso(abierto, "cerrar")

    assert cerrado.json["estado"] == "cerrado"  # type: ignore[index]  # it is an object
    assert ayuda.ventanilla.hechos(f"programa/{abierto['id']}") == [
        "casos.programa.abierto",
        "casos.programa.cerrado",
    ]
    assert ayuda.ventanilla.auditadas(abierto["id"]) == [
        f"casos.programa.{paso}" for paso in ("crear", "exigir", "asignar", "abrir", "cerrar")
    ]


def test_dos_que_corrigen_un_programa_ven_lo_de_la_otra(ayuda: Ayuda) -> None:
    ventanilla = ayuda.ventanilla
    datos = ayuda.datos(tope_persona_clp="50.000", reparto="por_persona")
    uno = ayuda.programa(**datos | {"tope_persona_clp": 50000})
    editar = f"/programas/{uno['id']}/editar"
    primera = datos | {"nombre": "Otra canasta", "tipo": "especie", "version": uno["version"]}
    assert ventanilla.enviar(editar, primera, "coordinacion").status_code == 303

    tarde = datos | {"tope_persona_clp": "60.000", "version": uno["version"]}
    page = ventanilla.enviar(editar, tarde, "encargado_programa")

    assert page.status_code == 412
    assert "Lo cambió Persona de coordinacion: " in page.text
    assert re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', page.text) == [
        "Nombre del programa",
        "Qué se entrega",
        "Tope por persona en el período, en pesos",
    ]
    for dicho in ("Otra canasta", "Canasta sintética", "50000", "60.000"):
        assert f'<span class="of-texto">{dicho}</span>' in page.text
    (version,) = re.findall(r'name="version" value="(\d+)"', page.text)
    otra_vez = ventanilla.enviar(editar, tarde | {"version": version}, "encargado_programa")
    assert otra_vez.status_code == 303
    ahora = ayuda.ver(uno)
    assert (ahora["nombre"], ahora["tope_persona_clp"]) == ("Canasta sintética", 60000)


def test_un_programa_que_otra_persona_abrio_ya_no_se_corrige_y_se_dice_que_se_puede(
    ayuda: Ayuda,
) -> None:
    uno = ayuda.abierto()
    path = f"/programas/{uno['id']}"
    escrito = ayuda.datos(nombre="Nombre a medias", version=uno["version"])

    page = ayuda.ventanilla.enviar(f"{path}/editar", escrito, "coordinacion")
    por_api = ayuda.ventanilla.api(
        "PATCH", path, "coordinacion", json=ayuda.datos(), headers={"If-Match": '"1"'}
    )

    assert page.status_code == 409
    assert "El estado actual no admite ese paso" in page.text
    assert "Lo cambió Persona de encargado_programa: " in page.text
    assert " Se abrió." in page.text
    assert "Ahora está así: Abierto." in page.text
    assert f'href="/casos{path}/cerrar">Cerrar el programa</a>' in page.text
    assert f'href="/casos{path}/editar"' not in page.text
    assert 'value="Nombre a medias"' in page.text
    assert por_api.status_code == 412
    assert por_api.json["estado_actual"] == "abierto"  # type: ignore[index]  # it is an object
    assert por_api.json["transiciones_permitidas"] == ["cerrar", "presupuesto", "requisitos"]  # type: ignore[index]  # it is an object
    assert por_api.json["version"] == uno["version"]  # type: ignore[index]  # it is an object


def test_quien_llega_tarde_con_requisitos_los_ve_todos_y_con_dinero_ninguno(ayuda: Ayuda) -> None:
    uno = ayuda.abierto()
    path, vieja = f"/programas/{uno['id']}", {"version": "1"}
    requisitos = {"r1.texto": "Vive en la comuna", "r3.texto": "Es mayor de edad"}

    tarde = ayuda.ventanilla.enviar(
        f"{path}/requisitos", requisitos | vieja | {"fuente": "DEX 7/2026"}, "encargado_programa"
    )
    dinero = ayuda.ventanilla.enviar(
        f"{path}/presupuesto", {"monto_clp": "1", "respaldo": "D"} | vieja, "encargado_programa"
    )

    assert (tarde.status_code, dinero.status_code) == (412, 412)
    assert re.findall(r'<a href="#campo-(r[^"]+)">', tarde.text) == [
        "r1-documento",
        "r1-dias",
        "r2-texto",
        "r3-texto",
    ]
    assert "vea cómo está ahora" in dinero.text
    assert '<th scope="row">' not in dinero.text


def test_cada_version_de_los_requisitos_queda_como_se_escribio(ayuda: Ayuda) -> None:
    uno = ayuda.abierto()
    nuevos = {"requisitos": [{"texto": "Solo esto"}], "fuente": "DEX 9/2026"}
    segunda: Any = ayuda.paso(uno, "requisitos", nuevos).json

    assert (uno["requisitos"]["numero"], segunda["requisitos"]["numero"]) == (1, 2)
    with ayuda.ventanilla.db.read() as session:
        suyos = select(RequisitosDePrograma).where(
            RequisitosDePrograma.programa_id == UUID(uno["id"])
        )
        todos = session.scalars(suyos.order_by(RequisitosDePrograma.numero)).all()
    assert [fila["texto"] for fila in todos[0].requisitos] == [r["texto"] for r in REQUISITOS]
    assert [fila["texto"] for fila in todos[1].requisitos] == ["Solo esto"]
    assert segunda["version"] > uno["version"]


@pytest.mark.parametrize("tabla", [MovimientoPresupuesto, RequisitosDePrograma])
def test_nadie_reescribe_el_libro_ni_los_requisitos(ayuda: Ayuda, tabla: Any) -> None:
    uno = UUID(ayuda.abierto()["id"])
    for orden in (
        update(tabla).where(tabla.programa_id == uno).values(programa_id=uno),
        delete(tabla).where(tabla.programa_id == uno),
    ):
        with pytest.raises(IntegrityError), ayuda.ventanilla.db.begin() as session:
            session.execute(orden)


def test_lo_que_vuelve_a_su_origen_no_puede_estar_comprometido(ayuda: Ayuda) -> None:
    uno = ayuda.abierto(monto=1000)
    programa_id, ahora = UUID(uno["id"]), clock.now()
    with ayuda.ventanilla.db.begin() as session:
        mover(session, programa_id, TipoMovimiento.RESERVA, 700, "X", ahora)
    de_mas = ayuda.paso(uno, "presupuesto", {"monto_clp": -301, "respaldo": "Devolución"})
    justo = ayuda.paso(uno, "presupuesto", {"monto_clp": -300, "respaldo": "Devolución"})

    assert (de_mas.status_code, justo.status_code) == (409, 200)
    assert justo.json["presupuesto"] == {  # type: ignore[index]  # it is an object
        "asignado_clp": 700,
        "reservado_clp": 700,
        "entregado_clp": 0,
        "disponible_clp": 0,
    }


def test_el_libro_suma_lo_que_dicen_los_totales_y_avisa_una_vez_de_cada_umbral(
    ayuda: Ayuda,
) -> None:
    uno = ayuda.abierto(monto=1000)
    programa_id = UUID(uno["id"])
    pasos = [
        (TipoMovimiento.RESERVA, 500),
        (TipoMovimiento.RESERVA, 100),
        (TipoMovimiento.LIBERACION, 200),
        (TipoMovimiento.RESERVA, 550),
        (TipoMovimiento.ENTREGA, 950),
        (TipoMovimiento.ASIGNACION, 1000),
    ]
    for tipo, monto in pasos:
        with ayuda.ventanilla.db.begin() as session:
            mover(session, programa_id, tipo, monto, "X", clock.now())
    for tipo, monto in ((TipoMovimiento.RESERVA, 1051), (TipoMovimiento.ENTREGA, 1)):
        with pytest.raises(SinPresupuesto), ayuda.ventanilla.db.begin() as session:
            mover(session, programa_id, tipo, monto, "X", clock.now())

    ahora = ayuda.ver(uno)["presupuesto"]
    lineas: Any = ayuda.pedir("GET", f"/programas/{uno['id']}/movimientos").json
    assert ahora == {
        "asignado_clp": 2000,
        "reservado_clp": 0,
        "entregado_clp": 950,
        "disponible_clp": 1050,
    }
    assert [linea["disponible_clp"] for linea in lineas["movimientos"]] == [
        *(1050, 50, 50, 600, 400, 500, 1000)
    ]
    # Freed and promised again it is told again: 50, then (after 40 %) 95.
    assert ayuda.ventanilla.hechos(f"presupuesto/{uno['id']}") == ["casos.presupuesto.umbral"] * 2


def test_la_base_misma_rehusa_un_presupuesto_negativo(ayuda: Ayuda) -> None:
    uno = UUID(ayuda.abierto(monto=1000)["id"])
    with pytest.raises(IntegrityError), ayuda.ventanilla.db.begin() as session:
        session.execute(
            update(Presupuesto).where(Presupuesto.programa_id == uno).values(reservado_clp=1001)
        )


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"fuente": "convenio"}, "convenio_id"),
        ({"convenio_id": str(uuid4())}, "convenio_id"),
        ({"fuente": "convenio", "convenio_id": str(uuid4())}, "convenio_id"),
        ({"periodo": "quincenal"}, "periodo"),
        ({"tope_persona_clp": "mucho"}, "tope_persona_clp"),
        ({"responsable_id": str(uuid4())}, "responsable_id"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ayuda: Ayuda, cambios: dict[str, Any], campo: str
) -> None:
    answer = ayuda.pedir("POST", "/programas", json=ayuda.datos(**cambios))

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_las_paginas_preparan_exigen_asignan_y_abren(ayuda: Ayuda) -> None:
    ventanilla, rol = ayuda.ventanilla, "encargado_programa"
    datos = ayuda.datos(nombre="Programa de la página", tope_persona_clp="150.000")
    assert ventanilla.enviar("/programas/nuevo", datos, rol).status_code == 303
    with ventanilla.db.read() as session:
        uno = session.scalars(select(Programa).where(Programa.nombre == datos["nombre"])).one()
    path = f"/programas/{uno.id}"

    def dar(paso: str, **escrito: Any) -> int:
        with ventanilla.db.read() as session:
            version = session.get_one(Programa, uno.id).version
        enviado = ventanilla.enviar(f"{path}/{paso}", escrito | {"version": version}, rol)
        return enviado.status_code

    assert dar("abrir") == 409
    assert dar("requisitos", fuente="DEX 1") == 422
    sin_texto = {"r1.texto": "Uno", "r2.documento": "Sin decir qué se exige"}
    assert dar("requisitos", fuente="DEX 1", **sin_texto) == 422
    assert dar("requisitos", fuente="DEX 1", **{"r1.texto": "Uno", "r3.texto": "Tres"}) == 303
    assert dar("presupuesto", monto_clp="2.000.000", respaldo="DEX 2") == 303
    assert dar("abrir") == 303

    ficha = ventanilla.pagina(path, rol).text
    assert "$2.000.000" in ficha
    assert "Tres" in ficha
    assert "DEX 2" in ficha
    de_recepcion = ventanilla.pagina(path, "recepcion").text
    assert "Tres" in de_recepcion
    assert "DEX 2" not in de_recepcion
    assert "Cerrar el programa" not in de_recepcion
    # What was asked for is there to be changed.
    assert "Uno" in ventanilla.pagina(f"{path}/requisitos", rol).text
    assert datos["nombre"] in ventanilla.pagina("/programas", "recepcion").text
