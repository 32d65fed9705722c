"""Months as the office writes them: `2024-05`."""

from dataclasses import dataclass
from datetime import date
from typing import Self

PRIMER_ANIO, ULTIMO_ANIO = 1900, 2100


@dataclass(frozen=True, order=True)
class Mes:
    """A month of a year."""

    anio: int
    mes: int

    @classmethod
    def de(cls, anio: int, mes: int) -> Self:
        """A month that the office may have worked in. Raises ValueError."""
        if not (PRIMER_ANIO <= anio <= ULTIMO_ANIO and 1 <= mes <= 12):
            raise ValueError("there is no such month")
        return cls(anio, mes)

    @classmethod
    def leer(cls, clave: str) -> Self:
        """The month of a key. Raises ValueError."""
        anio, _, mes = clave.partition("-")
        if len(anio) != 4 or len(mes) != 2:
            raise ValueError("a month is written YYYY-MM")
        return cls.de(int(anio), int(mes))

    @property
    def clave(self) -> str:
        """`2024-05`; sorts by time."""
        return f"{self.anio:04d}-{self.mes:02d}"

    @property
    def anterior(self) -> "Mes":
        """The month before."""
        return Mes(self.anio - 1, 12) if self.mes == 1 else Mes(self.anio, self.mes - 1)

    @property
    def primer_dia(self) -> date:
        """Its first day."""
        return date(self.anio, self.mes, 1)
