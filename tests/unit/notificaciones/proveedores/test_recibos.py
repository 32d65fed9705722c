"""What a provider says later: only it may, once, and the first final word stays."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

import despachos
from notificaciones import tasks
from notificaciones.app import create_app
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes.models import PasoDeMensaje
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Clave
from notificaciones.proveedores.configuracion import AutenticacionDeEntrada, Credencial
from notificaciones.proveedores.firmas import es_suyo
from notificaciones.proveedores.models import Recibo
from oficina import clock
from oficina.bus.tables import Outbox
from unit.notificaciones.proveedores.conftest import Taller, sms_http
from unit.notificaciones.proveedores.pasarela import Contesta, Pasarela

SECRETO = "s3creto de los recibos"
Hacer = Callable[[], Pasarela]


def _con_recibos(clave: str, url: str) -> dict[str, Any]:
    return sms_http(
        clave,
        url,
        recibos={
            "autenticacion": {
                "tipo": "hmac",
                "cabecera": "X-Firma",
                "secreto": {"variable": "ACOGIDA_PROVEEDOR_FIRMA"},
            },
            "lista": "/avisos",
            "referencia": "/id",
            "mensaje_id": "/ref",
            "estado": "/estado",
            "codigo": "/error",
            "confirmada": ["DELIVRD"],
            "rebotada": ["UNDELIV", "EXPIRED"],
        },
        entrantes={
            "autenticacion": {
                "tipo": "token",
                "cabecera": "X-Token",
                "secreto": {"variable": "ACOGIDA_PROVEEDOR_FIRMA"},
            },
            "formato": "formulario",
            "de": "/from",
            "texto": "/body",
            "referencia": "/sid",
        },
    )


class Puerta:
    """The office's door for receipts, and a provider in front of it."""

    def __init__(self, taller: Taller, app: Flask, una: Pasarela) -> None:
        self.taller, self.app, self.una = taller, app, una

    def enviado(self, plantilla: Clave = Clave.DERIVACION_ENVIADA) -> UUID:
        mensaje_id = self.taller.sms(plantilla)
        despachos.enviar(self.taller.env, mensaje_id)
        return mensaje_id

    def avisa(
        self, *avisos: dict[str, Any], secreto: str = SECRETO, clave: str = "una"
    ) -> TestResponse:
        body = json.dumps({"avisos": avisos}).encode()
        firma = hmac.new(secreto.encode(), body, "sha256").hexdigest()
        return self.post(body, {"X-Firma": firma}, clave)

    def post(self, body: bytes, headers: dict[str, str], clave: str = "una") -> TestResponse:
        path = f"/notificaciones/recibos/{clave}"
        return self.app.test_client().post(path, data=body, headers=headers)

    def estado(self, mensaje_id: UUID) -> Estado:
        return self.taller.mensaje(mensaje_id).estado


@pytest.fixture
def puerta(taller: Taller, pasarela: Hacer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Puerta]:
    """A gateway that numbers what it takes: r1, r2 …"""
    monkeypatch.setenv("ACOGIDA_PROVEEDOR_FIRMA", SECRETO)
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(cuerpo={"id": f"r{len(una.pedidos)}"})
    taller.proveedores(_con_recibos("una", una.url), sms_http("callada", una.url))
    app = create_app(taller.env.settings)
    yield Puerta(taller, app, una)
    app.extensions["env"].db.close()


def test_llego(puerta: Puerta) -> None:
    mensaje_id = puerta.enviado()

    assert puerta.avisa({"id": "r1", "estado": "DELIVRD"}).status_code == 204

    assert puerta.estado(mensaje_id) is Estado.CONFIRMADA


