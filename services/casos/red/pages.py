"""Entrance: the pages of the directory of the network."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.derivaciones.paquete import Categoria
from casos.etiquetas import etiqueta, opciones
from casos.personas.catalogos import idiomas
from casos.red import actions, queries
from casos.red.etiquetas import DIAS
from casos.red.models import (
    Ambito,
    Capacidad,
    ContactoRed,
    EstadoServicio,
    Institucion,
    Modo,
    Papel,
    Sede,
    ServicioRed,
    TipoInstitucion,
    TipoSede,
)
from casos.red.propuestas.queries import cuantas_esperan
from casos.red.propuestas.states import PasoPropuesta
from casos.red.queries import Busqueda
from casos.red.schemas import (
    BusquedaRedSchema,
    DatosContactoSchema,
    DatosCupoSchema,
    DatosInstitucionSchema,
    DatosLugarSchema,
    DatosSedeSchema,
    DatosServicioSchema,
    de_contacto,
    de_institucion,
    de_lugar,
    de_sede,
    de_servicio,
)
from casos.red.verificaciones.queries import cuantos_por_verificar
from casos.red.vistas import ocultos
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.audit import Cambio, ultimo_cambio
from oficina.errors import DatosInvalidos, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present, came_back

bp = Blueprint("red_paginas", __name__, url_prefix="/casos/red")

_CAMBIAN_INSTITUCION = ("casos.red.institucion.editar",)
_CAMBIAN_SERVICIO = (
    "casos.red.editar",
    "casos.red.cupo",
    "casos.red.verificar",
    "casos.red.lugar.guardar",
    "casos.red.lugar.quitar",
    "casos.red.correccion.aceptar",
)
_SIN_DECIR = (
    "casos.red.carga.cargar",
    *(f"casos.red.propuesta.{paso}" for paso in PasoPropuesta),
)
"""A file of another directory and what is decided of a proposal change things that no row names."""

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
        hoja=queries.hoja(hallados, request.args.get("pagina", 1, type=int)),
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

    return _formulario(
        DatosServicioSchema(),
        de_servicio(uno),
        (hacer, ahora),
        lambda hecho: url_for(".servicio", servicio_id=hecho),
        ("casos/red/servicio_editar.html", {"institucion": uno.institucion, "servicio": uno}),
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

    return _formulario(
        DatosCupoSchema(),
        _cupo_de(uno),
        (hacer, ahora),
        lambda hecho: url_for(".servicio", servicio_id=hecho),
        ("casos/red/cupo.html", {"servicio": uno, "capacidades": opciones(Capacidad)}),
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

    return _formulario(
        DatosInstitucionSchema(),
        {"activa": True, "ambito": Ambito.LOCAL},
        (hacer, None),
        lambda hecha: url_for(".institucion", institucion_id=hecha),
        _pagina_de_institucion(None),
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
            session, "institucion", esta.id, _CAMBIAN_INSTITUCION, sin_decir=_SIN_DECIR
        )
        return Present(values=de_institucion(esta), change=cambio)

    return _formulario(
        DatosInstitucionSchema(),
        de_institucion(una),
        (hacer, ahora),
        lambda hecha: url_for(".institucion", institucion_id=hecha),
        _pagina_de_institucion(una),
    )


@bp.route("/instituciones/<uuid:institucion_id>/servicios/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_servicio(institucion_id: UUID) -> ResponseReturnValue:
    """Add a service of an institution."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_servicio(session, institucion_id, datos, actor()).id

    return _formulario(
        DatosServicioSchema(),
        {"estado": EstadoServicio.ACTIVO, "modo": Modo.EN_LINEA},
        (hacer, None),
        lambda hecho: url_for(".servicio", servicio_id=hecho),
        ("casos/red/servicio_editar.html", {"institucion": una, "servicio": None}),
    )


