"""Tables add up, secrets are kept in all of them at once, and files say what pages say."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reportes import exports
from reportes.figuras import TODAS, Celda, Figuras, Tabla, con_margenes, publicables
from reportes.indicadores import Indicador, catalogo
from reportes.labels import Palabras
from reportes.meses import Mes
from reportes.states import Alcance
from reportes.vistas import fila_total, filas, matriz, resumen

NACIONALIDAD = catalogo().indicadores["atenciones_por_nacionalidad"]
TEMA = catalogo().indicadores["atenciones_por_linea_y_tema"]
INSTITUCION = catalogo().indicadores["derivaciones_por_institucion"]
EVIDENCIA = catalogo().indicadores["derivaciones_por_evidencia"]
PALABRAS = Palabras({("tema", "SOC"): "Ayuda social", ("linea", "L6"): "Programas"}, "es")
CINCO = Mes(2024, 5)


def _tabla(
    indicador: Indicador, conteos: dict[Celda, int], antes: dict[Celda, int] | None = None
) -> Tabla:
    return Tabla(indicador, con_margenes(indicador, conteos), con_margenes(indicador, antes or {}))


def _figuras(alcance: Alcance = Alcance.INTERNO) -> Figuras:
    tablas = [
        (NACIONALIDAD, con_margenes(NACIONALIDAD, {("VEN",): 1234, ("HTI",): 3, ("COL",): 8})),
        (INSTITUCION, con_margenes(INSTITUCION, {("=CAJ", "cumplida"): 9})),
    ]
    valores = (
        publicables(tablas) if alcance is Alcance.PUBLICABLE else [{**tabla} for _, tabla in tablas]
    )
    return Figuras(
        CINCO,
        alcance,
        {
            indicador.clave: Tabla(indicador, valor, con_margenes(indicador, {}))
            for (indicador, _), valor in zip(tablas, valores, strict=True)
        },
        7,
        datetime(2024, 6, 1, tzinfo=UTC),
    )


def test_una_jerarquia_suma_por_linea_y_en_total() -> None:
    tabla = _tabla(TEMA, {("L4", "REG.TEMP"): 5, ("L4", "SAL"): 2, ("L6", "SOC"): 4})

    assert tabla.valor(("L4", TODAS)) == 7
    assert tabla.total == 11
    assert (TODAS, "SOC") not in tabla.valores


def test_una_tabla_cruzada_suma_por_filas_y_columnas() -> None:
    tabla = _tabla(INSTITUCION, {("CAJ", "cumplida"): 5, ("OLN", "cumplida"): 2})

    assert tabla.valor((TODAS, "cumplida")) == 7
    assert tabla.valor(("CAJ", TODAS)) == 5
    assert tabla.valor(("CAJ", "rechazada")) == 0


def test_las_filas_van_de_mayor_a_menor_cada_tema_bajo_su_linea() -> None:
    tabla = _tabla(
        TEMA, {("L6", "SOC"): 4, ("L4", "REG.TEMP"): 2, ("L4", "SAL"): 5}, {("L1", "CON"): 3}
    )

    vistas = [(f.codigo, f.nivel, f.valor, f.anterior) for f in filas(tabla, PALABRAS)]

    assert vistas == [
        ("L4", 1, 7, 0),
        ("SAL", 2, 5, 0),
        ("REG.TEMP", 2, 2, 0),
        ("L6", 1, 4, 0),
        ("SOC", 2, 4, 0),
        ("L1", 1, 0, 3),
        ("CON", 2, 0, 3),
    ]
    assert fila_total(tabla, "Total").diferencia == 8


def test_el_orden_no_cuenta_lo_que_un_blanco_calla() -> None:
    tabla = Tabla(NACIONALIDAD, {("PER",): None, ("COL",): None, ("VEN",): 9, (TODAS,): 20}, {})

    assert [f.etiqueta for f in filas(tabla, PALABRAS)] == ["Venezuela", "Colombia", "Perú"]


def test_una_matriz_ordena_los_resultados_como_ocurren() -> None:
    tabla = _tabla(INSTITUCION, {("CAJ", "cumplida"): 5, ("OLN", "enviada"): 7})

    hecha = matriz(tabla, PALABRAS, "Total")

    assert list(hecha.columnas) == ["Enviada, sin respuesta", "Cumplida"]
    assert [(f.codigo, list(f.valores), f.total) for f in hecha.filas] == [
        ("OLN", [7, 0], 7),
        ("CAJ", [0, 5], 5),
    ]
    assert (list(hecha.pie.valores), hecha.pie.total) == ([7, 5], 12)
    assert [f.valor for f in resumen(tabla, 1, PALABRAS)] == [7, 5]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["CAJ", "OLN", "PDI"]),
            st.sampled_from(["enviada", "cumplida", "rechazada"]),
            st.sampled_from(["A", "B", "-"]),
        ),
        st.integers(0, 30),
    )
)
def test_una_cifra_de_dos_tablas_es_blanca_en_las_dos(
    hechos: dict[tuple[str, str, str], int],
) -> None:
    por_institucion: dict[Celda, int] = {}
    por_evidencia: dict[Celda, int] = {}
    for (institucion, resultado, grado), cuantas in hechos.items():
        una, otra = (institucion, resultado), (resultado, grado)
        por_institucion[una] = por_institucion.get(una, 0) + cuantas
        por_evidencia[otra] = por_evidencia.get(otra, 0) + cuantas
    completas = [
        (INSTITUCION, con_margenes(INSTITUCION, por_institucion)),
        (EVIDENCIA, con_margenes(EVIDENCIA, por_evidencia)),
    ]

    instituciones, evidencias = publicables(completas)

    assert instituciones[TODAS, TODAS] == evidencias[TODAS, TODAS]
    for resultado in {r for _, r in por_institucion}:
        assert instituciones[TODAS, resultado] == evidencias[resultado, TODAS]
    publicadas = [*instituciones.values(), *evidencias.values()]
    assert not any(v is not None and 0 < v < 5 for v in publicadas)


def test_el_csv_dice_todo_y_nada_se_toma_por_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(exports.a_csv(_figuras(), PALABRAS))))

    dichas = {(r["indicador"], r["codigo_1"], r["codigo_2"]): r["valor"] for r in rows}
    assert dichas["atenciones_por_nacionalidad", "VEN", ""] == "1234"
    assert dichas["atenciones_por_nacionalidad", "*", ""] == "1245"
    assert dichas["derivaciones_por_institucion", "'=CAJ", "cumplida"] == "9"
    assert {r["alcance"] for r in rows} == {"interno"}


def test_el_csv_publicable_lleva_su_marca_sus_etiquetas_hxl_y_sus_reservas() -> None:
    figuras = _figuras(Alcance.PUBLICABLE)

    hxl, *rows = csv.DictReader(io.StringIO(exports.a_csv(figuras, PALABRAS)))

    assert hxl["valor"] == "#indicator+value"
    valores = {r["codigo_1"]: r["valor"] for r in rows if "nacionalidad" in r["indicador"]}
    assert valores == {"VEN": "1234", "HTI": "reservado", "COL": "reservado", "*": "1245"}
    assert exports.nombre(figuras, "csv") == "acogida-2024-05-publicable.csv"
    assert exports.nombre(_figuras(), "csv") == "acogida-2024-05-uso-interno.csv"


def test_el_libro_tiene_una_hoja_por_indicador() -> None:
    libro = CalamineWorkbook.from_filelike(io.BytesIO(exports.a_xlsx(_figuras(), PALABRAS, "es")))

    assert len(libro.sheet_names) == 2
    assert all(len(name) <= 31 for name in libro.sheet_names)
    hoja = libro.get_sheet_by_name(libro.sheet_names[0]).to_python()
    assert hoja[1][0] == "2024-05 · Uso interno: no publicar"
    assert ["Venezuela", 1234.0, 0.0] in hoja
    assert hoja[-1] == ["Total", 1245.0, 0.0]


@pytest.mark.parametrize(
    ("dimension", "codigo", "dicho"),
    [
        ("nacionalidad", "HTI", "Haití"),
        ("nacionalidad", "UNK", "Sin información"),
        ("nacionalidad", "XXA", "Apátrida"),
        ("nacionalidad", "QQQ", "QQQ"),
        ("tema", "SOC", "Ayuda social"),
        ("tema", "NUEVO", "NUEVO"),
        ("resultado", "vencida", "Vencida sin respuesta"),
        ("grado_evidencia", "-", "Sin respaldo"),
    ],
)
def test_los_codigos_se_dicen_con_palabras(dimension: str, codigo: str, dicho: str) -> None:
    assert PALABRAS.de(dimension, codigo) == dicho


def test_cada_indicador_dice_su_pregunta_y_su_linea_del_decreto() -> None:
    for indicador in catalogo().indicadores.values():
        assert set(indicador.nombre) == set(indicador.pregunta) == {"es", "en"}
        assert indicador.linea_decreto in {f"L{n}" for n in range(1, 8)}
        assert indicador.version >= 1


@pytest.mark.parametrize("clave", ["2024-13", "2024-0", "24-05", "mayo", "2024-00", ""])
def test_lo_que_no_es_un_mes_se_rechaza(clave: str) -> None:
    with pytest.raises(ValueError, match=r"month|invalid literal"):
        Mes.leer(clave)


def test_antes_de_enero_esta_diciembre() -> None:
    assert Mes(2024, 1).anterior == Mes(2023, 12)
    assert Mes.de(1900, 1).anterior == Mes(1899, 12)


def test_una_linea_chica_de_un_solo_tema_no_cuesta_el_total() -> None:
    conteos: dict[Celda, int] = {
        ("L4", "SAL"): 310,
        ("L4", "REG.REFUGIO"): 13,
        ("L6", "SOC"): 61,
        ("L1", "CON"): 3,
    }

    (publicada,) = publicables([(TEMA, con_margenes(TEMA, conteos))])

    blancas = {celda for celda, valor in publicada.items() if valor is None}
    assert blancas == {("L1", TODAS), ("L1", "CON"), ("L6", TODAS), ("L6", "SOC")}
