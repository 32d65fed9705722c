"""Pages of the file of a case as one PDF; and the public one where whoever received it asks whether
it is the office's, and learns nothing else.
"""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from typing import IO
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.copias.states import POR_HACER
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id, es_propio
from casos.expedientes.relato import Lectura
from casos.foliados import actions, queries
from casos.foliados.models import Foliado
from casos.foliados.schemas import HuellaSchema
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, public, requires
from oficina.web.conditional import vivo
from oficina.web.files import as_file
from oficina.web.forms import Form
from oficina.web.limits import limited

bp = Blueprint("foliados_paginas", __name__, url_prefix="/casos")

_DE_A = 64 * 1024


@bp.get("/expedientes/<uuid:caso_id>/foliados")
@requires("casos.foliado.hacer")
def lista(caso_id: UUID) -> ResponseReturnValue:
    """The files that were made of a case, and asking for another one."""
    caso, hechos = _hechos(caso_id)
    with env().db.read() as session:
        propio = es_propio(session, caso, Alcance.de(actor()))
    _anotar(caso, "casos.foliado.ver")
    return render_template(
        "casos/foliados/lista.html", propio=propio, huella=huella(hechos), **_vista(caso, hechos)
    )


@bp.post("/expedientes/<uuid:caso_id>/foliados")
@requires("casos.foliado.hacer")
def pedir(caso_id: UUID) -> ResponseReturnValue:
    """Ask for one."""
    with env().db.begin() as session:
        actions.pedir(session, caso_id, Lectura.de_quien_lee(), actor(), clock.now())
    flash(_("El expediente se está preparando."), "success")
    return redirect(url_for(".lista", caso_id=caso_id), 303)


@bp.get("/expedientes/<uuid:caso_id>/foliados/avance")
@requires("casos.foliado.hacer")
def avance(caso_id: UUID) -> Response:
    """The part of the page that lives: how far each is."""
    caso, hechos = _hechos(caso_id)

    def render() -> str:
        _anotar(caso, "casos.foliado.ver")
        return render_template("casos/foliados/_hechos.html", **_vista(caso, hechos))

    return vivo(huella(hechos), render)


@bp.get("/expedientes/<uuid:caso_id>/foliados/<uuid:foliado_id>.pdf")
@requires("casos.foliado.hacer")
def pdf(caso_id: UUID, foliado_id: UUID) -> Response:
    """The document."""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        foliado = queries.archivo(session, caso, foliado_id, Lectura.de_quien_lee(), clock.now())
    _anotar(caso, "casos.foliado.descargar")
    respuesta: Response = current_app.response_class(foliado.pdf, mimetype="application/pdf")
    return as_file(respuesta, f"acogida-expediente-{foliado.folio}.pdf")


@bp.get("/abiertos/expediente")
@public
@limited("30/minute")
def verificar() -> ResponseReturnValue:
    """Where whoever received a document asks whether the office made it."""
    return _verificacion(Form(HuellaSchema(), sent=False), es_nuestro=None)


@bp.post("/abiertos/expediente")
@public
@limited("30/minute")
def verificado() -> ResponseReturnValue:
    """Whether it did: by the document itself, of which nothing is kept, or by its hash."""
    archivo = request.files.get("archivo")
    if archivo is not None and archivo.filename:
        with closing(archivo):
            sha256 = _huella_de(archivo.stream)
        form = Form(HuellaSchema(), initial={"sha256": sha256}, sent=False)
    else:
        form = Form(HuellaSchema())
        if not form.value("sha256").strip():
            form.errors = {"archivo": [_("Elija el documento, o escriba su SHA-256.")]}
        if not form.valid:
            return _verificacion(form, es_nuestro=None), 422
        sha256 = form.data["sha256"].lower()
    with env().db.read() as session:
        return _verificacion(form, es_nuestro=queries.es_nuestro(session, sha256))


def huella(hechos: Sequence[Foliado]) -> str:
    """The mark by which the living part tells that it changed."""
    return "|".join(f"{uno.id}:{uno.estado}:{uno.progreso}" for uno in hechos)


def _huella_de(archivo: IO[bytes]) -> str:
    hecha = hashlib.sha256()
    while pieza := archivo.read(_DE_A):
        hecha.update(pieza)
    return hecha.hexdigest()


def _hechos(caso_id: UUID) -> tuple[Caso, Sequence[Foliado]]:
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        return caso, queries.de_caso(session, caso)


def _vista(caso: Caso, hechos: Sequence[Foliado]) -> dict[str, object]:
    return {
        "caso": caso,
        "hechos": hechos,
        "por_hacer": POR_HACER,
        "donde_comprobar": env().settings.base_url + url_for("foliados_paginas.verificar"),
    }


def _anotar(caso: Caso, accion: str) -> None:
    registrar_lectura_de_caso(env().db, actor(), accion, "caso", caso.id, caso_id=caso.id)


def _verificacion(form: Form, *, es_nuestro: bool | None) -> str:
    return render_template("casos/foliados/verificar.html", form=form, es_nuestro=es_nuestro)
