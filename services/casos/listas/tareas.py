"""The list of tasks: those that wait for the reader, unless others are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate
from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.etiquetas import opciones as codigos
from casos.frases import leida
from casos.listas import opciones
from casos.listas.lista import (
    Campo,
    Columna,
    Control,
    DeLista,
    Filtro,
    Lista,
    Pregunta,
    fin_del_dia,
)
from casos.listas.orden import Clave, momento
from casos.plazos.models import EstadoPlazo, Plazo
from casos.tareas.models import Tarea
from casos.tareas.queries import FilaTarea, con_reloj, fila_de
from casos.tareas.states import EstadoTarea
from oficina.web.forms import DIAS
from oficina.web.names import autor


@dataclass(frozen=True, kw_only=True)
class FiltroTareas(Filtro):
    """Which tasks."""

    de: str
    estado: str
    responsable_id: UUID | None
    atrasadas: bool
    vence_hasta: date | None
    tema: str


class FiltroTareasSchema(DeLista):
    """Whose tasks, which of them, and in which order."""

    de = fields.String(load_default="mias", validate=validate.OneOf(["mias", "todas"]))
    estado = fields.String(
        load_default="pendiente",
        validate=validate.OneOf([*(uno.value for uno in EstadoTarea), "todas"]),
    )
    responsable_id = fields.UUID(load_default=None)
    atrasadas = fields.Boolean(load_default=False)
    vence_hasta = fields.Date(load_default=None, validate=DIAS)
    tema = fields.String(load_default="", validate=validate.Length(max=40))
    orden = fields.String(
        load_default="vence", validate=validate.OneOf(["vence", "recientes", "antiguas"])
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroTareas:
        return FiltroTareas(**data)


def preguntar(filtro: FiltroTareas, alcance: Alcance, ahora: datetime) -> Pregunta:
    """Tasks of the reader's work, with the clocks of those that wait."""
    condiciones: list[ColumnElement[bool]] = [alcance.casos()]
    if filtro.estado != "todas":
        condiciones.append(Tarea.estado == EstadoTarea(filtro.estado))
    if filtro.responsable_id is not None:
        condiciones.append(Tarea.responsable_id == filtro.responsable_id)
    elif filtro.de == "mias":
        condiciones.append(Tarea.responsable_id == alcance.quien)
    if filtro.atrasadas:
        corre = Plazo.estado == EstadoPlazo.CORRIENDO
        condiciones.append(and_(corre, Plazo.vence_en < ahora))
    if filtro.vence_hasta is not None:
        condiciones.append(Plazo.vence_en < fin_del_dia(filtro.vence_hasta))
    if filtro.tema:
        condiciones.append(opciones.del_tema(filtro.tema))
    consulta = con_reloj().where(*condiciones)
    # While its case is suspended, a task waits behind those that do not.
    en_pausa = case((Plazo.estado == EstadoPlazo.PAUSADO, 1), else_=0)
    ordenes = {
        "vence": (
            Clave(case((Tarea.estado == EstadoTarea.PENDIENTE, 0), else_=1), int),
            Clave(en_pausa, int),
            Clave(momento(Plazo.vence_en), datetime),
            Clave(Tarea.id, UUID),
        ),
        "recientes": (Clave(Tarea.id, UUID, descendente=True),),
        "antiguas": (Clave(Tarea.id, UUID),),
    }
    cuantas = consulta.order_by(None)
    cuenta = cuantas.with_only_columns(func.count(Tarea.id), maintain_column_froms=True)
    return Pregunta(consulta, ordenes[filtro.orden], cuenta)


def armar(_session: Session, filas: Sequence[Any], ahora: datetime) -> Sequence[FilaTarea]:
    """Each task with how its clock stands."""
    return [fila_de(una, ahora) for una in filas]


def _de_quien(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [("mias", _("Mías")), ("todas", _("De los casos que puedo ver"))]


def _estados(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [*codigos(EstadoTarea), ("todas", _("Todas"))]


def _ordenes(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("vence", _("Lo que vence primero")),
        ("recientes", _("Las agregadas hace menos")),
        ("antiguas", _("Las agregadas hace más")),
    ]


TAREAS = Lista(
    nombre="tareas",
    titulo=_l("Tareas"),
    endpoint="tareas.lista",
    permiso="casos.tarea.ver",
    schema=FiltroTareasSchema,
    preguntar=preguntar,
    armar=armar,
    recurso="caso",
    lee="casos.tarea.listar",
    exporta="casos.tarea.exportar",
    campos=(
        Campo("de", _l("De quién"), _de_quien, principal=True),
        Campo("estado", _l("Estado"), _estados, principal=True),
        Campo("orden", _l("Orden"), _ordenes, principal=True),
        Campo("atrasadas", _l("Solo atrasadas"), control=Control.CASILLA, principal=True),
        Campo("responsable_id", _l("Quién la hace"), opciones.nombrables),
        Campo("tema", _l("Tema del caso"), opciones.temas),
        Campo("vence_hasta", _l("Vence hasta"), control=Control.DIA),
    ),
    columnas=(
        Columna(_l("Caso"), lambda f: f.folio),
        Columna(_l("Qué hay que hacer"), lambda f: leida(f.tarea.que)),
        Columna(_l("Quién la hace"), lambda f: f.tarea.responsable_nombre),
        Columna(_l("Estado"), lambda f: f.tarea.estado),
        Columna(_l("Vence"), lambda f: f.vence_en),
        Columna(_l("Atrasada"), lambda f: f.atrasada),
        Columna(_l("En pausa"), lambda f: f.detenida),
        Columna(_l("Agregada"), lambda f: f.tarea.creada_en),
        Columna(_l("Agregada por"), lambda f: autor(f.tarea.creada_por)),
        Columna(_l("Terminada"), lambda f: f.tarea.terminada_en),
    ),
)
