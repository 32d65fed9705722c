"""The public holidays of Chile by year, as the library `holidays` reckons them.

What the library says of the years that an office works with is kept in `feriados.json`, with its
version: it weighs more in memory than a whole service, and is asked for little. Other years are
asked of it.

python -m oficina.feriados check    fails when the file and the library no longer say the same
python -m oficina.feriados write    makes the file say what the library says
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

ANIOS = range(2010, 2051)
"""From the oldest register of attentions to the longest term of keeping."""

_NOMBRE = "feriados.json"


def del_anio(anio: int) -> dict[date, str]:
    """The holidays of a year with their Spanish names, the first of the year first."""
    dias = _guardados()["anios"].get(str(anio))
    if dias is None:
        dias = _de_la_biblioteca(anio)
    return {date.fromisoformat(dia): nombre for dia, nombre in dias.items()}


def traducido(nombre: str, idioma: str) -> str:
    """The name of a holiday in a language (ISO 639-1); in Spanish where it has none in that one."""
    en_este: Mapping[str, str] = _guardados()["nombres"].get(idioma, {})
    return en_este.get(nombre, nombre)


@cache
def _guardados() -> Mapping[str, Any]:
    guardados: Mapping[str, Any] = json.loads(
        (files("oficina") / _NOMBRE).read_text(encoding="utf-8")
    )
    return guardados


def _de_la_biblioteca(anio: int, idioma: str = "es") -> dict[str, str]:
    import holidays  # noqa: PLC0415  weighs more than what it is asked for here

    tabla = holidays.country_holidays("CL", years=anio, categories=("public",), language=idioma)
    return {dia.isoformat(): nombre for dia, nombre in sorted(tabla.items())}


def _nombres(en: str) -> dict[str, str]:
    """By the Spanish name of each holiday, its name in a language of the library's."""
    return {
        nombre: traducidos[dia]
        for anio in ANIOS
        for traducidos in [_de_la_biblioteca(anio, en)]
        for dia, nombre in _de_la_biblioteca(anio).items()
    }


def _texto() -> str:
    documento = {
        "fuente": f"holidays {version('holidays')}: Chile, feriados legales (no bancarios)",
        "nombres": {"en": _nombres("en_US")},
        "anios": {str(anio): _de_la_biblioteca(anio) for anio in ANIOS},
    }
    return json.dumps(documento, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """The command line; 0 when all is well."""
    path = Path(__file__).with_name(_NOMBRE)
    if arguments == ["write"]:
        path.write_text(_texto(), encoding="utf-8")
        return 0
    if arguments == ["check"]:
        if path.read_text(encoding="utf-8") == _texto():
            return 0
        sys.stderr.write(
            f"{_NOMBRE} is not what the library says. Run `python -m oficina.feriados write`.\n"
        )
        return 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
