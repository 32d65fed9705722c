"""The list of messages as a file: what became of each, in codes; nobody's name, address or text."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from notificaciones.mensajes import etiquetas
from notificaciones.mensajes.models import Mensaje
from oficina import hojas

TANDAS = 20
"""Hundreds of messages, at most."""


def a_csv(mensajes: Sequence[Mensaje], nombres: Mapping[str, str]) -> bytes:
    """One row a message, moments on Chile's clocks. `nombres` of the templates."""
    titulos = [
        _("Mensaje"),
        _("Tipo"),
        _("Sale"),
        _("Estado"),
        _("Motivo"),
        _("Por"),
        _("Idioma"),
        _("Regla"),
        _("Versión"),
        _("Proveedor"),
        _("Intentos"),
        _("Segmentos"),
        _("Caso"),
        _("Persona"),
    ]
    filas = [
        (
            uno.id,
            nombres.get(uno.plantilla, uno.plantilla),
            uno.sale_en,
            etiquetas.ESTADOS[uno.estado],
            etiquetas.MOTIVOS[uno.motivo] if uno.motivo is not None else "",
            etiquetas.CANALES[uno.canal] if uno.canal is not None else "",
            uno.idioma,
            uno.regla,
            uno.regla_version or "",
            uno.proveedor,
            uno.intentos,
            uno.segmentos or "",
            uno.caso_id,
            uno.persona_id,
        )
        for uno in mensajes
    ]
    return b"".join(hojas.a_csv(titulos, filas))
