"""What a household is, the places in it and why somebody leaves: versioned data in `hogar.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Etiquetas = Mapping[str, Mapping[str, str]]

OTRO_HOGAR, OTRO_ROL = "otro_hogar", "otro_rol"
"""Why an entry ended that another one follows; nobody chooses them."""


@dataclass(frozen=True)
class Catalogo:
    """One version. `jefatura` is the place that one member has at most."""

    version: str
    fuente: str
    definicion: Mapping[str, str]
    roles: Etiquetas
    jefatura: str
    salidas: Etiquetas
    cambios: Etiquetas

    def dice(self, idioma: str) -> str:
        """The definition in a language."""
        return self.definicion.get(idioma) or self.definicion["es"]

    def rol(self, codigo: str, idioma: str) -> str:
        """A place in a household; the code itself when it is of another version."""
        return _decir(self.roles, codigo, idioma)

    def motivo(self, codigo: str, idioma: str) -> str:
        """Why somebody's entry ended."""
        return _decir({**self.salidas, **self.cambios}, codigo, idioma)

    def opciones(self, lista: Etiquetas, idioma: str) -> Sequence[tuple[str, str]]:
        """Codes and labels to choose from, of `roles` or `salidas`."""
        return [(codigo, _decir(lista, codigo, idioma)) for codigo in lista]


@cache
def catalogo() -> Catalogo:
    """The version in force."""
    texto = (files("casos.hogares") / "hogar.json").read_text(encoding="utf-8")
    return Catalogo(**json.loads(texto))


def _decir(lista: Etiquetas, codigo: str, idioma: str) -> str:
    dicho = lista.get(codigo, {})
    return dicho.get(idioma) or dicho.get("es", codigo)