def test_no_llego(puerta: Puerta) -> None:
    mensaje_id = puerta.enviado()

    puerta.avisa({"id": "r1", "estado": "UNDELIV", "error": "no such +569"})

    mensaje = puerta.taller.mensaje(mensaje_id)
    assert (mensaje.estado, mensaje.motivo) == (Estado.REBOTADA, Motivo.REBOTADO)
    with puerta.taller.db.read() as session:
        assert session.scalars(select(Outbox.tipo)).all()[-1] == "notificaciones.mensaje.fallido"
        assert session.scalars(select(Recibo.detalle)).one() == "nosuch569"


@pytest.mark.parametrize("forjado", ["otro secreto", ""])
def test_uno_falso_no_cambia_nada(puerta: Puerta, forjado: str) -> None:
    mensaje_id = puerta.enviado()
    aviso = {"id": "r1", "estado": "UNDELIV"}

    answer = puerta.avisa(aviso, secreto=forjado)
    assert answer.status_code == 401
    assert puerta.post(b"{}", {}).status_code == 401
    # Of providers that there are not, or that tell nothing, it says the same.
    assert puerta.avisa(aviso, clave="nadie").status_code == 401
    assert puerta.avisa(aviso, clave="callada").status_code == 401
    assert puerta.avisa(aviso, clave="salida").status_code == 401

    assert puerta.estado(mensaje_id) is Estado.ENTREGADA
    with puerta.taller.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Recibo)) == 0


def test_repetido_vale_una_vez_y_lo_final_se_queda(puerta: Puerta) -> None:
    mensaje_id = puerta.enviado()
    llego, rebote = {"id": "r1", "estado": "DELIVRD"}, {"id": "r1", "estado": "EXPIRED"}

    for aviso in (llego, llego, rebote, llego):
        assert puerta.avisa(aviso).status_code == 204

    assert puerta.estado(mensaje_id) is Estado.CONFIRMADA
    with puerta.taller.db.read() as session:
        steps = select(PasoDeMensaje.paso).where(PasoDeMensaje.mensaje_id == mensaje_id)
        assert list(session.scalars(steps)).count(Paso.CONFIRMAR) == 1
        assert Paso.REBOTAR not in list(session.scalars(steps))


def test_varios_en_un_aviso_y_los_que_no_dicen_nada(puerta: Puerta) -> None:
    uno, otro, tercero = (puerta.enviado() for _ in range(3))

    answer = puerta.avisa(
        {"id": "r1", "estado": "DELIVRD"},
        {"id": "r2", "estado": "ENROUTE"},
        {"id": "r3", "estado": "EXPIRED"},
        {"id": "de-otra-oficina", "estado": "EXPIRED"},
    )

    assert answer.status_code == 204
    assert [puerta.estado(uno) for uno in (uno, otro, tercero)] == [
        Estado.CONFIRMADA,
        Estado.ENTREGADA,
        Estado.REBOTADA,
    ]


def test_el_que_llega_antes_de_que_lo_sepamos(puerta: Puerta) -> None:
    def early(pedido: dict[str, Any]) -> Contesta:
        puerta.avisa({"id": "temprano", "estado": "DELIVRD"})
        puerta.avisa({"ref": pedido["ref"], "estado": "DELIVRD"})
        return Contesta(cuerpo={"id": "temprano"})

    puerta.una.contesta = early

    assert puerta.estado(puerta.enviado()) is Estado.CONFIRMADA


def test_el_que_se_cruzo_con_nuestro_commit_lo_halla_el_barrido(puerta: Puerta) -> None:
    puerta.avisa({"id": "r9", "estado": "DELIVRD"})
    mensaje_id = puerta.enviado()
    # As if both transactions had not seen each other.
    puerta.taller.cambiar(mensaje_id, referencia="r9")
    assert puerta.estado(mensaje_id) is Estado.ENTREGADA

    tasks.barrer(puerta.taller.env)

    assert puerta.estado(mensaje_id) is Estado.CONFIRMADA


