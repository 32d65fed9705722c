"""How what is said of reports of discrimination reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.comunidad.discriminacion.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.RECIBIDO: _l("Recibido"),
        Estado.EN_GESTION: _l("En gestión"),
        Estado.CON_CASO: _l("Sigue en un caso"),
        Estado.CERRADO: _l("Cerrado"),
        Estado.DESCARTADO: _l("Descartado"),
    },
    Accion: {
        Accion.GESTIONAR: _l("Anotar lo que se hizo"),
        Accion.IDENTIFICAR: _l("Decir de quién es"),
        Accion.ABRIR_CASO: _l("Abrir un caso"),
        Accion.CERRAR: _l("Cerrar el reporte"),
        Accion.DESCARTAR: _l("Descartar el reporte"),
    },
}

TONOS: Mapping[str, str] = {
    Estado.RECIBIDO: "aviso",
    Estado.CON_CASO: "info",
    Estado.DESCARTADO: "neutro",
}
"""Those that no other room says."""

HISTORIA: Mapping[str, LazyString] = {
    Accion.GESTIONAR: _l("Se anotó lo que se hizo"),
    Accion.IDENTIFICAR: _l("Se supo de quién es"),
    Accion.ABRIR_CASO: _l("Se abrió un caso"),
    Accion.CERRAR: _l("Se cerró"),
    Accion.DESCARTAR: _l("Se descartó"),
}
"""What happened with a report."""

RELATO: Mapping[str, LazyString] = {
    Accion.ABRIR_CASO: _l("El caso se abrió por el reporte de discriminación %(folio)s"),
    Accion.GESTIONAR: _l("Se anotó lo que se hizo por el reporte de discriminación %(folio)s"),
    Accion.CERRAR: _l("Se cerró el reporte de discriminación %(folio)s"),
}
"""The same in the story of its case."""
