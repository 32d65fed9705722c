"""What people do with subscriptions: pages without script, the API, and what a feed shows."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from sqlalchemy import select

import columns
from identidad.clientes.actions import NuevoCliente, crear_cliente
from identidad.unidades.actions import NuevaUnidad, crear_unidad
from notificaciones.app import create_app
from notificaciones.suscripciones import queries, turno
from notificaciones.suscripciones.colas.models import Cola
from notificaciones.suscripciones.models import Entrega, IntentoDeEntrega, Suscripcion
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.clock import local, real_now
from oficina.events.casos import DerivacionEnviada
from unit.notificaciones.suscripciones.conftest import ATENCION, Suscriptores
from unit.notificaciones.suscripciones.receptor import Receptor, Respuesta

ATOM = {"a": "http://www.w3.org/2005/Atom"}
RAIZ = "/notificaciones/suscripciones"
API = "/notificaciones/api/v1/suscripciones"


@dataclass
class Sitio:
    """identidad and notificaciones, with two units that may subscribe."""

    oficina: Any
    app: Flask

    @property
    def suscriptores(self) -> Suscriptores:
        return Suscriptores(self.app.extensions["env"])

    def entrar(self, rol: str) -> Any:
        return self.oficina.entrar(self.app, rol)

    def program(self, unidad: str, *roles: str) -> dict[str, str]:
        """Headers of a unit's program."""
        client_id = f"programa-{uuid4().hex[:8]}"
        db = self.oficina.identidad.extensions["env"].db
        nuevo = NuevoCliente(
            client_id=client_id, nombre="Programa", secreto="s" * 43, roles=roles, unidad=unidad
        )
        with self.oficina.identidad.test_request_context(), db.begin() as session:
            crear_cliente(session, nuevo, Actor.sistema("identidad"))
        form = {"grant_type": "client_credentials", "client_id": client_id}
        answer = self.oficina.identidad.test_client().post(
            "/identidad/oauth/token", data=form | {"client_secret": "s" * 43}
        )
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    def pedir(self, metodo: str, camino: str, quien: dict[str, str], **rest: Any) -> Any:
        headers = quien | rest.pop("headers", {})
        return self.app.test_client().open(API + camino, method=metodo, headers=headers, **rest)

    def auditadas(self) -> list[str]:
        with self.suscriptores.db.read() as session:
            acciones = session.scalars(select(Auditoria.accion).order_by(Auditoria.id))
            return [una.removeprefix("notificaciones.suscripcion.") for una in acciones]


@pytest.fixture
def sitio(oficina: Any) -> Iterator[Sitio]:
    oficina.settings = replace(oficina.settings, webhook_cidrs="127.0.0.0/8")
    columns.file_in(oficina.settings.data_dir, "notificaciones")
    app = create_app(oficina.settings, oficina.client)
    oficina.mount(app)
    db = oficina.identidad.extensions["env"].db
    with oficina.identidad.test_request_context(), db.begin() as session:
        nueva = NuevaUnidad(codigo="una_mas", nombre="Una unidad más")
        crear_unidad(session, nueva, Actor.sistema("identidad"))
    yield Sitio(oficina, app)
    app.extensions["env"].db.close()


def _forma(**rest: Any) -> dict[str, Any]:
    return {
        "unidad": "dideco",
        "nombre": "Tablero de la unidad",
        "tipos": [ATENCION, DerivacionEnviada.ce_type()],
        "finalidad": "Coordinar la atención de la unidad",
        "base": "funcion_legal",
        "via": "webhook",
    } | rest


def _cambio() -> dict[str, Any]:
    """What changes of a subscription, to the API."""
    sobra = {"unidad", "via"}
    return {campo: valor for campo, valor in _forma().items() if campo not in sobra}