@pytest.mark.parametrize(
    ("dicho", "estado"), [("DELIVRD", Estado.CONFIRMADA), ("UNDELIV", Estado.REBOTADA)]
)
def test_un_recibo_aclara_la_duda(puerta: Puerta, dicho: str, estado: Estado) -> None:
    puerta.una.contesta = lambda _pedido: Contesta(corta=True)
    mensaje_id = puerta.enviado(Clave.AVISO_GENERAL)
    assert puerta.estado(mensaje_id) is Estado.INCIERTA

    puerta.avisa({"ref": str(mensaje_id), "estado": dicho})

    assert puerta.estado(mensaje_id) is estado


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"avisos": 3}',
        b'{"avisos": [{"id": "r1"}]}',
        b"\xff",
        b'{"avisos": [[1]]}',
    ],
)
def test_lo_que_no_es_un_aviso(puerta: Puerta, body: bytes) -> None:
    firma = hmac.new(SECRETO.encode(), body, hashlib.sha256).hexdigest()
    assert puerta.post(body, {"X-Firma": firma}).status_code == 422


def test_lo_que_escribe_la_gente_entra_una_vez_y_solo_si_lo_trae_el_proveedor(
    puerta: Puerta,
) -> None:
    body = b"from=%2B56987654321&body=AYUDA+por+favor&sid=in-1"
    good = {
        "X-Token": SECRETO,
        "Content-Type": "application/x-www-form-urlencoded",
    }

    for headers in ({}, {"X-Token": "otro"}, {"X-Firma": SECRETO}):
        assert puerta.post(body, headers, "una/entrantes").status_code == 401
    assert puerta.post(body, good, "callada/entrantes").status_code == 401
    for _ in range(2):
        assert puerta.post(body, good, "una/entrantes").status_code == 204
    assert puerta.post(b"from=%2B569", good, "una/entrantes").status_code == 422

    with puerta.taller.db.read() as session:
        (respuesta,) = session.scalars(select(Respuesta)).all()
    assert (respuesta.de, respuesta.texto, respuesta.proveedor) == (
        "+56987654321",
        "AYUDA por favor",
        "una",
    )


# Who it is.


def test_una_firma_con_su_momento_no_se_puede_repetir_despues() -> None:
    auth = AutenticacionDeEntrada(
        tipo=Credencial.HMAC,
        cabecera="X-Firma",
        secreto="k",
        prefijo="v1=",
        base64=True,
        cabecera_de_tiempo="X-Momento",
    )
    now = clock.real_now()

    def signed(moment: str) -> Headers:
        import base64

        digest = hmac.new(b"k", f"{moment}.hola".encode(), "sha256").digest()
        return Headers({"X-Momento": moment, "X-Firma": f"v1={base64.b64encode(digest).decode()}"})

    recent, old = str(int(now.timestamp())), str(int(now.timestamp()) - 400)
    assert es_suyo(auth, signed(recent), b"hola", now)
    assert not es_suyo(auth, signed(recent), b"hola.", now)
    assert not es_suyo(auth, signed(old), b"hola", now)
    assert not es_suyo(auth, signed("nan"), b"hola", now)
    assert not es_suyo(auth, Headers(), b"hola", now)


@pytest.mark.parametrize(
    ("auth", "buena", "mala"),
    [
        (
            AutenticacionDeEntrada(
                tipo=Credencial.BASICA, cabecera="Authorization", usuario="u", secreto="p:ñ"
            ),
            "Basic dTpwOsOx",
            "Basic dTpwOg==",
        ),
        (
            AutenticacionDeEntrada(tipo=Credencial.TOKEN, cabecera="Authorization", secreto="abc"),
            "abc",
            "abcd",
        ),
    ],
)
def test_con_una_clave_o_un_token(auth: AutenticacionDeEntrada, buena: str, mala: str) -> None:
    now = clock.real_now()
    assert es_suyo(auth, Headers({"Authorization": buena}), b"", now)
    assert not es_suyo(auth, Headers({"Authorization": mala}), b"", now)
