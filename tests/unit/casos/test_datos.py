"""What casos keeps as data: folios, themes, age bands, countries, and the team of the office."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.equipo import Equipo
from casos.folios import siguiente_folio, siguientes_folios
from casos.personas.catalogos import idiomas, nombre_de_idioma, pais, paises
from casos.personas.edades import RangoEtario, rango_etario
from casos.situaciones.catalogo import categoria, categorias
from casos.taxonomia import taxonomia, temas
from oficina.web.client import ServiceClient


def test_los_folios_son_consecutivos_y_de_cada_anio(ventanilla: Ventanilla) -> None:
    with ventanilla.db.begin() as session:
        assert siguiente_folio(session, "D", 2031) == "D-2031-000001"
        assert siguientes_folios(session, "D", 2031, 2) == ["D-2031-000002", "D-2031-000003"]
        assert siguiente_folio(session, "D", 2032) == "D-2032-000001"


def test_muchas_manos_a_la_vez_no_repiten_ni_saltan_folios(ventanilla: Ventanilla) -> None:
    def sacar(_n: int) -> str:
        with ventanilla.db.begin() as session:
            return siguiente_folio(session, "D", 2040)

    with ThreadPoolExecutor(8) as manos:
        folios = list(manos.map(sacar, range(24)))

    assert sorted(folios) == [f"D-2040-{n:06d}" for n in range(1, 25)]


def test_un_folio_de_una_transaccion_deshecha_se_vuelve_a_dar(ventanilla: Ventanilla) -> None:
    with pytest.raises(ZeroDivisionError), ventanilla.db.begin() as session:
        siguiente_folio(session, "D", 2050)
        raise ZeroDivisionError

    with ventanilla.db.begin() as session:
        assert siguiente_folio(session, "D", 2050) == "D-2050-000001"


def test_las_lineas_son_las_siete_del_decreto() -> None:
    """Decree 3634/2016, «Lineamientos de trabajo»."""
    assert list(taxonomia().lineas) == [f"L{n}" for n in range(1, 8)]


def test_un_idioma_sin_etiqueta_recibe_la_espanola() -> None:
    assert temas("qu")["SAL"] == temas("es")["SAL"] == "Salud"


@pytest.mark.parametrize(
    ("nacimiento", "rango"),
    [
        (date(2024, 6, 15), RangoEtario.R0_5),
        (date(2018, 6, 16), RangoEtario.R0_5),
        (date(2018, 6, 15), RangoEtario.R6_13),
        (date(2006, 6, 16), RangoEtario.R14_17),
        (date(2006, 6, 15), RangoEtario.R18_29),
        (date(1964, 6, 16), RangoEtario.R45_59),
        (date(1964, 6, 15), RangoEtario.R60),
        (date(2024, 6, 16), RangoEtario.SIN_DATO),
        (None, RangoEtario.SIN_DATO),
    ],
)
def test_la_edad_se_cuenta_en_anios_cumplidos(nacimiento: date | None, rango: RangoEtario) -> None:
    assert rango_etario(nacimiento, date(2024, 6, 15)) is rango


def test_los_paises_frecuentes_van_primero() -> None:
    assert [codigo for codigo, _nombre in paises("es")][:3] == ["VEN", "PER", "HTI"]
    assert (pais("VEN", "es"), pais("HTI", "en"), pais("XXA", "es")) == (
        "Venezuela",
        "Haiti",
        "Apátrida",
    )
    assert pais("", "es") == ""


def test_los_idiomas_se_dicen_en_el_del_lector() -> None:
    assert dict(idiomas("es"))["hat"] == "Criollo haitiano"
    assert nombre_de_idioma("xyz", "es") == "xyz"


def test_las_categorias_migratorias_son_datos() -> None:
    assert categoria("refugio") == "Refugio reconocido"
    assert categoria("de_otra_version") == "de_otra_version"
    assert len(categorias("en")) == len(categorias("es"))


def test_sin_identidad_un_caso_se_abre_sin_asignar(ventanilla: Ventanilla) -> None:
    solo = Equipo(ServiceClient(ventanilla.oficina.settings))

    assert solo.profesionales() == ()
    assert solo.responsable(None) is None


def test_el_equipo_se_pregunta_una_vez_por_minuto(ventanilla: Ventanilla) -> None:
    preguntas = []

    class Contado(ServiceClient):
        def get(self, *args: Any, **kwargs: Any) -> Any:
            preguntas.append(args)
            return super().get(*args, **kwargs)

    client = Contado(ventanilla.oficina.settings, "casos")
    client.mount("identidad", ventanilla.oficina.identidad)
    equipo = Equipo(client)

    assert [uno.nombre for uno in equipo.profesionales()] == ["Persona de profesional"]
    assert equipo.profesionales() is equipo.profesionales()
    assert len(preguntas) == 1
