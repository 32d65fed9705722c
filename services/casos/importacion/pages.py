"""Pages of imports: bring a file, see row by row what will happen, load it, follow it."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

from babel.dates import get_month_names
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, validate

from casos.equipo import equipo
from casos.importacion import actions, plantillas, queries
from casos.importacion.clases import PERMISOS
from casos.importacion.columnas import planilla
from casos.importacion.models import DE_PERSONAS, Estado, Importacion, Tipo
from casos.importacion.palabras import CAMPOS, rotulo
from casos.importacion.pliego import Hecho, NoSeEscribe, Plan, Pliego, Quien
from casos.importacion.problemas import Problema
from casos.importacion.registro import Registro
from oficina import libros
from oficina.audit import registrar_lectura
from oficina.errors import NoEncontrado, VersionVencida
from oficina.hojas import XLSX
from oficina.libros import ArchivoIlegible
from oficina.web import files
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
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


TIPOS = {
    Tipo.ATENCIONES: _l("Registro de atenciones"),
    Tipo.PERSONAS: _l("Personas"),
    Tipo.RED: _l("Red de instituciones"),
    Tipo.PROGRAMAS: _l("Convenios y programas"),
}
CLASES = {
    "institucion": _l("Institución"),
    "sede": _l("Lugar"),
    "servicio": _l("Servicio"),
    "lugar": _l("Horario del servicio"),
    "cupo": _l("Cupo"),
    "contacto": _l("Contacto"),
    "convenio": _l("Convenio"),
    "programa": _l("Programa"),
    "presupuesto": _l("Presupuesto"),
    "requisitos": _l("Requisitos"),
}
HECHOS = {
    Hecho.NUEVA: (_l("Se agrega"), "bien"),
    Hecho.CAMBIA: (_l("Cambia"), "aviso"),
    Hecho.IGUAL: (_l("Ya está así"), "neutro"),
}


class TraerSchema(Schema):
    """What the file is said to bring; nothing, when its titles are to tell."""

    tipo = fields.Enum(Tipo, by_value=True, load_default=None, allow_none=True)


class CargarSchema(Schema):
    """Which plan was seen."""

    huella = fields.String(load_default="", validate=validate.Length(max=64))


class VistaSchema(Schema):
    """Which part of the preview to show."""

    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
    ver = fields.String(load_default="todo", validate=validate.OneOf(("todo", "problemas")))


@bp.get("")
@requires("casos.importar")
def lista() -> ResponseReturnValue:
    """Files that were brought, and the form to bring one."""
    return _lista(Form(TraerSchema()))


@bp.post("")
@requires("casos.importar")
def traer() -> ResponseReturnValue:
    """Bring a file: it is read and kept, nothing is loaded yet."""
    form = Form(TraerSchema())
    if form.sent and not form.valid:
        return _lista(form), 422
    archivo = request.files.get("archivo")
    if archivo is None or not archivo.filename:
        form.add_error("archivo", _("Elija el archivo de Excel o CSV."))
        return _lista(form), 422
    with closing(archivo):
        contenido = archivo.read(actions.MAX_BYTES + 1)
    tipo: Tipo | None = form.data["tipo"]
    if tipo is not None and tipo not in _tipos():
        form.add_error("tipo", _("Su rol no trae archivos de esta clase."))
        return _lista(form), 422
    try:
        leido = actions.revisar(contenido, tipo, _tipos())
    except ArchivoIlegible as error:
        form.add_error("archivo", _(error.texto, **error.valores))
        return _lista(form), 422
    with env().db.begin() as session:
        importacion = actions.traer(session, archivo.filename, contenido, leido, actor())
    if aviso := libros.aviso(contenido):
        flash(aviso, "warning")
    return redirect(url_for("importacion.ver", importacion_id=importacion.id), 303)


@bp.get("/plantillas/<any(atenciones,personas,red,programas):tipo>.xlsx")
@requires("casos.importar")
def plantilla(tipo: str) -> Response:
    """The workbook to fill in, of a kind of file."""
    cual = Tipo(tipo)
    if cual not in _tipos():
        raise NoEncontrado
    escrita = files.spooled(lambda salida: plantillas.escribir(salida, planilla(cual), language()))
    return files.send(escrita, f"plantilla-{tipo}.xlsx", XLSX)


@bp.get("/<uuid:importacion_id>")
@requires("casos.importar")
def ver(importacion_id: UUID) -> ResponseReturnValue:
    """A file: its preview, its progress, or what came of it."""
    with env().db.read() as session:
        importacion = queries.importacion_por_id(session, importacion_id, tipos=_tipos())
    if importacion.estado is Estado.EN_REVISION:
        if importacion.tipo in DE_PERSONAS:
            return _revision(importacion)
        return _plan(importacion)
    problemas = queries.problemas(importacion)
    registrar_lectura(env().db, actor(), "casos.importacion.ver", "importacion", importacion_id)
    return render_template(
        "casos/importacion_avance.html",
        importacion=importacion,
        problemas=problemas,
        avance=_avance(importacion),
        campos=_campos(importacion.tipo),
    )


@bp.get("/<uuid:importacion_id>/avance")
@requires("casos.importar")
def avance(importacion_id: UUID) -> Response:
    """The part of the page that follows the load."""
    with env().db.read() as session:
        importacion = queries.importacion_por_id(session, importacion_id, tipos=_tipos())
    origen = f"{importacion.estado}:{importacion.leidas}"
    return vivo(origen, lambda: _avance(importacion))


@bp.post("/<uuid:importacion_id>/cargar")
@requires("casos.importar")
def cargar(importacion_id: UUID) -> ResponseReturnValue:
    """Let a register be loaded; write a directory, as it was seen."""
    with env().db.read() as session:
        importacion = queries.importacion_por_id(session, importacion_id, tipos=_tipos())
    if importacion.tipo not in DE_PERSONAS:
        return _escribir(importacion)
    with env().db.begin() as session:
        actions.empezar(session, importacion_id, actor())
    flash(
        _("La carga comenzó. Puede seguir trabajando: continúa aunque cierre esta página."), "info"
    )
    return redirect(url_for("importacion.ver", importacion_id=importacion_id), 303)


@bp.post("/<uuid:importacion_id>/descartar")
@requires("casos.importar")
def descartar(importacion_id: UUID) -> ResponseReturnValue:
    """Forget the file; nothing of it was loaded."""
    with env().db.begin() as session:
        queries.importacion_por_id(session, importacion_id, tipos=_tipos())
        actions.descartar(session, importacion_id, actor())
    flash(_("El archivo se descartó y se borró. No se cargó ninguna fila."), "success")
    return redirect(url_for("importacion.lista"), 303)


def _tipos() -> tuple[Tipo, ...]:
    """The kinds of files that the reader brings and sees."""
    return tuple(tipo for tipo in Tipo if puede(PERMISOS[tipo]))


def _campos(tipo: Tipo) -> dict[str, str]:
    """How columns are called."""
    propios = {
        campo: rotulo(campo, language(), tipo)
        for esquema in planilla(tipo).esquemas.values()
        for campo in esquema.por_campo
    }
    return propios | {campo: str(dicho) for campo, dicho in CAMPOS.items() if campo not in propios}


def _quien(tipo: Tipo) -> Quien:
    return Quien(actor(), equipo().encargados() if tipo is Tipo.PROGRAMAS else ())


def _lista(form: Form) -> str:
    with env().db.read() as session:
        importaciones = queries.importaciones(session, _tipos())
    return render_template(
        "casos/importaciones.html",
        form=form,
        importaciones=importaciones,
        estados=ESTADOS,
        tipos=[(tipo, TIPOS[tipo]) for tipo in _tipos()],
        nombres=TIPOS,
        maximo=actions.MAX_BYTES // 1024 // 1024,
    )


def _escribir(importacion: Importacion) -> ResponseReturnValue:
    try:
        huella = CargarSchema().load(request.form.to_dict(), unknown="exclude")["huella"]
    except ValidationError:
        huella = ""
    quien = _quien(importacion.tipo)
    try:
        with env().db.begin() as session:
            hecha = actions.escribir(session, importacion.id, huella, quien)
    except VersionVencida as error:
        return _plan(importacion, cambio=True, status=error.status)
    except NoSeEscribe as error:
        return _plan(importacion, rechazos=error.problemas, status=error.status)
    flash(
        _(
            "Se cargó: %(nuevas)s nuevas, %(cambiadas)s que cambian.",
            nuevas=hecha.nuevas,
            cambiadas=hecha.cambiadas,
        ),
        "success",
    )
    return redirect(url_for("importacion.ver", importacion_id=importacion.id), 303)


def _plan(
    importacion: Importacion,
    *,
    rechazos: Sequence[Problema] = (),
    cambio: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    quien = _quien(importacion.tipo)
    plan: Plan | None = None
    with env().db.read() as session:
        leido = queries.leido_de(session, importacion)
        if isinstance(leido, Pliego):
            plan = actions.plan_de(session, leido, quien)
    if not isinstance(leido, Pliego) or plan is None:  # loaded or discarded meanwhile
        return redirect(url_for("importacion.ver", importacion_id=importacion.id), 303)
    registrar_lectura(
        env().db,
        actor(),
        "casos.importacion.ver",
        "importacion",
        importacion.id,
        cantidad=len(plan.pasos),
    )
    page = render_template(
        "casos/importacion_plan.html",
        importacion=importacion,
        plan=plan,
        leida=leido.leida,
        # What is wrong with the file itself is told below, by the plan.
        rechazos=[uno for uno in rechazos if uno not in plan.problemas],
        cambio=cambio,
        campos=_campos(importacion.tipo),
        clases=CLASES,
        hechos=HECHOS,
        nombre=TIPOS[importacion.tipo],
    )
    return page, status


def _revision(importacion: Importacion) -> ResponseReturnValue:
    pedido = VistaSchema().load(request.args.to_dict(), unknown="exclude")
    with env().db.read() as session:
        registro = queries.leido_de(session, importacion)
        if not isinstance(registro, Registro):  # loaded or discarded since this request began
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
    de_cada_una: dict[str, Any] = {}
    if importacion.tipo is Tipo.ATENCIONES:
        de_cada_una["meses"] = get_month_names("wide", "stand-alone", language())
    pagina = "revision" if importacion.tipo is Tipo.ATENCIONES else "personas"
    return render_template(
        f"casos/importacion_{pagina}.html",
        importacion=importacion,
        vista=vista,
        ver=pedido["ver"],
        campos=_campos(importacion.tipo),
        nombre=TIPOS[importacion.tipo],
        **de_cada_una,
    )


def _avance(importacion: Importacion) -> str:
    return render_template(
        "casos/_importacion_avance.html", importacion=importacion, estados=ESTADOS
    )
