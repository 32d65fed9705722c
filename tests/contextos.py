"""What pages give to their templates, read from the sources: names, files and lines.

A name that a page gives hides the one that every page has: `ahora=…` and the foot of the page, or
a macro, reads something else than it means, in silence.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2 import nodes

RENDER = ("flask", "render_template")


@dataclass(frozen=True)
class Dado:
    """A name that a template is given, or gives itself; `nombre` None: it cannot be read where."""

    archivo: Path
    linea: int
    nombre: str | None
    que: str = ""


@dataclass
class Modulo:
    """A source with its functions and what it imports, by their names."""

    ruta: Path
    nombre: str
    arbol: ast.Module = field(repr=False)

    @cached_property
    def funciones(self) -> dict[str, ast.FunctionDef]:
        return {one.name: one for one in ast.walk(self.arbol) if isinstance(one, ast.FunctionDef)}

    @cached_property
    def importado(self) -> dict[str, tuple[str, str]]:
        """Of each imported name, the module and the name there."""
        return {
            alias.asname or alias.name: (one.module, alias.name)
            for one in ast.walk(self.arbol)
            if isinstance(one, ast.ImportFrom) and one.module
            for alias in one.names
        }

    def de_quien(self, funcion: ast.expr) -> tuple[str, str] | None:
        """The module and the name of what is called, if the source says so."""
        if isinstance(funcion, ast.Name):
            return self.importado.get(funcion.id, (self.nombre, funcion.id))
        if isinstance(funcion, ast.Attribute) and isinstance(funcion.value, ast.Name):
            paquete, modulo = self.importado.get(funcion.value.id, ("", ""))
            return (f"{paquete}.{modulo}", funcion.attr)
        return None


class Fuentes:
    """Every source below some roots, and what flows from one to another towards a template."""

    def __init__(self, *raices: Path) -> None:
        self.modulos: dict[str, Modulo] = {}
        for raiz in raices:
            for ruta in sorted(raiz.rglob("*.py")):
                parts = ruta.relative_to(raiz).with_suffix("").parts
                nombre = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self.modulos[nombre] = Modulo(ruta, nombre, ast.parse(ruta.read_text("utf-8")))
        self.pintan = self._que_pintan()

    def dados(self) -> Iterator[Dado]:
        """Each name that a call gives to a template, by itself or through functions of ours."""
        for modulo in self.modulos.values():
            for funcion, llamada in _llamadas(modulo.arbol):
                if (quien := modulo.de_quien(llamada.func)) not in self.pintan:
                    continue
                suyos = self.pintan[quien]
                for uno in llamada.keywords:
                    if uno.arg is not None:
                        if uno.arg not in suyos:
                            yield Dado(modulo.ruta, uno.value.lineno, uno.arg)
                    elif not _pasa(funcion, uno.value):
                        yield from self._claves(uno.value, modulo, funcion)

    def _que_pintan(self) -> dict[tuple[str, str], set[str]]:
        """Who hands what it is given to a template, with the names that it keeps for itself."""
        pintan: dict[tuple[str, str], set[str]] = {RENDER: set()}
        while True:
            nuevos = {
                (modulo.nombre, funcion.name): {
                    one.arg for one in (*funcion.args.args, *funcion.args.kwonlyargs)
                }
                for modulo in self.modulos.values()
                for funcion, llamada in _llamadas(modulo.arbol)
                if funcion is not None
                and modulo.de_quien(llamada.func) in pintan
                and any(one.arg is None and _pasa(funcion, one.value) for one in llamada.keywords)
            }
            if nuevos.keys() <= pintan.keys():
                return pintan
            pintan |= nuevos

    def _claves(
        self, valor: ast.expr, modulo: Modulo, funcion: ast.FunctionDef | None
    ) -> Iterator[Dado]:
        """The keys that a mapping may have."""
        match valor:
            case ast.Dict():
                for clave, dentro in zip(valor.keys, valor.values, strict=True):
                    if clave is None:
                        yield from self._claves(dentro, modulo, funcion)
                    else:
                        yield self._una(clave, modulo)
            case ast.DictComp(ast.Name(id), _, [ast.comprehension(ast.Name(otro), iter)]) if (
                id == otro
            ):
                yield from self._claves(iter, modulo, funcion)
            case ast.BinOp(left, ast.BitOr(), right) | ast.IfExp(_, left, right):
                yield from self._claves(left, modulo, funcion)
                yield from self._claves(right, modulo, funcion)
            case ast.Call(ast.Name("dict"), [], keywords):
                for uno in keywords:
                    if uno.arg:
                        yield Dado(modulo.ruta, uno.value.lineno, uno.arg)
                    else:
                        yield from self._claves(uno.value, modulo, funcion)
            case ast.Call() if otra := self._funcion(modulo, valor.func):
                for salida in _salidas(otra[1]):
                    yield from self._claves(salida, *otra)
            case ast.Name() if puesto := list(_puesto(valor.id, funcion or modulo.arbol)):
                for uno in puesto:
                    if isinstance(uno, ast.Constant):
                        yield self._una(uno, modulo)
                    else:
                        yield from self._claves(uno, modulo, funcion)
            case ast.Name() if funcion is not None and any(_puesto(valor.id, modulo.arbol)):
                yield from self._claves(valor, modulo, None)
            case _:
                yield Dado(modulo.ruta, valor.lineno, None, ast.unparse(valor))

    def _una(self, clave: ast.expr, modulo: Modulo) -> Dado:
        if isinstance(clave, ast.Constant):
            return Dado(modulo.ruta, clave.lineno, str(clave.value))
        return Dado(modulo.ruta, clave.lineno, None, ast.unparse(clave))

    def _funcion(self, modulo: Modulo, que: ast.expr) -> tuple[Modulo, ast.FunctionDef] | None:
        donde, nombre = modulo.de_quien(que) or ("", "")
        suyo = self.modulos.get(donde)
        return (suyo, suyo.funciones[nombre]) if suyo and nombre in suyo.funciones else None


def _llamadas(
    arbol: ast.AST, dentro: ast.FunctionDef | None = None
) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
    """Every call, with the function that it stands in."""
    for uno in ast.iter_child_nodes(arbol):
        if isinstance(uno, ast.Call):
            yield dentro, uno
        # What a function within a function reads is mostly of the outer one.
        here = uno if isinstance(uno, ast.FunctionDef) and dentro is None else dentro
        yield from _llamadas(uno, here)


def _salidas(funcion: ast.AST) -> Iterator[ast.expr]:
    """What a function answers; those inside it answer to it."""
    for uno in ast.iter_child_nodes(funcion):
        if isinstance(uno, ast.Return) and uno.value:
            yield uno.value
        elif not isinstance(uno, ast.FunctionDef | ast.Lambda):
            yield from _salidas(uno)


def _pasa(funcion: ast.FunctionDef | None, valor: ast.expr) -> bool:
    """Whether `valor` is the `**kwargs` of the function: its callers are read instead."""
    return (
        funcion is not None
        and funcion.args.kwarg is not None
        and isinstance(valor, ast.Name)
        and valor.id == funcion.args.kwarg.arg
    )


def _puesto(nombre: str, donde: ast.AST) -> Iterator[ast.expr]:
    """What a name is given in a function or a module, whole or a key at a time."""
    for uno in ast.walk(donde):
        match uno:
            case ast.Assign([ast.Name(id)], value) if id == nombre:
                yield value
            case ast.AnnAssign(ast.Name(id), value=ast.expr() as value) if id == nombre:
                yield value
            case ast.AugAssign(ast.Name(id), ast.BitOr(), value) if id == nombre:
                yield value
            case ast.Assign([ast.Subscript(ast.Name(id), clave)]) if id == nombre:
                yield clave


def puestos(plantilla: Path) -> Iterator[Dado]:
    """Each name that a template gives itself: `set`, `for`, and what its macros take."""
    env = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"], autoescape=True)
    for uno in env.parse(plantilla.read_text("utf-8")).find_all(nodes.Name):
        if uno.ctx != "load":
            yield Dado(plantilla, uno.lineno, uno.name)
