"""Files that leave: each with its name, its audit row, and never kept by a shared cache."""

from uuid import UUID

from flask import Response, current_app, request

from oficina import audit
from oficina.web.app import env
from oficina.web.auth import actor
from oficina.web.files import as_file
from reportes import queries
from reportes.alcance import alcances
from reportes.states import Alcance


def descarga_pdf(informe_id: UUID) -> Response:
    """The file of a report. Raises NoEncontrado while it is not ready."""
    with env().db.read() as session:
        informe, pdf = queries.archivo(session, informe_id, alcances())
    marca = "publicable" if informe.alcance is Alcance.PUBLICABLE else "uso-interno"
    nombre = f"acogida-{informe.mes}-{marca}.pdf"
    return descarga(pdf, nombre, "application/pdf", recurso="informe", recurso_id=informe.id)


def descarga(
    contenido: bytes, nombre: str, tipo: str, *, recurso: str, recurso_id: UUID | None = None
) -> Response:
    """A file to keep, after the row that says who took it."""
    if request.method == "GET":
        audit.registrar_lectura(env().db, actor(), "reportes.exportar", recurso, recurso_id)
    respuesta = current_app.response_class(contenido, mimetype=tipo)
    return as_file(respuesta, nombre)
