"""The catalogue of what people read: Spanish in the code, English beside it.

    python -m acogida.texts update    read the texts out of the code into the catalogues, compile
    python -m acogida.texts check     fail when a text is not translated or a catalogue is stale

Each root has one catalogue: `oficina/web` for what all pages share, and one a service. What Click
says in English has one in Spanish beside the command line, held to Click's own code the same way.
"""

import ast
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask_smorest.utils import load_info_from_docstring

from acogida import click_es
from oficina.settings import SERVICES

METHODS = [
    ("**/api.py", "acogida.texts:of_an_api"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
]
OPTIONS = {"**/templates/**.html": {"silent": "false", "extensions": "jinja2.ext.do"}}
KEYWORDS = {
    "_": None,
    "_l": None,
    "_n": (1, 2),
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOISE = tuple(
    f'"{name}'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "Language-Team",
    )
)


@dataclass(frozen=True)
class Root:
    """Code that speaks, and the catalogue of what it says in another language."""

    code: Path
    po: Path
    locale: str = "en"


def roots() -> list[Root]:
    """What is translated: ours into English, Click into Spanish."""
    oficina = Path(str(files("oficina")))
    tail = Path("translations") / "en" / "LC_MESSAGES" / "messages.po"
    services = [Path(str(files(service))) for service in SERVICES]
    return [
        Root(oficina, oficina / "web" / tail),
        *(Root(at, at / tail) for at in services),
        Root(Path(str(files("click"))), click_es.FOLDER / "es/LC_MESSAGES/click.po", "es"),
    ]


def extract(code: Path) -> Catalog:
    """Every text of one root."""
    catalog = Catalog(project="Acogida", charset="utf-8")
    found = extract_from_dir(str(code), METHODS, OPTIONS, keywords=KEYWORDS)
    for name, _line, message, _comments, context in found:
        catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def of_an_api(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[Any, ...]]:
    """The texts of an entrance of JSON: those of any code, and what its operations are for, which
    their docstrings say.
    """
    source = file.read()
    for view in ast.walk(ast.parse(source)):
        if isinstance(view, ast.FunctionDef) and _is_an_operation(view):
            told = load_info_from_docstring(ast.get_docstring(view) or "")
            yield view.lineno, "gettext", told.get("summary", ""), []
    yield from extract_python(io.BytesIO(source), keywords, comment_tags, options)


def _is_an_operation(view: ast.FunctionDef) -> bool:
    """Whether the document tells of it: a decorator of its says what it answers or is asked."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in {"response", "alt_response", "arguments"}
        for one in view.decorator_list
    )


def update(root: Root) -> list[Message]:
    """Bring one catalogue up to date and compile it; the messages that are still to translate."""
    catalog = _read(root)
    catalog.update(extract(root.code), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    root.po.parent.mkdir(parents=True, exist_ok=True)
    root.po.write_bytes(_po(catalog))
    root.po.with_suffix(".mo").write_bytes(_mo(catalog))
    return _missing(catalog)


def problems(root: Root) -> list[str]:
    """What is wrong with one catalogue, a sentence each."""
    catalog, po = _read(root), root.po
    in_code = {message.id for message in extract(root.code) if message.id}
    in_catalog = {message.id for message in catalog if message.id}
    wrong = [f"{po}: not in the catalogue: {text!r}" for text in in_code - in_catalog]
    wrong += [f"{po}: no longer in the code: {text!r}" for text in in_catalog - in_code]
    wrong += [f"{po}: not translated: {message.id!r}" for message in _missing(catalog)]
    for message in catalog:
        wrong += [f"{po}: {message.id!r}: {error}" for error in message.check(catalog)]
    mo = po.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != _mo(catalog):
        wrong.append(f"{mo}: is not what the catalogue says")
    return wrong


def _read(root: Root) -> Catalog:
    if not root.po.exists():
        return Catalog(locale=root.locale, header_comment="# Texts of Acogida.", fuzzy=False)
    with root.po.open("rb") as file:
        return read_po(file, locale=root.locale)


def _missing(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    if message.fuzzy:
        return False
    said = message.string
    return bool(said) if isinstance(said, str) else bool(said) and all(said or ())


def _po(catalog: Catalog) -> bytes:
    made = io.BytesIO()
    write_po(made, catalog, omit_header=False, width=100, sort_output=True, no_location=True)
    # The header's dates would make every run a change.
    lines = made.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(NOISE))


def _mo(catalog: Catalog) -> bytes:
    # Its header would carry the moment of compiling: the same texts make the same file.
    texts = Catalog(
        locale=catalog.locale, charset="utf-8", creation_date=EPOCH, revision_date=EPOCH
    )
    for message in catalog:
        if message.id and _is_translated(message):
            texts.add(message.id, message.string, context=message.context)
    made = io.BytesIO()
    write_mo(made, texts)
    return made.getvalue()


def main() -> None:
    """Update or check, by the word on the command line."""
    match sys.argv[1:]:
        case ["update"]:
            for root in roots():
                print(f"{root.po}: {len(update(root))} not translated")
        case ["check"]:
            if wrong := [line for root in roots() for line in problems(root)]:
                sys.exit("\n".join([*wrong, "Translate, then: python -m acogida.texts update"]))
        case _:
            sys.exit("usage: python -m acogida.texts update|check")


if __name__ == "__main__":
    main()
