"""`acogida claves`: the keys of an office that runs on servers."""

import click

from acogida.commands import read_settings
from identidad.secretos import Firma
from oficina.cadena.firma import FirmaDeAuditoria
from oficina.privacy import Keyring


@click.command()
def claves() -> None:
    """Crear en ACOGIDA_CLAVES, una sola vez, las claves que falten.

    La oficina sin servidores lo hace sola al partir. Respalde la carpeta aparte de los datos: sin
    ella nadie puede leer lo que está cifrado.
    """
    folder = read_settings().claves
    Keyring.load(folder, make=True)
    Firma.load(folder, make=True)
    FirmaDeAuditoria.load(folder, make=True)
    click.echo(f"Las claves están en {folder}.")
