"""Entrance: the officer's pages of a derivation, from choosing a service to the last answer."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.consentimientos.models import (
    BaseLicitud,
    Consentimiento,
    FormaConsentimiento,
    Otorgante,
)
from casos.consentimientos.textos import IDIOMA_POR_OMISION, textos
from casos.contactos.pauta import Pauta
from casos.derivaciones import actions, queries, relojes
from casos.derivaciones.actions import NuevaDerivacion
from casos.derivaciones.etiquetas import hecha, motivo
from casos.derivaciones.models import Derivacion
from casos.derivaciones.paquete import Dato
from casos.derivaciones.presentacion import linea
from casos.derivaciones.respuestas import DE_LA_PERSONA, Respuesta, registrada
from casos.derivaciones.schemas import (
    AnulacionSchema,
    NuevaDerivacionSchema,
    RespuestaRegistradaSchema,
    VerificacionSchema,
)
from casos.derivaciones.states import (
    ACCIONES_DE_INSTITUCION,
    ADOPTABLES,
    MOTIVOS,
    NO_SE_ELIGEN,
    NO_SE_REGISTRAN,
    PASOS,
    REENCAMINABLES,
    Accion,
    CanalRespuesta,
    Estado,
)
from casos.derivaciones.sugerencias import Sugerencias, sugerencias
from casos.enlaces.actions import dura, espera_respuesta, pedir_otro
from casos.etiquetas import etiqueta, opciones
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id, es_propio, exigir_propio
from casos.expedientes.states import Paso
from casos.listas.derivaciones import DERIVACIONES
from casos.listas.presentacion import mostrar
from casos.oficios.queries import oficio_de
from casos.personas.catalogos import nombre_de_idioma
from casos.personas.models import Persona
from casos.plazos.etiquetas import de_origen, situacion
from casos.plazos.queries import plazos_de_derivacion
from casos.plazos.reglas import etiqueta as etiqueta_de_reloj
from casos.red.models import Modo, ServicioRed
from casos.red.queries import servicio_por_id, servicios
from casos.subtemas.presentes import temas_ofrecidos
from oficina import clock
from oficina.audit import Cambio
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, TransicionInvalida
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import vivo
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present, not_taken

bp = Blueprint("derivaciones_paginas", __name__, url_prefix="/casos")

# What an officer writes down for an institution is what it could have answered by its link.
REGISTRABLES = ACCIONES_DE_INSTITUCION
# What an institution can answer first, as it sees it.
PRIMERAS = [a for a in PASOS[Estado.ENVIADA] if a in ACCIONES_DE_INSTITUCION]
ANOTABLES = REGISTRABLES | {Accion.VERIFICAR, Accion.DISPUTAR, Accion.ANULAR}


@bp.get("/derivaciones")
@requires("casos.derivacion.ver")
def lista() -> ResponseReturnValue:
    """Those that wait for an institution, what is due first on top, unless others are asked for."""
    return mostrar(DERIVACIONES, "casos/derivaciones/lista.html")


@bp.get("/expedientes/<uuid:caso_id>/derivaciones/nueva")
@requires("casos.derivacion.crear")
def nueva(caso_id: UUID) -> str:
    """Choose a service, then what goes with the derivation."""
    servicio_id = request.args.get("servicio", type=UUID)
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        exigir_propio(session, caso, Alcance.de(actor()))
        caso.exigir(Paso.DERIVAR)
    if servicio_id is None:
        return _elegir_servicio(caso)
    with env().db.read() as session:
        servicio = servicio_por_id(session, servicio_id)
        ofrecido = sugerencias(session, caso, servicio, clock.today())
        persona, pauta, datos = queries.datos_de_persona(
            session, caso.persona_id, Alcance.de(actor())
        )
        borrador_id = request.args.get("borrador", type=UUID)
        elegido = _elegido(session, caso_id, borrador_id) if borrador_id else {}
    inicial = {
        "servicio_id": servicio.id,
        "datos": [dato.codigo for dato in datos if dato.sugerido],
        "base_licitud": _bases(servicio)[0][0],
        "modo": servicio.modo,
        "idioma_consentimiento": persona.idioma,
        "otorgado_por": Otorgante.PERSONA,
        "reemplaza_a": request.args.get("reemplaza_a"),
    }
    form = Form(NuevaDerivacionSchema(), {**inicial, **elegido})
    return _formulario(form, caso, (servicio, ofrecido), (persona, pauta, datos))


def _elegido(session: Session, caso_id: UUID, borrador_id: UUID) -> Mapping[str, object]:
    """What was chosen in a draft whose preview asked to choose again."""
    borrador, fundamento = queries.borrador_de(session, caso_id, borrador_id)
    return {
        "proposito": borrador.contenido.proposito,
        "datos": [dato.codigo for dato in borrador.contenido.datos],
        "base_licitud": borrador.base_licitud,
        "modo": borrador.modo,
        "reemplaza_a": borrador.reemplaza_a_id,
        **(_como_se_dio(fundamento) if fundamento else {}),
    }


def _como_se_dio(fundamento: Consentimiento) -> Mapping[str, object]:
    return {
        "forma_consentimiento": fundamento.forma,
        "idioma_consentimiento": fundamento.idioma,
        "otorgado_por": fundamento.otorgado_por,
        "representante": fundamento.representante,
        "evidencia": fundamento.evidencia,
        "hasta_consentimiento": fundamento.hasta and clock.local(fundamento.hasta).date(),
    }


@bp.post("/expedientes/<uuid:caso_id>/derivaciones/nueva")
@requires("casos.derivacion.crear")
def preparar(caso_id: UUID) -> ResponseReturnValue:
    """Keep the draft, and on to the preview of what would be shared."""
    form = Form(NuevaDerivacionSchema())
    if form.valid:
        try:
            return redirect(
                url_for(".derivacion", derivacion_id=_preparar(caso_id, form.data)), 303
            )
        except DatosInvalidos as error:
            form.add_errors(error)
    try:
        servicio_id = UUID(form.value("servicio_id"))
    except ValueError as error:
        raise NoEncontrado from error
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        servicio = servicio_por_id(session, servicio_id)
        ofrecido = sugerencias(session, caso, servicio, clock.today())
        persona, pauta, datos = queries.datos_de_persona(
            session, caso.persona_id, Alcance.de(actor())
        )
    return _formulario(form, caso, (servicio, ofrecido), (persona, pauta, datos)), 422


@bp.get("/derivaciones/<uuid:derivacion_id>")
@requires("casos.derivacion.ver")
def derivacion(derivacion_id: UUID) -> str:
    """A derivation; of a draft, the preview that must be seen before it is sent."""
    with env().db.read() as session:
        found = queries.con_respuestas(session, derivacion_id, Alcance.de(actor()))
        caso = caso_por_id(session, found.caso_id, Alcance.de(actor()))
        relevo = queries.relevo_de(session, derivacion_id)
        anterior = session.get(Derivacion, found.reemplaza_a_id) if found.reemplaza_a_id else None
        propio = es_propio(session, caso, Alcance.de(actor()))
        con_enlace = propio and puede("casos.derivacion.crear") and espera_respuesta(session, found)
        oficio = oficio_de(session, derivacion_id)
        ofrecido = sugerencias(session, caso, found.servicio, clock.today())
        borrador = found.estado is Estado.BORRADOR
        por_empezar = relojes.por_empezar(session, found, clock.now()) if borrador else ()
    _anotar(found)
    return render_template(
        "casos/derivaciones/vista_previa.html" if borrador else "casos/derivaciones/ver.html",
        derivacion=found,
        caso=caso,
        relevo=relevo,
        anterior=anterior,
        acciones=_acciones(found) if propio else [],
        propio=propio,
        hecha=hecha,
        reencaminable=propio and found.estado in REENCAMINABLES and puede("casos.derivacion.crear"),
        con_enlace=con_enlace,
        oficio=oficio,
        ofrecido=ofrecido,
        respuestas_posibles=PRIMERAS,
        por_empezar=[(plazo, etiqueta_de_reloj(plazo.reloj, language())) for plazo in por_empezar],
        de_origen=de_origen,
        dias_de_enlace=dura(found.servicio),
        estado_vivo=_estado(found),
        **_del_paquete(found),
    )


@bp.get("/derivaciones/<uuid:derivacion_id>/estado")
@requires("casos.derivacion.ver")
def estado(derivacion_id: UUID) -> Response:
    """The part of the page that lives: state, deadlines and answers."""
    with env().db.read() as session:
        found = queries.con_respuestas(session, derivacion_id, Alcance.de(actor()))
        plazos = plazos_de_derivacion(session, derivacion_id)
    huella = [f"{found.version}:{len(found.respuestas)}"]
    huella += [f"{plazo.id}:{situacion(plazo, clock.now())[0]}" for plazo in plazos]

    def render() -> str:
        _anotar(found)
        return _estado(found)

    return vivo("|".join(huella), render)


@bp.post("/derivaciones/<uuid:derivacion_id>/enviar")
@requires("casos.derivacion.crear")
def enviar(derivacion_id: UUID) -> ResponseReturnValue:
    """Send what the preview showed, and nothing else."""
    vista = request.form.get("vista", "")
    try:
        with env().db.begin() as session:
            sent = actions.enviar(session, derivacion_id, actor(), clock.now(), vista=vista)
    except (TransicionInvalida, Conflicto) as error:
        return _no_se_pudo(derivacion_id, error)
    flash(_("Enviamos la derivación %(folio)s.", folio=sent.folio), "success")
    return _a(derivacion_id)


@bp.route(
    "/derivaciones/<uuid:derivacion_id>/pasos/<any({}):accion>".format(
        ", ".join(f'"{a}"' for a in sorted(ANOTABLES))
    ),
    methods=["GET", "POST"],
)
@requires("casos.derivacion.responder")
def paso(derivacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Write down an answer, what the person said, or that the derivation is taken back."""
    pedida = Accion(accion)
    with env().db.read() as session:
        found = queries.con_respuestas(session, derivacion_id, Alcance.de(actor()))
        caso = caso_por_id(session, found.caso_id, Alcance.de(actor()))
        exigir_propio(session, caso, Alcance.de(actor()))
    form = Form(_schema(pedida))
    status = 422 if form.sent else 200
    if form.valid:
        try:
            _dar_paso(derivacion_id, pedida, form)
        except DatosInvalidos as error:
            form.add_errors(error)
        except (TransicionInvalida, Conflicto) as error:
            status = error.status
            with env().db.read() as session:
                found = queries.con_respuestas(session, derivacion_id, Alcance.de(actor()))
                not_taken(form, error, _como_esta(session, found))
        else:
            flash(
                _("Registramos el paso de la derivación %(folio)s.", folio=found.folio), "success"
            )
            return _a(derivacion_id)
    _anotar(found)
    page = render_template(
        "casos/derivaciones/paso.html",
        derivacion=found,
        accion=pedida,
        hecha=hecha,
        form=form,
        motivos=opciones(MOTIVOS[pedida], *NO_SE_ELIGEN) if pedida in MOTIVOS else [],
        canales=_canales(found) if pedida in REGISTRABLES else [],
        con_texto=pedida is not Accion.ANULAR,
    )
    return page, status


