"""Pages of people: find, register, look at and change a record."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema

from casos import etiquetas
from casos.alcance import Alcance, PersonaUnida
from casos.atenciones import queries as atenciones
from casos.contactos.pauta import avisos, pauta_de
from casos.defunciones.queries import de_persona as defunciones_de
from casos.documentos.catalogo import motivo as motivo_de_retiro
from casos.documentos.queries import retirados
from casos.expedientes import queries as expedientes
from casos.fusiones import queries as fusiones
from casos.personas import actions, busqueda, catalogos, matching, queries
from casos.personas.busqueda import Consulta
from casos.personas.models import (
    CanalPreferido,
    NivelDocumento,
    NivelEspanol,
    Persona,
    PrecisionFecha,
    TipoContacto,
)
from casos.personas.schemas import (
    EdicionPersonaSchema,
    NuevaPersonaSchema,
    NuevoContactoSchema,
    NuevoDocumentoSchema,
)
from casos.personas.unidas import unidas_a
from casos.presentacion import idioma_del_lector
from casos.situaciones.queries import es_legible
from oficina import clock
from oficina.audit import registrar_lectura, ultimo_cambio
from oficina.errors import VersionVencida
from oficina.identity_docs import TipoDocumento
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.stale import Present, came_back

bp = Blueprint("personas", __name__, url_prefix="/casos")

_CAMBIAN = ("casos.persona.actualizar", "casos.persona.desbloquear")
_APARTE = ("documentos", "contactos")
"""What the audit calls a change of what the form of a record does not hold."""


@bp.get("/personas/nueva")
@requires("casos.persona.registrar")
def nueva() -> ResponseReturnValue:
    """The form to register a person."""
    return render_template(
        "casos/persona_nueva.html", form=Form(NuevaPersonaSchema()), **_opciones()
    )


@bp.post("/personas/nueva/desde-busqueda")
@requires("casos.persona.registrar")
def nueva_desde_busqueda() -> ResponseReturnValue:
    """The same form, filled with what was typed in the search box, and who is like it."""
    consulta = busqueda.reconocer(request.form.get("q", ""))
    form = Form(NuevaPersonaSchema(), initial=_lo_escrito(consulta), sent=False)
    hallados = None
    if not consulta.vacia:
        with env().db.read() as session:
            hallados = busqueda.buscar(session, consulta, Alcance.de(actor()))
        _anotar_lista("casos.persona.buscar", len(hallados.filas) + len(hallados.ajenos))
    return render_template("casos/persona_nueva.html", form=form, hallados=hallados, **_opciones())


@bp.post("/personas/nueva")
@requires("casos.persona.registrar")
def registrar() -> ResponseReturnValue:
    """Register the person; with the button «revisar», only show whom they look like."""
    form = Form(NuevaPersonaSchema())
    if not form.valid:
        return render_template("casos/persona_nueva.html", form=form, **_opciones()), 422
    if "revisar" in request.form:
        with env().db.read() as session:
            parecidos = queries.a_la_vista(
                session,
                matching.parecidos(session, actions.senas_de_nueva(form.data)),
                Alcance.de(actor()),
            )
        _anotar_lista("casos.persona.comparar", len(parecidos.vistos) + len(parecidos.ajenos))
        return render_template(
            "casos/persona_nueva.html", form=form, parecidos=parecidos, revisado=True, **_opciones()
        )
    with env().db.begin() as session:
        persona = actions.registrar(session, form.data, actor(), clock.now())
    # No name: until it is shown, the text travels in a cookie that the browser can read.
    flash(_("Se registró a la persona con el folio %(folio)s.", folio=persona.folio), "success")
    return redirect(url_for("personas.ver", persona_id=persona.id), 303)


@bp.get("/personas/<uuid:persona_id>")
@requires("casos.persona.ver")
def ver(persona_id: UUID) -> ResponseReturnValue:
    """A person's record, contact masked unless it was asked for."""
    completos = request.args.get("mostrar") == "contacto"
    try:
        return _pagina(persona_id, completos=completos)
    except PersonaUnida as error:
        return redirect(url_for("personas.ver", persona_id=error.vigente_id), 303)


