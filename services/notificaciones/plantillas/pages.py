"""Pages of templates: what each says, how it would be read, and writing another version."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones.mensajes.etiquetas import CANALES, nombre_de_caracter
from notificaciones.mensajes.sms import Tildes
from notificaciones.plantillas import actions, etiquetas, pruebas, queries
from notificaciones.plantillas.actions import Contenido
from notificaciones.plantillas.api import valores_para
from notificaciones.plantillas.catalogo import Canal, Plantilla, Tema, base, idiomas
from notificaciones.plantillas.citas import que_da_una_cita
from notificaciones.plantillas.models import AJUSTES
from notificaciones.plantillas.previa import Lectura, ejemplo_de, lecturas
from notificaciones.plantillas.queries import Ficha
from notificaciones.plantillas.reales import de_cita, leer_cita
from notificaciones.plantillas.schemas import EdicionFormaSchema, NuevaPlantillaFormaSchema
from notificaciones.proveedores.correo import con_enlaces
from oficina.clock import today
from oficina.errors import DatosInvalidos, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form
from oficina.web.limits import spend

bp = Blueprint("plantillas_paginas", __name__, url_prefix="/notificaciones/plantillas")


_NUEVA = {
    "no_duplicar": True,
    "respeta_ventana": True,
    "prioridad": "normal",
    "tema": "informacion",
}


@bp.get("")
@requires("notificaciones.plantilla.ver")
def lista() -> str:
    """Every template and what it lacks."""
    with env().db.read() as session:
        todas = queries.fichas(session)
    return render_template(
        "notificaciones/plantillas/lista.html",
        fichas=todas,
        escribe=puede("notificaciones.plantilla.escribir"),
        **_words(),
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires("notificaciones.plantilla.escribir")
def nueva() -> ResponseReturnValue:
    """Make a template of the office's own."""
    form = Form(NuevaPlantillaFormaSchema(), _NUEVA)
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = actions.crear(session, form.data["nueva"], actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La plantilla está lista."), "success")
            return _back(hecha.id)
    page = render_template("notificaciones/plantillas/nueva.html", form=form, **_words())
    return page, 422 if form.sent else 200


@bp.get("/<uuid:plantilla_id>")
@requires("notificaciones.plantilla.ver")
def ver(plantilla_id: UUID) -> str:
    """What a template says now, and its versions."""
    with env().db.read() as session:
        una = queries.ficha_por_id(session, plantilla_id)
        versiones = queries.versiones(session, una.guardada)
    return render_template(
        "notificaciones/plantillas/ver.html",
        una=una,
        versiones=versiones,
        escribe=_may_write(una),
        **_words(),
    )


@bp.get("/<uuid:plantilla_id>/versiones/<int:numero>")
@requires("notificaciones.plantilla.ver")
def version(plantilla_id: UUID, numero: int) -> str:
    """What a template said, and how that differs from what it says now."""
    with env().db.read() as session:
        una = queries.ficha_por_id(session, plantilla_id)
        hallada = queries.version(session, una.guardada, numero)
    return render_template(
        "notificaciones/plantillas/version.html",
        una=una,
        hallada=hallada,
        cambios=queries.diferencias(hallada.textos, una.plantilla.textos),
        escribe=_may_write(una),
        **_words(),
    )


@bp.route("/<uuid:plantilla_id>/editar", methods=["GET", "POST"])
@requires("notificaciones.plantilla.escribir")
def editar(plantilla_id: UUID) -> ResponseReturnValue:
    """Write another version: look at how it would be read, try it, publish it."""
    with env().db.read() as session:
        una = queries.ficha_por_id(session, plantilla_id)
    form = Form(EdicionFormaSchema(), _as_written(una))
    leidas: Sequence[Lectura] = []
    visto: dict[str, Any] = {}
    if form.valid:
        propuesta = actions.con_contenido(una.plantilla, form.data["contenido"])
        try:
            leidas, visto = _read(una, propuesta)
            if request.form.get("accion") == "prueba":
                _try(una, propuesta, leidas)
            elif request.form.get("accion") == "publicar":
                _publish(una, form.data)
                flash(_("Publicado: los mensajes desde ahora dicen esto."), "success")
                return _back(plantilla_id)
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida:
            visto |= _overtaken(una, form.data["contenido"])
    page = render_template(
        "notificaciones/plantillas/editar.html",
        form=form,
        una=una,
        version=una.version if not form.sent or "ajena" in visto else form.value("version"),
        lecturas=leidas,
        de_la_cita=que_da_una_cita(una.plantilla),
        ejemplo_de=ejemplo_de,
        **visto,
        **_words(),
    )
    return page, 422 if form.errors or "ajena" in visto else 200


@bp.post("/<uuid:plantilla_id>/versiones/<int:numero>/restitucion")
@requires("notificaciones.plantilla.escribir")
def restituir(plantilla_id: UUID, numero: int) -> ResponseReturnValue:
    """Go back to what an earlier version says."""
    with env().db.begin() as session:
        clave = queries.ficha_por_id(session, plantilla_id).guardada.clave
        actions.restituir(session, clave, numero, actor(), form_version())
    flash(_("Los mensajes dicen otra vez lo de esa versión."), "success")
    return _back(plantilla_id)


@bp.post("/<uuid:plantilla_id>/retiro")
@requires("notificaciones.plantilla.escribir")
def retirar(plantilla_id: UUID) -> ResponseReturnValue:
    """Offer it to nobody any more."""
    with env().db.begin() as session:
        clave = queries.ficha_por_id(session, plantilla_id).guardada.clave
        actions.retirar(session, clave, actor(), form_version())
    flash(_("La plantilla se retiró; lo que ya se pidió con ella sale igual."), "success")
    return _back(plantilla_id)


def _as_written(una: Ficha) -> Mapping[str, Any]:
    return {
        "textos": una.plantilla.textos,
        "version": una.version,
        **{campo: getattr(una.plantilla, campo) or None for campo in AJUSTES},
    }


def _read(una: Ficha, propuesta: Plantilla) -> tuple[Sequence[Lectura], dict[str, Any]]:
    """How it would be read, with the values that were written. Raises DatosInvalidos."""
    actions.revisar(propuesta, una.plantilla.partes)
    escritos = {
        nombre: request.form[f"valores.{nombre}"]
        for nombre in propuesta.variables
        if request.form.get(f"valores.{nombre}")
    }
    donde = request.form.get("cita", "").strip()
    cita = de_cita(env(), leer_cita(donde), actor()) if donde else None
    valores = valores_para(propuesta, escritos, cita)
    de_la_oficina = Tildes(env().settings.sms_tildes)
    leidas = lecturas(propuesta, valores, de_la_oficina, today())
    return leidas, {"idioma_de_la_persona": cita and cita.idioma, "con_cita": cita is not None}


def _try(una: Ficha, propuesta: Plantilla, leidas: Sequence[Lectura]) -> None:
    idioma = request.form.get("idioma_de_prueba", base())
    elegidas = [leida for leida in leidas if leida.idioma == idioma]
    if not elegidas:
        raise DatosInvalidos({"idioma_de_prueba": [_("Elija una de la lista.")]})
    quien = pruebas.destinatario_de(env(), actor())
    spend(pruebas.LIMITE, "plantilla-prueba", str(actor().id))
    with env().db.begin() as session:
        pruebas.probar(session, propuesta, elegidas, actor(), quien)
    flash(_("La prueba va a su correo de la oficina. Aún no se publica nada."), "success")


def _publish(una: Ficha, datos: Mapping[str, Any]) -> None:
    with env().db.begin() as session:
        actions.publicar(session, una.guardada.clave, datos["contenido"], actor(), datos["version"])


def _overtaken(una: Ficha, propio: Contenido) -> dict[str, Any]:
    """Who published meanwhile, and what of theirs would be replaced."""
    return {
        "ajena": una.en_vigor,
        "cambios": queries.diferencias(una.plantilla.textos, propio.textos),
    }


def _may_write(una: Ficha) -> bool:
    return puede("notificaciones.plantilla.escribir") and una.guardada.retirada_en is None


def _back(plantilla_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".ver", plantilla_id=plantilla_id), 303)


def _words() -> dict[str, Any]:
    return {
        "nombre_de": etiquetas.nombre_de,
        "nombres_de_partes": etiquetas.PARTES,
        "prioridades": etiquetas.PRIORIDADES,
        "temas": {
            tema: texto for tema, texto in etiquetas.TEMAS.items() if tema is not Tema.PRUEBAS
        },
        "todos_los_temas": etiquetas.TEMAS,
        "tildes": etiquetas.TILDES,
        "tipos": etiquetas.TIPOS,
        "origenes": etiquetas.ORIGENES,
        "canales": CANALES,
        "canal_sms": Canal.SMS,
        "idiomas_de_mensaje": idiomas(),
        "idioma_base": base(),
        "nombre_de_caracter": nombre_de_caracter,
        "con_enlaces": con_enlaces,
    }
