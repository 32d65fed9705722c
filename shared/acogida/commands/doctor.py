"""`acogida doctor`: whether this machine and its settings can serve the office, and what to do."""

import os
import shutil
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import dns.exception
import dns.resolver
import httpx
import redis
from sqlalchemy.exc import SQLAlchemyError

from acogida import rabbitmq
from acogida.backups import keys_inside
from acogida.commands import Problema, auditoria, read_settings
from acogida.databases import is_there
from acogida.services import sealed_of
from identidad.federacion.perfiles import acuerdo
from identidad.federacion.proveedor import Pregunta, Proveedor, ProveedorNoResponde
from identidad.settings import exigen_factor
from notificaciones.proveedores.archivo import ArchivoInvalido, leer
from notificaciones.proveedores.queries import que_esperan
from notificaciones.proveedores.sello_dkim import Sello, SelloInvalido, dice_lo_mismo
from notificaciones.suscripciones.colas.gestion import Gestion, GestionFallida
from oficina.bus.definitions import GESTOR
from oficina.bus.topology import vhost_of
from oficina.cadena.firma import FaltaLaClave, FirmaDeAuditoria
from oficina.clock import real_now
from oficina.db import Database
from oficina.keyring import Keyring, KeyringError, readable_by_others
from oficina.migrations import is_current
from oficina.reseal import count
from oficina.settings import SERVICES, Settings, SettingsError

FREE_BYTES = 500_000_000


@click.command()
@click.argument("servicio", type=click.Choice(SERVICES), required=False)
@click.option("--audit", is_flag=True, help="Revisar la auditoría, eslabón por eslabón.")
@click.option(
    "--cabezas",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Con --audit: otra carpeta con cabezas firmadas, la copia de quien audita.",
)
@click.option(
    "--firmar",
    type=click.Path(file_okay=False, path_type=Path),
    help="Con --audit: dejar en esta carpeta, firmada, la cabeza de cada cadena que esté entera.",
)
@click.option(
    "--verificar",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Con --audit: comprobar un archivo exportado o una cabeza, y nada más.",
)
@click.option(
    "--respaldo",
    type=click.Path(exists=True, path_type=Path),
    help="Mirar también que este respaldo de los datos (carpeta, tar o zip) no lleve las claves.",
)
def doctor(
    *,
    servicio: str | None,
    audit: bool,
    cabezas: Path | None,
    firmar: Path | None,
    verificar: Path | None,
    respaldo: Path | None,
) -> None:
    """Revisar los ajustes y cada conexión, y decir cómo arreglar lo que falle.

    Con SERVICIO, solo lo que ese servicio necesita: así se pregunta dentro de su contenedor. Nada
    cambia y ningún mensaje se toma. Con --audit, en cambio, lee entera la auditoría y nombra el
    primer eslabón roto. Termina con 0 si todo está bien y con 1 si hay algo que arreglar.
    """
    if not audit and (cabezas or firmar or verificar):
        raise click.UsageError("--cabezas, --firmar y --verificar van con --audit.")
    settings = read_settings()
    services = (servicio,) if servicio else SERVICES
    checks: Iterable[tuple[str, Callable[[], str]]]
    if verificar:
        checks = auditoria.archivo(settings, verificar)
    elif audit:
        checks = auditoria.cadenas(settings, services, cabezas=cabezas, firmar=firmar)
    else:
        mode = "sin servidores (SQLite)" if settings.embedded else "con servidores"
        click.echo(f"Modo: {mode}")
        checks = _checks(settings, services)
        if respaldo:
            backup = (f"Respaldo {respaldo}", partial(_backup, settings, respaldo))
            checks = [*checks, backup]
    failed = sum(not _report(name, check) for name, check in checks)
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
    yield "Quién es la oficina", partial(_letterhead, settings)
    yield "Claves", partial(_keys, settings)
    for name in services:
        yield f"Base de datos de {name}", partial(_database, settings, name)
        if settings.claves.exists() and is_there(settings, name):
            yield f"Valores cifrados de {name}", partial(_sealed, settings, name)
    if "identidad" in services:
        yield "Entrada de las personas", partial(_sign_in, settings)
    if "notificaciones" in services and settings.proveedores:
        yield "Proveedores de mensajes", partial(_carriers, settings)
    if "notificaciones" in services:
        yield "A quién llegan los mensajes", partial(_reach, settings)
    if "notificaciones" in services and settings.dkim_selector:
        yield "Firma del correo (DKIM)", partial(_signature, settings)
    if settings.amqp_url:
        yield "RabbitMQ", partial(_rabbitmq, settings, services)
    if settings.da_colas and "notificaciones" in services:
        yield "Colas de otras unidades", partial(_external, settings)
    if settings.redis_url:
        yield "Redis", partial(_redis, settings)
    if settings.service_urls:
        for name in services:
            yield f"Servicio {name}", partial(_service, settings, name)


