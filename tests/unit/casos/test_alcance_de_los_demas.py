"""What the other services show of a case: no more than casos lets its reader know.

The cases and the people are those of the table (test_matriz); beside casos stand the real agenda,
notificaciones and reportes, and facts travel over the bus.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from tests.unit.agenda.conftest import dia_habil
from tests.unit.casos.test_matriz import (
    CONFIDENCIALIDADES,
    USUARIOS,
    Asunto,
    Mundo,
    levantar,
)
from werkzeug.test import TestResponse

import columns
from agenda.app import create_app as create_agenda
from agenda.handlers import handlers as de_agenda
from casos.consentimientos.models import RetiroConsentimiento
from casos.derivaciones.models import Derivacion
from casos.handlers import handlers as de_casos
from notificaciones.app import create_app as create_notificaciones
from notificaciones.handlers import handlers as de_notificaciones
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from notificaciones.tasks import barrer
from oficina.audit import Auditoria
from oficina.bus.relay import Relay
from oficina.bus.tables import Outbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.db import Database
from oficina.env import Env
from reportes.app import create_app as create_reportes
from reportes.handlers import handlers as de_reportes
from reportes.reserva import UMBRAL
from reportes.tasks import traer

VEN = {"normal": "RPMCJ", "reservado": "PMJ", "sellado": "PMJ"}
"""Who of the table sees an appointment of a case, and the reminder of it."""
LETRAS = "RPMACJ"
TODOS = {"casos": de_casos, "agenda": de_agenda, "notificaciones": de_notificaciones}


@dataclass
class Casa:
    """The office of the table, with an appointment and messages of each case."""

    mundo: Mundo
    apps: dict[str, Flask]
    citas: dict[str, str] = field(default_factory=dict)
    mensajes: dict[str, dict[Clave, str]] = field(default_factory=dict)

    @property
    def asuntos(self) -> dict[str, Asunto]:
        return self.mundo.asuntos

    def db(self, servicio: str) -> Database:
        db: Database = self.apps[servicio].extensions["env"].db
        return db

    def api(self, quien: str, metodo: str, path: str, **what: Any) -> TestResponse:
        """Ask a service's API as one of the table."""
        app = self.apps[path.split("/")[1]]
        oficina = self.mundo.ventanilla.oficina
        headers = oficina.bearer(USUARIOS.get(quien, quien)) | what.pop("headers", {})
        return app.test_client().open(path, method=metodo, headers=headers, **what)

    def pagina(self, quien: str, path: str, metodo: str = "GET", **what: Any) -> TestResponse:
        """A page as one of the table sees it."""
        app = self.apps[path.split("/")[1]]
        browser = self.mundo.ventanilla.oficina.entrar(app, USUARIOS.get(quien, quien))
        return browser.open(path, method=metodo, **what)

    def circular(self) -> None:
        """Let every fact that waits reach whoever hears it."""
        oyentes = {**TODOS, "reportes": de_reportes}
        transport = LocalTransport([(self.db(name), one) for name, one in oyentes.items()])
        while sum(Relay(self.db(name), transport, name).run_once() for name in oyentes):
            pass
        for name, one in oyentes.items():
            while Worker(self.db(name), one).run_once():
                pass


@dataclass(frozen=True)
class Derivada:
    """A derivation that was sent with the person's consent."""

    folio: str
    consentimiento: str


@pytest.fixture(scope="module")
def casa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casa]:
    """Everybody of the table before everything."""
    carpeta = tmp_path_factory.mktemp("demas")
    mundo = levantar(carpeta)
    oficina = mundo.ventanilla.oficina
    apps = {"casos": mundo.ventanilla.app}
    for create in (create_agenda, create_notificaciones, create_reportes):
        app = create(oficina.settings, oficina.client)
        columns.file_in(carpeta, app.name)
        oficina.mount(app)
        apps[app.name] = app
    made = Casa(mundo, apps)
    for numero, (nombre, asunto) in enumerate(made.asuntos.items()):
        made.citas[nombre] = _agendar(made, asunto, hora=f"{10 + numero}:00")
    made.circular()
    barrer(apps["notificaciones"].extensions["env"])
    made.circular()
    with made.db("notificaciones").read() as session:
        for nombre, asunto in made.asuntos.items():
            suyos = select(Mensaje).where(Mensaje.caso_id == UUID(asunto.ids["caso"]))
            made.mensajes[nombre] = {m.plantilla: str(m.id) for m in session.scalars(suyos)}
    yield made
    for app in list(apps.values())[1:]:
        app.extensions["env"].db.close()
    mundo.ventanilla.close()


