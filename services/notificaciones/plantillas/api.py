"""Entrance: JSON of the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from notificaciones.mensajes.sms import Tildes
from notificaciones.plantillas import actions, queries
from notificaciones.plantillas.actions import Contenido, NuevaPlantilla
from notificaciones.plantillas.catalogo import Ajustes, Plantilla
from notificaciones.plantillas.etiquetas import nombre_de
from notificaciones.plantillas.models import AJUSTES, VersionDePlantilla
from notificaciones.plantillas.motor import Valor
from notificaciones.plantillas.previa import de_ejemplo, lecturas
from notificaciones.plantillas.queries import Ficha
from notificaciones.plantillas.reales import CitaReal, de_cita
from notificaciones.plantillas.schemas import (
    ContenidoDePlantillaSchema,
    NuevaPlantillaSchema,
    PedidoDePreviaSchema,
    PlantillaSchema,
    PreviaDePlantillaSchema,
    VersionDePlantillaSchema,
)
from oficina.clock import today
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint(
    "plantillas",
    __name__,
    url_prefix="/notificaciones/api/v1/plantillas",
    description="Plantillas de los mensajes",
)

ConEtiqueta = tuple[Any, dict[str, str]]


@bp.get("")
@bp.response(200, PlantillaSchema(many=True))
@requires("notificaciones.plantilla.ver")
def plantillas() -> Sequence[Mapping[str, Any]]:
    """Plantillas como están en uso"""
    with env().db.read() as session:
        return [_como_esta(una) for una in queries.fichas(session)]


@bp.post("")
@bp.arguments(NuevaPlantillaSchema)
@bp.response(201, PlantillaSchema)
@requires("notificaciones.plantilla.escribir")
def crear(datos: dict[str, NuevaPlantilla]) -> ConEtiqueta:
    """Hacer una plantilla de la oficina; lo que declara no cambia después"""
    with env().db.begin() as session:
        guardada = actions.crear(session, datos["nueva"], actor())
    return _answer(guardada.clave)


@bp.get("/<clave>")
@bp.response(200, PlantillaSchema)
@requires("notificaciones.plantilla.ver")
@versioned
def plantilla(clave: str) -> ConEtiqueta:
    """Una plantilla como está en uso"""
    return _answer(clave)


@bp.get("/<clave>/versiones")
@bp.response(200, VersionDePlantillaSchema(many=True))
@requires("notificaciones.plantilla.ver")
def versiones(clave: str) -> Sequence[VersionDePlantilla]:
    """Todas las versiones de una plantilla, la más nueva primero"""
    with env().db.read() as session:
        return queries.versiones(session, queries.ficha(session, clave).guardada)


@bp.post("/<clave>/versiones")
@bp.arguments(ContenidoDePlantillaSchema)
@bp.response(201, PlantillaSchema)
@requires("notificaciones.plantilla.escribir")
@versioned
def publicar(datos: dict[str, Contenido], clave: str) -> ConEtiqueta:
    """Publicar otra versión: se usa desde ahora y las anteriores quedan"""
    with env().db.begin() as session:
        actions.publicar(session, clave, datos["contenido"], actor())
    return _answer(clave)


@bp.get("/<clave>/versiones/<int:numero>")
@bp.response(200, VersionDePlantillaSchema)
@requires("notificaciones.plantilla.ver")
def version(clave: str, numero: int) -> VersionDePlantilla:
    """Una versión"""
    with env().db.read() as session:
        return queries.version(session, queries.ficha(session, clave).guardada, numero)


@bp.post("/<clave>/versiones/<int:numero>/restitucion")
@bp.response(201, PlantillaSchema)
@requires("notificaciones.plantilla.escribir")
@versioned
def restituir(clave: str, numero: int) -> ConEtiqueta:
    """Volver a lo que decía una versión anterior, como versión nueva"""
    with env().db.begin() as session:
        actions.restituir(session, clave, numero, actor())
    return _answer(clave)


@bp.post("/<clave>/retiro")
@bp.response(200, PlantillaSchema)
@requires("notificaciones.plantilla.escribir")
@versioned
def retirar(clave: str) -> ConEtiqueta:
    """Retirar una plantilla de la oficina: no se envía nada nuevo con ella"""
    with env().db.begin() as session:
        actions.retirar(session, clave, actor())
    return _answer(clave)


@bp.post("/<clave>/previa")
@bp.arguments(PedidoDePreviaSchema)
@bp.response(200, PreviaDePlantillaSchema)
@requires("notificaciones.plantilla.escribir")
def previsualizar(datos: dict[str, Any], clave: str) -> dict[str, Any]:
    """Cómo se leería en cada idioma, qué ocupa y qué cuesta; no guarda nada"""
    with env().db.read() as session:
        una = queries.ficha(session, clave).plantilla
    if datos["textos"] is not None:
        ajustes = {campo: getattr(una, campo) for campo in AJUSTES} | {"tildes": datos["tildes"]}
        propuesta = Contenido(textos=datos["textos"], ajustes=Ajustes(**ajustes))
        partes = una.partes
        una = actions.con_contenido(una, propuesta)
        actions.revisar(una, partes)
    cita = de_cita(env(), datos["cita_id"], actor()) if datos["cita_id"] else None
    return {
        "idioma_de_la_persona": cita and cita.idioma,
        "lecturas": lecturas(
            una,
            valores_para(una, datos["valores"], cita),
            Tildes(env().settings.sms_tildes),
            today(),
        ),
    }


def valores_para(una: Plantilla, escritos: Mapping[str, Any], cita: CitaReal | None) -> Any:
    """For each language: what was written, what an appointment says, and examples for the rest."""
    de_base = de_ejemplo(una, escritos)

    def valores(idioma: str) -> Mapping[str, Valor]:
        return de_base | (cita.valores(una, idioma) if cita else {})

    return valores


def _answer(clave: str) -> ConEtiqueta:
    with env().db.read() as session:
        una = queries.ficha(session, clave)
    return _como_esta(una), etag_of(una.guardada)


def _como_esta(una: Ficha) -> Mapping[str, Any]:
    de_hoy = una.plantilla
    return {
        **{campo: getattr(de_hoy, campo) for campo in AJUSTES},
        "clave": de_hoy.clave,
        "nombre": nombre_de(de_hoy),
        "propia": una.guardada.propia,
        "retirada": una.guardada.retirada_en is not None,
        "canales": de_hoy.canales,
        "variables": [
            {"nombre": n, "imprescindible": n in de_hoy.imprescindibles} | asdict(v)
            for n, v in de_hoy.variables.items()
        ],
        "textos": de_hoy.textos,
        "numero": una.guardada.vigente,
        "mas_nueva": una.mas_nueva,
        "idiomas_sin_texto": una.faltan,
        "version": una.version,
    }
