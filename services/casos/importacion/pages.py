"""Pages of imports: bring a register, see row by row what will happen, load it, follow it."""

from contextlib import closing
from uuid import UUID

from babel.dates import get_month_names
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from casos.importacion import actions, queries
from casos.importacion.models import Estado, Importacion
from casos.importacion.palabras import CAMPOS
from oficina.audit import registrar_lectura
from oficina.libros import ArchivoIlegible
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import vivo
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("importacion", __name__, url_prefix="/casos/importaciones")

ESTADOS = {
    Estado.EN_REVISION: (_l("En revisión"), "aviso"),
    Estado.CARGANDO: (_l("Cargando"), "info"),
    Estado.TERMINADA: (_l("Cargada"), "bien"),
    Estado.DESCARTADA: (_l("Descartada"), "neutro"),
}


class VistaSchema(Schema):
    """Which part of the preview to show."""

    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
    ver = fields.String(load_default="todo", validate=validate.OneOf(("todo", "problemas")))


@bp.get("")
@requires("casos.importar")
def lista() -> ResponseReturnValue:
    """Registers that were brought, and the form to bring one."""
    return _lista(Form(Schema()))


@bp.post("")
@requires("casos.importar")
def traer() -> ResponseReturnValue:
    """Bring a register: it is read and kept, nothing is loaded yet."""
    form = Form(Schema())
    archivo = request.files.get("archivo")
    if archivo is None or not archivo.filename:
        form.add_error("archivo", _("Elija el archivo de Excel con el registro."))
        return _lista(form), 422
    with closing(archivo):
        contenido = archivo.read(actions.MAX_BYTES + 1)
    try:
        registro = actions.revisar(contenido)
    except ArchivoIlegible as error:
        form.add_error("archivo", _(error.texto, **error.valores))
        return _lista(form), 422
    with env().db.begin() as session:
        importacion = actions.traer(session, archivo.filename, contenido, registro, actor())
    return redirect(url_for("importacion.ver", importacion_id=importacion.id), 303)


@bp.get("/<uuid:importacion_id>")
@requires("casos.importar")
def ver(importacion_id: UUID) -> ResponseReturnValue:
    """A register: its preview, its progress, or what came of it."""
    with env().db.read() as session:
        importacion = queries.importacion_por_id(session, importacion_id)
    if importacion.estado is Estado.EN_REVISION:
        return _revision(importacion)
    problemas = queries.problemas(importacion)
    registrar_lectura(env().db, actor(), "casos.importacion.ver", "importacion", importacion_id)
    return render_template(
        "casos/importacion_avance.html",
        importacion=importacion,
        problemas=problemas,
        avance=_avance(importacion),
        campos=CAMPOS,
    )


@bp.get("/<uuid:importacion_id>/avance")
@requires("casos.importar")
def avance(importacion_id: UUID) -> Response:
    """The part of the page that follows the load."""
    with env().db.read() as session:
        importacion = queries.importacion_por_id(session, importacion_id)
    origen = f"{importacion.estado}:{importacion.leidas}"
    return vivo(origen, lambda: _avance(importacion))


@bp.post("/<uuid:importacion_id>/cargar")
@requires("casos.importar")
def cargar(importacion_id: UUID) -> ResponseReturnValue:
    """Let the register be loaded."""
    with env().db.begin() as session:
        actions.empezar(session, importacion_id, actor())
    flash(
        _("La carga comenzó. Puede seguir trabajando: continúa aunque cierre esta página."), "info"
    )
    return redirect(url_for("importacion.ver", importacion_id=importacion_id), 303)


@bp.post("/<uuid:importacion_id>/descartar")
@requires("casos.importar")
def descartar(importacion_id: UUID) -> ResponseReturnValue:
    """Forget the register; nothing of it was loaded."""
    with env().db.begin() as session:
        actions.descartar(session, importacion_id, actor())
    flash(_("El archivo se descartó y se borró. No se cargó ninguna fila."), "success")
    return redirect(url_for("importacion.lista"), 303)


def _lista(form: Form) -> str:
    with env().db.read() as session:
        importaciones = queries.importaciones(session)
    return render_template(
        "casos/importaciones.html",
        form=form,
        importaciones=importaciones,
        estados=ESTADOS,
        maximo=actions.MAX_BYTES // 1024 // 1024,
    )


def _revision(importacion: Importacion) -> ResponseReturnValue:
    pedido = VistaSchema().load(request.args.to_dict(), unknown="exclude")
    with env().db.read() as session:
        registro = queries.registro_de(session, importacion.id)
        if registro is None:  # loaded or discarded since this request began
            return redirect(url_for("importacion.ver", importacion_id=importacion.id), 303)
        vista = queries.vista(
            session,
            registro,
            pagina=pedido["pagina"],
            solo_problemas=pedido["ver"] == "problemas",
        )
    registrar_lectura(
        env().db,
        actor(),
        "casos.importacion.ver",
        "importacion",
        importacion.id,
        cantidad=len(vista.filas),
    )
    return render_template(
        "casos/importacion_revision.html",
        importacion=importacion,
        vista=vista,
        ver=pedido["ver"],
        campos=CAMPOS,
        meses=get_month_names("wide", "stand-alone", language()),
    )


def _avance(importacion: Importacion) -> str:
    return render_template(
        "casos/_importacion_avance.html", importacion=importacion, estados=ESTADOS
    )