@bp.post("/derivaciones/<uuid:derivacion_id>/respuestas/<uuid:respuesta_id>/adoptar")
@requires("casos.derivacion.responder")
def adoptar(derivacion_id: UUID, respuesta_id: UUID) -> ResponseReturnValue:
    """Give a late answer its effect."""
    try:
        with env().db.begin() as session:
            actions.adoptar(session, derivacion_id, respuesta_id, actor(), clock.now())
    except (TransicionInvalida, Conflicto) as error:
        return _no_se_pudo(derivacion_id, error)
    flash(_("Adoptamos la respuesta tardía."), "success")
    return _a(derivacion_id)


@bp.post("/derivaciones/<uuid:derivacion_id>/otro-enlace")
@requires("casos.derivacion.crear")
def otro_enlace(derivacion_id: UUID) -> ResponseReturnValue:
    """Send the institution another link."""
    try:
        with env().db.begin() as session:
            pedir_otro(session, derivacion_id, actor(), clock.now())
    except (TransicionInvalida, Conflicto) as error:
        return _no_se_pudo(derivacion_id, error)
    flash(_("Enviaremos otro enlace a la institución."), "success")
    return _a(derivacion_id)


def _no_se_pudo(derivacion_id: UUID, error: TransicionInvalida | Conflicto) -> ResponseReturnValue:
    """The page of the derivation as it stands, and why a button did nothing."""
    flash(error.detail or _(error.title), "error")
    return derivacion(derivacion_id), error.status


