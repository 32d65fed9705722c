"""The list of reports as a file: codes in words and days; no person, and nothing that was told."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.reglas import reglas
from casos.etiquetas import etiqueta
from casos.hoja import Celda
from oficina import clock
from oficina.web.i18n import language


def titulos() -> list[str]:
    """The first line."""
    return [
        _("Folio"),
        _("Estado"),
        _("Motivo"),
        _("Lugar"),
        _("Institución"),
        _("Ocurrió el"),
        _("Recibido el"),
        _("Vía"),
        _("Anónimo"),
        _("Con caso"),
    ]


def filas(reportes: Iterable[ReporteDeDiscriminacion]) -> list[Sequence[Celda]]:
    """A line each. What is not in the list of institutions may be somebody: it is not named."""
    return [
        [
            uno.folio,
            etiqueta(uno.estado),
            reglas().dicho("motivos", uno.motivo, language()),
            reglas().dicho("lugares", uno.lugar, language()),
            _institucion(uno),
            uno.ocurrio_el.isoformat() if uno.ocurrio_el else "",
            clock.local(uno.recibido_en).date().isoformat(),
            reglas().dicho("vias", uno.via, language()) if uno.via else "",
            _("Sí") if uno.persona_id is None else _("No"),
            _("No") if uno.caso_id is None else _("Sí"),
        ]
        for uno in reportes
    ]


def _institucion(uno: ReporteDeDiscriminacion) -> str:
    if uno.institucion is not None:
        return uno.institucion.nombre
    return _("No está en la lista") if uno.institucion_otra else ""
