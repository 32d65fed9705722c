"""Entrance: pages of the agenda."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from agenda import actions, directorio, queries
from agenda.etiquetas import AVISOS, ESTADOS, MOTIVOS, RESPUESTAS, TONOS, TONOS_DE_RESPUESTA
from agenda.horario import horario
from agenda.models import Cita
from agenda.schemas import (
    CancelacionSchema,
    NuevaCitaSchema,
    ParaQuienSchema,
    ReprogramacionSchema,
    VersionSchema,
    VistaSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatoNoEncontrado, DatosInvalidos, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.client import ServicioNoDisponible
from oficina.web.conditional import check_version
from oficina.web.forms import Form
from oficina.web.i18n import feriado, language

bp = Blueprint("agenda", __name__, url_prefix="/agenda", template_folder="templates")


@dataclass(frozen=True)
class Dia:
    """A day on the page: the reader's own appointments first."""

    fecha: date
    feriado: str
    citas: Sequence[Cita]


@bp.get("/")
@requires("agenda.cita.ver")
def agenda() -> str:
    """The appointments of a day or a week."""
    vista = VistaSchema().load({clave: valor for clave, valor in request.args.items() if valor})
    desde, cuantos = _span(vista["dia"], vista["vista"])
    filtro = queries.Filtro(
        desde=desde,
        hasta=desde + timedelta(days=cuantos - 1),
        profesional_id=vista["profesional"],
    )
    with env().db.read() as session:
        halladas = queries.citas(session, filtro)
    visibles = _visibles(halladas)
    registrar_lectura(env().db, actor(), "agenda.cita.listar", "cita", None, cantidad=len(visibles))
    return render_template(
        "agenda/agenda.html",
        vista=vista,
        hoy=clock.today(),
        antes=desde - timedelta(days=cuantos),
        despues=desde + timedelta(days=cuantos),
        dias=_by_day(desde, cuantos, halladas),
        visibles=visibles,
        nombres=directorio.nombres(
            env(), (cita.persona_id for cita in halladas if cita.id in visibles)
        ),
        profesionales=directorio.personal().nombres(),
        yo=actor().id,
        **_words(),
    )


@bp.route("/citas/nueva", methods=["GET", "POST"])
@requires("agenda.cita.agendar")
def nueva() -> ResponseReturnValue:
    """Book an appointment for somebody."""
    para = ParaQuienSchema().load({clave: valor for clave, valor in request.args.items() if valor})
    quien = directorio.de_quien(env(), para["persona"], para["caso"])
    if quien is None:
        return render_template("agenda/sin_persona.html")
    profesionales = directorio.personal().nombres()
    form = Form(
        NuevaCitaSchema(),
        initial={
            "persona_id": quien.persona_id,
            "caso_id": quien.caso_id,
            "profesional_id": actor().id if actor().id in profesionales else None,
            "duracion": horario().duraciones[0],
            "lugar": next(iter(horario().lugares)),
        },
    )
    if form.valid:
        try:
            return _book(form.data)
        except (DatosInvalidos, Conflicto) as error:
            _blame(form, error)
    page = render_template(
        "agenda/cita_nueva.html",
        form=form,
        quien=quien,
        profesionales=profesionales,
        organizaciones=directorio.organizaciones(env()),
        senales=AVISOS,
        **_choices(),
    )
    return page, 422 if form.errors else 200


@bp.get("/citas/<uuid:cita_id>")
@requires("agenda.cita.ver")
def cita(cita_id: UUID) -> str:
    """One appointment and what can be done with it."""
    with env().db.read() as session:
        una = queries.cita_por_id(session, cita_id)
    directorio.exigir_a_la_vista(env(), una, actor())
    registrar_lectura(env().db, actor(), "agenda.cita.ver", "cita", cita_id)
    return render_template(
        "agenda/cita.html",
        cita=una,
        dia=clock.local(una.inicia_en).date(),
        acciones=una.acciones(clock.now()),
        quien=directorio.nombres(env(), [una.persona_id]).get(una.persona_id),
        **_words(),
    )


