"""Pages of cases: the list with what is late on top, and the case with its whole story."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos import etiquetas
from casos.accesos.lectura import registrar_lectura_de_caso
from casos.accesos.pages import gestiona
from casos.accesos.queries import en_curso
from casos.alcance import Alcance, CasoReservado
from casos.cierres.queries import por_aprobar, puede_decidir
from casos.contactos.pauta import Aviso, Pauta
from casos.derivaciones.etiquetas import fallida
from casos.equipo import equipo
from casos.expedientes import curso, queries, vistas
from casos.expedientes.actions import DENUNCIA
from casos.expedientes.formularios import FORMULARIOS, Formulario
from casos.expedientes.models import (
    Caso,
    MiembroDeCaso,
    MotivoElevacion,
    MotivoReapertura,
    Prioridad,
    ResultadoCierre,
    Riesgo,
)
from casos.expedientes.relato import Linea
from casos.expedientes.senales import Leido
from casos.expedientes.states import (
    CIERRES,
    DestinoDenuncia,
    MotivoCierre,
    MotivoReanudacion,
    MotivoSuspension,
    MotivoVuelta,
    Senal,
)
from casos.instrumentos.catalogo import catalogo, en
from casos.listas.casos import CASOS
from casos.listas.presentacion import mostrar
from casos.lotes.acciones import ACCIONES
from casos.personas.queries import contactos_de, contactos_vistos
from casos.plazos.actions import ultimo_dia
from casos.plazos.etiquetas import de_nivel
from casos.plazos.reglas import reglas
from casos.presentacion import idioma_del_lector
from casos.representantes import queries as representantes
from casos.representantes.catalogo import catalogo as derechos_de_representar
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import vivo
from oficina.web.forms import Form
from oficina.web.stale import Present, not_taken

bp = Blueprint("expedientes", __name__, url_prefix="/casos")


@bp.get("/")
@requires("casos.caso.bandeja")
def bandeja() -> ResponseReturnValue:
    """Own cases first, what is late on top, unless another order is asked for."""
    with env().db.read() as session:
        alcance = Alcance.de(actor())
        por_asignar = (
            queries.reservados_por_asignar(session, alcance) if puede("casos.caso.asignar") else ()
        )
        cierres = por_aprobar(session, alcance) if puede("casos.cierre.decidir") else ()
    return mostrar(
        CASOS,
        "casos/bandeja.html",
        cierres=cierres,
        por_asignar=por_asignar,
        fallida=fallida,
        de_nivel=de_nivel,
        acciones_de_lote=ACCIONES,
        marcar=_marcar(),
    )


def _marcar() -> dict[str, str]:
    """Where on the list one is, to come back with every box of the page ticked, or none."""
    lugar = ("despues", "antes")
    aqui = {nombre: request.args[nombre] for nombre in lugar if request.args.get(nombre)}
    return aqui | {"vista": "0"} | ({} if request.args.get("marcar") else {"marcar": "1"})


@bp.get("/expedientes/<uuid:caso_id>")
@requires("casos.caso.ver")
def ver(caso_id: UUID) -> ResponseReturnValue:
    """A case: who, how far, what is due, the whole story, and what can be done; for reception, that
    it is there and who has it.
    """
    if not puede("casos.caso.leer"):
        return _minima(caso_id)
    return _pagina(caso_id, completos=request.args.get("mostrar") == "contacto")


@bp.get("/expedientes/<uuid:caso_id>/situacion")
@requires("casos.caso.leer")
def situacion(caso_id: UUID) -> Response:
    """State, deadlines and what waits for a decision, for the page that follows by itself."""
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        caso = queries.caso_por_id(session, caso_id, alcance)
        vista = vistas.situacion(session, Leido.de(session, caso), alcance)
    return _parte("casos/_situacion.html", vistas.huella_de_situacion(vista), **vista)


@bp.get("/expedientes/<uuid:caso_id>/gestion")
@requires("casos.caso.leer")
def gestion(caso_id: UUID) -> Response:
    """Derivations and evaluations, for the page that follows by itself."""
    with env().db.read() as session:
        caso = queries.caso_por_id(session, caso_id, Alcance.de(actor()))
        vista = vistas.gestion(session, caso)
    return _parte("casos/_gestion.html", vistas.huella_de_gestion(vista), caso=caso, **vista)


@bp.get("/expedientes/<uuid:caso_id>/novedad")
@requires("casos.caso.leer")
def novedad(caso_id: UUID) -> Response:
    """Whether what the page offers to do is of a case that has changed since; nothing of it."""
    with env().db.read() as session:
        version = queries.version_de(session, caso_id, Alcance.de(actor()))
    cambio = version != request.args.get("version", type=int)
    return vivo(
        str(version),
        lambda: render_template("casos/_novedad.html", caso_id=caso_id, cambio=cambio),
    )


@bp.get("/expedientes/<uuid:caso_id>/relato")
@requires("casos.caso.leer")
def relato(caso_id: UUID) -> Response:
    """The story, for the page that follows by itself."""
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        caso = queries.caso_por_id(session, caso_id, alcance)
        lineas = vistas.lineas(session, caso, alcance)
    return _parte("casos/_relato.html", vistas.huella_de_relato(lineas), caso=caso, lineas=lineas)


def _parte(plantilla: str, huella: str, *, caso: Caso, **vista: Any) -> Response:
    """A living part of the page of a case; what did not change is not read again."""

    def render() -> str:
        _anotar(caso)
        return render_template(plantilla, caso=caso, **vista)

    return vivo(huella, render)


def _ofrecer(nombre: str, formulario: Formulario) -> None:
    """The address that a form is sent to."""

    @requires(formulario.permiso)
    def paso(caso_id: UUID) -> ResponseReturnValue:
        return _hacer(caso_id, nombre)

    bp.add_url_rule(f"/expedientes/<uuid:caso_id>/{nombre}", nombre, paso, methods=["POST"])


for _nombre, _formulario in FORMULARIOS.items():
    _ofrecer(_nombre, _formulario)


def _hacer(caso_id: UUID, nombre: str) -> ResponseReturnValue:
    """Do one step; when something is wrong, the page comes back with what was written."""
    formulario = FORMULARIOS[nombre]
    form = _form(nombre)
    if not form.valid:
        return _pagina(caso_id, enviado=(nombre, form)), 422
    try:
        with env().db.begin() as session:
            formulario.accion(session, caso_id, form.data[nombre], actor(), clock.now())
    except (NoEncontrado, CasoReservado):
        raise
    except DatosInvalidos as error:
        form.add_errors(DatosInvalidos({nombre: error.errores}, error.detail))
        return _pagina(caso_id, enviado=(nombre, form)), error.status
    except DomainError as error:
        # The reason goes above the form that asked for the step.
        return _pagina(caso_id, enviado=(nombre, form), error=error), error.status
    flash(str(formulario.hecho), "success")
    with env().db.read() as session:
        legible = queries.legibles(session, [caso_id], Alcance.de(actor()))
    # The coordination gives a reserved case to somebody without reading it.
    destino = url_for("expedientes.ver", caso_id=caso_id) if legible else url_for(".bandeja")
    return redirect(destino, 303)


def _form(nombre: str, inicial: Mapping[str, Any] | None = None, *, sent: bool = True) -> Form:
    """The form of a step; its fields carry the step's name, as several stand on one page."""
    return Form.named(nombre, FORMULARIOS[nombre].schema, inicial, sent=sent)


