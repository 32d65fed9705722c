"""Attachments as people and programs see them; each reading is written down before its answer."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import Response, current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.adjuntos import queries
from casos.adjuntos.models import Adjunto
from casos.alcance import Alcance
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id
from oficina.audit import registrar_lectura
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, puede
from oficina.web.files import as_file


def de_caso(caso_id: UUID) -> tuple[Caso, Sequence[Adjunto]]:
    """A case and its attachments. Raises as `caso_por_id`."""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        suyos = queries.de_caso(session, caso)
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.adjunto.ver",
        "caso",
        caso.id,
        caso_id=caso.id,
        cantidad=len(suyos),
    )
    return caso, suyos


def de_persona(persona_id: UUID) -> Sequence[Adjunto]:
    """The attachments of a person's documents and consents. Raises NoEncontrado."""
    with env().db.read() as session:
        suyos = queries.de_la_persona(session, persona_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.adjunto.ver", "persona", persona_id, cantidad=len(suyos)
    )
    return suyos


def uno(adjunto_id: UUID) -> Adjunto:
    """One attachment, whoever may read what it is of. Raises as `queries.adjunto_por_id`."""
    with env().db.read() as session:
        adjunto = queries.adjunto_por_id(session, adjunto_id, Alcance.de(actor()))
    if adjunto.caso_id is not None and not puede("casos.adjunto.ver"):
        raise NoEncontrado
    return adjunto


def descarga(adjunto_id: UUID) -> Response:
    """Its content as a file that no browser opens in the page. Raises NoEncontrado once retired."""
    adjunto = uno(adjunto_id)
    if adjunto.retirado_en is not None:
        raise NoEncontrado
    anotar_lectura(adjunto, "casos.adjunto.descargar")
    base = env().db

    def piezas() -> Iterator[bytes]:
        yield from queries.contenido(base, adjunto)

    respuesta: Response = current_app.response_class(piezas(), mimetype=adjunto.que_es.mime)
    respuesta.content_length = adjunto.tamano
    respuesta.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return as_file(respuesta, adjunto.archivo)


def anotar_lectura(adjunto: Adjunto, accion: str) -> None:
    """Write down that something of an attachment is about to be shown."""
    if adjunto.caso_id is None:
        registrar_lectura(env().db, actor(), accion, "persona", adjunto.persona_id)
    else:
        registrar_lectura_de_caso(
            env().db, actor(), accion, "caso", adjunto.caso_id, caso_id=adjunto.caso_id
        )


def archivo_enviado() -> FileStorage:
    """The file of a request. Raises DatosInvalidos when there is none."""
    archivo = request.files.get("archivo")
    if archivo is None or not archivo.filename:
        raise DatosInvalidos({"archivo": [_("Elija un archivo.")]})
    return archivo


def maximo() -> int:
    """How many bytes a file may have."""
    return env().settings.adjunto_mb * 2**20
