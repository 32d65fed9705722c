"""What the plans of all directories do alike: gather what several rows say of one thing, read its
cells with the schema of its form, and tell what would change.

The rules are the form's: its schema says what is right, and a cell says no more than a field does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from casos.etiquetas import etiqueta
from casos.importacion.fechas import FechaIlegible, leer_fecha
from casos.importacion.pliego import Cambio, Hecho, Plan
from casos.importacion.tabla import Renglon
from casos.importacion.vocabulario import plano
from oficina.web.i18n import fecha, language
from oficina.web.messages import flatten

_NADA: tuple[Any, ...] = (None, "", [], (), {})
_MUESTRA = 300


@dataclass(frozen=True)
class Dicho:
    """What the rows say of one thing: `de`, by column, the row that says it; `primera`, the first
    that speaks of it at all.
    """

    primera: Renglon
    de: Mapping[str, Renglon]

    def texto(self, campo: str) -> str:
        """What is written; empty when nothing is."""
        return self.de[campo].texto(campo) if campo in self.de else ""


class Taller:
    """Where one plan is made."""

    def __init__(self) -> None:
        self.plan = Plan()

    def unir(self, renglones: Iterable[Renglon], campos: Iterable[str]) -> Dicho:
        """What these rows say together; two that contradict each other are wrong."""
        filas = list(renglones)
        de: dict[str, Renglon] = {}
        for campo in campos:
            for fila in filas:
                if not fila.dice(campo):
                    continue
                antes = de.setdefault(campo, fila)
                if plano(antes.texto(campo)) != plano(fila.texto(campo)):
                    motivo = _("dice otra cosa que la fila %(fila)s", fila=antes.numero)
                    self.plan.mal(fila.mal(campo, motivo))
        return Dicho(filas[0], de)

    def palabra(self, dicho: Dicho, campo: str) -> str | None:
        """The code of a cell whose words are a list; what is none is wrong."""
        return self.codigo(dicho, campo, dicho.texto(campo))

    def codigo(self, dicho: Dicho, campo: str, texto: str) -> str | None:
        """The code of one of the words of a cell."""
        lista = dicho.primera.esquema.lista(campo)
        codigo = lista.codigo(texto) if texto and lista else None
        if texto and codigo is None:
            admitidas = dicho.primera.esquema.admitidas(campo, language())
            motivo = _(
                "no reconocemos lo escrito; se admite: %(cuales)s", cuales=", ".join(admitidas)
            )
            self.mal(dicho, campo, motivo, texto)
        return codigo

    def si_o_no(self, dicho: Dicho, campo: str) -> bool | None:
        """Yes, no, or nothing."""
        codigo = self.palabra(dicho, campo)
        return None if codigo is None else codigo == "si"

    def dia(self, dicho: Dicho, campo: str) -> str | None:
        """A day, as a schema reads it."""
        if campo not in dicho.de:
            return None
        try:
            return leer_fecha(dicho.de[campo].celdas[campo], None).isoformat()
        except FechaIlegible as error:
            self.mal(dicho, campo, _(error.texto), dicho.texto(campo))
            return None

    def mal(self, dicho: Dicho, campo: str, texto: str, valor: str = "") -> None:
        """Say that a cell is wrong, in the row that says it or else in the first."""
        self.plan.mal(dicho.de.get(campo, dicho.primera).mal(campo, texto, valor))

    def leer(
        self, schema: Schema, valores: Mapping[str, Any], dicho: Dicho, columnas: Mapping[str, str]
    ) -> Any | None:
        """What the schema makes of these values; None when it refuses any, which is then told
        beside its column, unless what is written there was refused already. `columnas`: the column
        of each field of the schema.
        """
        rechazadas = {(uno.hoja, uno.fila, uno.campo) for uno in self.plan.problemas}
        presentes = {campo: valor for campo, valor in valores.items() if valor is not None}
        try:
            return schema.load(presentes)
        except ValidationError as error:
            for camino, motivos in flatten(error.messages).items():
                columna = columnas.get(camino.split(".", maxsplit=1)[0], camino or "fila")
                escrita = dicho.de.get(columna)
                if escrita and (escrita.hoja, escrita.numero, columna) in rechazadas:
                    continue
                for motivo in motivos:
                    self.mal(dicho, columna, motivo)
            return None


def cambios(
    antes: Mapping[str, Any], despues: Mapping[str, Any], columnas: Mapping[str, str]
) -> list[Cambio]:
    """The fields that would say something else; nothing said and nothing written are the same."""
    return [
        Cambio(columna, decir(antes.get(campo)), decir(despues[campo]))
        for campo, columna in columnas.items()
        if campo in despues and not _igual(antes.get(campo), despues[campo])
    ]


def hecho(distintos: Sequence[Cambio], *, nueva: bool) -> Hecho:
    """What becomes of something."""
    if nueva:
        return Hecho.NUEVA
    return Hecho.CAMBIA if distintos else Hecho.IGUAL


def decir(valor: Any) -> str:  # noqa: PLR0911  a line a kind of value
    """A value as people read it."""
    if valor in _NADA:
        return ""
    if isinstance(valor, bool):
        return str(_("Sí") if valor else _("No"))
    if isinstance(valor, StrEnum):
        return etiqueta(valor)
    if isinstance(valor, date):
        return fecha(valor)
    if isinstance(valor, Mapping):
        return "; ".join(f"{clave}: {decir(uno)}" for clave, uno in valor.items())
    if isinstance(valor, Sequence) and not isinstance(valor, str):
        return ", ".join(decir(uno) for uno in valor)
    return str(valor)[:_MUESTRA]


def partes(texto: str) -> list[str]:
    """What is written one a line, or one after a «;»."""
    return [parte for uno in texto.replace("\n", ";").split(";") if (parte := uno.strip())]


def _igual(uno: Any, otro: Any) -> bool:
    if uno in _NADA and otro in _NADA:
        return True
    if isinstance(uno, Sequence) and isinstance(otro, Sequence) and not isinstance(uno, str):
        return list(uno) == list(otro)
    return bool(uno == otro)
