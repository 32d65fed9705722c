"""What a programme asks for, as it is written in one cell: one a line or after a «;», and in
brackets the document that proves it and for how many days it is good.
"""

import re
from typing import Any

from casos.importacion.taller import partes

_CON_DOCUMENTO = re.compile(r"(.*?)\s*\[([^\]]*)\]\s*", re.S)
_DIAS = re.compile(r"(.*?)[,\s]*\b(\d{1,4})\s*(?:d[ií]as?|days?)\b\.?\s*", re.I | re.S)


def leer_requisitos(texto: str) -> list[dict[str, Any]]:
    """Each as the form's schema reads it: its text, and its document and days if it tells them."""
    return [_uno(parte) for parte in partes(texto)]


def _uno(parte: str) -> dict[str, Any]:
    # Numbers and dashes before each are how lists are typed.
    parte = re.sub(r"^\s*(?:\d{1,2}[.)]|[-•*])\s+", "", parte)
    hallado = _CON_DOCUMENTO.fullmatch(parte)
    if hallado is None:
        return {"texto": parte}
    dias = _DIAS.fullmatch(hallado[2])
    documento = (dias[1] if dias else hallado[2]).strip(" ,")
    requisito: dict[str, Any] = {"texto": hallado[1], "documento": documento}
    return requisito | ({"dias": int(dias[2])} if dias else {})
