"""The list of derivations: those that wait, unless others are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from casos.alcance import Alcance
from casos.derivaciones.etiquetas import motivo
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import proximo_de_la_institucion, sin_decidir
from casos.derivaciones.states import ACTIVAS, Estado
from casos.etiquetas import opciones as codigos
from casos.expedientes.models import Caso, Prioridad
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
    inicio_del_dia,
)
from casos.listas.orden import Clave, momento
from casos.personas.models import Persona
from casos.red.models import Modo
from oficina.web.forms import DIAS


@dataclass(frozen=True)
class FilaDerivacion:
    """A derivation in a list, its case with its person, and until when the institution should do
    the next thing.
    """

    derivacion: Derivacion
    caso: Caso
    vence_en: datetime | None
    atrasada: bool


@dataclass(frozen=True, kw_only=True)
class FiltroDerivaciones(Filtro):
    """Which derivations."""

    estado: str
    de: str
    atrasadas: bool
    prioridad: Prioridad | None
    modo: Modo | None
    institucion_id: UUID | None
    responsable_id: UUID | None
    tema: str
    enviada_desde: date | None
    enviada_hasta: date | None


class FiltroDerivacionesSchema(DeLista):
    """Which derivations, to whom, and in which order."""

    estado = fields.String(
        load_default="activas",
        validate=validate.OneOf(
            ["activas", "por_decidir", "todas", *(uno.value for uno in Estado)]
        ),
    )
    de = fields.String(load_default="oficina", validate=validate.OneOf(["oficina", "mias"]))
    atrasadas = fields.Boolean(load_default=False)
    prioridad = fields.Enum(Prioridad, by_value=True, load_default=None)
    modo = fields.Enum(Modo, by_value=True, load_default=None)
    institucion_id = fields.UUID(load_default=None)
    responsable_id = fields.UUID(load_default=None)
    tema = fields.String(load_default="", validate=validate.Length(max=40))
    enviada_desde = fields.Date(load_default=None, validate=DIAS)
    enviada_hasta = fields.Date(load_default=None, validate=DIAS)
    orden = fields.String(
        load_default="plazo", validate=validate.OneOf(["plazo", "recientes", "antiguas"])
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroDerivaciones:
        return FiltroDerivaciones(**data)


def preguntar(filtro: FiltroDerivaciones, alcance: Alcance, ahora: datetime) -> Pregunta:
    """Derivations of the reader's work."""
    plazo = proximo_de_la_institucion()
    condiciones = [alcance.casos(), *_condiciones(filtro, alcance.quien)]
    if filtro.atrasadas:
        condiciones.append(plazo.c.vence_en < ahora)

    def que(*columnas: Any) -> Select[*tuple[Any, ...]]:
        return (
            select(*columnas)
            .select_from(Derivacion)
            .join(Caso, Caso.id == Derivacion.caso_id)
            .join(Persona, Persona.id == Caso.persona_id)
            .outerjoin(plazo, plazo.c.derivacion_id == Derivacion.id)
            .where(*condiciones)
        )

    consulta = que(Derivacion, Caso, plazo.c.vence_en).options(
        contains_eager(Caso.persona),
        joinedload(Derivacion.servicio),
        joinedload(Derivacion.institucion),
    )
    lo_nuevo = Clave(Derivacion.id, UUID, descendente=True)
    ordenes = {
        "plazo": (Clave(momento(plazo.c.vence_en), datetime), lo_nuevo),
        "recientes": (lo_nuevo,),
        "antiguas": (Clave(Derivacion.id, UUID),),
    }
    return Pregunta(consulta, ordenes[filtro.orden], que(func.count()))


def armar(_session: Session, filas: Sequence[Any], ahora: datetime) -> Sequence[FilaDerivacion]:
    """Each derivation, and whether the institution is late."""
    return [
        FilaDerivacion(una, caso, vence_en, vence_en is not None and vence_en < ahora)
        for una, caso, vence_en in filas
    ]


