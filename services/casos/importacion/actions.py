"""What can be done with a file: look at it, bring it, load it, go on with it, drop it.

The command line reads a file of its own disk (`previsualizar`, `cargar`); a page brings the file
first (`revisar`, `traer`) and loads it later. Rows of people are loaded by a task (`empezar`, then
`seguir`); a directory is written whole, there and then (`escribir`). Both entrances write the same
rows and may be mixed: what is in is never in twice.
"""

import base64
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from casos.importacion import queries
from casos.importacion.atenciones.registro import Resumen
from casos.importacion.carga import AlAvanzar, Carga, Desplazada, terminar, tomar
from casos.importacion.clases import Leido
from casos.importacion.models import DE_PERSONAS, ArchivoImportado, Estado, Importacion, Tipo
from casos.importacion.planes import planear
from casos.importacion.pliego import Hechas, Hecho, NoSeEscribe, Paso, Plan, Pliego, Quien
from casos.importacion.problemas import Problema, guardar_problemas
from casos.importacion.queries import Personas
from casos.importacion.registro import Registro
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.db import Database
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado, VersionVencida
from oficina.jobs import nudge_after_commit
from oficina.libros import ArchivoIlegible
from oficina.privacy import blind_index
from oficina.texts import N_
from oficina.web.messages import flatten

MAX_BYTES = 10 * 1024 * 1024


def previsualizar(db: Database, archivo: Path) -> Resumen:
    """What loading a register of attentions would do; nothing is written.

    Raises ArchivoIlegible.
    """
    registro = leer_archivo(archivo, Tipo.ATENCIONES)
    with db.read() as session:
        return cast("Resumen", queries.resumen(session, _registro(registro)))


def leer_archivo(archivo: Path, tipo: Tipo | None = None) -> Leido:
    """Read a file of this machine's disk. Raises ArchivoIlegible."""
    return revisar(_contenido(archivo), tipo)


def cargar(
    db: Database,
    archivo: Path,
    actor: Actor,
    al_avanzar: AlAvanzar | None = None,
    *,
    tipo: Tipo = Tipo.ATENCIONES,
) -> Resumen | Personas:
    """Load a register, or go on with its load that was interrupted; returns what there was to do.

    `nuevas` and `ya_estaban` are as of the beginning; rows that the database refused are in
    `errores` and no longer in `nuevas`. `al_avanzar` is told rows done and rows in all after each
    batch. Raises ArchivoIlegible, and Desplazada when another process took this load over.
    """
    contenido = _contenido(archivo)
    registro = _registro(revisar(contenido, tipo))
    with db.read() as session:
        resumen = queries.resumen(session, registro)
    if resumen.filas == resumen.ya_estaban:
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


def revisar(
    contenido: bytes, tipo: Tipo | None = None, admitidos: Collection[Tipo] = tuple(Tipo)
) -> Leido:
    """Read a file that somebody brought, as what it is or as `tipo`; it takes a second, so do it
    before any transaction.

    Raises ArchivoIlegible when it is nothing that can be brought, or none of `admitidos`.
    """
    _comprobar_tamano(len(contenido))
    return queries.leido(_en_texto(contenido), tipo, admitidos)


def traer(
    session: Session, nombre: str, contenido: bytes, leido: Leido, actor: Actor
) -> Importacion:
    """Keep a file that `revisar` read, encrypted, until somebody loads or discards it."""
    importacion = _nueva(session, nombre, contenido, leido, actor)
    auditar(session, actor, "casos.importacion.traer", "importacion", importacion.id)
    return importacion


def empezar(session: Session, importacion_id: UUID, actor: Actor) -> Importacion:
    """Let a register be loaded: a task takes it up. Raises NoEncontrado, TransicionInvalida."""
    importacion = queries.importacion_por_id(
        session, importacion_id, tipos=DE_PERSONAS, bloquear=True
    )
    _empezar(session, importacion, actor)
    nudge_after_commit(session, "casos.cargar_importacion", str(importacion.id))
    return importacion


def plan_de(session: Session, leido: Pliego, quien: Quien) -> Plan:
    """What a directory's file would do now; nothing is written."""
    return planear(session, leido, quien)


def escribir(
    session: Session, importacion_id: UUID, huella: str | None, quien: Quien
) -> Importacion:
    """Write a directory's file, whole, if it still does what somebody saw (`Plan.huella`; None for
    who saw it in this very transaction).

    Raises NoEncontrado, TransicionInvalida, VersionVencida when it would do something else now, and
    NoSeEscribe when anything of it cannot be written: then nothing is.
    """
    importacion = queries.importacion_por_id(session, importacion_id, bloquear=True)
    leido = queries.leido_de(session, importacion)
    _empezar(session, importacion, quien.actor)
    if not isinstance(leido, Pliego):
        raise NoEncontrado
    plan = planear(session, leido, quien)
    if plan.problemas:
        raise NoSeEscribe(plan.problemas)
    if huella is not None and huella != plan.huella:
        raise VersionVencida
    hechas = dict(plan.hechas)
    for paso in plan.pasos:
        _dar(session, paso, hechas, quien.actor)
    importacion.leidas = importacion.filas
    importacion.nuevas = plan.cuantos(Hecho.NUEVA)
    importacion.cambiadas = plan.cuantos(Hecho.CAMBIA)
    importacion.ya_estaban = plan.cuantos(Hecho.IGUAL)
    terminar(session, importacion, quien.actor)
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


def _dar(session: Session, paso: Paso, hechas: Hechas, actor: Actor) -> None:
    """Take one step; what its room refuses is told by the row that asks for it."""
    if paso.hacer is None:
        return
    try:
        paso.hacer(session, hechas, actor)
    except (IntegrityError, StaleDataError) as error:
        # Somebody else wrote the same since the plan was made.
        raise VersionVencida from error
    except DatosInvalidos as error:
        textos = [t for found in flatten(error.errores).values() for t in found]
        raise NoSeEscribe(
            [Problema(paso.hoja, paso.fila, "fila", texto) for texto in textos]
        ) from error
    except DomainError as error:
        texto = error.detail or error.title
        raise NoSeEscribe([Problema(paso.hoja, paso.fila, "fila", texto)]) from error


def _registro(leido: Leido) -> Registro:
    if not isinstance(leido, Registro):
        raise ArchivoIlegible(N_("El archivo no es un registro de personas ni de atenciones."))
    return leido


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
    session: Session, nombre: str, contenido: bytes, leido: Leido, actor: Actor
) -> Importacion:
    importacion = Importacion(
        tipo=leido.tipo,
        archivo=Path(nombre).name[:200],
        huella=_huella(contenido),
        estado=Estado.EN_REVISION,
        actor_id=actor.id,
        actor_nombre=actor.nombre,
        creada_en=clock.now(),
        filas=leido.cuantas,
        problemas=guardar_problemas(leido.errores),
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


def _con_rechazadas(
    resumen: Resumen | Personas, rechazadas: Sequence[Problema]
) -> Resumen | Personas:
    if not rechazadas:
        return resumen
    return replace(
        resumen,
        errores=(*resumen.errores, *rechazadas),
        nuevas=resumen.nuevas - len(rechazadas),
    )
