"""What could not be read, said so that the person who wrote it finds the cell and knows why.

Texts are Spanish message ids: a page translates them, the command line and the JSON say them as
they stand.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problema:
    """One cell that says something that cannot be used.

    `fila` is the row's number in Excel, `texto` the reason, `valor` what was written when it may be
    shown back: a date or a word of the office's own, never what identifies somebody.
    """

    hoja: str
    fila: int
    campo: str
    texto: str
    valor: str = ""

    @property
    def motivo(self) -> str:
        """The reason in Spanish, with what was written."""
        return f"«{self.valor}»: {self.texto}" if self.valor else self.texto

    def como_json(self) -> dict[str, str | int]:
        """The form in which the command line prints it."""
        return {"hoja": self.hoja, "fila": self.fila, "campo": self.campo, "motivo": self.motivo}


def guardar_problemas(problemas: Iterable[Problema]) -> str:
    """Problems as one text; `leer_problemas` is its inverse."""
    return json.dumps([asdict(problema) for problema in problemas], ensure_ascii=False)


def leer_problemas(texto: str) -> list[Problema]:
    """Problems from the text that `guardar_problemas` made."""
    return [Problema(**dato) for dato in json.loads(texto)]
