"""Entrance: the box on top of every page. What is typed goes in the body, never in an address."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casos.alcance import Alcance
from casos.buscador import queries
from casos.buscador.queries import MAXIMO, Encontrado
from casos.permissions import PERMISOS
from casos.personas.schemas import BusquedaSchema
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form

bp = Blueprint("buscador", __name__, url_prefix="/casos/buscar")


@bp.get("")
@requires("casos.buscar")
def vacio() -> str:
    """The box alone, for who comes by its address."""
    return render_template("casos/buscador/buscar.html", texto="", hallado=None, maximo=MAXIMO)


@bp.post("")
@requires("casos.buscar")
def buscar() -> ResponseReturnValue:
    """Everything that a text finds, kind by kind."""
    form = Form(BusquedaSchema())
    texto = form.value("q").strip()[:200]
    hallado: Encontrado | None = None
    if texto:
        permisos = frozenset(permiso for permiso in PERMISOS if puede(permiso))
        with env().db.read() as session:
            hallado = queries.encontrar(session, texto, Alcance.de(actor()), permisos)
        registrar_lectura(
            env().db, actor(), "casos.buscar", "busqueda", None, cantidad=hallado.cuantos
        )
    return render_template(
        "casos/buscador/buscar.html", texto=texto, hallado=hallado, maximo=MAXIMO
    )