def _agendar(casa: Casa, asunto: Asunto, hora: str) -> str:
    cita = {
        "persona_id": asunto.ids["persona"],
        "caso_id": asunto.ids["caso"],
        "profesional_id": str(casa.mundo.ventanilla.funcionario_id("profesional")),
        "fecha": dia_habil().isoformat(),
        "hora": hora,
        "duracion": 30,
        "lugar": "oficina",
        "asunto": f"Asunto del caso {asunto.folio}",
    }
    made = casa.api("P", "POST", "/agenda/api/v1/citas", json=cita)
    assert made.status_code == 201, made.text
    return str(made.json["id"])  # type: ignore[index]  # it is an object


@pytest.mark.parametrize("letra", LETRAS)
def test_las_citas_se_ven_segun_su_caso(casa: Casa, letra: str) -> None:
    suyas = {casa.citas[nombre] for nombre in CONFIDENCIALIDADES if letra in VEN[nombre]}
    api = "/agenda/api/v1/citas"
    quien = casa.mundo.ventanilla.funcionario_id(USUARIOS[letra])

    def listadas(pregunta: str) -> set[str]:
        answer = casa.api(letra, "GET", f"{api}?{pregunta}")
        assert answer.status_code == 200, answer.text
        return {una["id"] for una in answer.json}  # type: ignore[union-attr]  # it is a list

    dia = dia_habil().isoformat()
    responde = casa.mundo.ventanilla.funcionario_id("profesional")
    for pregunta in ("", f"desde={dia}&hasta={dia}", f"profesional_id={responde}"):
        assert listadas(pregunta) == suyas, pregunta
    with casa.db("agenda").read() as session:
        ultima = session.scalars(
            select(Auditoria)
            .where(Auditoria.accion == "agenda.cita.listar", Auditoria.actor_id == quien)
            .order_by(Auditoria.id.desc())
        ).first()
    # What the audit counts is what was shown, not what was looked through.
    assert ultima is not None
    assert ultima.cantidad == len(suyas)

    for vista in ("dia", "semana"):
        page = casa.pagina(letra, f"/agenda/?dia={dia}&vista={vista}").text
        assert {c for c in casa.citas.values() if c in page} == suyas, vista
        nombres = {a.folio for n, a in casa.asuntos.items() if letra not in VEN[n]}
        assert not any(f"Asunto del caso {folio}" in page for folio in nombres)
        # To the others it is an hour that is taken.
        assert all(f"{hora}:00" in page for hora in (10, 11, 12))

    for nombre, cita in casa.citas.items():
        ids, visible = casa.asuntos[nombre].ids, letra in VEN[nombre]
        for pregunta in (f"caso_id={ids['caso']}", f"persona_id={ids['persona']}"):
            assert listadas(pregunta) == ({cita} if visible else set()), (nombre, pregunta)
        uno = casa.api(letra, "GET", f"{api}/{cita}")
        assert uno.status_code == (200 if visible else 404), nombre
        for hoja in ("", "/reprogramar", "/cancelar"):
            page = casa.pagina(letra, f"/agenda/citas/{cita}{hoja}")
            assert page.status_code == (200 if visible else 404), (nombre, hoja)
        if visible:
            continue
        for paso in ("reprogramar", "cancelar", "realizar", "inasistencia"):
            datos = {"motivo": "persona_no_puede"} | _hora()
            cuerpo = {} if paso in {"realizar", "inasistencia"} else _de(paso, datos)
            por_api = casa.api(
                letra, "POST", f"{api}/{cita}/{paso}", json=cuerpo, headers={"If-Match": "*"}
            )
            por_pagina = casa.pagina(letra, f"/agenda/citas/{cita}/{paso}", "POST", data=datos)
            assert (por_api.status_code, por_pagina.status_code) == (404, 404), (nombre, paso)
        nueva = casa.pagina(letra, f"/agenda/citas/nueva?caso={ids['caso']}")
        assert nueva.status_code in {403, 404, 422}, nombre
        assert "Prudencia" not in nueva.text


