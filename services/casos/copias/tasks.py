"""Entrance: making copies apart from any request, and forgetting those whose time has passed.

What is due is a row, and the sweep finds it again after any crash.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from casos import encargos
from casos.copias import actions
from casos.copias.datos import de_casos
from casos.copias.documento import PLANTILLA, documento
from casos.copias.models import CopiaDeDatos
from oficina import clock, telemetry
from oficina.env import Env
from oficina.errors import DomainError, NoEncontrado
from oficina.jobs import Jobs
from oficina.membrete import Membrete
from oficina.pdf import RenderFallido, hacer_pdf

FORMATO = "acogida.copia"
VERSION = 1
OTROS: Mapping[str, Mapping[str, Any]] = {
    "agenda": {"citas": [], "accesos": []},
    "notificaciones": {"mensajes": [], "respuestas": [], "envios": [], "accesos": []},
}
"""The other services that hold something of a person, and what one says that holds nothing;
reportes holds nobody.
"""

log = telemetry.get_logger("casos.copias")


def registrar_en(jobs: Jobs) -> None:
    """Put making and forgetting on the service's list."""
    jobs.sweep(every=10)(barrer_copias)
    jobs.task(hacer_copia)


def barrer_copias(env: Env) -> None:
    """Make what is due and nobody is making; forget what may not be downloaded any more."""
    ahora = clock.now()
    with env.db.read() as session:
        debidas = encargos.debidos(session, CopiaDeDatos, clock.real_now())
        caducas = encargos.caducos(session, CopiaDeDatos, ahora)
    for copia_id in debidas:
        hacer_copia(env, str(copia_id))
    for copia_id in caducas:
        with env.db.begin() as session:
            actions.caducar(session, copia_id, ahora)


def hacer_copia(env: Env, copia_id: str) -> None:
    """Make a copy that is due; nothing when somebody else is on it. It may die at any line."""
    cual = UUID(copia_id)
    with env.db.begin() as session:
        copia = encargos.tomar(session, CopiaDeDatos, cual)
    if copia is None:
        return
    try:
        junto = _juntar(env, copia)
        with env.db.begin() as session:
            encargos.avanzar(session, CopiaDeDatos, cual, 70)
        pdf = hacer_pdf(PLANTILLA, documento(junto, Membrete.de(env.settings), clock.now()))
    except (DomainError, RenderFallido) as error:
        log.error("copia_no_hecha", copia_id=copia_id, kind=type(error).__name__)
        with env.db.begin() as session:
            encargos.soltar(session, CopiaDeDatos, cual)
        return
    texto = json.dumps(junto, ensure_ascii=False, indent=2)
    with env.db.begin() as session:
        actions.entregar(session, cual, pdf, texto, clock.now())


def _juntar(env: Env, copia: CopiaDeDatos) -> dict[str, Any]:
    """Ask every owner; raises DomainError while one does not answer."""
    persona_id = copia.persona_id
    servicios: dict[str, Any] = {}
    with env.db.read() as session:
        servicios["casos"] = de_casos(session, persona_id)
    for servicio, nada in OTROS.items():
        ruta = f"/{servicio}/api/v1/personas/{persona_id}/datos"
        try:
            servicios[servicio] = env.client.get(servicio, ruta)
        except NoEncontrado:
            servicios[servicio] = nada
    return {
        "formato": FORMATO,
        "version": VERSION,
        "hecha_en": clock.now().isoformat(),
        "persona": {"id": str(persona_id), "folio": servicios["casos"]["ficha"]["folio"]},
        "servicios": servicios,
    }