def _version(page: str) -> dict[str, str]:
    """What the forms of a page carry."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return {"version": found[1]}


def _id(answer: Any) -> str:
    found = re.search(rf"{RAIZ}/([0-9a-f-]{{36}})", answer.text)
    assert found, answer.text
    return found[1]


def test_se_suscribe_se_prueba_y_se_ve_lo_que_paso(
    sitio: Sitio, receptor: Callable[..., Receptor]
) -> None:
    sistema = receptor()
    browser = sitio.entrar("administrador")
    mal = browser.post(f"{RAIZ}/nueva", data=_forma(url="https://10.0.0.1/", filtros="tema"))
    assert mal.status_code == 422
    assert mal.text.count("of-error") == 1, "the filters first: nothing is looked up meanwhile"
    mal = browser.post(f"{RAIZ}/nueva", data=_forma(url="https://10.0.0.1/"))
    assert "ni de la red municipal que se permite" in mal.text

    hecha = browser.post(
        f"{RAIZ}/nueva", data=_forma(url=sistema.url, filtros="tema=salud, vivienda")
    )
    una = _id(hecha)
    assert hecha.text.count("whsec_") == 1
    assert "whsec_" not in browser.get(f"{RAIZ}/{una}").text

    probada = browser.post(f"{RAIZ}/{una}/prueba")
    assert probada.status_code == 303
    sitio.suscriptores.enviar(UUID(una))
    entrega = browser.get(probada.headers["Location"]).text
    assert "204" in entrega
    assert "Lo recibió" in entrega
    pagina = browser.get(f"{RAIZ}/{una}").text
    assert "Entregado: 1" in pagina
    assert "Se atendió a alguien" in pagina
    (suya,) = sitio.suscriptores.entregas(UUID(una))
    assert f"{local(suya.creada_en):%H:%M:%S}</td>" in pagina
    assert json.loads(sistema.recibidos[0].body)["prueba"] is True

    assert browser.post(f"{RAIZ}/{una}/pausa", data={"version": 99}).status_code == 412
    assert browser.post(f"{RAIZ}/{una}/pausa").status_code == 428
    for paso in ("pausa", "reanudacion", "cierre"):
        vista = _version(browser.get(f"{RAIZ}/{una}").text)
        assert browser.post(f"{RAIZ}/{una}/{paso}", data=vista).status_code == 303
    cerrada = {"version": int(vista["version"]) + 1}
    assert browser.post(f"{RAIZ}/{una}/reanudacion", data=cerrada).status_code == 409
    assert sitio.auditadas() == ["crear", "probar", "pausar", "reanudar", "cerrar"]


def test_se_edita_se_rota_y_se_repite(sitio: Sitio) -> None:
    browser = sitio.entrar("administrador")
    una = _id(browser.post(f"{RAIZ}/nueva", data=_forma(url="http://127.0.0.1:9/h")))
    vieja = browser.get(f"{RAIZ}/{una}/editar").text
    assert "http://127.0.0.1:9/h" in vieja

    cambio = _forma(url="http://127.0.0.1:8/h", filtros="modo=interna") | _version(vieja)
    assert browser.post(f"{RAIZ}/{una}/editar", data=cambio).status_code == 303
    tarde = browser.post(f"{RAIZ}/{una}/editar", data=cambio | {"nombre": "Otro nombre"})
    assert tarde.status_code == 412
    assert "Otro nombre" in tarde.text
    assert browser.post(f"{RAIZ}/{una}/secreto").status_code == 428
    otra = browser.post(f"{RAIZ}/{una}/secreto", data=_version(tarde.text)).text
    assert otra.count("whsec_") == 1
    assert "24" in otra
    for dia, mal in (("", "Falta este dato."), ("2999-01-01", "Todavía no llega")):
        repetida = browser.post(f"{RAIZ}/{una}/repeticion", data={"desde": dia})
        assert repetida.status_code == 422
        assert mal in repetida.text
    assert browser.post(f"{RAIZ}/{una}/repeticion", data={"desde": "2026-01-01"}).status_code == 303
    assert "modo" in browser.get(f"{RAIZ}/{una}").text
    assert sitio.auditadas() == ["crear", "editar", "rotar", "repetir"]


def test_cada_quien_lo_suyo(sitio: Sitio) -> None:
    """A unit its own, whoever administers all; the delegate sees all and changes nothing."""
    admin = sitio.entrar("administrador")
    una = _id(admin.post(f"{RAIZ}/nueva", data=_forma(via="atom")))
    delegado = sitio.entrar("delegado_datos")
    assert "Coordinar la atención" in delegado.get(RAIZ).text
    assert "Pausar" not in delegado.get(f"{RAIZ}/{una}").text
    assert delegado.post(f"{RAIZ}/{una}/pausa").status_code == 403
    assert sitio.entrar("profesional").get(RAIZ).status_code == 403

    propia, ajena = (sitio.program(u, "contraparte_unidad") for u in ("dideco", "una_mas"))
    assert [s["id"] for s in sitio.pedir("GET", "", propia).json] == [una]
    assert sitio.pedir("GET", "", ajena).json == []
    star = {"If-Match": "*"}
    for metodo, camino in (("GET", f"/{una}"), ("POST", f"/{una}/pausa"), ("GET", f"/{una}/atom")):
        assert sitio.pedir(metodo, camino, ajena, headers=star).status_code == 404
        assert sitio.pedir(metodo, camino, propia, headers=star).status_code in {200, 404}
    nueva = _forma(via="atom", unidad="dideco")
    assert sitio.pedir("POST", "", ajena, json=nueva).status_code == 403
    del nueva["unidad"]
    assert sitio.pedir("POST", "", ajena, json=nueva).json["unidad"] == "una_mas"


def test_quien_administra_no_dirige_lo_que_recibe_una_unidad_por_la_que_alguien_responde(
    sitio: Sitio,
) -> None:
    """They see no case data: neither a secret that opens it nor a change of where it goes."""
    admin, bearer = sitio.entrar("administrador"), sitio.oficina.bearer("administrador")
    star = {"If-Match": "*"}
    sin_nadie = admin.post(f"{RAIZ}/nueva", data=_forma(via="atom", unidad="una_mas"))
    assert "/atom.xml" in sin_nadie.text
    assert admin.get(f"{RAIZ}/{_id(sin_nadie)}/editar").status_code == 200
    contraparte = sitio.oficina.funcionario("contraparte_unidad")
    with sitio.oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(contraparte).unidad = "dideco"

    suya = sitio.entrar("contraparte_unidad").post(f"{RAIZ}/nueva", data=_forma(via="atom"))
    una = _id(suya)
    camino = urlsplit(re.search(r"https?://[^<]*/atom\.xml", suya.text)[0]).path  # type: ignore[index]
    assert sitio.app.test_client().get(camino).status_code == 200

    assert 'value="dideco"' not in admin.get(f"{RAIZ}/nueva").text
    pagina = admin.get(f"{RAIZ}/{una}").text
    assert "quien responde por la unidad" in pagina
    assert "/secreto" not in pagina
    negadas = [
        admin.post(f"{RAIZ}/nueva", data=_forma(via="atom")),
        admin.get(f"{RAIZ}/{una}/editar"),
        admin.post(f"{RAIZ}/{una}/editar", data=_forma() | _version(pagina)),
        admin.post(f"{RAIZ}/{una}/secreto", data=_version(pagina)),
        sitio.pedir("POST", "", bearer, json=_forma(via="atom")),
        sitio.pedir("PUT", f"/{una}", bearer, json=_cambio(), headers=star),
        sitio.pedir("POST", f"/{una}/secreto", bearer, headers=star),
        sitio.pedir("GET", f"/{una}/atom", bearer),
    ]
    assert [uno.status_code for uno in negadas] == [403] * len(negadas)
    assert not any("atom.xml" in uno.text or "whsec_" in uno.text for uno in negadas)
    assert admin.post(f"{RAIZ}/{una}/pausa", data=_version(pagina)).status_code == 303


def test_quien_lee_un_canal_queda_anotado_una_vez_por_hora(sitio: Sitio) -> None:
    browser = sitio.entrar("administrador")
    hecha = browser.post(f"{RAIZ}/nueva", data=_forma(via="atom"))
    una = UUID(_id(hecha))
    camino = urlsplit(re.search(r"https?://[^<]*/atom\.xml", hecha.text)[0]).path  # type: ignore[index]
    programa = sitio.program("dideco", "contraparte_unidad")

    def leer() -> list[str]:
        for _ in range(2):
            # A minute later, as the mark of the last look has it.
            with sitio.suscriptores.db.begin() as session:
                turno.marcar_leida(session, una, real_now() - timedelta(minutes=2))
            assert sitio.app.test_client().get(camino).status_code == 200
            with sitio.suscriptores.db.begin() as session:
                turno.marcar_leida(session, una, real_now() - timedelta(minutes=2))
            assert sitio.pedir("GET", f"/{una}/atom", programa).status_code == 200
        with sitio.suscriptores.db.read() as session:
            leidas = select(Auditoria.actor_nombre).where(
                Auditoria.accion == "notificaciones.suscripcion.leer",
                Auditoria.recurso_id == una,
            )
            return list(session.scalars(leidas.order_by(Auditoria.id)))

    with sitio.suscriptores.db.begin() as session:
        session.add(
            Auditoria(
                ocurrida_en=real_now() - timedelta(minutes=61),
                actor_id=una,
                actor_tipo="cliente",
                actor_nombre="hace más de una hora",
                accion="notificaciones.suscripcion.leer",
                recurso="suscripcion",
                recurso_id=una,
            )
        )
    assert leer() == ["hace más de una hora", "dideco", "Programa"]


def test_lo_entregado_a_una_no_se_ve_bajo_otra(sitio: Sitio) -> None:
    browser = sitio.entrar("administrador")
    una, otra = (_id(browser.post(f"{RAIZ}/nueva", data=_forma(via="atom"))) for _ in range(2))
    assert browser.post(f"{RAIZ}/{una}/prueba").status_code == 303
    (entrega,) = sitio.suscriptores.entregas(UUID(una))
    quien = sitio.oficina.bearer("administrador")

    for raiz, pide in ((RAIZ, browser.get), (API, lambda p: sitio.pedir("GET", p, quien))):
        base = "" if raiz == API else RAIZ
        assert pide(f"{base}/{una}/entregas/{entrega.id}").status_code == 200
        assert pide(f"{base}/{otra}/entregas/{entrega.id}").status_code == 404


def test_por_la_api_con_version_y_una_sola_vez(sitio: Sitio) -> None:
    quien = sitio.oficina.bearer("administrador")
    clave = {"Idempotency-Key": "tablero-1"}
    nueva = _forma(url="http://127.0.0.1:9/h", filtros={"tema": ["salud"]}, ordenada=True)
    for filtros, campo in (
        ({"tema": []}, "filtros.tema"),
        ({"tema": ["Á"]}, "filtros.tema.0"),
        ({"TEMA": ["salud"]}, "filtros.TEMA"),
    ):
        mala = sitio.pedir("POST", "", quien, json=nueva | {"filtros": filtros})
        assert (mala.status_code, list(mala.json["errors"])) == (422, [campo])
    hecha = sitio.pedir("POST", "", quien, json=nueva, headers=clave)
    otra_vez = sitio.pedir("POST", "", quien, json=nueva, headers=clave)
    assert hecha.status_code == 201
    assert otra_vez.json == hecha.json | {"secreto": None}
    una = hecha.json["id"]
    assert hecha.json["secreto"].startswith("whsec_")
    assert "secreto" not in sitio.pedir("GET", f"/{una}", quien).json

    assert sitio.pedir("POST", f"/{una}/pausa", quien).status_code == 428
    etag = {"If-Match": hecha.headers["ETag"]}
    assert sitio.pedir("POST", f"/{una}/pausa", quien, headers=etag).json["estado"] == "pausada"
    assert sitio.pedir("POST", f"/{una}/pausa", quien, headers=etag).status_code == 412
    star = {"If-Match": "*"}
    assert sitio.pedir("POST", f"/{una}/reanudacion", quien, headers=star).status_code == 200
    rotada = sitio.pedir("POST", f"/{una}/secreto", quien, headers=star)
    assert rotada.json["secreto"] != hecha.json["secreto"]
    prueba = sitio.pedir("POST", f"/{una}/prueba", quien, json={})
    assert (prueba.status_code, prueba.json["origen"]) == (202, "prueba")
    mala = sitio.pedir("POST", f"/{una}/prueba", quien, json={"tipo": "otro"})
    assert mala.status_code == 422
    repetida = sitio.pedir(
        "POST", f"/{una}/repeticion", quien, json={"desde": "2026-01-01T00:00:00Z"}
    )
    assert repetida.status_code == 202
    pronta = {"desde": "2999-01-01T00:00:00Z"}
    sin_repetir = sitio.pedir("POST", f"/{una}/repeticion", quien, json=pronta)
    assert (sin_repetir.status_code, list(sin_repetir.json["errors"])) == (422, ["desde"])
    edicion = {k: v for k, v in nueva.items() if k not in {"unidad", "via"}}
    edicion["url"] = "https://[::1]/"
    assert sitio.pedir("PUT", f"/{una}", quien, json=edicion, headers=star).status_code == 422
    pagina = sitio.pedir("GET", f"/{una}/entregas", quien).json
    (entrega,) = pagina["entregas"]
    assert "cuerpo" not in entrega
    detalle = sitio.pedir("GET", f"/{una}/entregas/{entrega['id']}", quien).json
    assert detalle["lista_de_intentos"] == []


def test_un_canal_atom_por_paginas(sitio: Sitio) -> None:
    browser = sitio.entrar("administrador")
    hecha = browser.post(f"{RAIZ}/nueva", data=_forma(via="atom"))
    found = re.search(r"https?://[^<]*/atom\.xml", hecha.text)
    assert found
    camino = urlsplit(found[0]).path
    publico = sitio.app.test_client()
    vacio = publico.get(camino)
    assert vacio.status_code == 200
    for _ in range(51):
        sitio.suscriptores.oir()

    primera = publico.get(camino)
    assert primera.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(primera.data)
    entries = feed.findall("a:entry", ATOM)
    for name in ("id", "title", "updated", "author/a:name"):
        assert feed.find(f"a:{name}", ATOM) is not None
    assert len(entries) == 50
    una = entries[0]
    assert una.findtext("a:id", namespaces=ATOM) == (
        "urn:uuid:" + json.loads(una.findtext("a:content", "", ATOM))["id"]
    )
    category = una.find("a:category", ATOM)
    assert category is not None
    assert category.get("term") == ATENCION
    links = {link.get("rel"): link.get("href", "") for link in feed.findall("a:link", ATOM)}
    assert links["self"] == found[0]
    segunda = ET.fromstring(publico.get(links["next"].removeprefix("http://127.0.0.1:8000")).data)
    (ultima,) = segunda.findall("a:entry", ATOM)
    vistas = {entry.findtext("a:id", "", ATOM) for entry in (*entries, ultima)}
    assert len(vistas) == 51

    igual = publico.get(camino, headers={"If-None-Match": primera.headers["ETag"]})
    assert igual.status_code == 304
    assert publico.get(f"{camino}?antes=nada").status_code == 422
    suscripcion_id = UUID(_id(hecha))
    assert sitio.suscriptores.suscripcion(suscripcion_id).vista_en is not None
    programa = sitio.program("dideco", "contraparte_unidad")
    del_programa = sitio.pedir("GET", f"/{suscripcion_id}/atom", programa)
    assert len(ET.fromstring(del_programa.data).findall("a:entry", ATOM)) == 50

    pagina = f"{RAIZ}/{suscripcion_id}"
    browser.post(f"{pagina}/secreto", data=_version(browser.get(pagina).text))
    assert publico.get(camino).status_code == 404
    browser.post(f"{pagina}/pausa", data=_version(browser.get(pagina).text))
    assert sitio.pedir("GET", f"/{suscripcion_id}/atom", programa).status_code == 404


def test_lo_entregado_se_olvida_a_los_treinta_dias(sitio: Sitio) -> None:
    from notificaciones.retencion import retencion

    una, _ = _directo(sitio)
    sitio.suscriptores.oir()
    sitio.suscriptores.oir()
    primera = sitio.suscriptores.entregas(una)[0]
    with sitio.suscriptores.db.begin() as session:
        session.get_one(Entrega, primera.id).creada_en = real_now() - timedelta(days=31)
        (debida,) = turno.debidas(session, real_now())
        lote = turno.tomar(session, debida, real_now())
        assert lote is not None
        resultado = turno.Resultado(
            entrega_id=primera.id, intentos=1, en=real_now(), ms=1, status=500
        )
        turno.asentar(session, una, lote, [resultado], real_now())

    retencion.aplicar(sitio.suscriptores.db)

    assert [uno.id for uno in sitio.suscriptores.entregas(una)] != [primera.id]
    assert len(sitio.suscriptores.entregas(una)) == 1
    assert sitio.suscriptores.intentos() == []


def _directo(sitio: Sitio) -> tuple[UUID, str]:
    with sitio.app.test_request_context():
        return sitio.suscriptores.crear("http://127.0.0.1:9/h")


def test_lo_sellado_no_se_lee_en_la_base(sitio: Sitio) -> None:
    _una, secreto = _directo(sitio)
    sitio.suscriptores.oir()

    with sitio.suscriptores.db.read() as session:
        crudo = [
            str(row)
            for table in (Suscripcion, Entrega)
            for row in session.connection().exec_driver_sql(f"SELECT * FROM {table.__tablename__}")
        ]
    assert not [row for row in crudo if secreto in row or "127.0.0.1" in row or "presencial" in row]


def test_una_cola_se_da_solo_con_servidores_y_se_ve_como_esta(sitio: Sitio) -> None:
    browser = sitio.entrar("administrador")
    assert 'value="cola"' not in browser.get(f"{RAIZ}/nueva").text
    assert browser.post(f"{RAIZ}/nueva", data=_forma(via="cola")).status_code == 422

    env = sitio.app.extensions["env"]
    settings = replace(
        env.settings,
        amqp_url="amqp://notificaciones:x@rabbitmq/acogida",
        amqp_unidades_url="amqps://mensajes.example.cl:5671",
    )
    sitio.app.extensions["env"] = replace(env, settings=settings)
    assert 'value="cola"' in browser.get(f"{RAIZ}/nueva").text

    hecha = browser.post(f"{RAIZ}/nueva", data=_forma(via="cola"))
    una = UUID(_id(hecha))
    nombre = f"ext.dideco.{una.hex}"
    found = re.search(
        rf"amqps://{nombre}:([\w-]{{43}})@mensajes\.example\.cl:5671/acogida", hecha.text
    )
    assert found
    assert "amqplib" in hecha.text
    assert "pika" in hecha.text
    pagina = browser.get(f"{RAIZ}/{una}").text
    assert found[1] not in pagina
    assert "Se está haciendo" in pagina
    sitio.suscriptores.cambiar(Cola, revisada_en=real_now(), mensajes=12, lectores=1)
    assert "Mensajes que esperan: 12" in browser.get(f"{RAIZ}/{una}").text
    vista = _version(browser.get(f"{RAIZ}/{una}").text)
    assert found[1] not in browser.post(f"{RAIZ}/{una}/secreto", data=vista).text
    admin = sitio.oficina.bearer("administrador")
    etag = sitio.pedir("GET", f"/{una}", admin).headers["ETag"]
    rotada = sitio.pedir("POST", f"/{una}/secreto", admin, headers={"If-Match": etag}).json
    assert rotada["secreto"].startswith(f"amqps://{nombre}:")
    assert rotada["cola"] == nombre
    assert rotada["estado_de_cola"]["revisada_en"] is None  # another password is on its way
    sitio.suscriptores.cambiar(Cola, revisada_en=real_now(), mensajes=3, lectores=2)
    lista = {suya["id"]: suya for suya in sitio.pedir("GET", "", admin).json}
    visto = lista[str(una)]["estado_de_cola"]
    assert (visto["mensajes"], visto["lectores"], visto["falla"]) == (3, 2, None)
    assert sitio.pedir("GET", f"/{una}", admin).json["estado_de_cola"] == visto


def test_se_ve_como_va_y_cuanto_recibe_a_la_vez(
    sitio: Sitio, receptor: Callable[..., Receptor]
) -> None:
    sistema = receptor(Respuesta(status=500), Respuesta())
    browser = sitio.entrar("administrador")
    assert (
        browser.post(f"{RAIZ}/nueva", data=_forma(url=sistema.url, simultaneas="9")).status_code
        == 422
    )
    una = UUID(_id(browser.post(f"{RAIZ}/nueva", data=_forma(url=sistema.url, simultaneas="2"))))
    assert "no hubo intentos" in browser.get(f"{RAIZ}/{una}").text
    suscriptores = sitio.suscriptores
    assert suscriptores.suscripcion(una).a_la_vez == 2

    suscriptores.oir()
    for _turn in range(2):
        suscriptores.ya()
        suscriptores.enviar(una)

    pagina = browser.get(f"{RAIZ}/{una}").text
    assert "2 intentos, 1 sin éxito" in pagina
    (bien,) = [uno.ms for uno in suscriptores.intentos() if uno.falla is None]
    assert f"demoró {bien} ms o menos" in pagina
    # Of a week ago nothing is said.
    suscriptores.cambiar(IntentoDeEntrega, en=real_now() - timedelta(days=7))
    assert "no hubo intentos" in browser.get(f"{RAIZ}/{una}").text


def test_la_mitad_y_95_de_cada_cien(sitio: Sitio) -> None:
    suscriptores = sitio.suscriptores
    with sitio.app.test_request_context():
        una, _ = suscriptores.crear()
    suscriptores.oir()
    (entrega,) = suscriptores.entregas(una)
    with suscriptores.db.begin() as session:
        for ms in [*range(1, 101)][::-1]:
            session.add(IntentoDeEntrega(entrega_id=entrega.id, en=real_now(), ms=ms))
    with suscriptores.db.read() as session:
        ritmo = queries.ritmo(session, una, real_now() - timedelta(days=1))
    assert (ritmo.intentos, ritmo.fallidos, ritmo.p50, ritmo.p95) == (100, 0, 50, 95)
