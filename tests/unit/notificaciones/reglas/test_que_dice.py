"""What a reminder says: with which template, and whether it asks for an answer that would come."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agenda.horario import horario
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.states import Efecto
from notificaciones.mensajes import sms
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas import actions as plantillas
from notificaciones.plantillas.actions import Contenido, NuevaPlantilla
from notificaciones.plantillas.catalogo import (
    Ajustes,
    Canal,
    Clave,
    Tema,
    Tipo,
    Variable,
    de_fabrica,
    idiomas,
    redactar,
)
from notificaciones.plantillas.citas import DeCita, recuerda
from notificaciones.reglas import actions, queries
from notificaciones.reglas.calculo import CanalDeRegla
from oficina import clock
from oficina.actor import Actor
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos
from unit.notificaciones.proveedores.conftest import sms_http

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
NUMERO = "+56987654321"
CITA = de_fabrica()[Clave.RECORDATORIO_CITA]
COORDINACION = Actor(
    id=uuid7(), nombre="Carmen", roles=frozenset({"coordinacion"}), unidad="migracion",
    tipo="persona",
)  # fmt: skip
SOLO_CORREO = {
    "telefono": "+56 22 123 4567",
    "correo": "w@personas.example",
    "canal_preferido": "correo",
}
RECIBE = {
    "autenticacion": {
        "tipo": "token",
        "cabecera": "X-Clave",
        "secreto": {"variable": "ACOGIDA_SECRETO_DE_PRUEBA"},
    },
    "formato": "json",
    "de": "/de",
    "texto": "/texto",
    "referencia": "/id",
}


@pytest.fixture(autouse=True)
def _lunes(casa: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOGIDA_SECRETO_DE_PRUEBA", "s" * 40)
    casa.ir_a(LUNES)


def _pasarelas(casa: Any, *se_contesta: bool) -> None:
    """From now on the office has gateways, each of which brings answers back or does not."""
    proveedores = [
        sms_http(f"una{n}", f"http://127.0.0.1:{9 + n}", **_capaz(si))
        for n, si in enumerate(se_contesta)
    ]
    env = casa.env
    ruta = Path(env.settings.data_dir) / f"proveedores-{uuid7()}.json"
    ruta.write_text(json.dumps({"version": 1, "proveedores": proveedores}), encoding="utf-8")
    casa.app.extensions["env"] = replace(env, settings=replace(env.settings, proveedores=str(ruta)))


def _capaz(si: bool) -> dict[str, Any]:
    return {"entrantes": RECIBE, "se_contesta": True} if si else {}


def _propia(casa: Any, nombre: str = "corta", **rest: Any) -> str:
    """A template of the office's own that says when."""
    textos = {"es": {"sms": "Cita: {{fecha}} {{hora}}."}}
    datos: dict[str, Any] = {
        "canales": frozenset({Canal.SMS}),
        "variables": {"fecha": Variable(Tipo.FECHA), "hora": Variable(Tipo.HORA)},
    } | rest
    with casa.app.test_request_context(), casa.db.begin() as session:
        nueva = NuevaPlantilla(
            clave=nombre,
            nombre=f"Cita {nombre}",
            contenido=Contenido(
                textos=datos.pop("textos", textos),
                ajustes=Ajustes(no_duplicar=True, respeta_ventana=True, tema=Tema.CITAS),
            ),
            **datos,
        )
        return plantillas.crear(session, nueva, COORDINACION).clave


def _con(casa: Any, plantilla: str, **rest: Any) -> None:
    with casa.app.test_request_context(headers={"If-Match": "*"}), casa.db.begin() as session:
        dice = queries.regla_por_clave(session, "cita_48h").dice
        actions.cambiar(
            session, "cita_48h", replace(dice, plantilla=plantilla, **rest), COORDINACION
        )


def _primero(casa: Any) -> Any:
    casa.barrer()
    return casa.mensajes()[0]


def test_pide_contestar_solo_si_toda_pasarela_trae_la_respuesta(casa: Any) -> None:
    for hora, (capaces, pide) in enumerate((((True, True), True), ((True, False), False))):
        _pasarelas(casa, *capaces)
        casa.cita(JUEVES_10_30 + timedelta(hours=hora))
        casa.barrer()
        escrito = casa.mensajes(estado=Estado.LISTA)[-1].cuerpo
        assert ("Reponn WI oswa NON." in escrito) is pide

    correo = casa.persona(
        telefono="+56 22 123 4567", correo="w@personas.example", canal_preferido="correo"
    )
    casa.cita(JUEVES_10_30 + timedelta(days=1), correo)
    casa.barrer()
    assert not [uno for uno in casa.mensajes(canal=Canal.CORREO) if "oswa NON" in uno.cuerpo]


