"""Entrance: the outbox that people can read, and the story of each message."""

from collections.abc import Sequence
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
from sqlalchemy.orm import Session

from notificaciones import alcance
from notificaciones.mensajes import (
    etiquetas,
    exportacion,
    pedidos,
    queries,
    relato,
    repeticion,
)
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pie import pie_de
from notificaciones.mensajes.schemas import Consulta, VistaSchema
from notificaciones.mensajes.states import EN_ESPERA
from notificaciones.plantillas import vigentes
from notificaciones.plantillas.catalogo import Clave
from notificaciones.plantillas.etiquetas import nombre_de, nombre_de_idioma
from notificaciones.proveedores.correo import con_enlaces
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.simulador import SIMULADOR
from notificaciones.rebotes import queries as rebotes
from notificaciones.rebotes.etiquetas import CLASES
from notificaciones.rebotes.reglas import Clase
from notificaciones.reglas.queries import version_de
from oficina.audit import registrar_lectura
from oficina.clock import ZONA, now, today
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import vivo
from oficina.web.files import as_file

bp = Blueprint(
    "notificaciones", __name__, url_prefix="/notificaciones", template_folder="templates"
)


@bp.get("/salida")
@requires("notificaciones.mensaje.ver")
def salida() -> str:
    """Every message that the reader may see, what leaves last first."""
    consulta = _asked()
    with env().db.read() as session:
        del_mes = queries.sms_que_salieron(session, *_this_month(), visibles=alcance.visibles())
    return render_template(
        "notificaciones/salida.html",
        consulta=consulta,
        sms_del_mes=del_mes,
        a_prueba=_ways().a_prueba,
        direccion=dict(request.args),
        ve_proveedores=puede("notificaciones.proveedor.ver"),
        todas=len(alcance.visibles()) > 1,
        **_list_of(_found(consulta)),
    )


@bp.get("/salida/lista")
@requires("notificaciones.mensaje.ver")
def lista() -> Response:
    """The list alone, for a page that follows it."""
    consulta = _asked()
    hallados = _found(consulta)
    return vivo(
        alcance.marca(hallados),
        lambda: render_template("notificaciones/_lista.html", **_list_of(hallados)),
    )


@bp.get("/<uuid:mensaje_id>")
@requires("notificaciones.mensaje.ver")
def mensaje(mensaje_id: UUID) -> ResponseReturnValue:
    """One message: what it says, and why it arrived or not."""
    with env().db.read() as session:
        uno = queries.mensaje_por_id(session, mensaje_id, visibles=alcance.visibles())
        historia = queries.historia(session, uno)
        version = version_de(session, uno.regla, uno.regla_version)
        otra = repeticion.repetida(session, uno)
        plantilla = vigentes.plantillas(session)[uno.plantilla]
        pie = pie_de(session, uno, env().settings.base_url)
        porque = rebotes.clase_de(session, uno)
        rebote = _came_back(session, uno, porque)
        intentos = queries.intentos(session, uno)
        respaldo = queries.respaldo_de(session, uno)
    alcance.exigir(env(), uno, actor())
    nombres = _names()
    registrar_lectura(env().db, actor(), "notificaciones.mensaje.ver", "mensaje", mensaje_id)
    return render_template(
        "notificaciones/mensaje.html",
        mensaje=uno,
        hitos=relato.relato(
            uno,
            historia,
            version,
            [relato.Llevada(uno, nombres.get(uno.proveedor, uno.proveedor)) for uno in intentos],
            anterior=_link(repeticion.repite_a(uno)),
            respaldo=_link(respaldo),
            rebote=rebote,
        ),
        # What the other side holds against the office is not mended at the address.
        consejo=None if porque and porque[0] is Clase.DE_LA_OFICINA else relato.consejo(uno),
        otra=otra,
        junto=alcance.junto_a_la_vista(env(), uno, actor()),
        se_repite=otra is None and respaldo is None and repeticion.se_repite(uno, plantilla, now()),
        en_la_salida=uno.en_la_salida(),
        pie=pie,
        fuera_de_lista=uno.destino is not None and not _ways().sale(uno.destino),
        simulado=uno.proveedor == SIMULADOR,
        rebote=rebote,
        segmentos=uno.ocupa,
        sin_traduccion=_missing_translation(uno),
        se_cancela=uno.pedido_por is not None and uno.estado in EN_ESPERA,
        **_words(),
    )


@bp.get("/salida.csv")
@requires("notificaciones.mensaje.exportar")
def archivo() -> Response:
    """The same list as a file: codes, moments and costs; nobody's name, address or text."""
    hallados = alcance.mensajes_a_la_vista(
        env(), _scoped(_asked()), actor(), tandas=exportacion.TANDAS
    )
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.mensaje.exportar",
        "mensaje",
        None,
        cantidad=len(hallados),
    )
    respuesta: Response = current_app.response_class(
        exportacion.a_csv(hallados, _words()["plantillas"]), mimetype="text/csv"
    )
    nombre = f"acogida-mensajes-{today().isoformat()}.csv"
    return as_file(respuesta, nombre)


