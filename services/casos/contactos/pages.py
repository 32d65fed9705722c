"""Entrance: how somebody may be reached, on a page."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.contactos import actions, queries
from casos.contactos.queries import Vista
from casos.contactos.schemas import NuevoContactoSeguroSchema, leer
from casos.etiquetas import opciones
from casos.personas.models import CanalPreferido
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("contactos_paginas", __name__, url_prefix="/casos")


@bp.route("/personas/<uuid:persona_id>/contacto-seguro", methods=["GET", "POST"])
@requires("casos.persona.registrar")
def ver(persona_id: UUID) -> ResponseReturnValue:
    """What holds, saying it anew, and what was said before."""
    form = Form(NuevoContactoSeguroSchema())
    if form.valid:
        datos = dict(form.data)
        version = datos.pop("version")
        try:
            with env().db.begin() as session:
                actions.acordar(
                    session,
                    persona_id,
                    leer(datos),
                    version=version,
                    actor=actor(),
                    ahora=clock.now(),
                )
        except VersionVencida:
            form.add_error(
                "",
                _("Otra persona cambió esto mientras usted escribía: revíselo y guarde de nuevo."),
            )
            return _pagina(persona_id, form), 412
        flash(_("Se guardó cómo contactar a la persona."), "success")
        return redirect(url_for("personas.ver", persona_id=persona_id), 303)
    return _pagina(persona_id, form), 422 if form.sent else 200


def _pagina(persona_id: UUID, form: Form) -> str:
    with env().db.read() as session:
        vista = queries.contacto_de(session, persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver_contacto", "persona", persona_id)
    if not form.sent:
        form = Form(NuevoContactoSeguroSchema(), initial=_lo_que_vale(vista))
    return render_template(
        "casos/contactos/ver.html",
        form=form,
        persona=vista.persona,
        pauta=vista.pauta,
        version=vista.version,
        historia=[uno for uno in vista.entradas if uno.terminado_en is not None],
        canales=opciones(CanalPreferido),
    )


def _lo_que_vale(vista: Vista) -> dict[str, object]:
    pauta = vista.pauta
    return {
        "canales_vedados": sorted(canal.value for canal in pauta.vedados),
        "desde": pauta.desde and f"{pauta.desde:%H:%M}",
        "hasta": pauta.hasta and f"{pauta.hasta:%H:%M}",
        "palabra_clave": " / ".join(pauta.palabras),
        "indicaciones": "\n".join(pauta.indicaciones),
    }
