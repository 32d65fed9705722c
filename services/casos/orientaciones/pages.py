"""Entrance: the pages of the library, and of giving a sheet."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.etiquetas import etiqueta, opciones
from casos.expedientes.queries import caso_por_id
from casos.expedientes.vistas import lineas, lo_ultimo
from casos.formularios import intentar, posibles
from casos.orientaciones import actions, queries
from casos.orientaciones.etiquetas import SE_HIZO
from casos.orientaciones.models import Comprendida, Entrega, FichaOrientacion
from casos.orientaciones.schemas import (
    EdicionFichaSchema,
    NuevaFichaSchema,
    OrientacionPorDarSchema,
    PublicacionDeFichaSchema,
    RetiroDeFichaSchema,
)
from casos.orientaciones.states import Accion
from casos.orientaciones.vistas import enlace, exigir_permiso, idioma_de, rotulos
from casos.personas.catalogos import nombre_de_idioma
from casos.personas.models import Persona
from casos.subtemas.presentes import nombre_de_tema, temas_ofrecidos
from casos.taxonomia import LENGUAS, tema
from oficina import clock
from oficina.audit import registrar_lectura, ultimo_cambio
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("orientacion_paginas", __name__, url_prefix="/casos/orientaciones")

REVISION = timedelta(days=180)
"""When a sheet is to be reviewed, until somebody chooses another day."""


@bp.get("")
@requires("casos.ficha_orientacion.ver")
def biblioteca() -> str:
    """Every sheet by theme, with whether it may be given today."""
    todas = request.args.get("ver") == "todas"
    with env().db.read() as session:
        fichas = queries.fichas(session, todas=todas)
    hoy, idioma = clock.today(), language()
    por_tema: dict[str, list[FichaOrientacion]] = {}
    for una in sorted(fichas, key=lambda una: una.en(idioma).titulo):
        por_tema.setdefault(nombre_de_tema(una.temas[0], idioma), []).append(una)
    return render_template(
        "casos/orientaciones/biblioteca.html",
        por_tema=dict(sorted(por_tema.items())),
        hoy=hoy,
        todas=todas,
        lenguas=LENGUAS,
    )


@bp.route("/fichas/nueva", methods=["GET", "POST"])
@requires("casos.ficha_orientacion.editar")
def nueva() -> ResponseReturnValue:
    """Begin a sheet."""
    form = Form(NuevaFichaSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = actions.crear(session, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se guardó el borrador."), "success")
            return redirect(url_for(".ficha", ficha_id=hecha.id), 303)
    page = render_template("casos/orientaciones/editar.html", form=form, una=None, **_comun())
    return page, 422 if form.sent else 200


@bp.get("/fichas/<uuid:ficha_id>")
@requires("casos.ficha_orientacion.ver")
def ficha(ficha_id: UUID) -> str:
    """A version in every language, and what can be done with it."""
    with env().db.read() as session:
        una = queries.ficha_por_id(session, ficha_id)
        versiones = queries.versiones(session, una.codigo)
        veces = queries.veces_dadas(session, una.codigo)
    pedido = request.args.get("idioma", language())
    return render_template(
        "casos/orientaciones/ficha.html",
        una=una,
        versiones=versiones,
        veces=veces,
        vigencia=una.vigencia(clock.today()),
        hoja=una.en(pedido if pedido in LENGUAS else "es"),
        direccion=enlace(una.id, pedido if pedido in una.textos else "es"),
        **_comun(),
    )


@bp.route("/fichas/<uuid:ficha_id>/editar", methods=["GET", "POST"])
@requires("casos.ficha_orientacion.editar")
def editar(ficha_id: UUID) -> ResponseReturnValue:
    """Rewrite a draft."""
    una = _ficha(ficha_id)
    form = Form(EdicionFichaSchema(), _borrador(una))

    def hacer(session: Session) -> None:
        actions.editar(session, ficha_id, form.data, actor(), clock.now())

    return _paso(form, una, Accion.EDITAR, hacer)


@bp.route("/fichas/<uuid:ficha_id>/publicar", methods=["GET", "POST"])
@requires("casos.ficha_orientacion.editar")
def publicar(ficha_id: UUID) -> ResponseReturnValue:
    """Offer a draft that was reviewed."""
    una = _ficha(ficha_id)
    hoy = clock.today()
    inicial = {"vigente_desde": hoy, "revisar_el": hoy + REVISION, "version": una.version}
    form = Form(PublicacionDeFichaSchema(), inicial)

    def hacer(session: Session) -> None:
        revision, version = form.data
        actions.publicar(session, ficha_id, revision, version, actor=actor(), ahora=clock.now())

    return _paso(form, una, Accion.PUBLICAR, hacer)


@bp.route("/fichas/<uuid:ficha_id>/retirar", methods=["GET", "POST"])
@requires("casos.ficha_orientacion.editar")
def retirar(ficha_id: UUID) -> ResponseReturnValue:
    """Offer it no more."""
    una = _ficha(ficha_id)
    form = Form(RetiroDeFichaSchema(), {"version": una.version})

    def hacer(session: Session) -> None:
        datos = form.data
        actions.retirar(session, ficha_id, datos["motivo"], datos["version"], actor=actor())

    return _paso(form, una, Accion.RETIRAR, hacer)


@bp.post("/fichas/<uuid:ficha_id>/renovar")
@requires("casos.ficha_orientacion.editar")
def renovar(ficha_id: UUID) -> ResponseReturnValue:
    """Begin the next version."""
    with env().db.begin() as session:
        hecha = actions.renovar(session, ficha_id, actor(), clock.now())
    flash(_("La versión %(n)s es un borrador: edítela y publíquela.", n=hecha.numero), "success")
    return redirect(url_for(".editar", ficha_id=hecha.id), 303)


@bp.route("/dar", methods=["GET", "POST"])
@requires("casos.orientacion.dar")
def dar() -> ResponseReturnValue:
    """Give a sheet in an attention (`?atencion=`) or as the orientation of a case (`?caso=`)."""
    atencion_id = request.args.get("atencion", type=UUID)
    caso_id = request.args.get("caso", type=UUID)
    exigir_permiso(caso_id)
    alcance = Alcance.de(actor())
    persona: Persona | None = None
    with env().db.read() as session:
        if caso_id:
            caso = caso_por_id(session, caso_id, alcance)
            suyo, persona, version = caso.tema, caso.persona, caso.version
        elif atencion_id:
            atencion = queries.atencion_a_la_vista(session, atencion_id, alcance)
            suyo, persona, version = atencion.tema, atencion.persona, None
        else:
            raise NoEncontrado
        fichas = queries.ofrecidas(session, suyo, clock.today())
    if persona:
        registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona.id)
    else:
        registrar_lectura(env().db, actor(), "casos.atencion.listar", "atencion", atencion_id)
    lengua = persona.idioma if persona else None if caso_id else atencion.idioma
    inicial = {
        "idioma": idioma_de(lengua),
        "tema": suyo,
        "entrega": Entrega.LEIDA.value,
        "comprendida": Comprendida.SIN_DATO.value,
        "atencion_id": atencion_id,
        "caso_id": caso_id,
        "version": version,
        "ficha_id": fichas[0].id if fichas and queries.cercania(fichas[0], suyo) < 2 else None,
    }
    form = Form(OrientacionPorDarSchema(), inicial)
    if form.valid and (form.data.caso_id, form.data.atencion_id) != (caso_id, atencion_id):
        form.add_error("", _("Vuelva al caso o a la atención, y dé la hoja desde ahí."))
    intento = intentar(
        form,
        lambda s: actions.dar(s, form.data, actor(), clock.now()),
        (lambda s: _del_caso(s, caso_id)) if caso_id else None,
    )
    if intento.resultado is not None:
        folio, dada_id = intento.resultado.folio, intento.resultado.id
        flash(_("Se registró la orientación %(folio)s.", folio=folio), "success")
        return redirect(url_for(".dada", orientacion_id=dada_id), 303)
    page = render_template(
        "casos/orientaciones/dar.html",
        form=form,
        persona=persona,
        fichas=fichas,
        caso_id=caso_id,
        tema_de=suyo,
        entregas=opciones(Entrega),
        comprendidas=opciones(Comprendida),
        hay_que_elegir_tema=caso_id is not None,
        **_comun(),
    )
    return page, intento.status


@bp.get("/dadas/<uuid:orientacion_id>")
@requires("casos.orientacion.ver")
def dada(orientacion_id: UUID) -> str:
    """What was given: to print, or to send."""
    return _dada(orientacion_id, "casos/orientaciones/dada.html")


@bp.get("/dadas/<uuid:orientacion_id>/imprimir")
@requires("casos.orientacion.ver")
def imprimir(orientacion_id: UUID) -> str:
    """The sheet on paper: its folio and a code that opens the same sheet, nothing of the person."""
    return _dada(orientacion_id, "casos/orientaciones/imprimir.html")


def _dada(orientacion_id: UUID, plantilla: str) -> str:
    import segno  # noqa: PLC0415  only who prints a sheet waits for it

    with env().db.read() as session:
        una = queries.orientacion_por_id(session, orientacion_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.orientacion.ver", "orientacion", orientacion_id)
    direccion = enlace(una.ficha_id, una.idioma)
    de_quien = una.atencion.persona if una.atencion else una.caso.persona if una.caso else None
    return render_template(
        plantilla,
        una=una,
        ficha=una.ficha,
        hoja=una.hoja,
        persona=de_quien,
        direccion=direccion,
        dibujo=segno.make(direccion, error="m").svg_data_uri(scale=4),
        dice=rotulos()[una.hoja.idioma],
        vigencia=una.ficha.vigencia(clock.today()),
        delicada=tema(una.tema).confidencialidad != "normal",
        **_comun(),
    )


def _ficha(ficha_id: UUID) -> FichaOrientacion:
    with env().db.read() as session:
        return queries.ficha_por_id(session, ficha_id)


def _paso(
    form: Form, una: FichaOrientacion, accion: Accion, hacer: Callable[[Session], None]
) -> ResponseReturnValue:
    """Take a step of a sheet with what a form says, or show what is wrong."""
    intento = intentar(form, hacer, lambda session: _como_esta(session, una.id, accion))
    if intento.hecho:
        flash(_("Se guardó la ficha."), "success")
        return redirect(url_for(".ficha", ficha_id=una.id), 303)
    plantilla = f"casos/orientaciones/{accion}.html"
    return render_template(plantilla, form=form, una=una, **_comun()), intento.status


def _borrador(una: FichaOrientacion) -> dict[str, Any]:
    return {c: getattr(una, c) for c in ("temas", "textos", "fuente", "fuente_el", "version")}


def _como_esta(session: Session, ficha_id: UUID, accion: Accion) -> Present:
    """How a version of a sheet stands, who left it so, and what the reader can do with it now."""
    una = queries.ficha_por_id(session, ficha_id)
    cambio = ultimo_cambio(session, "ficha_orientacion", ficha_id, SE_HIZO)
    return Present(
        values=_borrador(una) if accion is Accion.EDITAR else {"version": una.version},
        change=cambio,
        what=str(SE_HIZO[cambio.accion]) if cambio else "",
        state=etiqueta(una.estado),
        allowed=posibles(una.acciones, accion, lambda cual: _donde(ficha_id, cual)),
    )


def _donde(ficha_id: UUID, accion: Accion) -> str:
    """The page of a step; another version is begun by a button of the sheet's own page."""
    pagina = ".ficha" if accion is Accion.RENOVAR else f".{accion}"
    return url_for(pagina, ficha_id=ficha_id)


def _del_caso(session: Session, caso_id: UUID) -> Present:
    """How the case stands in which a sheet was to be given, and what happened to it last."""
    alcance = Alcance.de(actor())
    caso = caso_por_id(session, caso_id, alcance)
    cambio, que = lo_ultimo(lineas(session, caso, alcance))
    return Present(
        values={"version": caso.version},
        change=cambio,
        what=que,
        state=etiqueta(caso.estado),
        allowed=[(_("Ver el caso"), url_for("expedientes.ver", caso_id=caso_id))],
    )


def _comun() -> Mapping[str, Any]:
    nombres = [(codigo, nombre_de_idioma(codigo, language())) for codigo in LENGUAS]
    temas = list(temas_ofrecidos(language()).items())
    return {"lenguas": LENGUAS, "nombres_de_lenguas": nombres, "temas": temas}
