"""Which messages a reader may see: of which kinds say their roles, and about whom says casos.

A message about a case is seen by who may know of the case, one to a person without a case by who
may see the person: casos decides it, with the reader's own rights. Of what was asked for, a program
sees what it asked for itself; what went to an address is seen by who asked and by who supervises.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from flask_babel import gettext as _

from notificaciones.mensajes import queries
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pedidos import Pedido, no_hay_persona
from notificaciones.mensajes.queries import LIMITE, Filtro
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas.catalogo import DE_CUENTAS, Clave, pedibles
from notificaciones.plantillas.vigentes import propias
from notificaciones.reglas.queries import plantillas_de_reglas
from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import NoEncontrado, NoPermitido
from oficina.web.app import env
from oficina.web.auth import puede

_DE_CITAS = frozenset(
    {
        Clave.RECORDATORIO_CITA,
        Clave.AVISO_CITA_RESPONDIDA,
        Clave.RESPUESTA_AYUDA,
        Clave.RESPUESTA_BAJA,
        Clave.RESPUESTA_ALTA,
    }
)
_DE_JEFATURA = frozenset({Clave.AVISO_ACCESO_EXCEPCIONAL})
_DE_SUSCRIPCIONES = frozenset(
    {Clave.AVISO_SUSCRIPCION, Clave.RESUMEN_DE_UNIDAD, Clave.CONFIRMAR_CORREO}
)
_DE_PROVEEDORES = frozenset({Clave.AVISO_PRESUPUESTO})
# About somebody's rights over their data, and breaches of it: for who answers for it, who sees
# neither cases nor appointments.
_DE_DATOS = frozenset({Clave.AVISO_SOLICITUD_DE_DERECHO, Clave.AVISO_INCIDENTE})
_DE_PRUEBAS = frozenset({Clave.PRUEBA_DE_PLANTILLA})
_DE_OTROS = frozenset[str]().union(
    DE_CUENTAS,
    _DE_CITAS,
    _DE_JEFATURA,
    _DE_DATOS,
    _DE_SUSCRIPCIONES,
    _DE_PRUEBAS,
    _DE_PROVEEDORES,
)
_POR_PERMISO = {
    "notificaciones.mensaje.ver_citas": _DE_CITAS,
    "notificaciones.mensaje.ver_casos": frozenset(Clave) - _DE_OTROS,
    "notificaciones.mensaje.pedir": pedibles(),
    "notificaciones.mensaje.ver_jefatura": _DE_JEFATURA,
    "notificaciones.mensaje.ver_datos": _DE_DATOS,
    "notificaciones.mensaje.ver_cuentas": DE_CUENTAS,
    "notificaciones.suscripcion.administrar": _DE_SUSCRIPCIONES,
    "notificaciones.plantilla.escribir": _DE_PRUEBAS,
    "notificaciones.proveedor.ver": _DE_PROVEEDORES,
}

# A reader of few cases among many messages looks no further back than this.
_VUELTAS = 10

# What casos answers at a time.
_QUIENES = 500


def visibles() -> frozenset[str]:
    """The kinds of messages that the roles of this request's reader open.

    One of a template of the office's own is seen as one of a case: whom it is about decides.
    """
    mine: list[frozenset[str]] = [
        kinds for permiso, kinds in _POR_PERMISO.items() if puede(permiso)
    ]
    if puede("notificaciones.mensaje.ver_citas"):
        with env().db.read() as session:
            mine.append(plantillas_de_reglas(session))
    if puede("notificaciones.mensaje.ver_casos") or puede("notificaciones.mensaje.pedir"):
        with env().db.read() as session:
            mine.append(propias(session))
    return frozenset[str]().union(*mine)


def mensajes_a_la_vista(
    env: Env, filtro: Filtro, quien: Actor, *, tandas: int = 1
) -> Sequence[Mensaje]:
    """The messages that the reader may see, what leaves last first; `tandas` times `LIMITE` at
    most.

    Raises ServicioNoDisponible.
    """
    hallados: list[Mensaje] = []
    desde = None
    maximo = tandas * LIMITE
    for _vuelta in range(_VUELTAS * tandas):
        with env.db.read() as session:
            tanda = queries.mensajes(session, filtro, antes_de=desde)
        hallados += a_la_vista(env, tanda, quien)
        if len(tanda) < LIMITE or len(hallados) >= maximo:
            break
        desde = tanda[-1]
    return hallados[:maximo]


class DeAlguien(Protocol):
    """What may be about a case, or else about a person."""

    @property
    def caso_id(self) -> UUID | None:
        """The case."""

    @property
    def persona_id(self) -> UUID | None:
        """The person."""


T = TypeVar("T", bound=DeAlguien)


def a_la_vista(env: Env, mensajes: Sequence[Mensaje], quien: Actor) -> list[Mensaje]:
    """Those of some messages that the reader may see."""
    if quien.tipo == "servicio":
        return list(mensajes)
    suyos = de_los_suyos(env, [uno for uno in mensajes if _le_toca(uno, quien)], quien)
    # One that speaks for several cases is for who may know of every one.
    if not (de_varios := {UUID(caso) for uno in suyos for caso in uno.datos.get("casos", ())}):
        return suyos
    visto = _vistos(env, casos=de_varios, personas=set())
    return [uno for uno in suyos if visto.issuperset(uno.datos.get("casos", ()))]


def junto_a_la_vista(env: Env, mensaje: Mensaje, quien: Actor) -> Mensaje | None:
    """The message in which another left, when the reader may see that too."""
    if mensaje.resumen_id is None:
        return None
    with env.db.read() as session:
        junto = session.get_one(Mensaje, mensaje.resumen_id)
    return next(iter(a_la_vista(env, [junto], quien)), None)


def de_los_suyos(env: Env, cosas: Sequence[T], quien: Actor) -> list[T]:
    """Of what is about cases and people, what is of nobody or of whom the reader may see."""
    if quien.tipo == "servicio":
        return list(cosas)
    visto = _vistos(
        env,
        casos={uno.caso_id for uno in cosas if uno.caso_id},
        personas={uno.persona_id for uno in cosas if uno.persona_id and not uno.caso_id},
    )
    return [uno for uno in cosas if _visible(uno, visto)]


def exigir(env: Env, mensaje: Mensaje, quien: Actor) -> None:
    """Raise NoEncontrado for a message that is not the reader's to see."""
    if not a_la_vista(env, [mensaje], quien):
        raise NoEncontrado


