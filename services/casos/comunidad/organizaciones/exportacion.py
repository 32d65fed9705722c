"""The list of organisations as a file: no person of a board and no contact is in it."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from casos.comunidad.organizaciones.models import Organizacion
from casos.etiquetas import etiqueta
from casos.hoja import Celda
from casos.personas import catalogos
from casos.taxonomia import temas
from oficina.web.i18n import language


def titulos() -> list[str]:
    """The first line."""
    return [
        _("Folio"),
        _("Nombre"),
        _("Tipo de organización"),
        _("Estado"),
        _("Registro"),
        _("Número de inscripción"),
        _("Inscrita el"),
        _("Vigente hasta"),
        _("Directiva hasta"),
        _("Nacionalidades"),
        _("Territorio"),
        _("Temas"),
    ]


def filas(organizaciones: Iterable[Organizacion]) -> list[Sequence[Celda]]:
    """A line each."""
    etiquetas = temas(language())
    return [
        [
            una.folio,
            una.nombre,
            etiqueta(una.tipo),
            etiqueta(una.estado),
            etiqueta(una.registro) if una.registro else "",
            una.personalidad_numero or "",
            una.personalidad_desde.isoformat() if una.personalidad_desde else "",
            una.personalidad_hasta.isoformat() if una.personalidad_hasta else "",
            una.directiva_hasta.isoformat() if una.directiva_hasta else "",
            ", ".join(catalogos.pais(codigo, language()) for codigo in una.nacionalidades),
            una.territorio,
            ", ".join(etiquetas.get(codigo, codigo) for codigo in una.temas),
        ]
        for una in organizaciones
    ]
