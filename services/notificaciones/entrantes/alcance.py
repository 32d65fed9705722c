"""Which answers a reader may see: those of whom they may see, and those of nobody known."""

from collections.abc import Sequence
from uuid import UUID

from notificaciones import alcance
from notificaciones.entrantes import queries
from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.queries import LIMITE, Filtro
from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import NoEncontrado

# A reader of few cases among many answers looks no further back than this.
_VUELTAS = 10


def a_la_vista(env: Env, filtro: Filtro, quien: Actor) -> Sequence[Respuesta]:
    """The answers that the reader may see, the newest first, at most `LIMITE`."""
    halladas: list[Respuesta] = []
    desde = None
    for _vuelta in range(_VUELTAS):
        with env.db.read() as session:
            tanda = queries.respuestas(session, filtro, antes_de=desde)
        halladas += alcance.de_los_suyos(env, tanda, quien)
        if len(tanda) < LIMITE or len(halladas) >= LIMITE:
            break
        desde = tanda[-1]
    return halladas[:LIMITE]


def una(env: Env, respuesta_id: UUID, quien: Actor) -> Respuesta:
    """One that the reader may see; raises NoEncontrado."""
    with env.db.read() as session:
        respuesta = queries.respuesta_por_id(session, respuesta_id)
    if not alcance.de_los_suyos(env, [respuesta], quien):
        raise NoEncontrado
    return respuesta
