"""Invitations and forgotten passwords: a link by e-mail, used once, and nobody knows a password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import columns
from identidad.claves import revisar
from identidad.enlaces.models import Proposito
from identidad.handlers import handlers as de_identidad
from identidad.models import EnlaceDeCuenta, FichaDeEnlace
from identidad.queries import usuario_libre
from identidad.retencion import retencion
from notificaciones import tasks
from notificaciones.app import create_app
from notificaciones.handlers import handlers as de_notificaciones
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from oficina.audit import Auditoria
from oficina.bus.relay import Relay
from oficina.bus.tables import Outbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.errors import DatosInvalidos

CUENTAS = "/identidad/cuentas"
ANA = {
    "nombre": "Ana Rojas",
    "correo": "ana.rojas@oficina.example",
    "roles": ["profesional"],
    "unidad": "migracion",
    "idioma": "es",
}
CLAVE = {"clave": "mi frase bien larga", "repetida": "mi frase bien larga"}


class Correos:
    """identidad and notificaciones, with the bus between them: what people find in their mail."""

    def __init__(self, oficina: Any, app: Flask) -> None:
        self.identidad = oficina.identidad.extensions["env"].db
        self.env = app.extensions["env"]

    def llegan(self) -> list[Mensaje]:
        """Let what was asked for be sent, and give every message, the oldest first."""
        dbs = {"identidad": self.identidad, "notificaciones": self.env.db}
        oyentes = {"identidad": de_identidad, "notificaciones": de_notificaciones}
        transport = LocalTransport([(dbs[name], one) for name, one in oyentes.items()])
        for name, db in dbs.items():
            while Relay(db, transport, name).run_once():
                pass
        for name, one in oyentes.items():
            while Worker(dbs[name], one).run_once():
                pass
        tasks.barrer(self.env)
        with self.env.db.read() as session:
            return list(session.scalars(select(Mensaje).order_by(Mensaje.id)))

    def enlace(self) -> str:
        """The path of the link in the newest message."""
        found = re.search(r"https?://[^/]+(/identidad/enlace/\S+)", self.llegan()[-1].cuerpo or "")
        assert found is not None
        return found[1]


@pytest.fixture
def correos(oficina: Any) -> Any:
    """Mail that arrives."""
    columns.file_in(oficina.settings.data_dir, "notificaciones")
    app = create_app(oficina.settings, oficina.client)
    oficina.mount(app)
    oficina.notificaciones = app
    yield Correos(oficina, app)
    app.extensions["env"].db.close()


@pytest.fixture
def admin(oficina: Any) -> FlaskClient:
    """The administrator's browser."""
    browser: FlaskClient = oficina.entrar(oficina.identidad, "administrador")
    return browser


@pytest.fixture
def visita(oficina: Any) -> FlaskClient:
    """A browser of somebody from the street."""
    client: FlaskClient = oficina.identidad.test_client()
    return client


def _entra(visita: FlaskClient, usuario: str, clave: str) -> bool:
    sent = {"usuario": usuario, "clave": clave}
    return bool(visita.post("/identidad/entrar", data=sent).status_code == 303)


def test_an_invited_person_chooses_their_password_and_enters(
    admin: FlaskClient, visita: FlaskClient, oficina: Any, correos: Correos
) -> None:
    invited = admin.post(f"{CUENTAS}/invitar", data=ANA)
    cuenta = invited.location
    (mensaje,) = correos.llegan()
    enlace = correos.enlace()

    assert invited.status_code == 303
    assert (mensaje.destino, mensaje.estado) == (ANA["correo"], Estado.ENTREGADA)
    assert "Su usuario es ana.rojas." in (mensaje.cuerpo or "")
    assert "Invitada" in admin.get(cuenta).text
    assert not _entra(visita, "ana.rojas", "")
    for _times in range(2):
        assert "Ana Rojas, su usuario es ana.rojas." in visita.get(enlace).text
    assert visita.post(enlace, data=CLAVE).location == "/identidad/entrar"
    assert _entra(visita, "ana.rojas", CLAVE["clave"])
    assert "Abierta" in admin.get(cuenta).text
    again = oficina.identidad.test_client()
    assert (again.get(enlace).status_code, again.post(enlace, data=CLAVE).status_code) == (410, 410)


