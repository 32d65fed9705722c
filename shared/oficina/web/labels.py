"""The summary of a form's errors stands above the fields, and calls them by their labels.

A page is written from top to bottom: the summary leaves a mark for each field, the fields say their
labels as they are written, and at the end each mark becomes the label of its field. A field of
codes also says what it offers, for who tells above it what they mean (`oficina.web.stale`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from markupsafe import Markup, escape

# Private-use characters: nobody types them, and no library writes them.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*){_END}")


@dataclass(frozen=True)
class Offer:
    """What may be chosen in a field, and how it says that nothing is."""

    options: Iterable[tuple[Any, Any]]
    blank: str = ""
    unordered: bool = False

    @property
    def words(self) -> Mapping[str, str]:
        """The words of each code, in the order of the page."""
        return {str(code): str(words) for code, words in self.options}


def init_app(app: Flask) -> None:
    """Give the templates of `app` both halves and what joins them."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(etiquetar=etiquetar, etiqueta_de=etiqueta_de, ofrecer=ofrecer)
    app.jinja_env.filters["con_etiquetas"] = con_etiquetas


def etiquetar(campo: str, etiqueta: Any) -> None:
    """A field says its label."""
    g.setdefault("etiquetas", {})[campo] = str(etiqueta)


def etiquetas() -> Mapping[str, str]:
    """The labels that the fields said, in the order of the page."""
    said: dict[str, str] = g.get("etiquetas", {})
    return said


def ofrecer(
    campo: str, opciones: Iterable[tuple[Any, Any]], vacia: Any = "", *, sin_orden: bool = False
) -> None:
    """A field says what it offers; `sin_orden`: the page, and nobody, chooses in which order."""
    g.setdefault("ofrecidas", {})[campo] = Offer(opciones, str(vacia), sin_orden)


def ofrecidas(campo: str) -> Offer | None:
    """What a field offers; None of one where people write."""
    said: dict[str, Offer] = g.get("ofrecidas", {})
    return said.get(campo)


def etiqueta_de(campo: str) -> str:
    """The mark of a field in the summary."""
    return f"{_BEGIN}{campo}{_END}"


def con_etiquetas(page: Markup) -> Markup:
    """The page with each mark in its field's own words; a field without label leaves nothing."""
    known = etiquetas()

    def words(mark: re.Match[str]) -> str:
        label = known.get(mark[1])
        return str(escape(label)) + ": " if label else ""

    return Markup(_MARK.sub(words, str(page)))  # noqa: S704  the page is markup, labels are escaped
