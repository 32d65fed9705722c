"""The year of 2024 typed again by other hands: other titles, other forms, the same figures."""

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from casos.importacion.agrupacion import agrupar
from casos.importacion.atenciones.lectura import leer

TITULOS = [
    "Correlativo", "Día de atención (fecha)", "Nombres y Apellidos del usuario",
    "N° documento (RUT, DNI o pasaporte)", "País de origen", "Sexo registral",
    "Edad o nacimiento", "Celular", "Domicilio actual", "Motivo principal", "¿Se deriva a?",
    "Fecha de la derivación", "Resultado final", "Quién atiende", "Comentarios",
]  # fmt: skip
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
FECHAS = (1, 11)
TEXTOS = (2, 3, 4, 5, 8, 9, 10, 12)
EPOCA = date(1899, 12, 30)


def _otra_fecha(dia: date, azar: random.Random) -> str | float:
    mes = MESES[dia.month - 1]
    return azar.choice(
        [
            f"{dia.day}/{dia.month}",
            f"{dia.day} {mes[:3]}.",
            f"{mes.upper()} {dia.day}",
            f"{dia.day}° de {mes.capitalize()} del {dia.year}",
            f"{dia.day}-{mes[:3]}-{dia.year % 100}",
            f"{dia:%Y/%m/%d}",
            f"{dia:%d %m %Y}",
            f"{dia:%d/%m/%Y} 10:15",
            float((dia - EPOCA) // timedelta(days=1)),
        ]
    )


def _otro_texto(texto: str, azar: random.Random) -> str:
    formas = [texto.upper(), texto.lower(), f"  {texto} ", texto.replace(" ", "  "), f"{texto}."]
    return azar.choice(formas) if texto else texto


def _otra_mano(renglon: list[Any], azar: random.Random) -> list[Any]:
    for n in FECHAS:
        if isinstance(renglon[n], date):
            renglon[n] = _otra_fecha(renglon[n], azar)
    for n in TEXTOS:
        if isinstance(renglon[n], str):
            renglon[n] = _otro_texto(renglon[n], azar)
    return renglon


def test_el_mismo_anio_escrito_por_otras_manos_da_las_mismas_cifras(
    archivo_2024: Path, esperado_2024: Path, libro: Callable[[dict[str, Any]], bytes]
) -> None:
    azar = random.Random(2024)
    original = CalamineWorkbook.from_path(archivo_2024)
    hojas: dict[str, Any] = {}
    for mes, nombre in zip(MESES, original.sheet_names[:12], strict=True):
        renglones = original.get_sheet_by_name(nombre).to_python(skip_empty_area=False)
        titulos = next(n for n, renglon in enumerate(renglones) if renglon[0] in {"N°", "Nº"})
        arriba: list[list[Any]] = [["Oficina"], ["Planilla del año 2024"]] + [[]] * azar.randint(
            0, 4
        )
        hojas[f"{mes[:3]}-24"] = [
            *arriba,
            TITULOS,
            *(_otra_mano(renglon, azar) for renglon in renglones[titulos + 1 :]),
        ]

    lectura = leer(libro(hojas))

    esperado = json.loads(esperado_2024.read_text(encoding="utf-8"))
    filas = lectura.filas
    assert Counter(str(f.fecha.month) for f in filas) == esperado["by_month"]
    assert Counter(f.nacionalidad for f in filas) == esperado["by_nat"]
    assert Counter(f.motivo for f in filas) == esperado["by_motive"]
    assert Counter(f.derivada_a for f in filas if f.derivada_a) == esperado["derivations"]
    assert agrupar(filas).personas == esperado["persons"]
    assert Counter(e.campo for e in lectura.errores) == esperado["bad"]
