"""`acogida doctor --audit`: whether the audit of each service is what was sealed and signed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from acogida.commands import Problema
from oficina.cadena import exportacion
from oficina.cadena.firma import FaltaLaClave, FirmaDeAuditoria, FirmaInvalida, Que
from oficina.cadena.heads import CabezaFirmada, Cabezas
from oficina.cadena.verify import DICE, Revision, Rotura, verificar
from oficina.clock import local, real_now
from oficina.db import Database
from oficina.migrations import is_current
from oficina.privacy import Keyring, KeyringError, use_keyring
from oficina.settings import Settings

UNSEALED = timedelta(minutes=5)
"""After this a row that waits to be sealed waits for a sealer that does not run."""
HEADS_STOPPED = timedelta(days=2)

Check = tuple[str, Callable[[], str]]


def cadenas(
    settings: Settings, services: Sequence[str], *, cabezas: Path | None, firmar: Path | None
) -> Iterator[Check]:
    """A check a service: its whole chain and its signed heads, and those of a copy of the folder.

    With `firmar` the head of a chain that is whole is signed now and left in that folder.
    """
    for servicio in services:
        yield f"Auditoría de {servicio}", partial(_cadena, settings, servicio, cabezas, firmar)


def archivo(settings: Settings, path: Path) -> Iterator[Check]:
    """A check of what an auditor kept: a signed export, or a signed head."""
    yield str(path), partial(_archivo, settings, path)


def _cadena(settings: Settings, servicio: str, copia: Path | None, firmar: Path | None) -> str:
    if not settings.database_url and not (settings.data_dir / f"{servicio}.db").exists():
        return "se creará al partir"
    firma = _firma(settings)
    heads = Cabezas(settings, servicio).todas(firma)
    if copia is not None:
        heads += Cabezas(settings, servicio, copia).todas(firma)
    with _database(settings, servicio) as db:
        seen = verificar(db, servicio, heads)
        if seen.rotura is not None:
            raise Problema(_rotura(seen.rotura))
        _is_alive(servicio, seen, heads)
        said = _seen(seen, heads)
        if firmar is not None:
            nombre = f"{real_now():%Y-%m-%dT%H%M%SZ}"
            said += f"; firmada en {Cabezas(settings, servicio, firmar).dejar(db, nombre)}"
    return said


@contextmanager
def _database(settings: Settings, servicio: str) -> Iterator[Database]:
    db = Database(settings.database_for(servicio))
    try:
        if not is_current(servicio, db):
            raise Problema(f"le faltan cambios: ejecute `acogida migrate {servicio}`")
        yield db
    except SQLAlchemyError as error:
        raise Problema(
            f"no responde ({type(error).__name__}); revise ACOGIDA_DATABASE_URL y que esté arriba"
        ) from error
    finally:
        db.close()


def _firma(settings: Settings) -> FirmaDeAuditoria:
    try:
        use_keyring(Keyring.load(settings.claves, make=False))
        return FirmaDeAuditoria.load(settings.claves, make=False)
    except KeyringError as error:
        raise Problema(f"{error}; sin ellas no se pueden revisar los motivos") from error
    except FaltaLaClave as error:
        raise Problema(
            f"falta la clave que firma ({error}): ejecute `acogida keys make`"
        ) from error


def _rotura(rotura: Rotura) -> str:
    where = []
    if rotura.secuencia is not None:
        where.append(f"eslabón {rotura.secuencia}")
    if rotura.auditoria_id is not None:
        where.append(f"anotación {rotura.auditoria_id}")
    said = f"{', '.join(where)}: {DICE[rotura.que]}" if where else DICE[rotura.que]
    if rotura.cabeza is not None:
        said += f" Archivo: {rotura.cabeza.archivo}."
    if rotura.desde is not None:
        said += f" Lo probado llega hasta el eslabón {rotura.desde}."
    return said


def _is_alive(servicio: str, seen: Revision, heads: Sequence[CabezaFirmada]) -> None:
    """Raise Problema when nobody seals, or no head leaves."""
    if seen.espera_desde and real_now() - seen.espera_desde > UNSEALED:
        raise Problema(
            f"{seen.por_sellar} sin sellar desde el {_hora(seen.espera_desde)}: parta la oficina, "
            f"o `acogida bus {servicio}`"
        )
    signed = max((one.instante for one in heads if one.instante), default=None)
    if seen.sellada_en and signed and seen.sellada_en - signed > HEADS_STOPPED:
        raise Problema(
            f"la última cabeza firmada es del {_hora(signed)}: revise que se pueda escribir en "
            "ACOGIDA_CABEZAS"
        )


def _seen(seen: Revision, heads: Sequence[CabezaFirmada]) -> str:
    if seen.sellada_en is None:
        return "nada se ha sellado todavía"
    said = f"{seen.cabeza.secuencia} selladas, la última el {_hora(seen.sellada_en)}"
    until = max((one.cabeza.secuencia for one in heads if one.cabeza), default=0)
    if seen.cabezas:
        said += f"; coinciden {seen.cabezas} cabezas firmadas, la última hasta el eslabón {until}"
    else:
        said += "; ninguna cabeza firmada que lo pruebe"
    return said + (f"; {seen.por_sellar} por sellar" if seen.por_sellar else "")


def _archivo(settings: Settings, path: Path) -> str:
    firma = _firma(settings)
    try:
        if path.suffix == ".jws" and not path.with_suffix("").exists():
            head = firma.leer(Que.CABEZA, path.read_text("utf-8", "replace"))
            return f"es una cabeza firmada por esta oficina: {_said(head)}"
        return f"es lo que esta oficina exportó: {_said(exportacion.comprobar(path, firma))}"
    except FirmaInvalida as error:
        raise Problema("no es lo que esta oficina firmó, o lo firmó con otra clave") from error
    except OSError as error:
        raise Problema(f"no se puede leer, o falta su firma ({error.strerror})") from error


def _said(dicho: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in dicho.items())


def _hora(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d a las %H:%M}"
