"""Deliveries: a third hand, an act to sign, goods that are there, and an account for each once."""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.casos.programas.conftest import COORDINACION, ENCARGADO, Ayuda, Postulante

from casos.programas.entregas import actions
from casos.programas.entregas.actions import NuevoMovimiento
from casos.programas.entregas.existencias import SinExistencias
from casos.programas.entregas.models import (
    Articulo,
    Entrega,
    MovimientoExistencia,
    TipoExistencia,
)
from casos.programas.postulaciones.models import Postulacion
from oficina import clock
from oficina.actor import Actor

RECIBE = {"receptor": "titular"}


def _articulo(
    ayuda: Ayuda, programa: dict[str, Any], cuantos: int = 0, nombre: str = "Caja"
) -> str:
    path = f"/programas/{programa['id']}/articulos"
    hecho = ayuda.pedir("POST", path, json={"nombre": nombre, "unidad": "cajas"})
    assert hecho.status_code == 201, hecho.text
    cual = str(hecho.json["id"])  # type: ignore[index]  # it is an object
    if cuantos:
        assert _mover(ayuda, cual, "entrada", cuantos) == 201
    return cual


def _mover(ayuda: Ayuda, cual: str, tipo: str, cantidad: int) -> int:
    datos = {"tipo": tipo, "cantidad": cantidad, "respaldo": "Guía 7"}
    return ayuda.pedir("POST", f"/articulos/{cual}/movimientos", json=datos).status_code


def _quedan(ayuda: Ayuda, cual: str) -> int:
    with ayuda.ventanilla.db.read() as session:
        return session.get_one(Articulo, UUID(cual)).existencias


def _hasta_hoy(ayuda: Ayuda, programa: dict[str, Any]) -> Any:
    path = f"/programas/{programa['id']}/rendiciones"
    return ayuda.pedir("POST", path, json={"hasta": str(clock.today())})


def test_lo_entregado_se_gasta_y_el_resto_vuelve(ayuda: Ayuda) -> None:
    programa = ayuda.abierto(monto=1000)
    quien = Postulante(ayuda, programa)
    cual = quien.aprobada(400)
    de_mas = quien.dar(cual, "entregar", COORDINACION, **RECIBE, monto_clp=401)
    hecha = quien.dar(cual, "entregar", COORDINACION, **RECIBE, monto_clp=350)
    otra_vez = quien.dar(cual, "entregar", COORDINACION, **RECIBE)

    assert (de_mas.status_code, hecha.status_code, otra_vez.status_code) == (422, 201, 409)
    assert ayuda.ver(programa)["presupuesto"] == {
        "asignado_clp": 1000,
        "reservado_clp": 0,
        "entregado_clp": 350,
        "disponible_clp": 650,
    }
    entrega_id = hecha.json["id"]  # type: ignore[index]  # it is an object
    assert ayuda.ventanilla.hechos(f"beneficio/{entrega_id}") == ["casos.beneficio.entregado"]
    # What counts against the period is what she got.
    vista: Any = ayuda.pedir("GET", f"/postulaciones/{cual}").json
    assert (vista["estado"], vista["monto_clp"]) == ("entregada", 350)


