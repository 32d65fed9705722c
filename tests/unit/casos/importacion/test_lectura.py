"""Reading a register: the year that was handed over, and what other hands would type."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casos.importacion.agrupacion import agrupar
from casos.importacion.atenciones.lectura import Lectura, leer
from oficina.libros import ArchivoIlegible

Libro = Callable[[dict[str, list[list[Any]]]], bytes]
Registro = Callable[..., bytes]


def _errores(lectura: Lectura) -> list[tuple[str, int, str]]:
    return [(e.hoja, e.fila, e.campo) for e in lectura.errores]


def test_el_anio_2024_se_lee_como_lo_lee_una_persona_cuidadosa(
    lectura_2024: Lectura, esperado_2024: Path
) -> None:
    esperado = json.loads(esperado_2024.read_text(encoding="utf-8"))
    filas = lectura_2024.filas

    assert len(filas) == esperado["rows"]
    assert Counter(str(f.fecha.month) for f in filas) == esperado["by_month"]
    assert Counter(f.nacionalidad for f in filas) == esperado["by_nat"]
    assert Counter(f.motivo for f in filas) == esperado["by_motive"]
    assert Counter(f.derivada_a for f in filas if f.derivada_a) == esperado["derivations"]
    assert agrupar(filas).personas == esperado["persons"]
    assert Counter(e.campo for e in lectura_2024.errores) == esperado["bad"]


def test_los_errores_del_2024_dicen_hoja_fila_y_motivo(lectura_2024: Lectura) -> None:
    por_lugar = {(e.hoja, e.fila): e.como_json() for e in lectura_2024.errores}

    assert por_lugar["ENERO", 72]["motivo"] == "«lunes»: no es una fecha"
    assert por_lugar["ENERO", 216]["motivo"] == "«31/02/2024»: ese día no existe"
    assert por_lugar["MARZO", 151]["campo"] == "run"
    assert not any(digito in por_lugar["MARZO", 151]["motivo"] for digito in "0123456789")


def test_titulos_en_otra_fila_con_otras_palabras_y_otro_orden(libro: Libro) -> None:
    lectura = leer(
        libro(
            {
                "Setiembre": [
                    ["Oficina de Migración, año 2025"],
                    [],
                    ["", "NOMBRE Y APELLIDOS", " motivo de consulta ", "Fecha", "país", "R.U.N."],
                    ["", "Ana Pérez", "r.s.h.", "3 de Sept.", "  PERUANA ", ""],
                    [],
                    ["", "Jean Louis", "Clases de Español", "Miércoles 4 de setiembre de 2025",
                     "haitiano(a)", ""],
                    ["", "TOTAL", 2],
                ]
            }
        )
    )  # fmt: skip

    assert [(f.numero, f.fecha, f.nacionalidad) for f in lectura.filas] == [
        (4, date(2025, 9, 3), "PER"),
        (6, date(2025, 9, 4), "HTI"),
    ]
    assert [f.motivo for f in lectura.filas] == ["SOC", "IDI"]
    assert lectura.errores == ()


def test_una_fecha_posterior_a_hoy_es_un_error_y_una_de_otro_anio_un_aviso(
    libro: Libro, titulos: list[str]
) -> None:
    def fila(fecha: str, nombre: str, derivada_el: str = "") -> list[Any]:
        derivada = ["SJM", derivada_el] if derivada_el else []
        return ["", fecha, nombre, "", "Perú", "", "", "", "", "RSH", *derivada]

    lectura = leer(
        libro(
            {
                "ENERO 2024": [
                    titulos,
                    fila("01/02/2099", "Ana Pérez"),
                    fila("02/01/2024", "Rosa Mamani", "03/01/2098"),
                    fila("02/01/2014", "Jean Louis"),
                    fila("29/12/2023", "Luz Soto"),
                ]
            }
        )
    )

    assert [f.nombre for f in lectura.filas] == ["Rosa Mamani", "Jean Louis", "Luz Soto"]
    assert [(e.fila, e.campo, e.motivo) for e in lectura.errores] == [
        (2, "fecha", "«01/02/2099»: es posterior a hoy"),
        (3, "fecha_derivacion", "«03/01/2098»: es posterior a hoy"),
        (4, "fecha", "«02/01/2014»: es de otro año que su hoja; la fila se cuenta"),
    ]
    assert lectura.filas[0].derivada_el is None


def test_el_anio_sale_de_las_fechas_que_lo_dicen_o_de_las_otras_hojas(
    libro: Libro, titulos: list[str]
) -> None:
    def fila(fecha: Any, nombre: str) -> list[Any]:
        return ["", fecha, nombre, "", "Perú", "", "", "", "", "RSH"]

    lectura = leer(
        libro(
            {
                "MARZO": [titulos, fila("5 de marzo", "Ana"), fila(date(2023, 3, 6), "Luis")],
                "ABRIL": [titulos, fila("7 de abril", "Rosa")],
            }
        )
    )

    assert [f.fecha for f in lectura.filas] == [
        date(2023, 3, 5),
        date(2023, 3, 6),
        date(2023, 4, 7),
    ]


def test_titulos_que_nadie_habia_usado_se_entienden_por_sus_palabras(libro: Libro) -> None:
    lectura = leer(
        libro(
            {
                "Atenciones": [
                    ["Registro mensual de la oficina"],
                    ["Fecha de la\natención", "Nombre del usuario/a", "Rut o DNI de la persona",
                     "País de procedencia", "Fecha nac. (o edad)", "Motivo principal",
                     "Institución a la que se deriva", "Fecha de la derivación",
                     "Nombre profesional que atiende"],
                    ["03/09/2025", "Ana Pérez", "12.531.909-2", "Perú", 34, "RSH", "CAJ",
                     "04/09/2025", "Eva"],
                ]
            }
        )
    )  # fmt: skip

    (fila,) = lectura.filas
    assert (fila.fecha, fila.nombre, fila.nacionalidad) == (date(2025, 9, 3), "Ana Pérez", "PER")
    assert fila.documento is not None
    assert fila.nacimiento is not None
    assert (fila.motivo, fila.derivada_a, fila.funcionario) == ("SOC", "CAJ", "Eva")
    assert fila.derivada_el == date(2025, 9, 4)


def test_las_comillas_repiten_la_fecha_de_arriba(registro: Registro) -> None:
    lectura = leer(
        registro({}, {"FECHA ATENCIÓN": '"'}, {"FECHA ATENCIÓN": "??"}, {"FECHA ATENCIÓN": "ídem"})
    )

    assert [f.fecha for f in lectura.filas] == [date(2024, 1, 2)] * 2
    assert [(campo, fila) for _, fila, campo in _errores(lectura)] == [("fecha", 4), ("fecha", 5)]


def test_sin_ningun_anio_la_fila_se_informa(libro: Libro, titulos: list[str]) -> None:
    lectura = leer(libro({"MARZO": [titulos, ["", "5 de marzo", "Ana", "", "Perú"]]}))

    assert lectura.filas == ()
    assert lectura.errores[0].motivo == "«5 de marzo»: falta el año"


def test_lo_que_no_se_reconoce_se_informa_se_anota_y_la_fila_cuenta(registro: Registro) -> None:
    lectura = leer(
        registro(
            {
                "NACIONALIDAD": "marciana",
                "MOTIVO CONSULTA": "zzz",
                "DERIVADO A": "Fundación Equis",
                "FECHA DERIVACIÓN": "luego",
                "TELÉFONO": "12",
                "F. NAC / EDAD": "mayor",
                "OBSERVACIONES": "volver",
            }
        )
    )

    (fila,) = lectura.filas
    assert (fila.nacionalidad, fila.motivo, fila.derivada_a) == ("UNK", "OTRO", "OTRA")
    for escrito in ("volver", "marciana", "zzz", "Fundación Equis", "12"):
        assert escrito in fila.nota
    assert {campo for *_, campo in _errores(lectura)} == {
        "nacionalidad", "motivo", "derivado_a", "fecha_derivacion", "telefono", "nacimiento",
    }  # fmt: skip


def test_una_fila_sin_fecha_solo_cuenta_como_error(registro: Registro) -> None:
    lectura = leer(registro({"FECHA ATENCIÓN": ""}, {}))

    assert len(lectura.filas) == 1
    assert _errores(lectura) == [("ENERO 2024", 2, "fecha")]


def test_un_numero_de_orden_solo_no_es_una_atencion(libro: Libro, titulos: list[str]) -> None:
    with pytest.raises(ArchivoIlegible, match="ninguna atención"):
        leer(libro({"ENERO 2024": [titulos, [1], [2], ["", "", "TOTAL", 2]]}))


def test_una_atencion_sin_nombre_ni_documento_es_anonima(registro: Registro) -> None:
    (fila,) = leer(registro({"NOMBRE COMPLETO": ""})).filas

    assert fila.anonima


def test_los_titulos_que_se_repiten_a_media_hoja_no_son_una_atencion(
    libro: Libro, titulos: list[str]
) -> None:
    una = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH"]

    lectura = leer(libro({"ENERO": [titulos, una, titulos, una]}))

    assert [f.numero for f in lectura.filas] == [2, 4]
    assert lectura.errores == ()


def test_resumen_y_hojas_sin_registro_se_dejan(libro: Libro, titulos: list[str]) -> None:
    una = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH"]

    lectura = leer(
        libro({"ENERO": [titulos, una], "RESUMEN": [titulos, una], "Notas de Eva": [["hola"]]})
    )

    assert len(lectura.filas) == 1
    assert lectura.errores == ()


def test_un_mes_sin_titulos_se_informa(libro: Libro, titulos: list[str]) -> None:
    una = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH"]

    lectura = leer(libro({"ENERO": [titulos, una], "FEBRERO": [una]}))

    assert _errores(lectura) == [("FEBRERO", 1, "encabezado")]


def test_faltan_columnas_y_se_dice_cuales(libro: Libro) -> None:
    contenido = libro({"ENERO": [["Fecha", "Nombre", "Sexo", "Teléfono"], ["1/1/2024", "Ana"]]})

    with pytest.raises(ArchivoIlegible) as caught:
        leer(contenido)

    assert "«ENERO», fila 1, faltan columnas: motivo" in caught.value.detail
    assert caught.value.status == 422


def test_una_lista_de_telefonos_no_estorba_al_registro(libro: Libro, titulos: list[str]) -> None:
    una = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH"]
    telefonos = [["Nombre", "Teléfono", "Dirección"], ["CAJ", "22 345 6789", "Maruri 12"]]
    sin_motivo = [["Fecha", "Nombre", "Sexo"], [date(2024, 2, 1), "Ana", "F"]]

    lectura = leer(libro({"Red": telefonos, "ENERO": [titulos, una], "Febrero": sin_motivo}))

    assert len(lectura.filas) == 1
    assert [(e.hoja, e.campo, e.valor) for e in lectura.errores] == [
        ("Febrero", "encabezado", "motivo")
    ]


def test_un_consolidado_se_deja_salvo_que_sea_lo_unico(libro: Libro, titulos: list[str]) -> None:
    una = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH"]

    con_meses = leer(libro({"ENERO": [titulos, una], "Consolidado 2024": [titulos, una]}))
    solo = leer(libro({"Consolidado 2024": [titulos, una]}))

    assert len(con_meses.filas) == len(solo.filas) == 1


def test_un_libro_sin_registro_dice_que_se_espera(libro: Libro) -> None:
    with pytest.raises(ArchivoIlegible, match="fila de títulos"):
        leer(libro({"Hoja1": [["hola", "mundo"]]}))


def test_un_csv_sin_los_titulos_dice_cuales_se_esperan() -> None:
    with pytest.raises(ArchivoIlegible, match="fila de títulos"):
        leer(b"fecha;nombre\n1;Ana\n")


@pytest.mark.parametrize(
    "contenido", [b"PK\x03\x04roto", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\x00", b" <html><table>"]
)
def test_lo_que_no_es_un_libro_dice_que_se_espera(contenido: bytes) -> None:
    with pytest.raises(ArchivoIlegible, match=r"\.xlsx"):
        leer(contenido)


def test_un_archivo_vacio_dice_que_se_espera() -> None:
    with pytest.raises(ArchivoIlegible, match="vacío"):
        leer(b"")


@given(st.binary(max_size=300))
def test_ningun_contenido_rompe_la_lectura(contenido: bytes) -> None:
    with pytest.raises(ArchivoIlegible):
        leer(contenido)


def test_dos_columnas_de_nombre_se_juntan(libro: Libro) -> None:
    lectura = leer(
        libro(
            {
                "ENERO 2024": [
                    ["Fecha", "Nombres", "Apellidos", "Motivo"],
                    [date(2024, 1, 2), "Ana María", "Pérez Rojas", "RSH"],
                ]
            }
        )
    )

    assert lectura.filas[0].nombre == "Ana María Pérez Rojas"


def test_el_canal_y_el_resultado_se_leen_y_sin_derivacion_no_hay_resultado(
    registro: Registro, titulos: list[str], libro: Libro
) -> None:
    con, sin = leer(
        registro({"DERIVADO A": "Depto. Social", "RESULTADO": "LISTO"}, {"RESULTADO": "LISTO"})
    ).filas
    assert (con.derivada_a, con.resultado, con.canal) == ("DIDECO", "cumplida", "presencial")
    assert sin.resultado is None

    fila = ["", date(2024, 1, 2), "Ana", "", "Perú", "", "", "", "", "RSH", *[""] * 5, "WhatsApp"]
    (leida,) = leer(libro({"ENERO": [[*titulos, "Modalidad"], fila]})).filas
    assert leida.canal == "mensajeria"
