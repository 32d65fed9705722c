"""`acogida import`: a register of the past, looked at first and then loaded."""

import json
import sys
from pathlib import Path

import click

from acogida.click_es import confirm
from acogida.commands import read_settings
from acogida.databases import prepare
from acogida.services import db_of, load
from casos.importacion import queries
from casos.importacion.actions import cargar, previsualizar
from casos.importacion.carga import Desplazada
from casos.importacion.lectura import Fila, leer
from casos.importacion.palabras import CAMPOS, institucion, nacionalidad
from casos.importacion.resumen import Registro, Resumen
from casos.taxonomia import temas
from oficina.actor import Actor
from oficina.db import Database
from oficina.libros import ArchivoIlegible

ACTOR = Actor.sistema("acogida")
MESES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@click.command("import")
@click.argument("archivo", type=click.Path(path_type=Path))
@click.option("--si", is_flag=True, help="Cargar sin preguntar.")
@click.option("--json", "as_json", is_flag=True, help="Escribir lo leído en JSON; carga con --si.")
@click.option("--filas", is_flag=True, help="Mostrar también qué se hará con cada fila.")
def import_(*, archivo: Path, si: bool, as_json: bool, filas: bool) -> None:
    """Traer un registro de atenciones en Excel (ARCHIVO): mostrar qué se hará, y cargarlo.

    Lo que ya estaba no se carga de nuevo. Si se interrumpe, otra vez lo mismo sigue donde quedó.
    """
    settings = read_settings()
    db = db_of(load("casos").create_app(settings))
    prepare("casos", db, demo=settings.demo)
    try:
        resumen = previsualizar(db, archivo)
        if not as_json:
            _show(resumen)
            if filas:
                _show_rows(db, archivo)
        if si or (not as_json and _wanted(resumen)):
            resumen = _load(db, archivo, resumen, quiet=as_json)
        if as_json:
            click.echo(json.dumps(resumen.como_json(), ensure_ascii=False, indent=2))
    except ArchivoIlegible as error:
        click.echo(error.detail, err=True)
        sys.exit(1)
    except Desplazada:
        click.echo("Otro proceso siguió con esta carga; nada se perdió.", err=True)
        sys.exit(1)
    finally:
        db.close()


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
    if resumen.errores:
        click.echo(f"Con algo que no se pudo leer ({len(resumen.errores)}):")
        for problema in resumen.errores:
            field = CAMPOS[problema.campo]
            click.echo(f"  {problema.hoja}, fila {problema.fila}, {field}: {problema.motivo}")


def _show_rows(db: Database, archivo: Path) -> None:
    registro = Registro.de(leer(archivo.read_bytes()))
    page = 1
    while True:
        with db.read() as session:
            vista = queries.vista(session, registro, pagina=page)
        for una in vista.filas:
            if una.fila is None:
                what = "no se puede leer"
            else:
                state = "ya estaba" if una.ya_estaba else "se cargará"
                what = f"{state}: {_said(una.fila)}"
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


def _wanted(resumen: Resumen) -> bool:
    return resumen.nuevas > 0 and confirm("¿Cargar las filas nuevas?")


def _load(db: Database, archivo: Path, resumen: Resumen, *, quiet: bool) -> Resumen:
    with click.progressbar(length=resumen.filas, label="Cargando", file=sys.stderr) as bar:

        def advance(done: int, _total: int) -> None:
            bar.update(done - bar.pos)

        hecho = cargar(db, archivo, ACTOR, advance)
    if not quiet:
        click.echo(f"Filas cargadas: {hecho.nuevas}. Ya estaban: {hecho.ya_estaban}.")
    return hecho