@bp.post("/<uuid:mensaje_id>/repeticion")
@requires("notificaciones.mensaje.repetir")
def repetir(mensaje_id: UUID) -> ResponseReturnValue:
    """Ask again for what did not leave."""
    with env().db.read() as session:
        uno = queries.mensaje_por_id(session, mensaje_id, visibles=alcance.visibles())
    alcance.exigir(env(), uno, actor())
    # A form that does not say which version it saw was not written by its page.
    version = request.form.get("version", -1, type=int)
    with env().db.begin() as session:
        otra = repeticion.repetir(session, mensaje_id, actor(), now(), version)
    flash(_("Está pedido otra vez: este es el mensaje nuevo."), "success")
    return redirect(url_for(".mensaje", mensaje_id=otra.id), HTTPStatus.SEE_OTHER)


@bp.post("/<uuid:mensaje_id>/cancelacion")
@requires("notificaciones.mensaje.pedir")
def cancelar(mensaje_id: UUID) -> ResponseReturnValue:
    """Take back what was asked for and waits."""
    with env().db.read() as session:
        uno = queries.mensaje_por_id(session, mensaje_id, visibles=alcance.visibles())
    alcance.exigir(env(), uno, actor())
    # A form that does not say which version it saw was not written by its page.
    version = request.form.get("version", -1, type=int)
    with env().db.begin() as session:
        pedidos.cancelar(session, mensaje_id, actor(), version)
    flash(_("Está cancelado: no saldrá."), "success")
    return redirect(url_for(".mensaje", mensaje_id=mensaje_id), HTTPStatus.SEE_OTHER)


def _asked() -> Consulta:
    sent = {clave: valor for clave, valor in request.args.items() if valor}
    consulta: Consulta = VistaSchema().load(sent)
    return consulta


def _this_month() -> tuple[datetime, datetime]:
    """From the first midnight of the month on Chile's clocks to the next one's."""
    primero = today().replace(day=1)
    siguiente = (primero + timedelta(days=31)).replace(day=1)
    desde, hasta = (datetime.combine(dia, time(), ZONA) for dia in (primero, siguiente))
    return desde.astimezone(UTC), hasta.astimezone(UTC)


def _scoped(consulta: Consulta) -> queries.Filtro:
    return consulta.filtro(alcance.visibles())


def _found(consulta: Consulta) -> Sequence[Mensaje]:
    return alcance.mensajes_a_la_vista(env(), _scoped(consulta), actor())


def _list_of(hallados: Sequence[Mensaje]) -> dict[str, Any]:
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.mensaje.listar",
        "mensaje",
        None,
        cantidad=len(hallados),
    )
    return {"mensajes": hallados, **_words()}


def _missing_translation(uno: Mensaje) -> str | None:
    """The language that was wanted, when another had to be used."""
    if uno.idioma is None or uno.idioma_pedido is None or uno.idioma == uno.idioma_pedido:
        return None
    return nombre_de_idioma(uno.idioma_pedido)


def _came_back(session: Session, uno: Mensaje, porque: tuple[Clase, str] | None) -> list[str]:
    """Why a mail came back, in words, and what followed for its address."""
    if porque is None:
        return []
    clase, codigo = porque
    dicho = [str(CLASES[clase]), f"({codigo})"]
    if rebotes.detuvo(session, uno):
        dicho.append(_("A esa dirección no se le escribe más: está en Bajas."))
    return dicho


def _link(mensaje_id: UUID | None) -> str | None:
    return url_for(".mensaje", mensaje_id=mensaje_id) if mensaje_id is not None else None


def _names() -> dict[str, str]:
    """What the file calls each provider."""
    return {clave: ruta.nombre for clave, ruta in _ways().rutas.items()}


def _ways() -> Desvio:
    return Desvio.de(env().settings, env().db)


def _words() -> dict[str, Any]:
    visibles = alcance.visibles()
    with env().db.read() as session:
        todas = vigentes.plantillas(session)
    return {
        "plantillas": {clave: nombre_de(una) for clave, una in todas.items() if clave in visibles},
        "plantilla_de_cita": Clave.RECORDATORIO_CITA,
        "motivos_que_se_buscan": sorted(etiquetas.MOTIVOS.items(), key=lambda uno: str(uno[1])),
        "canales": etiquetas.CANALES,
        "prioridades": etiquetas.PRIORIDADES,
        "estados": etiquetas.ESTADOS,
        "tonos": etiquetas.TONOS,
        "explicaciones": etiquetas.EXPLICACIONES,
        "motivos": etiquetas.MOTIVOS,
        "pasos": etiquetas.PASOS,
        "con_enlaces": con_enlaces,
        "nombre_de_caracter": etiquetas.nombre_de_caracter,
    }
