"""JSON of attentions."""

from typing import Any

from casos.alcance import Alcance
from casos.atenciones import actions, queries
from casos.atenciones.models import Atencion
from casos.atenciones.schemas import (
    AtencionesSchema,
    AtencionRegistradaSchema,
    AtencionSchema,
    FiltroAtencionesSchema,
    NuevaAtencion,
    NuevaAtencionSchema,
)
from casos.equipo import equipo
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("atenciones_api", __name__, url_prefix="/casos/api/v1", description="Atenciones")


@bp.get("/atenciones")
@bp.arguments(FiltroAtencionesSchema, location="query")
@bp.response(200, AtencionesSchema)
@requires("casos.atencion.ver")
def listar(filtro: dict[str, Any]) -> dict[str, Any]:
    """Atenciones de un día o de una persona; sin filtro, todas, de a 50"""
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        if filtro["persona_id"]:
            hallada = queries.de_persona(session, filtro["persona_id"], alcance, filtro["pagina"])
        elif filtro["dia"]:
            hallada = queries.del_dia(session, filtro["dia"], alcance, filtro["pagina"])
        else:
            hallada = queries.todas(session, alcance, filtro["pagina"])
    registrar_lectura(
        env().db, actor(), "casos.atencion.listar", "atencion", None, cantidad=len(hallada.filas)
    )
    con_nota = puede("casos.nota.ver") and filtro["persona_id"] is not None
    return {
        "atenciones": [_vista(una, con_nota=con_nota) for una in hallada.filas],
        "total": hallada.total,
        "pagina": hallada.pagina,
        "paginas": hallada.paginas,
    }


@bp.post("/atenciones")
@bp.arguments(NuevaAtencionSchema)
@bp.response(201, AtencionRegistradaSchema)
@requires("casos.atencion.registrar")
def registrar(datos: NuevaAtencion) -> dict[str, Any]:
    """Registrar una atención, también anónima; con resultado `abre_caso` abre el caso"""
    responsable = equipo().responsable(datos.responsable_id)
    with env().db.begin() as session:
        atencion = actions.registrar(session, datos, responsable, actor(), clock.now())
    vista = _vista(atencion, con_nota=puede("casos.nota.ver"), con_persona=False)
    return vista | {"persona_id": datos.persona_id}


def _vista(atencion: Atencion, *, con_nota: bool, con_persona: bool = True) -> dict[str, Any]:
    campos = {campo: getattr(atencion, campo) for campo in _CAMPOS}
    if con_persona:
        campos["persona"] = atencion.persona
    if con_nota:
        campos["nota"] = atencion.nota
    return campos


_CAMPOS = tuple(set(AtencionSchema().fields) - {"persona", "nota"})
