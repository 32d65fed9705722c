"""What a unit is."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from identidad.base import Base
from oficina.clock import real_now
from oficina.db import Identified

MIGRACION = "migracion"
"""The code of the office itself, which every municipality that runs this has."""


class Unidad(Identified, Base):
    """A department. Is closed, never deleted: what was done in it keeps its code."""

    __tablename__ = "unidades"

    codigo: Mapped[str] = mapped_column(String(40), unique=True)
    nombre: Mapped[str] = mapped_column(String(120))
    activa: Mapped[bool] = mapped_column(default=True)
    creada_en: Mapped[datetime] = mapped_column(default=real_now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
