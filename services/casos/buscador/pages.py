"""Entrance: the box on top of every page. What is typed goes in the body, never in an address."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casos.alcance import Alcance
from casos.buscador import queries
from casos.buscador.queries import MAXIMO, Encontrado
from casos.permissions import PERMISOS
from casos.personas import volver
from casos.personas.schemas import BusquedaSchema
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form

bp = Blueprint("buscador", __name__, url_prefix="/casos/buscar")


@bp.get("")
@requires("casos.buscar")
def vacio() -> str:
    """The box alone, or what was found before, for who comes by its address."""
    return _buscado(volver.abrir(request.args.get(volver.CAMPO, ""), actor()))


@bp.post("")
@requires("casos.buscar")
def buscar() -> ResponseReturnValue:
    """Everything that a text finds, kind by kind."""
    return _buscado(Form(BusquedaSchema()).value("q").strip()[:200])


def _buscado(texto: str) -> str:
    hallado: Encontrado | None = None
    if texto:
        permisos = frozenset(permiso for permiso in PERMISOS if puede(permiso))
        with env().db.read() as session:
            hallado = queries.encontrar(session, texto, Alcance.de(actor()), permisos)
        registrar_lectura(
            env().db, actor(), "casos.buscar", "busqueda", None, cantidad=hallado.cuantos
        )
    return render_template(
        "casos/buscador/buscar.html",
        buscado=texto,
        volver={volver.CAMPO: volver.sellar(texto, actor())},
        hallado=hallado,
        maximo=MAXIMO,
    )
