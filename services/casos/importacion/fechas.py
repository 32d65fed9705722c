"""Dates and ages as several hands type them.

A day comes before its month, as Chile writes. A year that nobody typed is the sheet's.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casos.importacion.vocabulario import plano, vocabulario
from casos.personas.models import PrecisionFecha
from oficina.libros import Celda
from oficina.texts import N_

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119: what lies outside is no serial day
_EDADES = range(121)
_ANIOS = range(1900, 2101)

_HORA = re.compile(r"[\sT,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:hrs?|h|[ap]\.?m\.?)?\.?$", re.I)
_ISO = re.compile(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})")
_DIA_MES_ANIO = re.compile(r"(\d{1,2})\s*[-./\s]\s*(\d{1,2})\s*[-./\s]\s*(\d{4}|\d{2})")
_DIA_MES = re.compile(r"(\d{1,2})\s*[-./]\s*(\d{1,2})")
_CON_NOMBRE = re.compile(
    r"(?:[a-z]+ )?(\d{1,2})(?:o|ro)? (?:de )?([a-z]+)(?: (?:del? )?(\d{4}|\d{2}))?"
)
_MES_PRIMERO = re.compile(r"([a-z]+) (\d{1,2})(?: (?:del? )?(\d{4}|\d{2}))?")
_ANIOS_CUMPLIDOS = re.compile(r"(\d{1,3}) ?(?:a|an|ano|anos|anios)?(?: (?:de edad|aprox\w*))?")
_MESES_CUMPLIDOS = re.compile(r"(\d{1,2}) ?(?:m|mes|meses)(?: de edad)?")


class FechaIlegible(ValueError):
    """The cell holds no date; `texto` is the message id of why."""

    def __init__(self, texto: str) -> None:
        super().__init__(texto)
        self.texto = texto


@dataclass(frozen=True)
class Nacimiento:
    """A birth date and how much of it is known."""

    fecha: date
    precision: PrecisionFecha

    @property
    def exacto(self) -> bool:
        """Whether the day itself was written."""
        return self.precision is PrecisionFecha.EXACTA


def leer_fecha(celda: Celda, anio: int | None, mes: int | None = None) -> date:
    """The day that a cell of a sheet of `anio` and `mes` tells. Raises FechaIlegible.

    A month first («01/31/2024») is only believed when it is the sheet's own month; a day alone
    («7») is one of that month.
    """
    if isinstance(celda, datetime):
        return celda.date()
    if isinstance(celda, date):
        return celda
    if isinstance(celda, float) and int(celda) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(celda))
    if anio and mes and (dia := _solo_dia(celda)):
        return _fecha(anio, mes, dia)
    if not isinstance(celda, str):
        raise FechaIlegible(N_("no es una fecha"))
    if not celda.strip():
        raise FechaIlegible(N_("falta la fecha"))
    return _leer_texto(_HORA.sub("", celda.strip()), anio, mes)


def leer_fecha_siguiente(celda: Celda, desde: date) -> date:
    """A day that follows another one, as a hand-over follows its attention. Raises FechaIlegible.

    A year that nobody typed is the one that brings it closest to `desde`.
    """
    leida = leer_fecha(celda, desde.year, desde.month)
    if not isinstance(celda, str) or re.search(r"\d{4}|\d\D+\d+\D+\d", celda):
        return leida
    cercanas = [leida.replace(year=desde.year + n) for n in (-1, 0, 1) if leida.day < 29 or not n]
    return min(cercanas, key=lambda dia: abs(dia - desde))


def leer_nacimiento(celda: Celda, atencion: date) -> Nacimiento | None:
    """A birth date, a year or an age on the day of the attention; None for nothing written.

    Raises FechaIlegible, also for a birth after the attention. An age gives an estimated year.
    """
    if isinstance(celda, str) and vocabulario().es_vacio(celda):
        return None
    nacimiento = _edad_o_anio(celda, atencion) or Nacimiento(
        _siglo_anterior(celda, leer_fecha(celda, None), atencion), PrecisionFecha.EXACTA
    )
    if nacimiento.fecha > atencion or nacimiento.fecha.year < 1900:
        raise FechaIlegible(N_("la persona nacería después de su atención"))
    return nacimiento


def mes_nombrado(texto: str) -> int | None:
    """The month that a sheet's name or a title tells, alone or among other words."""
    meses = vocabulario().meses.exactas
    return next((int(meses[p]) for p in plano(texto).split() if p in meses), None)