def _hora() -> dict[str, Any]:
    return {"fecha": dia_habil().isoformat(), "hora": "15:00", "duracion": 30, "lugar": "oficina"}


def _de(paso: str, datos: dict[str, Any]) -> dict[str, Any]:
    return {"motivo": datos["motivo"]} if paso == "cancelar" else _hora()


@pytest.mark.parametrize("letra", LETRAS)
def test_los_mensajes_se_ven_segun_su_caso(casa: Casa, letra: str) -> None:
    def mios(nombre: str) -> set[str]:
        de_casos = letra != "R"
        return {
            mensaje
            for clave, mensaje in casa.mensajes[nombre].items()
            if letra in VEN[nombre] and (de_casos or clave is Clave.RECORDATORIO_CITA)
        }

    todos = {m for suyos in casa.mensajes.values() for m in suyos.values()}
    mine = {m for nombre in CONFIDENCIALIDADES for m in mios(nombre)}
    api = "/notificaciones/api/v1/mensajes"

    def listados(pregunta: str) -> set[str]:
        answer = casa.api(letra, "GET", f"{api}?{pregunta}")
        assert answer.status_code == 200, answer.text
        return {uno["id"] for uno in answer.json} & todos  # type: ignore[union-attr]  # it is a list

    assert listados("") == mine
    for path in ("/notificaciones/salida", "/notificaciones/salida/lista"):
        page = casa.pagina(letra, path).text
        assert {m for m in todos if m in page} == mine, path
        ajenos = [a.folio for n, a in casa.asuntos.items() if not mios(n)]
        assert not any(folio in page for folio in ajenos)
    for nombre, suyos in casa.mensajes.items():
        assert {Clave.RECORDATORIO_CITA, Clave.DERIVACION_ENVIADA} <= suyos.keys(), nombre
        ids = casa.asuntos[nombre].ids
        assert listados(f"caso_id={ids['caso']}") == mios(nombre)
        de_cita = mios(nombre) & {suyos[Clave.RECORDATORIO_CITA]}
        assert (
            listados(f"cita_id={casa.citas[nombre]}") & {suyos[Clave.RECORDATORIO_CITA]} == de_cita
        )
        with casa.db("notificaciones").read() as session:
            de_ella = select(Mensaje.id).where(Mensaje.derivacion_id == UUID(ids["derivacion"]))
            de_derivacion = {str(uno) for uno in session.scalars(de_ella)} & todos
        assert suyos[Clave.DERIVACION_ENVIADA] in de_derivacion
        assert listados(f"derivacion_id={ids['derivacion']}") == mios(nombre) & de_derivacion
        for mensaje in suyos.values():
            status = 200 if mensaje in mios(nombre) else 404
            assert casa.api(letra, "GET", f"{api}/{mensaje}").status_code == status, nombre
            assert casa.pagina(letra, f"/notificaciones/{mensaje}").status_code == status, nombre


@pytest.mark.parametrize("rol", ["U", "analista", "auditor", "delegado_datos", "administrador"])
def test_los_demas_roles_no_ven_ni_citas_ni_mensajes_de_nadie(casa: Casa, rol: str) -> None:
    for path in ("/agenda/api/v1/citas", f"/agenda/api/v1/citas/{casa.citas['normal']}"):
        assert casa.api(rol, "GET", path).status_code == 403
    for path in ("/agenda/", f"/agenda/citas/{casa.citas['normal']}"):
        assert casa.pagina(rol, path).status_code == 403
    lista = casa.api(rol, "GET", "/notificaciones/api/v1/mensajes")
    assert lista.status_code == 403 or not lista.json
    for suyos in casa.mensajes.values():
        for mensaje in suyos.values():
            uno = casa.api(rol, "GET", f"/notificaciones/api/v1/mensajes/{mensaje}")
            assert uno.status_code in {403, 404}
            assert casa.pagina(rol, f"/notificaciones/{mensaje}").status_code in {403, 404}


