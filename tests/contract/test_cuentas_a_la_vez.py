"""What opens an account opens it once, and somebody always administers: on both columns."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask_babel import Babel
from sqlalchemy import select
from sqlalchemy.orm import Session

from columns import COLUMNS
from contract.mientras import mientras
from identidad import actions
from identidad.actions import NuevoFuncionario, crear_funcionario, desactivar
from identidad.clientes import actions as clientes
from identidad.clientes.actions import NuevoCliente
from identidad.enlaces import actions as enlaces
from identidad.enlaces.actions import EnlaceGastado, Invitacion
from identidad.models import EnlaceDeCuenta, Funcionario
from identidad.segundo_factor import actions as factores
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import Conflicto
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings

ACTOR = Actor.sistema("identidad")
CLAVE = "una frase cualquiera"


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of identidad on one column."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "identidad")


@pytest.fixture(autouse=True)
def _language() -> object:
    app = Flask("identidad")
    Babel(app)
    with app.app_context():
        yield


def _cuenta(db: Database, usuario: str, rol: str) -> Actor:
    with db.begin() as session:
        datos = NuevoFuncionario(
            usuario=usuario,
            nombre=f"Persona de {usuario}",
            correo=f"{usuario}@oficina.example",
            roles=[rol],
            clave=CLAVE,
        )
        return crear_funcionario(session, datos, ACTOR).actor()


def test_un_enlace_elige_una_clave(db: Database) -> None:
    with db.begin() as session:
        invitada = Invitacion(nombre="Ana", correo="ana@oficina.example", roles=["analista"])
        enlaces.invitar(session, invitada, ACTOR, real_now())
    with db.begin() as session:
        (enlace,) = session.scalars(select(EnlaceDeCuenta))
        url = enlaces.acunar(session, enlace.id, "http://x.example", ACTOR, real_now()).url
    token = url.rpartition("/")[2]

    raised = mientras(
        db,
        lambda session: enlaces.usar(session, token, "la primera frase", real_now()),
        lambda session: enlaces.usar(session, token, "la segunda frase", real_now()),
    )

    assert isinstance(raised, EnlaceGastado)
    assert actions.identificar(db, "ana", "la primera frase").nombre == "Ana"


def test_un_codigo_abre_una_vez(db: Database) -> None:
    ana = _cuenta(db, "ana", "analista")
    with db.begin() as session:
        secreto = factores.preparar(session, ana.id, real_now()).secreto
    telefono = TOTP(base64.b32decode(secreto), 6, SHA1(), 30)
    antes, ahora = real_now() - timedelta(seconds=30), real_now()
    with db.begin() as session:
        codigo = telefono.generate(antes.timestamp()).decode()
        recuperacion = factores.activar(session, ana, codigo, ahora)
    assert recuperacion is not None

    for escrito in (telefono.generate(ahora.timestamp()).decode(), recuperacion[0]):
        right: list[bool] = []

        def probar(session: Session, escrito: str = escrito, right: list[bool] = right) -> None:
            right.append(factores.comprobar(session, ana, escrito, ahora))

        assert mientras(db, probar, probar) is None
        assert sorted(right) == [False, True]


def test_dos_que_administran_no_se_cierran_la_cuenta_a_la_vez(db: Database) -> None:
    una, otra = _cuenta(db, "una", "administrador"), _cuenta(db, "otra", "administrador")

    raised = mientras(
        db,
        lambda session: desactivar(session, una.id, otra, real_now()),
        lambda session: desactivar(session, otra.id, una, real_now()),
    )

    assert isinstance(raised, Conflicto)
    with db.read() as session:
        assert session.get_one(Funcionario, otra.id).activo


def test_un_programa_tiene_dos_secretos_y_no_tres(db: Database) -> None:
    with db.begin() as session:
        datos = NuevoCliente(
            client_id="tablero", nombre="Tablero", secreto="uno", roles=["analista"]
        )
        cliente: UUID = clientes.crear_cliente(session, datos, ACTOR).id

    raised = mientras(
        db,
        lambda session: clientes.agregar_secreto(session, cliente, "dos", ACTOR),
        lambda session: clientes.agregar_secreto(session, cliente, "tres", ACTOR),
    )

    assert isinstance(raised, Conflicto)
    settings = Settings(service_secret="otro")
    with db.read() as session:
        known = [
            actions.autenticar_cliente(session, settings, "tablero", secreto) is not None
            for secreto in ("uno", "dos", "tres")
        ]
    assert known == [True, True, False]
