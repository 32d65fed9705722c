"""Entrance: the pages of organisations of migrants."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from casos.comunidad.organizaciones import actions, queries
from casos.comunidad.organizaciones.etiquetas import HISTORIA
from casos.comunidad.organizaciones.exportacion import filas, titulos
from casos.comunidad.organizaciones.models import (
    Cargo,
    Directiva,
    Organizacion,
    RegistroPersonalidad,
    TipoOrganizacion,
)
from casos.comunidad.organizaciones.reglas import reglas
from casos.comunidad.organizaciones.schemas import (
    DatosOrganizacionSchema,
    Directivas,
    Filtro,
    FiltroOrganizacionesSchema,
    NombreQuitadoSchema,
    NuevaDirectivaSchema,
    PasoDeOrganizacionSchema,
)
from casos.comunidad.organizaciones.states import Accion, Estado
from casos.comunidad.pasos import ultimo
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.hoja import hoja
from casos.personas.catalogos import paises
from casos.taxonomia import temas
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.files import descarga
from oficina.web.forms import Form
from oficina.web.i18n import fecha, language
from oficina.web.stale import Present

bp = Blueprint("organizaciones_paginas", __name__, url_prefix="/casos/comunidad/organizaciones")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))
DIRECTIVA = "casos.organizacion.directiva"


@bp.get("")
@requires("casos.organizacion.ver")
def lista() -> str:
    """Those that a filter lets through."""
    filtro = _filtro()
    hoy = clock.today()
    with env().db.read() as session:
        todas = queries.organizaciones(session, filtro, hoy)
    return render_template(
        "casos/comunidad/organizaciones/lista.html",
        hoja=hoja(todas, filtro.pagina),
        filtro=filtro,
        pedido=_pedido(),
        paises=paises(language()),
        temas=list(temas(language()).items()),
        estados=opciones(Estado),
        directivas=opciones(Directivas),
        hoy=hoy,
        aviso=reglas().avisos_dias[0],
    )


@bp.get("/lista.<any(csv, xlsx):tipo>")
@requires("casos.organizacion.exportar")
def archivo(tipo: str) -> Response:
    """The same list, as a file."""
    with env().db.read() as session:
        todas = queries.organizaciones(session, _filtro(), clock.today())
    lineas, titulo = filas(todas), _("Organizaciones")
    registrar_lectura(
        env().db,
        actor(),
        "casos.organizacion.exportar",
        "organizacion",
        None,
        cantidad=len(lineas),
    )
    return descarga(tipo, "organizaciones", titulo, titulos(), lineas)


@bp.route("/nueva", methods=["GET", "POST"])
@requires("casos.organizacion.editar")
def nueva() -> ResponseReturnValue:
    """Write down an organisation."""
    form = Form(DatosOrganizacionSchema())
    intento = intentar(
        form,
        lambda session: actions.registrar(session, form.data, actor(), clock.now()),
    )
    if hecha := intento.resultado:
        flash(_("Se registró la organización %(folio)s.", folio=hecha.folio), "success")
        return redirect(url_for(".ver", organizacion_id=hecha.id), 303)
    page = render_template("casos/comunidad/organizaciones/nueva.html", form=form, **_opciones())
    return page, intento.status


@bp.get("/<uuid:organizacion_id>")
@requires("casos.organizacion.ver")
def ver(organizacion_id: UUID) -> str:
    """An organisation, its boards for who may see them, and its history."""
    nombra = puede(DIRECTIVA)
    with env().db.read() as session:
        una = queries.organizacion_por_id(session, organizacion_id)
        suyas = queries.directivas(session, una.id) if nombra else []
        historia = queries.historia(session, una.id)
    if nombra:
        registrar_lectura(env().db, actor(), "casos.organizacion.ver", "organizacion", una.id)
    hoy = clock.today()
    return render_template(
        "casos/comunidad/organizaciones/ver.html",
        una=una,
        directivas=suyas,
        nombra=nombra,
        historia=historia,
        dichos=HISTORIA,
        hoy=hoy,
        faltan=una.faltan(hoy),
        aviso=reglas().avisos_dias[0],
    )


@bp.route(f"/<uuid:organizacion_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.organizacion.editar")
def paso(organizacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    con_nombres = pedida is Accion.QUITAR_NOMBRE
    with env().db.read() as session:
        una = queries.organizacion_por_id(session, organizacion_id)
        suyas = queries.directivas(session, una.id) if con_nombres else []
    if con_nombres:
        registrar_lectura(env().db, actor(), "casos.organizacion.ver", "organizacion", una.id)
    form = Form(_SCHEMAS[pedida](), _al_empezar(pedida, una) | {"version": una.version})
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, organizacion_id, form.data),
        lambda s: _como_esta(s, organizacion_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó la organización %(folio)s.", folio=una.folio), "success")
        return redirect(url_for(".ver", organizacion_id=organizacion_id), 303)
    page = render_template(
        "casos/comunidad/organizaciones/paso.html",
        form=form,
        una=una,
        accion=pedida,
        periodos=[(str(d.id), _periodo(d)) for d in suyas if d.nombres],
        cargos=opciones(Cargo),
        **_opciones(),
    )
    return page, intento.status


def _como_esta(session: Session, organizacion_id: UUID, pedida: Accion) -> Present:
    """How an organisation stands, who left it so, and what the reader can do with it now."""
    una = queries.organizacion_por_id(session, organizacion_id)
    cambio, dicho = ultimo(queries.historia(session, organizacion_id), HISTORIA)
    return Present(
        values=_al_empezar(pedida, una) | {"version": una.version},
        change=cambio,
        what=dicho,
        state=etiqueta(una.estado),
        allowed=posibles(
            una.acciones,
            pedida,
            lambda accion: url_for(".paso", organizacion_id=organizacion_id, accion=accion),
        ),
    )


def _filtro() -> Filtro:
    try:
        pedido: Filtro = FiltroOrganizacionesSchema().load(_pedido())
    except ValidationError:
        # An address that somebody wrote by hand: the list, as if it asked for nothing.
        return Filtro()
    return pedido


def _pedido() -> dict[str, str]:
    nombres = FiltroOrganizacionesSchema().load_fields
    return {n: texto for n in nombres if (texto := request.args.get(n, "").strip())}


def _periodo(directiva: Directiva) -> str:
    return f"{fecha(directiva.desde)} – {fecha(directiva.hasta)}"


def _opciones() -> dict[str, Any]:
    return {
        "tipos": opciones(TipoOrganizacion),
        "registros": opciones(RegistroPersonalidad),
        "paises": paises(language()),
        "temas": list(temas(language()).items()),
    }


def _al_empezar(accion: Accion, una: Organizacion) -> dict[str, Any]:
    if accion is not Accion.EDITAR:
        return {}
    campos = DatosOrganizacionSchema(exclude=("version",)).load_fields
    return {campo: getattr(una, campo) for campo in campos}


def _hacer(
    accion: Callable[..., Organizacion],
) -> Callable[[Session, UUID, Any], Organizacion]:
    return lambda session, cual, datos: accion(session, cual, datos, actor(), clock.now())


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.EDITAR: DatosOrganizacionSchema,
    Accion.DIRECTIVA: NuevaDirectivaSchema,
    Accion.RECESO: PasoDeOrganizacionSchema,
    Accion.RETOMAR: PasoDeOrganizacionSchema,
    Accion.DISOLVER: PasoDeOrganizacionSchema,
    Accion.QUITAR_NOMBRE: NombreQuitadoSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any], Organizacion]] = {
    Accion.EDITAR: _hacer(actions.editar),
    Accion.DIRECTIVA: _hacer(actions.registrar_directiva),
    Accion.RECESO: _hacer(actions.dejar_en_receso),
    Accion.RETOMAR: _hacer(actions.retomar),
    Accion.DISOLVER: _hacer(actions.disolver),
    Accion.QUITAR_NOMBRE: _hacer(actions.quitar_nombre),
}
