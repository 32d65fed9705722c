"""The file of a case as a document: every text that the typesetter puts on paper, in Spanish."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.foliados.archivos import Falta, Reunidos
from casos.foliados.partes import IDIOMA, Parte
from oficina.membrete import Membrete
from oficina.web.i18n import fecha_hora

PLANTILLA = Path(__file__).with_name("foliado.typ")


def documento(
    folios: tuple[str, str],
    partes: Sequence[Parte],
    archivos: Reunidos,
    momento: datetime,
    *,
    donde: str,
    membrete: Membrete,
) -> dict[str, Any]:
    """The document; `folios` are its own and its case's, `donde` is where whoever receives it asks
    whether it is the office's.
    """
    folio, caso_folio = folios
    return {
        "titulo": str(_("Expediente %(folio)s", folio=caso_folio)),
        "subtitulo": f"{membrete.nombre} · " + str(_("documento %(folio)s", folio=folio)),
        "autor": membrete.nombre,
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "aviso": str(
            _(
                "Hecho el %(momento)s con %(num)s partes, en el orden en que ocurrieron. Cada "
                "parte lleva el SHA-256 de lo que dice; la de un adjunto, el del archivo, que va "
                "dentro de este PDF y se abre y se guarda desde el panel de archivos adjuntos.",
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
                **_archivo(numero, archivos),
            }
            for numero, parte in enumerate(partes, start=1)
        ],
    }


def sin_paginas(hoja: dict[str, Any]) -> dict[str, Any]:
    """The same document that carries its files and shows none: one of them cannot be drawn."""
    partes = [
        una | ({"archivo": una["archivo"] | {"imagen": False}} if una["archivo"] else {})
        for una in hoja["partes"]
    ]
    return hoja | {"partes": partes}


def _archivo(numero: int, archivos: Reunidos) -> dict[str, Any]:
    """The file of a part, and what the part says of it."""
    if (va := archivos.van.get(numero)) is not None:
        dicho = str(_("El archivo va dentro de este PDF, como «%(cual)s».", cual=va.nombre))
        return {
            "archivo": {"nombre": va.nombre, "mime": va.mime, "imagen": va.imagen},
            "nota": dicho,
        }
    falta = archivos.faltan.get(numero)
    if falta is Falta.NO_CABE:
        dicho = str(_("El archivo no va dentro de este PDF por su tamaño: pídalo aparte."))
    elif falta is Falta.ALTERADO:
        dicho = str(_("El archivo guardado no es el que se adjuntó: no va dentro de este PDF."))
    else:
        dicho = ""
    return {"archivo": None, "nota": dicho}
