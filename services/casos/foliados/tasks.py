"""Entrance: making the files of cases apart from any request, and forgetting those whose time has
passed.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy.orm import joinedload

from casos import encargos
from casos.expedientes.models import Caso
from casos.foliados import actions
from casos.foliados.archivos import reunir
from casos.foliados.documento import PLANTILLA, documento, sin_paginas
from casos.foliados.models import Foliado
from casos.foliados.partes import partes
from casos.foliados.queries import lectura_de
from oficina import clock, telemetry
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.membrete import Membrete
from oficina.pdf import RenderFallido, hacer_pdf

log = telemetry.get_logger("casos.foliados")


def registrar_en(jobs: Jobs) -> None:
    """Put making and forgetting on the service's list."""
    jobs.sweep(every=10)(barrer_foliados)
    jobs.task(hacer_foliado)


def barrer_foliados(env: Env) -> None:
    """Make what is due and nobody is making; forget what may not be downloaded any more."""
    ahora = clock.now()
    with env.db.read() as session:
        debidos = encargos.debidos(session, Foliado, clock.real_now())
        caducos = encargos.caducos(session, Foliado, ahora)
    for cual in debidos:
        hacer_foliado(env, str(cual))
    for cual in caducos:
        with env.db.begin() as session:
            actions.caducar(session, cual, ahora)


def hacer_foliado(env: Env, foliado_id: str) -> None:
    """Make one that is due; nothing when somebody else is on it. It may die at any line."""
    cual = UUID(foliado_id)
    with env.db.begin() as session:
        foliado = encargos.tomar(session, Foliado, cual)
    if foliado is None:
        return
    with env.db.read() as session:
        de_este = joinedload(Caso.persona)
        caso = session.get_one(Caso, foliado.caso_id, options=[de_este])
        hechas = partes(session, caso, lectura_de(foliado))
    with env.db.begin() as session:
        encargos.avanzar(session, Foliado, cual, 50)
    donde = f"{env.settings.base_url}/casos/abiertos/expediente"
    folios = (foliado.folio, caso.folio)
    try:
        with TemporaryDirectory(prefix="acogida-foliado-") as lugar:
            carpeta = Path(lugar)
            archivos = reunir(env.db, hechas, carpeta)
            hoja = documento(
                folios,
                hechas,
                archivos,
                clock.now(),
                donde=donde,
                membrete=Membrete.de(env.settings),
            )
            pdf = _pdf(hoja, carpeta)
    except RenderFallido as error:
        log.error("foliado_no_hecho", foliado_id=foliado_id, kind=type(error).__name__)
        with env.db.begin() as session:
            encargos.soltar(session, Foliado, cual)
        return
    with env.db.begin() as session:
        hecho = actions.Hecho(pdf, len(hechas), archivos.ids)
        actions.entregar(session, cual, hecho, clock.now())


def _pdf(hoja: dict[str, Any], carpeta: Path) -> bytes:
    """With a page of each image; of none when one of them is no image that can be drawn."""
    try:
        return hacer_pdf(PLANTILLA, hoja, carpeta)
    except RenderFallido:
        if not any(una["archivo"] and una["archivo"]["imagen"] for una in hoja["partes"]):
            raise
        return hacer_pdf(PLANTILLA, sin_paginas(hoja), carpeta)
