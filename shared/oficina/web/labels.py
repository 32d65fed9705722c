"""The summary of a form's errors stands above the fields, and calls them by their labels.

A page is written from top to bottom: the summary leaves a mark, the fields say their labels as they
are written, and at the end the mark becomes the errors, in the order of the page. A field of codes
also says what it offers, for who tells above it what they mean (`oficina.web.stale`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template
from markupsafe import Markup

# Private-use characters: nobody types them, and no library writes them.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(rf"{_BEGIN}(\d+){_END}")


@dataclass(frozen=True)
class Wrong:
    """One error, with the label of its field and the id it has on the page; "" of the whole."""

    label: str
    anchor: str
    message: str


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
    app.jinja_env.globals.update(etiquetar=etiquetar, errores_de=errores_de, ofrecer=ofrecer)
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


def errores_de(errors: Mapping[str, Sequence[str]]) -> str:
    """The mark of a form's errors in its summary."""
    said: list[Mapping[str, Sequence[str]]] = g.setdefault("errores", [])
    said.append(errors)
    return f"{_BEGIN}{len(said) - 1}{_END}"


def con_etiquetas(page: Markup) -> Markup:
    """The page with the errors where they left a mark, in its order and in its fields' own words.

    One that belongs to no field of the page stands at the end and leads nowhere.
    """
    text = str(page)

    def told(mark: re.Match[str]) -> str:
        wrong = _in_order(g.errores[int(mark[1])], text)
        return render_template("oficina/_errores.html", errores=wrong)

    return Markup(_MARK.sub(told, text))  # noqa: S704  the page is markup, and so is the template


def _in_order(errors: Mapping[str, Sequence[str]], page: str) -> list[Wrong]:
    known, found = etiquetas(), []
    for field, messages in errors.items():
        anchor = f"campo-{field.replace('.', '-')}"
        place = page.find(f'id="{anchor}"') if field else -1
        there = place if place >= 0 else len(page)
        for message in messages:
            wrong = Wrong(known.get(field, ""), anchor if place >= 0 else "", message)
            found.append((there, wrong))
    return [wrong for _place, wrong in sorted(found, key=lambda one: one[0])]