@dataclass(frozen=True)
class Identificada:
    """Whom a folio or a document names, of those whom the asker sees. `varias`: a document that is
    in more than one record.
    """

    persona_id: UUID | None
    nombre: str
    varias: bool


def identificar(env: Env, escritos: Sequence[str]) -> Sequence[Identificada]:
    """Ask casos in the asker's name, some hundreds at a time. Raises ServicioNoDisponible."""
    halladas = []
    for desde in range(0, len(escritos), _QUIENES):
        pedido = {"quienes": list(escritos[desde : desde + _QUIENES])}
        halladas += env.client.post(
            "casos", "/casos/api/v1/personas/identificar", pedido, actor_token=True
        )
    return [
        Identificada(
            UUID(una["persona"]["id"]) if una["persona"] else None,
            una["persona"]["nombre"] if una["persona"] else "",
            una["varias"],
        )
        for una in halladas
    ]


def exigir_pedido(env: Env, pedido: Pedido) -> None:
    """Raise NoPermitido for what the asker may not ask for, DatoNoEncontrado for a person whom they
    may not see.
    """
    if pedido.prioridad is Prioridad.URGENTE and not puede("notificaciones.mensaje.pedir_urgente"):
        raise NoPermitido(_("Su rol no permite pedir mensajes urgentes."))
    if pedido.persona_id is None:
        exigir_a_direccion()
    elif not _vistos(env, casos=set(), personas={pedido.persona_id}):
        raise no_hay_persona()


def exigir_a_direccion() -> None:
    """Raise NoPermitido for who may write to people of the office alone."""
    if not puede("notificaciones.mensaje.pedir_a_direccion"):
        raise NoPermitido(_("Su rol permite escribir a personas de la oficina, nada más."))


def marca(mensajes: Sequence[Mensaje]) -> str:
    """A text that changes whenever what the reader sees does."""
    return "|".join(f"{uno.id}:{uno.version}" for uno in mensajes)


def _vistos(env: Env, *, casos: Set[UUID], personas: Set[UUID]) -> frozenset[str]:
    """Those of some cases and people that the reader of this request may see."""
    if not casos and not personas:
        return frozenset()
    pedido = {"casos": sorted(map(str, casos)), "personas": sorted(map(str, personas))}
    answer = env.client.post("casos", "/casos/api/v1/alcance", pedido, actor_token=True)
    return frozenset([*answer["casos"], *answer["personas"]])


def _le_toca(mensaje: Mensaje, quien: Actor) -> bool:
    if mensaje.plantilla == Clave.AVISO_RESUMEN:
        # It tells of cases of somebody: for them alone.
        return str(mensaje.datos["funcionario_id"]) == str(quien.id)
    if mensaje.pedido_por is None or mensaje.pedido_por == quien.id:
        return True
    if quien.tipo == "cliente":
        return False
    return mensaje.persona_id is not None or puede("notificaciones.mensaje.ver_pedidos")


def _visible(mensaje: DeAlguien, visto: Set[str]) -> bool:
    de_que = mensaje.caso_id or mensaje.persona_id
    return de_que is None or str(de_que) in visto
