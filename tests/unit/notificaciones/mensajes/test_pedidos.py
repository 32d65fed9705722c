"""Messages that programs and people of the staff ask for."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from notificaciones import supresion, tasks
from notificaciones.bloqueos import reponer, retirar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal
from oficina.actor import Actor
from oficina.apartadas import bloquear
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.clock import real_now
from oficina.web.tokens import Credencial

API = "/notificaciones/api/v1/mensajes"
LUNES_10 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
CELULAR = "+56 9 8765 4321"
AVISO = {"plantilla": "aviso_general", "valores": {"texto": "El lunes no se atiende."}}
A_CELULAR = AVISO | {"destino": CELULAR}
PROGRAMA = {"notificaciones.mensaje.pedir", "notificaciones.mensaje.ver"}
A_DIRECCION = PROGRAMA | {"notificaciones.mensaje.pedir_a_direccion"}


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES_10)


def _programa(casa: Any, *alcances: str, rol: str = "coordinacion") -> dict[str, str]:
    """Headers of a program with these scopes."""
    actor = Actor(uuid4(), "Programa", frozenset({rol}), "", "cliente", frozenset(alcances))
    local = casa.oficina.identidad.extensions["identidad_local"]
    token = local.token_de_cliente(Credencial.nueva(actor, real_now()))
    return {"Authorization": f"Bearer {token}"}


def _pedir(casa: Any, pedido: dict[str, Any], quien: dict[str, str] | str = "coordinacion") -> Any:
    headers = casa.oficina.bearer(quien) if isinstance(quien, str) else quien
    return casa.app.test_client().post(API, json=pedido, headers=headers)


def test_lo_pedido_a_una_direccion_se_escribe_al_momento_y_sale(casa: Any) -> None:
    programa = _programa(casa, *A_DIRECCION)
    dado = _pedir(casa, A_CELULAR | {"idioma": "ht"}, programa)

    assert dado.status_code == 201, dado.text
    assert dado.json["estado"] == "lista"
    assert dado.json["destino"] == "+56987654321"
    assert dado.json["cuerpo"] == "Biwo minisipal: El lunes no se atiende."
    assert dado.json["segmentos"]["partes"] == 1
    assert dado.json["segmentos"]["costo"] is not None
    assert casa.hechos() == ["programado"]

    casa.barrer()

    leido = casa.app.test_client().get(f"{API}/{dado.json['id']}", headers=programa)
    assert leido.json["estado"] == "entregada_a_proveedor"
    with casa.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso_id == UUID(dado.json["id"]))
        ).all()
    assert "notificaciones.mensaje.pedir" in acciones


def test_a_una_persona_se_le_escribe_como_quiere_el_dia_en_que_sale(casa: Any) -> None:
    persona = casa.persona()
    pedido = {
        "plantilla": "retiro_listo",
        "persona_id": str(persona),
        "valores": {"hasta": "2026-11-30", "lugar": "nan biwo a"},
        "programado_para": "2026-11-24T09:30:00-03:00",
    }
    dado = _pedir(casa, pedido, "profesional")

    assert dado.status_code == 201, dado.text
    assert dado.json["cuerpo"].endswith("jiska lendi 30 novanm, nan biwo a.")
    assert datetime.fromisoformat(dado.json["enviar_en"]) == LUNES_10 + timedelta(hours=23.5)
    casa.barrer()
    (uno,) = casa.mensajes()
    assert uno.estado is Estado.LISTA

    # By then she has another telephone.
    casa.casos.test_client().post(
        f"/casos/api/v1/personas/{persona}/contactos",
        json={"tipo": "telefono", "valor": "+56 9 9123 4567", "principal": True},
        headers=casa.oficina.bearer("recepcion"),
    )
    casa.ir_a(LUNES_10 + timedelta(hours=24))
    casa.barrer()

    (uno,) = casa.mensajes()
    assert uno.estado is Estado.ENTREGADA
    contacto = casa.env.client.get("casos", f"/casos/api/v1/personas/{persona}/contacto")
    assert uno.destino == contacto["telefono"]


def test_de_quien_no_quiere_mensajes_se_guarda_por_que_no_sale(casa: Any) -> None:
    persona = casa.persona(telefono="+56 2 2345 6789")

    dado = _pedir(casa, AVISO | {"persona_id": str(persona)}, "profesional")

    assert dado.status_code == 201
    assert (dado.json["estado"], dado.json["motivo"]) == ("suprimida", "sin_contacto")
    assert casa.hechos() == ["cancelado"]


MALOS: list[tuple[dict[str, Any], str]] = [
    ({"plantilla": "no_hay"}, "plantilla"),
    ({"plantilla": "recordatorio_cita"}, "plantilla"),
    ({"destino": "hola"}, "destino"),
    ({"destino": "+56 2 2345 6789"}, "destino"),
    ({"destino": "a@b"}, "destino"),
    ({"destino": None}, "destino"),
    ({"canal": "correo"}, "destino"),
    ({"valores": {}}, "valores.texto"),
    ({"valores": {"texto": "x", "otro": 1}}, "valores.otro"),
    ({"valores": {"texto": 7}}, "valores.texto"),
    ({"valores": {"texto": None}}, "valores.texto"),
    ({"valores": {"texto": "x", "o" * 41: 1}}, "valores." + "o" * 41),
    ({"valores": {str(uno): uno for uno in range(51)}}, "valores"),
    ({"valores": {"texto": "a" * 501}}, "valores.texto"),
    ({"valores": {"texto": "a\x00"}}, "valores.texto"),
    ({"valores": {"texto": "ж" * 500}}, "valores"),
    ({"idioma": "xx"}, "idioma"),
    ({"programado_para": "2026-11-23T12:00:00Z"}, "programado_para"),
    ({"programado_para": "2026-11-24T12:00:00"}, "programado_para"),
    ({"programado_para": "2027-11-24T12:00:00Z"}, "programado_para"),
    ({"caduca_en": "2026-11-23T12:59:00Z"}, "caduca_en"),
    # At three in the morning nobody is written to: it would wait beyond its end.
    (
        {"programado_para": "2026-11-24T06:00:00Z", "caduca_en": "2026-11-24T08:00:00Z"},
        "caduca_en",
    ),
    ({"clave_de_negocio": "con espacio"}, "clave_de_negocio"),
    ({"prioridad": "ya"}, "prioridad"),
]


def test_de_un_idioma_que_no_hay_se_dice_cuales_hay(casa: Any) -> None:
    dado = _pedir(casa, A_CELULAR | {"idioma": "xx"})

    assert dado.json["errors"]["idioma"] == ["Debe ser una de las opciones: es, ht, pt, en, fr."]


DIAS: list[tuple[Any, str | None]] = [
    ("2026-12-10", None),
    ("2026-12-10T12:00:00Z", None),
    ("2026-12-10T12:00:00", "A la fecha con hora le falta la zona horaria."),
    *(
        (dado, "No es una fecha: se espera día, mes y año.")
        for dado in ("1600-01-01", "3000-01-01", "1600-01-01T12:00:00Z", "2026-13-01", "", 7, [])
    ),
]


@pytest.mark.parametrize(("dia", "mal"), DIAS)
def test_un_dia_es_de_un_calendario_que_se_usa(casa: Any, dia: Any, mal: str | None) -> None:
    listo = {"plantilla": "retiro_listo", "valores": {"lugar": "aquí", "hasta": dia}}

    dado = _pedir(casa, A_CELULAR | listo)

    assert dado.json.get("errors") == (mal and {"valores.hasta": [mal]})


def test_lo_que_no_sirve_se_dice_junto_a_su_campo(casa: Any) -> None:
    for cambio, campo in MALOS:
        dado = _pedir(casa, A_CELULAR | cambio)

        assert dado.status_code == 422, (cambio, dado.text)
        assert list(dado.json["errors"]) == [campo]
    assert casa.mensajes() == []


def test_de_noche_espera_a_que_se_pueda_escribir(casa: Any) -> None:
    dado = _pedir(casa, A_CELULAR | {"programado_para": "2026-11-24T03:00:00-03:00"})

    assert dado.json["enviar_en"].startswith("2026-11-24T12:00:00")


def test_la_misma_clave_de_negocio_es_un_mensaje(casa: Any) -> None:
    quien = _programa(casa, *A_DIRECCION)
    pedido = A_CELULAR | {"clave_de_negocio": "pago-17"}

    primero, segundo = (_pedir(casa, pedido, quien) for _ in range(2))
    otro = _pedir(casa, pedido | {"destino": "+56 9 9123 4567"}, quien)
    ajeno = _pedir(casa, pedido, _programa(casa, *A_DIRECCION))

    assert (primero.status_code, segundo.status_code) == (201, 200)
    assert segundo.json["id"] == primero.json["id"]
    assert list(otro.json["errors"]) == ["clave_de_negocio"]
    assert ajeno.status_code == 201
    assert len(casa.mensajes()) == 2
    # Who chose it may have named somebody with it.
    assert not any("pago-17" in uno.clave_de_negocio for uno in casa.mensajes())


def test_la_misma_clave_de_idempotencia_es_un_mensaje(casa: Any) -> None:
    quien = _programa(casa, *A_DIRECCION) | {"Idempotency-Key": "uno"}

    primero, segundo = (_pedir(casa, A_CELULAR, quien) for _ in range(2))
    otro = _pedir(casa, A_CELULAR | {"idioma": "fr"}, quien)

    assert segundo.json == primero.json
    assert segundo.headers["Idempotency-Replayed"] == "true"
    assert otro.status_code == 422
    assert len(casa.mensajes()) == 1


def test_cada_quien_pide_lo_que_puede_y_un_programa_ve_lo_suyo(casa: Any) -> None:
    assert _pedir(casa, A_CELULAR, "recepcion").status_code == 403
    assert _pedir(casa, A_CELULAR, "profesional").status_code == 403
    assert _pedir(casa, A_CELULAR, _programa(casa, *PROGRAMA)).status_code == 403
    urgente = A_CELULAR | {"prioridad": "urgente"}
    assert _pedir(casa, urgente, _programa(casa, *A_DIRECCION)).status_code == 403
    nadie = _pedir(casa, AVISO | {"persona_id": str(uuid4())}, "profesional")
    assert list(nadie.json["errors"]) == ["persona_id"]
    assert casa.mensajes() == []

    suyo, ajeno = _programa(casa, *A_DIRECCION), _programa(casa, *A_DIRECCION)
    dado = _pedir(casa, A_CELULAR, suyo).json
    http = casa.app.test_client()
    for quien, status, cuantos in (
        (suyo, 200, 1),
        (ajeno, 404, 0),
        (casa.oficina.bearer("profesional"), 404, 0),
        (casa.oficina.bearer("coordinacion"), 200, 1),
    ):
        assert http.get(f"{API}/{dado['id']}", headers=quien).status_code == status
        assert len(http.get(API, headers=quien).json) == cuantos
        cancelado = http.post(
            f"{API}/{dado['id']}/cancelacion", headers=quien | {"If-Match": '"99"'}
        )
        assert cancelado.status_code == (412 if status == 200 else 404)


def test_se_cancela_mientras_espera(casa: Any) -> None:
    quien = _programa(casa, *A_DIRECCION)
    http = casa.app.test_client()
    dado = _pedir(casa, A_CELULAR | {"programado_para": "2026-11-24T12:00:00Z"}, quien)
    cancelacion = f"{API}/{dado.json['id']}/cancelacion"

    assert http.post(cancelacion, headers=quien).status_code == 428
    hecho = http.post(cancelacion, headers=quien | {"If-Match": dado.headers["ETag"]})
    assert (hecho.json["estado"], hecho.json["motivo"]) == ("cancelada", "pedido_cancelado")
    otra = http.post(cancelacion, headers=quien | {"If-Match": hecho.headers["ETag"]})
    assert otra.status_code == 409
    casa.ir_a(LUNES_10 + timedelta(days=2))
    casa.barrer()
    assert [uno.estado for uno in casa.mensajes()] == [Estado.CANCELADA]
    assert casa.hechos() == ["programado", "cancelado"]


def test_un_recordatorio_no_se_cancela_asi(casa: Any) -> None:
    casa.cita(LUNES_10 + timedelta(days=4))
    (uno, _otro) = casa.mensajes()

    dado = casa.app.test_client().post(
        f"{API}/{uno.id}/cancelacion",
        headers=casa.oficina.bearer("coordinacion") | {"If-Match": "*"},
    )

    assert dado.status_code == 409
    assert casa.mensajes(id=uno.id)[0].estado is Estado.PROGRAMADA


def test_lo_urgente_sale_antes_y_lo_masivo_despues(casa: Any) -> None:
    for prioridad in ("masiva", "normal", "urgente"):
        _pedir(casa, A_CELULAR | {"prioridad": prioridad})

    casa.barrer()

    with casa.db.read() as session:
        salieron = session.scalars(
            select(Outbox.agregado).where(Outbox.tipo.contains("enviado")).order_by(Outbox.id)
        ).all()
    de_quien = {f"mensaje/{uno.id}": uno.prioridad for uno in casa.mensajes()}
    assert [de_quien[uno] for uno in salieron] == list(Prioridad)


def test_de_quien_se_suprime_no_queda_nada_y_no_se_le_escribe_mas(casa: Any) -> None:
    persona = casa.persona()
    manana = {"programado_para": "2026-11-24T12:00:00Z"}
    _pedir(casa, AVISO | {"persona_id": str(persona)} | manana, "profesional")
    with casa.db.begin() as session:
        supresion.borrar(session, persona, [])

    (uno,) = casa.mensajes()
    assert uno.estado is Estado.CANCELADA
    assert (uno.destino, uno.cuerpo, uno.valores, uno.pedido_huella) == (None, None, None, None)


def test_lo_pedido_a_quien_se_bloquea_no_vuelve_solo(casa: Any) -> None:
    persona = casa.persona()
    manana = {"programado_para": "2026-11-24T12:00:00Z"}
    _pedir(casa, AVISO | {"persona_id": str(persona)} | manana, "profesional")
    desde = real_now() - timedelta(minutes=1)
    with casa.db.begin() as session:
        bloquear(session, persona, desde)
        retirar(session, persona, [])
    dado = _pedir(casa, AVISO | {"persona_id": str(persona)}, "profesional")
    assert (dado.json["estado"], dado.json["motivo"]) == ("suprimida", "persona_bloqueada")
    with casa.db.begin() as session:
        assert list(reponer(session, persona, [], desde, "marca")) == []
        assert session.scalar(select(func.count()).select_from(Mensaje)) == 2
    assert {uno.motivo for uno in casa.mensajes()} == {Motivo.PERSONA_BLOQUEADA}


def test_lo_pedido_por_correo_tiene_asunto_y_no_segmentos(casa: Any) -> None:
    dado = _pedir(casa, AVISO | {"destino": "una@personas.example"})

    assert dado.json["canal"] == Canal.CORREO
    assert dado.json["asunto"] == "Aviso de la oficina municipal"
    assert dado.json["segmentos"] is None
    tasks.barrer(casa.env)
    assert [uno.estado for uno in casa.mensajes()] == [Estado.ENTREGADA]


def test_en_la_pagina_se_cancela_lo_que_se_pidio(casa: Any) -> None:
    persona = casa.persona()
    manana = {"programado_para": "2026-11-24T12:00:00Z"}
    dado = _pedir(casa, AVISO | {"persona_id": str(persona)} | manana, "profesional").json
    browser = casa.oficina.entrar(casa.app, "profesional")
    pagina = f"/notificaciones/{dado['id']}"

    visto = browser.get(pagina).text
    assert "Cancelar este mensaje" in visto
    assert "Se pidió" in visto
    version = re.findall(r'name="version" value="(\d+)"', visto)[0]
    origen = {"Origin": "http://localhost"}
    sin_version = browser.post(f"{pagina}/cancelacion", headers=origen)
    assert sin_version.status_code == 412
    hecho = browser.post(f"{pagina}/cancelacion", data={"version": version}, headers=origen)

    assert hecho.status_code == 303
    assert "Cancelar este mensaje" not in browser.get(pagina).text
    assert [uno.motivo for uno in casa.mensajes()] == [Motivo.PEDIDO_CANCELADO]