@bp.route("/instituciones/<uuid:institucion_id>/sedes/nueva", methods=["GET", "POST"])
@requires("casos.red.editar")
def nueva_sede(institucion_id: UUID) -> ResponseReturnValue:
    """Add a place of an institution."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_sede(session, institucion_id, datos, actor()).institucion_id

    return _formulario(
        DatosSedeSchema(),
        {"tipo": TipoSede.FISICA},
        (hacer, None),
        lambda de: url_for(".institucion", institucion_id=de),
        _pagina_de_sede(una, None),
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

    return _formulario(
        DatosSedeSchema(),
        de_sede(sede),
        (hacer, ahora),
        lambda de: url_for(".institucion", institucion_id=de),
        _pagina_de_sede(sede.institucion, sede),
    )


@bp.route("/servicios/<uuid:servicio_id>/lugares/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_lugar(servicio_id: UUID) -> ResponseReturnValue:
    """Say where and when a service is given."""
    with env().db.read() as session:
        uno = queries.servicio_entero(session, servicio_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_lugar(session, servicio_id, datos, actor()).servicio_id

    return _formulario(
        DatosLugarSchema(),
        {"papel": Papel.ATENCION},
        (hacer, None),
        lambda de: url_for(".servicio", servicio_id=de),
        _pagina_de_lugar(uno, lugar=None),
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

    return _formulario(
        DatosLugarSchema(),
        de_lugar(lugar),
        (hacer, ahora),
        lambda de: url_for(".servicio", servicio_id=de),
        _pagina_de_lugar(uno, lugar=lugar),
    )


@bp.post("/lugares/<uuid:lugar_id>/quitar")
@requires("casos.red.editar")
def quitar_lugar(lugar_id: UUID) -> ResponseReturnValue:
    """A service is not given there any more."""
    with env().db.begin() as session:
        uno = actions.quitar_lugar(session, lugar_id, actor())
    flash(_("Se quitó el lugar."), "success")
    return redirect(url_for(".servicio", servicio_id=uno.id), 303)


@bp.route("/instituciones/<uuid:institucion_id>/contactos/nuevo", methods=["GET", "POST"])
@requires("casos.red.editar")
def nuevo_contacto(institucion_id: UUID) -> ResponseReturnValue:
    """Add whom to ask."""
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)

    def hacer(session: Session, datos: Any) -> UUID:
        return actions.crear_contacto(session, institucion_id, datos, actor()).institucion_id

    return _formulario(
        DatosContactoSchema(),
        {},
        (hacer, None),
        lambda de: url_for(".institucion", institucion_id=de),
        _pagina_de_contacto(una, None),
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

    return _formulario(
        DatosContactoSchema(),
        de_contacto(contacto),
        (hacer, ahora),
        lambda de: url_for(".institucion", institucion_id=de),
        _pagina_de_contacto(una, contacto),
    )


@bp.post("/contactos/<uuid:contacto_red_id>/quitar")
@requires("casos.red.editar")
def quitar_contacto(contacto_red_id: UUID) -> ResponseReturnValue:
    """Somebody is not to be asked any more."""
    with env().db.begin() as session:
        una = actions.quitar_contacto(session, contacto_red_id, actor())
    flash(_("Se quitó el contacto."), "success")
    return redirect(url_for(".institucion", institucion_id=una.id), 303)


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


def _formulario(
    schema: Schema,
    inicial: dict[str, Any],
    acciones: tuple[Callable[[Session, Any], UUID], Callable[[Session], Present] | None],
    despues: Callable[[UUID], str],
    pagina: tuple[str, dict[str, Any]],
) -> ResponseReturnValue:
    """Show a form, or do what it says in one transaction and go where it leads. `acciones` are to
    do it, and to read what is there now when somebody was faster: nobody is at what is new.
    """
    hacer, ahora = acciones
    form = Form(schema, inicial)
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                hecho = hacer(session, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida as error:
            if ahora is None:
                raise
            with env().db.read() as session:
                came_back(form, ahora(session))
            status = error.status
        else:
            flash(_("Guardamos los cambios en el directorio."), "success")
            return redirect(despues(hecho), 303)
    plantilla, datos = pagina
    page = render_template(
        plantilla,
        form=form,
        opciones=opciones,
        temas=list(temas_ofrecidos(language()).items()),
        lenguas=idiomas(language()),
        modos=opciones(Modo),
        estados=opciones(EstadoServicio),
        **datos,
    )
    return page, status


def _cupo_de(uno: ServicioRed) -> dict[str, Any]:
    return {"capacidad": uno.capacidad, "version": uno.version}


def _quien_cambio(session: Session, uno: ServicioRed) -> Cambio | None:
    """Who changed a service last; when nobody knows who, its row knows when."""
    cambio = ultimo_cambio(session, "servicio_red", uno.id, _CAMBIAN_SERVICIO, sin_decir=_SIN_DECIR)
    if cambio is None and uno.actualizado_en is not None:
        return Cambio(uno.actualizado_en)
    return cambio


def _pagina_de_institucion(una: Institucion | None) -> tuple[str, dict[str, Any]]:
    datos = {
        "institucion": una,
        "tipos": opciones(TipoInstitucion),
        "ambitos": opciones(Ambito),
        "categorias": opciones(Categoria),
    }
    return "casos/red/institucion_editar.html", datos


def _pagina_de_sede(una: Institucion, sede: Sede | None) -> tuple[str, dict[str, Any]]:
    datos = {"institucion": una, "sede": sede, "tipos": opciones(TipoSede)}
    return "casos/red/sede.html", datos


def _pagina_de_contacto(
    una: Institucion, contacto: ContactoRed | None
) -> tuple[str, dict[str, Any]]:
    servicios = [(uno.id, uno.nombre) for uno in una.servicios]
    datos = {"institucion": una, "contacto": contacto, "servicios": servicios}
    return "casos/red/contacto.html", datos


def _pagina_de_lugar(uno: ServicioRed, **datos: Any) -> tuple[str, dict[str, Any]]:
    sedes = [(sede.id, sede.nombre) for sede in uno.institucion.sedes]
    datos |= {"servicio": uno, "sedes": sedes, "dias": DIAS, "papeles": opciones(Papel)}
    return "casos/red/lugar.html", datos
