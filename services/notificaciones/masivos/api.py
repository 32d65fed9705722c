"""Entrance: JSON of bulks."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from notificaciones import alcance
from notificaciones.masivos import actions, queries
from notificaciones.masivos.actions import NuevoEnvio
from notificaciones.masivos.lectura import Leido
from notificaciones.masivos.models import EnvioMasivo
from notificaciones.masivos.queries import Quien
from notificaciones.masivos.schemas import (
    DesdeSchema,
    EnvioConCuentasSchema,
    EnvioMasivoSchema,
    FilaSchema,
    NuevoEnvioSchema,
)
from oficina.audit import registrar_lectura
from oficina.clock import now
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned
from oficina.web.repeats import unrehearsed

bp = Blueprint(
    "masivos",
    __name__,
    url_prefix="/notificaciones/api/v1/masivos",
    description="Envíos masivos",
)

FILAS = 500
"""Rows of an answer."""

ConEtiqueta = tuple[dict[str, Any], int, dict[str, str]]
Verbo = Callable[[Session, EnvioMasivo, Any, int | None], Any]


def quien() -> Quien:
    """Whoever asks, and whether they look at what others brought."""
    return Quien(actor().id, puede("notificaciones.masivo.confirmar"))


@bp.get("")
@bp.response(200, EnvioMasivoSchema(many=True))
@requires("notificaciones.masivo.preparar")
def envios() -> Sequence[EnvioMasivo]:
    """Envíos masivos propios y, quien los confirma, de todos; el último primero (a lo más 100)"""
    with env().db.read() as session:
        return queries.envios(session, quien())


@bp.post("")
@bp.arguments(NuevoEnvioSchema)
@bp.response(201, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@unrehearsed
def traer(pedido: tuple[NuevoEnvio, Leido]) -> ConEtiqueta:
    """Traer los destinatarios de un envío: se mira cada fila y no sale nada hasta confirmarlo"""
    nuevo, leido = pedido
    if not nuevo.a_personas:
        alcance.exigir_a_direccion()
    filas = actions.revisar(env(), nuevo, leido.filas, now())
    with env().db.begin() as session:
        envio = actions.traer(session, nuevo, filas, actor())
        cuentas = queries.cuentas(session, envio.id)
    return _answer(envio, cuentas, 201)


@bp.get("/<uuid:envio_id>")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def envio(envio_id: UUID) -> ConEtiqueta:
    """Un envío masivo y cuántas filas están en qué"""
    with env().db.read() as session:
        uno = queries.envio_por_id(session, envio_id, quien())
        cuentas = queries.cuentas(session, envio_id)
    registrar_lectura(env().db, actor(), "notificaciones.masivo.ver", "envio", envio_id)
    return _answer(uno, cuentas)


@bp.get("/<uuid:envio_id>/filas")
@bp.arguments(DesdeSchema, location="query")
@bp.response(200, FilaSchema(many=True))
@requires("notificaciones.masivo.preparar")
def filas(desde: dict[str, int], envio_id: UUID) -> list[dict[str, Any]]:
    """Qué fue de cada fila, en el orden del archivo (a lo más 500)"""
    with env().db.read() as session:
        propio = queries.envio_por_id(session, envio_id, quien()).actor_id == actor().id
        halladas = queries.resultado(session, envio_id, desde["despues_de"], FILAS)
    registrar_lectura(
        env().db,
        actor(),
        "notificaciones.masivo.exportar",
        "envio",
        envio_id,
        cantidad=len(halladas),
    )
    return [
        {
            "numero": fila.numero,
            "problema": fila.problema,
            "columna": fila.columna,
            "repite": fila.repite,
            "motivo": fila.motivo if mensaje is None else mensaje.motivo,
            # Whom it names is known to who brought it.
            "persona_id": fila.persona_id if propio else None,
            "mensaje_id": fila.mensaje_id,
            "estado": None if mensaje is None else mensaje.estado,
        }
        for fila, mensaje in halladas
    ]


@bp.post("/<uuid:envio_id>/confirmacion")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def confirmar(envio_id: UUID) -> ConEtiqueta:
    """Enviarlo; si es para muchos, lo confirma otra persona"""
    return _dar(actions.confirmar, envio_id)


@bp.post("/<uuid:envio_id>/pausa")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def pausar(envio_id: UUID) -> ConEtiqueta:
    """Dejar de pedir sus mensajes; los que ya están en la cola salen"""
    return _dar(actions.pausar, envio_id)


@bp.post("/<uuid:envio_id>/reanudacion")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def reanudar(envio_id: UUID) -> ConEtiqueta:
    """Seguir donde quedó"""
    return _dar(actions.reanudar, envio_id)


@bp.post("/<uuid:envio_id>/cancelacion")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def cancelar(envio_id: UUID) -> ConEtiqueta:
    """Detenerlo del todo y cancelar lo que no ha salido"""
    return _dar(actions.cancelar, envio_id)


@bp.post("/<uuid:envio_id>/descarte")
@bp.response(200, EnvioConCuentasSchema)
@requires("notificaciones.masivo.preparar")
@versioned
def descartar(envio_id: UUID) -> ConEtiqueta:
    """Olvidar uno que no se confirmó, con sus filas"""
    return _dar(actions.descartar, envio_id)


def _dar(verbo: Verbo, envio_id: UUID) -> ConEtiqueta:
    with env().db.begin() as session:
        uno = queries.envio_por_id(session, envio_id, quien(), bloquear=True)
        verbo(session, uno, actor(), None)
        session.flush()
        cuentas = queries.cuentas(session, envio_id)
    return _answer(uno, cuentas)


def _answer(uno: EnvioMasivo, cuentas: queries.Cuentas, status: int = 200) -> ConEtiqueta:
    campos = {nombre: getattr(uno, nombre) for nombre in EnvioMasivoSchema().fields}
    return campos | {"cuentas": cuentas}, status, etag_of(uno)
