"""Agreements and programmes out of sheets: known by their code, whole or not at all, and once."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.importacion.planillas import Fila, traida, xlsx
from werkzeug.test import TestResponse

from casos.convenios.models import Convenio, TipoConvenio
from casos.programas.models import (
    Fuente,
    MovimientoPresupuesto,
    Presupuesto,
    Programa,
    RequisitosDePrograma,
)
from casos.red.models import Ambito, Institucion, TipoInstitucion

ROL = "encargado_programa"

CONVENIO = {
    "Código del convenio": "CV-ROPA",
    "Sigla de la institución": "FONDO",
    "Tipo de convenio": "Transferencia de fondos",
    "De qué trata": "Fondo sintético de ropa",
    "Decreto que lo aprueba": "D.A. 7/2026",
    "Desde": "01-01-2026",
    "Hasta": "31-12-2030",
    "Monto": "$ 5.000.000",
    "Permite comunicar datos": "no",
}
PROGRAMA = {
    "Código del programa": "PR-ROPA",
    "Programa": "Ropa de invierno",
    "Qué se entrega": "especies",
    "Fuente de los fondos": "convenio",
    "Convenio": "CV-ROPA",
    "Año": 2026,
    "Cada cuánto puede repetirse": "anual",
    "Tope por persona": 50000,
    "Presupuesto asignado": "2.000.000",
    "Respaldo del presupuesto": "CDP 12/2026",
    "Requisitos": "Vivir en la comuna [Registro Social de Hogares, 60 días]; Ser mayor de 18",
    "Fuente de los requisitos": "D.A. 8/2026",
}


@pytest.fixture(scope="module")
def oficina(ventanilla: Ventanilla) -> Ventanilla:
    """An office with who runs programmes, and an institution."""
    ventanilla.oficina.funcionario(ROL)
    with ventanilla.db.begin() as session:
        session.add(
            Institucion(
                sigla="FONDO", nombre="Fondo Sintético", tipo=TipoInstitucion.PUBLICA,
                ambito=Ambito.EXTERNA,
            )
        )  # fmt: skip
    return ventanilla


def _cargar(ventanilla: Ventanilla, direccion: str) -> TestResponse:
    pagina = ventanilla.pagina(direccion, ROL)
    huella = re.search(r'name="huella" value="(\w+)"', pagina.text)
    assert huella, pagina.text
    return ventanilla.enviar(f"{direccion}/cargar", {"huella": huella[1]}, ROL)


def _cargada(ventanilla: Ventanilla, **hojas: list[Fila]) -> None:
    answer = _cargar(ventanilla, traida(ventanilla, xlsx(**hojas), rol=ROL))
    assert answer.status_code == 303, answer.text


def _con_codigo(ventanilla: Ventanilla, clase: type[Any], codigo: str) -> Any:
    with ventanilla.db.read() as session:
        return session.scalar(select(clase).where(clase.codigo == codigo))


def test_un_convenio_y_su_programa_vienen_juntos_con_plata_y_requisitos(
    oficina: Ventanilla,
) -> None:
    direccion = traida(oficina, xlsx(Programas=[PROGRAMA], Convenios=[CONVENIO]), rol=ROL)
    assert _con_codigo(oficina, Programa, "PR-ROPA") is None
    assert _cargar(oficina, direccion).status_code == 303

    convenio = _con_codigo(oficina, Convenio, "CV-ROPA")
    assert (convenio.tipo, convenio.monto_clp) == (TipoConvenio.TRANSFERENCIA_FONDOS, 5_000_000)
    assert (str(convenio.desde), str(convenio.hasta)) == ("2026-01-01", "2030-12-31")
    assert convenio.responsable_id == oficina.funcionario_id(ROL)
    programa = _con_codigo(oficina, Programa, "PR-ROPA")
    assert (programa.fuente, programa.convenio_id) == (Fuente.CONVENIO, convenio.id)
    assert (programa.periodo, programa.anio, programa.tope_persona_clp) == ("anual", 2026, 50000)
    with oficina.db.read() as session:
        plata = session.get_one(Presupuesto, programa.id)
        linea = session.scalars(
            select(MovimientoPresupuesto).where(MovimientoPresupuesto.programa_id == programa.id)
        ).one()
        pedidos = session.scalars(
            select(RequisitosDePrograma).where(RequisitosDePrograma.programa_id == programa.id)
        ).one()
    assert plata.asignado_clp == 2_000_000
    assert (linea.monto_clp, linea.respaldo) == (2_000_000, "CDP 12/2026")
    assert [(r["texto"], r["documento"], r["dias"]) for r in pedidos.requisitos] == [
        ("Vivir en la comuna", "Registro Social de Hogares", 60),
        ("Ser mayor de 18", "", None),
    ]
    assert oficina.auditadas(str(programa.id)) == [
        "casos.programa.crear", "casos.programa.asignar", "casos.programa.exigir",
    ]  # fmt: skip

    repetida = traida(oficina, xlsx(Programas=[PROGRAMA], Convenios=[CONVENIO]), rol=ROL)
    pagina = oficina.pagina(repetida, ROL).text
    assert "Cargar todo" not in pagina
    assert pagina.count("Ya está así") == 2


def test_lo_que_cambia_se_muestra_y_el_presupuesto_es_la_diferencia(oficina: Ventanilla) -> None:
    nuevo = PROGRAMA | {"Código del programa": "PR-CAMBIA", "Convenio": ""}
    nuevo |= {"Fuente de los fondos": "municipal"}
    _cargada(oficina, Programas=[nuevo])
    cambia = {
        "Programme code": "PR-CAMBIA", "Programme": "Ropa de abrigo", "Budget": "1500000",
        "Budget backing": "CDP 99/2026",
    }  # fmt: skip
    direccion = traida(oficina, xlsx(Programmes=[cambia]), rol=ROL)
    pagina = oficina.pagina(direccion, ROL).text
    assert "«Ropa de invierno» → «Ropa de abrigo»" in pagina
    assert "«$ 2.000.000» → «$ 1.500.000»" in pagina
    assert _cargar(oficina, direccion).status_code == 303

    programa = _con_codigo(oficina, Programa, "PR-CAMBIA")
    assert (programa.nombre, programa.periodo) == ("Ropa de abrigo", "anual")
    with oficina.db.read() as session:
        plata = session.get_one(Presupuesto, programa.id)
        montos = session.scalars(
            select(MovimientoPresupuesto.monto_clp)
            .where(MovimientoPresupuesto.programa_id == programa.id)
            .order_by(MovimientoPresupuesto.id)
        ).all()
    assert (plata.asignado_clp, montos) == (1_500_000, [2_000_000, -500_000])


def test_un_programa_abierto_no_se_corrige_y_su_presupuesto_si(oficina: Ventanilla) -> None:
    nuevo = PROGRAMA | {"Código del programa": "PR-ABIERTO", "Convenio": ""}
    nuevo |= {"Fuente de los fondos": "municipal"}
    _cargada(oficina, Programas=[nuevo])
    programa = _con_codigo(oficina, Programa, "PR-ABIERTO")
    abierto = oficina.enviar(
        f"/programas/{programa.id}/abrir", {"version": str(programa.version)}, ROL
    )
    assert abierto.status_code == 303, abierto.text

    otro = {"Código": "PR-ABIERTO", "Programa": "Otro nombre", "Fuente": "municipal"}
    pagina = oficina.pagina(traida(oficina, xlsx(Programas=[otro]), rol=ROL), ROL).text
    assert "el programa ya no está en preparación" in pagina
    mas = nuevo | {"Presupuesto asignado": 3_000_000, "Respaldo del presupuesto": "CDP 2"}
    _cargada(oficina, Programas=[mas])
    menos = nuevo | {"Presupuesto asignado": -5}
    pagina = oficina.pagina(traida(oficina, xlsx(Programas=[menos]), rol=ROL), ROL).text
    assert "es menos de lo que ya está comprometido" in pagina


def test_un_convenio_se_corrige_y_se_prorroga_y_su_comienzo_no_cambia(
    oficina: Ventanilla,
) -> None:
    nuevo = CONVENIO | {"Código del convenio": "CV-LARGO"}
    _cargada(oficina, Convenios=[nuevo])
    mas = nuevo | {"Hasta": "31-12-2031", "Decreto que lo aprueba": "D.A. 9/2026", "Monto": 6000000}
    direccion = traida(oficina, xlsx(Convenios=[mas]), rol=ROL)
    pagina = oficina.pagina(direccion, ROL).text
    assert "«5000000» → «6000000»" in pagina
    assert _cargar(oficina, direccion).status_code == 303
    convenio = _con_codigo(oficina, Convenio, "CV-LARGO")
    assert (str(convenio.hasta), convenio.decreto) == ("2031-12-31", "D.A. 9/2026")
    assert convenio.monto_clp == 6_000_000

    otro = mas | {"Desde": "02-01-2026", "Tipo de convenio": "colaboración", "Hasta": "01-01-2029"}
    pagina = oficina.pagina(traida(oficina, xlsx(Convenios=[otro]), rol=ROL), ROL).text
    for motivo in ("el comienzo de un convenio no cambia", "el tipo de un convenio no cambia",
                   "Debe ser posterior al término actual"):  # fmt: skip
        assert motivo in pagina


MALAS: list[tuple[str, dict[str, Any], str, str]] = [
    ("p", {"Código del programa": ""}, "Código del programa", "Falta este dato."),
    ("p", {"Código del programa": "¿?"}, "Código del programa", "Use a lo más 40 letras"),
    ("p", {"Programa": ""}, "Programa", "Falta este dato."),
    ("p", {"Qué se entrega": ""}, "Qué se entrega", "Falta este dato."),
    ("p", {"Qué se entrega": "nada"}, "Qué se entrega", "no reconocemos lo escrito"),
    ("p", {"Fuente de los fondos": "lotería"}, "Fuente de los fondos", "no reconocemos"),
    ("p", {"Convenio": "NO-EXISTE"}, "Convenio", "Ese convenio no está vigente."),
    ("p", {"Convenio": ""}, "Convenio", "Diga de qué convenio vienen los fondos."),
    ("p", {"Fuente de los fondos": "municipal"}, "Convenio", "Solo si los fondos vienen de un"),
    ("p", {"Año": "dos mil"}, "Año", "No es un número entero"),
    ("p", {"Cada cuánto puede repetirse": "nunca"}, "Cada cuánto puede repetirse", "no recono"),
    ("p", {"Tope por persona": "mucho"}, "Tope por persona", "Escriba pesos enteros"),
    ("p", {"Se da una vez por": "barrio"}, "Se da una vez por", "se admite: hogar, persona"),
    ("p", {"Se da una vez por": "persona", "Tope por hogar": 5}, "Tope por hogar", "Solo si se da"),
    ("p", {"Responsable": "Nadie De Aquí"}, "Responsable", "escriba el nombre de alguien"),
    ("p", {"Presupuesto asignado": "harto"}, "Presupuesto asignado", "Escriba pesos enteros"),
    ("p", {"Respaldo del presupuesto": ""}, "Respaldo del presupuesto", "Falta este dato."),
    ("p", {"Requisitos": "x" * 301}, "Requisitos", "entre 1 y 300"),
    ("p", {"Fuente de los requisitos": ""}, "Fuente de los requisitos", "Falta este dato."),
    ("p", {"Descripción": "x" * 2001}, "Descripción", "a lo más 2000"),
    ("c", {"Código del convenio": ""}, "Código del convenio", "Falta este dato."),
    ("c", {"Sigla de la institución": "NADIE"}, "Sigla de la institución", "No conocemos esa"),
    ("c", {"Sigla de la institución": ""}, "Sigla de la institución", "Falta este dato."),
    ("c", {"Tipo de convenio": "amistad"}, "Tipo de convenio", "no reconocemos lo escrito"),
    ("c", {"De qué trata": ""}, "De qué trata", "Falta este dato."),
    ("c", {"Decreto que lo aprueba": ""}, "Decreto que lo aprueba", "Falta este dato."),
    ("c", {"Desde": "ayer"}, "Desde", "no es una fecha"),
    ("c", {"Desde": ""}, "Desde", "Falta este dato."),
    ("c", {"Hasta": "31-12-2020"}, "Hasta", "El término es anterior al comienzo."),
    ("c", {"Monto": ""}, "Monto", "Indique cuánto se transfiere."),
    ("c", {"Monto": "1,5"}, "Monto", "Escriba pesos enteros"),
    ("c", {"Obligaciones": "x" * 2001}, "Obligaciones", "a lo más 2000"),
    ("c", {"Permite comunicar datos": "según"}, "Permite comunicar datos", "no reconocemos"),
]


@pytest.mark.parametrize(("hoja", "mala", "columna", "motivo"), MALAS)
def test_cada_error_dice_su_columna_y_no_se_escribe_nada(
    oficina: Ventanilla, hoja: str, mala: dict[str, Any], columna: str, motivo: str
) -> None:
    convenios: list[Fila] = [CONVENIO | {"Código del convenio": "CV-MALO"}]
    programas: list[Fila] = [
        PROGRAMA | {"Código del programa": "PR-MALO", "Convenio": "CV-MALO"},
        PROGRAMA | {"Código del programa": "PR-MALO2", "Convenio": "CV-MALO"} | mala,
    ]
    if hoja == "c":
        otro = CONVENIO | {"Código del convenio": "CV-MALO2"} | mala
        convenios, programas = [*convenios, otro], programas[:1]
    contenido = xlsx(Programas=programas, Convenios=convenios)
    direccion = traida(oficina, contenido, rol=ROL)

    pagina = oficina.pagina(direccion, ROL).text
    errores = pagina.partition('id="errores-del-archivo"')[2].partition("</section>")[0]
    assert f"<strong>{columna}:</strong>" in errores
    assert motivo in errores
    assert errores.count("<strong>") == 1, "a wrong cell is said once"
    assert ("Programas 3" if hoja == "p" else "Convenios 3") in errores
    assert oficina.enviar(f"{direccion}/cargar", {}, ROL).status_code == 422
    assert _con_codigo(oficina, Programa, "PR-MALO") is None
    assert _con_codigo(oficina, Convenio, "CV-MALO") is None


def test_el_codigo_se_escribe_tambien_en_su_pagina_y_es_de_uno_solo(oficina: Ventanilla) -> None:
    _cargada(oficina, Convenios=[CONVENIO | {"Código del convenio": "CV-UNICO"}])
    convenio = _con_codigo(oficina, Convenio, "CV-UNICO")
    datos = {
        "nombre": "A mano", "tipo": "dinero", "fuente": "municipal", "anio": "2026",
        "periodo": "anual", "responsable_id": str(oficina.funcionario_id(ROL)),
    }  # fmt: skip
    answer = oficina.enviar("/programas/nuevo", datos | {"codigo": "mano-1"}, ROL)
    assert answer.status_code == 303, answer.text
    assert _con_codigo(oficina, Programa, "MANO-1").nombre == "A mano"
    repetido = oficina.enviar("/programas/nuevo", datos | {"codigo": "Mano-1"}, ROL)
    assert repetido.status_code == 422
    assert "Ya hay un programa con ese código" in repetido.text
    assert oficina.api("GET", f"/convenios/{convenio.id}", ROL).json["codigo"] == "CV-UNICO"  # type: ignore[index]  # an object
