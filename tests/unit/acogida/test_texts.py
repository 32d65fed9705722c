"""What goes wrong is said in the reader's language: it is in the catalogues of texts."""

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from acogida import texts
from oficina.errors import DomainError
from oficina.settings import SERVICES

KINDS = frozenset(("DatosInvalidos", "Conflicto", "NoEncontrado", "NoPermitido"))
MARKS = frozenset(("_", "N_", "gettext", "ngettext"))
OURS = (*SERVICES, "oficina")
CODE = sorted(path for name in OURS for path in Path(str(files(name))).rglob("*.py"))


def _errors(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _errors(one)


def test_every_error_of_the_office_has_a_title_that_is_translated() -> None:
    for service in SERVICES:
        import_module(f"{service}.app")
    known = {
        message.id
        for root in texts.roots()
        if root.locale == "en"
        for message in texts.extract(root.code)
    }
    ours = [one for one in _errors(DomainError) if one.__module__.split(".")[0] in OURS]
    assert len(ours) > len(SERVICES)
    assert [one.__qualname__ for one in ours if one.title not in known] == []


def _unmarked(node: ast.AST) -> Iterator[ast.Constant]:
    """The sentences among what an error is raised with that nobody would find to translate."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in MARKS:
            return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _unmarked(child)


def _wrong(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and isinstance(node.exc.func, ast.Name)
            and node.exc.func.id in KINDS
        ):
            yield from (f"{path}:{one.lineno}: {one.value}" for one in _unmarked(node.exc))


def test_what_an_error_says_is_marked_for_translation() -> None:
    assert [said for path in CODE for said in _wrong(path)] == []
