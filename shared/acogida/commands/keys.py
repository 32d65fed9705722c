"""`acogida keys`: the keys of the office, and changing them while it works."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from acogida.commands import read_settings
from acogida.databases import databases
from acogida.services import sealed_of
from identidad.secretos import (
    KEY_FILE,
    ClaveDeFirma,
    Firma,
    agregar_firma,
    claves_de_firma,
    retirar_firmas,
)
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.cadena.firma import FirmaDeAuditoria
from oficina.clock import ZONA, real_now
from oficina.db import Database
from oficina.keyring import LOOK_SECONDS, Key, add_key, alone, put_away
from oficina.privacy import Keyring, KeyringError, use_keyring
from oficina.reseal import count, holders, reseal, wait_for_writers
from oficina.settings import SERVICES, Settings

ACTOR = Actor.sistema("acogida")
ESPERA_CLAVE = 15
ESPERA_FIRMA = 120
"""Longer than whoever verifies may keep the published keys, which is a minute."""

nota = click.option("--nota", default="", help="Por qué; queda en la auditoría.")
servicio = click.argument("servicio", type=click.Choice(SERVICES), required=False)


@click.group()
def keys() -> None:
    """Crear las claves de la oficina y cambiarlas sin detenerla.

    Respalde la carpeta de las claves aparte de los datos: sin ella nadie puede leer lo que está
    cifrado.
    """


@keys.command()
def make() -> None:
    """Crear en ACOGIDA_CLAVES, una sola vez, las claves que falten.

    La oficina sin servidores lo hace sola al partir.
    """
    folder = read_settings().claves
    Keyring.load(folder, make=True)
    Firma.load(folder, make=True)
    FirmaDeAuditoria.load(folder, make=True)
    click.echo(f"Las claves están en {folder}.")


@keys.command()
@servicio
@click.option("--json", "as_json", is_flag=True, help="Escribirlo en JSON.")
def status(*, servicio: str | None, as_json: bool) -> None:
    """Decir qué claves hay, cuál escribe, y cuántos valores guarda cada columna con cada una.

    Con SERVICIO, solo los de ese servicio.
    """
    settings = read_settings()
    ring = _ring(settings)
    columns = {
        f"{name}.{column}": by_key
        for name, db in databases(settings, [servicio] if servicio else SERVICES)
        for column, by_key in _counted(name, db).items()
    }
    totals: Counter[str] = sum(columns.values(), Counter())
    missing = sorted(set(totals) - {key.id for key in ring.keys})
    if as_json:
        said = {
            "claves": [
                {
                    "id": key.id,
                    "archivo": key.file,
                    "escribe": key is ring.writes,
                    "desde": key.since and key.since.isoformat(),
                    "valores": totals[key.id],
                }
                for key in ring.keys
            ],
            "firma": [
                {
                    "kid": each.kid,
                    "desde": each.desde.isoformat(),
                    "hasta": each.hasta and each.hasta.isoformat(),
                }
                for each in _firmas(settings)
            ],
            "faltan": {key_id or "sin cifrar": totals[key_id] for key_id in missing},
            "columnas": {name: dict(by_key) for name, by_key in columns.items() if by_key},
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for key in ring.keys:
        click.echo(f"{key.id}  {key.file}  {_role(key, ring)}  {totals[key.id]} valores")
    for key_id in missing:
        click.echo(f"{key_id or 'sin cifrar'}  ✗ {totals[key_id]} valores que no se pueden leer")
    for name, by_key in columns.items():
        if by_key:
            click.echo(f"  {name}: " + ", ".join(f"{k or '?'} {n}" for k, n in by_key.items()))
    for each in _firmas(settings):
        until = f" hasta {_hour(each.hasta)}" if each.hasta else ""
        click.echo(f"Firma {each.kid[:8]}: desde {_hour(each.desde)}{until}")


@keys.command()
@click.option("--firma", is_flag=True, help="La clave con que identidad firma, no las de cifrado.")
@click.option("--solo-clave", is_flag=True, help="Crear la clave y no cifrar de nuevo todavía.")
@click.option(
    "--espera",
    type=click.IntRange(0, 86400),
    metavar="SEGUNDOS",
    help=f"Cuánto antes de usarla se conoce la clave nueva ({ESPERA_CLAVE}; {ESPERA_FIRMA} la "
    "firma): más que lo que tarda en llegar a todas las máquinas.",
)
@nota
def rotate(*, firma: bool, solo_clave: bool, espera: int | None, nota: str) -> None:
    """Cambiar la clave de cifrado, o la de firma, con la oficina abierta.

    Crea una clave más; los procesos la leen antes de que alguno escriba con ella, sin partir de
    nuevo. Después cifra con ella todo lo que estaba con otra. Si se interrumpe, otra vez lo mismo
    sigue donde quedó. Las claves anteriores se guardan hasta `acogida keys retire`.
    """
    settings = read_settings()
    _exigir_escribible(settings.claves)
    ring = _ring(settings)
    if firma:
        _rotar_firma(settings, espera, nota)
        return
    names = [] if solo_clave else _names(settings)
    with alone(settings.claves):
        key = _a_medias(settings, ring, names)
        if key is not None:
            click.echo(f"Hay una rotación a medias: sigue con la clave {key.id}.")
        else:
            wait = timedelta(seconds=ESPERA_CLAVE if espera is None else espera)
            key = add_key(settings.claves, real_now() + wait)
            click.echo(f"Clave {key.id} creada ({key.file}); escribe {_since(key)}.")
    if solo_clave:
        click.echo("Después, con cada servicio: acogida keys reseal SERVICIO")
        return
    _audit(settings, names[:1], "claves.rotar", f"clave {key.id}. {nota}")
    _wait_for(key)
    _reseal(settings, _ring(settings), names, nota)


@keys.command("reseal")
@servicio
@nota
def reseal_(*, servicio: str | None, nota: str) -> None:
    """Cifrar con la clave que escribe todo lo que esté con otra: la segunda parte de `rotate`.

    Con SERVICIO, solo lo de ese servicio. No hace falta poder escribir en la carpeta de las claves.
    """
    settings = read_settings()
    ring = _ring(settings)
    _wait_for(ring.keys[0])
    _reseal(settings, ring, [servicio] if servicio else list(SERVICES), nota)


@keys.command()
@click.argument("clave", metavar="ID", required=False)
@click.option("--firma", is_flag=True, help="Las claves de firma que ya ninguna sesión necesita.")
@nota
def retire(*, clave: str | None, firma: bool, nota: str) -> None:
    """Retirar una clave que ya nada necesita. Se niega mientras quede un valor cifrado con ella.

    Busca en todas las tablas de todos los servicios. La clave pasa a la carpeta `retiradas`: los
    respaldos de cuando escribía la necesitan.
    """
    settings = read_settings()
    if firma == (clave is not None):
        raise click.UsageError("Diga el ID de una clave (acogida keys status), o --firma.")
    _exigir_escribible(settings.claves)
    ring = _ring(settings)
    if firma:
        gone = retirar_firmas(settings.claves, real_now())
        if gone:
            _audit(settings, ["identidad"], "claves.retirar_firma", nota, len(gone))
        click.echo(f"Claves de firma retiradas: {len(gone)}.")
        return
    key = next((each for each in ring.keys if each.id == clave), None)
    if key is None:
        raise click.ClickException(f"No hay ninguna clave {clave} en {settings.claves}.")
    _exigir_que_no_escriba(key, ring)
    names = _names(settings)
    if needed := _needed(settings, names, key.id):
        for where, many in needed.items():
            click.echo(f"  {where}: {many}", err=True)
        raise click.ClickException(
            f"Todavía hay {sum(needed.values())} valores que necesitan la clave {key.id}; "
            "ejecute `acogida keys reseal`."
        )
    with alone(settings.claves):
        away = put_away(settings.claves, key)
    _audit(settings, names, "claves.retirar", f"clave {key.id}. {nota}")
    click.echo(
        f"La clave {key.id} está retirada, en {away}. Los respaldos anteriores la necesitan: "
        "guárdela aparte mientras los conserve, y bórrela con ellos."
    )


def _ring(settings: Settings) -> Keyring:
    try:
        ring = Keyring.load(settings.claves, make=False)
    except KeyringError as error:
        raise click.ClickException(str(error)) from error
    use_keyring(ring)
    return ring


def _a_medias(settings: Settings, ring: Keyring, names: Sequence[str]) -> Key | None:
    """The newest key, while it does not write yet or older ones still hold something."""
    newest, *older = ring.keys
    if newest.since is not None and newest.since > real_now():
        return newest
    known = {key.id for key in older}
    for name, db in databases(settings, names):
        if any(known & by_key.keys() for by_key in _counted(name, db).values()):
            return newest
    return None


def _reseal(settings: Settings, ring: Keyring, names: Sequence[str], nota: str) -> None:
    left = 0
    writes = ring.writes.id
    for name, db in databases(settings, names):
        tables = sealed_of(name)
        if not wait_for_writers(db, tables):
            raise click.ClickException(
                f"{name} está ocupado: hay una transacción que no termina. Intente de nuevo."
            )
        stale = sum(
            many
            for by_key in _counted(name, db).values()
            for key_id, many in by_key.items()
            if key_id != writes
        )
        with click.progressbar(length=stale, label=name, file=sys.stderr) as bar:
            result = reseal(db, tables, ring, bar.update)
        with db.begin() as session:
            motivo = f"clave {writes}. {nota}"
            done = result.done
            registrar(
                session, ACTOR, "claves.recifrar", "clave", None, motivo=motivo, cantidad=done
            )
        click.echo(f"{name}: {result.done} valores cifrados con la clave {writes}")
        for column, many in result.unopened.items():
            click.echo(f"  {column}: {many} no se pueden leer y quedan como estaban", err=True)
        left += result.left
    if left:
        raise click.ClickException(f"Quedan {left} valores con otra clave.")
    old = [key.id for key in ring.keys if key.id != writes]
    for key_id in old if set(names) == set(SERVICES) else []:
        click.echo(f"La clave {key_id} ya no hace falta: acogida keys retire {key_id}")


def _needed(settings: Settings, names: Sequence[str], key_id: str) -> dict[str, int]:
    """Who still needs a key, once whoever may have begun with it has ended."""
    found: dict[str, int] = {}
    for name, db in databases(settings, names):
        if not wait_for_writers(db, sealed_of(name)):
            raise click.ClickException(f"{name} está ocupado; intente de nuevo.")
        with db.read() as session:
            here = holders(session, key_id)
        found |= {f"{name}.{where}": many for where, many in here.items()}
    return found


def _exigir_que_no_escriba(key: Key, ring: Keyring) -> None:
    newer = [each for each in ring.keys if each.number > key.number]
    known_since = real_now() - timedelta(seconds=LOOK_SECONDS + 1)
    if not any(each.since is None or each.since < known_since for each in newer):
        raise click.ClickException(
            f"La clave {key.id} es la que escribe: primero `acogida keys rotate`."
        )


def _rotar_firma(settings: Settings, espera: int | None, nota: str) -> None:
    since = real_now() + timedelta(seconds=ESPERA_FIRMA if espera is None else espera)
    kid = agregar_firma(settings.claves, since)
    _audit(settings, ["identidad"], "claves.rotar_firma", f"clave {kid}. {nota}")
    click.echo(
        f"La clave de firma {kid[:8]} está publicada y firma desde {_hour(since)}. La anterior "
        "sigue publicada; en un día: acogida keys retire --firma"
    )


def _exigir_escribible(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise click.ClickException(
            f"No se puede escribir en {folder}. Si son secretos de solo lectura, cambie una copia: "
            "ACOGIDA_CLAVES=./copia acogida keys rotate --solo-clave --espera 600, lleve la copia "
            "a los secretos, y después `acogida keys reseal` (docs/operacion.md)."
        )


def _wait_for(key: Key) -> None:
    """Until every process that sees the folder writes with the key."""
    if key.since is None:
        return
    ready = key.since + timedelta(seconds=LOOK_SECONDS + 1)
    if ready > real_now():
        click.echo(f"Esperando a que todos conozcan la clave, hasta {_hour(ready)} …")
    while (left := (ready - real_now()).total_seconds()) > 0:
        time.sleep(min(left, 1.0))


def _counted(name: str, db: Database) -> dict[str, Counter[str]]:
    with db.read() as session:
        return {
            f"{one.name}.{column}": by_key
            for one in sealed_of(name)
            for column, by_key in count(session, one).items()
        }


def _audit(
    settings: Settings, names: Sequence[str], accion: str, motivo: str, many: int | None = None
) -> None:
    for _name, db in databases(settings, names):
        with db.begin() as session:
            registrar(session, ACTOR, accion, "clave", None, motivo=motivo.strip(), cantidad=many)


def _firmas(settings: Settings) -> list[ClaveDeFirma]:
    """None where only other services live."""
    folder = settings.claves
    return claves_de_firma(folder) if (folder / KEY_FILE).exists() else []


def _names(settings: Settings) -> list[str]:
    return [name for name, _db in databases(settings)]


def _role(key: Key, ring: Keyring) -> str:
    if key is ring.writes:
        return "escribe"
    return f"lee, y escribe {_since(key)}" if key.number > ring.writes.number else "solo lee"


def _since(key: Key) -> str:
    return f"desde {_hour(key.since)}" if key.since else "desde siempre"


def _hour(moment: datetime) -> str:
    if moment.timestamp() == 0:
        return "siempre"
    return f"{moment.astimezone(ZONA):%Y-%m-%d %H:%M:%S}"