def _letterhead(settings: Settings) -> str:
    wanted = {
        "ACOGIDA_MUNICIPIO": settings.municipio,
        "ACOGIDA_DIRECCION": settings.direccion,
        "ACOGIDA_TELEFONO": settings.telefono,
    }
    missing = [variable for variable, said in wanted.items() if not said]
    said = " · ".join(text for text in wanted.values() if text) or "sin municipio"
    if not missing:
        return said
    return f"{said}; las cartas y los enlaces dirán más con {', '.join(missing)}"


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
    folder = settings.claves
    if settings.embedded and not folder.exists():
        return f"{folder} se creará al partir"
    try:
        Keyring.load(folder, make=False)
        FirmaDeAuditoria.load(folder, make=False)
    except KeyringError as error:
        raise Problema(f"{error}; recupérelas de su respaldo, sin ellas no se lee nada") from error
    except FaltaLaClave as error:
        raise Problema(f"falta {error}, con que se firma: ejecute `acogida keys make`") from error
    if shared := readable_by_others(folder):
        modes = {path: "700" if path.is_dir() else "600" for path in shared}
        mend = "; ".join(f"chmod {mode} {path}" for path, mode in modes.items())
        raise Problema(f"otros usuarios de esta máquina pueden leerlas: {mend}")
    if folder.resolve().is_relative_to(settings.data_dir.resolve()):
        return (
            f"{folder}; está dentro de {settings.data_dir}: no la incluya en el respaldo de los "
            "datos (compruébelo con --respaldo), o sáquela de ahí con ACOGIDA_CLAVES"
        )
    return f"{folder}; respáldelas aparte de los datos"


def _backup(settings: Settings, backup: Path) -> str:
    """Whether somebody who gets the data would get the keys with it."""
    try:
        found = keys_inside(backup, settings.claves)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise Problema(f"no se puede leer {backup} ({type(error).__name__})") from error
    if found:
        names = ", ".join(found)
        raise Problema(
            f"lleva claves ({names}): quien lo tenga lee todo. Bórrelas de ahí, y cámbielas con "
            "`acogida keys rotate` si alguien pudo copiarlo"
        )
    return "no lleva ninguna clave"


def _sealed(settings: Settings, name: str) -> str:
    """Whether each sealed value has its key here."""
    try:
        ring = Keyring.load(settings.claves, make=False)
    except KeyringError as error:
        raise Problema("no se sabe sin las claves") from error
    known = {key.id for key in ring.keys}
    lost: Counter[str] = Counter()
    total = 0
    db = Database(settings.database_for(name))
    try:
        with db.read() as session:
            for one in sealed_of(name):
                for column, by_key in count(session, one).items():
                    total += by_key.total()
                    for key_id in by_key.keys() - known:
                        lost[f"{one.name}.{column} {key_id or 'sin cifrar'}"] += by_key[key_id]
    except SQLAlchemyError as error:
        raise Problema(f"no se pudo mirar ({type(error).__name__})") from error
    finally:
        db.close()
    if lost:
        listed = "\n  ".join(f"{where}: {many}" for where, many in lost.items())
        raise Problema(
            "hay valores cuya clave no está aquí; recupérela de su respaldo (quizás de "
            f"`retiradas`) y póngala en {settings.claves}:\n  {listed}"
        )
    return f"{total}, todos con una clave que está aquí"


def _database(settings: Settings, name: str) -> str:
    if not is_there(settings, name):
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


