"""Entrance: reading the facts of other services and making reports, apart from any request.

What is due is a row (a nudge not yet answered, a report not yet made), and the sweep finds it
again after any crash.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError

from oficina import telemetry
from oficina.bus import retention
from oficina.clock import real_now
from oficina.env import Env
from oficina.errors import Conflicto, DomainError
from oficina.jobs import Jobs
from oficina.membrete import Membrete
from oficina.pdf import RenderFallido, hacer_pdf
from oficina.web.kept_answers import podar_respuestas
from reportes import actions, queries
from reportes.documento import IDIOMA, PLANTILLA, documento
from reportes.labels import Palabras
from reportes.meses import Mes
from reportes.models import Fuente
from reportes.queries import CASOS
from reportes.retencion import retencion
from reportes.schemas import EtiquetasSchema, PaginaSchema

HECHOS = "/casos/api/v1/hechos"
ETIQUETAS = "/casos/api/v1/hechos/etiquetas"
LIMITE = 200

REPASO = timedelta(minutes=1)
"""Without any nudge, ask again after this long."""

jobs = Jobs("reportes")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)
retencion.registrar_en(jobs)
log = telemetry.get_logger("reportes")


@jobs.sweep(every=10)
def barrer(env: Env) -> None:
    """Do what is due and nobody is doing."""
    traer(env)
    with env.db.read() as session:
        debidos = queries.informes_debidos(session, real_now())
    for informe_id in debidos:
        generar_informe(env, str(informe_id))


@jobs.task
def traer(env: Env) -> None:
    """Read the facts of casos up to the last one, unless nothing was asked for.

    A page and the cursor after it are one transaction, and a fact is written over itself, so this
    may die at any line and may run twice at a time.
    """
    fuente = _fuente(env)
    if not _toca_leer(fuente):
        return
    pedidos = fuente.pedidos
    try:
        leida = _leer(env, fuente)
    except (DomainError, ValidationError) as error:
        # Not there or not now: the row still says that it is due, and the next sweep tries again.
        log.warning("hechos_no_leidos", servicio=CASOS, kind=type(error).__name__)
        return
    if leida is not None:
        with env.db.begin() as session:
            actions.cerrar_lectura(session, leida, pedidos)


@jobs.task
def generar_informe(env: Env, informe_id: str) -> None:
    """Make a report that is due; nothing when somebody else is on it."""
    cual = UUID(informe_id)
    with env.db.begin() as session:
        informe = actions.tomar_informe(session, cual)
    if informe is None:
        return
    try:
        with env.db.read() as session:
            figuras = queries.figuras(session, Mes.leer(informe.mes), informe.alcance)
            palabras = Palabras(queries.etiquetas(session, IDIOMA), IDIOMA)
        with env.db.begin() as session:
            actions.avanzar_informe(session, cual, 40)
        pdf = hacer_pdf(
            PLANTILLA, documento(figuras, palabras, Membrete.de(env.settings), real_now())
        )
    except (RenderFallido, DomainError) as error:
        log.error("informe_no_hecho", informe_id=informe_id, kind=type(error).__name__)
        with env.db.begin() as session:
            actions.soltar_informe(session, cual)
        return
    with env.db.begin() as session:
        actions.entregar_informe(session, cual, pdf, figuras.revision)


def _toca_leer(fuente: Fuente) -> bool:
    reciente = fuente.traido_en is not None and real_now() - fuente.traido_en < REPASO
    return fuente.pedidos != fuente.atendidos or not reciente


def _leer(env: Env, fuente: Fuente) -> Fuente | None:
    """Read page after page; the state at the end, or None when somebody else reads already."""
    llegaron = False
    while True:
        try:
            pregunta = {"desde": fuente.cursor, "limite": LIMITE}
            pagina = _pedir(env, HECHOS, PaginaSchema(), pregunta)
        except Conflicto:
            # casos has another history than the one we have read: begin again.
            with env.db.begin() as session:
                actions.reconstruir(session)
            fuente = _fuente(env)
            continue
        if pagina["cursor"] != fuente.cursor:
            with env.db.begin() as session:
                if not actions.guardar_pagina(session, fuente, pagina["hechos"], pagina["cursor"]):
                    return None
            llegaron = True
            fuente = _fuente(env)
        if not pagina["hay_mas"]:
            break
    if llegaron:
        etiquetas = _pedir(env, ETIQUETAS, EtiquetasSchema())["etiquetas"]
        with env.db.begin() as session:
            actions.guardar_etiquetas(session, etiquetas)
    return fuente


def _pedir(env: Env, ruta: str, schema: Schema, pregunta: dict[str, Any] | None = None) -> Any:
    return schema.load(env.client.get(CASOS, ruta, pregunta))


def _fuente(env: Env) -> Fuente:
    with env.db.read() as session:
        fuente = session.get(Fuente, CASOS)
    if fuente is not None:
        return fuente
    with env.db.begin() as session:
        actions.asegurar_fuente(session, CASOS)
        return session.get_one(Fuente, CASOS)
