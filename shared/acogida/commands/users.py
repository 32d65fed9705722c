"""`acogida user`: the first account of a real office, and a way back in."""

import sys
from datetime import datetime

import click
from flask_babel import force_locale
from marshmallow import ValidationError

from acogida.commands import read_settings
from acogida.services import db_of, load
from identidad.actions import cambiar_clave, crear_funcionario
from identidad.models import Rol
from identidad.queries import funcionario_por_usuario
from identidad.schemas import ClaveSchema, NuevoFuncionarioSchema
from identidad.segundo_factor.actions import restablecer
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.migrations import migrate
from oficina.web import messages

ACTOR = Actor.sistema("acogida")

usuario = click.option("--usuario", prompt=True, help="Nombre con que entra.")
clave = click.option(
    "--clave-por-entrada",
    is_flag=True,
    help="Leer la clave de la entrada estándar en vez de preguntarla.",
)


@click.group()
def user() -> None:
    """Abrir una cuenta, darle otra clave o quitarle el segundo factor, desde el servidor.

    Lo demás se hace en la página Cuentas.
    """


@user.command()
@usuario
@click.option("--nombre", prompt=True, help="Nombre y apellido.")
@click.option("--correo", prompt=True, help="Correo de trabajo.")
@click.option(
    "--rol",
    "roles",
    multiple=True,
    type=click.Choice([rol.value for rol in Rol]),
    help="Se puede repetir.",
)
@click.option("--unidad", default="", help="Código de su unidad municipal.")
@click.option("--administrador", is_flag=True, help="Lo mismo que --rol administrador.")
@clave
def create(
    *,
    usuario: str,
    nombre: str,
    correo: str,
    roles: tuple[str, ...],
    unidad: str,
    administrador: bool,
    clave_por_entrada: bool,
) -> None:
    """Abrir una cuenta: `acogida user create --administrador` abre la primera."""
    wanted = {*roles, *([Rol.ADMINISTRADOR] if administrador else [])}
    if not wanted:
        raise click.UsageError("Diga --administrador o al menos un --rol.")
    given = {
        "usuario": usuario,
        "nombre": nombre,
        "correo": correo,
        "roles": sorted(wanted),
        "unidad": unidad,
        "clave": _password(from_input=clave_por_entrada),
    }
    app = load("identidad").create_app(read_settings())
    migrate("identidad", db_of(app))
    with app.app_context(), force_locale("es"):
        try:
            datos = NuevoFuncionarioSchema().load(given)
            with db_of(app).begin() as session:
                crear_funcionario(session, datos, ACTOR)
        except ValidationError as error:
            _refuse(error.messages_dict)
        except DatosInvalidos as error:
            _refuse(error.errores)
    click.echo(f"La cuenta {usuario} está abierta.")


@user.command()
@usuario
@clave
def password(*, usuario: str, clave_por_entrada: bool) -> None:
    """Dar otra clave a una cuenta y terminar las sesiones que abrió la anterior."""
    app = load("identidad").create_app(read_settings())
    with app.app_context(), force_locale("es"):
        try:
            given = ClaveSchema().load({"clave": _password(from_input=clave_por_entrada)})
        except ValidationError as error:
            _refuse(error.messages_dict)
        ahora: datetime = real_now()
        with db_of(app).begin() as session:
            found = funcionario_por_usuario(session, usuario.lower())
            if found is None:
                raise click.ClickException(f"No hay ninguna cuenta {usuario}.")
            try:
                cambiar_clave(session, found.id, given["clave"], ACTOR, ahora)
            except DatosInvalidos as error:
                _refuse(error.errores)
    click.echo("La clave es nueva; las sesiones que estaban abiertas terminaron.")


@user.command("sin-segundo-factor")
@usuario
def without_factor(*, usuario: str) -> None:
    """Quitar el segundo factor de quien perdió su teléfono y sus códigos.

    Termina sus sesiones. Es el camino cuando nadie más puede administrar.
    """
    app = load("identidad").create_app(read_settings())
    with app.app_context(), force_locale("es"), db_of(app).begin() as session:
        found = funcionario_por_usuario(session, usuario.lower())
        if found is None:
            raise click.ClickException(f"No hay ninguna cuenta {usuario}.")
        try:
            restablecer(session, found.id, ACTOR, real_now())
        except NoEncontrado as error:
            raise click.ClickException(f"{usuario} no tiene segundo factor.") from error
    click.echo("Su segundo factor ya no existe; sus sesiones terminaron.")


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("Clave", hide_input=True, confirmation_prompt="Otra vez")
    return answer


def _refuse(errors: dict[str, object]) -> None:
    for field, texts in messages.flatten(errors).items():
        click.echo(f"{field}: {' '.join(texts)}", err=True)
    sys.exit(1)