def anio_nombrado(texto: str) -> int | None:
    """The year that a sheet's name or a title tells."""
    hallado = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", texto)
    return int(hallado[0]) if hallado else None


def es_ajena(dia: date, anio: int) -> bool:
    """Whether a day is far from a year: a month at each end belongs to it, as registers begin."""
    return not date(anio - 1, 12, 1) <= dia <= date(anio + 1, 1, 31)


def _solo_dia(celda: Celda) -> int | None:
    texto = f"{celda:g}" if isinstance(celda, float) else str(celda).strip()
    return int(texto) if re.fullmatch(r"0?[1-9]|[12]\d|3[01]", texto) else None


def _leer_texto(texto: str, anio: int | None, mes: int | None) -> date:
    if iso := _ISO.fullmatch(texto):
        return _fecha(int(iso[1]), int(iso[2]), int(iso[3]))
    if numeros := _DIA_MES_ANIO.fullmatch(texto):
        dia, mes_leido = int(numeros[1]), int(numeros[2])
        if mes_leido > 12 and dia == mes:
            dia, mes_leido = mes_leido, dia
        return _fecha(_anio(numeros[3], anio), mes_leido, dia)
    if numeros := _DIA_MES.fullmatch(texto):
        return _fecha(_anio(None, anio), int(numeros[2]), int(numeros[1]))
    palabras = plano(texto)
    if nombre := _CON_NOMBRE.fullmatch(palabras):
        return _fecha(_anio(nombre[3], anio), _mes(nombre[2]), int(nombre[1]))
    if nombre := _MES_PRIMERO.fullmatch(palabras):
        return _fecha(_anio(nombre[3], anio), _mes(nombre[1]), int(nombre[2]))
    raise FechaIlegible(N_("no es una fecha"))


def _fecha(anio: int, mes: int, dia: int) -> date:
    try:
        return date(anio, mes, dia)
    except ValueError as error:
        raise FechaIlegible(N_("ese día no existe")) from error


def _anio(escrito: str | None, anio: int | None) -> int:
    if escrito:
        return int(escrito) if len(escrito) == 4 else 2000 + int(escrito)
    if anio is None:
        raise FechaIlegible(N_("falta el año"))
    return anio


def _mes(nombre: str) -> int:
    mes = vocabulario().meses.codigo(nombre)
    if mes is None:
        raise FechaIlegible(N_("no es una fecha"))
    return int(mes)


def _edad_o_anio(celda: Celda, atencion: date) -> Nacimiento | None:
    if isinstance(celda, str):
        texto = plano(celda)
        if meses := _MESES_CUMPLIDOS.fullmatch(texto):
            nacida = atencion - timedelta(days=int(meses[1]) * 30)
            return Nacimiento(nacida.replace(day=1), PrecisionFecha.ESTIMADA)
        if re.fullmatch(r"\d{4}", texto) and int(texto) in _ANIOS:
            return Nacimiento(date(int(texto), 1, 1), PrecisionFecha.ANIO)
        edad = _ANIOS_CUMPLIDOS.fullmatch(texto)
        numero = int(edad[1]) if edad else -1
    else:
        numero = int(celda) if isinstance(celda, float) else -1
        if numero in _ANIOS:
            return Nacimiento(date(numero, 1, 1), PrecisionFecha.ANIO)
    if numero not in _EDADES:
        return None
    return Nacimiento(date(atencion.year - numero, 1, 1), PrecisionFecha.ESTIMADA)


def _siglo_anterior(celda: Celda, leida: date, atencion: date) -> date:
    # Two digits of a year were read as of this century; nobody is born after being attended.
    dos_digitos = isinstance(celda, str) and not re.search(r"\d{4}", celda)
    if leida <= atencion or not dos_digitos:
        return leida
    return _fecha(leida.year - 100, leida.month, leida.day)
