"""How what is said of agreements reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.convenios.models import TipoConvenio
from casos.convenios.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    TipoConvenio: {
        TipoConvenio.COLABORACION: _l("Colaboración"),
        TipoConvenio.TRANSFERENCIA_FONDOS: _l("Transferencia de fondos"),
    },
    Estado: {
        Estado.VIGENTE: _l("Vigente"),
        Estado.VENCIDO: _l("Vencido"),
        Estado.TERMINADO: _l("Terminado"),
    },
    Accion: {
        Accion.EDITAR: _l("Corregir"),
        Accion.PRORROGAR: _l("Prorrogar"),
        Accion.TERMINAR: _l("Poner término"),
        Accion.VENCER: _l("Vencer"),
    },
}

SE_HIZO: Mapping[str, LazyString] = {
    "casos.convenio.registrar": _l("Se registró"),
    "casos.convenio.editar": _l("Se corrigió"),
    "casos.convenio.prorrogar": _l("Se prorrogó"),
    "casos.convenio.terminar": _l("Se le puso término"),
    "casos.convenio.vencer": _l("Venció"),
}
"""What changed an agreement, by the action of the audit."""

TONOS: Mapping[str, str] = {
    Estado.VIGENTE: "bien",
    Estado.VENCIDO: "mal",
    Estado.TERMINADO: "neutro",
}
