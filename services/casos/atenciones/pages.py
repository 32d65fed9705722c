"""Pages of reception: the search box, the attentions of the day, one more attention."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos import etiquetas
from casos.alcance import Alcance
from casos.atenciones import actions, queries
from casos.atenciones.models import Atencion, Canal, Resultado
from casos.atenciones.schemas import NuevaAtencion, NuevaAtencionSchema
from casos.equipo import equipo
from casos.expedientes.models import Prioridad, TipoCaso
from casos.expedientes.queries import casos_de_persona, legibles
from casos.personas import busqueda, catalogos, volver
from casos.personas.busqueda import Consulta
from casos.personas.edades import RangoEtario
from casos.personas.models import Persona
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form

bp = Blueprint("atenciones", __name__, url_prefix="/casos")


@bp.get("/recepcion")
@requires("casos.persona.ver")
def recepcion() -> ResponseReturnValue:
    """One search box, which is also the start of registering; and what was attended today."""
    return _recepcion(busqueda.reconocer(volver.abrir(request.args.get(volver.CAMPO, ""), actor())))


@bp.post("/recepcion")
@requires("casos.persona.ver")
def buscar() -> ResponseReturnValue:
    """The same with what was found. Names and documents are sent as a form: no address has them."""
    consulta = busqueda.reconocer(request.form.get("q", ""))
    if not consulta.texto:
        return redirect(url_for("atenciones.recepcion"), 303)
    return _recepcion(consulta)


def _recepcion(consulta: Consulta) -> str:
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        hallados = busqueda.buscar(session, consulta, alcance)
        hoy = queries.del_dia(session, clock.today(), alcance)
    # An anonymous attention counts too: what somebody told is in it.
    vistas = len(hallados.filas) + len(hallados.ajenos) + len(hoy.filas)
    if vistas:
        registrar_lectura(
            env().db, actor(), "casos.persona.buscar", "persona", None, cantidad=vistas
        )
    return render_template(
        "casos/recepcion.html",
        consulta=consulta,
        volver={volver.CAMPO: volver.sellar(consulta.texto, actor())},
        hallados=hallados,
        hoy=hoy,
        form=Form(NuevaAtencionSchema(), initial={"canal": Canal.PRESENCIAL.value}, sent=False),
        **_opciones(),
    )


@bp.get("/atenciones/nueva")
@requires("casos.atencion.registrar")
def nueva() -> ResponseReturnValue:
    """The form of an attention, of a person (`?persona=`) or anonymous."""
    persona = _persona(request.args.get("persona", type=UUID))
    inicial = {"canal": Canal.PRESENCIAL.value}
    if persona:
        inicial |= {
            "persona_id": str(persona.id),
            "idioma": persona.idioma,
            "caso_id": request.args.get("caso", ""),
        }
    return _formulario(Form(NuevaAtencionSchema(), initial=inicial), persona)


@bp.post("/atenciones/nueva")
@requires("casos.atencion.registrar")
def registrar() -> ResponseReturnValue:
    """Record the attention and, when it says so, open the case."""
    form = Form(NuevaAtencionSchema())
    if not form.valid:
        return _formulario(form, _persona(request.form.get("persona_id", type=UUID))), 422
    datos: NuevaAtencion = form.data
    try:
        responsable = equipo().responsable(datos.responsable_id)
        with env().db.begin() as session:
            atencion = actions.registrar(session, datos, responsable, actor(), clock.now())
    except (DatosInvalidos, Conflicto) as error:
        if isinstance(error, DatosInvalidos):
            form.add_errors(error)
        else:
            form.add_error("", error.detail)
        return _formulario(form, _persona(datos.persona_id)), error.status
    return redirect(_adonde(datos, atencion), 303)


def _adonde(datos: NuevaAtencion, atencion: Atencion) -> str:
    """Say what was done, and where it is seen: the case, if the reader may know of it."""
    if atencion.caso_id:
        if datos.caso_id:
            flash(_("Se registró la atención en el caso."), "success")
        else:
            flash(_("Se registró la atención y se abrió el caso."), "success")
        with env().db.read() as session:
            legible = legibles(session, [atencion.caso_id], Alcance.de(actor()))
        if legible:
            return url_for("expedientes.ver", caso_id=atencion.caso_id)
        return url_for("personas.ver", persona_id=atencion.persona_id)
    flash(_("Se registró la atención."), "success")
    if atencion.persona_id and atencion.resultado is Resultado.AGENDADA:
        return f"/agenda/citas/nueva?persona={atencion.persona_id}"
    if atencion.persona_id:
        return url_for("personas.ver", persona_id=atencion.persona_id)
    return url_for("atenciones.recepcion")


def _persona(persona_id: UUID | None) -> Persona | None:
    if persona_id is None:
        return None
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    return persona


def _formulario(form: Form, persona: Persona | None) -> str:
    return render_template(
        "casos/atencion_nueva.html",
        form=form,
        persona=persona,
        casos=_casos_abiertos(persona) if persona else [],
        profesionales=[(uno.id, uno.nombre) for uno in equipo().profesionales()],
        **_opciones(),
    )


def _casos_abiertos(persona: Persona) -> list[tuple[UUID, str]]:
    """Those to which this attention may belong; who may not read one sees who has it."""
    with env().db.read() as session:
        casos = casos_de_persona(session, persona.id, Alcance.de(actor()))
    de_vista = puede("casos.caso.leer")
    return [
        (
            uno.caso.id,
            f"{uno.caso.folio} · "
            + (
                etiquetas.etiqueta(uno.caso.tipo)
                if uno.propio
                else uno.caso.responsable_nombre or _("sin asignar")
            ),
        )
        for uno in casos
        if not uno.caso.terminado and (uno.propio or not (uno.caso.por_lista or de_vista))
    ]


def _opciones() -> dict[str, Any]:
    idioma = idioma_del_lector()
    return {
        "canales": etiquetas.opciones(Canal),
        "temas": list(temas_ofrecidos(idioma).items()),
        "resultados": etiquetas.opciones(Resultado),
        "resultados_anonimos": etiquetas.opciones(
            Resultado, Resultado.ABRE_CASO, Resultado.AGENDADA
        ),
        "tipos": etiquetas.opciones(TipoCaso),
        "prioridades": etiquetas.opciones(Prioridad),
        "paises": catalogos.paises(idioma),
        "lenguas": catalogos.idiomas(idioma),
        "rangos": etiquetas.opciones(RangoEtario, RangoEtario.SIN_DATO),
    }
