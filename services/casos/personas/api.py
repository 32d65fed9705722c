"""JSON of people."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from casos.alcance import Alcance
from casos.contactos.pauta import avisos
from casos.documentos.queries import retirados
from casos.personas import actions, busqueda, queries
from casos.personas.models import Persona
from casos.personas.schemas import (
    BusquedaSchema,
    ContactoSchema,
    ContactoSeguroSchema,
    DatosContacto,
    DatosDocumento,
    DocumentoSchema,
    EdicionPersonaSchema,
    HallazgosSchema,
    IdentificadaSchema,
    IdsSchema,
    NombreSchema,
    NuevaPersona,
    NuevaPersonaSchema,
    NuevoContactoSchema,
    NuevoDocumentoSchema,
    PersonaSchema,
    QuienesSchema,
    VistaPersonaSchema,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.privacy import mask
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("personas_api", __name__, url_prefix="/casos/api/v1", description="Personas")


@bp.post("/personas/buscar")
@bp.arguments(BusquedaSchema)
@bp.response(200, HallazgosSchema)
@requires("casos.persona.ver")
def buscar(consulta: dict[str, Any]) -> dict[str, Any]:
    """Buscar personas por nombre, documento, teléfono, correo o folio"""
    return _hallazgos(consulta["q"])


@bp.get("/personas")
@bp.doc(deprecated=True)
@bp.arguments(BusquedaSchema, location="query")
@bp.response(200, HallazgosSchema)
@requires("casos.persona.ver")
def buscar_por_direccion(consulta: dict[str, Any]) -> dict[str, Any]:
    """Lo mismo que `POST /personas/buscar`, con lo buscado en la dirección: prefiera aquella"""
    return _hallazgos(consulta["q"])


def _hallazgos(texto: str) -> dict[str, Any]:
    with env().db.read() as session:
        hallados = busqueda.buscar(session, busqueda.reconocer(texto), Alcance.de(actor()))
    vistas = len(hallados.filas) + len(hallados.ajenos)
    registrar_lectura(env().db, actor(), "casos.persona.buscar", "persona", None, cantidad=vistas)
    filas = [{"persona": f.persona, "razones": list(f.hallazgos)} for f in hallados.filas]
    return {
        "resultados": filas,
        "hay_mas": hallados.hay_mas,
        "ajenos": hallados.ajenos,
        "reservado": hallados.reservado,
        "preguntar_a_coordinacion": hallados.preguntar,
        "hay_bloqueada": hallados.bloqueada,
    }


@bp.post("/personas/identificar")
@bp.arguments(QuienesSchema)
@bp.response(200, IdentificadaSchema(many=True))
@requires("casos.persona.ver")
def identificar(consulta: dict[str, Any]) -> list[dict[str, Any]]:
    """De quién es cada folio o documento, en el mismo orden; nada de quien no puede ver"""
    with env().db.read() as session:
        halladas = busqueda.identificar(session, consulta["quienes"], Alcance.de(actor()))
    vistas = sum(map(len, halladas))
    registrar_lectura(env().db, actor(), "casos.persona.buscar", "persona", None, cantidad=vistas)
    return [
        {"persona": suyas[0] if len(suyas) == 1 else None, "varias": len(suyas) > 1}
        for suyas in halladas
    ]


@bp.post("/personas")
@bp.arguments(NuevaPersonaSchema)
@bp.response(201, PersonaSchema)
@requires("casos.persona.registrar")
def registrar(datos: NuevaPersona) -> Response:
    """Registrar a una persona; los posibles duplicados vienen en la respuesta y no lo impiden"""
    with env().db.begin() as session:
        persona = actions.registrar(session, datos, actor(), clock.now())
    response = _respuesta(persona.id, completos=True)
    response.status_code = 201
    response.headers["Location"] = f"/casos/api/v1/personas/{persona.id}"
    return response


@bp.get("/personas/nombres")
@bp.arguments(IdsSchema, location="query")
@bp.response(200, NombreSchema(many=True))
@requires("casos.persona.ver")
def nombres(consulta: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """Cómo se llaman unas personas, para las listas de otros servicios"""
    with env().db.read() as session:
        halladas = queries.personas_por_id(session, consulta["id"], Alcance.de(actor()))
        vistos = avisos(session, halladas)
    registrar_lectura(
        env().db, actor(), "casos.persona.nombrar", "persona", None, cantidad=len(halladas)
    )
    return [{"id": una.id, "nombre": una.nombre, "avisos": vistos[una.id]} for una in halladas]


@bp.get("/personas/<uuid:persona_id>")
@bp.arguments(VistaPersonaSchema, location="query")
@bp.response(200, PersonaSchema)
@requires("casos.persona.ver")
@versioned
def ver(vista: dict[str, Any], persona_id: UUID) -> Response:
    """Una persona; sus documentos y contactos completos solo si se piden (`mostrar=contacto`)"""
    completos = vista["mostrar"] == "contacto"
    response = _respuesta(persona_id, completos=completos)
    accion = "casos.persona.ver_contacto" if completos else "casos.persona.ver"
    registrar_lectura(env().db, actor(), accion, "persona", persona_id)
    return response


@bp.patch("/personas/<uuid:persona_id>")
@bp.arguments(EdicionPersonaSchema(partial=True, exclude=("version",)))
@bp.response(200, PersonaSchema)
@requires("casos.persona.registrar")
@versioned
def actualizar(cambios: dict[str, Any], persona_id: UUID) -> Response:
    """Cambiar datos de una persona, si nadie los cambió antes"""
    with env().db.begin() as session:
        actions.actualizar(
            session, persona_id, cambios, version=None, actor=actor(), ahora=clock.now()
        )
    response = _respuesta(persona_id, completos=False)
    # What changed nothing was a reading all the same.
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    return response


@bp.post("/personas/<uuid:persona_id>/documentos")
@bp.arguments(NuevoDocumentoSchema)
@bp.response(201, DocumentoSchema)
@requires("casos.persona.registrar")
def agregar_documento(datos: DatosDocumento, persona_id: UUID) -> dict[str, Any]:
    """Agregar un documento"""
    with env().db.begin() as session:
        documento = actions.agregar_documento(session, persona_id, datos, actor(), clock.now())
    return queries.documento_visto(documento, completos=False)


@bp.post("/personas/<uuid:persona_id>/contactos")
@bp.arguments(NuevoContactoSchema)
@bp.response(201, ContactoSchema)
@requires("casos.persona.registrar")
def agregar_contacto(datos: DatosContacto, persona_id: UUID) -> dict[str, Any]:
    """Agregar un teléfono o un correo"""
    with env().db.begin() as session:
        contacto = actions.agregar_contacto(session, persona_id, datos, actor(), clock.now())
    return {"id": contacto.id, "tipo": contacto.tipo, "valor": mask(contacto.valor)}


@bp.put("/personas/<uuid:persona_id>/distintas/<uuid:otra_id>")
@bp.response(204)
@requires("casos.persona.registrar")
def declarar_distintas(persona_id: UUID, otra_id: UUID) -> None:
    """Recordar que dos registros son de personas distintas"""
    with env().db.begin() as session:
        actions.declarar_distintas(session, persona_id, otra_id, actor(), clock.now())


@bp.get("/personas/<uuid:persona_id>/contacto")
@bp.response(200, ContactoSeguroSchema)
@requires("casos.persona.contacto")
def contacto(persona_id: UUID) -> Any:
    """Cómo, en qué idioma y si se puede escribir a una persona; solo para servicios"""
    with env().db.read() as session:
        hallado = queries.contacto_seguro(session, persona_id, clock.now())
    registrar_lectura(env().db, actor(), "casos.persona.ver_contacto", "persona", persona_id)
    return hallado


def _respuesta(persona_id: UUID, *, completos: bool) -> Response:
    with env().db.read() as session:
        alcance = Alcance.de(actor())
        persona = queries.persona_por_id(session, persona_id, alcance)
        duplicados = queries.duplicados_pendientes(session, persona_id, alcance)
        de_ella = avisos(session, [persona])[persona.id]
        ya_no = queries.retirados_vistos(retirados(session, persona_id), completos=completos)
    cuerpo = PersonaSchema().dump(
        _vista(persona, completos=completos)
        | {
            "avisos": de_ella,
            "documentos_retirados": ya_no,
            "posibles_duplicados": [
                {"persona": d.persona, "razones": d.razones, "puntaje": d.puntaje}
                for d in duplicados.vistos
            ],
            "posibles_duplicados_ajenos": duplicados.ajenos,
            "preguntar_a_coordinacion": duplicados.preguntar,
            "hay_bloqueada": duplicados.bloqueada,
        }
    )
    return set_version(jsonify(cuerpo), persona)


def _vista(persona: Persona, *, completos: bool) -> dict[str, Any]:
    campos = {campo: getattr(persona, campo) for campo in _CAMPOS}
    campos["direccion"] = persona.direccion if completos or not persona.direccion else mask("")
    return campos | {
        "documentos": queries.documentos_vistos(persona, completos=completos),
        "contactos": queries.contactos_vistos(persona.contactos, completos=completos),
    }


_CAMPOS = tuple(
    set(PersonaSchema().fields)
    - {"documentos", "contactos", "direccion"}
    - {"posibles_duplicados", "posibles_duplicados_ajenos", "preguntar_a_coordinacion"}
    - {"hay_bloqueada", "avisos", "documentos_retirados"}
)
