"""Entrance: the guide, as a page that prints and as a PDF."""

from datetime import date
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request

from casos.red.guia import documento as guia
from casos.red.hsds import queries
from oficina import clock
from oficina.pdf import hacer_pdf
from oficina.web.app import env
from oficina.web.auth import requires
from oficina.web.files import as_file

bp = Blueprint("red_guia", __name__, url_prefix="/casos/red")

PLANTILLA = Path(__file__).with_name("guia.typ")


@bp.get("/guia")
@requires("casos.red.ver")
def ver() -> str:
    """The guide in a language, to be read or printed."""
    idioma = _idioma()
    textos = guia.textos_de(idioma)
    return render_template(
        "casos/red/guia.html",
        secciones=_secciones(idioma, clock.today()),
        guia=textos,
        al_dia=guia.al_dia(clock.today(), textos),
        demo_de_la_guia=env().settings.demo,
        en=idioma,
        lenguas=guia.idiomas(),
    )


@bp.get("/guia.pdf")
@requires("casos.red.ver")
def pdf() -> Response:
    """The same, to be handed over."""
    idioma, hoy = _idioma(), clock.today()
    hecho = guia.documento(
        _secciones(idioma, hoy),
        idioma,
        hoy,
        demo=env().settings.demo,
        momento=int(clock.now().timestamp()),
    )
    response = make_response(hacer_pdf(PLANTILLA, hecho))
    response.mimetype = "application/pdf"
    return as_file(response, f"guia-{idioma}.pdf")


def _idioma() -> str:
    pedido = request.args.get("idioma", "es")
    return pedido if pedido in guia.idiomas() else "es"


def _secciones(idioma: str, hoy: date) -> list[guia.Seccion]:
    with env().db.read() as session:
        return guia.secciones(queries.servicios(session), idioma, hoy)
