"""Entrance: institutions to ask, and questions whose time has ended."""

from casos.plazos.calendario import calendario
from casos.red.consultas import actions, queries
from casos.red.consultas.reglas import reglas
from oficina import clock
from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import Conflicto
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the questions on the service's list."""
    jobs.sweep(every=300)(seguir_consultas)


def seguir_consultas(env: Env) -> None:
    """End what nobody answered, and ask whom it is time to ask: a transaction an institution."""
    ahora = clock.now()
    with env.db.read() as session:
        vencidas = queries.por_vencer(session, ahora)
        es_hora = reglas().es_hora(ahora, calendario(session).dias)
    for consulta_id in vencidas:
        with env.db.begin() as session:
            actions.vencer(session, consulta_id, ahora)
    if not (reglas().pregunta_sola and es_hora):
        return
    with env.db.read() as session:
        debidas = queries.por_preguntar(session, clock.today(), ahora)
    for institucion_id in debidas:
        try:
            with env.db.begin() as session:
                actions.preguntar(session, institucion_id, Actor.sistema("casos"), ahora)
        except Conflicto:
            # Somebody asked, or verified, meanwhile.
            continue
