"""A cell of a sheet or of a CSV as its variable may be read from it."""

import re
from datetime import date, datetime, time, timedelta

from notificaciones.plantillas.catalogo import Tipo
from notificaciones.plantillas.motor import Variable
from notificaciones.plantillas.previa import ejemplo_de

Celda = str | int | float | bool | date | time | datetime | timedelta

_DE_DIA = frozenset({Tipo.FECHA, Tipo.FECHA_LARGA})
_DIA = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_HORA = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


def escrito(celda: Celda, tipo: Tipo = Tipo.TEXTO) -> str:
    """What the cell says, in the form in which a variable of that type is given; as it is when it
    has no such form.
    """
    if isinstance(celda, bool):
        return str(celda)
    if isinstance(celda, float) and celda.is_integer():
        celda = int(celda)
    if isinstance(celda, datetime):
        celda = celda.time() if tipo is Tipo.HORA else celda.date()
    if isinstance(celda, date):
        return celda.isoformat()
    if isinstance(celda, timedelta):
        minutos = round(celda.total_seconds() / 60)
        return f"{minutos // 60:02d}:{minutos % 60:02d}"
    if isinstance(celda, time):
        return f"{celda:%H:%M}"
    return _de_texto(str(celda).replace("\r\n", "\n").strip(), tipo)


def como_se_escribe(variable: Variable) -> str:
    """An example of a variable as people here write it in a cell."""
    ejemplo = ejemplo_de(variable)
    if variable.tipo in _DE_DIA and not variable.ejemplo:
        return f"{date.fromisoformat(ejemplo):%d-%m-%Y}"
    return ejemplo


def _de_texto(texto: str, tipo: Tipo) -> str:
    """Days and hours as people here write them."""
    if tipo in _DE_DIA and (dia := _DIA.fullmatch(texto)):
        return f"{dia[3]}-{int(dia[2]):02d}-{int(dia[1]):02d}"
    if tipo is Tipo.HORA and (hora := _HORA.fullmatch(texto)):
        return f"{int(hora[1]):02d}:{hora[2]}"
    return texto
