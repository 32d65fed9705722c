"""Entrance: the page of the themes, and what the office adds to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from casos.consentimientos.models import BaseLicitud
from casos.etiquetas import etiqueta
from casos.expedientes.models import Confidencialidad, Prioridad, TipoCaso
from casos.formularios import AQUI, intentar
from casos.plazos import reglas
from casos.subtemas import actions, queries
from casos.subtemas.models import Subtema
from casos.subtemas.presentes import presentes
from casos.subtemas.schemas import EdicionSubtemaSchema, NuevoSubtemaSchema
from casos.taxonomia import LENGUAS, Tema, taxonomia
from oficina import clock
from oficina.audit import ultimo_cambio
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("temas_paginas", __name__, url_prefix="/casos/temas")

SE_HIZO: Mapping[str, LazyString] = {
    "casos.subtema.crear": _l("Se agregó"),
    "casos.subtema.editar": _l("Se le cambió el nombre"),
    "casos.subtema.retirar": _l("Se dejó de ofrecer"),
    "casos.subtema.reponer": _l("Se volvió a ofrecer"),
}
"""What changed a sub-theme, by the action of the audit."""


@dataclass(frozen=True)
class FilaDeTema:
    """A theme as its page shows it, with the office's own below."""

    tema: Tema
    nombre: str
    sugiere: Sequence[str]
    servicios: Sequence[str]
    linea: str
    relojes: Sequence[str]
    propios: Sequence[Subtema]


@bp.get("")
@requires("casos.tema.ver")
def lista() -> str:
    """Every theme by family: what it suggests, and what the office added."""
    with env().db.read() as session:
        propios = queries.subtemas(session)
    return render_template("casos/subtemas/lista.html", familias=_familias(propios), **_comun())


@bp.route("/propios/nuevo", methods=["GET", "POST"])
@requires("casos.tema.editar")
def nuevo() -> ResponseReturnValue:
    """Add a code below a theme."""
    form = Form(NuevoSubtemaSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                hecho = actions.crear(session, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            presentes().releer()
            flash(_("Se agregó el subtema %(codigo)s.", codigo=hecho.codigo), "success")
            return redirect(url_for(".lista", _anchor=hecho.padre), 303)
    idioma = language()
    padres = [(c, f"{c} · {tema.etiqueta(idioma)}") for c, tema in taxonomia().temas.items()]
    page = render_template("casos/subtemas/nuevo.html", form=form, padres=padres, **_comun())
    return page, 422 if form.sent else 200


@bp.route("/propios/<uuid:subtema_id>", methods=["GET", "POST"])
@requires("casos.tema.editar")
def editar(subtema_id: UUID) -> ResponseReturnValue:
    """Call it otherwise; retire it, offer it again, or take it away if it was never used."""
    with env().db.read() as session:
        uno = queries.subtema_por_id(session, subtema_id)
        usado = queries.en_uso(session, uno.codigo)
    form = Form(EdicionSubtemaSchema(), _al_empezar(uno))
    intento = intentar(
        form,
        lambda s: actions.editar(s, subtema_id, form.data, actor()),
        lambda s: _como_esta(s, subtema_id),
    )
    if intento.hecho:
        return _hecho(uno, _("Se guardó el subtema %(codigo)s.", codigo=uno.codigo))
    page = render_template(
        "casos/subtemas/editar.html", form=form, uno=uno, usado=usado, **_comun()
    )
    return page, intento.status


@bp.post("/propios/<uuid:subtema_id>/retirar")
@requires("casos.tema.editar")
def retirar(subtema_id: UUID) -> ResponseReturnValue:
    """Offer it no more."""
    with env().db.begin() as session:
        hecho = actions.retirar(session, subtema_id, form_version(), actor(), clock.now())
    return _hecho(hecho, _("El subtema %(codigo)s ya no se ofrece.", codigo=hecho.codigo))


@bp.post("/propios/<uuid:subtema_id>/reponer")
@requires("casos.tema.editar")
def reponer(subtema_id: UUID) -> ResponseReturnValue:
    """Offer it again."""
    with env().db.begin() as session:
        hecho = actions.reponer(session, subtema_id, form_version(), actor())
    return _hecho(hecho, _("El subtema %(codigo)s se ofrece de nuevo.", codigo=hecho.codigo))


@bp.post("/propios/<uuid:subtema_id>/eliminar")
@requires("casos.tema.editar")
def eliminar(subtema_id: UUID) -> ResponseReturnValue:
    """Take away one that was never used."""
    with env().db.read() as session:
        uno = queries.subtema_por_id(session, subtema_id)
    with env().db.begin() as session:
        actions.eliminar(session, subtema_id, form_version(), actor())
    return _hecho(uno, _("Se eliminó el subtema %(codigo)s.", codigo=uno.codigo))


def _al_empezar(uno: Subtema) -> dict[str, Any]:
    return {"etiquetas": uno.etiquetas, "version": uno.version}


def _como_esta(session: Session, subtema_id: UUID) -> Present:
    """How a sub-theme stands, who left it so, and what the reader can do with it now."""
    uno = queries.subtema_por_id(session, subtema_id)
    cambio = ultimo_cambio(session, "subtema", subtema_id, SE_HIZO)
    return Present(
        values=_al_empezar(uno),
        change=cambio,
        what=str(SE_HIZO[cambio.accion]) if cambio else "",
        state=_("Ya no se ofrece") if uno.retirado_en else _("Se ofrece"),
        allowed=[(_("Cambiar cómo se llama"), AQUI), (_("Ofrecerlo o no"), "#ofrecer")],
    )


def _hecho(uno: Subtema, mensaje: str) -> ResponseReturnValue:
    presentes().releer()
    flash(mensaje, "success")
    return redirect(url_for(".lista", _anchor=uno.padre), 303)


def _sugerencias(tema: Tema) -> list[str]:
    """How a case of a theme is opened; of its confidentiality, only that it is not as any."""
    prioridad = etiqueta(Prioridad(tema.prioridad)).lower()
    cerrado = Confidencialidad(tema.confidencialidad)
    return [
        etiqueta(TipoCaso(tema.tipo_caso)),
        _("Prioridad %(cual)s", cual=prioridad),
        *([etiqueta(cerrado)] if cerrado is not Confidencialidad.NORMAL else []),
        etiqueta(BaseLicitud(tema.base_licitud)),
    ]


def _familias(propios: Sequence[Subtema]) -> Mapping[str, Sequence[FilaDeTema]]:
    idioma, vigente = language(), taxonomia()
    familias: dict[str, list[FilaDeTema]] = {}
    for codigo, tema in vigente.temas.items():
        fila = FilaDeTema(
            tema=tema,
            nombre=tema.etiqueta(idioma),
            sugiere=_sugerencias(tema),
            servicios=[vigente.servicio(clase, idioma) for clase in tema.servicios],
            linea=vigente.linea(tema.linea, idioma),
            relojes=[reglas.etiqueta(reloj, idioma) for reloj in tema.relojes],
            propios=[uno for uno in propios if uno.padre == codigo],
        )
        familias.setdefault(tema.familia, []).append(fila)
    return familias


def _comun() -> dict[str, object]:
    return {"taxonomia": taxonomia(), "lenguas_de_tema": LENGUAS, "lee": language()}