def _anotar(found: Derivacion) -> None:
    registrar_lectura_de_caso(
        env().db,
        actor(),
        "casos.derivacion.ver",
        "derivacion",
        found.id,
        caso_id=found.caso_id,
    )


def _elegir_servicio(caso: Caso) -> str:
    """The services of the case's theme first, with their places and what they ask for."""
    tema = request.args.get("tema", caso.tema)
    texto = request.args.get("q", "")
    with env().db.read() as session:
        found = servicios(session, tema=tema, texto=texto, solo_activos=True)
    registrar_lectura_de_caso(env().db, actor(), "casos.caso.ver", "caso", caso.id, caso_id=caso.id)
    return render_template(
        "casos/derivaciones/elegir.html",
        caso=caso,
        servicios=found,
        tema=tema,
        texto=texto,
        temas=temas_ofrecidos(language()),
        reemplaza_a=request.args.get("reemplaza_a", type=UUID),
    )


def _formulario(
    form: Form,
    caso: Caso,
    adonde: tuple[ServicioRed, Sugerencias],
    de_quien: tuple[Persona, Pauta, Sequence[Dato]],
) -> str:
    servicio, ofrecido = adonde
    persona, pauta, datos = de_quien
    registrar_lectura_de_caso(
        env().db, actor(), "casos.derivacion.opciones", "caso", caso.id, caso_id=caso.id
    )
    lenguas = [(codigo, nombre_de_idioma(codigo, language())) for codigo in textos().textos]
    leidos = dict.fromkeys(map(textos().lengua, (persona.idioma, IDIOMA_POR_OMISION)))
    return render_template(
        "casos/derivaciones/nueva.html",
        form=form,
        caso=caso,
        servicio=servicio,
        ofrecido=ofrecido,
        persona=persona,
        pauta=pauta,
        datos=[(dato, linea(dato, language())) for dato in datos],
        bases=_bases(servicio),
        modos=opciones(Modo),
        formas=opciones(FormaConsentimiento),
        otorgantes=opciones(Otorgante),
        lenguas=lenguas,
        consentimientos=[
            (lengua, textos().en(lengua, servicio.institucion.nombre)) for lengua in leidos
        ],
    )


