"""What can be done with a register: look at it, bring it, load it, go on with it, drop it.

The command line reads a file of its own disk (`previsualizar`, `cargar`); a page brings the file
first (`revisar`, `traer`) and loads it later (`empezar`, then `seguir` in a task). Both write the
same rows and may be mixed: what is in is never in twice.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casos.importacion import queries
from casos.importacion.carga import AlAvanzar, Carga, Desplazada, tomar
from casos.importacion.models import ArchivoImportado, Estado, Importacion
from casos.importacion.problemas import Problema, guardar_problemas
from casos.importacion.resumen import Registro, Resumen
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.db import Database
from oficina.jobs import nudge_after_commit
from oficina.libros import ArchivoIlegible
from oficina.privacy import blind_index
from oficina.texts import N_

MAX_BYTES = 10 * 1024 * 1024


def previsualizar(db: Database, archivo: Path) -> Resumen:
    """What loading a file would do; nothing is written. Raises ArchivoIlegible."""
    registro = revisar(_contenido(archivo))
    with db.read() as session:
        return queries.resumen(session, registro)


def cargar(
    db: Database, archivo: Path, actor: Actor, al_avanzar: AlAvanzar | None = None
) -> Resumen:
    """Load a file, or go on with its load that was interrupted; returns what there was to do.

    `nuevas` and `ya_estaban` are as of the beginning; rows that the database refused are in
    `errores` and no longer in `nuevas`. `al_avanzar` is told rows done and rows in all after each
    batch. Raises ArchivoIlegible, and Desplazada when another process took this load over.
    """
    contenido = _contenido(archivo)
    registro = revisar(contenido)
    with db.read() as session:
        resumen = queries.resumen(session, registro)
    if not resumen.nuevas:
        return resumen
    with db.begin() as session:
        importacion = queries.a_medias(session, _huella(contenido))
        if importacion is None:
            importacion = _nueva(session, archivo.name, contenido, registro, actor)
            _empezar(session, importacion, actor)
    antes = len(queries.problemas(importacion))
    _cargar(db, importacion.id, registro, actor, al_avanzar)
    with db.read() as session:
        al_final = queries.problemas(queries.importacion_por_id(session, importacion.id))
    return _con_rechazadas(resumen, al_final[antes:])


def revisar(contenido: bytes) -> Registro:
    """Read a file that somebody brought; it takes a second, so do it before any transaction.

    Raises ArchivoIlegible when it is no register.
    """
    _comprobar_tamano(len(contenido))
    return queries.leido(_en_texto(contenido))


def traer(
    session: Session, nombre: str, contenido: bytes, registro: Registro, actor: Actor
) -> Importacion:
    """Keep a file that `revisar` read, encrypted, until somebody loads or discards it."""
    importacion = _nueva(session, nombre, contenido, registro, actor)
    auditar(session, actor, "casos.importacion.traer", "importacion", importacion.id)
    return importacion


def empezar(session: Session, importacion_id: UUID, actor: Actor) -> Importacion:
    """Let a register be loaded: a task takes it up. Raises NoEncontrado, TransicionInvalida."""
    importacion = queries.importacion_por_id(session, importacion_id, bloquear=True)
    _empezar(session, importacion, actor)
    nudge_after_commit(session, "casos.cargar_importacion", str(importacion.id))
    return importacion


def descartar(session: Session, importacion_id: UUID, actor: Actor) -> None:
    """Forget a file that nobody loaded. Raises NoEncontrado, TransicionInvalida."""
    importacion = queries.importacion_por_id(session, importacion_id, bloquear=True)
    importacion.pasar_a(Estado.DESCARTADA)
    importacion.problemas = guardar_problemas([])
    session.execute(
        delete(ArchivoImportado).where(ArchivoImportado.importacion_id == importacion.id)
    )
    auditar(session, actor, "casos.importacion.descartar", "importacion", importacion.id)


def seguir(db: Database, importacion_id: UUID, actor: Actor) -> None:
    """Load what is left of a register that nobody else is loading; else do nothing."""
    prueba = tomar(db, importacion_id)
    if prueba is None:
        return
    with db.read() as session:
        registro = queries.registro_de(session, importacion_id)
    if registro is None:
        return
    try:
        Carga(db, importacion_id, prueba, registro, actor).hasta_el_final()
    except Desplazada:
        return
    finally:
        queries.olvidar_lo_leido()


def _cargar(
    db: Database,
    importacion_id: UUID,
    registro: Registro,
    actor: Actor,
    al_avanzar: AlAvanzar | None,
) -> None:
    # The person at the terminal asked for it now: a holder elsewhere gives way.
    prueba = tomar(db, importacion_id, por_la_fuerza=True)
    if prueba is not None:
        Carga(db, importacion_id, prueba, registro, actor).hasta_el_final(al_avanzar)


def _contenido(archivo: Path) -> bytes:
    if not archivo.is_file():
        raise ArchivoIlegible(N_("No existe el archivo «%(archivo)s»."), archivo=str(archivo))
    _comprobar_tamano(archivo.stat().st_size)
    return archivo.read_bytes()


def _comprobar_tamano(cuantos: int) -> None:
    if cuantos > MAX_BYTES:
        raise ArchivoIlegible(
            N_("El archivo pesa más de %(maximo)s MB."), maximo=str(MAX_BYTES // 1024 // 1024)
        )


def _nueva(
    session: Session, nombre: str, contenido: bytes, registro: Registro, actor: Actor
) -> Importacion:
    importacion = Importacion(
        archivo=Path(nombre).name[:200],
        huella=_huella(contenido),
        estado=Estado.EN_REVISION,
        actor_id=actor.id,
        actor_nombre=actor.nombre,
        creada_en=clock.now(),
        filas=len(registro.claves),
        problemas=guardar_problemas(registro.lectura.errores),
    )
    session.add(importacion)
    session.flush()
    session.add(ArchivoImportado(importacion_id=importacion.id, contenido=_en_texto(contenido)))
    return importacion


def _empezar(session: Session, importacion: Importacion, actor: Actor) -> None:
    importacion.pasar_a(Estado.CARGANDO)
    auditar(session, actor, "casos.importacion.empezar", "importacion", importacion.id)


def _huella(contenido: bytes) -> str:
    return blind_index("casos.importacion.archivo", _en_texto(contenido))


def _en_texto(contenido: bytes) -> str:
    return base64.b64encode(contenido).decode()


def _con_rechazadas(resumen: Resumen, rechazadas: Sequence[Problema]) -> Resumen:
    if not rechazadas:
        return resumen
    return replace(
        resumen,
        errores=(*resumen.errores, *rechazadas),
        nuevas=resumen.nuevas - len(rechazadas),
    )
