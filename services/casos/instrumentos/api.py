"""JSON of instruments and evaluations; making one is a step of the case (`expedientes.api`)."""

from typing import Any
from uuid import UUID

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.expedientes.models import Evaluacion
from casos.expedientes.queries import caso_por_id
from casos.instrumentos import vistas
from casos.instrumentos.catalogo import Instrumento, Pregunta, TipoPregunta, catalogo, en
from casos.instrumentos.queries import con_respuestas
from casos.instrumentos.schemas import EvaluacionesSchema, InstrumentosSchema
from casos.presentacion import idioma_del_lector
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("instrumentos", __name__, url_prefix="/casos/api/v1", description="Instrumentos")


@bp.get("/instrumentos")
@bp.response(200, InstrumentosSchema)
@requires("casos.caso.evaluar")
def instrumentos() -> dict[str, Any]:
    """Los instrumentos de evaluación vigentes, con sus preguntas"""
    hoy, idioma = clock.today(), idioma_del_lector()
    return {
        "instrumentos": [_instrumento(uno, idioma) for uno in catalogo().vigentes(hoy)],
        "sin_instrumento": sorted(catalogo().sin_instrumento),
    }


@bp.get("/casos/<uuid:caso_id>/evaluaciones")
@bp.response(200, EvaluacionesSchema)
@requires("casos.caso.evaluacion.ver")
def evaluaciones(caso_id: UUID) -> dict[str, Any]:
    """Las evaluaciones de un caso con lo que se respondió, la más nueva primero"""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
        hechas = con_respuestas(session, caso)
    registrar_lectura_de_caso(
        env().db, actor(), "casos.evaluacion.ver", "caso", caso.id, caso_id=caso.id
    )
    idioma = idioma_del_lector()
    return {"evaluaciones": [_evaluacion(una, idioma) for una in hechas]}


def _evaluacion(una: Evaluacion, idioma: str) -> dict[str, Any]:
    leida = vistas.leer(una, idioma)
    campos = ("id", "riesgo", "amerita_derivacion", "fundamento", "instrumento")
    otros = ("instrumento_version", "funcionario_nombre", "realizada_en", "respuestas")
    return {campo: getattr(una, campo) for campo in (*campos, *otros)} | {
        "riesgo_sugerido": leida.sugerido,
        "razones": leida.razones,
    }


def _instrumento(uno: Instrumento, idioma: str) -> dict[str, Any]:
    return {
        "codigo": uno.codigo,
        "version": uno.version,
        "desde": uno.desde,
        "hasta": uno.hasta,
        "nombre": en(uno.etiquetas, idioma),
        "fuente": uno.fuente,
        "tipos_de_caso": sorted(uno.tipos_de_caso),
        "secciones": [
            {
                "codigo": seccion.codigo,
                "titulo": en(seccion.etiquetas, idioma),
                "preguntas": [_pregunta(una, idioma) for una in seccion.preguntas],
            }
            for seccion in uno.secciones
        ],
    }


def _pregunta(una: Pregunta, idioma: str) -> dict[str, Any]:
    es_numero = una.tipo is TipoPregunta.NUMERO
    return {
        "codigo": una.codigo,
        "tipo": una.tipo,
        "pregunta": en(una.etiquetas, idioma),
        "opciones": [
            {"codigo": o.codigo, "etiqueta": en(o.etiquetas, idioma), "sola": o.sola}
            for o in una.opciones
        ],
        "opcional": una.opcional,
        "condicional": una.si is not None,
        "minimo": una.minimo if es_numero else None,
        "maximo": una.maximo if es_numero else None,
    }
