"""The file of a case as a document: every text that the typesetter puts on paper, in Spanish."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.foliados.partes import IDIOMA, Parte
from oficina.web.i18n import fecha_hora

PLANTILLA = Path(__file__).with_name("foliado.typ")


def documento(
    folio: str, caso_folio: str, partes: Sequence[Parte], donde: str, momento: datetime
) -> dict[str, Any]:
    """The document; `donde` is where whoever receives it asks whether it is the office's."""
    return {
        "titulo": str(_("Expediente %(folio)s", folio=caso_folio)),
        "subtitulo": str(_("Oficina de Migración · documento %(folio)s", folio=folio)),
        "autor": str(_("Oficina de Migración")),
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "aviso": str(
            _(
                "Hecho el %(momento)s con %(num)s partes, en el orden en que ocurrieron. Cada "
                "parte lleva el SHA-256 de lo que dice; la de un adjunto, el del archivo.",
                momento=fecha_hora(momento),
                num=len(partes),
            )
        ),
        "verificar": str(
            _("Quien lo reciba puede comprobar que es de la oficina en %(donde)s", donde=donde)
        ),
        "indice": str(_("Índice")),
        "foja": str(_("Foja")),
        "de": str(_("de")),
        "cabeza": [str(_("Parte")), str(_("Fecha")), str(_("Foja")), "SHA-256"],
        "partes": [
            {
                "numero": numero,
                "titulo": f"{numero}. {parte.titulo}",
                "cuando": fecha_hora(parte.cuando),
                "sha256": parte.sha256,
                "lineas": list(parte.lineas),
            }
            for numero, parte in enumerate(partes, start=1)
        ],
    }
