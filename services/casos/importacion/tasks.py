"""Loading a register takes longer than a page may: a task does it, a sweep finds what was left."""

from uuid import UUID

from casos.importacion import actions, queries
from oficina.actor import Actor
from oficina.env import Env
from oficina.jobs import Jobs

BARRIDO_SEGUNDOS = 5


def registrar_en(jobs: Jobs) -> None:
    """Add this room's tasks to the service's list."""
    jobs.task(cargar_importacion)
    jobs.sweep(every=BARRIDO_SEGUNDOS)(seguir_importaciones)


def cargar_importacion(env: Env, importacion_id: str) -> None:
    """Load one register to its end, unless somebody else is at it."""
    actions.seguir(env.db, UUID(importacion_id), Actor.sistema("casos"))


def seguir_importaciones(env: Env) -> None:
    """Go on with loads that nobody holds."""
    with env.db.read() as session:
        pendientes = queries.por_seguir(session)
    for importacion_id in pendientes:
        actions.seguir(env.db, importacion_id, Actor.sistema("casos"))