def test_las_cifras_cuentan_lo_reservado_y_de_lo_sellado_solo_que_paso(casa: Casa) -> None:
    hechos = _hechos(casa)
    de_sellado = [h for h in hechos if h["persona"] is None]
    con_persona = [h for h in hechos if h["persona"] is not None]

    # The attention, the case and the derivation of each of the three.
    assert {h["clase"] for h in de_sellado} == {"atencion", "caso", "derivacion"}
    assert len({h["persona"] for h in con_persona}) == 2
    for hecho in de_sellado:
        assert (hecho["nacionalidad"], hecho["tramo_edad"]) == ("UNK", "sin_dato")
        assert [hecho[campo] for campo in ("sexo", "tema", "linea")] == [None, None, None]
    assert {h["tema"] for h in con_persona} == {"SOC"}
    escrito = json.dumps(hechos)
    for asunto in casa.asuntos.values():
        for secreto in (asunto.folio, asunto.documento, "Prudencia", *asunto.ids.values()):
            if secreto != asunto.ids["servicio"]:
                assert secreto not in escrito


def _hechos(casa: Casa) -> list[dict[str, Any]]:
    answer = casa.api("servicio", "GET", "/casos/api/v1/hechos?limite=500")
    assert answer.status_code == 200, answer.text
    return [h for h in answer.json["hechos"] if h["vigente"]]  # type: ignore[index]  # an object


def test_lo_publicable_no_dice_ninguna_celda_chica(casa: Casa) -> None:
    env: Env = casa.apps["reportes"].extensions["env"]
    casa.circular()
    traer(env)
    (mes,) = {h["fecha"][:7] for h in _hechos(casa)}

    publicable = casa.api("C", "GET", f"/reportes/api/v1/meses/{mes}?alcance=publicable")
    interno = casa.api("C", "GET", f"/reportes/api/v1/meses/{mes}?alcance=interno")

    assert (publicable.status_code, interno.status_code) == (200, 200), publicable.text
    chicas = [v for v in _valores(interno.json) if 0 < v < UMBRAL]
    assert chicas, "the office of the test is small: without small cells nothing is tried"
    assert not [v for v in _valores(publicable.json) if 0 < v < UMBRAL]
    # What was sealed is told by nobody's figures: not even the office's own name its theme.
    temas = [h["tema"] for h in _hechos(casa) if h["clase"] == "caso"]
    assert sorted(temas, key=str) == [None, "SOC", "SOC"]


def _valores(cifras: Any) -> list[float]:
    """Every number that is told as the value of a cell."""
    if isinstance(cifras, dict):
        propio = [cifras["valor"]] if isinstance(cifras.get("valor"), int | float) else []
        return propio + [v for dentro in cifras.values() for v in _valores(dentro)]
    if isinstance(cifras, list):
        return [v for dentro in cifras for v in _valores(dentro)]
    return []


def test_lo_que_se_cuenta_de_un_caso_reservado_o_sellado_no_sale_de_la_oficina(casa: Casa) -> None:
    """agenda and notificaciones do not know how confidential a case is: nothing of any goes out."""
    for nombre in ("reservado", "sellado"):
        caso = casa.asuntos[nombre].ids["caso"]
        for servicio in ("casos", "agenda", "notificaciones"):
            with casa.db(servicio).read() as session:
                todas = session.scalars(select(Outbox)).all()
            filas = [f for f in todas if f.cuerpo["data"].get("caso_id") == caso]
            publicas = {f.tipo for f in filas if f.clasificacion not in {"reservado", "sellado"}}
            # Before it was reserved it was a case like any other, for casos.
            if servicio != "casos":
                assert filas, servicio
                assert publicas == set(), servicio
            else:
                cerrado = [f for f in filas if f.clasificacion in {"reservado", "sellado"}]
                assert cerrado
                assert not [f for f in cerrado if f.cuerpo["data"].get("tema")]


