"""Pages of attachments: of a case, of a person; keeping one, downloading it, retiring it."""

from collections.abc import Callable
from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from casos.adjuntos import actions, vistas
from casos.adjuntos.models import Adjunto
from casos.adjuntos.schemas import (
    NuevoAdjuntoDePersonaSchema,
    NuevoAdjuntoSchema,
    NuevoRetiroSchema,
)
from casos.adjuntos.tipos import tipos
from casos.alcance import Alcance, CasoReservado
from casos.consentimientos.queries import de_persona as consentimientos_de
from casos.consentimientos.textos import etiqueta as finalidad
from casos.etiquetas import etiqueta
from casos.expedientes.queries import es_propio
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos, DomainError, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.i18n import fecha

bp = Blueprint("adjuntos_paginas", __name__, url_prefix="/casos")


@bp.get("/expedientes/<uuid:caso_id>/adjuntos")
@requires("casos.adjunto.ver")
def de_caso(caso_id: UUID) -> ResponseReturnValue:
    """The attachments of a case."""
    return _del_caso(caso_id, _form(NuevoAdjuntoSchema(), sent=False))


@bp.post("/expedientes/<uuid:caso_id>/adjuntos")
@requires("casos.adjunto.agregar")
def adjuntar_a_caso(caso_id: UUID) -> ResponseReturnValue:
    """Keep a file of a case."""
    form = _form(NuevoAdjuntoSchema())
    if error := _guardar(form, caso_id, actions.adjuntar_a_caso):
        return _del_caso(caso_id, form), error
    flash(_("El archivo quedó adjunto."), "success")
    return redirect(url_for(".de_caso", caso_id=caso_id), 303)


@bp.get("/personas/<uuid:persona_id>/adjuntos")
@requires("casos.adjunto.de_persona")
def de_persona(persona_id: UUID) -> ResponseReturnValue:
    """The attachments of a person's documents and consents."""
    return _de_la_persona(persona_id, _form(NuevoAdjuntoDePersonaSchema(), sent=False))


@bp.post("/personas/<uuid:persona_id>/adjuntos")
@requires("casos.adjunto.de_persona")
def adjuntar_a_persona(persona_id: UUID) -> ResponseReturnValue:
    """Keep a file of a person."""
    form = _form(NuevoAdjuntoDePersonaSchema())
    if error := _guardar(form, persona_id, actions.adjuntar_a_persona):
        return _de_la_persona(persona_id, form), error
    flash(_("El archivo quedó adjunto."), "success")
    return redirect(url_for(".de_persona", persona_id=persona_id), 303)


@bp.get("/adjuntos/<uuid:adjunto_id>/archivo")
@requires("casos.adjunto.de_persona")
def archivo(adjunto_id: UUID) -> Response:
    """Its content."""
    return vistas.descarga(adjunto_id)


@bp.get("/adjuntos/<uuid:adjunto_id>/retirar")
@requires("casos.adjunto.de_persona")
def retirar(adjunto_id: UUID) -> ResponseReturnValue:
    """Why it should not be here."""
    adjunto = vistas.uno(adjunto_id)
    return _retiro(adjunto, Form(NuevoRetiroSchema(), sent=False))


@bp.post("/adjuntos/<uuid:adjunto_id>/retirar")
@requires("casos.adjunto.de_persona")
def retirado(adjunto_id: UUID) -> ResponseReturnValue:
    """Retire it."""
    adjunto = vistas.uno(adjunto_id)
    form = Form(NuevoRetiroSchema())
    if not form.valid:
        return _retiro(adjunto, form), 422
    try:
        with env().db.begin() as session:
            actions.retirar(session, adjunto_id, form.data, actor(), clock.now())
    except Conflicto as error:
        form.add_error("", error.detail)
        return _retiro(adjunto, form), error.status
    flash(_("El archivo se retiró."), "success")
    return redirect(_lugar(adjunto), 303)


def _guardar(form: Form, cual: UUID, accion: Callable[..., Adjunto]) -> int:
    """Keep the file that was sent; the status of what was wrong, 0 for nothing."""
    try:
        enviado = vistas.archivo_enviado()
    except DatosInvalidos as error:
        form.add_errors(error)
        return 422
    with closing(enviado):
        if not form.valid:
            form.add_error("archivo", _("Elija el archivo otra vez: no se guardó."))
            return 422
        try:
            with env().db.begin() as session:
                accion(
                    session,
                    cual,
                    form.data,
                    enviado.stream,
                    vistas.maximo(),
                    actor=actor(),
                    ahora=clock.now(),
                )
        except (NoEncontrado, CasoReservado):
            raise
        except DatosInvalidos as error:
            form.add_errors(error)
            return error.status
        except DomainError as error:
            form.add_error("", error.detail or _(error.title))
            return error.status
    return 0


def _form(schema: Schema, *, sent: bool = True) -> Form:
    return Form(schema, sent=sent)


def _del_caso(caso_id: UUID, form: Form) -> str:
    caso, suyos = vistas.de_caso(caso_id)
    with env().db.read() as session:
        propio = es_propio(session, caso, Alcance.de(actor()))
    return render_template(
        "casos/adjuntos/de_caso.html",
        caso=caso,
        adjuntos=suyos,
        form=form,
        propio=propio and puede("casos.adjunto.agregar"),
        **_comunes(),
    )


def _de_la_persona(persona_id: UUID, form: Form) -> str:
    suyos = vistas.de_persona(persona_id)
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, alcance)
        consentidos = consentimientos_de(session, persona_id, alcance)
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    de_que = {uno.id: f"{etiqueta(uno.tipo)} {uno.numero[-3:]}" for uno in persona.documentos}
    dados = {
        uno.id: f"{finalidad(uno.finalidad, idioma_del_lector())} · {fecha(uno.registrado_en)}"
        for uno in consentidos
    }
    return render_template(
        "casos/adjuntos/de_persona.html",
        persona=persona,
        adjuntos=suyos,
        form=form,
        propio=True,
        documentos=list(de_que.items()),
        consentimientos=list(dados.items()),
        de_que=de_que | dados,
        **_comunes(),
    )


def _comunes() -> dict[str, object]:
    return {
        "admite": ",".join(uno.mime for uno in tipos().tipos),
        "formatos": ", ".join(uno.extension.upper() for uno in tipos().tipos),
        "megas": vistas.maximo() // 2**20,
        "idioma_lector": idioma_del_lector(),
    }


def _retiro(adjunto: Adjunto, form: Form) -> str:
    vistas.anotar_lectura(adjunto, "casos.adjunto.ver")
    return render_template(
        "casos/adjuntos/retirar.html", adjunto=adjunto, form=form, lugar=_lugar(adjunto)
    )


def _lugar(adjunto: Adjunto) -> str:
    if adjunto.caso_id is not None:
        return url_for(".de_caso", caso_id=adjunto.caso_id)
    return url_for(".de_persona", persona_id=adjunto.persona_id)