def test_entrega_una_tercera_persona(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.aprobada()

    assert quien.dar(cual, "entregar", "profesional", **RECIBE).status_code == 403
    assert quien.dar(cual, "entregar", ENCARGADO, **RECIBE).status_code == 403
    assert quien.dar(cual, "entregar", "recepcion", **RECIBE).status_code == 403
    assert quien.dar(cual, "entregar", COORDINACION, **RECIBE).status_code == 201


def test_lo_no_aprobado_no_se_entrega(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    assert quien.dar(cual, "entregar", COORDINACION, **RECIBE).status_code == 409
    sin_nombre = quien.dar(cual, "entregar", COORDINACION, receptor="representante")
    assert list(sin_nombre.json["errors"]) == ["receptor_nombre"]  # type: ignore[index]  # it is an object


def test_las_especies_salen_del_programa_y_nunca_de_mas(ayuda: Ayuda) -> None:
    programa, ajeno = ayuda.abierto(tipo="especie"), ayuda.abierto(tipo="especie")
    caja, de_otro = _articulo(ayuda, programa, 3), _articulo(ayuda, ajeno, 9)
    quien = Postulante(ayuda, programa)
    cual = quien.aprobada(0)

    def entregar(articulo: str, cantidad: int) -> int:
        salida = [{"articulo_id": articulo, "cantidad": cantidad}]
        return quien.dar(cual, "entregar", COORDINACION, **RECIBE, articulos=salida).status_code

    assert entregar(caja, 4) == 409
    assert entregar(de_otro, 1) == 422
    assert entregar(caja, 0) == 422
    repetida = [{"articulo_id": caja, "cantidad": 1}] * 2
    assert (
        quien.dar(cual, "entregar", COORDINACION, **RECIBE, articulos=repetida).status_code == 422
    )
    assert (_quedan(ayuda, caja), _quedan(ayuda, de_otro)) == (3, 9)
    assert entregar(caja, 2) == 201
    assert _quedan(ayuda, caja) == 1
    assert [_mover(ayuda, caja, *uno) for uno in (("ajuste", -2), ("ajuste", -1))] == [409, 201]
    assert _mover(ayuda, caja, "salida", 1) == 422
    assert _mover(ayuda, caja, "entrada", -1) == 422
    lineas: Any = ayuda.pedir("GET", f"/articulos/{caja}/movimientos").json["movimientos"]  # type: ignore[index]  # it is an object
    assert [(una["tipo"], una["cantidad"], una["quedan"]) for una in lineas] == [
        ("ajuste", -1, 0),
        ("salida", 2, 1),
        ("entrada", 3, 3),
    ]


def test_la_base_misma_rehusa_existencias_negativas_y_lineas_cambiadas(ayuda: Ayuda) -> None:
    caja = UUID(_articulo(ayuda, ayuda.abierto(tipo="especie"), 1))
    lineas = MovimientoExistencia.articulo_id == caja
    for orden in (
        update(Articulo).where(Articulo.id == caja).values(existencias=-1),
        update(MovimientoExistencia).where(lineas).values(cantidad=9),
        delete(MovimientoExistencia).where(lineas),
    ):
        with pytest.raises(IntegrityError), ayuda.ventanilla.db.begin() as session:
            session.execute(orden)
    de_menos = NuevoMovimiento(tipo=TipoExistencia.AJUSTE, cantidad=-2, respaldo="Conteo")
    with pytest.raises(SinExistencias), ayuda.ventanilla.db.begin() as session:
        actions.mover_existencias(session, caja, de_menos, Actor.sistema("casos"), clock.now())


def test_el_acta_dice_que_quien_y_a_quien(ayuda: Ayuda) -> None:
    programa = ayuda.abierto(tipo="especie", nombre="Abrigo [de] #invierno")
    caja = _articulo(ayuda, programa, 3, nombre="Frazada *doble*")
    quien = Postulante(ayuda, programa)
    cual = quien.aprobada(100)
    datos = RECIBE | {"receptor": "representante", "receptor_nombre": "Luz Representante"}
    datos |= {"articulos": [{"articulo_id": caja, "cantidad": 2}], "receptor_documento": "P-77"}
    hecha: Any = quien.dar(cual, "entregar", COORDINACION, **datos).json
    path = f"/entregas/{hecha['id']}/acta.pdf"

    pdf = ayuda.ventanilla.pagina(path, COORDINACION)
    texto = " ".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(pdf.data)).pages)

    assert pdf.mimetype == "application/pdf"
    for dicho in (hecha["folio"], "Luz Representante", "P-77", "Frazada *doble*", "2 cajas"):
        assert dicho in texto
    assert "Abrigo [de] #invierno" in texto
    assert ayuda.ventanilla.pagina(path).status_code == 403
    assert "casos.entrega.ver" in ayuda.ventanilla.auditadas(hecha["id"])
    with ayuda.ventanilla.db.read() as session:
        crudo = session.execute(
            select(Entrega.__table__.c.receptor_nombre).where(Entrega.id == UUID(hecha["id"]))
        )
        assert crudo.scalar_one() == "Luz Representante"


