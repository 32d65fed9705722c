"""JSON of cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance
from casos.cierres import actions as cierres
from casos.cierres.queries import pendiente
from casos.cierres.schemas import NuevaDecision, NuevaDecisionSchema
from casos.denuncias import actions as denuncias
from casos.denuncias.schemas import (
    NuevaDenuncia,
    NuevaDenunciaSchema,
    NuevaExigencia,
    NuevaExigenciaSchema,
)
from casos.derivaciones.queries import por_decidir
from casos.equipo import equipo
from casos.expedientes import actions, curso, queries
from casos.expedientes.models import Caso
from casos.expedientes.relato import Lectura, visibles
from casos.expedientes.schemas import (
    CasoSchema,
    CasosSchema,
    NuevaAnulacion,
    NuevaAnulacionSchema,
    NuevaAsignacion,
    NuevaAsignacionSchema,
    NuevaElevacion,
    NuevaElevacionSchema,
    NuevaEvaluacion,
    NuevaEvaluacionSchema,
    NuevaOrientacion,
    NuevaOrientacionSchema,
    NuevaPrioridad,
    NuevaPrioridadSchema,
    NuevaReanudacion,
    NuevaReanudacionSchema,
    NuevaReapertura,
    NuevaReaperturaSchema,
    NuevaSuspension,
    NuevaSuspensionSchema,
    NuevaVuelta,
    NuevaVueltaSchema,
    NuevoCaso,
    NuevoCasoSchema,
    NuevoCierre,
    NuevoCierreSchema,
    NuevoSeguimiento,
    NuevoSeguimientoSchema,
)
from casos.expedientes.senales import Leido, senales
from casos.expedientes.states import Senal
from casos.listas.casos import CASOS, FiltroCasos, FiltroCasosSchema
from casos.listas.vistas import leer
from casos.plazos.models import EstadoPlazo
from oficina import clock
from oficina.actor import Actor
from oficina.errors import NoEncontrado, NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import set_version, versioned

bp = Blueprint("expedientes_api", __name__, url_prefix="/casos/api/v1", description="Casos")


@bp.get("/casos")
@bp.arguments(FiltroCasosSchema, location="query")
@bp.response(200, CasosSchema)
@requires("casos.caso.bandeja")
def listar(filtro: FiltroCasos) -> dict[str, Any]:
    """Casos de la oficina: si no se pide otro orden, primero los propios, lo atrasado arriba"""
    pagina = leer(CASOS, filtro)
    return {
        "casos": [
            _resumen(f.caso) | {"vence_en": f.vence_en, "atrasado": f.atrasado}
            for f in pagina.filas
        ],
        "total": pagina.total,
        "pagina": pagina.pagina,
        "paginas": pagina.paginas,
        "despues": pagina.despues,
    }


@bp.post("/casos")
@bp.arguments(NuevoCasoSchema)
@bp.response(201, CasoSchema)
@requires("casos.caso.abrir")
def abrir(datos: NuevoCaso) -> Response:
    """Abrir un caso"""
    responsable = equipo().responsable(datos.responsable_id)
    with env().db.begin() as session:
        caso = actions.abrir(session, datos, responsable, actor(), clock.now())
    response = _escrito(caso)
    response.status_code = 201
    response.headers["Location"] = f"/casos/api/v1/casos/{caso.id}"
    return response


@bp.get("/casos/<uuid:caso_id>")
@bp.response(200, CasoSchema)
@requires("casos.caso.ver")
@versioned
def ver(caso_id: UUID) -> Response:
    """Un caso y su historia, hasta donde su rol permite verla"""
    response = _respuesta(caso_id)
    registrar_lectura_de_caso(env().db, actor(), "casos.caso.ver", "caso", caso_id, caso_id=caso_id)
    return response


@bp.post("/casos/<uuid:caso_id>/orientaciones")
@bp.arguments(NuevaOrientacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.orientar")
@versioned
def orientar(datos: NuevaOrientacion, caso_id: UUID) -> Response:
    """Dar orientación"""
    return _hacer(actions.orientar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/segunda-instancia")
@bp.arguments(NuevaElevacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.elevar")
@versioned
def elevar(datos: NuevaElevacion, caso_id: UUID) -> Response:
    """Elevar a segunda instancia, con su motivo"""
    return _hacer(actions.elevar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/evaluacion")
@bp.arguments(NuevaEvaluacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.evaluar")
@versioned
def evaluar(datos: NuevaEvaluacion, caso_id: UUID) -> Response:
    """Completar la evaluación"""
    return _hacer(actions.evaluar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/asignacion")
@bp.arguments(NuevaAsignacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.tomar")
@versioned
def asignar(datos: NuevaAsignacion, caso_id: UUID) -> Response:
    """Asignar el caso; sin `responsable_id`, lo toma quien lo pide"""
    quien = actor()
    responsable = equipo().responsable(datos.responsable_id) or Responsable(quien.id, quien.nombre)
    with env().db.begin() as session:
        caso = actions.asignar(
            session,
            caso_id,
            responsable,
            version=datos.version,
            actor=quien,
            ahora=clock.now(),
        )
    return _escrito(caso)


@bp.post("/casos/<uuid:caso_id>/cierre")
@bp.arguments(NuevoCierreSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.cerrar")
@versioned
def cerrar(datos: NuevoCierre, caso_id: UUID) -> Response:
    """Cerrar el caso"""
    return _hacer(actions.cerrar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/propuesta-de-cierre")
@bp.arguments(NuevoCierreSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.cerrar")
@versioned
def proponer_cierre(datos: NuevoCierre, caso_id: UUID) -> Response:
    """Proponer el cierre de un caso que cierran dos personas"""
    return _hacer(cierres.proponer, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/decision-de-cierre")
@bp.arguments(NuevaDecisionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.cierre.decidir")
@versioned
def decidir_cierre(datos: NuevaDecision, caso_id: UUID) -> Response:
    """Aprobar o rechazar el cierre que propuso otra persona"""
    return _hacer(cierres.decidir, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/reapertura")
@bp.arguments(NuevaReaperturaSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.reabrir")
@versioned
def reabrir(datos: NuevaReapertura, caso_id: UUID) -> Response:
    """Reabrir un caso cerrado"""
    return _hacer(actions.reabrir, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/prioridad")
@bp.arguments(NuevaPrioridadSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.priorizar")
@versioned
def priorizar(datos: NuevaPrioridad, caso_id: UUID) -> Response:
    """Cambiar la prioridad de un caso, y con ella sus plazos propios"""
    return _hacer(curso.priorizar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/seguimiento")
@bp.arguments(NuevoSeguimientoSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.seguir")
@versioned
def seguir(datos: NuevoSeguimiento, caso_id: UUID) -> Response:
    """Pasar el caso a seguimiento"""
    return _hacer(curso.seguir, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/vuelta-a-gestion")
@bp.arguments(NuevaVueltaSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.seguir")
@versioned
def volver(datos: NuevaVuelta, caso_id: UUID) -> Response:
    """Volver a gestionar un caso en seguimiento"""
    return _hacer(curso.volver, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/suspension")
@bp.arguments(NuevaSuspensionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.suspender")
@versioned
def suspender(datos: NuevaSuspension, caso_id: UUID) -> Response:
    """Suspender el caso hasta que se revise"""
    return _hacer(curso.suspender, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/reanudacion")
@bp.arguments(NuevaReanudacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.suspender")
@versioned
def reanudar(datos: NuevaReanudacion, caso_id: UUID) -> Response:
    """Reanudar un caso suspendido donde estaba"""
    return _hacer(curso.reanudar, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/anulacion")
@bp.arguments(NuevaAnulacionSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.caso.anular")
@versioned
def anular(datos: NuevaAnulacion, caso_id: UUID) -> Response:
    """Anular un caso que se abrió por error"""
    return _hacer(curso.anular, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/denuncia-obligatoria")
@bp.arguments(NuevaExigenciaSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.denuncia.registrar")
@versioned
def exigir_denuncia(datos: NuevaExigencia, caso_id: UUID) -> Response:
    """Marcar que hay que denunciar"""
    return _hacer(denuncias.exigir, caso_id, datos)


@bp.post("/casos/<uuid:caso_id>/denuncia")
@bp.arguments(NuevaDenunciaSchema(exclude=("version",)))
@bp.response(200, CasoSchema)
@requires("casos.denuncia.registrar")
@versioned
def resolver_denuncia(datos: NuevaDenuncia, caso_id: UUID) -> Response:
    """Registrar la denuncia hecha, o que no procede"""
    return _hacer(denuncias.resolver, caso_id, datos)


def _hacer(
    accion: Callable[[Session, UUID, Any, Actor, datetime], Caso], caso_id: UUID, datos: Any
) -> Response:
    with env().db.begin() as session:
        caso = accion(session, caso_id, datos, actor(), clock.now())
    return _escrito(caso)


def _escrito(caso: Caso) -> Response:
    """What answers a step: the case, or no more than its folio when it was the writer's last."""
    try:
        return _respuesta(caso.id)
    except (NoEncontrado, NoPermitido):
        vista = {"id": caso.id, "folio": caso.folio}
        return set_version(jsonify(CasoSchema().dump(vista)), caso)


