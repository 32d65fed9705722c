"""Entrance: the same step on the cases that were ticked in the list: chosen, seen, then done."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casos.alcance import Alcance
from casos.equipo import equipo
from casos.etiquetas import opciones
from casos.expedientes.models import Caso, Prioridad
from casos.listas.archivo import archivo
from casos.listas.casos import CASOS
from casos.lotes import actions
from casos.lotes.acciones import ACCIONES, AccionDeLote
from casos.lotes.actions import Lote, Resultado
from casos.lotes.schemas import Elegido, LoteSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form

bp = Blueprint("lotes", __name__, url_prefix="/casos/lotes")


@bp.post("/marcados.<any(csv, xlsx):formato>")
@requires("casos.lista.exportar")
def exportar(formato: str) -> ResponseReturnValue:
    """The cases that were ticked as a file, those that are the reader's work."""
    form = Form(LoteSchema())
    if not form.valid:
        return _sin_marcados()
    ids = [uno.id for uno in form.data["caso"]]
    filtro = CASOS.filtro({"estado": "todos"})
    return archivo(CASOS, filtro, formato, motivo=f"marcados={len(ids)}", solo=Caso.id.in_(ids))


@bp.post(f"/<any({', '.join(ACCIONES)}):accion>")
@requires("casos.lote.hacer")
def lote(accion: str) -> ResponseReturnValue:
    """Say what is to be done, see what would become of each, do it; one address for the three."""
    una = ACCIONES[accion]
    if not puede(una.permiso):
        raise NoPermitido
    elegidos_form = Form(LoteSchema())
    if not elegidos_form.valid:
        return _sin_marcados()
    elegidos: Sequence[Elegido] = elegidos_form.data["caso"]
    paso = request.form.get("paso", "elegir")
    form = Form(una.schema(), sent=paso != "elegir")
    resultados: Sequence[Resultado] = ()
    clave: UUID = elegidos_form.data["clave"] or uuid4()
    hecho = False
    if form.valid and paso == "hacer" and elegidos_form.data["clave"] is not None:
        resultados = actions.hacer(
            env().db, Lote(una, form.data, actor(), clock.now()), elegidos, clave
        )
        hecho = True
    elif form.valid:
        clave = uuid4()
        pedido = Lote(una, form.data, actor(), clock.now())
        resultados = actions.prever(env().db, pedido, elegidos)
    page = _pagina(accion, una, elegidos, form, resultados, clave=clave, hecho=hecho)
    return page, 422 if form.sent and not form.valid else 200


def _sin_marcados() -> ResponseReturnValue:
    flash(_("Marque los casos de la lista, hasta 100."), "error")
    return redirect(url_for("expedientes.bandeja"), 303)


def _pagina(
    accion: str,
    una: AccionDeLote,
    elegidos: Sequence[Elegido],
    form: Form,
    resultados: Sequence[Resultado],
    *,
    clave: UUID,
    hecho: bool,
) -> str:
    casos = _a_la_vista(elegidos)
    registrar_lectura(env().db, actor(), "casos.caso.listar", "caso", None, cantidad=len(casos))
    por_caso = {uno.caso_id: uno for uno in resultados}
    filas: list[dict[str, Any]] = [
        {"elegido": uno, "caso": casos.get(uno.id), "resultado": por_caso.get(uno.id)}
        for uno in elegidos
    ]
    return render_template(
        "casos/lotes/lote.html",
        accion=accion,
        una=una,
        form=form,
        filas=filas,
        clave=clave,
        hecho=hecho,
        previsto=bool(resultados) and not hecho,
        bien=sum(uno.bien for uno in resultados),
        profesionales=[(str(uno.id), uno.nombre) for uno in equipo().profesionales()],
        prioridades=opciones(Prioridad),
        nombrables=[(str(uno.id), uno.nombre) for uno in equipo().nombrables()],
    )


def _a_la_vista(elegidos: Sequence[Elegido]) -> Mapping[UUID, Caso]:
    """Those of the chosen cases that are the reader's work."""
    with env().db.read() as session:
        halladas = session.scalars(
            select(Caso)
            .where(Caso.id.in_([uno.id for uno in elegidos]), Alcance.de(actor()).casos())
            .options(joinedload(Caso.persona))
        )
        return {caso.id: caso for caso in halladas}
