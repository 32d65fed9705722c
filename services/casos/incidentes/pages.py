"""Entrance: incidents on pages: reported by anybody who works here, answered by the delegate."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.equipo import equipo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.incidentes import actions, queries, vistas
from casos.incidentes.alcanzadas import Tocado, personas_de, tocado_por
from casos.incidentes.catalogo import catalogo
from casos.incidentes.etiquetas import HECHAS
from casos.incidentes.models import IncidenteSeguridad
from casos.incidentes.queries import FilaIncidente
from casos.incidentes.schemas import (
    AvisoSchema,
    ClasificacionSchema,
    DecisionSchema,
    MedidaSchema,
    NuevoReporteSchema,
    PeriodoDeCuentaSchema,
    PersonasSchema,
    RazonSchema,
    RegistroDeIncidentesSchema,
)
from casos.incidentes.states import (
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    MedioDeAviso,
    Naturaleza,
    RiesgoParaPersonas,
    Sistema,
)
from casos.plazos.etiquetas import situacion
from casos.plazos.models import Plazo
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Cambio, registrar_lectura, ultimo_cambio
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import check_version, form_version
from oficina.web.files import as_file
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("incidentes_paginas", __name__, url_prefix="/casos")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))
_CAMBIAN = [f"casos.incidente.{paso}" for paso in ("reportar", *Accion)]


@bp.route("/incidentes/reportar", methods=["GET", "POST"])
@requires("casos.incidente.reportar")
def reportar() -> ResponseReturnValue:
    """Tell of a suspicion; below, what one told before and how it stands."""
    form = Form(NuevoReporteSchema(), {"conocido_el": clock.today()})
    if form.valid:
        try:
            with env().db.begin() as session:
                hecho = actions.reportar(session, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Gracias. Su reporte es el %(folio)s.", folio=hecho.folio), "success")
            if puede("casos.incidente.ver"):
                return redirect(url_for(".ver", incidente_id=hecho.id), 303)
            return redirect(url_for(".reportar"), 303)
    with env().db.read() as session:
        reportes = queries.reportes_de(session, actor().id)
    page = render_template(
        "casos/incidentes/reportar.html", form=form, reportes=reportes, causas=opciones(Causa)
    )
    return page, 422 if form.sent else 200


@bp.get("/incidentes")
@requires("casos.incidente.ver")
def bandeja() -> str:
    """What waits for something, the newest on top."""
    todos = request.args.get("ver") == "todos"
    with env().db.read() as session:
        filas = queries.bandeja(session, todos=todos)
    registrar_lectura(
        env().db, actor(), "casos.incidente.listar", "incidente", None, cantidad=len(filas)
    )
    return render_template(
        "casos/incidentes/bandeja.html",
        filas=[(fila, _como_va(fila.corre)) for fila in filas],
        todos=todos,
        maximo=queries.MAXIMO,
    )


@bp.get("/incidentes/registro.csv")
@requires("casos.incidente.ver")
def archivo() -> Response:
    """The register that the Agency may ask for, to be read."""
    respuesta: Response = current_app.response_class(vistas.a_csv(_registro()), mimetype="text/csv")
    return _descarga(respuesta, "csv")


@bp.get("/incidentes/registro.json")
@requires("casos.incidente.ver")
def archivo_json() -> Response:
    """The same, for a program."""
    escrito = RegistroDeIncidentesSchema().dump(vistas.registro(_registro()))
    return _descarga(jsonify(escrito), "json")


@bp.get("/incidentes/<uuid:incidente_id>")
@requires("casos.incidente.ver")
def ver(incidente_id: UUID) -> str:
    """An incident, its log, and what can be done with it."""
    with env().db.read() as session:
        fila = queries.con_historia(session, incidente_id)
        personas = queries.vinculadas(session, incidente_id)
    registrar_lectura(env().db, actor(), "casos.incidente.ver", "incidente", incidente_id)
    uno = fila.incidente
    return render_template(
        "casos/incidentes/ver.html",
        uno=uno,
        personas=personas,
        palabras=vistas.en_palabras(uno),
        comunicados=[
            (quien, uno.aviso(quien), quien in vistas.obliga(uno), _reloj(fila, quien))
            for quien in Destinatario
        ],
        fuentes={quien: una.fuente for quien, una in catalogo().destinatarios.items()},
        medidas=vistas.medidas(uno),
        hechas=HECHAS,
        detalle=_detalle,
    )


@bp.route(f"/incidentes/<uuid:incidente_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.incidente.gestionar")
def paso(incidente_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    with env().db.read() as session:
        uno = queries.incidente_por_id(session, incidente_id)
    form = Form(_SCHEMAS[pedida](), _al_empezar(pedida, uno) | {"version": uno.version})
    intento = intentar(
        form,
        lambda s: _dar(s, incidente_id, pedida, form.data),
        lambda s: _como_esta(s, incidente_id, pedida),
    )
    if intento.hecho:
        flash(_("Quedó anotado en el incidente %(folio)s.", folio=uno.folio), "success")
        return redirect(url_for(".ver", incidente_id=incidente_id), 303)
    registrar_lectura(env().db, actor(), "casos.incidente.ver", "incidente", incidente_id)
    page = render_template(
        "casos/incidentes/paso.html",
        form=form,
        uno=uno,
        accion=pedida,
        naturalezas=opciones(Naturaleza),
        categorias=[(c, catalogo().categoria(c, language())) for c in catalogo().categorias],
        sistemas=opciones(Sistema),
        riesgos=opciones(RiesgoParaPersonas),
        clases=opciones(ClaseDeMedida),
        destinatarios=opciones(Destinatario),
        medios=opciones(MedioDeAviso),
        faltas=sorted(uno.faltas()),
    )
    return page, intento.status


def _dar(session: Session, incidente_id: UUID, accion: Accion, datos: Any) -> IncidenteSeguridad:
    """Take a step on the version that was read."""
    check_version(queries.incidente_por_id(session, incidente_id, bloquear=True), form_version())
    return _HACER[accion](session, incidente_id, datos, actor(), clock.now())


def _como_esta(session: Session, incidente_id: UUID, pedida: Accion) -> Present:
    """How an incident stands, who left it so, and what the delegate can do with it now."""
    uno = queries.con_historia(session, incidente_id).incidente
    ultimo = uno.pasos[-1]
    dicho = Cambio(ultimo.ocurrido_en, quien=ultimo.quien)
    return Present(
        values=_al_empezar(pedida, uno) | {"version": uno.version},
        change=ultimo_cambio(session, "incidente", incidente_id, _CAMBIAN) or dicho,
        what=str(HECHAS[ultimo.accion]),
        state=etiqueta(uno.estado),
        allowed=posibles(
            uno.acciones,
            pedida,
            lambda accion: url_for(".paso", incidente_id=incidente_id, accion=accion),
        ),
    )


@bp.route("/incidentes/<uuid:incidente_id>/alcanzadas", methods=["GET", "POST"])
@requires("casos.incidente.gestionar")
def alcanzadas(incidente_id: UUID) -> ResponseReturnValue:
    """Whose data an account read or changed in a time; they can all be added at once."""
    with env().db.read() as session:
        uno = queries.incidente_por_id(session, incidente_id)
    form = Form(PeriodoDeCuentaSchema())
    halladas = None
    status = 200 if form.valid or not form.sent else 422
    if form.valid and request.form.get("agregar"):
        tocado = tocado_por(env(), form.data.uso())
        intento = intentar(
            form,
            lambda s: _agregar(s, incidente_id, tocado),
            lambda s: _como_esta(s, incidente_id, Accion.VINCULAR),
        )
        if intento.hecho:
            flash(_("Se agregaron al incidente %(folio)s.", folio=uno.folio), "success")
            return redirect(url_for(".ver", incidente_id=incidente_id), 303)
        status = intento.status
    if form.valid:
        tocado = tocado_por(env(), form.data.uso())
        with env().db.read() as session:
            halladas = personas_de(session, tocado, Alcance.de(actor()))
    registrar_lectura(
        env().db,
        actor(),
        "casos.incidente.alcanzadas",
        "incidente",
        incidente_id,
        cantidad=len(halladas.personas) if halladas else None,
    )
    page = render_template(
        "casos/incidentes/alcanzadas.html",
        form=form,
        uno=uno,
        cuentas=[(str(quien), nombre) for quien, nombre in equipo().todos()],
        halladas=halladas,
        sistemas=dict(opciones(Sistema)),
    )
    return page, status


def _agregar(session: Session, incidente_id: UUID, tocado: Tocado) -> None:
    """Everybody whose data an account reached, on the version that was read."""
    check_version(queries.incidente_por_id(session, incidente_id, bloquear=True), form_version())
    actions.vincular_alcanzadas(session, incidente_id, tocado, actor(), clock.now())


def _registro() -> list[FilaIncidente]:
    with env().db.read() as session:
        filas = list(queries.registro(session))
    registrar_lectura(
        env().db, actor(), "casos.incidente.exportar", "incidente", None, cantidad=len(filas)
    )
    return filas


def _descarga(respuesta: Response, tipo: str) -> Response:
    nombre = f"acogida-incidentes-{clock.today()}.{tipo}"
    return as_file(respuesta, nombre)


def _como_va(plazo: Plazo | None) -> tuple[str, str] | None:
    return situacion(plazo, clock.now()) if plazo else None


def _reloj(fila: FilaIncidente, quien: Destinatario) -> tuple[Plazo, str, str] | None:
    plazo = fila.plazo_de(quien)
    return (plazo, *situacion(plazo, clock.now())) if plazo else None


def _detalle(codigo: str | None) -> str:
    """What a line of the log is about, in words."""
    tablas = (Causa, RiesgoParaPersonas, ClaseDeMedida, Destinatario, MedioDeAviso)
    palabras = {valor: texto for tabla in tablas for valor, texto in opciones(tabla)}
    palabras |= {"si": _("se comunica"), "no": _("no se comunica")}
    return ": ".join(palabras.get(parte, parte) for parte in (codigo or "").split(":") if parte)


def _al_empezar(accion: Accion, uno: IncidenteSeguridad) -> dict[str, Any]:
    """What a form shows before anybody writes in it."""
    match accion:
        case Accion.CLASIFICAR:
            campos = ("naturalezas", "categorias", "sistemas", "riesgo", "efectos")
            return {c: getattr(uno, c) for c in (*campos, "personas_aprox")}
        case Accion.DECIDIR:
            return {"destinatarios": [q for q in Destinatario if uno.aviso(q) is None]}
        case Accion.AVISAR:
            return {"avisado_el": clock.today()}
        case _:
            return {}


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.ABRIR: ClasificacionSchema,
    Accion.CLASIFICAR: ClasificacionSchema,
    Accion.MEDIDA: MedidaSchema,
    Accion.VINCULAR: PersonasSchema,
    Accion.DESVINCULAR: PersonasSchema,
    Accion.DECIDIR: DecisionSchema,
    Accion.AVISAR: AvisoSchema,
    Accion.DESCARTAR: RazonSchema,
    Accion.CERRAR: RazonSchema,
    Accion.REABRIR: RazonSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any, Actor, datetime], IncidenteSeguridad]] = {
    Accion.ABRIR: actions.abrir,
    Accion.CLASIFICAR: actions.clasificar,
    Accion.MEDIDA: actions.tomar_medida,
    Accion.VINCULAR: actions.vincular,
    Accion.DESVINCULAR: actions.desvincular,
    Accion.DECIDIR: actions.decidir,
    Accion.AVISAR: actions.avisar,
    Accion.DESCARTAR: actions.descartar,
    Accion.CERRAR: actions.cerrar,
    Accion.REABRIR: actions.reabrir,
}
