"""How a derivation travels; of who goes by themselves, only they close it."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.alcance import SIN_LIMITE
from casos.derivaciones import actions
from casos.derivaciones.queries import (
    activas_de_caso,
    derivacion_por_id,
    sin_respuesta_de_caso,
)
from casos.derivaciones.respuestas import DE_LA_INSTITUCION, DE_LA_PERSONA, Respuesta, registrada
from casos.derivaciones.states import PASOS_CON_LA_PERSONA, Accion, CanalRespuesta, Estado, Grado
from casos.enlaces.actions import crear
from casos.expedientes.models import Caso
from casos.plazos.models import EstadoPlazo, Plazo
from casos.red.models import Modo
from casos.supresion.queries import con_datos
from oficina.actor import Actor
from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida

from .casos_app import Casos
from .mundo import LUNES, MOTIVO, PROFESIONAL, Mundo

DE_LA_PERSONA_SOLA = {Accion.VERIFICAR, Accion.NO_LOGRADA, Accion.ANULAR}


def _sola(mundo: Mundo, *, enviada: bool = True) -> UUID:
    derivacion_id = mundo.preparar(replace(mundo.pedido(datos=()), modo=Modo.AUTOGESTIONADA))
    if enviada:
        mundo.hacer(derivacion_id, Accion.ENVIAR)
    return derivacion_id


def _cuenta(mundo: Mundo, derivacion_id: UUID, accion: Accion) -> None:
    """What the person told."""
    respuesta = Respuesta(accion=accion, motivo=MOTIVO.get(accion), texto="Así fue")
    with mundo.db.begin() as session:
        actions.responder(
            session, derivacion_id, respuesta, PROFESIONAL, LUNES, procedencia=DE_LA_PERSONA
        )


def _relojes(mundo: Mundo, derivacion_id: UUID) -> dict[str, EstadoPlazo]:
    with mundo.db.read() as session:
        plazos = session.scalars(select(Plazo).where(Plazo.derivacion_id == derivacion_id))
        return {plazo.reloj: plazo.estado for plazo in plazos}


def test_se_deriva_como_recibe_el_servicio_o_como_se_elija(mundo: Mundo) -> None:
    propia = mundo.preparar(mundo.pedido("PDI.EXTRANJERIA"))
    elegida = mundo.preparar(replace(mundo.pedido(), modo=Modo.OFICIO))

    assert mundo.derivacion(propia).modo is Modo.OFICIO
    assert mundo.derivacion(elegida).modo is Modo.OFICIO


def test_quien_va_por_su_cuenta_no_comparte_nada_y_a_nadie_se_le_comunica(mundo: Mundo) -> None:
    derivacion_id = _sola(mundo)

    derivacion = mundo.derivacion(derivacion_id)
    assert derivacion.contenido.datos == ()
    assert derivacion.consentimiento_id is None
    compartida = mundo.en(Estado.ENVIADA)
    with mundo.db.read() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        assert [d.id for d in con_datos(session, persona_id)] == [compartida]
        with pytest.raises(TransicionInvalida):
            crear(session, derivacion_id, "", Actor.sistema("notificaciones"))


@pytest.mark.parametrize(
    ("modo", "datos"), [(Modo.AUTOGESTIONADA, ("nombre",)), (Modo.EN_LINEA, ())]
)
def test_o_se_comparte_algo_o_va_por_su_cuenta(
    mundo: Mundo, modo: Modo, datos: tuple[str, ...]
) -> None:
    with pytest.raises(DatosInvalidos) as refused:
        mundo.preparar(replace(mundo.pedido(datos=datos), modo=modo))

    assert list(refused.value.errores) == ["datos"]


@pytest.mark.parametrize("accion", list(Accion))
def test_de_quien_va_por_su_cuenta_solo_la_persona_cuenta_como_fue(
    mundo: Mundo, accion: Accion
) -> None:
    derivacion_id = _sola(mundo)
    if accion in DE_LA_PERSONA_SOLA - {Accion.ANULAR}:
        _cuenta(mundo, derivacion_id, accion)
    elif accion is Accion.ANULAR:
        mundo.hacer(derivacion_id, accion)
    elif accion is Accion.VENCER:
        with mundo.db.begin() as session:
            derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
            assert not actions.vencer(session, derivacion, LUNES)
    elif accion is Accion.ENVIAR:
        with pytest.raises(TransicionInvalida):
            mundo.hacer(derivacion_id, accion)
    else:
        with pytest.raises(TransicionInvalida):
            _cuenta(mundo, derivacion_id, accion)

    esperado = PASOS_CON_LA_PERSONA[Estado.ENVIADA].get(accion, Estado.ENVIADA)
    assert mundo.derivacion(derivacion_id).estado is esperado


@pytest.mark.parametrize(
    "procedencia", [DE_LA_INSTITUCION, registrada(CanalRespuesta.TELEFONO)], ids=["A", "B"]
)
def test_la_palabra_de_otro_no_cierra_la_de_quien_fue_por_su_cuenta(
    mundo: Mundo, procedencia: actions.Procedencia
) -> None:
    derivacion_id = _sola(mundo)

    with pytest.raises(Conflicto, match="solo la persona"), mundo.db.begin() as session:
        actions.responder(
            session,
            derivacion_id,
            Respuesta(accion=Accion.VERIFICAR),
            PROFESIONAL,
            LUNES,
            procedencia=procedencia,
            alcance=SIN_LIMITE,
        )
    assert mundo.derivacion(derivacion_id).estado is Estado.ENVIADA


def test_se_espera_a_la_persona_y_a_nadie_mas(mundo: Mundo) -> None:
    derivacion_id = _sola(mundo)
    assert _relojes(mundo, derivacion_id) == {"verificacion": EstadoPlazo.CORRIENDO}
    with mundo.db.read() as session:
        assert activas_de_caso(session, mundo.caso_id) == 1
        assert sin_respuesta_de_caso(session, mundo.caso_id) == 0

    _cuenta(mundo, derivacion_id, Accion.VERIFICAR)

    assert _relojes(mundo, derivacion_id) == {"verificacion": EstadoPlazo.CUMPLIDO}
    assert mundo.derivacion(derivacion_id).grado_evidencia is Grado.C


def test_la_que_no_le_resulto_se_reencamina(mundo: Mundo) -> None:
    derivacion_id = _sola(mundo)
    _cuenta(mundo, derivacion_id, Accion.NO_LOGRADA)

    relevo = mundo.preparar(mundo.pedido("VIVIENDA.ORIENTACION", reemplaza_a=derivacion_id))

    assert mundo.derivacion(relevo).reemplaza_a_id == derivacion_id


def test_en_las_paginas_va_por_su_cuenta_de_principio_a_fin(casos: Casos) -> None:
    browser = casos.como("profesional")
    nueva = f"/casos/expedientes/{casos.mundo.caso_id}/derivaciones/nueva"
    servicio = str(casos.mundo.servicio("SJM.SOCIAL"))
    datos = {"servicio_id": servicio, "proposito": "Pedir orientación social", "datos": ["nombre"]}

    # Ticked by habit: what goes with nobody is not shared.
    url = browser.post(nueva, data=datos | {"modo": "autogestionada"}).location
    preview = browser.get(url).text
    assert "no se le envía nada" in preview
    assert "Baptiste" not in preview
    assert casos.confirmar(browser, url).status_code == 303
    page = browser.get(url).text
    assert "La persona va por su cuenta" in page
    assert "Enviar otro enlace" not in page
    assert "Imprimir el oficio" not in page
    derivacion_id = UUID(url.rpartition("/")[2])
    assert casos.mundo.derivacion(derivacion_id).contenido.datos == ()

    paso = browser.get(f"{url}/pasos/no-lograda").text
    assert 'value="telefono"' not in paso
    otra = browser.post(f"{url}/pasos/no-lograda", data={"canal": "telefono", "motivo": "desiste"})
    assert otra.status_code == 409
    assert browser.post(f"{url}/pasos/verificar").status_code == 303
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.VERIFICADA


def test_elegir_otra_vez_vale_tambien_para_quien_va_por_su_cuenta(casos: Casos) -> None:
    borrador = _sola(casos.mundo, enviada=False)
    servicio = casos.mundo.derivacion(borrador).servicio_id
    nueva = f"/casos/expedientes/{casos.mundo.caso_id}/derivaciones/nueva"

    page = casos.como("profesional").get(
        nueva, query_string={"servicio": servicio, "borrador": borrador}
    )

    assert page.status_code == 200
    assert 'value="autogestionada" checked' in page.text


def test_api_deriva_a_quien_va_por_su_cuenta_sin_base_ni_datos(casos: Casos) -> None:
    pedido = {
        "caso_id": str(casos.mundo.caso_id),
        "servicio_id": str(casos.mundo.servicio("SJM.SOCIAL")),
        "proposito": "Pedir orientación social",
        "modo": "autogestionada",
        "confirmada": True,
    }

    hecha = casos.api("profesional", "POST", "/derivaciones", pedido)

    assert hecha.status_code == 201, hecha.json
    assert (hecha.json["modo"], hecha.json["acciones"]) == (
        "autogestionada",
        ["verificar", "no-lograda", "anular"],
    )
    sin_modo = {k: v for k, v in pedido.items() if k != "modo"}
    errores = casos.api("profesional", "POST", "/derivaciones", sin_modo).json["errors"]
    assert set(errores) == {"datos", "base_licitud"}
