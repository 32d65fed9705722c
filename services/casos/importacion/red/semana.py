"""The hours of a week as people write them in one cell: «Lunes a viernes 9-13; sábado 10-12»."""

import re
from collections.abc import Mapping

from casos.importacion.taller import partes
from casos.importacion.vocabulario import Lista, plano
from casos.red.horarios import DIAS

_PARTE = re.compile(r"\s*([^\d:]+?)\s*:?\s*(?:de\s+)?(\d.*)", re.S)
_RANGO = re.compile(r"\b(?:a|al|to|hasta)\b|(?<=\w)\s*[-–]\s*(?=\w)")
_HORA_SOLA = re.compile(r"(?<![\d:.])(\d{1,2})(?![\d:.])")


class SemanaIlegible(ValueError):
    """Nobody could say which days, or no hours follow them."""


def leer_semana(texto: str, dias: Lista) -> dict[str, str]:
    """The hours of each day, as they are written: what they mean is for the form's schema.

    Raises SemanaIlegible.
    """
    semana: dict[str, str] = {}
    for parte in partes(texto):
        hallada = _PARTE.fullmatch(parte)
        if hallada is None:
            raise SemanaIlegible(parte)
        horas = arreglar_horas(hallada[2])
        for dia in _dias(hallada[1], dias.exactas):
            semana[dia] = f"{semana[dia]}, {horas}" if dia in semana else horas
    return semana


def arreglar_horas(texto: str) -> str:
    """Hours with their minutes, and without the letters that say that they are hours."""
    sin_letras = re.sub(r"(?i)(?<=\d)\s*(?:hrs?|horas|h)\b\.?", "", texto)
    sin_letras = re.sub(r"(?i)\b(?:hasta|to)\b", "a", sin_letras)
    return _HORA_SOLA.sub(r"\1:00", sin_letras).strip()


def _dias(texto: str, palabras: Mapping[str, str]) -> list[str]:
    if plano(texto) in {"todos los dias", "every day", "diario"}:
        return list(DIAS)
    hallados: list[str] = []
    for grupo in re.split(r",|/|\by\b|\band\b", texto.casefold()):
        extremos = [palabras.get(plano(uno)) for uno in _RANGO.split(grupo) if plano(uno)]
        if not extremos or len(extremos) > 2 or None in extremos:
            raise SemanaIlegible(texto)
        primero, ultimo = (DIAS.index(str(dia)) for dia in (extremos[0], extremos[-1]))
        if ultimo < primero:
            raise SemanaIlegible(texto)
        hallados.extend(DIAS[primero : ultimo + 1])
    return hallados
