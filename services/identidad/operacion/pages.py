"""Entrance: what operators see of the bus and do about it. Every action ends in another page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_timedelta
from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from identidad.operacion import servicios
from identidad.operacion.schemas import RepetirSchema, tipos
from identidad.operacion.servicios import Avance, Pedido
from oficina.bus.tables import Estado
from oficina.errors import Conflicto, DatosInvalidos
from oficina.settings import SERVICES
from oficina.web.app import env
from oficina.web.auth import requires
from oficina.web.bus.schemas import EventosConsultaSchema, ReintentoDeUnoSchema, SaltoSchema
from oficina.web.client import ServiceClient
from oficina.web.conditional import vivo
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("operacion", __name__, url_prefix="/eventos/operacion")

DE_CADA_SERVICIO = 20
"""Facts that failed, of each service, on the page of all."""
SERVICIO = f"<any({', '.join(SERVICES)}):servicio>"
NOTA = "nota_de_repeticion"

ESTADOS = {
    Estado.PENDIENTE: _l("Por hacer"),
    Estado.MUERTO: _l("Detenido"),
    Estado.HECHO: _l("Hecho"),
}
TONOS = {Estado.PENDIENTE: "info", Estado.MUERTO: "mal", Estado.HECHO: "bien"}
ACCIONES = {
    "bus.reintentar": _l("Lo mandó a intentar de nuevo"),
    "bus.saltar": _l("Lo saltó"),
    "bus.detener": _l("Lo detuvo"),
    "bus.replay": _l("Lo mandó a hacer otra vez"),
}


@bp.app_template_filter()
def antiguedad(seconds: float) -> str:
    """An age as people say it; below a minute it does not matter how long."""
    if seconds < 60:
        return str(_("menos de un minuto"))
    return str(format_timedelta(timedelta(seconds=seconds), locale=language()))


@bp.get("")
@requires("identidad.bus.ver")
def operacion() -> str:
    """All services: what waits, what is tried again, what is parked and why."""
    return render_template("identidad/operacion/operacion.html", **_seen())


@bp.get("/panorama")
@requires("identidad.bus.ver")
def panorama() -> Response:
    """The part of that page that lives."""
    fragment = render_template("identidad/operacion/_panorama.html", **_seen())
    return vivo(fragment, lambda: fragment)


@bp.get(f"/{SERVICIO}")
@requires("identidad.bus.ver")
def eventos(servicio: str) -> str:
    """The facts that a service heard, in pages."""
    consulta = {name: value for name, value in request.args.items() if value}
    leida = EventosConsultaSchema().load(consulta)
    found = servicios.panorama(env().client, servicio, consulta)
    return render_template(
        "identidad/operacion/eventos.html",
        servicio=servicio,
        panorama=found,
        consulta=leida,
        tipos=tipos(),
        mas=consulta | {"antes": found["siguiente"]} if found["siguiente"] else None,
        **_words(),
    )


@bp.get(f"/{SERVICIO}/<uuid:evento_id>")
@requires("identidad.bus.ver")
def evento(servicio: str, evento_id: UUID) -> str:
    """One fact: why it is not done, what it says, what was done about it."""
    return render_template(
        "identidad/operacion/evento.html",
        servicio=servicio,
        abierto=servicios.evento(env().client, servicio, evento_id),
        **_words(),
    )


@bp.post(f"/{SERVICIO}/<uuid:evento_id>/reintentar")
@requires("identidad.bus.operar")
def reintentar(servicio: str, evento_id: UUID) -> ResponseReturnValue:
    """Try one fact again."""
    return _act(
        lambda: servicios.reintentar(env().client, servicio, evento_id),
        done=_("Se intenta de nuevo."),
        back=url_for(".evento", servicio=servicio, evento_id=evento_id),
    )


@bp.route(f"/{SERVICIO}/reintentar", methods=["GET", "POST"])
@requires("identidad.bus.operar")
def reintentar_todos(servicio: str) -> ResponseReturnValue:
    """Try again all that failed at a service, of a type if the address names one."""
    tipo = request.args.get("tipo") or None
    form = Form(ReintentoDeUnoSchema())
    if form.valid:
        nota = form.data["nota"]
        cuantos = servicios.reintentar_todos(env().client, servicio, tipo, nota)
        said = _n(
            "Se intenta de nuevo %(num)d hecho.", "Se intentan de nuevo %(num)d hechos.", cuantos
        )
        flash(said, "success" if cuantos else "warning")
        return redirect(url_for(".operacion"), 303)
    found = servicios.panorama(env().client, servicio, {"limite": 1})
    fallidos = [uno for uno in found["fallidos"] if tipo in {None, uno["tipo"]}]
    page = render_template(
        "identidad/operacion/reintentar.html",
        form=form,
        servicio=servicio,
        tipo=tipo,
        cuantos=sum(uno["muertos"] + uno["reintentando"] for uno in fallidos),
    )
    return page, 422 if form.sent else 200


@bp.route(f"/{SERVICIO}/<uuid:evento_id>/saltar", methods=["GET", "POST"])
@requires("identidad.bus.operar")
def saltar(servicio: str, evento_id: UUID) -> ResponseReturnValue:
    """Leave one fact undone, after saying what that means and why."""
    done = _("Se saltó. Los que esperaban detrás de él siguen.")
    return _confirm("saltar", servicio, evento_id, servicios.saltar, done)


@bp.route(f"/{SERVICIO}/<uuid:evento_id>/detener", methods=["GET", "POST"])
@requires("identidad.bus.operar")
def detener(servicio: str, evento_id: UUID) -> ResponseReturnValue:
    """Park one fact that waits, after saying what that means and why."""
    done = _("Se detuvo. Los que vienen detrás de él esperan.")
    return _confirm("detener", servicio, evento_id, servicios.detener, done)


@bp.route(f"/{SERVICIO}/<uuid:evento_id>/repetir", methods=["GET", "POST"])
@requires("identidad.bus.operar")
def repetir_uno(servicio: str, evento_id: UUID) -> ResponseReturnValue:
    """Run one fact once more, after saying what that means and why."""
    done = _("Se hace otra vez.")
    return _confirm("repetir_uno", servicio, evento_id, _run_once_more, done)


@bp.get("/repetir")
@requires("identidad.bus.operar")
def repetir() -> ResponseReturnValue:
    """Ask which facts one service is to hear again."""
    return _ask(Form(RepetirSchema(), request.args.to_dict()))


@bp.post("/repetir")
@requires("identidad.bus.operar")
def hacer() -> ResponseReturnValue:
    """Say how many they are, and, told to, have them heard again."""
    form = Form(RepetirSchema())
    paso = request.form.get("paso")
    if paso == "corregir":
        return _ask(Form(RepetirSchema(), request.form.to_dict(), sent=False))
    if not form.valid:
        return _ask(form), 422
    pedido, avance, nota = form.data
    try:
        if paso != "hacer":
            return _preview(form, pedido, avance)
        avance = servicios.repetir(env().client, pedido, nota, avance)
    except DatosInvalidos as error:
        form.add_errors(error)
        return _ask(form), 422
    return _after(pedido, nota, avance)


@bp.get("/repetir/seguir")
@requires("identidad.bus.operar")
def seguir() -> ResponseReturnValue:
    """Go on with what is not finished; the reason was given at its beginning."""
    sent = {name: value for name, value in request.args.items() if value}
    initial = sent | {"nota": session.get(NOTA, "")}
    pedido, avance, _nota = RepetirSchema(partial=["nota"]).load(sent)
    return _preview(Form(RepetirSchema(), initial), pedido, avance)


def _seen() -> dict[str, Any]:
    found = servicios.vistas(env().client, limite=DE_CADA_SERVICIO)
    return {"vistas": found, "tope": DE_CADA_SERVICIO, **_words()}


def _words() -> dict[str, Any]:
    return {"estados": ESTADOS, "tonos": TONOS, "acciones": ACCIONES, "Estado": Estado}


def _act(act: Callable[[], None], *, done: str, back: str) -> ResponseReturnValue:
    try:
        act()
    except Conflicto as error:
        flash(error.detail, "warning")
    else:
        flash(done, "success")
    return redirect(back, 303)


def _run_once_more(client: ServiceClient, servicio: str, evento_id: UUID, nota: str) -> None:
    if not servicios.repetir_uno(client, servicio, evento_id, nota):
        raise Conflicto(_("Ese hecho todavía no está hecho."))


def _confirm(
    template: str,
    servicio: str,
    evento_id: UUID,
    act: Callable[[ServiceClient, str, UUID, str], None],
    done: str,
) -> ResponseReturnValue:
    form = Form(SaltoSchema())
    if form.valid:
        back = url_for(".evento", servicio=servicio, evento_id=evento_id)
        nota = form.data["nota"]
        return _act(lambda: act(env().client, servicio, evento_id, nota), done=done, back=back)
    page = render_template(
        f"identidad/operacion/{template}.html",
        form=form,
        servicio=servicio,
        evento=servicios.evento(env().client, servicio, evento_id)["evento"],
    )
    return page, 422 if form.sent else 200


def _ask(form: Form) -> str:
    return render_template(
        "identidad/operacion/repetir.html", form=form, servicios=SERVICES, tipos=tipos()
    )


def _preview(form: Form, pedido: Pedido, avance: Avance) -> str:
    return render_template(
        "identidad/operacion/confirmar.html",
        form=form,
        pedido=pedido,
        avance=avance,
        cuantos=servicios.contar(env().client, pedido),
    )


def _after(pedido: Pedido, nota: str, avance: Avance) -> ResponseReturnValue:
    if avance.despues is None:
        session.pop(NOTA, None)
        said = _n(
            "%(servicio)s hace otra vez %(num)d hecho.",
            "%(servicio)s hace otra vez %(num)d hechos.",
            avance.van,
            servicio=pedido.consumidor,
        )
        flash(said, "success")
        return redirect(url_for(".operacion"), 303)
    session[NOTA] = nota
    if avance.problema is not None:
        flash(_("Se detuvo: %(problema)s.", problema=_(avance.problema.title)), "warning")
    return redirect(url_for(".seguir", **_address_of(pedido, avance)), 303)


def _address_of(pedido: Pedido, avance: Avance) -> dict[str, Any]:
    """Where to go on, in an address: codes and moments, never the reason."""
    walls = {"desde": pedido.desde, "hasta": pedido.hasta}
    return {
        "consumidor": pedido.consumidor,
        "productor": pedido.productor,
        "tipo": pedido.tipo or "",
        **{name: f"{wall:%Y-%m-%dT%H:%M:%S}" if wall else "" for name, wall in walls.items()},
        "iniciado": pedido.iniciado.isoformat(),
        "despues": avance.despues or "",
        "van": avance.van,
    }
