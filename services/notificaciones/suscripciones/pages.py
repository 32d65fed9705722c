"""Pages of subscriptions, for the units, whoever administers and whoever oversees; and the feed."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from notificaciones.mensajes import etiquetas as de_mensajes
from notificaciones.plantillas.catalogo import Clave, base, de_fabrica, idiomas
from notificaciones.plantillas.etiquetas import nombre_de_idioma
from notificaciones.suscripciones import actions, etiquetas, feed, queries, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, mirar_destino, mirar_via
from notificaciones.suscripciones.bases import bases
from notificaciones.suscripciones.colas.credenciales import credenciales, ejemplos
from notificaciones.suscripciones.firma import huella_de
from notificaciones.suscripciones.models import VIGENCIA_DEL_ANTERIOR, Suscripcion
from notificaciones.suscripciones.resumenes import actions as resumenes
from notificaciones.suscripciones.resumenes.calculo import ajustes
from notificaciones.suscripciones.resumenes.queries import por_enlace, ultimo
from notificaciones.suscripciones.schemas import (
    EdicionSchema,
    NuevaSchema,
    PaginaSchema,
    RepeticionFormaSchema,
    escribir_filtros,
)
from notificaciones.suscripciones.states import PASOS, Cadencia, Estado, Paso, Via
from notificaciones.suscripciones.unidades import (
    dirige,
    dirigibles,
    elegir,
    exigir_que_dirija,
    nombres,
)
from oficina.bus.difusion import difusion
from oficina.clock import ZONA, real_now, today
from oficina.errors import DatosInvalidos, NoEncontrado, VersionVencida
from oficina.web.app import env
from oficina.web.auth import actor, public, puede, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.limits import limited

DIA = timedelta(days=1)
"""How far back the rates of a subscription look."""

_ENVIAMOS_EL_ENLACE = _l(
    "Enviamos un enlace a ese correo. Cuando alguien lo abra y confirme, llegarán los resúmenes."
)

bp = Blueprint("suscripciones_paginas", __name__, url_prefix="/notificaciones/suscripciones")


@bp.get("")
@requires("notificaciones.suscripcion.ver")
def lista() -> str:
    """The subscriptions that the reader may see: for the delegate, the register of them."""
    with env().db.read() as session:
        todas = queries.suscripciones(session, actor())
    return render_template(
        "notificaciones/suscripciones/lista.html",
        suscripciones=todas,
        unidades=nombres(env(), todas=True),
        puede_crear=puede("notificaciones.suscripcion.administrar"),
        **_words(),
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires("notificaciones.suscripcion.administrar")
def nueva() -> ResponseReturnValue:
    """Subscribe a unit; what its system needs is shown this once."""
    own = "" if "administrador" in actor().roles else actor().unidad
    form = Form(
        NuevaSchema(),
        {
            "via": Via.WEBHOOK.value,
            "unidad": own or None,
            "cadencia": Cadencia.DIARIA.value,
            "hora": f"{ajustes().hora:%H:%M}",
            "idioma": base(),
        },
    )
    if form.valid:
        try:
            una, secreto = _crear(form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            if una.via is Via.RESUMEN:
                flash(_ENVIAMOS_EL_ENLACE, "success")
                return _back(una.id)
            return _secreto_una_vez(una, secreto)
    da_colas = env().settings.da_colas
    page = render_template(
        "notificaciones/suscripciones/nueva.html",
        form=form,
        elegibles=sorted(dirigibles(env(), actor()).items(), key=lambda una: una[1]),
        ofrecidas=[una for una in etiquetas.VIAS.items() if una[0] is not Via.COLA or da_colas],
        da_colas=da_colas,
        **_choices(),
    )
    return page, 422 if form.sent else 200


@bp.get("/<uuid:suscripcion_id>")
@requires("notificaciones.suscripcion.ver")
def ver(suscripcion_id: UUID) -> str:
    """One subscription, how it goes, and what was delivered."""
    return _page(suscripcion_id, Form(RepeticionFormaSchema(), sent=False))


@bp.route("/<uuid:suscripcion_id>/editar", methods=["GET", "POST"])
@requires("notificaciones.suscripcion.administrar")
def editar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Change what it gets, why, or where."""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
    exigir_que_dirija(env(), actor(), una.unidad)
    form = Form(
        EdicionSchema(),
        {
            "nombre": una.nombre,
            "tipos": una.tipos,
            "filtros": escribir_filtros(una.filtros) or None,
            "finalidad": una.finalidad,
            "base": una.base,
            "ordenada": una.ordenada,
            "simultaneas": una.simultaneas,
            "url": una.url,
            "correo": una.correo,
            "idioma": una.idioma,
            "cadencia": una.cadencia and una.cadencia.value,
            "dia": una.dia,
            "hora": una.hora and f"{una.hora:%H:%M}",
            "version": una.version,
        },
    )
    vencida = False
    if form.valid:
        try:
            _editar(una, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida:
            vencida = True
            form.add_error(
                "",
                _(
                    "Otra persona cambió esta suscripción mientras usted escribía. Lo que "
                    "escribió sigue aquí: si lo guarda, reemplaza lo que guardó ella."
                ),
            )
        else:
            flash(_("Guardamos los cambios."), "success")
            return _back(suscripcion_id)
    page = render_template(
        "notificaciones/suscripciones/editar.html",
        form=form,
        una=una,
        vencida=vencida,
        **_choices(),
    )
    return page, 412 if vencida else 422 if form.sent else 200


@bp.post("/<uuid:suscripcion_id>/pausa")
@requires("notificaciones.suscripcion.administrar")
def pausar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Pause it."""
    with env().db.begin() as session:
        actions.pausar(session, suscripcion_id, actor(), form_version())
    flash(_("Está en pausa: lo que pase la espera."), "success")
    return _back(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/reanudacion")
@requires("notificaciones.suscripcion.administrar")
def reanudar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Resume it."""
    with env().db.begin() as session:
        actions.reanudar(session, suscripcion_id, actor(), form_version())
    flash(_("Está activa."), "success")
    return _back(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/secreto")
@requires("notificaciones.suscripcion.administrar")
def rotar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Give it another secret, shown this once."""
    with env().db.read() as session:
        suya = queries.suscripcion(session, suscripcion_id, actor())
    exigir_que_dirija(env(), actor(), suya.unidad)
    with env().db.begin() as session:
        una, secreto = actions.rotar(session, suscripcion_id, actor(), form_version())
    return _secreto_una_vez(una, secreto)


@bp.post("/<uuid:suscripcion_id>/confirmacion")
@requires("notificaciones.suscripcion.administrar")
def pedir_enlace(suscripcion_id: UUID) -> ResponseReturnValue:
    """Send another link to the address of a digest."""
    with env().db.begin() as session:
        resumenes.pedir_otro_enlace(session, suscripcion_id, actor(), form_version())
    flash(_ENVIAMOS_EL_ENLACE, "success")
    return _back(suscripcion_id)


@bp.post("/<uuid:suscripcion_id>/prueba")
@requires("notificaciones.suscripcion.administrar")
def probar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Have an invented fact delivered."""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
    try:
        if una.via is Via.WEBHOOK:
            mirar_destino(env().settings, una.url)
    except DatosInvalidos as error:
        flash(" ".join(error.errores["url"]), "error")
        return _back(suscripcion_id)
    with env().db.begin() as session:
        entrega_id = actions.probar(session, suscripcion_id, actor())
    if una.via is Via.ATOM:
        flash(_("La prueba ya está en el canal."), "success")
        return _back(suscripcion_id)
    return redirect(url_for(".entrega", suscripcion_id=suscripcion_id, entrega_id=entrega_id), 303)


@bp.post("/<uuid:suscripcion_id>/repeticion")
@requires("notificaciones.suscripcion.administrar")
def repetir(suscripcion_id: UUID) -> ResponseReturnValue:
    """Deliver again what happened since a day."""
    form = Form(RepeticionFormaSchema())
    if form.valid:
        desde = datetime.combine(form.data["desde"], time(), ZONA).astimezone(UTC)
        try:
            with env().db.begin() as session:
                reparto.repetir(session, suscripcion_id, desde, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Lo que pasó desde ese día se entrega otra vez."), "success")
            return _back(suscripcion_id)
    return _page(suscripcion_id, form), 422


@bp.post("/<uuid:suscripcion_id>/cierre")
@requires("notificaciones.suscripcion.administrar")
def cerrar(suscripcion_id: UUID) -> ResponseReturnValue:
    """Close it for good."""
    with env().db.begin() as session:
        actions.cerrar(session, suscripcion_id, actor())
    flash(_("La suscripción está cerrada."), "success")
    return _back(suscripcion_id)


@bp.get("/<uuid:suscripcion_id>/entregas/<uuid:entrega_id>")
@requires("notificaciones.suscripcion.ver")
def entrega(suscripcion_id: UUID, entrega_id: UUID) -> str:
    """One delivery and each time that it was tried."""
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
        hallada = queries.entrega(session, una.id, entrega_id)
        intentos = queries.intentos(session, entrega_id)
    return render_template(
        "notificaciones/suscripciones/entrega.html",
        una=una,
        entrega=hallada,
        intentos=intentos,
        **_words(),
    )


@bp.route("/enlace/<token>/correo", methods=["GET", "POST"])
@public
@limited("20/minute")
def confirmar(token: str) -> ResponseReturnValue:
    """Whoever reads a mailbox says that its unit's digest may go there.

    Public on purpose: the token is the key. Only the button uses it: programs that look at mail
    before people do open every link. Of one that opens nothing any more it is said what to do.
    """
    una = None
    with suppress(NoEncontrado):
        if request.method == "GET":
            with env().db.read() as session:
                una = por_enlace(session, huella_de(token), real_now())
        else:
            with env().db.begin() as session:
                una = resumenes.confirmar(session, token)
    page = current_app.make_response(
        render_template("notificaciones/suscripciones/confirmar.html", una=una)
    )
    page.status_code = HTTPStatus.OK if una else HTTPStatus.NOT_FOUND
    page.headers["X-Robots-Tag"] = "noindex, nofollow"
    return page


@bp.get("/enlace/<token>/atom.xml")
@public
@limited("60/minute")
def canal(token: str) -> Response:
    """The feed. Public on purpose: the token is the key."""
    antes = PaginaSchema().load(
        {"antes": request.args["antes"]} if "antes" in request.args else {}
    )["antes"]
    with env().db.read() as session:
        una = queries.por_huella(session, huella_de(token))
    response = feed.responder(
        env(), una, antes, _feed_address(token), feed.quien_tiene_la_llave(una)
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _crear(datos: dict[str, Any]) -> tuple[Suscripcion, str]:
    unidad = elegir(env(), datos["unidad"], actor())
    exigir_que_dirija(env(), actor(), unidad)
    url = datos["url"]
    al = mirar_via(env().settings, datos["via"], url)
    pedida = NuevaSuscripcion(unidad=unidad, via=datos["via"], pedido=datos["pedido"])
    with env().db.begin() as session:
        return actions.crear(session, pedida, actor(), url=url, al=al)


def _editar(una: Suscripcion, datos: dict[str, Any]) -> None:
    al = mirar_via(env().settings, una.via, datos["url"])
    with env().db.begin() as session:
        actions.editar(
            session,
            una.id,
            datos["pedido"],
            actor(),
            url=datos["url"],
            al=al,
            version=datos["version"],
        )


def _page(suscripcion_id: UUID, form: Form) -> str:
    antes = PaginaSchema().load(
        {"antes": request.args["antes"]} if request.args.get("antes") else {}
    )["antes"]
    with env().db.read() as session:
        una = queries.suscripcion(session, suscripcion_id, actor())
        pagina = queries.entregas(session, suscripcion_id, antes)
        cuentas = queries.por_estado(session, suscripcion_id)
        ritmo = queries.ritmo(session, suscripcion_id, real_now() - DIA)
        cola = queries.cola(session, suscripcion_id)
        resumen = ultimo(session, una)
    cambia = puede("notificaciones.suscripcion.administrar") and queries.puede_administrar(
        actor(), una.unidad
    )
    return render_template(
        "notificaciones/suscripciones/ver.html",
        una=una,
        pagina=pagina,
        cuentas=cuentas,
        ritmo=ritmo,
        cola=cola,
        ejemplos=ejemplos() if una.via is Via.COLA else {},
        form=form,
        hoy=today(),
        pasos=PASOS[una.estado] if cambia else {},
        cambia=cambia and una.estado is not Estado.CERRADA,
        dirige=cambia and dirige(env(), actor(), una.unidad),
        unidades=nombres(env(), todas=True),
        Paso=Paso,
        resumen=resumen,
        **_words(),
    )


def _secreto_una_vez(una: Suscripcion, secreto: str) -> str:
    return render_template(
        "notificaciones/suscripciones/secreto.html",
        una=una,
        secreto=secreto if una.via is Via.WEBHOOK else "",
        credenciales=(
            credenciales(env().settings, una.destino, secreto) if una.via is Via.COLA else None
        ),
        ejemplos=ejemplos() if una.via is Via.COLA else {},
        direccion=_feed_address(secreto) if una.via is Via.ATOM else "",
        horas=round(VIGENCIA_DEL_ANTERIOR.total_seconds() / 3600),
    )


def _feed_address(token: str) -> str:
    return env().settings.base_url + url_for("suscripciones_paginas.canal", token=token)


def _back(suscripcion_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".ver", suscripcion_id=suscripcion_id), 303)


def _choices() -> dict[str, Any]:
    regla = difusion()
    campos = sorted({campo for uno in regla.hechos.values() for campo in uno.filtrables})
    return {"hechos": etiquetas.hechos(), "campos": campos, **_words()}


def _words() -> dict[str, Any]:
    return {
        "vias": etiquetas.VIAS,
        "cadencias": etiquetas.CADENCIAS,
        "dias": etiquetas.DIAS,
        "estados_de_mensaje": de_mensajes.ESTADOS,
        "idiomas_del_resumen": _languages(),
        "estados": etiquetas.ESTADOS,
        "tonos": etiquetas.TONOS,
        "motivos": etiquetas.MOTIVOS,
        "estados_de_entrega": etiquetas.ENTREGAS,
        "tonos_de_entrega": etiquetas.TONOS_DE_ENTREGA,
        "fallas": etiquetas.FALLAS,
        "fallas_de_cola": etiquetas.FALLAS_DE_COLA,
        "origenes": etiquetas.ORIGENES,
        "nombre_de": etiquetas.nombre_de,
        "bases": {clave: uno.get(language(), uno["es"]) for clave, uno in bases().items()},
        "Via": Via,
    }


def _languages() -> dict[str, str]:
    """In which a digest can be written, each by its own name."""
    escritos = de_fabrica()[Clave.RESUMEN_DE_UNIDAD].textos
    return {clave: nombre_de_idioma(clave) for clave in idiomas() if clave in escritos}
