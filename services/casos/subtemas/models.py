"""What a sub-theme is: a code of the office's own below a theme of the taxonomy."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified
from oficina.errors import Conflicto


class Subtema(Identified, Base):
    """One code. It follows the rules of `padre`, by whose code its own begins."""

    __tablename__ = "subtemas"

    codigo: Mapped[str] = mapped_column(String(40), unique=True)
    padre: Mapped[str] = mapped_column(String(40))
    etiquetas: Mapped[dict[str, str]] = mapped_column(JSON)
    creado_en: Mapped[datetime]
    creado_por: Mapped[str] = mapped_column(String(120))
    retirado_en: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def etiqueta(self, idioma: str = "es") -> str:
        """The label in a language; Spanish when that language has none."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]

    def retirar(self, ahora: datetime) -> None:
        """Offer it no more; what was recorded under it stays readable."""
        if self.retirado_en:
            raise Conflicto(_("Este subtema ya no se ofrece."))
        self.retirado_en = ahora

    def reponer(self) -> None:
        """Offer it again."""
        if not self.retirado_en:
            raise Conflicto(_("Este subtema ya se ofrece."))
        self.retirado_en = None