def test_no_row_and_no_fact_holds_what_opens_an_account(
    admin: FlaskClient, oficina: Any, correos: Correos
) -> None:
    admin.post(f"{CUENTAS}/invitar", data=ANA)
    token = correos.enlace().rpartition("/")[2]

    with oficina.identidad.extensions["env"].db.read() as session:
        facts = str(session.scalars(select(Outbox.cuerpo)).all())
        (ficha,) = session.scalars(select(FichaDeEnlace))
    raw = (oficina.settings.data_dir / "identidad.db").read_bytes()

    assert "ana" not in facts.lower()
    assert ficha.token_hash != token
    assert token.encode() not in raw
    assert token.encode() not in (oficina.settings.data_dir / "notificaciones.db").read_bytes()


def test_an_invitation_is_sent_again_and_revoked(
    admin: FlaskClient, visita: FlaskClient, correos: Correos
) -> None:
    cuenta = admin.post(f"{CUENTAS}/invitar", data=ANA).location
    first = correos.enlace()

    assert admin.post(f"{cuenta}/invitacion").status_code == 303
    second = correos.enlace()
    assert visita.get(first).status_code == 410
    assert visita.get(second).status_code == 200

    assert admin.post(f"{cuenta}/invitacion/revocar").status_code == 303
    assert visita.get(second).status_code == 410
    assert "Ninguna invitación está vigente." in admin.get(cuenta).text


def test_an_invitation_that_was_revoked_before_its_mail_is_not_sent(
    admin: FlaskClient, correos: Correos
) -> None:
    cuenta = admin.post(f"{CUENTAS}/invitar", data=ANA).location
    admin.post(f"{cuenta}/invitacion/revocar")

    (mensaje,) = correos.llegan()

    assert mensaje.estado is Estado.CANCELADA
    assert mensaje.cuerpo is None


def test_who_has_a_password_is_not_invited_again(
    admin: FlaskClient, visita: FlaskClient, correos: Correos
) -> None:
    cuenta = admin.post(f"{CUENTAS}/invitar", data=ANA).location
    visita.post(correos.enlace(), data=CLAVE)

    assert admin.post(f"{cuenta}/invitacion").status_code == 409


@pytest.mark.parametrize(("proposito", "horas"), [("invitacion", 7 * 24), ("clave", 1)])
def test_a_link_expires(
    admin: FlaskClient,
    visita: FlaskClient,
    oficina: Any,
    correos: Correos,
    proposito: str,
    horas: int,
) -> None:
    if proposito == "invitacion":
        admin.post(f"{CUENTAS}/invitar", data=ANA)
    else:
        oficina.funcionario("profesional")
        visita.post("/identidad/clave-olvidada", data={"quien": "profesional"})
    enlace = correos.enlace()

    oficina.adelantar(oficina.identidad, timedelta(hours=horas, seconds=-60).total_seconds())
    assert visita.get(enlace).status_code == 200
    oficina.adelantar(oficina.identidad, timedelta(hours=horas, seconds=1).total_seconds())
    assert visita.post(enlace, data=CLAVE).status_code == 410


def test_a_forgotten_password_is_replaced_and_its_sessions_end(
    visita: FlaskClient, oficina: Any, correos: Correos
) -> None:
    old = oficina.sesion("profesional")

    asked = visita.post("/identidad/clave-olvidada", data={"quien": "PROFESIONAL@oficina.example"})
    done = visita.post(correos.enlace(), data=CLAVE)

    assert asked.status_code == 200
    assert done.status_code == 303
    assert oficina.identidad.extensions["identidad_local"].renovar(old) is None
    assert _entra(visita, "profesional", CLAVE["clave"])


def test_nobody_learns_whether_there_is_an_account(
    visita: FlaskClient, oficina: Any, correos: Correos
) -> None:
    cerrada = oficina.funcionario("recepcion")
    oficina.funcionario("profesional")
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(cerrada).activo = False

    pages = {
        visita.post("/identidad/clave-olvidada", data={"quien": quien}).text
        for quien in ("profesional", "nadie", "recepcion", "nadie@oficina.example")
    }

    assert len(pages) == 1
    assert len(correos.llegan()) == 1
    with oficina.identidad.extensions["env"].db.read() as session:
        written = session.scalars(select(Auditoria.accion)).all()
    # Each of them cost one transaction that writes.
    assert written.count("identidad.clave.olvidar_desconocida") == 3


def test_asking_too_often_has_to_wait(visita: FlaskClient) -> None:
    codes = [
        visita.post("/identidad/clave-olvidada", data={"quien": "nadie"}).status_code
        for _ in range(5)
    ]
    assert codes == [200, 200, 200, 200, 429]


