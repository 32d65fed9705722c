"""The list of messages as a file: what became of each, in codes; nobody's name, address or text."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from flask_babel import gettext as _

from notificaciones.mensajes import etiquetas
from notificaciones.mensajes.models import Mensaje
from oficina.clock import local

TANDAS = 20
"""Hundreds of messages, at most."""


def a_csv(mensajes: Sequence[Mensaje], nombres: Mapping[str, str]) -> str:
    """One row a message, UTF-8, moments on Chile's clocks. `nombres` of the templates."""
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow(
        [
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
    )
    for uno in mensajes:
        escritor.writerow(
            [
                uno.id,
                nombres.get(uno.plantilla, uno.plantilla),
                local(uno.sale_en).isoformat(timespec="minutes"),
                etiquetas.ESTADOS[uno.estado],
                etiquetas.MOTIVOS[uno.motivo] if uno.motivo is not None else "",
                etiquetas.CANALES[uno.canal] if uno.canal is not None else "",
                uno.idioma or "",
                uno.regla or "",
                uno.regla_version or "",
                uno.proveedor or "",
                uno.intentos,
                uno.segmentos or "",
                uno.caso_id or "",
                uno.persona_id or "",
            ]
        )
    return texto.getvalue()
