"""`acogida import`: what an office kept in sheets, looked at first and then loaded."""

import json
import sys
from pathlib import Path
from typing import cast

import click
from flask import Flask

from acogida.click_es import confirm
from acogida.commands import read_settings
from acogida.commands.directory import load_directory
from acogida.databases import prepare
from acogida.services import db_of, load
from casos.importacion import queries
from casos.importacion.actions import cargar, leer_archivo
from casos.importacion.atenciones.lectura import Fila
from casos.importacion.atenciones.registro import Resumen
from casos.importacion.carga import Desplazada
from casos.importacion.models import Tipo
from casos.importacion.palabras import institucion, nacionalidad, rotulo
from casos.importacion.pliego import Pliego
from casos.importacion.queries import Personas
from casos.importacion.registro import Registro
from casos.taxonomia import temas
from oficina import libros
from oficina.actor import Actor
from oficina.db import Database
from oficina.libros import ArchivoIlegible
from oficina.settings import Settings
from oficina.web.client import ServiceClient

ACTOR = Actor.sistema("acogida")
MESES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@click.command("import")
@click.argument("archivo", type=click.Path(path_type=Path))
@click.option(
    "--tipo",
    type=click.Choice([tipo.value for tipo in Tipo]),
    help="Qué trae; sin decirlo, se reconoce por sus títulos.",
)
@click.option("--si", is_flag=True, help="Cargar sin preguntar.")
@click.option("--json", "as_json", is_flag=True, help="Escribir lo leído en JSON; carga con --si.")
@click.option("--filas", is_flag=True, help="Mostrar también qué se hará con cada fila.")
def import_(*, archivo: Path, tipo: str | None, si: bool, as_json: bool, filas: bool) -> None:
    """Traer lo que la oficina lleva en Excel o CSV (ARCHIVO): mostrar qué se hará, y cargarlo.

    Un registro de atenciones, un padrón de personas, la red de instituciones, o convenios y
    programas. Lo que ya estaba no se carga de nuevo. Un registro que se interrumpe sigue donde
    quedó; la red y los programas se cargan enteros o no se cargan.
    """
    app = _app(read_settings())
    db = db_of(app)
    try:
        leido = leer_archivo(archivo, None if tipo is None else Tipo(tipo))
        if aviso := libros.aviso(archivo.read_bytes()):
            click.echo(aviso, err=True)
        if isinstance(leido, Pliego):
            load_directory(app, archivo, leido, ACTOR, si=si, as_json=as_json, every=filas)
        else:
            _register(db, archivo, leido, si=si, as_json=as_json, filas=filas)
    except ArchivoIlegible as error:
        click.echo(error.detail, err=True)
        if tipo is None:
            click.echo("Con --tipo se dice qué trae; se esperan .xlsx o .csv.", err=True)
        sys.exit(1)
    except Desplazada:
        click.echo("Otro proceso siguió con esta carga; nada se perdió.", err=True)
        sys.exit(1)
    finally:
        db.close()


def _app(settings: Settings) -> Flask:
    """casos, which asks identidad who works here: in this process, where there are no servers."""
    client = ServiceClient(settings)
    if settings.embedded:
        client.mount("identidad", load("identidad").create_app(settings, client))
    app = load("casos").create_app(settings, client)
    prepare("casos", db_of(app), demo=settings.demo)
    return app


def _register(
    db: Database, archivo: Path, registro: Registro, *, si: bool, as_json: bool, filas: bool
) -> None:
    with db.read() as session:
        resumen = queries.resumen(session, registro)
    if not as_json:
        _show_people(resumen) if isinstance(resumen, Personas) else _show(resumen)
        _show_problems(registro.tipo, resumen)
        if filas:
            _show_rows(db, registro)
    if si or (not as_json and _wanted(resumen)):
        resumen = _load(db, archivo, resumen, registro.tipo, quiet=as_json)
    if as_json:
        click.echo(json.dumps(resumen.como_json(), ensure_ascii=False, indent=2))