@bp.get("/organizaciones/<uuid:organizacion_id>")
@requires("agenda.cita.ver")
def de_organizacion(organizacion_id: UUID) -> str:
    """The appointments that name an organisation, as far as the reader may see them."""
    try:
        nombre = directorio.organizacion(env(), organizacion_id)
    except DatoNoEncontrado as error:
        raise NoEncontrado from error
    with env().db.read() as session:
        halladas = queries.citas(session, queries.Filtro(organizacion_id=organizacion_id))
    visibles = _visibles(halladas)
    suyas = [cita for cita in halladas if cita.id in visibles]
    registrar_lectura(env().db, actor(), "agenda.cita.listar", "cita", None, cantidad=len(suyas))
    return render_template(
        "agenda/organizacion.html",
        organizacion_id=organizacion_id,
        nombre=nombre,
        citas=suyas[::-1],
        nombres=directorio.nombres(env(), (cita.persona_id for cita in suyas)),
        **_words(),
    )


@bp.route("/citas/<uuid:cita_id>/reprogramar", methods=["GET", "POST"])
@requires("agenda.cita.agendar")
def reprogramar(cita_id: UUID) -> ResponseReturnValue:
    """Give it another time or place."""

    def change(session: Session, una: Cita, form: Form) -> None:
        version, tiempo = form.data
        check_version(una, version)
        actions.reprogramar(session, una, tiempo, actor(), clock.now())

    return _step(
        cita_id,
        ReprogramacionSchema(),
        change,
        template="agenda/reprogramar.html",
        initial=_time_of,
        done=_("La cita tiene otra hora; sus recordatorios también."),
    )


@bp.route("/citas/<uuid:cita_id>/cancelar", methods=["GET", "POST"])
@requires("agenda.cita.agendar")
def cancelar(cita_id: UUID) -> ResponseReturnValue:
    """Cancel it, with a reason."""

    def change(session: Session, una: Cita, form: Form) -> None:
        version, pedido = form.data
        check_version(una, version)
        actions.cancelar(session, una, pedido, actor(), clock.now())

    return _step(
        cita_id,
        CancelacionSchema(),
        change,
        template="agenda/cancelar.html",
        initial=lambda una: {"version": una.version},
        done=_("La cita está cancelada; no saldrán más recordatorios."),
    )


@bp.post("/citas/<uuid:cita_id>/realizar")
@requires("agenda.cita.registrar")
def realizar(cita_id: UUID) -> ResponseReturnValue:
    """The person came."""
    _register(cita_id, actions.realizar)
    flash(_("Quedó registrado que la persona vino."), "success")
    return redirect(url_for(".cita", cita_id=cita_id), 303)


@bp.post("/citas/<uuid:cita_id>/inasistencia")
@requires("agenda.cita.registrar")
def inasistencia(cita_id: UUID) -> ResponseReturnValue:
    """The person did not come."""
    _register(cita_id, actions.registrar_inasistencia)
    flash(_("Quedó registrado que la persona no vino."), "success")
    return redirect(url_for(".cita", cita_id=cita_id), 303)


def _visibles(citas: Sequence[Cita]) -> frozenset[UUID]:
    """Those that the reader may see; none while casos is silent, and hours stay readable."""
    try:
        return directorio.a_la_vista(env(), citas, actor())
    except ServicioNoDisponible:
        return frozenset()


def _span(dia: date, vista: str) -> tuple[date, int]:
    if vista == "dia":
        return dia, 1
    return dia - timedelta(days=dia.weekday()), 7


def _by_day(desde: date, cuantos: int, citas: Sequence[Cita]) -> list[Dia]:
    """The days to show; a week leaves out those on which nobody comes."""
    yo = actor().id
    dias = []
    for fecha in (desde + timedelta(days=number) for number in range(cuantos)):
        suyas = [una for una in citas if clock.local(una.inicia_en).date() == fecha]
        if cuantos > 1 and not suyas and not horario().atiende(fecha):
            continue
        suyas.sort(key=lambda una: una.profesional_id != yo)
        dias.append(Dia(fecha, feriado(fecha), suyas))
    return dias


