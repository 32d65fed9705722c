"""Entrance: erasures, on pages: looked at before, proposed, decided, and what each service said."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from casos.derechos.queries import solicitud_por_id
from casos.etiquetas import etiqueta
from casos.formularios import intentar
from casos.supresion import actions, queries
from casos.supresion.certificado import IDIOMA, PLANTILLA, certificado_de, documento
from casos.supresion.models import Supresion
from casos.supresion.previa import prever
from casos.supresion.reglas import en, reglas
from casos.supresion.schemas import NegativaSchema
from casos.supresion.states import Estado
from oficina import clock
from oficina.audit import Cambio, registrar_lectura
from oficina.membrete import Membrete
from oficina.pdf import hacer_pdf
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import check_version
from oficina.web.files import as_file
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("supresiones_paginas", __name__, url_prefix="/casos")


class DecisionSchema(Schema):
    """What whoever decides has seen."""

    version = fields.Integer(load_default=None, allow_none=True)


class NegacionSchema(DecisionSchema, NegativaSchema):
    """And why they do not agree."""


@bp.route("/derechos/<uuid:solicitud_id>/supresion", methods=["GET", "POST"])
@requires("casos.supresion.proponer")
def proponer(solicitud_id: UUID) -> ResponseReturnValue:
    """What goes and what stays, what stands against it; then that the request is accepted."""
    form = Form(Schema())
    intento = intentar(form, lambda s: actions.proponer(s, solicitud_id, actor(), clock.now()))
    if hecha := intento.resultado:
        flash(_("La supresión quedó propuesta: la confirma otra persona."), "success")
        return redirect(url_for(".ver", supresion_id=hecha.id), 303)
    previa = prever(env(), solicitud_id)
    with env().db.read() as session:
        solicitud = solicitud_por_id(session, solicitud_id)
    registrar_lectura(env().db, actor(), "casos.supresion.prever", "solicitud", solicitud_id)
    page = render_template(
        "casos/supresion/proponer.html",
        form=form,
        una=solicitud,
        previa=previa,
        quedan=reglas().quedan.values(),
        segunda_persona=reglas().segunda_persona,
        **_palabras(),
    )
    return page, intento.status


@bp.get("/supresiones")
@requires("casos.supresion.ver")
def lista() -> str:
    """Those that wait for somebody on top."""
    with env().db.read() as session:
        halladas = queries.todas(session)
    registrar_lectura(
        env().db, actor(), "casos.supresion.listar", "supresion", None, cantidad=len(halladas)
    )
    return render_template(
        "casos/supresion/lista.html", supresiones=halladas, maximo=queries.MAXIMO
    )


@bp.get("/supresiones/<uuid:supresion_id>")
@requires("casos.supresion.ver")
def ver(supresion_id: UUID) -> ResponseReturnValue:
    """Who decided it, and who has confirmed, since when and what."""
    return _pagina(supresion_id, Form(NegacionSchema(), sent=False))


@bp.post("/supresiones/<uuid:supresion_id>/confirmar")
@requires("casos.supresion.decidir")
def confirmar(supresion_id: UUID) -> ResponseReturnValue:
    """Erase."""
    return _decidir(
        supresion_id,
        Form(DecisionSchema()),
        lambda s, _datos: actions.confirmar(s, supresion_id, actor(), clock.now()),
        _("Se suprimió. Cada servicio lo confirma en esta página."),
    )


@bp.post("/supresiones/<uuid:supresion_id>/negar")
@requires("casos.supresion.decidir")
def negar(supresion_id: UUID) -> ResponseReturnValue:
    """Do not agree, with the reason."""
    return _decidir(
        supresion_id,
        Form(NegacionSchema()),
        lambda s, datos: actions.negar(s, supresion_id, datos["motivo"], actor(), clock.now()),
        _("Quedó anotado que no se confirma."),
    )


@bp.get("/supresiones/<uuid:supresion_id>/certificado.pdf")
@requires("casos.supresion.certificar")
def certificado_pdf(supresion_id: UUID) -> Response:
    """To hand over: it names nobody."""
    dicho = _certificado(supresion_id)
    with force_locale(IDIOMA):
        pdf = hacer_pdf(PLANTILLA, documento(dicho, Membrete.de(env().settings), clock.now()))
    return _descarga(pdf, f"acogida-supresion-{supresion_id}.pdf", "application/pdf")


@bp.get("/supresiones/<uuid:supresion_id>/certificado.json")
@requires("casos.supresion.certificar")
def certificado_json(supresion_id: UUID) -> Response:
    """The same for machines."""
    texto = json.dumps(_certificado(supresion_id), ensure_ascii=False, indent=2)
    return _descarga(texto.encode(), f"acogida-supresion-{supresion_id}.json", "application/json")


def _certificado(supresion_id: UUID) -> dict[str, Any]:
    with env().db.read() as session:
        dicho = certificado_de(session, supresion_id)
    registrar_lectura(env().db, actor(), "casos.supresion.ver", "supresion", supresion_id)
    return dicho


def _descarga(contenido: bytes, nombre: str, tipo: str) -> Response:
    respuesta: Response = current_app.response_class(contenido, mimetype=tipo)
    return as_file(respuesta, nombre)


def _decidir(
    supresion_id: UUID, form: Form, hacer: Callable[[Session, Any], Supresion], hecho: str
) -> ResponseReturnValue:
    """Decide on what was seen, or the page as it is now, with what was written."""

    def decidir(session: Session) -> None:
        una = queries.supresion_por_id(session, supresion_id)
        check_version(una, form.data["version"])
        hacer(session, form.data)

    intento = intentar(form, decidir, lambda session: _como_esta(session, supresion_id))
    if not intento.hecho:
        return _pagina(supresion_id, form), intento.status
    flash(hecho, "success")
    return redirect(url_for(".ver", supresion_id=supresion_id), 303)


def _como_esta(session: Session, supresion_id: UUID) -> Present:
    """How an erasure stands, who left it so, and what the reader can do with it now."""
    una = queries.supresion_por_id(session, supresion_id)
    if una.decidida_en is None:
        cambio = Cambio(una.propuesta_en, una.propuesta_por_id, una.propuesta_por)
        dicho = _("Se propuso")
    else:
        cambio = Cambio(una.decidida_en, una.decidida_por_id, una.decidida_por)
        dicho = _("No se confirmó") if una.estado is Estado.NEGADA else _("Se confirmó")
    return Present(
        values={"version": una.version},
        change=cambio,
        what=dicho,
        state=etiqueta(una.estado),
        allowed=[(_("Decidir"), "#decidir")] if _decidible(una) else [],
    )


def _pagina(supresion_id: UUID, form: Form) -> str:
    with env().db.read() as session:
        una = queries.supresion_por_id(session, supresion_id)
        impedimentos = []
        if una.estado is Estado.PROPUESTA:
            impedimentos = queries.impedimentos(session, una.persona_id, una.solicitud_id)
        # Their folios lead to cases: they are for who answers for the request.
        destinatarios = None
        if puede("casos.supresion.certificar"):
            destinatarios = queries.destinatarios(session, una.persona_id)
    registrar_lectura(env().db, actor(), "casos.supresion.ver", "supresion", supresion_id)
    return render_template(
        "casos/supresion/ver.html",
        form=form,
        una=una,
        impedimentos=impedimentos,
        destinatarios=destinatarios,
        decidible=_decidible(una),
        atraso=clock.real_now() - reglas().espera,
        horas=int(reglas().espera.total_seconds() // 3600),
        **_palabras(),
    )


def _decidible(una: Supresion) -> bool:
    """Whether the reader may confirm or deny it now."""
    otra = una.propuesta_por_id != actor().id
    return una.estado is Estado.PROPUESTA and otra and puede("casos.supresion.decidir")


def _palabras() -> Mapping[str, Any]:
    """How the codes of the rules are said to the reader."""
    idioma = language()
    servicios = {clave: en(dicho, idioma) for clave, dicho in reglas().servicios.items()}
    return {
        "clases": {clave: en(dicho, idioma) for clave, dicho in reglas().clases.items()},
        "servicios": {"casos": _("Fichas y casos"), **servicios},
        "obstaculos": {clave: en(dicho, idioma) for clave, dicho in reglas().obstaculos.items()},
        "dicho": lambda texto: en(texto, idioma),
    }
