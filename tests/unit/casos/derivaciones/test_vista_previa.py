"""What is shown before sending is what is sent and seen; and what to know of the service."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Estado
from casos.derivaciones.sugerencias import AvisoDeCupo, avisos, cupos, sugerencias
from casos.expedientes.models import Caso
from casos.red.models import Capacidad, EstadoServicio, ServicioRed
from casos.red.queries import servicio_por_id
from oficina.errors import Conflicto

from .casos_app import COMO_ESTE, Casos
from .mundo import LUNES, PROFESIONAL, Mundo, actions

HOY = date(2026, 11, 9)
VIEJO = HOY - timedelta(days=cupos().dias + 1)


def _hoja(page: str) -> str:
    """The part of a page that an institution sees, without its markup."""
    hoja = page[page.index("La Oficina de Migración pide") : page.index("no la reenvíe")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", hoja))


def _informo(mundo: Mundo, codigo: str, capacidad: Capacidad, cuando: date = HOY) -> None:
    with mundo.db.begin() as session:
        servicio = session.get_one(ServicioRed, mundo.servicio(codigo))
        servicio.capacidad, servicio.capacidad_el = capacidad, cuando


def test_la_institucion_ve_la_hoja_que_se_confirmo_aunque_cambien_los_nombres(
    casos: Casos,
) -> None:
    derivacion_id = casos.mundo.preparar()
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{derivacion_id}"
    preview = browser.get(url).text
    assert casos.confirmar(browser, url).status_code == 303
    with casos.db.begin() as session:
        servicio = servicio_por_id(session, casos.mundo.derivacion(derivacion_id).servicio_id)
        servicio.nombre = servicio.institucion.nombre = "Otro nombre"

    visto = casos.app.test_client().get(f"/casos/enlace/{casos.enlace(derivacion_id)}").text

    assert _hoja(visto) == _hoja(preview)
    assert "Atención social y ayudas" in _hoja(visto)
    assert "Es lo mismo que se mostró" in browser.get(url).text


def test_sin_la_huella_de_lo_que_se_vio_no_se_envia(casos: Casos) -> None:
    derivacion_id, otra = (
        casos.mundo.preparar(),
        casos.mundo.preparar(casos.mundo.pedido("OMIL.EMPLEO")),
    )
    ajena = casos.mundo.derivacion(otra).huella
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{derivacion_id}/enviar"

    for vista in ({}, {"vista": ajena}):
        assert browser.post(url, data=vista).status_code == 409
    path = f"/derivaciones/{derivacion_id}/enviar"
    rechazada = casos.api("profesional", "POST", path, {"vista": ajena}, **COMO_ESTE)

    assert rechazada.status_code == 409
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.BORRADOR
    assert casos.mundo.hechos() == []


def test_api_envia_con_la_huella_que_leyo(casos: Casos) -> None:
    derivacion_id = casos.mundo.preparar()
    path = f"/derivaciones/{derivacion_id}"
    vista = casos.api("profesional", "GET", path).json["vista"]

    enviada = casos.api("profesional", "POST", f"{path}/enviar", {"vista": vista}, **COMO_ESTE)

    assert enviada.status_code == 200
    assert casos.mundo.derivacion(derivacion_id).huella_confirmada == vista


def test_un_paquete_que_no_es_el_confirmado_no_se_muestra_a_nadie_de_fuera(casos: Casos) -> None:
    """A sealed package opens in another row of its column; its mark does not."""
    derivacion_id, otra = (
        casos.mundo.en(Estado.ENVIADA),
        casos.mundo.preparar(casos.mundo.pedido("OMIL.EMPLEO", ["nombre", "situacion_migratoria"])),
    )
    token = casos.enlace(derivacion_id)
    with casos.db.begin() as session:
        ajeno = session.get_one(Derivacion, otra).paquete
        session.get_one(Derivacion, derivacion_id).paquete = ajeno

    visto = casos.app.test_client().get(f"/casos/enlace/{token}")

    assert visto.status_code == 409
    assert "Baptiste" not in visto.text
    oficina = casos.como("profesional").get(f"/casos/derivaciones/{derivacion_id}").text
    assert "no es lo que se confirmó" in oficina


def test_olvidar_el_paquete_olvida_su_huella(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.CUMPLIDA)
    with mundo.db.begin() as session:
        session.get_one(Derivacion, derivacion_id).vaciar(LUNES)

    vaciada = mundo.derivacion(derivacion_id)

    assert vaciada.huella_confirmada is None
    assert vaciada.lo_confirmado().datos == ()
    assert vaciada.lo_confirmado().servicio == "Atención social y ayudas"


def test_lo_que_se_envio_antes_de_haber_huellas_se_sigue_viendo(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)
    with mundo.db.begin() as session:
        session.get_one(Derivacion, derivacion_id).huella_confirmada = None

    assert mundo.derivacion(derivacion_id).lo_confirmado().datos[0].valor == "Marie Ange Baptiste"


@pytest.mark.parametrize(
    ("capacidad", "cuando", "esperados"),
    [
        (Capacidad.CON_CUPO, HOY, []),
        (Capacidad.DESCONOCIDA, HOY, []),
        (Capacidad.SIN_CUPO, HOY, [AvisoDeCupo.SIN_CUPO]),
        (Capacidad.LISTA_ESPERA, HOY, [AvisoDeCupo.LISTA_ESPERA]),
        (Capacidad.CON_CUPO, VIEJO, [AvisoDeCupo.CUPO_ANTIGUO]),
        (Capacidad.CON_CUPO, VIEJO + timedelta(days=1), []),
        (Capacidad.SIN_CUPO, VIEJO, [AvisoDeCupo.SIN_CUPO, AvisoDeCupo.CUPO_ANTIGUO]),
    ],
)
def test_se_avisa_de_un_servicio_lleno_o_de_lo_que_es_antiguo(
    mundo: Mundo, capacidad: Capacidad, cuando: date, esperados: list[AvisoDeCupo]
) -> None:
    _informo(mundo, "DIDECO.SOCIAL", capacidad, cuando)

    with mundo.db.read() as session:
        servicio = session.get_one(ServicioRed, mundo.servicio("DIDECO.SOCIAL"))
        assert avisos(servicio, HOY) == esperados


def _alternativas(mundo: Mundo, codigo: str = "DIDECO.SOCIAL") -> list[str]:
    with mundo.db.read() as session:
        caso = session.get_one(Caso, mundo.caso_id)
        servicio = servicio_por_id(session, mundo.servicio(codigo))
        return [otro.codigo for otro in sugerencias(session, caso, servicio, HOY).alternativas]


def test_se_sugieren_otros_de_la_misma_necesidad_primero_donde_hay_cupo(mundo: Mundo) -> None:
    with mundo.db.read() as session:
        mismos = {
            s.codigo
            for s in session.scalars(select(ServicioRed))
            if {"SOC", "VIV"} & set(s.temas) and s.codigo != "DIDECO.SOCIAL"
        }
    antes = _alternativas(mundo)
    assert set(antes) <= mismos
    assert len(antes) == cupos().cuantas

    con_cupo, lleno, inactivo = sorted(mismos - set(antes))[0], antes[0], antes[1]
    _informo(mundo, con_cupo, Capacidad.CON_CUPO)
    _informo(mundo, lleno, Capacidad.SIN_CUPO)
    with mundo.db.begin() as session:
        uno = session.get_one(ServicioRed, mundo.servicio(inactivo))
        uno.estado = EstadoServicio.INACTIVO

    ahora = _alternativas(mundo)
    assert ahora[0] == con_cupo
    assert not {lleno, inactivo} & set(ahora)


def test_donde_ya_no_resulto_no_se_sugiere_otra_vez(mundo: Mundo) -> None:
    mundo.en(Estado.RECHAZADA)

    assert "DIDECO.SOCIAL" not in _alternativas(mundo, "DIDECO.RSH")


def test_un_servicio_lleno_se_avisa_y_se_puede_derivar_igual(casos: Casos) -> None:
    clave = casos.mundo.servicio("DIDECO.SOCIAL")
    _informo(casos.mundo, "DIDECO.SOCIAL", Capacidad.SIN_CUPO, HOY)
    browser = casos.como("profesional")
    nueva = f"/casos/expedientes/{casos.mundo.caso_id}/derivaciones/nueva"

    page = browser.get(nueva, query_string={"servicio": clave}).text
    otros = re.findall(
        r"derivaciones/nueva\?servicio=([0-9a-f-]{36})", page[page.index('id="otros-servicios"') :]
    )
    url = f"/casos/derivaciones/{casos.mundo.preparar()}"
    previa = browser.get(url).text

    for una in (page, previa):
        assert "informó que no tiene cupo" in una
        assert "Puede derivar igual" in una
        assert "Otros servicios para la misma necesidad" in una
    assert len(otros) == cupos().cuantas
    assert str(clave) not in otros
    assert casos.confirmar(browser, url).status_code == 303


def test_la_que_no_resulto_ofrece_a_donde_reencaminar(casos: Casos) -> None:
    rechazada = casos.mundo.en(Estado.RECHAZADA)
    browser = casos.como("profesional")

    page = browser.get(f"/casos/derivaciones/{rechazada}").text
    enlaces = re.findall(r"nueva\?servicio=[0-9a-f-]{36}&amp;reemplaza_a=([0-9a-f-]{36})", page)

    assert {UUID(uno) for uno in enlaces} == {rechazada}


def test_api_dice_que_saber_del_servicio(casos: Casos) -> None:
    _informo(casos.mundo, "DIDECO.SOCIAL", Capacidad.SIN_CUPO)
    servicio = casos.mundo.servicio("DIDECO.SOCIAL")
    path = f"/derivaciones/opciones?caso_id={casos.mundo.caso_id}"

    sin, con = (
        casos.api("profesional", "GET", p).json for p in (path, f"{path}&servicio_id={servicio}")
    )

    assert "avisos" not in sin
    assert "sin_cupo" in con["avisos"]
    assert all(otro["institucion"] for otro in con["alternativas"])


def test_lo_confirmado_se_guarda_de_quien_lo_pidio_todo_de_una_vez(mundo: Mundo) -> None:
    borrador = mundo.preparar()
    with mundo.db.begin() as session:
        actions.enviar(session, borrador, PROFESIONAL, LUNES)

    enviada = mundo.derivacion(borrador)
    assert enviada.huella_confirmada == enviada.huella
    with pytest.raises(Conflicto), mundo.db.begin() as session:
        otro = mundo.preparar()
        actions.enviar(session, otro, PROFESIONAL, LUNES, vista=enviada.huella)