def test_a_password_that_anybody_would_guess_is_refused_beside_its_field(
    admin: FlaskClient, visita: FlaskClient, correos: Correos
) -> None:
    admin.post(f"{CUENTAS}/invitar", data=ANA)
    enlace = correos.enlace()
    for clave, says in (
        ("ana.rojas.1", "La clave debe tener entre 12 y 200 caracteres."),
        ("password1234", "se parece a una que usa mucha gente"),
        ("aaaaaaaaaaaa", "repite muy pocos caracteres"),
        ("Ana.Rojas2026", "se parece a su nombre o a su correo"),
    ):
        refused = visita.post(enlace, data={"clave": clave, "repetida": clave})
        assert (refused.status_code, says in refused.text) == (422, True), clave
    differs = visita.post(enlace, data=CLAVE | {"repetida": "otra cosa distinta"})

    assert "No es igual a la clave de arriba." in differs.text
    assert visita.post(enlace, data=CLAVE).status_code == 303


def test_a_password_needs_no_symbols_and_is_not_one_of_many() -> None:
    conocidas = ("ana.rojas", "Ana Rojas", "ana.rojas@oficina.example")

    for clave in ("una frase cualquiera", "Xk2-qm9_Tr4w", "dos perros azules"):
        revisar(clave, conocidas)
    for clave in ("123456789012", "Qwertyuiop12", "contrasena123", "ABABABABABAB"):
        with pytest.raises(DatosInvalidos):
            revisar(clave)


def test_one_changes_their_own_password_and_stays_inside(oficina: Any) -> None:
    here = oficina.entrar(oficina.identidad, "profesional")
    elsewhere = oficina.sesion("profesional")
    address = "/identidad/mi-cuenta/clave"
    sent = CLAVE | {"actual": "clave de prueba larga"}

    wrong = here.post(address, data=sent | {"actual": "otra"})
    done = here.post(address, data=sent)

    assert wrong.status_code == 422
    assert "Esa no es su clave de ahora." in wrong.text
    assert done.status_code == 303
    assert oficina.identidad.extensions["identidad_local"].renovar(elsewhere) is None
    oficina.adelantar(oficina.identidad, 60)
    assert here.get("/identidad/mi-cuenta").status_code == 200


def test_mail_that_opens_accounts_is_seen_by_who_administers_alone(
    admin: FlaskClient, oficina: Any, correos: Correos
) -> None:
    admin.post(f"{CUENTAS}/invitar", data=ANA)
    (mensaje,) = correos.llegan()
    app = oficina.notificaciones

    def sees(rol: str) -> tuple[bool, int]:
        browser = oficina.entrar(app, rol)
        listed = (
            "Su cuenta en la Oficina de Migración" in browser.get("/notificaciones/salida").text
        )
        return listed, browser.get(f"/notificaciones/{mensaje.id}").status_code

    assert sees("administrador") == (True, 200)
    for rol in ("coordinacion", "profesional", "recepcion"):
        assert sees(rol) == (False, 404)


def test_old_links_are_forgotten_and_who_still_waits_is_not(
    admin: FlaskClient, visita: FlaskClient, oficina: Any, correos: Correos
) -> None:
    oficina.funcionario("profesional")
    admin.post(f"{CUENTAS}/invitar", data=ANA)
    visita.post("/identidad/clave-olvidada", data={"quien": "profesional"})
    visita.post(correos.enlace(), data=CLAVE)

    db = oficina.identidad.extensions["env"].db
    assert retencion.aplicar(db) is None
    forgotten = retencion.aplicar(db, real_now() + timedelta(days=31))
    assert forgotten is not None
    assert forgotten.total == 1
    with db.read() as session:
        (left,) = session.scalars(select(EnlaceDeCuenta))
        assert left.proposito is Proposito.INVITACION
        assert [ficha.enlace_id for ficha in session.scalars(select(FichaDeEnlace))] == [left.id]


def test_only_services_mint(admin: FlaskClient, oficina: Any, visita: FlaskClient) -> None:
    admin.post(f"{CUENTAS}/invitar", data=ANA)
    with oficina.identidad.extensions["env"].db.read() as session:
        (enlace,) = session.scalars(select(EnlaceDeCuenta))
    address = f"/identidad/api/v1/enlaces/{enlace.id}"

    assert visita.post(address, headers=oficina.bearer("administrador")).status_code == 403
    assert visita.post(address, headers=oficina.bearer("servicio")).status_code == 200


def test_a_user_name_is_made_of_the_address(oficina: Any) -> None:
    oficina.funcionario("profesional")

    with oficina.identidad.extensions["env"].db.read() as session:
        made = [
            usuario_libre(session, f"{local}@x.example")
            for local in ("ANA.Rojas", "josé_ñu", "profesional", "a", "_.-")
        ]

    assert made == ["ana.rojas", "jose_nu", "profesional2", "cuenta.a", "cuenta"]
