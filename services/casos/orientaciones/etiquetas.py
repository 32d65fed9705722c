"""How what is said of sheets reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.orientaciones.models import Comprendida, Entrega, Vigencia
from casos.orientaciones.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.BORRADOR: _l("Borrador"),
        Estado.PUBLICADA: _l("Publicada"),
        Estado.RETIRADA: _l("Retirada"),
    },
    Accion: {
        Accion.EDITAR: _l("Editar"),
        Accion.PUBLICAR: _l("Publicar"),
        Accion.RETIRAR: _l("Retirar"),
        Accion.RENOVAR: _l("Preparar otra versión"),
    },
    Vigencia: {
        Vigencia.VIGENTE: _l("Vigente"),
        Vigencia.SIN_PUBLICAR: _l("Borrador"),
        Vigencia.POR_REGIR: _l("Todavía no rige"),
        Vigencia.REVISION_VENCIDA: _l("Revisión vencida: no se ofrece"),
        Vigencia.TERMINADA: _l("Terminó su vigencia"),
        Vigencia.RETIRADA: _l("Retirada"),
    },
    Comprendida: {
        Comprendida.SI: _l("Sí"),
        Comprendida.CON_APOYO: _l("Con apoyo (intérprete, acompañante o lectura en voz alta)"),
        Comprendida.NO: _l("No: hay que volver a explicar"),
        Comprendida.SIN_DATO: _l("No se preguntó"),
    },
    Entrega: {
        Entrega.LEIDA: _l("Se le leyó o explicó"),
        Entrega.IMPRESA: _l("Impresa"),
        Entrega.MENSAJE: _l("Por mensaje, con un enlace"),
    },
}

SE_HIZO: Mapping[str, LazyString] = {
    "casos.ficha_orientacion.crear": _l("Se empezó a escribir"),
    "casos.ficha_orientacion.renovar": _l("Se empezó a escribir"),
    "casos.ficha_orientacion.editar": _l("Se reescribió"),
    "casos.ficha_orientacion.publicar": _l("Se publicó"),
    "casos.ficha_orientacion.retirar": _l("Se retiró"),
}
"""What changed a version of a sheet, by the action of the audit."""

TONOS: Mapping[str, str] = {
    Vigencia.VIGENTE: "bien",
    Vigencia.SIN_PUBLICAR: "info",
    Vigencia.POR_REGIR: "info",
    Vigencia.REVISION_VENCIDA: "mal",
    Vigencia.TERMINADA: "mal",
    Vigencia.RETIRADA: "neutro",
}
