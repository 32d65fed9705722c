"""Spanish of the program's own on an English page: what is read there, and what of it is data.

A word is Spanish when the texts of the program use it in Spanish and never in English. What the
office holds of people and of its network is theirs, as is whatever a page says to be in Spanish.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po

from acogida.texts import roots
from identidad.migrations import identidad_0002
from office import ROLES
from oficina.bus.difusion import difusion
from oficina.settings import SERVICES
from oficina.web.i18n import LANGUAGES

WORD = re.compile(r"[a-záéíóúüñ]{2,}", re.IGNORECASE)
PART = re.compile(r"%\(\w+\)[sd]")
CODE = re.compile(
    r"\S+@\S+|https?://\S+"  # where somebody is reached
    r"|\w+=\w+(?:, \w+)*|\w+(?:[._/-]\w+)+"  # what machines are told
    r"|`[^`]*`|«[^»]*»|{{[^}]*}}"  # and what is written for them to read
    r"|\b[A-ZÁÉÍÓÚÑ]{2,}\b"  # acronyms, and codes of themes
    r"|•+\w*"  # what is hidden of a contact
)
SAID = ("title", "placeholder", "aria-label", "alt", "data-nombre")
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
APART = frozenset(("script", "style", "code", "pre", "samp", "kbd"))


@dataclass
class Reading(HTMLParser):
    """What is read on a page in its own language, and where it leads."""

    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    inside: list[tuple[str, bool]] = field(default_factory=list)

    @classmethod
    def of(cls, page: str) -> "Reading":
        """Read a page."""
        reading = cls()
        reading.feed(page)
        return reading

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element; in another language, or among machines, nothing in it is the page's."""
        told = {name: value or "" for name, value in attrs}
        ours = not self.inside or self.inside[-1][1]
        ours = ours and tag not in APART and told.get("lang", "en") == "en"
        if tag not in VOID:
            self.inside.append((tag, ours))
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if ours:
            self.texts += [told[name] for name in SAID if name in told]
            if tag == "input" and told.get("type") in {"submit", "button"}:
                self.texts.append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """The end of an element and of whatever it left open."""
        for at in range(len(self.inside) - 1, -1, -1):
            if self.inside[at][0] == tag:
                del self.inside[at:]
                return

    def handle_data(self, data: str) -> None:
        """A text between marks."""
        if data.strip() and self.inside and self.inside[-1][1]:
            self.texts.append(" ".join(data.split()))


def holes(page: Reading) -> list[str]:
    """The texts of an English page that have Spanish of the program's own."""
    return [text for text in dict.fromkeys(page.texts) if _is_a_hole(text)]


@cache
def _is_a_hole(text: str) -> bool:
    rests = CODE.sub(" ", data().sub(" ", text)), data().sub(" ", CODE.sub(" ", text))
    return all(_words(rest) & words() for rest in rests)


@cache
def words() -> frozenset[str]:
    """Words that the texts of the program have in Spanish and in no English one."""
    spanish, english = set[str](), set[str]()
    for es, en in _texts():
        spanish |= _words(es)
        english |= _words(en)
    return frozenset(spanish - english)


def _texts() -> Iterator[tuple[str, str]]:
    """Each text of the program in both languages: of its catalogues and of its data."""
    for root in roots():
        if root.locale == "en":
            with root.po.open("rb") as file:
                yield from (
                    (_one(message.id), _one(message.string))
                    for message in read_po(file)
                    if message.id
                )
    for service in (*SERVICES, "oficina"):
        for path in Path(str(files(service))).rglob("*.json"):
            yield from _pairs(json.loads(path.read_text(encoding="utf-8")))


def _one(text: Any) -> str:
    return PART.sub(" ", " ".join(text) if isinstance(text, tuple | list) else str(text))


def _pairs(told: Any) -> Iterator[tuple[str, str]]:
    if isinstance(told, dict):
        if isinstance(told.get("es"), str) and isinstance(told.get("en"), str):
            yield told["es"], told["en"]
        for value in told.values():
            yield from _pairs(value)
    elif isinstance(told, list):
        for value in told:
            yield from _pairs(value)


def _words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


@cache
def data() -> re.Pattern[str]:
    """What an office holds and the program does not say: the demonstration, the network, sheets of
    orientation, departments, countries, what an example of a message says; and what operators know
    by its code. The longest first.
    """
    held = {line.removeprefix("- ") for text in _held() for line in text.splitlines()}
    # One word alone may be a text of the program too.
    found = {one for line in held if " " in (one := " ".join(line.split()).rstrip("."))}
    longest = sorted(found.union(_named()), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest))


def _named() -> Iterator[str]:
    """What has one name in every language."""
    yield from Locale.parse("en").territories.values()
    yield from LANGUAGES.values()
    yield from (*SERVICES, *ROLES, *difusion().campos, *_examples())
    # Of the demonstration: its clients, a cost, a department, a unit of stock, a role, a value.
    yield from ("Demostración", "Gratuito", "Control", "cajas", "Recepción", "hasta")
    network = Path(str(files("casos"))) / "red" / "datos.json"
    for one in json.loads(network.read_text(encoding="utf-8"))["instituciones"]:
        yield from {one["sigla"], one.get("rotulo") or one["sigla"], one["nombre"]}


def _held() -> Iterator[str]:
    acogida = Path(str(files("acogida")))
    casos = Path(str(files("casos")))
    for path in (
        *acogida.glob("*.json"),
        casos / "red" / "datos.json",
        casos / "orientaciones" / "fichas.json",
    ):
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))
    for path in (*acogida.glob("*.py"), Path(str(identidad_0002.__file__))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (
            one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        )
    yield from _examples().values()


def _examples() -> dict[str, str]:
    """What stands for the data of a message, by the name of each."""
    templates = Path(str(files("notificaciones"))) / "plantillas" / "plantillas.json"
    found: dict[str, str] = json.loads(templates.read_text(encoding="utf-8"))["ejemplos"]
    return found


def _strings(told: Any) -> Iterator[str]:
    values: Iterable[Any] = ()
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        values = told.values()
    elif isinstance(told, list):
        values = told
    for value in values:
        yield from _strings(value)