def _pagina(
    caso_id: UUID,
    *,
    completos: bool = False,
    enviado: tuple[str, Form] | None = None,
    error: DomainError | None = None,
) -> str:
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        caso = queries.caso_por_id(session, caso_id, alcance)
        lineas = vistas.lineas(session, caso, alcance)
        leido = Leido.de(session, caso)
        situacion_actual = vistas.situacion(session, leido, alcance)
        persona = caso.persona
        contactos = contactos_de(session, persona.id)
        gestion_actual = vistas.gestion(session, caso, leido.cuentas)
        miembros = queries.equipo_de(session, caso) if leido.cuentas.miembros else ()
        propio = situacion_actual["propio"]
        acceso = None if propio else en_curso(session, caso.id, alcance.quien)
        formularios = _formularios(situacion_actual, enviado) if propio else {}
        revision = (
            ultimo_dia(session, curso.REVISION, caso.prioridad.value, clock.now())
            if "suspension" in formularios
            else None
        )
        es_menor = Senal.NNA in situacion_actual["senales"]
        quienes = (
            representantes.de_persona(session, persona.id, alcance, clock.today())
            if es_menor
            else ()
        )
    if enviado and error:
        not_taken(enviado[1], error, _como_esta(situacion_actual, lineas, formularios))
    _anotar(caso)
    if completos:
        registrar_lectura_de_caso(
            env().db,
            actor(),
            "casos.persona.ver_contacto",
            "persona",
            persona.id,
            caso_id=caso.id,
        )
    return render_template(
        "casos/expediente.html",
        **situacion_actual,
        lineas=lineas,
        huella_de_relato=vistas.huella_de_relato(lineas),
        huella_de_situacion=vistas.huella_de_situacion(situacion_actual),
        persona=persona,
        es_menor=es_menor,
        representantes=[uno for uno in quienes if uno.vale],
        derecho=lambda codigo: derechos_de_representar().tipo(codigo, idioma_del_lector()),
        de_la_persona=_de_la_persona(situacion_actual["pauta"]),
        contactos=contactos_vistos(contactos, completos=completos),
        completos=completos,
        **gestion_actual,
        huella_de_gestion=vistas.huella_de_gestion(gestion_actual),
        miembros=miembros,
        gestiona=propio and gestiona(caso.responsable_id),
        acceso=acceso,
        formularios=formularios,
        enviado=enviado[0] if enviado else "",
        opciones=_opciones(caso)
        | {"quienes": _quienes(caso, miembros), "ultima_revision": revision},
    )


