"""Pages of bulks: bring a file, see what it would send, confirm it, follow it, stop it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
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
from flask_babel import ngettext

from notificaciones import alcance, direcciones
from notificaciones.masivos import actions, etiquetas, exportacion, lectura, queries
from notificaciones.masivos.actions import NuevoEnvio
from notificaciones.masivos.api import Verbo, quien
from notificaciones.masivos.avance import pedido_de
from notificaciones.masivos.celdas import como_se_escribe
from notificaciones.masivos.limites import limites
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.masivos.queries import Cuentas
from notificaciones.masivos.schemas import TraerSchema
from notificaciones.masivos.states import EN_CURSO, SIN_CONFIRMAR, Estado
from notificaciones.mensajes import etiquetas as de_mensajes
from notificaciones.mensajes import pedidos
from notificaciones.mensajes.costos import Segmentos, lo_que_ocupa
from notificaciones.mensajes.preguntas import Descarte
from notificaciones.plantillas import vigentes
from notificaciones.plantillas.catalogo import Canal, Plantilla, Redaccion
from notificaciones.plantillas.etiquetas import TIPOS, nombre_de
from notificaciones.proveedores.correo import con_enlaces
from notificaciones.reglas.calculo import en_la_pared
from oficina import libros
from oficina.audit import registrar_lectura
from oficina.clock import local, now, today
from oficina.errors import DatosInvalidos, DomainError
from oficina.libros import ArchivoIlegible
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.conditional import marca_viva, vivo
from oficina.web.files import as_file
from oficina.web.forms import Form

bp = Blueprint("masivos_paginas", __name__, url_prefix="/notificaciones/masivos")


@dataclass(frozen=True, kw_only=True)
class Muestra:
    """One of the first messages as it would be read."""

    numero: int
    canal: Canal
    destino: str
    texto: Redaccion
    segmentos: Segmentos | None


@bp.get("")
@requires("notificaciones.masivo.preparar")
def lista() -> str:
    """Bulks, the newest first."""
    with env().db.read() as session:
        todos = queries.envios(session, quien())
        destinatarios = queries.destinatarios(session, [uno.id for uno in todos])
    return render_template(
        "notificaciones/masivos/lista.html", envios=todos, destinatarios=destinatarios, **_words()
    )


@bp.get("/nuevo")
@requires("notificaciones.masivo.preparar")
def elegir() -> str:
    """Which template; then which columns the file has, and the file."""
    return _new(Form(TraerSchema(), sent=False), request.args.get("plantilla", ""))


@bp.post("/nuevo")
@requires("notificaciones.masivo.preparar")
def traer() -> ResponseReturnValue:
    """Bring a file: it is read and kept, nothing is sent yet."""
    form = Form(TraerSchema())
    contenido = _uploaded()
    if contenido is None:
        form.add_error("archivo", _("Elija el archivo con los destinatarios."))
    elif form.valid:
        try:
            envio = _brought(form.data, contenido)
        except ArchivoIlegible as error:
            form.add_error("archivo", _(error.texto, **error.valores))
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            return _back(envio.id)
    return _new(form, form.value("plantilla")), 422


@bp.get("/<uuid:envio_id>")
@requires("notificaciones.masivo.preparar")
def ver(envio_id: UUID) -> str:
    """One: what it would send, how far it came, or what came of it."""
    with env().db.read() as session:
        envio = queries.envio_por_id(session, envio_id, quien())
        cuentas = queries.cuentas(session, envio_id)
        problemas = queries.con_problema(session, envio_id)
        primeras = queries.muestras(session, envio_id) if _is_asked(envio) else ()
        plantilla = vigentes.plantillas(session).get(envio.plantilla)
    vistas = alcance.de_los_suyos(env(), primeras, actor())
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.masivo.ver",
        "envio",
        envio_id,
        cantidad=len(problemas) + len(vistas),
    )
    muestras, sin_respuesta = _samples(envio, vistas)
    return render_template(
        "notificaciones/masivos/ver.html",
        envio=envio,
        cuentas=cuentas,
        problemas=[(fila, etiquetas.porque(fila, plantilla)) for fila in problemas],
        muestras=muestras,
        sin_respuesta=sin_respuesta,
        avance=_progress(envio, cuentas),
        etag=marca_viva(_source(envio, cuentas)),
        sigue=envio.estado in EN_CURSO,
        con_enlaces=con_enlaces,
        nombre_de_caracter=de_mensajes.nombre_de_caracter,
        **_words(),
    )


@bp.get("/<uuid:envio_id>/avance")
@requires("notificaciones.masivo.preparar")
def avance(envio_id: UUID) -> Response:
    """The part of the page that follows it."""
    with env().db.read() as session:
        envio = queries.envio_por_id(session, envio_id, quien())
        cuentas = queries.cuentas(session, envio_id)
    return vivo(_source(envio, cuentas), lambda: _progress(envio, cuentas, visto=False))


@bp.get("/<uuid:envio_id>/resultado.csv")
@requires("notificaciones.masivo.preparar")
def resultado(envio_id: UUID) -> Response:
    """What became of each row, as a file."""
    with env().db.read() as session:
        envio = queries.envio_por_id(session, envio_id, quien())
        filas = queries.resultado(session, envio_id)
        plantilla = vigentes.plantillas(session).get(envio.plantilla)
    registrar_lectura(
        env().db, actor(), "notificaciones.masivo.exportar", "envio", envio_id, cantidad=len(filas)
    )
    respuesta: Response = current_app.response_class(
        exportacion.a_csv(filas, plantilla, propio=envio.actor_id == actor().id),
        mimetype="text/csv",
    )
    return as_file(respuesta, f"acogida-envio-{today().isoformat()}.csv")


@bp.post("/<uuid:envio_id>/confirmacion")
@requires("notificaciones.masivo.preparar")
def confirmar(envio_id: UUID) -> ResponseReturnValue:
    """Let it be sent."""
    _give(actions.confirmar, envio_id)
    flash(_("El envío comenzó. Puede cerrar esta página: sigue igual."), "success")
    return _back(envio_id)


@bp.post("/<uuid:envio_id>/pausa")
@requires("notificaciones.masivo.preparar")
def pausar(envio_id: UUID) -> ResponseReturnValue:
    """Ask for no more of its messages."""
    _give(actions.pausar, envio_id)
    flash(_("El envío está en pausa. Lo que ya estaba en la cola sale."), "success")
    return _back(envio_id)


@bp.post("/<uuid:envio_id>/reanudacion")
@requires("notificaciones.masivo.preparar")
def reanudar(envio_id: UUID) -> ResponseReturnValue:
    """Go on where it stopped."""
    _give(actions.reanudar, envio_id)
    flash(_("El envío sigue donde quedó."), "success")
    return _back(envio_id)


@bp.post("/<uuid:envio_id>/cancelacion")
@requires("notificaciones.masivo.preparar")
def cancelar(envio_id: UUID) -> ResponseReturnValue:
    """Stop for good."""
    cuantos = _give(actions.cancelar, envio_id)
    flash(
        ngettext(
            "El envío se canceló; %(num)s mensaje que esperaba ya no sale.",
            "El envío se canceló; %(num)s mensajes que esperaban ya no salen.",
            cuantos,
        ),
        "success",
    )
    return _back(envio_id)


@bp.post("/<uuid:envio_id>/descarte")
@requires("notificaciones.masivo.preparar")
def descartar(envio_id: UUID) -> ResponseReturnValue:
    """Forget one that was never sent."""
    _give(actions.descartar, envio_id)
    flash(_("El envío se descartó y sus filas se borraron. No salió nada."), "success")
    return redirect(url_for(".lista"), HTTPStatus.SEE_OTHER)


def _uploaded() -> bytes | None:
    """What the file holds, and no more of it than tells that it is too big."""
    archivo = request.files.get("archivo")
    if archivo is None:
        return None
    with closing(archivo):
        return archivo.read(limites().megas * 1024 * 1024 + 1) if archivo.filename else None


def _brought(datos: Mapping[str, Any], contenido: bytes) -> EnvioMasivo:
    """Raises ArchivoIlegible, DatosInvalidos, NoPermitido."""
    plantilla = pedidos.plantilla_pedible(env(), datos["plantilla"])
    leido = lectura.leer(contenido, plantilla)
    if not leido.a_personas:
        alcance.exigir_a_direccion()
    momento = datos["programado_para"]
    nuevo = NuevoEnvio(
        plantilla=plantilla.clave,
        a_personas=leido.a_personas,
        canal=datos["canal"],
        programado_para=momento and en_la_pared(momento.date(), momento.time()),
    )
    filas = actions.revisar(env(), nuevo, leido.filas, now())
    with env().db.begin() as session:
        envio = actions.traer(session, nuevo, filas, actor())
    if leido.sin_usar:
        flash(
            _("Columnas que la plantilla no usa: %(cuales)s.", cuales=", ".join(leido.sin_usar)),
            "info",
        )
    if aviso := libros.aviso(contenido):
        flash(aviso, "warning")
    return envio


def _new(form: Form, clave: str) -> str:
    with env().db.read() as session:
        todas = pedidos.pedibles(session)
    una = todas.get(clave)
    return render_template(
        "notificaciones/masivos/nuevo.html",
        form=form,
        una=una,
        elegibles=sorted((nombre_de(p), clave) for clave, p in todas.items()),
        elegir_canal=[(c.value, de_mensajes.CANALES[c]) for c in (una.canales if una else ())],
        tipos=TIPOS,
        como_se_escribe=como_se_escribe,
        limites=limites(),
        **_words(),
    )


def _is_asked(envio: EnvioMasivo) -> bool:
    """Whether somebody still looks at what it would send."""
    return envio.estado in SIN_CONFIRMAR


def _samples(envio: EnvioMasivo, filas: Sequence[FilaDeEnvio]) -> tuple[Sequence[Muestra], bool]:
    """The first messages, written; and whether an owner did not answer."""
    hechas: list[Muestra] = []
    for fila in filas:
        try:
            encargo = pedidos.revisar_pedido(env(), pedido_de(envio, fila), now())
        except DatosInvalidos:
            continue
        except DomainError:
            return hechas, True
        hallado, texto = encargo.hallado, encargo.texto
        if isinstance(hallado, Descarte) or texto is None:
            continue
        hechas.append(
            Muestra(
                numero=fila.numero,
                canal=hallado.canal,
                destino=direcciones.enmascarada(hallado.destino),
                texto=texto,
                segmentos=lo_que_ocupa(texto.sms, local(now()).date()) if texto.sms else None,
            )
        )
    return hechas, False


def _source(envio: EnvioMasivo, cuentas: Cuentas) -> str:
    return f"{envio.estado}:{envio.version}:{cuentas.marca()}"


def _progress(envio: EnvioMasivo, cuentas: Cuentas, *, visto: bool = True) -> str:
    """`visto`: with the first messages beside it, without which nobody confirms."""
    return render_template(
        "notificaciones/masivos/_avance.html",
        envio=envio,
        cuentas=cuentas,
        visto=visto,
        de_otra=cuentas.destinatarios > limites().segunda_persona_desde
        and envio.actor_id == actor().id,
        limite=limites().segunda_persona_desde,
        motivos=de_mensajes.MOTIVOS,
        estados_de_mensaje=de_mensajes.ESTADOS,
        problemas_de_fila=etiquetas.PROBLEMAS,
        tarifa=cuentas.tarifa,
        **_words(),
    )


def _give(verbo: Verbo, envio_id: UUID) -> Any:
    # A form that does not say which version it saw was not written by its page.
    version = request.form.get("version", -1, type=int)
    with env().db.begin() as session:
        envio = queries.envio_por_id(session, envio_id, quien(), bloquear=True)
        return verbo(session, envio, actor(), version)


def _back(envio_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".ver", envio_id=envio_id), HTTPStatus.SEE_OTHER)


def _words() -> dict[str, Any]:
    with env().db.read() as session:
        todas: Mapping[str, Plantilla] = vigentes.plantillas(session)
    return {
        "nombres": {clave: nombre_de(una) for clave, una in todas.items()},
        "nombre_de": nombre_de,
        "estados": etiquetas.ESTADOS,
        "estado_de": Estado,
        "canales": de_mensajes.CANALES,
    }
