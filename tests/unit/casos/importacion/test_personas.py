"""One person or two: what a document proves and what only seems so. All people are synthetic."""

from collections.abc import Callable
from typing import Any

import pytest

from casos.importacion.agrupacion import Agrupacion, agrupar
from casos.importacion.atenciones.lectura import leer
from casos.importacion.ficha import datos
from casos.personas.matching import Razon
from casos.personas.models import PrecisionFecha

Registro = Callable[..., bytes]
RUN = "12.531.909-2"


@pytest.fixture
def agrupadas(registro: Registro) -> Callable[..., Agrupacion]:
    """Group a register of these rows."""

    def hacer(*filas: dict[str, Any]) -> Agrupacion:
        return agrupar(leer(registro(*filas)).filas)

    return hacer


def test_el_mismo_documento_es_la_misma_persona_como_sea_que_lo_escriban(
    agrupadas: Callable[..., Agrupacion],
) -> None:
    grupo = agrupadas(
        {"RUT / PASAPORTE": RUN},
        {"RUT / PASAPORTE": "125319092", "NOMBRE COMPLETO": "ROJAS PEREZ ANA"},
        {"RUT / PASAPORTE": "run 12531909-2", "NOMBRE COMPLETO": "Ana Perez"},
    )

    assert (len(grupo.fichas), grupo.personas) == (1, 1)


def test_el_mismo_documento_con_otro_nombre_no_prueba_nada(
    agrupadas: Callable[..., Agrupacion],
) -> None:
    grupo = agrupadas(
        {"RUT / PASAPORTE": RUN}, {"RUT / PASAPORTE": RUN, "NOMBRE COMPLETO": "Luis Quispe"}
    )

    assert (len(grupo.fichas), grupo.personas) == (2, 2)


def test_sin_documento_se_sugiere_y_no_se_junta(agrupadas: Callable[..., Agrupacion]) -> None:
    grupo = agrupadas(
        {"RUT / PASAPORTE": "s/d", "TELÉFONO": "986230047", "F. NAC / EDAD": "34"},
        {"RUT / PASAPORTE": "", "TELÉFONO": "+56 9 8623 0047", "F. NAC / EDAD": "03/05/1990"},
    )

    assert (len(grupo.fichas), grupo.personas) == (2, 1)
    assert grupo.parecidos[0].razones == (Razon.MISMO_NOMBRE, Razon.MISMO_TELEFONO)


def test_dos_tocayas_en_dos_direcciones_son_dos_personas(
    agrupadas: Callable[..., Agrupacion],
) -> None:
    grupo = agrupadas({"DIRECCIÓN": "Maruri 12"}, {"DIRECCIÓN": "Vivaceta 34"})

    assert (len(grupo.fichas), grupo.personas, grupo.parecidos) == (2, 2, ())


def test_dos_nacimientos_distintos_son_dos_personas(agrupadas: Callable[..., Agrupacion]) -> None:
    grupo = agrupadas(
        {"DIRECCIÓN": "Maruri 12", "F. NAC / EDAD": "03/05/1990"},
        {"DIRECCIÓN": "Maruri 12", "F. NAC / EDAD": "07/08/2015"},
    )

    assert (grupo.personas, grupo.parecidos) == (2, ())


def test_un_digito_mal_escrito_sugiere_y_no_junta(agrupadas: Callable[..., Agrupacion]) -> None:
    grupo = agrupadas({"RUT / PASAPORTE": RUN}, {"RUT / PASAPORTE": "12.531.909-3"})

    assert (len(grupo.fichas), grupo.personas) == (2, 1)
    assert Razon.DOCUMENTO_PARECIDO in grupo.parecidos[0].razones


def test_dos_documentos_son_dos_personas_y_si_todo_lo_demas_coincide_se_sugiere(
    agrupadas: Callable[..., Agrupacion],
) -> None:
    comun = {"F. NAC / EDAD": "03/05/1990", "TELÉFONO": "986230047"}
    grupo = agrupadas(
        {"RUT / PASAPORTE": RUN, **comun}, {"RUT / PASAPORTE": "pas. P25830410", **comun}
    )

    assert (len(grupo.fichas), grupo.personas) == (2, 2)
    assert len(grupo.parecidos) == 1


def test_un_numero_de_relleno_no_junta_a_nadie(agrupadas: Callable[..., Agrupacion]) -> None:
    grupo = agrupadas({"RUT / PASAPORTE": "11.111.111-1"}, {"RUT / PASAPORTE": "11.111.111-1"})

    assert (len(grupo.fichas), grupo.personas, grupo.parecidos) == (2, 2, ())


def test_una_atencion_anonima_no_es_de_nadie(agrupadas: Callable[..., Agrupacion]) -> None:
    grupo = agrupadas({"NOMBRE COMPLETO": ""}, {})

    assert grupo.de_fila == (None, 0)
    assert grupo.personas == 1


def test_la_ficha_toma_lo_mejor_de_cada_fila(agrupadas: Callable[..., Agrupacion]) -> None:
    comun = {"RUT / PASAPORTE": RUN}
    grupo = agrupadas(
        {**comun, "NOMBRE COMPLETO": "ANA PEREZ ROJAS", "F. NAC / EDAD": "34", "SEXO": "F",
         "TELÉFONO": "986230047", "DIRECCIÓN": "Maruri 12"},
        {**comun, "NOMBRE COMPLETO": "Ana Pérez Rojas", "F. NAC / EDAD": "03/05/1990",
         "SEXO": "Mujer", "OBSERVACIONES": "No contactar al domicilio!!"},
        {**comun, "NOMBRE COMPLETO": "Pérez Rojas Ana", "TELÉFONO": "+584122516757",
         "DIRECCIÓN": "Vivaceta 34", "OBSERVACIONES": "habla solo creole"},
    )  # fmt: skip

    ficha = datos(grupo.fichas[0])

    assert (ficha.nombres, ficha.primer_apellido, ficha.segundo_apellido) == (
        "Ana",
        "Pérez",
        "Rojas",
    )
    assert ficha.nacimiento is not None
    assert ficha.nacimiento.precision is PrecisionFecha.EXACTA
    assert ficha.sexo == "femenino"
    assert ficha.telefonos == ("+56986230047", "+584122516757")
    assert ficha.direccion == "Vivaceta 34"
    assert ficha.idiomas == ("hat",)
    assert ficha.no_contactar