def _respuesta(caso_id: UUID) -> Response:
    lectura = Lectura.de_quien_lee()
    with env().db.read() as session:
        caso, completo = queries.caso_a_la_vista(session, caso_id, Alcance.de(actor()))
        if not completo:
            vista = {campo: getattr(caso, campo) for campo in _EXISTENCIA}
            return set_version(jsonify(CasoSchema().dump(vista)), caso)
        hitos = queries.historia(session, caso)
        miembros = queries.equipo_de(session, caso)
        evaluaciones = queries.evaluaciones(session, caso) if lectura.evaluacion else ()
        leido = Leido.de(session, caso)
        puede_esperar = lectura.derivaciones and leido.cuentas.fallidas > 0
        espera = puede_esperar and bool(por_decidir(session, [caso_id]))
        marcas = senales(session, leido, Alcance.de(actor()), lectura, clock.now())
        propuesto = pendiente(session, caso_id) if lectura.evaluacion else None
    corren = [
        plazo.vence_en
        for plazo in leido.plazos
        if plazo.estado is EstadoPlazo.CORRIENDO
        and (lectura.derivaciones or plazo.derivacion_id is None)
    ]
    vence_en = min(corren, default=None)
    vista = _resumen(caso) | {
        "vence_en": vence_en,
        "atrasado": espera or (vence_en is not None and vence_en < clock.now()),
        "version": caso.version,
        "equipo": miembros,
        "suspension_motivo": caso.suspension_motivo,
        "pasos": sorted(caso.pasos()),
        "consentimiento_retirado": Senal.CONSENTIMIENTO_REVOCADO in marcas,
        "senales": marcas,
        "hitos": visibles(hitos, lectura, equipo().nombre),
    }
    if lectura.evaluacion:
        vista |= {
            "riesgo": caso.riesgo,
            "cierre_motivo": caso.cierre_motivo,
            "cierre_resultado": caso.cierre_resultado,
            "evaluaciones": evaluaciones,
            "cierre_propuesto": propuesto,
        }
    return set_version(jsonify(CasoSchema().dump(vista)), caso)


def _resumen(caso: Caso) -> dict[str, Any]:
    return {campo: getattr(caso, campo) for campo in _CAMPOS}


_CAMPOS = (
    "id",
    "folio",
    "persona",
    "tipo",
    "tema",
    "instancia",
    "estado",
    "prioridad",
    "confidencialidad",
    "unidad",
    "responsable_id",
    "responsable_nombre",
    "abierto_en",
    "cerrado_en",
)

# What reception knows of a case: that it is there and who has it.
_EXISTENCIA = (
    "id",
    "folio",
    "persona",
    "estado",
    "unidad",
    "responsable_id",
    "responsable_nombre",
    "abierto_en",
    "cerrado_en",
    "version",
)