def _waiting_for_money(settings: Settings) -> int:
    """How many messages wait for tomorrow's budget; none where there are no messages yet."""
    if not is_there(settings, "notificaciones"):
        return 0
    db = Database(settings.database_for("notificaciones"))
    try:
        with db.read() as session:
            return que_esperan(session)
    except SQLAlchemyError:  # said of the database itself
        return 0
    finally:
        db.close()


def _carriers(settings: Settings) -> str:
    """Whether the file of providers can be used, its secrets included; nobody is called."""
    try:
        found = leer(settings.proveedores).proveedores
    except ArchivoInvalido as error:
        raise Problema(str(error)) from error
    said = ", ".join(f"{uno.clave} ({uno.tipo})" for uno in found)
    if esperan := _waiting_for_money(settings):
        said += f"; agotado el presupuesto de hoy, {esperan} mensajes esperan hasta mañana"
    return said or f"{settings.proveedores} no nombra ninguno"


def _reach(settings: Settings) -> str:
    """Whether messages leave the office, and to whom."""
    if not (settings.smtp_url or settings.proveedores):
        return "a nadie: la oficina no tiene proveedores y quedan en la bandeja"
    if not settings.lista_de_prueba:
        said = "a todos"
    else:
        many = len(settings.direcciones_de_prueba)
        said = (
            f"la oficina está a prueba: solo a {many} dirección(es) de ACOGIDA_LISTA_DE_PRUEBA; "
            "lo demás queda en la bandeja"
        )
    if not settings.base_url.startswith("https:"):
        said += "; los correos no ofrecen la baja de un toque: ACOGIDA_PUBLIC_URL no es https"
    return said


def _signature(settings: Settings) -> str:
    """What to publish in DNS, and whether that is what DNS says, if it can be asked."""
    try:
        sello = Sello.de(settings)
    except SelloInvalido as error:
        raise Problema(str(error)) from error
    if sello is None:
        raise AssertionError("asked for when there is a selector")
    record = f'{sello.nombre}. TXT "{sello.registro}"'
    try:
        answer = dns.resolver.resolve(sello.nombre, "TXT", lifetime=5)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise Problema(f"no está en DNS; publique este registro:\n  {record}") from error
    except (dns.exception.DNSException, OSError) as error:
        why = type(error).__name__
        return f"no se pudo preguntar a DNS ({why}); el registro que debe estar es\n  {record}"
    published = [b"".join(one.strings).decode("ascii", "replace") for one in answer]
    if not any(dice_lo_mismo(one, sello.registro) for one in published):
        raise Problema(f"en DNS hay otra clave; el registro que debe estar es\n  {record}")
    return f"{sello.nombre} está publicado, con la misma clave"


def _rabbitmq(settings: Settings, services: Sequence[str]) -> str:
    if wrong := rabbitmq.errores(settings.amqp_url, *services):
        raise Problema("\n  ".join(error.texto for error in wrong))
    return "responde, y tiene las colas y los permisos"


def _external(settings: Settings) -> str:
    """Whether queues of units can be made, and none can hold the bus or fill the disk."""
    if not settings.rabbitmq_api_url:
        raise Problema(
            "falta ACOGIDA_RABBITMQ_API_URL. En contenedores la tiene solo notificaciones-jobs: "
            "pregunte ahí (acogida doctor notificaciones)"
        )
    vhost = vhost_of(settings.amqp_url)
    try:
        with Gestion(settings.rabbitmq_api_url, vhost) as gestion:
            may, colas = gestion.puede_crear(), gestion.colas()
    except GestionFallida as error:
        raise Problema(
            f"la administración de RabbitMQ no sirve ({error}); revise ACOGIDA_RABBITMQ_API_URL, "
            "que rabbitmq_management esté activo y los permisos de su usuario (docs/operacion.md)"
        ) from error
    if not may:
        raise Problema(
            f"su usuario no puede crear otros: rabbitmqctl set_user_tags {GESTOR} administrator"
        )
    if unbounded := {nombre: falta for nombre, falta in colas.items() if falta}:
        listed = "\n  ".join(f"{nombre}: {', '.join(falta)}" for nombre, falta in unbounded.items())
        raise Problema(
            "hay colas sin límite, que pueden llenar el disco; importe "
            f"deploy/rabbitmq/definitions.json o bórrelas:\n  {listed}"
        )
    return f"se pueden crear; hay {len(colas)}, todas con límite"


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
