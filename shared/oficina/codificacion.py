"""In which encoding a text file of here was written, of those that do not say it themselves.

A spreadsheet writes UTF-8 when it is asked to, the encoding of Windows when it is not, and the old
ones, and what exports from them, that of MS-DOS. The last two differ in every letter with an
accent, and any file can be read as either.
"""

import re
from dataclasses import dataclass

WINDOWS, DOS = "cp1252", "cp850"
NOMBRES = {WINDOWS: "Windows-1252", DOS: "MS-DOS 850"}
"""The encodings that are guessed, as programs call them in their menus."""

_BOMS = (b"\xff\xfe", b"\xfe\xff")
_LETRAS = "áéíóúñüàèìòùâêîôûãõäëïöçåæø"
_SIGNOS = "¡¿ªº°«»·´©®±²³¼½¾×÷€•…–—‘’“”\N{NO-BREAK SPACE}"
_RARO = re.compile(
    # What nobody writes here in any of the office's languages …
    rf"[^\x00-\x7f{_LETRAS}{_LETRAS.upper()}{_SIGNOS}]"
    # … and what stands where it is not written: in the middle of a word, «Mar¡a», «JosÚ», «RAMàN».
    rf"|(?<=[A-Za-z])¡|(?<=[a-z])[{_LETRAS.upper()}]|(?<=[A-Z]{{2}})[{_LETRAS}]"
)
_PERDIDO = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Leido:
    """A text as it was read. `adivinada` is the encoding, None when the file itself says which;
    `raros` the signs of a wrong one: characters that nobody writes here, each once.
    """

    texto: str
    adivinada: str | None = None
    raros: str = ""


def leer(contenido: bytes) -> Leido:
    """UTF-16 and UTF-8 are known by their bytes; of the others, the one in which less of the file
    is odd, that of Windows when neither is more so.
    """
    if contenido.startswith(_BOMS):
        return Leido(contenido.decode("utf-16", errors="replace"))  # «texto Unicode»
    try:
        texto = contenido.decode("utf-8-sig")
    except UnicodeDecodeError:
        return min((_como(contenido, una) for una in NOMBRES), key=lambda uno: len(uno[0]))[1]
    return Leido(texto, raros=_PERDIDO if _PERDIDO in texto else "")


def _como(contenido: bytes, codificacion: str) -> tuple[list[str], Leido]:
    texto = contenido.decode(codificacion, errors="replace")
    raros: list[str] = _RARO.findall(texto)
    return raros, Leido(texto, codificacion, "".join(dict.fromkeys(raros)))