def test_cada_entrega_se_rinde_una_vez_y_todas_cuentan(ayuda: Ayuda) -> None:
    ventanilla = ayuda.ventanilla
    programa = ayuda.abierto(tipo="especie")
    caja = _articulo(ayuda, programa, 5)
    assert _hasta_hoy(ayuda, programa).status_code == 409
    caso = ventanilla.caso(persona_id=ventanilla.persona(nombres="=Oculta")["id"])
    ventanilla.paso(caso, "asignacion")
    for persona_id, monto in ((caso["persona"]["id"], 30), ("", 12)):
        quien = Postulante(ayuda, programa, persona_id)
        salida = [{"articulo_id": caja, "cantidad": 1}]
        cual = quien.aprobada(monto)
        hecha = quien.dar(cual, "entregar", COORDINACION, **RECIBE, articulos=salida)
        assert hecha.status_code == 201
    sellar = {"confidencialidad": "sellado", "motivo": "Riesgo"}
    assert ventanilla.paso(caso, "confidencialidad", **sellar).status_code == 204

    rendida: Any = _hasta_hoy(ayuda, programa).json
    assert (rendida["entregas"], rendida["monto_clp"]) == (2, 42)
    assert [fila["persona"] for fila in rendida["filas"]] == [None, "Marie Sintética"]
    assert _hasta_hoy(ayuda, programa).status_code == 409
    with ventanilla.db.read() as session:
        suyas = select(Postulacion.estado).where(Postulacion.programa_id == UUID(programa["id"]))
        assert {estado.value for estado in session.scalars(suyas)} == {"rendida"}

    base = f"/rendiciones/{rendida['id']}"
    archivo = ventanilla.pagina(f"{base}/rendicion.csv", ENCARGADO).text
    filas = list(csv.reader(io.StringIO(archivo)))
    assert [fila[4] for fila in filas[1:]] == ["Reservado", "Marie Sintética"]
    assert [int(fila[6]) for fila in filas[1:]] == [30, 12]
    libro = ventanilla.pagina(f"{base}/rendicion.xlsx", ENCARGADO).data
    hoja = CalamineWorkbook.from_filelike(io.BytesIO(libro)).get_sheet_by_index(0).to_python()
    assert hoja[-1][6] == 42
    assert "1 cajas Caja" in str(hoja)
    assert ventanilla.pagina(f"{base}/rendicion.csv", "profesional").status_code == 403
    assert ventanilla.auditadas(rendida["id"])[0] == "casos.rendicion.hacer"


