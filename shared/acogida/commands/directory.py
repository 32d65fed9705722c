"""A file of the network or of programmes, for `acogida import`: shown, and written whole or not."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale

from acogida.click_es import confirm
from acogida.services import db_of
from casos.equipo import Equipo
from casos.importacion.actions import escribir, plan_de, traer
from casos.importacion.models import Tipo
from casos.importacion.palabras import rotulo
from casos.importacion.pliego import Hecho, NoSeEscribe, Plan, Pliego, Quien
from casos.importacion.problemas import Problema
from oficina.actor import Actor
from oficina.errors import VersionVencida

SAID = {Hecho.NUEVA: "se agrega", Hecho.CAMBIA: "cambia", Hecho.IGUAL: "ya está así"}


def load_directory(
    app: Flask, archivo: Path, leido: Pliego, actor: Actor, *, si: bool, as_json: bool, every: bool
) -> None:
    """Show what a file would do, and do it when it is wanted; ends with 1 when it cannot be."""
    with app.app_context(), force_locale("es"):
        equipo: Equipo = app.extensions["equipo"]
        quien = Quien(actor, equipo.encargados() if leido.tipo is Tipo.PROGRAMAS else ())
        with db_of(app).read() as session:
            plan = plan_de(session, leido, quien)
        if not as_json:
            _show(leido, plan, every=every)
        if plan.problemas:
            if as_json:
                _print(leido, plan)
            sys.exit(1)
        work = plan.cuantos(Hecho.NUEVA) + plan.cuantos(Hecho.CAMBIA)
        if work and (si or (not as_json and confirm("¿Cargar todo?"))):
            _write(app, archivo, leido, plan, quien, quiet=as_json)
        if as_json:
            _print(leido, plan)


def _write(
    app: Flask, archivo: Path, leido: Pliego, plan: Plan, quien: Quien, *, quiet: bool
) -> None:
    try:
        with db_of(app).begin() as session:
            contenido = archivo.read_bytes()
            importacion = traer(session, archivo.name, contenido, leido, quien.actor)
            escribir(session, importacion.id, plan.huella, quien)
    except VersionVencida:
        click.echo("Lo que hay en la oficina cambió entretanto; no se cargó nada.", err=True)
        sys.exit(1)
    except NoSeEscribe as error:
        for problema in error.problemas:
            click.echo(_said(leido.tipo, problema), err=True)
        click.echo("No se cargó nada.", err=True)
        sys.exit(1)
    if not quiet:
        click.echo("Se cargó todo.")


def _show(leido: Pliego, plan: Plan, *, every: bool) -> None:
    click.echo(
        f"Filas leídas: {leido.cuantas}. Se agregan: {plan.cuantos(Hecho.NUEVA)}. "
        f"Cambian: {plan.cuantos(Hecho.CAMBIA)}. Ya están así: {plan.cuantos(Hecho.IGUAL)}."
    )
    if leido.leida.sin_usar:
        click.echo(f"Columnas que no se usan: {', '.join(leido.leida.sin_usar)}.")
    for paso in plan.pasos:
        if paso.hecho is Hecho.IGUAL and not every:
            continue
        click.echo(
            f"  {paso.hoja}, fila {paso.fila}, {paso.clase} {paso.nombre}: {SAID[paso.hecho]}"
        )
        for uno in paso.cambios:
            field = rotulo(uno.campo, tipo=leido.tipo)
            click.echo(f"    {field}: «{uno.antes}» → «{uno.despues}»")
    if plan.problemas:
        click.echo(f"Hay que corregir ({len(plan.problemas)}); se carga todo o nada:")
        for problema in plan.problemas:
            click.echo(_said(leido.tipo, problema))


def _said(tipo: Tipo, problema: Problema) -> str:
    field = rotulo(problema.campo, tipo=tipo)
    return f"  {problema.hoja}, fila {problema.fila}, {field}: {problema.motivo}"


def _print(leido: Pliego, plan: Plan) -> None:
    said: dict[str, Any] = {
        "tipo": leido.tipo.value,
        "filas": leido.cuantas,
        "nuevas": plan.cuantos(Hecho.NUEVA),
        "cambian": plan.cuantos(Hecho.CAMBIA),
        "ya_estaban": plan.cuantos(Hecho.IGUAL),
        "cambios": [
            {
                "hoja": paso.hoja,
                "fila": paso.fila,
                "que": paso.clase,
                "nombre": paso.nombre,
                "hecho": paso.hecho.value,
                "campos": [uno.campo for uno in paso.cambios],
            }
            for paso in plan.pasos
            if paso.hecho is not Hecho.IGUAL
        ],
        "errores": [problema.como_json() for problema in plan.problemas],
    }
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))
