"""Entrance: closed cases whose time has passed, and the decision to keep one."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields

from casos.alcance import Alcance
from casos.conservacion import actions, queries
from casos.conservacion.models import MotivoConservacion
from oficina.audit import registrar_lectura
from oficina.clock import local
from oficina.retencion import periodos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("conservacion", __name__, url_prefix="/casos/conservacion")

MOTIVOS: Mapping[MotivoConservacion, LazyString] = {
    MotivoConservacion.PROCEDIMIENTO_PENDIENTE: _l("Hay un procedimiento pendiente"),
    MotivoConservacion.OBLIGACION_LEGAL: _l("Una norma obliga a conservarlo"),
    MotivoConservacion.INTERES_DE_LA_PERSONA: _l("La persona lo necesita"),
}


class DecisionSchema(Schema):
    """Why a case is kept."""

    motivo = fields.Enum(MotivoConservacion, by_value=True, required=True)


@bp.get("")
@requires("casos.caso.conservar")
def lista() -> ResponseReturnValue:
    """What somebody has to decide, the oldest first."""
    return _lista(Form(DecisionSchema()))


@bp.post("/<uuid:caso_id>")
@requires("casos.caso.conservar")
def conservar(caso_id: UUID) -> ResponseReturnValue:
    """Keep one case for longer."""
    form = Form(DecisionSchema())
    if not form.valid:
        return _lista(form), 422
    with env().db.begin() as session:
        decision = actions.conservar(session, caso_id, form.data["motivo"], actor())
    hasta = f"{local(decision.hasta):%d-%m-%Y}"
    flash(_("El caso se conserva hasta el %(fecha)s.", fecha=hasta), "success")
    return redirect(url_for("conservacion.lista"), 303)


def _lista(form: Form) -> str:
    with env().db.read() as session:
        casos = queries.por_decidir(session, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.conservacion.listar", "caso", None, cantidad=len(casos)
    )
    clases = periodos().clases
    return render_template(
        "casos/conservacion.html",
        casos=casos,
        form=form,
        limite=queries.LIMITE,
        anios=(clases[queries.CERRADO].dias or 0) // 365,
        dias=clases[queries.CONSERVADO].dias,
        motivos=[(motivo.value, str(texto)) for motivo, texto in MOTIVOS.items()],
    )
