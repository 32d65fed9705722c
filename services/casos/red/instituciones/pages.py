"""Entrance: the pages of an institution, its services, places and contacts."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.derivaciones.paquete import Categoria
from casos.etiquetas import opciones
from casos.red import actions, queries
from casos.red.formularios import SIN_DECIR, formulario
from casos.red.models import (
    Ambito,
    ContactoRed,
    EstadoServicio,
    Institucion,
    Modo,
    Sede,
    TipoInstitucion,
    TipoSede,
)
from casos.red.schemas import (
    DatosContactoSchema,
    DatosInstitucionSchema,
    DatosSedeSchema,
    DatosServicioSchema,
    de_contacto,
    de_institucion,
    de_sede,
)
from casos.red.vistas import ocultos
from oficina.audit import ultimo_cambio
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.stale import Present

bp = Blueprint("red_instituciones_paginas", __name__, url_prefix="/casos/red")

_CAMBIAN_INSTITUCION = ("casos.red.institucion.editar",)


@bp.get("/instituciones/<uuid:institucion_id>")
@requires("casos.red.ver")
def institucion(institucion_id: UUID) -> str:
    """An institution with its services, places and whom to ask."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)
    return render_template("casos/red/institucion.html", institucion=una, Categoria=Categoria)


@bp.route("/instituciones/nueva", methods=["GET", "POST"])
@requires("casos.red.editar")
def nueva_institucion() -> ResponseReturnValue:
    """Add an institution."""

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_institucion(session, datos, actor()).id

    return formulario(
        DatosInstitucionSchema(),
        {"activa": True, "ambito": Ambito.LOCAL},
        (hacer, None),
        lambda hecha: url_for(".institucion", institucion_id=hecha),
        "casos/red/institucion_editar.html",
        **_vista_de_institucion(None),
    )


@bp.route("/instituciones/<uuid:institucion_id>/editar", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar_institucion(institucion_id: UUID) -> ResponseReturnValue:
    """Correct what is written of an institution."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.editar_institucion(session, institucion_id, datos, actor()).id

    def ahora(session: Session) -> Present:
        esta = queries.institucion_entera(session, institucion_id)
        cambio = ultimo_cambio(
            session, "institucion", esta.id, _CAMBIAN_INSTITUCION, sin_decir=SIN_DECIR
        )
        return Present(values=de_institucion(esta), change=cambio)

    return formulario(
        DatosInstitucionSchema(),
        de_institucion(una),
        (hacer, ahora),
        lambda hecha: url_for(".institucion", institucion_id=hecha),
        "casos/red/institucion_editar.html",
        **_vista_de_institucion(una),
    )


@bp.route("/instituciones/<uuid:institucion_id>/servicios/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_servicio(institucion_id: UUID) -> ResponseReturnValue:
    """Add a service of an institution."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_servicio(session, institucion_id, datos, actor()).id

    return formulario(
        DatosServicioSchema(),
        {"estado": EstadoServicio.ACTIVO, "modo": Modo.EN_LINEA},
        (hacer, None),
        lambda hecho: url_for("red_paginas.servicio", servicio_id=hecho),
        "casos/red/servicio_editar.html",
        institucion=una,
        servicio=None,
    )


@bp.route("/instituciones/<uuid:institucion_id>/sedes/nueva", methods=["GET", "POST"])
@requires("casos.red.editar")
def nueva_sede(institucion_id: UUID) -> ResponseReturnValue:
    """Add a place of an institution."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_sede(session, institucion_id, datos, actor()).institucion_id

    return formulario(
        DatosSedeSchema(),
        {"tipo": TipoSede.FISICA},
        (hacer, None),
        lambda de: url_for(".institucion", institucion_id=de),
        "casos/red/sede.html",
        **_vista_de_sede(una, None),
    )


@bp.route("/sedes/<uuid:sede_id>", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar_sede(sede_id: UUID) -> ResponseReturnValue:
    """Correct a place."""
    with env().db.read() as session:
        sede = queries.sede_por_id(session, sede_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.editar_sede(session, sede_id, datos, actor()).institucion_id

    def ahora(session: Session) -> Present:
        esta = queries.sede_por_id(session, sede_id)
        return Present(values=de_sede(esta), hidden=ocultos(esta))

    return formulario(
        DatosSedeSchema(),
        de_sede(sede),
        (hacer, ahora),
        lambda de: url_for(".institucion", institucion_id=de),
        "casos/red/sede.html",
        **_vista_de_sede(sede.institucion, sede),
    )


@bp.route("/instituciones/<uuid:institucion_id>/contactos/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_contacto(institucion_id: UUID) -> ResponseReturnValue:
    """Add whom to ask."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_contacto(session, institucion_id, datos, actor()).institucion_id

    return formulario(
        DatosContactoSchema(),
        {},
        (hacer, None),
        lambda de: url_for(".institucion", institucion_id=de),
        "casos/red/contacto.html",
        **_vista_de_contacto(una, None),
    )


@bp.route("/contactos/<uuid:contacto_red_id>", methods=["GET", "POST"])
@requires("casos.red.editar")
def editar_contacto(contacto_red_id: UUID) -> ResponseReturnValue:
    """Correct whom to ask."""
    with env().db.read() as session:
        contacto = queries.contacto_por_id(session, contacto_red_id)
        una = queries.institucion_entera(session, contacto.institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.editar_contacto(session, contacto_red_id, datos, actor()).institucion_id

    def ahora(session: Session) -> Present:
        return Present(values=de_contacto(queries.contacto_por_id(session, contacto_red_id)))

    return formulario(
        DatosContactoSchema(),
        de_contacto(contacto),
        (hacer, ahora),
        lambda de: url_for(".institucion", institucion_id=de),
        "casos/red/contacto.html",
        **_vista_de_contacto(una, contacto),
    )


@bp.post("/contactos/<uuid:contacto_red_id>/quitar")
@requires("casos.red.editar")
def quitar_contacto(contacto_red_id: UUID) -> ResponseReturnValue:
    """Somebody is not to be asked any more."""
    with env().db.begin() as session:
        una = actions.quitar_contacto(session, contacto_red_id, actor())
    flash(_("Se quitó el contacto."), "success")
    return redirect(url_for(".institucion", institucion_id=una.id), 303)


def _vista_de_institucion(una: Institucion | None) -> dict[str, Any]:
    return {
        "institucion": una,
        "tipos": opciones(TipoInstitucion),
        "ambitos": opciones(Ambito),
        "categorias": opciones(Categoria),
    }


def _vista_de_sede(una: Institucion, sede: Sede | None) -> dict[str, Any]:
    return {"institucion": una, "sede": sede, "tipos": opciones(TipoSede)}


def _vista_de_contacto(una: Institucion, contacto: ContactoRed | None) -> dict[str, Any]:
    servicios = [(uno.id, uno.nombre) for uno in una.servicios]
    return {"institucion": una, "contacto": contacto, "servicios": servicios}