@pytest.mark.parametrize("idioma", sorted(CITA.textos))
def test_el_recordatorio_que_pide_contestar_cabe_en_un_segmento(idioma: str) -> None:
    """On the longest day, at every place, as the office writes accents by itself."""
    dias = [
        datetime(2026, mes, dia, 15, 30, tzinfo=UTC)
        for mes in range(1, 13)
        for dia in range(20, 27)
    ]
    for lugar in horario().lugares.values():
        for dia in dias:
            dice = DeCita(inicia_en=dia, frases=lugar.frases, contestar=True)
            texto = redactar(CITA, Canal.SMS, idioma, dice.valores(CITA, idioma)).cuerpo
            escrito = sms.escribir(texto, Tildes.AHORRAR)
            assert escrito.conteo.partes == 1, (texto, escrito.conteo)


def test_una_regla_usa_una_plantilla_de_la_oficina_y_se_le_contesta(casa: Any) -> None:
    _pasarelas(casa, True)
    clave = _propia(casa)
    _con(casa, clave)
    casa.cita(JUEVES_10_30)
    uno = _primero(casa)
    assert (uno.plantilla, uno.cuerpo) == (clave, "Cita: jueves 26 de noviembre 10:30.")
    # Whoever attends at the counter sees it, as any reminder.
    page = casa.oficina.entrar(casa.app, "recepcion").get("/notificaciones/salida").text
    assert "Cita corta" in page

    def left(mensaje: Any) -> None:
        if mensaje.id == uno.id:
            mensaje.estado, mensaje.entregado_en = Estado.ENTREGADA, clock.now()

    casa.cambiar(left)
    with casa.db.begin() as session:
        dicho = Entrante(
            proveedor="una0", de=NUMERO, texto="SI", referencia="1", recibido_en=clock.now()
        )
        assert recibir(session, dicho).efecto is Efecto.CITA_CONFIRMADA

    with (
        casa.app.test_request_context(headers={"If-Match": "*"}),
        casa.db.begin() as session,
        pytest.raises(Conflicto, match="Dos días antes"),
    ):
        plantillas.retirar(session, clave, COORDINACION)


def test_por_el_canal_que_no_tiene_texto_no_se_escribe(casa: Any) -> None:
    _con(casa, _propia(casa), otra_via=True)
    correo = casa.persona(
        telefono="+56 22 123 4567", correo="w@personas.example", canal_preferido="correo"
    )
    casa.cita(JUEVES_10_30, correo)

    uno = _primero(casa)

    assert (uno.estado, uno.motivo) == (Estado.SUPRIMIDA, Motivo.SIN_CONTACTO)


def test_solo_se_elige_lo_que_una_cita_puede_llenar(casa: Any) -> None:
    ajena = _propia(
        casa,
        "ajena",
        variables={
            "fecha": Variable(Tipo.FECHA),
            "hora": Variable(Tipo.HORA),
            "motivo": Variable(Tipo.TEXTO, largo=40, ejemplo="algo"),
        },
        textos={"es": {"sms": "{{fecha}} {{hora}} {{motivo}}"}},
    )
    sin_hora = _propia(
        casa,
        "sin_hora",
        variables={"fecha": Variable(Tipo.FECHA)},
        textos={"es": {"sms": "Venga el {{fecha}}"}},
    )
    for clave in (ajena, sin_hora, "respuesta_baja", "aviso_general", "no_hay"):
        with pytest.raises(DatosInvalidos) as error:
            _con(casa, clave)
        assert list(error.value.errores) == ["plantilla"], clave
    corta = _propia(casa)
    with pytest.raises(DatosInvalidos):
        _con(casa, corta, canal=CanalDeRegla.CORREO)
    page = casa.oficina.entrar(casa.app, "coordinacion").get("/notificaciones/reglas/nueva").text
    assert f'value="{corta}"' in page
    assert f'value="{ajena}"' not in page
    assert {clave for clave, una in de_fabrica().items() if recuerda(una)} == {
        Clave.RECORDATORIO_CITA
    }
    assert set(idiomas()) == set(CITA.textos)