@pytest.fixture(scope="module")
def derivadas(casa: Casa) -> dict[str, Derivada]:
    """Of each case one more derivation, which rests on the person's consent."""
    made = {}
    for nombre, asunto in casa.asuntos.items():
        red = casa.api("P", "GET", "/casos/api/v1/red/servicios?q=legal").json
        servicio = next(s for s in red["servicios"] if s["codigo"] == "SJM.LEGAL")  # type: ignore[index]  # it is an object
        pedida = casa.api(
            "P",
            "POST",
            "/casos/api/v1/derivaciones",
            json={
                "caso_id": asunto.ids["caso"],
                "servicio_id": servicio["id"],
                "proposito": "Orientación jurídica",
                "datos": ["nombre"],
                "base_licitud": "consentimiento",
                "forma_consentimiento": "verbal",
                "idioma_consentimiento": "spa",
                "confirmada": True,
            },
        )
        assert pedida.status_code == 201, pedida.text
        derivacion = str(pedida.json["id"])  # type: ignore[index]  # it is an object
        enviada = casa.api(
            "P",
            "POST",
            f"/casos/api/v1/derivaciones/{derivacion}/enviar",
            json={},
            headers={"If-Match": "*"},
        )
        # One that was confirmed left with its making.
        assert enviada.status_code in {200, 409}, enviada.text
        with casa.db("casos").read() as session:
            guardada = session.get_one(Derivacion, UUID(derivacion))
        assert guardada.enviada_en is not None
        made[nombre] = Derivada(guardada.folio, str(guardada.consentimiento_id))
    return made


SUYO = "Servicio Jesuita a Migrantes"


@pytest.mark.parametrize("letra", LETRAS)
def test_el_consentimiento_de_una_derivacion_se_ve_como_su_caso(
    casa: Casa, derivadas: dict[str, Derivada], letra: str
) -> None:
    # To whom somebody was derived tells of their case: reception sees what is about reminders.
    leen = {"normal": "PMCJ", "reservado": "PMJ", "sellado": "PMJ"}
    for nombre, derivada in derivadas.items():
        ids = casa.asuntos[nombre].ids
        de_persona = f"/casos/api/v1/personas/{ids['persona']}/consentimientos"
        answer = casa.api(letra, "GET", de_persona)
        page = casa.pagina(letra, f"/casos/personas/{ids['persona']}/consentimientos")
        retirar = casa.pagina(letra, f"/casos/consentimientos/{derivada.consentimiento}/retirar")
        a_ciegas = casa.api(
            letra,
            "GET" if letra in leen[nombre] else "POST",
            de_persona
            if letra in leen[nombre]
            else f"/casos/api/v1/consentimientos/{derivada.consentimiento}/retiro",
            json=None if letra in leen[nombre] else {"motivo": "decision_de_la_persona"},
        )

        assert answer.status_code == page.status_code, nombre
        if letra in leen[nombre]:
            vistos = {c["id"] for c in answer.json["consentimientos"]}  # type: ignore[index]  # it is an object
            assert {derivada.consentimiento, ids["consentimiento"]} <= vistos, nombre
            assert SUYO in page.text
            assert retirar.status_code == 200
            continue
        assert derivada.consentimiento not in answer.text + page.text, nombre
        assert SUYO not in answer.text + page.text, nombre
        assert retirar.status_code == 404, nombre
        assert a_ciegas.status_code == 404, nombre
        if answer.status_code == 200:
            assert ids["consentimiento"] in answer.text, "of the reminders they may know"
    with casa.db("casos").read() as session:
        assert not session.scalars(select(RetiroConsentimiento)).all()


def test_las_comunicaciones_de_un_caso_reservado_son_de_la_delegada(
    casa: Casa, derivadas: dict[str, Derivada]
) -> None:
    """She answers for what left the office, whatever the case; nobody else asks for it."""
    registro = casa.api("delegado_datos", "GET", "/casos/api/v1/comunicaciones")
    folios = {c["folio"] for c in registro.json["comunicaciones"]}  # type: ignore[index]  # it is an object
    assert {d.folio for d in derivadas.values()} <= folios
    for asunto in casa.asuntos.values():
        assert asunto.folio not in registro.text
        assert "Prudencia" not in registro.text
        assert asunto.ids["caso"] not in registro.text
        path = f"personas/{asunto.ids['persona']}/comunicaciones"
        assert casa.api("delegado_datos", "GET", f"/casos/api/v1/{path}").status_code == 200
        for letra in (*LETRAS, "U"):
            for lugar in ("comunicaciones", "comunicaciones.csv", path):
                assert casa.pagina(letra, f"/casos/{lugar}").status_code == 403, (letra, lugar)
            for lugar in ("comunicaciones", path):
                assert casa.api(letra, "GET", f"/casos/api/v1/{lugar}").status_code == 403
