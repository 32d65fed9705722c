"""`acogida retencion`: what is kept for how long, and forgetting what is past it."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from acogida.click_es import confirm
from acogida.commands import read_settings
from acogida.databases import databases
from acogida.services import retencion_of
from oficina.db import Database
from oficina.privacy import Keyring, KeyringError, use_keyring
from oficina.retencion import Accion, alterados, certificados, periodos
from oficina.settings import SERVICES, Settings


@click.command()
@click.argument("servicio", type=click.Choice(SERVICES), required=False)
@click.option("--simular", is_flag=True, help="Decir cuánto se olvidaría, y no olvidar nada.")
@click.option("--certificados", "show", is_flag=True, help="Mostrar lo que ya se olvidó.")
@click.option("--periodos", "table", is_flag=True, help="Mostrar cuánto se conserva cada clase.")
@click.option("--si", is_flag=True, help="Olvidar sin preguntar.")
@click.option("--json", "as_json", is_flag=True, help="Escribirlo en JSON.")
def retencion(
    *, servicio: str | None, simular: bool, show: bool, table: bool, si: bool, as_json: bool
) -> None:
    """Olvidar lo que pasó su plazo de conservación, y certificarlo.

    La oficina lo hace sola cada día. Nunca borra un caso: los cerrados hace mucho se proponen a una
    persona, en la página Conservación. Con SERVICIO, solo lo de ese servicio.
    """
    if simular + show + table > 1:
        raise click.UsageError("Elija uno: --simular, --certificados o --periodos.")
    settings = read_settings()
    services = (servicio,) if servicio else SERVICES
    if table:
        _table(settings, as_json=as_json)
    elif show:
        _certificates(settings, services, as_json=as_json)
    else:
        due = _due(settings, services)
        if simular:
            _show_due(due, as_json=as_json)
        else:
            _apply(settings, services, due, si=si, as_json=as_json)


def _table(settings: Settings, *, as_json: bool) -> None:
    rules = periodos()
    rows = [
        {
            "clase": clase,
            "que": one.que["es"],
            "accion": one.accion.value,
            "dias": one.en_dias(settings),
            "desde": one.desde["es"],
            "fuente": one.fuente,
            "confirmado": one.confirmado,
        }
        for clase, one in rules.clases.items()
    ]
    if as_json:
        said = {"version": rules.version, "fuente": rules.fuente, "clases": rows}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    click.echo(f"Períodos de {rules.version}. {rules.fuente}")
    for row in rows:
        days = "sin término" if row["dias"] is None else f"{row['dias']} días desde {row['desde']}"
        click.echo(f"  {row['clase']}: {row['que']}. {row['accion']}, {days} ({row['fuente']})")


def _due(settings: Settings, services: Sequence[str]) -> dict[str, int]:
    due: dict[str, int] = {}
    for name, db in _opened(settings, services):
        due |= retencion_of(name).simular(db)
    return due


def _show_due(due: dict[str, int], *, as_json: bool) -> None:
    rules = periodos()
    if as_json:
        said = {
            "reglas_version": rules.version,
            "clases": {
                clase: {"accion": rules.clases[clase].accion.value, "cantidad": many}
                for clase, many in due.items()
            },
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for clase, many in due.items():
        one = rules.clases[clase]
        click.echo(f"  {clase}: {many} por {one.accion.value} ({one.que['es']})")


def _apply(
    settings: Settings, services: Sequence[str], due: dict[str, int], *, si: bool, as_json: bool
) -> None:
    forgets = {
        clase: many
        for clase, many in due.items()
        if periodos().clases[clase].accion is not Accion.PROPONER
    }
    if not si:
        if as_json:
            raise click.UsageError("Con --json diga también --si, o --simular.")
        _show_due(due, as_json=False)
        if not any(forgets.values()) or not confirm("¿Olvidarlo? No se puede deshacer."):
            return
    made = []
    for name, db in _opened(settings, services):
        if certificate := retencion_of(name).aplicar(db):
            made.append(certificate.dicho() | {"huella": certificate.huella})
    if as_json:
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    for one in made:
        _show(one)
    if not made:
        click.echo("No había nada que olvidar.")


def _certificates(settings: Settings, services: Sequence[str], *, as_json: bool) -> None:
    said: list[dict[str, Any]] = []
    wrong = 0
    for _name, db in _opened(settings, services):
        with db.read() as session:
            found = certificados(session)
        bad = {one.id for one in alterados(found)}
        wrong += len(bad)
        said += [
            one.dicho() | {"huella": one.huella, "integro": one.id not in bad} for one in found
        ]
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for each in said:
            _show(each)
    if wrong:
        click.echo(f"{wrong} certificado(s) no dicen lo que decían, o falta el anterior.", err=True)
        sys.exit(1)


def _show(one: dict[str, Any]) -> None:
    click.echo(f"{one['cerrado_en'][:16]} {one['servicio']} {one['huella'][:12]}")
    for clase, line in one["borrado"].items():
        click.echo(f"  {clase}: {line['cantidad']} ({line['accion']}, hasta {line['hasta'][:10]})")


def _opened(settings: Settings, services: Sequence[str]) -> Iterator[tuple[str, Database]]:
    """The databases, once this process can read what is sealed in them."""
    try:
        use_keyring(Keyring.load(settings.claves, make=settings.embedded))
    except KeyringError as error:
        raise click.ClickException(str(error)) from error
    return databases(settings, services)