def _condiciones(filtro: FiltroDerivaciones, quien: UUID) -> Sequence[ColumnElement[bool]]:
    iguales = {
        Derivacion.prioridad: filtro.prioridad and filtro.prioridad.value,
        Derivacion.modo: filtro.modo,
        Derivacion.institucion_id: filtro.institucion_id,
        Caso.responsable_id: filtro.responsable_id,
    }
    condiciones = [columna == valor for columna, valor in iguales.items() if valor is not None]
    if filtro.estado == "activas":
        condiciones.append(Derivacion.estado.in_(ACTIVAS))
    elif filtro.estado == "por_decidir":
        condiciones.append(sin_decidir())
    elif filtro.estado == "todas":
        # As on the page of a case: drafts that were discarded are left out.
        condiciones.append(
            or_(Derivacion.estado != Estado.ANULADA, Derivacion.enviada_en.is_not(None))
        )
    else:
        condiciones.append(Derivacion.estado == Estado(filtro.estado))
    if filtro.de == "mias":
        condiciones.append(Caso.responsable_id == quien)
    if filtro.tema:
        condiciones.append(opciones.del_tema(filtro.tema))
    if filtro.enviada_desde is not None:
        condiciones.append(Derivacion.enviada_en >= inicio_del_dia(filtro.enviada_desde))
    if filtro.enviada_hasta is not None:
        condiciones.append(Derivacion.enviada_en < fin_del_dia(filtro.enviada_hasta))
    return condiciones


def _estados(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("activas", _("Esperan a la institución")),
        ("por_decidir", _("Esperan una decisión de la oficina")),
        *codigos(Estado),
        ("todas", _("Todas")),
    ]


def _de_quien(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [("oficina", _("De los casos que puedo ver")), ("mias", _("De mis casos"))]


def _ordenes(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("plazo", _("Lo que vence primero")),
        ("recientes", _("Las más nuevas")),
        ("antiguas", _("Las más antiguas")),
    ]


DERIVACIONES = Lista(
    nombre="derivaciones",
    titulo=_l("Derivaciones"),
    endpoint="derivaciones_paginas.lista",
    permiso="casos.derivacion.ver",
    schema=FiltroDerivacionesSchema,
    preguntar=preguntar,
    armar=armar,
    recurso="derivacion",
    lee="casos.derivacion.listar",
    exporta="casos.derivacion.exportar",
    campos=(
        Campo("estado", _l("Estado"), _estados, principal=True),
        Campo("de", _l("De quién"), _de_quien, principal=True),
        Campo("orden", _l("Orden"), _ordenes, principal=True),
        Campo("atrasadas", _l("Solo atrasadas"), control=Control.CASILLA, principal=True),
        Campo("institucion_id", _l("Institución"), opciones.instituciones),
        Campo("responsable_id", _l("Profesional a cargo"), opciones.responsables),
        Campo("prioridad", _l("Prioridad"), opciones.codigos(Prioridad)),
        Campo("modo", _l("Cómo se envía"), opciones.codigos(Modo)),
        Campo("tema", _l("Tema del caso"), opciones.temas),
        Campo("enviada_desde", _l("Enviada desde"), control=Control.DIA),
        Campo("enviada_hasta", _l("Enviada hasta"), control=Control.DIA),
    ),
    columnas=(
        Columna(_l("Folio"), lambda f: f.derivacion.folio),
        Columna(_l("Caso"), lambda f: f.caso.folio),
        Columna(_l("Persona"), lambda f: f.caso.persona.nombre),
        Columna(_l("Institución"), lambda f: f.derivacion.institucion.nombre),
        Columna(_l("Servicio"), lambda f: f.derivacion.servicio.nombre),
        Columna(_l("Cómo se envía"), lambda f: f.derivacion.modo),
        Columna(_l("Prioridad"), lambda f: Prioridad(f.derivacion.prioridad)),
        Columna(_l("Estado"), lambda f: f.derivacion.estado),
        Columna(_l("Motivo"), lambda f: motivo(f.derivacion.motivo_codigo)),
        Columna(_l("Grado de evidencia"), lambda f: f.derivacion.grado_evidencia),
        Columna(_l("Profesional a cargo"), lambda f: f.caso.responsable_nombre),
        Columna(_l("Enviada"), lambda f: f.derivacion.enviada_en),
        Columna(_l("Próximo plazo"), lambda f: f.vence_en),
        Columna(_l("Atrasada"), lambda f: f.atrasada),
        Columna(_l("Terminada"), lambda f: f.derivacion.terminada_en),
    ),
)
