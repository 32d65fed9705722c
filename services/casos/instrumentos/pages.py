"""Pages of evaluations: the sheet of an instrument, and what was found in a case so far.

The sheet works without script. Sent to be looked over, it comes back with the questions that the
answers made due, or with what they suggest and the last fields; then it is sent to be kept.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import ValidationError

from casos import etiquetas
from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance, CasoReservado
from casos.expedientes import actions
from casos.expedientes.models import Caso, Riesgo
from casos.expedientes.queries import caso_por_id, exigir_propio, legibles
from casos.expedientes.schemas import NuevaEvaluacionSchema
from casos.expedientes.states import Paso
from casos.instrumentos import vistas
from casos.instrumentos.catalogo import Instrumento, catalogo, en
from casos.instrumentos.queries import con_respuestas
from casos.instrumentos.respuestas import Revision, corresponden, revisar, sugerir
from casos.instrumentos.schemas import hoja
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("evaluaciones", __name__, url_prefix="/casos/expedientes")


@bp.get("/<uuid:caso_id>/evaluaciones")
@requires("casos.caso.evaluacion.ver")
def lista(caso_id: UUID) -> ResponseReturnValue:
    """What was found in a case so far, and what changed between the last two."""
    idioma = idioma_del_lector()
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        leidas = [vistas.leer(una, idioma) for una in con_respuestas(session, caso)]
    _anotar(caso, "casos.evaluacion.ver")
    return render_template(
        "casos/instrumentos/evaluaciones.html",
        caso=caso,
        leidas=leidas,
        comparacion=vistas.comparar(leidas),
    )


@bp.get("/<uuid:caso_id>/evaluaciones/nueva/<instrumento>")
@requires("casos.caso.evaluar")
def nueva(caso_id: UUID, instrumento: str) -> ResponseReturnValue:
    """An empty sheet."""
    caso, uno = _caso_por_evaluar(caso_id), _instrumento(instrumento)
    form = Form(hoja(uno), initial={"version": caso.version}, sent=False)
    return _pagina(caso, uno, form, _en_blanco(uno))


@bp.post("/<uuid:caso_id>/evaluaciones/nueva/<instrumento>")
@requires("casos.caso.evaluar")
def guardar(caso_id: UUID, instrumento: str) -> ResponseReturnValue:
    """Look a sheet over, or keep it."""
    caso, uno = _caso_por_evaluar(caso_id), _instrumento(instrumento)
    form = Form(hoja(uno), sent=True)
    if not form.valid:
        return _pagina(caso, uno, form, _en_blanco(uno)), 422
    revision = revisar(uno, form.data["respuestas"])
    avisos = _avisos(uno, form, revision)
    if avisos or "guardar" not in request.form:
        return _pagina(caso, uno, form, revision, avisos), 422 if form.errors else 200
    try:
        pedido = NuevaEvaluacionSchema().load(_pedido(uno, form.data))
        with env().db.begin() as session:
            actions.evaluar(session, caso_id, pedido, actor(), clock.now())
    except (NoEncontrado, CasoReservado):
        raise
    except ValidationError as error:
        form.add_errors(DatosInvalidos({"": error.messages}))
        return _pagina(caso, uno, form, revision), 422
    except DomainError as error:
        if isinstance(error, DatosInvalidos):
            form.add_errors(error)
        else:
            form.add_error("", error.detail or _(error.title))
        if isinstance(error, VersionVencida):
            form.add_error("", _("Lo que escribió sigue aquí: revise el caso y envíelo de nuevo."))
        return _pagina(caso, uno, form, revision), error.status
    flash(_("Se guardó la evaluación."), "success")
    with env().db.read() as session:
        legible = legibles(session, [caso_id], Alcance.de(actor()))
    ver, casos = url_for("expedientes.ver", caso_id=caso_id), url_for("expedientes.bandeja")
    return redirect(ver if legible else casos, 303)


def _avisos(uno: Instrumento, form: Form, revision: Revision) -> list[str]:
    """What the answers changed in the sheet; errors of what was shown go beside its fields.

    What has just become due is not missing yet.
    """
    mostradas = set(form.data["mostradas"].split())
    nuevas = [p.codigo for p in revision.debidas if p.codigo not in mostradas]
    for codigo, dichos in revision.errores.items():
        if codigo in mostradas and codigo not in revision.sobran:
            for dicho in dichos:
                form.add_error(f"respuestas.{codigo}", dicho)
    avisos = []
    if nuevas:
        avisos.append(
            ngettext(
                "Por lo que respondió, hay %(num)d pregunta más.",
                "Por lo que respondió, hay %(num)d preguntas más.",
                len(nuevas),
            )
        )
    idioma = idioma_del_lector()
    sobran = [en(p.etiquetas, idioma) for p in uno.preguntas() if p.codigo in revision.sobran]
    if sobran:
        avisos.append(_("Ya no corresponde preguntar: %(cuales)s", cuales=" · ".join(sobran)))
    return avisos


def _pedido(uno: Instrumento, datos: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet as the step of a case takes it."""
    campos = ("riesgo", "amerita_derivacion", "fundamento", "version", "respuestas")
    pedido = {campo: datos[campo] for campo in campos if campo in datos}
    version = datos["instrumento_version"]
    return pedido | {"instrumento": uno.codigo, "instrumento_version": version}


def _pagina(
    caso: Caso, uno: Instrumento, form: Form, revision: Revision, avisos: list[str] | None = None
) -> str:
    codigos = {pregunta.codigo for pregunta in revision.debidas}
    completa = form.sent and not revision.errores and not avisos and not revision.sobran
    idioma = idioma_del_lector()
    sugerencia = sugerir(uno, revision.utiles) if completa else None
    return render_template(
        "casos/instrumentos/hoja.html",
        caso=caso,
        instrumento=uno,
        form=form,
        novedades=avisos or [],
        secciones=[
            (en(seccion.etiquetas, idioma), [p for p in seccion.preguntas if p.codigo in codigos])
            for seccion in uno.secciones
        ],
        en=lambda textos: en(textos, idioma),
        mostradas=" ".join(pregunta.codigo for pregunta in revision.debidas),
        sugerencia=sugerencia,
        razones=vistas.razones(sugerencia, idioma) if sugerencia else [],
        riesgos=etiquetas.opciones(Riesgo, Riesgo.SIN_EVALUAR),
        amerita=[("1", _("Sí")), ("0", _("No"))],
    )


def _en_blanco(uno: Instrumento) -> Revision:
    return Revision({}, {}, corresponden(uno, {}), [])


def _caso_por_evaluar(caso_id: UUID) -> Caso:
    """A case that the reader may evaluate now. Raises as `caso_por_id`, NoPermitido,
    TransicionInvalida.
    """
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, alcance)
        exigir_propio(session, caso, alcance)
    _anotar(caso, "casos.caso.ver")
    caso.exigir(Paso.EVALUAR)
    return caso


def _instrumento(codigo: str) -> Instrumento:
    uno = catalogo().vigente(codigo, clock.today())
    if uno is None:
        raise NoEncontrado
    return uno


def _anotar(caso: Caso, accion: str) -> None:
    registrar_lectura_de_caso(env().db, actor(), accion, "caso", caso.id, caso_id=caso.id)
