"""Entrance: the pages of the directory of the network and of its services."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.etiquetas import etiqueta, opciones
from casos.hoja import hoja
from casos.personas.catalogos import idiomas
from casos.red import actions, queries
from casos.red.etiquetas import DIAS
from casos.red.formularios import SIN_DECIR, formulario
from casos.red.models import (
    Capacidad,
    Lugar,
    Papel,
    ServicioRed,
)
from casos.red.propuestas.queries import cuantas_esperan
from casos.red.queries import Busqueda
from casos.red.schemas import (
    BusquedaRedSchema,
    DatosCupoSchema,
    DatosLugarSchema,
    DatosServicioSchema,
    de_lugar,
    de_servicio,
)
from casos.red.verificaciones.queries import cuantos_por_verificar
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.audit import Cambio, ultimo_cambio
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import form_version
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("red_paginas", __name__, url_prefix="/casos/red")

_CAMBIAN_SERVICIO = (
    "casos.red.editar",
    "casos.red.cupo",
    "casos.red.verificar",
    "casos.red.lugar.guardar",
    "casos.red.lugar.quitar",
    "casos.red.correccion.aceptar",
)
POCOS = 3
"""So few services are shown unfolded."""


@bp.get("")
@requires("casos.red.ver")
def directorio() -> str:
    """The services of the network, by what one needs, some a page."""
    pedido = _pedido()
    with env().db.read() as session:
        hallados = queries.buscar(session, _busqueda(pedido))
        cuida = puede("casos.red.editar")
        esperan = cuantas_esperan(session) if cuida else 0
        vencidos = cuantos_por_verificar(session, clock.today()) if cuida else 0
    return render_template(
        "casos/red/directorio.html",
        hoja=hoja(hallados, request.args.get("pagina", 1, type=int), queries.POR_HOJA),
        pocos=POCOS,
        pedido=pedido,
        consulta={clave: valor for clave, valor in pedido.items() if valor},
        tema=pedido["tema"],
        texto=pedido["q"],
        temas=temas_ofrecidos(language()),
        lenguas=idiomas(language()),
        capacidades=opciones(Capacidad),
        esperan=esperan,
        vencidos=vencidos,
        etiqueta=etiqueta,
    )


@bp.get("/servicios/<uuid:servicio_id>")
@requires("casos.red.ver")
def servicio(servicio_id: UUID) -> str:
    """All that is known of a service."""
    with env().db.read() as session:
        uno = queries.servicio_entero(session, servicio_id)
    return render_template("casos/red/servicio.html", servicio=uno, dias=DIAS)


@bp.route("/servicios/<uuid:servicio_id>/editar", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar_servicio(servicio_id: UUID) -> ResponseReturnValue:
    """Correct what is written of a service."""
    with env().db.read() as session:
        uno = queries.servicio_por_id(session, servicio_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.editar_servicio(session, servicio_id, datos, actor()).id

    def ahora(session: Session) -> Present:
        este = queries.servicio_por_id(session, servicio_id)
        return Present(values=de_servicio(este), change=_quien_cambio(session, este))

    return formulario(
        DatosServicioSchema(),
        de_servicio(uno),
        (hacer, ahora),
        lambda hecho: url_for(".servicio", servicio_id=hecho),
        "casos/red/servicio_editar.html",
        institucion=uno.institucion,
        servicio=uno,
    )


@bp.route("/servicios/<uuid:servicio_id>/cupo", methods=["GET", "POST"])
@requires("casos.red.editar")
def cupo(servicio_id: UUID) -> ResponseReturnValue:
    """Write down what a service says of its places today."""
    with env().db.read() as session:
        uno = queries.servicio_por_id(session, servicio_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.informar_cupo(session, servicio_id, datos, actor()).id

    def ahora(session: Session) -> Present:
        este = queries.servicio_por_id(session, servicio_id)
        return Present(values=_cupo_de(este), change=_quien_cambio(session, este))

    return formulario(
        DatosCupoSchema(),
        _cupo_de(uno),
        (hacer, ahora),
        lambda hecho: url_for(".servicio", servicio_id=hecho),
        "casos/red/cupo.html",
        servicio=uno,
        capacidades=opciones(Capacidad),
    )


@bp.post("/servicios/<uuid:servicio_id>/verificacion")
@requires("casos.red.editar")
def verificar(servicio_id: UUID) -> ResponseReturnValue:
    """Say that somebody asked today, and what is written is so."""
    with env().db.begin() as session:
        actions.verificar(session, servicio_id, actor(), form_version())
    flash(_("Quedó verificado con la fecha de hoy."), "success")
    return redirect(_despues_de_verificar(servicio_id), 303)


@bp.post("/servicios/<uuid:servicio_id>/verificacion/contacto")
@requires("casos.red.editar")
def verificar_contacto(servicio_id: UUID) -> ResponseReturnValue:
    """Say that somebody asked today for the hours and the contact alone, and they are so."""
    with env().db.begin() as session:
        actions.verificar_contacto(session, servicio_id, actor(), form_version())
    flash(_("Quedaron verificados con la fecha de hoy el horario y el contacto."), "success")
    return redirect(_despues_de_verificar(servicio_id), 303)


@bp.route("/servicios/<uuid:servicio_id>/lugares/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_lugar(servicio_id: UUID) -> ResponseReturnValue:
    """Say where and when a service is given."""
    with env().db.read() as session:
        uno = queries.servicio_entero(session, servicio_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_lugar(session, servicio_id, datos, actor()).servicio_id

    return formulario(
        DatosLugarSchema(),
        {"papel": Papel.ATENCION},
        (hacer, None),
        lambda de: url_for(".servicio", servicio_id=de),
        "casos/red/lugar.html",
        **_vista_de_lugar(uno, None),
    )


@bp.route("/lugares/<uuid:lugar_id>", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar_lugar(lugar_id: UUID) -> ResponseReturnValue:
    """Correct where and when."""
    with env().db.read() as session:
        lugar = queries.lugar_por_id(session, lugar_id)
        uno = queries.servicio_entero(session, lugar.servicio_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.editar_lugar(session, lugar_id, datos, actor()).servicio_id

    def ahora(session: Session) -> Present:
        return Present(values=de_lugar(queries.lugar_por_id(session, lugar_id)))

    return formulario(
        DatosLugarSchema(),
        de_lugar(lugar),
        (hacer, ahora),
        lambda de: url_for(".servicio", servicio_id=de),
        "casos/red/lugar.html",
        **_vista_de_lugar(uno, lugar),
    )


@bp.post("/lugares/<uuid:lugar_id>/quitar")
@requires("casos.red.editar")
def quitar_lugar(lugar_id: UUID) -> ResponseReturnValue:
    """A service is not given there any more."""
    with env().db.begin() as session:
        uno = actions.quitar_lugar(session, lugar_id, actor())
    flash(_("Se quitó el lugar."), "success")
    return redirect(url_for(".servicio", servicio_id=uno.id), 303)


def _pedido() -> dict[str, Any]:
    """What the address looks for; what it cannot be is not looked for."""
    sent = {k: v for k, v in request.args.items() if v and k in BusquedaRedSchema().fields}
    dichas = BusquedaRedSchema().validate(sent)
    leido: dict[str, Any] = BusquedaRedSchema().load(
        {clave: valor for clave, valor in sent.items() if clave not in dichas}
    )
    return leido


def _despues_de_verificar(servicio_id: UUID) -> str:
    if request.form.get("volver") == "por-verificar":
        return url_for("red_verificaciones_paginas.lista")
    return url_for(".servicio", servicio_id=servicio_id)


def _busqueda(pedido: dict[str, Any]) -> Busqueda:
    return Busqueda(
        texto=pedido["q"],
        tema=pedido["tema"],
        idioma=pedido["idioma"],
        capacidad=pedido["capacidad"],
        abierto_en=clock.now() if pedido["abierto"] else None,
    )


def _cupo_de(uno: ServicioRed) -> dict[str, Any]:
    return {"capacidad": uno.capacidad, "version": uno.version}


def _quien_cambio(session: Session, uno: ServicioRed) -> Cambio | None:
    """Who changed a service last; when nobody knows who, its row knows when."""
    cambio = ultimo_cambio(session, "servicio_red", uno.id, _CAMBIAN_SERVICIO, sin_decir=SIN_DECIR)
    if cambio is None and uno.actualizado_en is not None:
        return Cambio(uno.actualizado_en)
    return cambio


def _vista_de_lugar(uno: ServicioRed, lugar: Lugar | None) -> dict[str, Any]:
    sedes = [(sede.id, sede.nombre) for sede in uno.institucion.sedes]
    return {
        "servicio": uno,
        "lugar": lugar,
        "sedes": sedes,
        "dias": DIAS,
        "papeles": opciones(Papel),
    }
