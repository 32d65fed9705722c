"""What is not in the list: it can be used at once, and the coordination says what it is."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.conftest import Oficina

from casos.derivaciones.models import Derivacion
from casos.red.models import EstadoServicio, Institucion, ServicioRed
from casos.red.propuestas.models import PropuestaRed
from casos.red.propuestas.states import PASOS, EstadoPropuestaRed, PasoPropuesta
from oficina import clock
from oficina.errors import TransicionInvalida

CONSENTIDA = {"forma_consentimiento": "verbal", "idioma_consentimiento": "hat"}
DESCARTE = {"motivo": "por_error"}


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with its network, one for all."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        yield made


@pytest.mark.parametrize("paso", list(PasoPropuesta))
@pytest.mark.parametrize("estado", list(EstadoPropuestaRed))
def test_cada_paso_desde_cada_estado(estado: EstadoPropuestaRed, paso: PasoPropuesta) -> None:
    una = PropuestaRed(estado=estado)
    if estado is EstadoPropuestaRed.PENDIENTE:
        una.pasar(paso, "Ana", clock.now())
        assert una.estado is PASOS[estado][paso]
        assert una.decidida_por == "Ana"
        return
    with pytest.raises(TransicionInvalida):
        una.pasar(paso, "Ana", clock.now())


def _proponer(casos: Casos, **cambios: Any) -> dict[str, Any]:
    datos = {"institucion": "Hogar Sintético", "servicio": "Alojamiento", "temas": ["VIV"]}
    hecha = casos.api("profesional", "POST", "/red/propuestas", datos | cambios)
    assert hecha.status_code == 201, hecha.text
    body: dict[str, Any] = hecha.json
    return body


def _derivar(casos: Casos, servicio_id: str, base: str) -> Any:
    pedido = {
        "caso_id": str(casos.mundo.caso_id),
        "servicio_id": servicio_id,
        "proposito": "Alojamiento",
        "datos": ["nombre"],
        "base_licitud": base,
    }
    return casos.api("profesional", "POST", "/derivaciones", pedido | CONSENTIDA)


def _guardados(casos: Casos, propuesta: dict[str, Any]) -> tuple[ServicioRed, Institucion]:
    with casos.db.read() as session:
        servicio = session.get_one(ServicioRed, UUID(propuesta["servicio"]["id"]))
        return servicio, session.get_one(Institucion, servicio.institucion_id)


def _decidir(casos: Casos, propuesta: dict[str, Any], paso: str, **datos: Any) -> Any:
    path = f"/red/propuestas/{propuesta['id']}/{paso}"
    return casos.api("coordinacion", "POST", path, datos, **COMO_ESTE)


def test_a_lo_propuesto_se_deriva_de_inmediato_solo_con_consentimiento(casos: Casos) -> None:
    servicio = _proponer(casos, como_llegar="llamar al 600 000")["servicio"]

    sin_permiso = _derivar(casos, servicio["id"], "funcion_legal")
    assert list(sin_permiso.json["errors"]) == ["base_licitud"]
    assert _derivar(casos, servicio["id"], "consentimiento").status_code == 201
    assert servicio["catalogado"] is False
    assert "Por revisar" in casos.como("recepcion").get("/casos/red?q=hogar").text


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"institucion": ""}, "institucion"),
        ({"temas": ["NO"]}, "temas"),
        ({"modo": "en_linea"}, "modo"),
        ({"institucion_id": str(uuid4())}, "institucion_id"),
    ],
)
def test_lo_que_falta_de_una_propuesta_se_dice(
    casos: Casos, cambios: dict[str, Any], campo: str
) -> None:
    datos = {"institucion": "Hogar", "servicio": "Alojamiento", "temas": ["VIV"]} | cambios
    mal = casos.api("recepcion", "POST", "/red/propuestas", datos)

    assert mal.status_code == 422
    assert [clave.partition(".")[0] for clave in mal.json["errors"]] == [campo]


def test_aceptada_es_una_mas_del_directorio(casos: Casos) -> None:
    propuesta = _proponer(casos)
    nombres = {"servicio": "Hogar de paso", "institucion": "Fundación Hogar", "sigla": "HOGAR"}
    sin_sigla = _decidir(casos, propuesta, "aceptacion", servicio="Hogar de paso")
    repetida = _decidir(casos, propuesta, "aceptacion", **nombres | {"sigla": "OMIL"})

    assert (sin_sigla.status_code, repetida.status_code) == (422, 422)
    hecha = _decidir(casos, propuesta, "aceptacion", **nombres, tipo="publica", ambito="local")

    assert hecha.json["estado"] == "aceptada"
    servicio, institucion = _guardados(casos, propuesta)
    assert (servicio.codigo, servicio.catalogado) == ("HOGAR.HOGAR", True)
    assert (institucion.sigla, institucion.catalogada) == ("HOGAR", True)
    assert institucion.admite_funcion_legal
    assert _decidir(casos, propuesta, "descarte", **DESCARTE).status_code == 409


def test_de_una_institucion_conocida_se_propone_solo_el_servicio(casos: Casos) -> None:
    with casos.db.read() as session:
        omil = session.scalars(select(Institucion).where(Institucion.sigla == "OMIL")).one()
    propuesta = _proponer(casos, institucion="", institucion_id=str(omil.id), servicio="Talleres")

    hecha = _decidir(casos, propuesta, "aceptacion", servicio="Talleres de oficios")

    assert hecha.status_code == 200
    servicio, institucion = _guardados(casos, propuesta)
    assert servicio.nombre == "Talleres de oficios"
    assert (institucion.id, institucion.nombre) == (omil.id, omil.nombre)


def test_unida_a_otra_sus_derivaciones_son_de_esa(casos: Casos) -> None:
    propuesta = _proponer(casos, servicio="Albergue")
    derivada = _derivar(casos, propuesta["servicio"]["id"], "consentimiento").json
    destino = casos.mundo.servicio("VIVIENDA.ORIENTACION")

    a_si_misma = _decidir(casos, propuesta, "union", servicio_id=propuesta["servicio"]["id"])
    hecha = _decidir(casos, propuesta, "union", servicio_id=str(destino))

    assert a_si_misma.status_code == 422
    assert hecha.json["unida_a_id"] == str(destino)
    with casos.db.read() as session:
        guardada = session.get_one(Derivacion, UUID(derivada["id"]))
        assert guardada.servicio_id == destino
        assert guardada.institucion_id == session.get_one(ServicioRed, destino).institucion_id
    servicio, institucion = _guardados(casos, propuesta)
    assert servicio.estado is EstadoServicio.INACTIVO
    assert not institucion.activa


def test_descartada_ya_no_se_le_deriva(casos: Casos) -> None:
    propuesta = _proponer(casos, servicio="Nada")

    assert _decidir(casos, propuesta, "descarte", **DESCARTE).json["motivo"] == "por_error"
    assert _derivar(casos, propuesta["servicio"]["id"], "consentimiento").status_code == 409


def test_las_paginas_proponen_desde_el_caso_y_la_coordinacion_decide(casos: Casos) -> None:
    profesional, coordinacion = casos.como("profesional"), casos.como("coordinacion")
    caso = casos.mundo.caso_id
    elegir = profesional.get(f"/casos/expedientes/{caso}/derivaciones/nueva?q=zzz").text
    assert f"/casos/red/propuestas/nueva?caso={caso}" in elegir

    datos = {"servicio": "Comedor", "institucion": "Olla Común Sintética", "temas": "SOC"}
    datos |= {"modo": "oficio", "caso": str(caso)}
    mal = profesional.post("/casos/red/propuestas/nueva", data=datos | {"institucion": ""})
    hecha = profesional.post("/casos/red/propuestas/nueva", data=datos)

    assert (mal.status_code, hecha.status_code) == (422, 303)
    assert hecha.headers["Location"].startswith(f"/casos/expedientes/{caso}/derivaciones/nueva")
    assert profesional.get("/casos/red/propuestas").status_code == 403
    assert "propuesta" in coordinacion.get("/casos/red").text
    lista = coordinacion.get("/casos/red/propuestas").text
    assert "Comedor (Olla Común Sintética)" in lista
    with casos.db.read() as session:
        consulta = select(PropuestaRed).join(PropuestaRed.servicio)
        una = session.scalars(consulta.where(ServicioRed.nombre == "Comedor")).one()
    url = f"/casos/red/propuestas/{una.id}"
    assert 'value="Olla Común Sintética"' in coordinacion.get(url).text
    sin_motivo = coordinacion.post(f"{url}/descartar", data={"version": una.version})
    tarde = coordinacion.post(f"{url}/descartar", data=DESCARTE | {"version": 9})
    descartada = coordinacion.post(f"{url}/descartar", data=DESCARTE | {"version": una.version})

    assert [r.status_code for r in (sin_motivo, tarde, descartada)] == [422, 412, 303]
    assert "Se anotó por error" in coordinacion.get(url).text
    assert "Comedor" not in coordinacion.get("/casos/red/propuestas").text
    assert "Comedor" in coordinacion.get("/casos/red/propuestas?ver=todas").text
