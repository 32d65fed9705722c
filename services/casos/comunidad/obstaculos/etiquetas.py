"""How what is said of obstacles reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.comunidad.obstaculos.states import Accion, Estado, Origen

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.ANOTADO: _l("Anotado"),
        Estado.ELEVADO: _l("Elevado a coordinación"),
        Estado.EN_TRABAJO: _l("Se trabaja con la institución"),
        Estado.RESUELTO: _l("Resuelto"),
        Estado.DESCARTADO: _l("Descartado"),
    },
    Accion: {
        Accion.ANOTAR: _l("Anotar otra vez"),
        Accion.ELEVAR: _l("Elevar a coordinación"),
        Accion.TRABAJAR: _l("Anotar qué se hizo con la institución"),
        Accion.RESOLVER: _l("Decir qué cambió"),
        Accion.DESCARTAR: _l("Descartar el obstáculo"),
    },
    Origen: {
        Origen.DERIVACION: _l("En una derivación"),
        Origen.ATENCION: _l("En una atención"),
        Origen.TERRENO: _l("En terreno"),
        Origen.MESA: _l("En una mesa de trabajo"),
    },
}

TONOS: Mapping[str, str] = {
    Estado.ANOTADO: "aviso",
    Estado.ELEVADO: "mal",
    Estado.EN_TRABAJO: "info",
    Estado.RESUELTO: "bien",
    Estado.DESCARTADO: "neutro",
}

HISTORIA: Mapping[str, LazyString] = {
    Accion.ANOTAR: _l("Se anotó"),
    Accion.ELEVAR: _l("Se elevó a coordinación"),
    Accion.TRABAJAR: _l("Se trabajó con la institución"),
    Accion.RESOLVER: _l("Se resolvió"),
    Accion.DESCARTAR: _l("Se descartó"),
}
"""What happened with an obstacle."""
