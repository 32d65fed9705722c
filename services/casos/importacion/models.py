"""What an import is: a file on its way in, how far it came, and which rows are in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Tipo(StrEnum):
    """What a file brings."""

    ATENCIONES = "atenciones"
    PERSONAS = "personas"
    RED = "red"
    PROGRAMAS = "programas"


DE_PERSONAS = frozenset({Tipo.ATENCIONES, Tipo.PERSONAS})
"""The kinds whose rows tell of people."""


class Estado(StrEnum):
    """Where an import stands."""

    EN_REVISION = "en_revision"
    CARGANDO = "cargando"
    TERMINADA = "terminada"
    DESCARTADA = "descartada"


PASOS = {
    Estado.EN_REVISION: frozenset({Estado.CARGANDO, Estado.DESCARTADA}),
    Estado.CARGANDO: frozenset({Estado.TERMINADA}),
    Estado.TERMINADA: frozenset[Estado](),
    Estado.DESCARTADA: frozenset[Estado](),
}


class Importacion(Identified, Base):
    """A file that somebody brought.

    `leidas` rows of `filas` are done; it moves in the transaction that loads them, so it is where a
    load goes on after an interruption. `tomada_por` holds the load until `tomada_hasta` of the
    machine's clock; whoever takes it over displaces the former holder, who notices at its next
    batch.
    """

    __tablename__ = "importaciones"

    archivo: Mapped[str] = mapped_column(EncryptedText("casos.importacion.archivo"))
    huella: Mapped[str] = mapped_column(String(64), index=True)
    tipo: Mapped[Tipo] = mapped_column(
        text_enum(Tipo), default=Tipo.ATENCIONES, server_default=Tipo.ATENCIONES.value
    )
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), index=True)
    actor_id: Mapped[UUID]
    actor_nombre: Mapped[str] = mapped_column(String(120))
    creada_en: Mapped[datetime]
    terminada_en: Mapped[datetime | None]
    # When its name and what it quotes were emptied, their time having passed.
    vaciada_en: Mapped[datetime | None]
    filas: Mapped[int]
    leidas: Mapped[int] = mapped_column(default=0)
    nuevas: Mapped[int] = mapped_column(default=0)
    # What was there and says something else now; people are never changed by a file.
    cambiadas: Mapped[int] = mapped_column(default=0, server_default="0")
    ya_estaban: Mapped[int] = mapped_column(default=0)
    # JSON list of what could not be read or loaded; it quotes cells, hence encrypted.
    problemas: Mapped[str] = mapped_column(EncryptedText("casos.importacion.problemas"))
    tomada_por: Mapped[UUID | None]
    tomada_hasta: Mapped[datetime | None]

    def pasar_a(self, estado: Estado) -> None:
        """Take a step. Raises TransicionInvalida when the present state does not admit it."""
        if estado not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])
        self.estado = estado


class ArchivoImportado(Base):
    """The file itself (base64), kept until it is loaded or discarded and no longer."""

    __tablename__ = "archivos_importados"

    importacion_id: Mapped[UUID] = mapped_column(ForeignKey("importaciones.id"), primary_key=True)
    contenido: Mapped[str] = mapped_column(EncryptedText("casos.importacion.contenido"))


class FilaImportada(Base):
    """A row that is in. `clave` is a blind index of its content, so it is never in twice. One of a
    register of people has no attention.
    """

    __tablename__ = "filas_importadas"

    clave: Mapped[str] = mapped_column(String(64), primary_key=True)
    importacion_id: Mapped[UUID] = mapped_column(ForeignKey("importaciones.id"), index=True)
    atencion_id: Mapped[UUID | None] = mapped_column(ForeignKey("atenciones.id"))
    persona_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"))
    hoja: Mapped[str] = mapped_column(String(40))
    fila: Mapped[int]
