"""A copy of all that the services hold of a person: whole, sealed, and only for some days."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from casos.copias import tasks
from casos.copias.models import CopiaDeDatos
from casos.copias.states import EstadoCopia
from casos.derechos.catalogo import catalogo
from casos.encargos import INTENTOS
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Canal, Clave
from oficina import clock
from oficina.audit import Auditoria
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.retencion import periodos

PEDIDO = {"derecho": "acceso", "canal": "presencial", "identidad": "documento_a_la_vista"}


class Mesa:
    """The desk of the delegate, the five services around it, and a person whom all of them know."""

    def __init__(self, servicios: dict[str, Flask], oficina: Any) -> None:
        self.servicios, self.oficina = servicios, oficina
        self.app = servicios["casos"]
        self.env: Env = self.app.extensions["env"]
        self.db: Database = self.env.db
        self.persona_id = self._persona()
        self.solicitud_id = self._solicitud()
        self.browser = oficina.entrar(self.app, "delegado_datos")
        self.url = f"/casos/derechos/{self.solicitud_id}"

    def pedir(self) -> UUID:
        """Ask for a copy on the page; its id."""
        assert self.browser.post(f"{self.url}/copias").status_code == 303
        with self.db.read() as session:
            consulta = select(CopiaDeDatos.id).order_by(CopiaDeDatos.id.desc())
            return session.scalars(consulta).first()  # type: ignore[return-value]  # just made

    def lista(self) -> UUID:
        """A copy that is ready."""
        copia_id = self.pedir()
        tasks.hacer_copia(self.env, str(copia_id))
        return copia_id

    def copia(self, copia_id: UUID) -> CopiaDeDatos:
        with self.db.read() as session:
            return session.get_one(CopiaDeDatos, copia_id)

    def api(
        self, metodo: str, ruta: str, rol: str, json: Any = None, servicio: str = "casos"
    ) -> Any:
        headers = self.oficina.bearer(rol)
        client = self.app.test_client()
        if ruta.endswith(("/orientaciones", "/tramitar", "/responder")):
            leida = client.get(f"/casos/api/v1{ruta.rpartition('/')[0]}", headers=headers)
            headers |= {"If-Match": leida.headers["ETag"]}
        answer = client.open(f"/casos/api/v1{ruta}", method=metodo, json=json, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json

    def _persona(self) -> UUID:
        ficha = {
            "nombres": "Wideline",
            "primer_apellido": "Sintética",
            "telefono": "+56 9 8765 4321",
        }
        ficha |= {"nacionalidades": ["HTI"], "idiomas": ["hat"]}  # type: ignore[dict-item]
        persona = self.api("POST", "/personas", "recepcion", ficha)
        caso = {"persona_id": persona["id"], "tema": "REG.TEMP"}
        caso_id = self.api("POST", "/casos", "recepcion", caso)["id"]
        consejo = {"tema": "REG.TEMP", "texto": "Se le explicaron los requisitos."}
        self.api("POST", f"/casos/{caso_id}/orientaciones", "profesional", consejo)
        db = self.servicios["notificaciones"].extensions["env"].db
        with db.begin() as session:
            session.add(
                Mensaje(
                    id=uuid7(),
                    clave_de_negocio=f"prueba/{persona['id']}",
                    plantilla=Clave.RECORDATORIO_CITA,
                    persona_id=UUID(persona["id"]),
                    canal=Canal.SMS,
                    destino="+56987654321",
                    cuerpo="Biwo minisipal: randevou ou se jedi.",
                    estado=Estado.ENTREGADA,
                    enviar_en=clock.now(),
                    creado_en=clock.now(),
                )
            )
        return UUID(persona["id"])

    def otra_solicitud(self) -> str:
        """One more of the same person, to which no copy belongs."""
        return self._solicitud()

    def _solicitud(self) -> str:
        ruta = f"/personas/{self.persona_id}/derechos"
        solicitud_id = str(self.api("POST", ruta, "delegado_datos", PEDIDO)["id"])
        self.api("POST", f"/derechos/{solicitud_id}/tramitar", "delegado_datos")
        return solicitud_id


@pytest.fixture
def mesa(servicios: dict[str, Flask], oficina: Any) -> Iterator[Mesa]:
    """A request for access that a delegate has taken."""
    yield Mesa(servicios, oficina)
    clock.move_to(None)


def test_la_copia_tiene_lo_de_cada_servicio_en_palabras_y_para_llevar(mesa: Mesa) -> None:
    copia_id = mesa.lista()

    junto = json.loads(mesa.browser.get(f"{mesa.url}/copias/{copia_id}.json").data)
    pdf = mesa.browser.get(f"{mesa.url}/copias/{copia_id}.pdf")
    paginas = pypdf.PdfReader(io.BytesIO(pdf.data)).pages
    leido = " ".join(" ".join(pagina.extract_text() for pagina in paginas).split())

    assert (junto["formato"], junto["version"]) == ("acogida.copia", 1)
    assert set(junto["servicios"]) == {"casos", "agenda", "notificaciones"}
    casos = junto["servicios"]["casos"]
    assert casos["ficha"]["nombres"] == "Wideline"
    assert casos["contactos"] == [{"tipo": "telefono", "valor": "+56987654321"}]
    textos = [hito["texto"] for caso in casos["casos"] for hito in caso["historia"]]
    assert "Se le explicaron los requisitos." in textos
    assert "casos.persona.registrar" in [uno["accion"] for uno in casos["accesos"]]
    assert junto["servicios"]["notificaciones"]["mensajes"][0]["destino"] == "+56987654321"
    assert junto["servicios"]["agenda"]["citas"] == []
    dichas = ["Wideline", "Haití", "Qué es: Teléfono", "Se registró su ficha"]
    for palabras in (*dichas, "Se le explicaron los requisitos.", "randevou ou"):
        assert palabras in leido
    assert pdf.headers["Cache-Control"] == "private, no-store"


def test_en_reposo_esta_sellada_y_vence(mesa: Mesa) -> None:
    copia_id = mesa.lista()
    with mesa.db.engine.connect() as connection:
        fila = connection.execute(text("SELECT pdf_sellado, json_sellado FROM copias_de_datos"))
        sellados = fila.one()

    otra = f"/casos/derechos/{mesa.otra_solicitud()}/copias/{copia_id}"
    assert [mesa.browser.get(f"{otra}.{tipo}").status_code for tipo in ("pdf", "json")] == [404] * 2
    assert all(str(uno).startswith("v1.") for uno in sellados)
    assert "Descargar para leer" in mesa.browser.get(mesa.url).text
    assert periodos().clases["casos.copia_de_datos"].dias == catalogo().dias_de_copia == 7
    clock.move_to(clock.today() + timedelta(days=8))
    assert mesa.browser.get(f"{mesa.url}/copias/{copia_id}.pdf").status_code == 404
    tasks.barrer_copias(mesa.env)
    assert mesa.copia(copia_id).estado is EstadoCopia.CADUCADA
    with mesa.db.engine.connect() as connection:
        fila = connection.execute(text("SELECT pdf_sellado, json_sellado FROM copias_de_datos"))
        assert fila.one() == (None, None)


def test_la_que_quedo_a_medias_la_toma_otro_y_tras_varios_intentos_se_deja(mesa: Mesa) -> None:
    copia_id = mesa.pedir()
    with mesa.db.begin() as session:
        session.execute(
            update(CopiaDeDatos).values(
                estado=EstadoCopia.EN_PROCESO,
                intentos=1,
                tomada_hasta=clock.real_now() + timedelta(minutes=1),
            )
        )
    tasks.barrer_copias(mesa.env)
    assert mesa.copia(copia_id).estado is EstadoCopia.EN_PROCESO

    with mesa.db.begin() as session:
        session.execute(update(CopiaDeDatos).values(tomada_hasta=clock.real_now()))
    tasks.barrer_copias(mesa.env)
    assert mesa.copia(copia_id).estado is EstadoCopia.LISTA

    otra = mesa.pedir()
    with mesa.db.begin() as session:
        session.execute(
            update(CopiaDeDatos)
            .where(CopiaDeDatos.id == otra)
            .values(estado=EstadoCopia.EN_PROCESO, intentos=INTENTOS)
        )
    tasks.barrer_copias(mesa.env)
    assert mesa.copia(otra).estado is EstadoCopia.FALLIDA


def test_si_un_servicio_no_responde_se_intenta_de_nuevo(mesa: Mesa) -> None:
    copia_id = mesa.pedir()
    de_agenda = mesa.env.client._mounts.pop("agenda")

    tasks.hacer_copia(mesa.env, str(copia_id))
    assert mesa.copia(copia_id).estado is EstadoCopia.EN_PROCESO

    mesa.env.client._mounts["agenda"] = de_agenda
    tasks.barrer_copias(mesa.env)
    assert mesa.copia(copia_id).estado is EstadoCopia.LISTA


def test_solo_la_delegada_y_mientras_esta_en_tramite(mesa: Mesa) -> None:
    copia_id = mesa.lista()

    for rol in ("recepcion", "profesional", "coordinacion", "administrador"):
        otro = mesa.oficina.entrar(mesa.app, rol)
        assert otro.get(f"{mesa.url}/copias/{copia_id}.json").status_code == 403
        assert otro.post(f"{mesa.url}/copias").status_code == 403
    for servicio in ("agenda", "notificaciones"):
        ruta = f"/{servicio}/api/v1/personas/{mesa.persona_id}/datos"
        ajeno = mesa.servicios[servicio].test_client()
        headers = mesa.oficina.bearer("delegado_datos")
        assert ajeno.get(ruta, headers=headers).status_code == 403
    respuesta = {"texto": "Se le entregó.", "entrega": "en_persona"}
    mesa.api("POST", f"/derechos/{mesa.solicitud_id}/responder", "delegado_datos", respuesta)
    assert mesa.browser.post(f"{mesa.url}/copias").status_code == 409
    (hecha,) = mesa.api("GET", f"/derechos/{mesa.solicitud_id}/copias", "delegado_datos")["copias"]
    assert (hecha["id"], hecha["estado"]) == (str(copia_id), "lista")
    with mesa.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso_id == mesa.persona_id)
        ).all()
    assert {"casos.copia.pedir", "casos.copia.hacer"} <= set(acciones)