def _como_esta(
    vista: Mapping[str, Any], lineas: Sequence[Linea], formularios: Mapping[str, Form]
) -> Present:
    """How a case stands, what happened to it last, and what the reader can do with it now."""
    caso: Caso = vista["caso"]
    cambio, que = vistas.lo_ultimo(lineas)
    sobran = _sobran(caso, vista)
    pasos = [
        (str(FORMULARIOS[nombre].etiqueta), f"#{nombre}")
        for nombre in formularios
        if nombre not in sobran and _admitido(caso, nombre)
    ]
    if vista["puede_derivar"]:
        derivar = url_for("derivaciones_paginas.nueva", caso_id=caso.id)
        pasos.append((_("Derivar a la red"), derivar))
    return Present(
        change=cambio,
        what=que,
        state=str(etiquetas.etiqueta(caso.estado)),
        allowed=pasos,
    )


def _admitido(caso: Caso, nombre: str) -> bool:
    formulario = FORMULARIOS[nombre]
    return formulario.paso in caso.pasos() and puede(formulario.permiso)


def _de_la_persona(pauta: Pauta) -> list[Aviso]:
    """What must be seen first of the person; the rest are flags of the case."""
    hay = ((Aviso.FALLECIDA, pauta.fallecida), (Aviso.CONTACTO_SEGURO, pauta.con_cuidado))
    return [aviso for aviso, es in hay if es]


def _minima(caso_id: UUID) -> str:
    with env().db.read() as session:
        caso, _completo = queries.caso_a_la_vista(session, caso_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.caso.ver_existencia", "caso", caso_id)
    return render_template("casos/expediente_minimo.html", caso=caso)


def _anotar(caso: Caso) -> None:
    registrar_lectura_de_caso(env().db, actor(), "casos.caso.ver", "caso", caso.id, caso_id=caso.id)


def _formularios(vista: Mapping[str, Any], enviado: tuple[str, Form] | None) -> dict[str, Form]:
    """The forms that state and permission admit, and the one that was sent whatever they say."""
    caso: Caso = vista["caso"]
    sobran = _sobran(caso, vista)
    inicial = {"version": caso.version, "tema": caso.tema}
    if caso.responsable_id:
        inicial["responsable_id"] = str(caso.responsable_id)
    forms = {
        nombre: _form(nombre, inicial, sent=False)
        for nombre in FORMULARIOS
        if nombre not in sobran and _admitido(caso, nombre)
    }
    if enviado:
        forms[enviado[0]] = enviado[1]
    return forms


def _quienes(caso: Caso, miembros: Sequence[MiembroDeCaso]) -> list[tuple[str, str]]:
    """Who beside the reader may do a task of a case."""
    otros = {uno.funcionario_id: uno.nombre for uno in miembros}
    if caso.responsable_id:
        otros[caso.responsable_id] = caso.responsable_nombre
    return [(str(quien), nombre) for quien, nombre in otros.items() if quien != actor().id]


def _sobran(caso: Caso, vista: Mapping[str, Any]) -> set[str]:
    """Of the forms that the state admits, those whose turn it is not."""
    sobran = {"denuncia-obligatoria" if vista["denuncia_pendiente"] else "denuncia"}
    propuesto = vista["cierre_propuesto"]
    sobran.add("cierre" if caso.cierran_dos else "propuesta-de-cierre")
    if propuesto is not None:
        sobran.add("propuesta-de-cierre")
    if propuesto is None or not puede_decidir(caso, propuesto, actor().id):
        sobran.add("decision-de-cierre")
    return sobran


def _opciones(caso: Caso) -> dict[str, Any]:
    motivos = [codigo for codigo in MotivoCierre if codigo not in CIERRES[caso.estado]]
    sin_decidir = () if puede("casos.denuncia.descartar") else (DestinoDenuncia.NO_PROCEDE,)
    profesionales = equipo().profesionales() if puede("casos.caso.asignar") else ()
    return {
        "temas": list(temas_ofrecidos(idioma_del_lector()).items()),
        "elevacion": etiquetas.opciones(MotivoElevacion),
        "instrumentos": [
            (uno.codigo, en(uno.etiquetas, idioma_del_lector()))
            for uno in catalogo().para(caso.tipo, clock.today())
        ],
        "forma_libre": caso.tipo in catalogo().sin_instrumento,
        "riesgos": etiquetas.opciones(Riesgo, Riesgo.SIN_EVALUAR),
        "amerita": [("1", _("Sí")), ("0", _("No"))],
        "prioridades": etiquetas.opciones(Prioridad, caso.prioridad),
        "vuelta": etiquetas.opciones(MotivoVuelta),
        "suspension": etiquetas.opciones(MotivoSuspension),
        "reanudacion": etiquetas.opciones(MotivoReanudacion),
        "horas_de_denuncia": reglas().relojes[DENUNCIA].plazo[caso.prioridad.value],
        "denuncia": etiquetas.opciones(DestinoDenuncia, *sin_decidir),
        "cierre": etiquetas.opciones(MotivoCierre, *motivos),
        "decision": [("1", _("Aprobar el cierre")), ("0", _("No aprobarlo"))],
        "resultados": etiquetas.opciones(ResultadoCierre),
        "reapertura": etiquetas.opciones(MotivoReapertura),
        "profesionales": [(str(uno.id), uno.nombre) for uno in profesionales],
    }
