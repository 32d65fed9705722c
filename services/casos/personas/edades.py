"""Age bands: what the figures keep of a birth date."""

from datetime import date
from enum import StrEnum


class RangoEtario(StrEnum):
    """Bands of age in whole years."""

    R0_5 = "0-5"
    R6_13 = "6-13"
    R14_17 = "14-17"
    R18_29 = "18-29"
    R30_44 = "30-44"
    R45_59 = "45-59"
    R60 = "60+"
    SIN_DATO = "sin_dato"


_HASTA = (
    (5, RangoEtario.R0_5),
    (13, RangoEtario.R6_13),
    (17, RangoEtario.R14_17),
    (29, RangoEtario.R18_29),
    (44, RangoEtario.R30_44),
    (59, RangoEtario.R45_59),
)


def edad(nacimiento: date, dia: date) -> int:
    """Whole years on a day."""
    aun_no = (dia.month, dia.day) < (nacimiento.month, nacimiento.day)
    return dia.year - nacimiento.year - aun_no


def rango_etario(nacimiento: date | None, dia: date) -> RangoEtario:
    """The band on a day; a birth date in the future tells nothing."""
    if nacimiento is None or nacimiento > dia:
        return RangoEtario.SIN_DATO
    anios = edad(nacimiento, dia)
    return next((rango for hasta, rango in _HASTA if anios <= hasta), RangoEtario.R60)