def test_las_paginas_entregan_guardan_y_rinden(ayuda: Ayuda) -> None:
    ventanilla, programa = ayuda.ventanilla, ayuda.abierto(tipo="especie")
    path = f"/programas/{programa['id']}"
    agregado = ventanilla.enviar(
        f"{path}/existencias", {"nombre": "Pañales", "unidad": "paquetes"}, ENCARGADO
    )
    articulo = agregado.location.removeprefix("/casos")
    igual = ventanilla.enviar(
        f"{path}/existencias", {"nombre": "Pañales", "unidad": "paquetes"}, ENCARGADO
    )
    assert (agregado.status_code, igual.status_code) == (303, 422)
    entrada = {"tipo": "entrada", "cantidad": "4", "respaldo": "Guía 1"}
    assert ventanilla.enviar(articulo, entrada, ENCARGADO).status_code == 303
    ajuste = entrada | {"tipo": "ajuste", "cantidad": "-5"}
    assert ventanilla.enviar(articulo, ajuste, ENCARGADO).status_code == 409
    assert "Quedan 4" in ventanilla.pagina(articulo, ENCARGADO).text
    quien = Postulante(ayuda, programa)
    suya = f"/postulaciones/{quien.aprobada(90)}"
    assert "Entregar" in ventanilla.pagina(suya, COORDINACION).text
    pagina = ventanilla.pagina(f"{suya}/entregar", COORDINACION).text
    assert "Pañales (paquetes)" in pagina
    with ventanilla.db.read() as session:
        version = session.get_one(Postulacion, UUID(suya.rpartition("/")[2])).version
    datos = {"receptor": "titular", "version": version, "a1": "2"}
    sin_decir = ventanilla.enviar(f"{suya}/entregar", datos | {"a1": ""}, COORDINACION)
    assert sin_decir.status_code == 422
    assert "Escriba cuántas se entregan; 0 si ninguna." in sin_decir.text
    assert (
        ventanilla.enviar(f"{suya}/entregar", datos | {"a1": "9"}, COORDINACION).status_code == 409
    )
    assert ventanilla.enviar(f"{suya}/entregar", datos, ENCARGADO).status_code == 403
    assert ventanilla.enviar(f"{suya}/entregar", datos, COORDINACION).status_code == 303
    assert "acta.pdf" in ventanilla.pagina(suya, "profesional").text
    assert "2 paquetes Pañales" in ventanilla.pagina(suya, "profesional").text

    hoy = {"hasta": str(clock.today())}
    hecha = ventanilla.enviar(f"{path}/rendiciones", hoy, ENCARGADO)
    assert hecha.status_code == 303
    assert ventanilla.enviar(f"{path}/rendiciones", hoy, ENCARGADO).status_code == 409
    assert "$90" in ventanilla.pagina(hecha.location.removeprefix("/casos"), ENCARGADO).text
    assert "RN-" in ventanilla.pagina(f"{path}/rendiciones", ENCARGADO).text


def test_lo_que_alguien_entrego_antes_vuelve_dicho_y_sin_perder_lo_escrito(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.aprobada(90)
    with ayuda.ventanilla.db.read() as session:
        vieja = session.get_one(Postulacion, UUID(cual)).version
    assert quien.dar(cual, "entregar", COORDINACION, **RECIBE).status_code == 201
    escrito = {
        "receptor": "representante",
        "receptor_nombre": "Vecina Sintética",
        "monto_clp": "40",
        "version": vieja,
    }
    path = f"/postulaciones/{cual}/entregar"

    tarde = ayuda.ventanilla.enviar(path, escrito, "profesional")
    otra_vez = ayuda.ventanilla.enviar(path, escrito | {"version": vieja + 1}, "profesional")

    assert (tarde.status_code, otra_vez.status_code) == (412, 409)
    assert f'name="version" value="{vieja + 1}"' in tarde.text
    assert "Ahora no hay ningún paso que usted pueda dar." in otra_vez.text
    for page in (tarde.text, otra_vez.text):
        assert "Lo cambió Persona de coordinacion: " in page
        assert " Se entregó." in page
        assert "Ahora está así: Entregada." in page
        assert 'value="Vecina Sintética"' in page
        assert 'value="representante" checked' in page


def test_lo_que_no_esta_no_se_mueve(ayuda: Ayuda) -> None:
    assert _mover(ayuda, str(uuid4()), "entrada", 1) == 404
    assert ayuda.pedir("GET", f"/rendiciones/{uuid4()}").status_code == 404
    nadie = f"/programas/{uuid4()}"
    datos = {"nombre": "Caja", "unidad": "cajas"}
    assert ayuda.pedir("POST", f"{nadie}/articulos", json=datos).status_code == 404
    assert ayuda.pedir("GET", f"{nadie}/rendiciones").status_code == 404