@bp.get("/personas/<uuid:persona_id>/editar")
@requires("casos.persona.registrar")
def editar(persona_id: UUID) -> ResponseReturnValue:
    """The form with a person's data."""
    with env().db.read() as session:
        persona = queries.persona_por_id(session, persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    form = Form(EdicionPersonaSchema(), initial=_como_esta(persona))
    return render_template("casos/persona_editar.html", form=form, persona=persona, **_opciones())


@bp.post("/personas/<uuid:persona_id>/editar")
@requires("casos.persona.registrar")
def actualizar(persona_id: UUID) -> ResponseReturnValue:
    """Change a person's data; what was typed stays on the page when somebody was faster."""
    form = Form(EdicionPersonaSchema())
    if not form.valid:
        return _otra_vez(form, persona_id), 422
    cambios = dict(form.data)
    version = cambios.pop("version")
    try:
        with env().db.begin() as session:
            actions.actualizar(
                session, persona_id, cambios, version=version, actor=actor(), ahora=clock.now()
            )
    except VersionVencida as error:
        return _otra_vez(form, persona_id, vencida=True), error.status
    flash(_("Se guardaron los cambios."), "success")
    return redirect(url_for("personas.ver", persona_id=persona_id), 303)


@bp.post("/personas/<uuid:persona_id>/documentos")
@requires("casos.persona.registrar")
def agregar_documento(persona_id: UUID) -> ResponseReturnValue:
    """Add a document."""
    form = Form(NuevoDocumentoSchema())
    if not form.valid:
        return _pagina(persona_id, documento=form), 422
    with env().db.begin() as session:
        actions.agregar_documento(session, persona_id, form.data, actor(), clock.now())
    flash(_("Se agregó el documento."), "success")
    return redirect(url_for("personas.ver", persona_id=persona_id), 303)


@bp.post("/personas/<uuid:persona_id>/contactos")
@requires("casos.persona.registrar")
def agregar_contacto(persona_id: UUID) -> ResponseReturnValue:
    """Add a contact."""
    form = Form(NuevoContactoSchema())
    if not form.valid:
        return _pagina(persona_id, contacto=form), 422
    with env().db.begin() as session:
        actions.agregar_contacto(session, persona_id, form.data, actor(), clock.now())
    flash(_("Se agregó el contacto."), "success")
    return redirect(url_for("personas.ver", persona_id=persona_id), 303)


@bp.post("/personas/<uuid:persona_id>/contactos/<uuid:contacto_id>/quitar")
@requires("casos.persona.registrar")
def quitar_contacto(persona_id: UUID, contacto_id: UUID) -> ResponseReturnValue:
    """Take a contact off the record."""
    with env().db.begin() as session:
        actions.quitar_contacto(session, persona_id, contacto_id, actor())
    flash(_("Se quitó el contacto."), "success")
    return redirect(url_for("personas.ver", persona_id=persona_id), 303)


@bp.post("/personas/<uuid:persona_id>/distintas/<uuid:otra_id>")
@requires("casos.persona.registrar")
def declarar_distintas(persona_id: UUID, otra_id: UUID) -> ResponseReturnValue:
    """«No es la misma persona», remembered."""
    with env().db.begin() as session:
        actions.declarar_distintas(session, persona_id, otra_id, actor(), clock.now())
    flash(_("Queda anotado: no es la misma persona."), "success")
    return redirect(url_for("personas.ver", persona_id=persona_id), 303)


def _pagina(
    persona_id: UUID,
    *,
    completos: bool = False,
    documento: Form | None = None,
    contacto: Form | None = None,
) -> str:
    """The record; also when a form comes back with its errors it is read, and that is noted."""
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        persona = queries.persona_por_id(session, persona_id, alcance)
        vista = {
            "senales": avisos(session, [persona])[persona_id],
            "pauta": pauta_de(session, persona),
            "defunciones": [una for una in defunciones_de(session, persona_id) if una.vigente],
            "unidas": unidas_a(session, persona_id),
            "retirados": queries.retirados_vistos(
                retirados(session, persona_id), completos=completos
            ),
            "fusiones": fusiones.de_persona(session, persona_id, alcance)
            if puede("casos.persona.fusionar")
            else (),
            "duplicados": queries.duplicados_pendientes(session, persona_id, alcance),
            "atenciones": atenciones.de_persona(session, persona_id, alcance),
            "casos": expedientes.casos_de_persona(session, persona_id, alcance),
            "con_situacion": puede("casos.situacion.ver")
            and es_legible(session, persona_id, alcance),
        }
    accion = "casos.persona.ver_contacto" if completos else "casos.persona.ver"
    registrar_lectura(env().db, actor(), accion, "persona", persona_id)
    return render_template(
        "casos/persona.html",
        persona=persona,
        completos=completos,
        documentos=queries.documentos_vistos(persona, completos=completos),
        contactos=queries.contactos_vistos(persona.contactos, completos=completos),
        documento=documento or _vacio(NuevoDocumentoSchema()),
        contacto=contacto or _vacio(NuevoContactoSchema()),
        tipos_contacto=etiquetas.opciones(TipoContacto),
        motivo_de_retiro=lambda codigo: motivo_de_retiro(codigo, idioma_del_lector()),
        **vista,
        **_opciones(),
    )


def _vacio(schema: Schema) -> Form:
    """A form that nobody sent, also on the page that answers another one."""
    return Form(schema, initial={}, sent=False)


def _otra_vez(form: Form, persona_id: UUID, *, vencida: bool = False) -> str:
    with env().db.read() as session:
        persona = queries.persona_por_id(session, persona_id, Alcance.de(actor()))
        if vencida:
            cambio = ultimo_cambio(session, "persona", persona_id, _CAMBIAN, aparte=_APARTE)
            came_back(form, Present(values=_como_esta(persona), change=cambio))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    return render_template("casos/persona_editar.html", form=form, persona=persona, **_opciones())


def _como_esta(persona: Persona) -> dict[str, Any]:
    """A record as its form shows it, where nobody chooses that nothing is known of a date."""
    campos: dict[str, Any] = EdicionPersonaSchema().dump(persona)
    if persona.precision_fecha is PrecisionFecha.DESCONOCIDA:
        campos["precision_fecha"] = None
    return campos


def _anotar_lista(accion: str, cuantas: int) -> None:
    registrar_lectura(env().db, actor(), accion, "persona", None, cantidad=cuantas)


def _opciones() -> dict[str, Any]:
    idioma = idioma_del_lector()
    return {
        "paises": catalogos.paises(idioma),
        "lenguas": catalogos.idiomas(idioma),
        "sexos": [(codigo, str(texto)) for codigo, texto in etiquetas.SEXOS.items()],
        "precisiones": etiquetas.opciones(PrecisionFecha, PrecisionFecha.DESCONOCIDA),
        "canales_preferidos": etiquetas.opciones(CanalPreferido),
        "tipos_documento": etiquetas.opciones(TipoDocumento, TipoDocumento.SIN_DOCUMENTO),
        "niveles_espanol": etiquetas.opciones(NivelEspanol),
        "niveles": etiquetas.opciones(NivelDocumento),
    }


def _lo_escrito(consulta: Consulta) -> dict[str, Any]:
    """The form's fields from what was typed in the search box."""
    campos: dict[str, Any] = _partir_nombre(consulta.nombre)
    if consulta.correo:
        campos["correo"] = consulta.correo
    if consulta.sugiere_telefono:
        campos["telefono"] = consulta.numero
    elif consulta.numero:
        campos["documento_numero"] = consulta.numero
        campos["documento_tipo"] = (consulta.tipo_documento or TipoDocumento.PASAPORTE).value
    return campos


def _partir_nombre(nombre: str) -> dict[str, Any]:
    """A first guess of given names and surnames, for a person to correct."""
    palabras = nombre.split()
    if nombre == nombre.lower() or nombre == nombre.upper():
        palabras = [palabra.title() for palabra in palabras]
    cuantos = {0: 0, 1: 1, 2: 1, 3: 1}.get(len(palabras), 2)
    apellidos = palabras[cuantos:]
    return {
        "nombres": " ".join(palabras[:cuantos]),
        "primer_apellido": apellidos[0] if apellidos else "",
        "segundo_apellido": " ".join(apellidos[1:]),
    }
