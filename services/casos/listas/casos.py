"""The list of cases: own ones first, what is late on top, unless another order is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, post_load, validate
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from casos.alcance import Alcance
from casos.cierres.queries import esperan_a
from casos.consentimientos.models import RetiroConsentimiento
from casos.contactos.pauta import prohibido
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import espera_de_decision, por_decidir
from casos.derivaciones.states import ACTIVAS
from casos.equipo import equipo
from casos.etiquetas import etiqueta
from casos.etiquetas import opciones as codigos
from casos.expedientes.actions import DENUNCIA
from casos.expedientes.models import Caso, Hito, Prioridad, Riesgo, TipoCaso
from casos.expedientes.senales import AUTOMATICOS, nacidos_despues_de
from casos.expedientes.states import TERMINADOS, Estado, Senal
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
from casos.personas.queries import con_parecida
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import niveles_por_caso, proximo_vencimiento
from casos.presentacion import tema
from oficina.web.forms import DIAS

_EVALUACION, _DERIVACION = "casos.caso.evaluacion.ver", "casos.derivacion.ver"

SENALES: Mapping[str, str] = {
    Senal.DENUNCIA_OBLIGATORIA: _EVALUACION,
    Senal.DERIVACION_ACTIVA: _DERIVACION,
    Senal.CONSENTIMIENTO_REVOCADO: _DERIVACION,
    Senal.CONTACTO_PROHIBIDO: "casos.caso.bandeja",
    Senal.POSIBLE_DUPLICADO: "casos.caso.bandeja",
    Senal.NNA: "casos.caso.bandeja",
    Senal.REQUIERE_INTERPRETE: "casos.caso.bandeja",
}
"""The flags by which cases are looked for, and who may know of each."""


@dataclass(frozen=True)
class FilaCaso:
    """A case in a list, with its nearest deadline and whether it passed, the highest stage that any
    of its deadlines has reached while none passed, and the derivations that ended badly and wait
    for a decision.
    """

    caso: Caso
    vence_en: datetime | None
    vencido: bool
    nivel: int = 0
    por_decidir: Sequence[Derivacion] = ()

    @property
    def atrasado(self) -> bool:
        """Whether somebody should have done something by now."""
        return self.vencido or bool(self.por_decidir)


@dataclass(frozen=True, kw_only=True)
class FiltroCasos(Filtro):
    """Which cases."""

    estado: str
    de: str
    atrasados: bool
    por_aprobar: bool
    prioridad: Prioridad | None
    riesgo: Riesgo | None
    tipo: TipoCaso | None
    tema: str
    unidad: str
    responsable_id: UUID | None
    institucion_id: UUID | None
    senal: Senal | None
    sin_actividad: int | None
    abierto_desde: date | None
    abierto_hasta: date | None
    vence_hasta: date | None


class FiltroCasosSchema(DeLista):
    """Which cases, of whom, in which order, and which page of them."""

    estado = fields.String(
        load_default="activos",
        validate=validate.OneOf(["activos", "todos", *(estado.value for estado in Estado)]),
    )
    de = fields.String(
        load_default="oficina", validate=validate.OneOf(["oficina", "mios", "sin_asignar"])
    )
    atrasados = fields.Boolean(load_default=False)
    por_aprobar = fields.Boolean(load_default=False)
    prioridad = fields.Enum(Prioridad, by_value=True, load_default=None)
    riesgo = fields.Enum(Riesgo, by_value=True, load_default=None)
    tipo = fields.Enum(TipoCaso, by_value=True, load_default=None)
    tema = fields.String(load_default="", validate=validate.Length(max=40))
    unidad = fields.String(load_default="", validate=validate.Length(max=80))
    responsable_id = fields.UUID(load_default=None)
    institucion_id = fields.UUID(load_default=None)
    senal = fields.Enum(
        Senal, by_value=True, load_default=None, validate=validate.OneOf([*map(Senal, SENALES)])
    )
    sin_actividad = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 3650),
        metadata={"description": "Días sin que nadie haga nada en el caso"},
    )
    abierto_desde = fields.Date(load_default=None, validate=DIAS)
    abierto_hasta = fields.Date(load_default=None, validate=DIAS)
    vence_hasta = fields.Date(load_default=None, validate=DIAS)
    orden = fields.String(
        load_default="urgencia",
        validate=validate.OneOf(["urgencia", *("recientes", "antiguos", "prioridad", "vence")]),
    )
    pagina = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 10_000),
        metadata={"description": "Mejor `despues`, que no se salta nada ni repite"},
    )

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FiltroCasos:
        return FiltroCasos(**data)


def preguntar(filtro: FiltroCasos, alcance: Alcance, ahora: datetime) -> Pregunta:
    """The reader's work. Late is a case whose deadline passed, and one with a derivation that ended
    badly and on which nobody has decided; what waits the longest comes first.
    """
    plazo, espera = proximo_vencimiento(), espera_de_decision()
    atrasado = or_(plazo.c.vence_en < ahora, espera.c.desde.is_not(None))
    condiciones = [alcance.casos(), *_condiciones(filtro, alcance, ahora)]
    cuenta = select(func.count()).select_from(Caso).join(Caso.persona)
    if filtro.atrasados:
        condiciones.append(atrasado)
    if filtro.vence_hasta is not None:
        condiciones.append(plazo.c.vence_en < fin_del_dia(filtro.vence_hasta))
    if filtro.atrasados or filtro.vence_hasta is not None:
        cuenta = cuenta.outerjoin(plazo, plazo.c.caso_id == Caso.id).outerjoin(
            espera, espera.c.caso_id == Caso.id
        )
    consulta: Select[*tuple[Any, ...]] = (
        select(Caso, plazo.c.vence_en)
        .join(Caso.persona)
        .outerjoin(plazo, plazo.c.caso_id == Caso.id)
        .outerjoin(espera, espera.c.caso_id == Caso.id)
        .where(*condiciones)
        .options(contains_eager(Caso.persona))
    )
    desde = case(
        (espera.c.desde < plazo.c.vence_en, espera.c.desde),
        else_=func.coalesce(plazo.c.vence_en, espera.c.desde),
    )
    suyo = case((Caso.responsable_id == alcance.quien, 0), else_=1)
    lo_nuevo, lo_viejo = Clave(Caso.id, UUID, descendente=True), Clave(Caso.id, UUID)
    urgencia = case((Caso.prioridad == Prioridad.URGENTE, 0), else_=_ALTA_ANTES)
    vence = Clave(momento(plazo.c.vence_en), datetime)
    ordenes = {
        "urgencia": (
            Clave(suyo, int),
            Clave(case((atrasado, 0), else_=1), int),
            Clave(momento(desde), datetime),
            lo_nuevo,
        ),
        "recientes": (Clave(Caso.abierto_en, datetime, descendente=True), lo_nuevo),
        "antiguos": (Clave(Caso.abierto_en, datetime), lo_viejo),
        "prioridad": (Clave(urgencia, int), vence, lo_nuevo),
        "vence": (vence, lo_nuevo),
    }
    return Pregunta(consulta, ordenes[filtro.orden], cuenta.where(*condiciones))


def armar(session: Session, filas: Sequence[Any], ahora: datetime) -> Sequence[FilaCaso]:
    """What the list says of each case beside its nearest deadline."""
    decisiones = por_decidir(session, [caso.id for caso, _vence in filas])
    corren = [caso.id for caso, vence_en in filas if vence_en is not None and vence_en >= ahora]
    niveles = niveles_por_caso(session, corren, ahora)
    return [
        FilaCaso(
            caso,
            vence_en,
            vence_en is not None and vence_en < ahora,
            niveles.get(caso.id, 0),
            decisiones.get(caso.id, ()),
        )
        for caso, vence_en in filas
    ]


_ALTA_ANTES = case((Caso.prioridad == Prioridad.ALTA, 1), else_=2)


def _condiciones(
    filtro: FiltroCasos, alcance: Alcance, ahora: datetime
) -> Sequence[ColumnElement[bool]]:
    quien = alcance.quien
    iguales = {
        Caso.prioridad: filtro.prioridad,
        Caso.riesgo: filtro.riesgo,
        Caso.tipo: filtro.tipo,
        Caso.unidad: filtro.unidad or None,
        Caso.responsable_id: filtro.responsable_id,
    }
    condiciones = [columna == valor for columna, valor in iguales.items() if valor is not None]
    if filtro.estado == "activos":
        condiciones.append(Caso.estado.not_in(TERMINADOS))
    elif filtro.estado != "todos":
        condiciones.append(Caso.estado == Estado(filtro.estado))
    if filtro.por_aprobar:
        condiciones.append(esperan_a(quien))
    if filtro.de == "mios":
        condiciones.append(Caso.responsable_id == quien)
    elif filtro.de == "sin_asignar":
        condiciones.append(Caso.responsable_id.is_(None))
    if filtro.tema:
        condiciones.append(opciones.del_tema(filtro.tema))
    if filtro.institucion_id is not None:
        derivados = select(Derivacion.caso_id).where(
            Derivacion.institucion_id == filtro.institucion_id
        )
        condiciones.append(Caso.id.in_(derivados))
    if filtro.abierto_desde is not None:
        condiciones.append(Caso.abierto_en >= inicio_del_dia(filtro.abierto_desde))
    if filtro.abierto_hasta is not None:
        condiciones.append(Caso.abierto_en < fin_del_dia(filtro.abierto_hasta))
    if filtro.sin_actividad is not None:
        condiciones.append(_sin_actividad(ahora - timedelta(days=filtro.sin_actividad)))
    if filtro.senal is not None:
        condiciones.append(_con_senal(filtro.senal, alcance, ahora))
    return condiciones


def _sin_actividad(desde: datetime) -> ColumnElement[bool]:
    """Nobody has done anything with it since a moment; it is not older for having no story."""
    activos = select(Hito.caso_id).where(
        Hito.ocurrido_en >= desde, Hito.tipo.not_in(AUTOMATICOS), Hito.caso_id == Caso.id
    )
    return and_(Caso.abierto_en < desde, ~activos.correlate(Caso).exists())


def _con_senal(senal: Senal, alcance: Alcance, ahora: datetime) -> ColumnElement[bool]:
    """Cases with a flag, reckoned as `senales` reckons it of one."""
    match senal:
        case Senal.NNA:
            return Persona.fecha_nacimiento > nacidos_despues_de(ahora)
        case Senal.REQUIERE_INTERPRETE:
            return Persona.requiere_interprete.is_(True)
        case Senal.CONTACTO_PROHIBIDO:
            return prohibido()
        case Senal.POSIBLE_DUPLICADO:
            return con_parecida(alcance)
    return Caso.id.in_(_con_senal_propia(senal))


def _con_senal_propia(senal: Senal) -> Select[Any]:
    """The cases that have a flag by what they are, whoever they are of."""
    if senal is Senal.DENUNCIA_OBLIGATORIA:
        vivo = Plazo.estado.in_((EstadoPlazo.CORRIENDO, EstadoPlazo.PAUSADO))
        return select(Plazo.caso_id).where(Plazo.reloj == DENUNCIA, vivo)
    derivados = select(Derivacion.caso_id)
    if senal is Senal.DERIVACION_ACTIVA:
        return derivados.where(Derivacion.estado.in_(ACTIVAS))
    retirado = RetiroConsentimiento.consentimiento_id == Derivacion.consentimiento_id
    return derivados.join(RetiroConsentimiento, retirado)


def _estados(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [("activos", _("En curso")), *codigos(Estado), ("todos", _("Todos"))]


def _de_quien(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("oficina", _("Los que puedo ver")),
        ("mios", _("Míos")),
        ("sin_asignar", _("Sin asignar")),
    ]


def _ordenes(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [
        ("urgencia", _("Lo propio y lo atrasado primero")),
        ("vence", _("Por su próximo plazo")),
        ("prioridad", _("Por prioridad")),
        ("recientes", _("Los abiertos hace menos")),
        ("antiguos", _("Los abiertos hace más")),
    ]


def _senales(_session: Session, _alcance: Alcance) -> opciones.Opciones:
    return [(codigo, etiqueta(Senal(codigo))) for codigo in SENALES]


CASOS = Lista(
    nombre="casos",
    titulo=_l("Casos"),
    endpoint="expedientes.bandeja",
    permiso="casos.caso.bandeja",
    schema=FiltroCasosSchema,
    preguntar=preguntar,
    armar=armar,
    recurso="caso",
    lee="casos.caso.listar",
    exporta="casos.caso.exportar",
    campos=(
        Campo("estado", _l("Estado"), _estados, principal=True),
        Campo("de", _l("De quién"), _de_quien, principal=True),
        Campo("orden", _l("Orden"), _ordenes, principal=True),
        Campo("atrasados", _l("Solo atrasados"), control=Control.CASILLA, principal=True),
        Campo("responsable_id", _l("Profesional a cargo"), opciones.responsables),
        Campo("prioridad", _l("Prioridad"), opciones.codigos(Prioridad)),
        Campo("riesgo", _l("Riesgo"), opciones.codigos(Riesgo), permiso=_EVALUACION),
        Campo("tipo", _l("Tipo de caso"), opciones.codigos(TipoCaso)),
        Campo("tema", _l("Tema"), opciones.temas),
        Campo("senal", _l("Señal"), _senales, permisos=SENALES),
        Campo("unidad", _l("Unidad"), opciones.unidades),
        Campo(
            "institucion_id",
            _l("Derivado a la institución"),
            opciones.instituciones,
            permiso=_DERIVACION,
        ),
        Campo("abierto_desde", _l("Abierto desde"), control=Control.DIA),
        Campo("abierto_hasta", _l("Abierto hasta"), control=Control.DIA),
        Campo("vence_hasta", _l("Con un plazo hasta"), control=Control.DIA),
        Campo("sin_actividad", _l("Días sin actividad, al menos"), control=Control.NUMERO),
    ),
    columnas=(
        Columna(_l("Folio"), lambda f: f.caso.folio),
        Columna(_l("Persona"), lambda f: f.caso.persona.nombre),
        Columna(_l("Tipo de caso"), lambda f: f.caso.tipo),
        Columna(_l("Tema"), lambda f: tema(f.caso.tema)),
        Columna(_l("Instancia"), lambda f: f.caso.instancia),
        Columna(_l("Estado"), lambda f: f.caso.estado),
        Columna(_l("Prioridad"), lambda f: f.caso.prioridad),
        Columna(_l("Riesgo"), lambda f: f.caso.riesgo, _EVALUACION),
        Columna(_l("Confidencialidad"), lambda f: f.caso.confidencialidad),
        Columna(_l("Unidad"), lambda f: equipo().unidad(f.caso.unidad)),
        Columna(_l("Profesional a cargo"), lambda f: f.caso.responsable_nombre),
        Columna(_l("Abierto"), lambda f: f.caso.abierto_en),
        Columna(_l("Cerrado"), lambda f: f.caso.cerrado_en),
        Columna(_l("Próximo plazo"), lambda f: f.vence_en),
        Columna(_l("Atrasado"), lambda f: f.atrasado),
        Columna(_l("Derivaciones por decidir"), lambda f: len(f.por_decidir), _DERIVACION),
    ),
)
