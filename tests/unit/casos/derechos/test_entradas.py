"""Requests and communications on pages and over the API, and who may see them."""

import csv
import re
from io import StringIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.unit.casos.derivaciones.casos_app import Casos
from tests.unit.casos.derivaciones.mundo import CAMINO, LUNES, PROFESIONAL

from casos.consentimientos.models import MotivoRetiro
from casos.consentimientos.retiro import PedidoRetiro, retirar
from casos.derivaciones.states import Estado
from casos.expedientes.models import Caso
from casos.personas.models import Persona
from oficina.audit import Auditoria

DELEGADA = "delegado_datos"
PEDIDO = {"derecho": "acceso", "canal": "presencial", "identidad": "documento_a_la_vista"}


def _persona(casos: Casos) -> UUID:
    with casos.db.read() as session:
        return session.get_one(Caso, casos.mundo.caso_id).persona_id


def _recibida(casos: Casos, rol: str = "recepcion") -> str:
    made = casos.api(rol, "POST", f"/personas/{_persona(casos)}/derechos", PEDIDO)
    assert made.status_code == 201, made.json
    return str(made.json["id"])


def _dar(casos: Casos, solicitud: str, paso: str, json: object = None, etag: str = "") -> Any:
    """A step over the API, on the version that was just read unless another one is said."""
    leida = etag or casos.api(DELEGADA, "GET", f"/derechos/{solicitud}").headers["ETag"]
    ruta = f"/derechos/{solicitud}/{paso}"
    return casos.api(DELEGADA, "POST", ruta, json, **{"If-Match": leida})


def test_recepcion_recibe_y_da_un_recibo_sin_nombre(casos: Casos) -> None:
    browser = casos.como("recepcion")
    url = f"/casos/personas/{_persona(casos)}/derechos/nueva"

    vacio = browser.post(url, data={"pedida_por": "representante"})
    hecho = browser.post(url, data=PEDIDO)
    recibo = browser.get(hecho.location).text

    assert vacio.status_code == 422
    for falta in ("Elija qué pide", "Indique cómo se comprobó", "Escriba quién lo pide"):
        assert falta in vacio.text
    assert re.search(r"SD-\d{4}-000001", recibo)
    assert "Marie Ange" not in recibo
    solicitud = hecho.location.split("/")[-2]
    assert browser.get(f"/casos/derechos/{solicitud}").status_code == 403
    assert browser.get("/casos/derechos").status_code == 403


def test_la_delegada_encuentra_registra_tramita_prorroga_y_responde(casos: Casos) -> None:
    browser = casos.como(DELEGADA)

    with casos.db.read() as session:
        folio = session.get_one(Persona, _persona(casos)).folio
    hallada = browser.post("/casos/derechos/nueva", data={"q": folio}).text
    nueva = re.search(r'href="(/casos/personas/[^"]+/derechos/nueva)"', hallada)
    assert nueva
    recibo = browser.post(nueva[1], data=PEDIDO).location
    url = recibo.removesuffix("/recibo")
    for accion, datos in (
        ("tramitar", {}),
        ("prorrogar", {"motivo": "Falta revisar el archivo en papel."}),
        ("responder", {"texto": "Se le entregó una copia.", "entrega": "en_persona"}),
    ):
        assert browser.get(f"{url}/{accion}").status_code == 200
        hecho = browser.post(f"{url}/{accion}", data=datos)
        assert hecho.status_code == 303, hecho.text
    page = browser.get(url).text

    assert "Se le entregó una copia." in page
    assert "prorrogado; vencía el" in page
    assert "Persona de delegado_datos" in page
    assert url.rpartition("/")[2] not in browser.get("/casos/derechos").text
    assert url.rpartition("/")[2] in browser.get("/casos/derechos?ver=todas").text
    with casos.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion).where(
                Auditoria.recurso_id == UUID(url.rpartition("/")[2]),
            )
        ).all()
    assert {f"casos.derecho.{paso}" for paso in ("registrar", "tramitar", "responder")} <= {
        *acciones
    }


def test_un_rechazo_dice_el_motivo_de_la_ley_y_el_recurso(casos: Casos) -> None:
    solicitud = _recibida(casos)
    browser = casos.como(DELEGADA)
    browser.post(f"/casos/derechos/{solicitud}/tramitar", data={})

    sin_motivo = browser.post(
        f"/casos/derechos/{solicitud}/rechazar", data={"texto": "No.", "entrega": "correo"}
    )
    motivo = {"texto": "No.", "entrega": "correo", "codigo": "datos_exactos"}
    ajeno = _dar(casos, solicitud, "rechazar", motivo)
    hecho = browser.post(
        f"/casos/derechos/{solicitud}/rechazar",
        data={"texto": "No.", "entrega": "correo", "codigo": "derechos_de_terceros"},
    )
    page = browser.get(hecho.location).text

    assert "Elija por qué la ley no lo permite" in sin_motivo.text
    assert (ajeno.status_code, list(ajeno.json["errors"])) == (422, ["codigo"])
    assert "Revelaría datos de otra persona" in page
    assert "Agencia de Protección de Datos Personales" in page