def _book(nueva_cita: actions.NuevaCita) -> ResponseReturnValue:
    nombre = directorio.personal().nombre(nueva_cita.profesional_id)
    directorio.de_quien(env(), nueva_cita.persona_id, nueva_cita.caso_id)
    de_organizacion = directorio.organizacion(env(), nueva_cita.organizacion_id)
    with env().db.begin() as session:
        una = actions.agendar(
            session, nueva_cita, nombre, actor(), clock.now(), organizacion_nombre=de_organizacion
        )
    flash(_("La cita quedó agendada."), "success")
    return redirect(url_for(".cita", cita_id=una.id), 303)


def _step(
    cita_id: UUID,
    schema: Schema,
    change: Callable[[Session, Cita, Form], None],
    *,
    template: str,
    initial: Callable[[Cita], dict[str, Any]],
    done: str,
) -> ResponseReturnValue:
    """A form about one appointment: shown, shown again with its errors, or done."""
    with env().db.read() as session:
        una = queries.cita_por_id(session, cita_id)
    directorio.exigir_a_la_vista(env(), una, actor())
    form = Form(schema, initial=initial(una))
    if form.valid:
        try:
            with env().db.begin() as session:
                change(session, queries.cita_por_id(session, cita_id), form)
        except (DatosInvalidos, Conflicto) as error:
            _blame(form, error)
        else:
            flash(done, "success")
            return redirect(url_for(".cita", cita_id=cita_id), 303)
    registrar_lectura(env().db, actor(), "agenda.cita.ver", "cita", cita_id)
    quien = directorio.nombres(env(), [una.persona_id]).get(una.persona_id)
    page = render_template(template, form=form, cita=una, quien=quien, **_choices(), **_words())
    return page, 422 if form.errors else 200


def _register(cita_id: UUID, action: Callable[..., None]) -> None:
    version = VersionSchema().load({"version": request.form.get("version") or None})
    with env().db.read() as session:
        antes = queries.cita_por_id(session, cita_id)
    directorio.exigir_a_la_vista(env(), antes, actor())
    with env().db.begin() as session:
        una = queries.cita_por_id(session, cita_id)
        check_version(una, version)
        action(session, una, actor(), clock.now())


def _blame(form: Form, error: DatosInvalidos | Conflicto) -> None:
    if isinstance(error, DatosInvalidos):
        form.add_errors(error)
    else:
        form.add_error("hora", error.detail)


def _time_of(una: Cita) -> dict[str, Any]:
    aqui = clock.local(una.inicia_en)
    return {
        "fecha": aqui.date().isoformat(),
        "hora": f"{aqui:%H:%M}",
        "duracion": int((una.termina_en - una.inicia_en).total_seconds() // 60),
        "lugar": una.lugar,
        "version": una.version,
    }


def _choices() -> dict[str, Any]:
    return {
        "duraciones": [
            (minutos, _("%(minutos)s minutos", minutos=minutos)) for minutos in horario().duraciones
        ],
        "opciones_lugar": [
            (lugar.clave, lugar.etiqueta(language())) for lugar in horario().lugares.values()
        ],
        "motivos": [(motivo.value, texto) for motivo, texto in MOTIVOS.items()],
    }


def _words() -> dict[str, Any]:
    return {
        "senales": AVISOS,
        "estados": ESTADOS,
        "tonos": TONOS,
        "textos_motivo": MOTIVOS,
        "respuestas": RESPUESTAS,
        "tonos_de_respuesta": TONOS_DE_RESPUESTA,
        "nombres_lugar": {
            clave: lugar.etiqueta(language()) for clave, lugar in horario().lugares.items()
        },
    }
