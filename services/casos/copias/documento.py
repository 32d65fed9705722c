"""A copy as a document: every text that the typesetter puts on paper, in Spanish."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.personas.catalogos import nombre_de_idioma, pais
from casos.personas.situaciones import categoria
from casos.taxonomia import temas
from oficina.web.i18n import fecha, fecha_hora

IDIOMA = "es"
PLANTILLA = Path(__file__).with_name("copia.typ")

# Ids join the JSON; on paper they say nothing to anybody.
_SIN_DECIR = frozenset({"id", "cosa_id", "persona_id", "persona_folio"})
_MOMENTO = re.compile(r"\d{4}-\d{2}-\d{2}T")
_DIA = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODIGO = re.compile(r"[a-z]+(_[a-z]+)+")


def documento(copia: Mapping[str, Any], momento: datetime) -> dict[str, Any]:
    """The document of a copy, made at `momento`."""
    return {
        "titulo": _("Copia de sus datos"),
        "subtitulo": _("Oficina de Migración · folio %(folio)s", folio=copia["persona"]["folio"]),
        "autor": _("Oficina de Migración"),
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "aviso": _(
            "Todo lo que la oficina tiene sobre usted al %(momento)s, y a quién lo comunicó. "
            "Es personal: guárdelo donde otros no lo lean.",
            momento=fecha_hora(momento),
        ),
        "cifras": _(
            "En las cifras de la oficina usted cuenta sin su nombre ni nada que la identifique."
        ),
        "vacio": _("No hay nada."),
        "partes": [
            {"titulo": _rotulos()["servicios"][servicio], "secciones": list(_secciones(datos))}
            for servicio, datos in copia["servicios"].items()
        ],
    }


def _secciones(datos: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for clave, contenido in datos.items():
        cosas = contenido if isinstance(contenido, list) else [contenido]
        yield {
            "titulo": _rotulos()["secciones"][clave],
            "fichas": [list(_lineas(cosa, 0)) for cosa in cosas],
        }


def _lineas(cosa: Mapping[str, Any], sangria: int) -> Iterator[dict[str, Any]]:
    for campo, valor in cosa.items():
        if campo in _SIN_DECIR or valor in (None, "", []):
            continue
        rotulo = _rotulos()["campos"][campo]
        if isinstance(valor, list) and isinstance(valor[0], Mapping):
            for uno in valor:
                yield {"sangria": sangria, "campo": rotulo, "valor": ""}
                yield from _lineas(uno, sangria + 1)
        else:
            yield {"sangria": sangria, "campo": rotulo, "valor": _dicho(campo, valor)}


def _dicho(campo: str, valor: Any) -> str:
    """A value as people read it."""
    if isinstance(valor, list):
        return ", ".join(_dicho(campo, uno) for uno in valor)
    if isinstance(valor, bool):
        return str(_("Sí") if valor else _("No"))
    texto = str(valor)
    if en_palabras := _EN_PALABRAS.get(campo):
        return str(en_palabras(texto))
    if _MOMENTO.match(texto):
        return fecha_hora(datetime.fromisoformat(texto))
    if _DIA.fullmatch(texto):
        return fecha(date.fromisoformat(texto))
    # A code of which nobody keeps words here reads as its words; a sentence stays as it is.
    return texto.replace("_", " ") if _CODIGO.fullmatch(texto) else texto


@cache
def _rotulos() -> dict[str, dict[str, str]]:
    leidos: dict[str, dict[str, str]] = json.loads(
        (files("casos.copias") / "rotulos.json").read_text(encoding="utf-8")
    )
    return leidos


_EN_PALABRAS: Mapping[str, Any] = {
    "nacionalidades": lambda codigo: pais(codigo, IDIOMA),
    "pais_emisor": lambda codigo: pais(codigo, IDIOMA),
    "idiomas": lambda codigo: nombre_de_idioma(codigo, IDIOMA),
    "idioma": lambda codigo: nombre_de_idioma(codigo, IDIOMA),
    "tema": lambda codigo: temas(IDIOMA).get(codigo, codigo),
    "categoria": lambda codigo: categoria(codigo, IDIOMA),
}