def test_quien_vio_otra_version_no_escribe_encima(casos: Casos) -> None:
    solicitud = _recibida(casos)
    etag = casos.api(DELEGADA, "GET", f"/derechos/{solicitud}").headers["ETag"]
    assert _dar(casos, solicitud, "tramitar", etag=etag).status_code == 200

    respuesta = {"texto": "Ya.", "entrega": "correo"}
    tarde = _dar(casos, solicitud, "responder", respuesta, etag=etag)
    a_ciegas = casos.api(DELEGADA, "POST", f"/derechos/{solicitud}/responder", respuesta)

    assert a_ciegas.status_code == 428
    assert tarde.status_code == 412
    assert tarde.json["estado_actual"] == "en_tramite"
    assert tarde.json["transiciones_permitidas"] == ["prorrogar", "rechazar", "responder"]
    assert tarde.json["version"] > 1


def test_lo_que_otra_delegada_ya_respondio_vuelve_dicho_y_sin_perder_lo_escrito(
    casos: Casos,
) -> None:
    solicitud = _recibida(casos)
    _dar(casos, solicitud, "tramitar")
    path = f"/casos/derechos/{solicitud}"
    escrito = {"texto": "Lo que iba a responder", "entrega": "correo"}
    browser = casos.como(DELEGADA)

    antes = browser.post(f"{path}/tramitar", data={})
    _dar(casos, solicitud, "responder", {"texto": "Ya.", "entrega": "correo"})
    tarde = browser.post(f"{path}/responder", data=escrito)

    assert (antes.status_code, tarde.status_code) == (409, 409)
    assert " La tomó quien responde." in antes.text
    assert f'href="{path}/responder">' in antes.text
    assert f'href="{path}/tramitar">' not in antes.text
    assert "El estado actual no admite ese paso" in tarde.text
    assert "Persona de delegado_datos" in tarde.text
    assert " Se respondió." in tarde.text
    assert "Ahora está así: Respondida." in tarde.text
    assert "Ahora no hay ningún paso que usted pueda dar." in tarde.text
    assert "Lo que iba a responder</textarea>" in tarde.text
    assert 'value="correo" checked' in tarde.text


def test_solo_la_delegada_ve_solicitudes_y_comunicaciones(casos: Casos) -> None:
    for rol in ("recepcion", "profesional", "coordinacion", "administrador"):
        for ruta in ("/derechos", f"/derechos/{_persona(casos)}", "/comunicaciones"):
            assert casos.api(rol, "GET", ruta).status_code == 403, (rol, ruta)
        browser = casos.como(rol)
        for page in ("/casos/derechos", "/casos/comunicaciones", "/casos/comunicaciones.csv"):
            assert browser.get(page).status_code == 403, (rol, page)


def test_la_delegada_no_ve_fichas_ni_casos(casos: Casos) -> None:
    browser = casos.como(DELEGADA)

    for page in (
        f"/casos/personas/{_persona(casos)}",
        f"/casos/expedientes/{casos.mundo.caso_id}",
        "/casos/",
        "/casos/recepcion",
    ):
        assert browser.get(page).status_code == 403
    assert casos.api(DELEGADA, "GET", f"/casos/{casos.mundo.caso_id}").status_code == 403


def test_el_registro_dice_quien_recibio_que_y_con_que_base(casos: Casos) -> None:
    derivacion_id = casos.mundo.preparar(casos.mundo.pedido("SJM.LEGAL", consentida=True))
    for accion in CAMINO[Estado.ENVIADA]:
        casos.mundo.hacer(derivacion_id, accion)
    casos.mundo.preparar()  # a draft left nothing
    consentimiento_id = casos.mundo.derivacion(derivacion_id).consentimiento_id
    with casos.db.begin() as session:
        retirar(session, consentimiento_id, PedidoRetiro(MotivoRetiro.DECISION), PROFESIONAL, LUNES)
    solicitud = _recibida(casos)
    _dar(casos, solicitud, "tramitar")
    _dar(casos, solicitud, "responder", {"texto": "Se entregó.", "entrega": "en_persona"})

    registro = casos.api(DELEGADA, "GET", f"/personas/{_persona(casos)}/comunicaciones").json
    browser = casos.como(DELEGADA)
    archivo = browser.get("/casos/comunicaciones.csv?desde=2026-11-01&hasta=2099-01-01")
    filas = list(csv.reader(StringIO(archivo.text)))
    page = browser.get(f"/casos/personas/{_persona(casos)}/comunicaciones").text

    derivada, respondida = sorted(registro["comunicaciones"], key=lambda una: una["tipo"])
    assert (derivada["base"], derivada["categorias"]) == ("consentimiento", ["nombre"])
    assert derivada["retirada_en"] is not None
    assert (respondida["derecho"], respondida["entrega"]) == ("acceso", "en_persona")
    assert len(filas) == 3
    assert "Servicio Jesuita a Migrantes" in archivo.text
    assert "Marie" not in archivo.text
    assert "No se puede usar desde el" in page


def test_un_periodo_imposible_es_422(casos: Casos) -> None:
    for periodo in ("desde=ayer", "desde=2026-11-10&hasta=2026-11-09", "hasta=2026-13-01"):
        assert casos.api(DELEGADA, "GET", f"/comunicaciones?{periodo}").status_code == 422
        assert casos.como(DELEGADA).get(f"/casos/comunicaciones?{periodo}").status_code == 422
