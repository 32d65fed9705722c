"""The list of obstacles as a file: no person, and no note, is in it."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from casos.comunidad.obstaculos.models import Obstaculo
from casos.comunidad.obstaculos.reglas import reglas
from casos.etiquetas import etiqueta
from casos.hoja import Celda
from oficina.web.i18n import language


def titulos() -> list[str]:
    """The first line."""
    return [
        _("Folio"),
        _("Institución"),
        _("Obstáculo"),
        _("Estado"),
        _("Veces"),
        _("Primera vez"),
        _("Última vez"),
    ]


def filas(obstaculos: Iterable[Obstaculo]) -> list[Sequence[Celda]]:
    """A line each."""
    return [
        [
            uno.folio,
            uno.institucion.nombre,
            reglas().tipo(uno.tipo, language()),
            etiqueta(uno.estado),
            uno.veces,
            uno.primera_el.isoformat(),
            uno.ultima_el.isoformat(),
        ]
        for uno in obstaculos
    ]
