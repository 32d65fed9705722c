"""Pages of deadlines: what is late and whose it is."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.equipo import equipo
from casos.etiquetas import etiqueta as etiqueta_de
from casos.expedientes.models import Prioridad
from casos.plazos import atrasos, calendario, versiones, vistas
from casos.plazos.atrasos import FiltroPlazos, Grupo, Panorama
from casos.plazos.etiquetas import de_cuanto, de_grupo, de_situacion
from casos.plazos.reglas import etiqueta
from casos.plazos.schemas import FiltroPlazosSchema, FormularioDeReglasSchema, NuevoDiaCerradoSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.calendar_cl import feriados
from oficina.errors import Conflicto, DatosInvalidos, NoPermitido
from oficina.jobs import nudge_after_commit
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.files import descarga
from oficina.web.forms import Form
from oficina.web.i18n import fecha, feriado, language

bp = Blueprint("plazos_paginas", __name__, url_prefix="/casos")


@bp.get("/plazos")
@requires("casos.plazo.listar")
def lista() -> str:
    """What is late first, then what is due next; of who does not coordinate, their own."""
    filtro = _filtro()
    with env().db.read() as session:
        panorama = atrasos.panorama(session, filtro, Alcance.de(actor()), clock.now())
    registrar_lectura(
        env().db, actor(), "casos.plazo.listar", "caso", None, cantidad=len(panorama.filas)
    )
    return render_template(
        "casos/plazos/lista.html",
        panorama=panorama,
        filtro=filtro,
        pedido=_pedido(filtro),
        situaciones=[(cual.value, de_situacion(cual)[0]) for cual in panorama.por_situacion],
        enlace=lambda **otro: url_for("plazos_paginas.lista", **{**_pedido(filtro), **otro}),
        grupos=[(uno.value, de_grupo(uno)) for uno in Grupo],
        de_situacion=de_situacion,
        relojes=[(reloj, etiqueta(reloj, language())) for reloj in panorama.relojes],
        reloj=lambda cual: etiqueta(cual, language()),
        nadie=atrasos.NADIE,
        clave=_CLAVES[filtro.grupo],
        de_unidad=equipo().unidad,
        personas=_personas(panorama, filtro),
    )


_CLAVES = {
    Grupo.RESPONSABLE: "responsable",
    Grupo.UNIDAD: "unidad",
    Grupo.INSTITUCION: "institucion_id",
}
"""What of the filter a group narrows."""


def _personas(panorama: Panorama, filtro: FiltroPlazos) -> list[tuple[str, str]]:
    """Whose deadlines may be asked for: the reader's, nobody's, and those of whoever is in view."""
    dichas = {str(actor().id): _("Míos"), atrasos.NADIE: _("Sin asignar")}
    if filtro.grupo is Grupo.RESPONSABLE:
        dichas = {uno.cual: uno.nombre for uno in panorama.grupos} | dichas
    dichas = {str(fila.responsable_id): fila.responsable for fila in panorama.filas} | dichas
    dichas.pop(str(None), None)
    return sorted(dichas.items(), key=lambda par: (par[0] != str(actor().id), par[1]))


@bp.get("/plazos.<any(csv, xlsx):formato>")
@requires("casos.plazo.exportar")
def archivo(formato: str) -> Response:
    """The same, as a file or as a workbook."""
    ahora = clock.now()
    with env().db.read() as session:
        hallados = atrasos.exportables(session, _filtro(), Alcance.de(actor()), ahora)
    registrar_lectura(
        env().db, actor(), "casos.plazo.exportar", "caso", None, cantidad=len(hallados)
    )
    filas = (vistas.renglon(fila, ahora) for fila in hallados)
    return descarga(formato, f"plazos-{clock.today()}", str(_("Plazos")), vistas.cabeza(), filas)


@bp.route("/plazos/calendario", methods=["GET", "POST"])
@requires("casos.calendario.ver")
def ver_calendario() -> ResponseReturnValue:
    """The days on which the municipality does not work, and a form for one more."""
    if request.method == "POST" and not puede("casos.calendario.editar"):
        raise NoPermitido
    form = Form(NuevoDiaCerradoSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                dia = calendario.cerrar(session, form.data, actor(), clock.now())
                nudge_after_commit(session, "casos.seguir_plazos")
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(
                _(
                    "El %(dia)s no se trabaja: los plazos que pasan por ese día se mueven solos.",
                    dia=fecha(dia.dia),
                ),
                "success",
            )
            return redirect(url_for(".ver_calendario"), 303)
    with env().db.read() as session:
        dias = calendario.dias_cerrados(session)
    hoy = clock.today()
    page = render_template(
        "casos/plazos/calendario.html",
        form=form,
        dias=dias,
        feriados=[(dia, feriado(dia)) for dia in sorted(feriados(hoy.year))],
        anio=hoy.year,
    )
    return page, 422 if form.sent else 200


@bp.post("/plazos/calendario/<uuid:dia_id>/retiro")
@requires("casos.calendario.editar")
def retirar(dia_id: UUID) -> ResponseReturnValue:
    """Take a day off back."""
    try:
        with env().db.begin() as session:
            dia = calendario.retirar(session, dia_id, actor(), clock.now())
            nudge_after_commit(session, "casos.seguir_plazos")
    except Conflicto as error:
        flash(error.detail or _(error.title), "error")
    else:
        flash(_("El %(dia)s vuelve a ser hábil.", dia=fecha(dia.dia)), "success")
    return redirect(url_for(".ver_calendario"), 303)


@bp.route("/plazos/reglas", methods=["GET", "POST"])
@requires("casos.reglas_de_plazos.ver")
def ver_reglas() -> ResponseReturnValue:
    """How long each deadline is, version by version, and a form for the next one."""
    if request.method == "POST" and not puede("casos.reglas_de_plazos.escribir"):
        raise NoPermitido
    with env().db.read() as session:
        todas = versiones.versiones(session, clock.now())
    escritas = {reloj: todas[0].contenido.relojes[reloj].plazo for reloj in versiones.propios()}
    form = Form(FormularioDeReglasSchema(), {"reglas": escritas})
    if form.valid:
        try:
            with env().db.begin() as session:
                hecha = versiones.guardar(session, form.data, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(
                _(
                    "La versión %(version)s rige desde el %(dia)s. Lo que ya corre no cambia.",
                    version=hecha.contenido.version,
                    dia=fecha(form.data.vigente_desde),
                ),
                "success",
            )
            return redirect(url_for(".ver_reglas"), 303)
    page = render_template(
        "casos/plazos/reglas.html",
        form=form,
        versiones=todas,
        propios=versiones.propios(),
        legales=versiones.legales(),
        prioridades=[(uno, etiqueta_de(Prioridad(uno))) for uno in versiones.PRIORIDADES],
        reloj=lambda cual: etiqueta(cual, language()),
        de_cuanto=de_cuanto,
        hoy=clock.today(),
        maximo=versiones.MAXIMO,
    )
    return page, 422 if form.sent else 200


def _pedido(filtro: FiltroPlazos) -> dict[str, str]:
    """What the address of a list says, but for the page."""
    dicho: dict[str, str] = FiltroPlazosSchema(exclude=["pagina"]).dump(filtro)
    return {nombre: texto or "" for nombre, texto in dicho.items()}


def _filtro() -> FiltroPlazos:
    campos = FiltroPlazosSchema().fields
    sent = {nombre: texto for nombre, texto in request.args.items() if nombre in campos and texto}
    # Who coordinates sees the whole office unless they ask otherwise; others what is theirs.
    if "responsable" not in request.args and not puede("casos.plazo.exportar"):
        sent["responsable"] = str(actor().id)
    filtro: FiltroPlazos = FiltroPlazosSchema().load(sent)
    return filtro
