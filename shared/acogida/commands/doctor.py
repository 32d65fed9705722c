"""`acogida doctor`: whether this machine and its settings can serve the office, and what to do."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import click
import httpx
import redis
from sqlalchemy.exc import SQLAlchemyError

from acogida import rabbitmq
from acogida.commands import read_settings
from identidad.federacion.perfiles import acuerdo
from identidad.federacion.proveedor import Pregunta, Proveedor, ProveedorNoResponde
from identidad.settings import exigen_factor
from oficina.clock import real_now
from oficina.db import Database
from oficina.migrations import is_current
from oficina.privacy import Keyring, KeyringError
from oficina.settings import SERVICES, Settings, SettingsError

FREE_BYTES = 500_000_000


class Problema(Exception):
    """Something that must be mended; the message says how."""


@click.command()
@click.argument("servicio", type=click.Choice(SERVICES), required=False)
def doctor(servicio: str | None) -> None:
    """Revisar los ajustes y cada conexión, y decir cómo arreglar lo que falle.

    Con SERVICIO, solo lo que ese servicio necesita: así se pregunta dentro de su contenedor. Nada
    cambia y ningún mensaje se toma. Termina con 0 si todo está bien y con 1 si hay algo que
    arreglar.
    """
    settings = read_settings()
    services = (servicio,) if servicio else SERVICES
    click.echo("Modo: " + ("sin servidores (SQLite)" if settings.embedded else "con servidores"))
    failed = sum(not _report(name, check) for name, check in _checks(settings, services))
    if failed:
        click.echo(f"\nHay {failed} cosa(s) que arreglar.")
        sys.exit(1)
    click.echo("\nTodo está bien.")


def _report(name: str, check: Callable[[], str]) -> bool:
    try:
        said = check()
    except Problema as problema:
        click.echo(f"✗ {name}: {problema}")
        return False
    click.echo(f"✓ {name}: {said}")
    return True


def _checks(settings: Settings, services: Sequence[str]) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "Carpeta de datos", partial(_folder, settings)
    yield "Claves", partial(_keys, settings)
    for name in services:
        yield f"Base de datos de {name}", partial(_database, settings, name)
    if "identidad" in services:
        yield "Entrada de las personas", partial(_sign_in, settings)
    if settings.amqp_url:
        yield "RabbitMQ", partial(_rabbitmq, settings, services)
    if settings.redis_url:
        yield "Redis", partial(_redis, settings)
    if settings.service_urls:
        for name in services:
            yield f"Servicio {name}", partial(_service, settings, name)


def _folder(settings: Settings) -> str:
    folder = settings.data_dir
    if not folder.exists():
        return f"{folder} se creará al partir"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Problema(f"no se puede escribir en {folder}; revise de quién es, o cambie DATOS")
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise Problema(f"quedan {free // 1_000_000} MB libres en {folder}; libere espacio")
    return f"{folder}, {free // 1_000_000_000} GB libres"


def _keys(settings: Settings) -> str:
    if settings.embedded and not settings.claves.exists():
        return f"{settings.claves} se creará al partir"
    try:
        Keyring.load(settings.claves, make=False)
    except KeyringError as error:
        raise Problema(f"{error}; recupérelas de su respaldo, sin ellas no se lee nada") from error
    return f"{settings.claves}; respáldelas aparte de los datos"


def _database(settings: Settings, name: str) -> str:
    if not settings.database_url and not (settings.data_dir / f"{name}.db").exists():
        return "se creará al partir"
    db = Database(settings.database_for(name))
    try:
        current = is_current(name, db)
    except SQLAlchemyError as error:
        raise Problema(
            f"no responde ({type(error).__name__}); revise ACOGIDA_DATABASE_URL y que esté arriba"
        ) from error
    finally:
        db.close()
    if not current:
        raise Problema(f"le faltan cambios de esta versión: ejecute `acogida migrate {name}`")
    return "al día"


def _sign_in(settings: Settings) -> str:
    try:
        must = exigen_factor(settings)
        agreed = acuerdo(settings)
    except SettingsError as error:
        raise Problema(str(error)) from error
    said = f"segundo factor para {', '.join(sorted(must))}" if must else "segundo factor a voluntad"
    if agreed is None:
        return f"{said}, sin proveedor de identidad"
    proveedor = Proveedor(agreed, settings.base_url, real_now)
    try:
        proveedor.direccion(Pregunta.nueva())
    except ProveedorNoResponde as error:
        raise Problema(
            f"{agreed.emisor} no responde ({error}); revise ACOGIDA_OIDC_EMISOR y la red. "
            "Mientras, las personas entran con su usuario y su clave"
        ) from error
    finally:
        proveedor.cerrar()
    return f"{said}; {agreed.emisor} responde"


def _rabbitmq(settings: Settings, services: Sequence[str]) -> str:
    if wrong := rabbitmq.errores(settings.amqp_url, *services):
        raise Problema("\n  ".join(error.texto for error in wrong))
    return "responde, y tiene las colas y los permisos"


def _redis(settings: Settings) -> str:
    try:
        with redis.Redis.from_url(settings.redis_url) as client:
            client.ping()
    except redis.RedisError as error:
        raise Problema(
            f"no responde ({type(error).__name__}); revise ACOGIDA_REDIS_URL y que esté arriba"
        ) from error
    return "responde"


def _service(settings: Settings, name: str) -> str:
    url = settings.service_urls.replace("{servicio}", name).rstrip("/") + "/readyz"
    try:
        answer = httpx.get(url, timeout=5)
    except httpx.HTTPError as error:
        raise Problema(
            f"no responde ({type(error).__name__}); revise ACOGIDA_SERVICE_URL y que esté arriba"
        ) from error
    if answer.status_code != httpx.codes.OK:
        raise Problema(f"responde {answer.status_code} en /readyz; vea su registro")
    return "responde"
