"""Entrance: a sheet as everybody may read it. Public on purpose: it says nothing of anybody.

Its address holds the id of a version. One that is not in force any more says so, and where the
present one is; a draft is not there.
"""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from casos.orientaciones.models import Vigencia
from casos.orientaciones.queries import ficha_por_id, publicada
from casos.orientaciones.states import Estado
from casos.orientaciones.vistas import rotulos
from casos.taxonomia import LENGUAS
from oficina import clock
from oficina.errors import NoEncontrado
from oficina.web.app import env
from oficina.web.auth import public
from oficina.web.limits import limited

bp = Blueprint("hoja_abierta", __name__, url_prefix="/casos/abiertos/orientaciones")


@bp.after_request
def keep_out(response: Response) -> Response:
    """No search engine: what it finds would outlive its review."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/<uuid:ficha_id>")
@public
@limited("60/minute")
def leer(ficha_id: UUID) -> str:
    """A sheet in a language, and in which others it can be read."""
    with env().db.read() as session:
        ficha = ficha_por_id(session, ficha_id)
        if ficha.publicada_en is None:
            raise NoEncontrado
        vigencia = ficha.vigencia(clock.today())
        actual = None if ficha.estado is Estado.PUBLICADA else publicada(session, ficha.codigo)
    pedido = request.args.get("idioma", "es")
    idioma = pedido if pedido in LENGUAS else "es"
    return render_template(
        "casos/orientaciones/abierta.html",
        ficha=ficha,
        hoja=ficha.en(idioma),
        pedido=idioma,
        dice=rotulos()[idioma],
        vale=vigencia is Vigencia.VIGENTE,
        actual=actual,
        lenguas=LENGUAS,
    )
