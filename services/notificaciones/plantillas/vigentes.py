"""Which templates are in force: an office's own versions over what the program brings.

Each process keeps what it read for a moment and then looks, with one cheap question, whether
anything changed: a text that was published is in use everywhere within `VIGENCIA` seconds, and at
once where it was published. A version that this program cannot use (another one wrote it, with
other variables) gives way to the text that the program brings.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from notificaciones.plantillas.catalogo import (
    Plantilla,
    PlantillaInvalida,
    de_fabrica,
    problemas,
)
from notificaciones.plantillas.models import PlantillaGuardada, VersionDePlantilla
from oficina import telemetry
from oficina.db import Database

VIGENCIA = 1.0
"""Seconds for which nobody asks again."""

log = telemetry.get_logger("notificaciones.plantillas")


@dataclass
class _Copia:
    plantillas: Mapping[str, Plantilla]
    marca: tuple[Any, ...]
    mirada: float


_copias: WeakKeyDictionary[Pool, _Copia] = WeakKeyDictionary()


def plantillas(session: Session) -> Mapping[str, Plantilla]:
    """Every template by its key, as its messages are written now."""
    pool = session.get_bind().engine.pool
    if (fresca := _fresca(pool)) is not None:
        return fresca
    copia, ahora = _copias.get(pool), time.monotonic()
    marca = tuple(session.execute(_MARCA).one())
    if copia is None or copia.marca != marca:
        copia = _Copia(_leer(session), marca, ahora)
        _copias[pool] = copia
    copia.mirada = ahora
    return copia.plantillas


def plantillas_de(db: Database) -> Mapping[str, Plantilla]:
    """The same for who has no session: what was read a moment ago needs none."""
    if (fresca := _fresca(db.engine.pool)) is not None:
        return fresca
    with db.read() as session:
        return plantillas(session)


def _fresca(pool: Pool) -> Mapping[str, Plantilla] | None:
    """What was read or looked at a moment ago."""
    copia = _copias.get(pool)
    if copia is None or time.monotonic() - copia.mirada >= VIGENCIA:
        return None
    return copia.plantillas


def propias(session: Session) -> frozenset[str]:
    """The keys of the office's own."""
    return frozenset(plantillas(session)) - frozenset(de_fabrica())


def soltar(session: Session) -> None:
    """Ask again in this process as soon as this session has committed."""
    pool = session.get_bind().engine.pool
    event.listen(session, "after_commit", lambda _session: _copias.pop(pool, None), once=True)


def conocida(guardada: PlantillaGuardada) -> bool:
    """Whether this program knows it: another version of it may bring more messages."""
    return guardada.propia or guardada.clave in de_fabrica()


def armar(guardada: PlantillaGuardada, version: VersionDePlantilla) -> Plantilla:
    """A version as a template; raises PlantillaInvalida when it cannot be used."""
    ajustes: dict[str, Any] = version.ajustes()
    if not guardada.propia:
        plantilla = replace(
            de_fabrica()[guardada.clave],
            version=version.numero,
            textos=version.textos,
            **ajustes,
        )
    else:
        plantilla = Plantilla(
            clave=guardada.clave,
            nombre=guardada.nombre,
            retirada=guardada.retirada_en is not None,
            reconsulta_al_enviar=True,
            se_pide=True,
            version=version.numero,
            variables=guardada.declaradas,
            textos=version.textos,
            **ajustes,
        )
    for donde, problema in problemas(plantilla):
        raise PlantillaInvalida(f"{guardada.clave}.{'.'.join(donde)}: {problema}")
    if not guardada.propia and plantilla.partes != de_fabrica()[guardada.clave].partes:
        raise PlantillaInvalida(f"{guardada.clave}: channels {plantilla.canales}")
    return plantilla


def en_uso(guardada: PlantillaGuardada, version: VersionDePlantilla) -> Plantilla:
    """The version, or what the program brings when it cannot be used."""
    try:
        return armar(guardada, version)
    except PlantillaInvalida as error:
        if guardada.propia:
            raise
        log.warning("plantilla_no_sirve", plantilla=guardada.clave, detalle=str(error))
        return de_fabrica()[guardada.clave]


_MARCA = select(func.count(PlantillaGuardada.id), func.sum(PlantillaGuardada.version))


def _leer(session: Session) -> Mapping[str, Plantilla]:
    query = select(PlantillaGuardada, VersionDePlantilla).join(
        VersionDePlantilla,
        (VersionDePlantilla.plantilla_id == PlantillaGuardada.id)
        & (VersionDePlantilla.numero == PlantillaGuardada.vigente),
    )
    halladas: dict[str, Plantilla] = {str(clave): una for clave, una in de_fabrica().items()}
    for guardada, version in session.execute(query):
        if conocida(guardada):
            halladas[guardada.clave] = en_uso(guardada, version)
    return halladas
