"""The summary of a form's errors stands above the fields, and calls them by their labels.

A page is written from top to bottom: the summary leaves a mark for each field, the fields say their
labels as they are written, and at the end each mark becomes the label of its field.
"""

import re
from typing import Any

from flask import Flask, g
from markupsafe import Markup, escape

# Private-use characters: nobody types them, and no library writes them.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


def init_app(app: Flask) -> None:
    """Give the templates of `app` both halves and what joins them."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(etiquetar=etiquetar, etiqueta_de=etiqueta_de)
    app.jinja_env.filters["con_etiquetas"] = con_etiquetas


def etiquetar(campo: str, etiqueta: Any) -> None:
    """A field says its label."""
    g.setdefault("etiquetas", {})[campo] = str(etiqueta)


def etiqueta_de(campo: str) -> str:
    """The mark of a field in the summary."""
    return f"{_BEGIN}{campo}{_END}"


def con_etiquetas(page: Markup) -> Markup:
    """The page with each mark in its field's own words; a field without label leaves nothing."""
    known: dict[str, str] = g.get("etiquetas", {})

    def words(mark: re.Match[str]) -> str:
        label = known.get(mark[1])
        return str(escape(label)) + ": " if label else ""

    return Markup(_MARK.sub(words, str(page)))  # noqa: S704  the page is markup, labels are escaped