def _bases(servicio: ServicioRed) -> list[tuple[str, str]]:
    if servicio.institucion.admite_funcion_legal:
        return opciones(BaseLicitud)
    return opciones(BaseLicitud, BaseLicitud.FUNCION_LEGAL)


def _preparar(caso_id: UUID, pedido: NuevaDerivacion) -> UUID:
    with env().db.begin() as session:
        return actions.preparar(session, caso_id, pedido, actor(), clock.now()).id


def _acciones(found: Derivacion) -> list[Accion]:
    """What an officer may write down now."""
    if not puede("casos.derivacion.responder"):
        return []
    if found.estado is Estado.VENCIDA:
        return list(ADOPTABLES)
    return [accion for accion in found.acciones if accion is not Accion.ENVIAR]


def _estado(found: Derivacion) -> str:
    with env().db.read() as session:
        plazos = plazos_de_derivacion(session, found.id)
    ahora = clock.now()
    return render_template(
        "casos/derivaciones/_estado.html",
        derivacion=found,
        motivo=motivo,
        hecha=hecha,
        por_adoptar={r.id for r in queries.pendientes_de_adoptar(found)},
        de_origen=de_origen,
        adoptable=found.estado is Estado.VENCIDA and puede("casos.derivacion.responder"),
        plazos=[
            (plazo, etiqueta_de_reloj(plazo.reloj, language()), *situacion(plazo, ahora))
            for plazo in plazos
        ],
    )


def _del_paquete(found: Derivacion) -> dict[str, object]:
    paquete = found.contenido
    return {"paquete": paquete, "lineas": [linea(dato, language()) for dato in paquete.datos]}


def _canales(found: Derivacion) -> list[tuple[str, str]]:
    """By which ways an answer may have come: of who goes by themselves only they can tell."""
    if found.autogestionada:
        return opciones(CanalRespuesta, *set(CanalRespuesta) - {CanalRespuesta.PERSONA})
    return opciones(CanalRespuesta, *NO_SE_REGISTRAN)


def _schema(accion: Accion) -> Schema:
    if accion is Accion.ANULAR:
        return AnulacionSchema()
    return RespuestaRegistradaSchema(accion) if accion in REGISTRABLES else VerificacionSchema()


def _dar_paso(derivacion_id: UUID, accion: Accion, form: Form) -> None:
    ahora = clock.now()
    with env().db.begin() as session:
        if accion is Accion.ANULAR:
            actions.anular(session, derivacion_id, form.data["motivo"], actor(), ahora)
            return
        if accion in REGISTRABLES:
            datos = form.data
            respuesta = Respuesta(accion=accion, motivo=datos.motivo, texto=datos.texto)
            procedencia = registrada(datos.canal, datos.quien, datos.cuando)
        else:
            respuesta = Respuesta(accion=accion, texto=form.data["texto"])
            procedencia = DE_LA_PERSONA
        actions.responder(
            session, derivacion_id, respuesta, actor(), ahora, procedencia=procedencia
        )


def _como_esta(session: Session, found: Derivacion) -> Present:
    """How a derivation stands, who left it so, and what the reader can do with it now."""
    pasos = [
        (etiqueta(accion), url_for(".paso", derivacion_id=found.id, accion=accion))
        for accion in _acciones(found)
    ]
    if found.estado in REENCAMINABLES and puede("casos.derivacion.crear"):
        otra = url_for(".nueva", caso_id=found.caso_id, reemplaza_a=found.id)
        pasos.append((_("Reencaminar a otro servicio"), otra))
    ultimo = queries.ultimo_hito(session, found)
    return Present(
        change=Cambio(ultimo.ocurrido_en, quien=ultimo.actor_nombre) if ultimo else None,
        state=etiqueta(found.estado),
        allowed=pasos,
    )


def _a(derivacion_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".derivacion", derivacion_id=derivacion_id), 303)