def _show_people(resumen: Personas) -> None:
    click.echo(
        f"Personas leídas: {resumen.filas}. Fichas nuevas: {resumen.nuevas}. "
        f"Ya están en la oficina: {resumen.conocidas}. Ya estaban: {resumen.ya_estaban}."
    )
    if resumen.sugeridas:
        click.echo(f"Parecidos que alguien tendrá que decidir: {resumen.sugeridas}.")
    if resumen.ilegibles:
        click.echo(f"Filas que no se cargarán: {resumen.ilegibles}; más abajo dice por qué.")
    if resumen.sin_usar:
        click.echo(f"Columnas que no se usan: {', '.join(resumen.sin_usar)}.")


def _show(resumen: Resumen) -> None:
    click.echo(
        f"Filas leídas: {resumen.filas}. Nuevas: {resumen.nuevas}. "
        f"Ya estaban: {resumen.ya_estaban}. Personas: {resumen.personas}."
    )
    if resumen.ilegibles:
        click.echo(f"Filas que no se cargarán: {resumen.ilegibles}; más abajo dice por qué.")
    por_mes = resumen.por_mes.items()
    click.echo("Por mes: " + ", ".join(f"{MESES[int(mes) - 1]} {n}" for mes, n in por_mes))
    for title, figures, word in (
        ("Por nacionalidad", resumen.por_nacionalidad, nacionalidad),
        ("Por motivo", resumen.por_motivo, temas().__getitem__),
        ("Derivaciones", resumen.derivaciones, institucion),
    ):
        click.echo(f"{title}:")
        for code, n in sorted(figures.items(), key=lambda figure: -figure[1]):
            click.echo(f"  {word(code)}: {n}")


def _show_problems(tipo: Tipo, resumen: Resumen | Personas) -> None:
    if resumen.errores:
        click.echo(f"Con algo que no se pudo leer ({len(resumen.errores)}):")
        for problema in resumen.errores:
            field = rotulo(problema.campo, tipo=tipo)
            click.echo(f"  {problema.hoja}, fila {problema.fila}, {field}: {problema.motivo}")


def _show_rows(db: Database, registro: Registro) -> None:
    page = 1
    while True:
        with db.read() as session:
            vista = queries.vista(session, registro, pagina=page)
        for una in vista.filas:
            if una.fila is None:
                what = "no se puede leer"
            elif registro.tipo is Tipo.PERSONAS:
                what = _said_of(una)
            else:
                state = "ya estaba" if una.ya_estaba else "se cargará"
                what = f"{state}: {_said(cast('Fila', una.fila))}"
            click.echo(f"  {una.hoja}, fila {una.numero}: {what}")
        if page >= vista.paginas:
            return
        page += 1


def _said(fila: Fila) -> str:
    """What a row says, without who it is about."""
    parts = [f"{fila.fecha:%d-%m-%Y}", temas()[fila.motivo], nacionalidad(fila.nacionalidad)]
    if fila.derivada_a:
        parts.append(f"derivada a {institucion(fila.derivada_a)}")
    return ", ".join(parts)


def _said_of(una: queries.FilaVista) -> str:
    """What becomes of a person's row, without who it is about."""
    if una.ya_estaba:
        return "ya estaba"
    if una.conocida:
        return "ya está en la oficina"
    if una.repite:
        return f"la misma persona que la fila {una.repite}"
    return "ficha nueva" + (", se parece a otra" if una.parecida_a or una.razones else "")


def _wanted(resumen: Resumen | Personas) -> bool:
    return resumen.filas > resumen.ya_estaban and confirm("¿Cargar las filas nuevas?")


def _load(
    db: Database, archivo: Path, resumen: Resumen | Personas, tipo: Tipo, *, quiet: bool
) -> Resumen | Personas:
    with click.progressbar(length=resumen.filas, label="Cargando", file=sys.stderr) as bar:

        def advance(done: int, _total: int) -> None:
            bar.update(done - bar.pos)

        hecho = cargar(db, archivo, ACTOR, advance, tipo=tipo)
    if not quiet:
        click.echo(f"Filas cargadas: {hecho.nuevas}. Ya estaban: {hecho.ya_estaban}.")
    return hecho
