"""A bulk and its rows. A row that made a message names it: it never makes another one."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from notificaciones.masivos.states import PASOS, Estado, Paso, Problema
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from oficina import clock
from oficina.actor import Actor, TipoActor
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class EnvioMasivo(Identified, Base):
    """One file of recipients and the template that they get. It keeps neither file nor name of it.

    `tomado_por` holds the work on it until `tomado_hasta` of the machine's clock; neither is of its
    version, which is of what people decide.
    """

    __tablename__ = "envios_masivos"

    plantilla: Mapped[str] = mapped_column(String(40))
    canal: Mapped[Canal | None] = mapped_column(text_enum(Canal))
    a_personas: Mapped[bool] = mapped_column()
    programado_para: Mapped[datetime | None] = mapped_column()
    filas: Mapped[int] = mapped_column()
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.REVISANDO, index=True)

    actor_id: Mapped[UUID] = mapped_column(index=True)
    actor_nombre: Mapped[str] = mapped_column(String(200))
    actor_tipo: Mapped[str] = mapped_column(String(10))
    confirmado_por: Mapped[UUID | None] = mapped_column()
    confirmado_nombre: Mapped[str | None] = mapped_column(String(200))

    creado_en: Mapped[datetime] = mapped_column()
    confirmado_en: Mapped[datetime | None] = mapped_column()
    terminado_en: Mapped[datetime | None] = mapped_column()
    # When its rows were emptied, their time having passed.
    vaciado_en: Mapped[datetime | None] = mapped_column()

    tomado_por: Mapped[UUID | None] = mapped_column()
    tomado_hasta: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def pasar(self, paso: Paso) -> None:
        """Take a step. Raises TransicionInvalida."""
        pasos = PASOS[self.estado]
        if paso not in pasos:
            raise TransicionInvalida(self.estado, pasos)
        self.estado = pasos[paso]
        if not PASOS[self.estado]:
            self.terminado_en = clock.now()

    @property
    def quien(self) -> Actor:
        """Who brought it, in whose name its messages are asked for."""
        tipo: TipoActor = "cliente" if self.actor_tipo == "cliente" else "persona"
        return Actor(self.actor_id, self.actor_nombre, frozenset(), "", tipo)


class FilaDeEnvio(Personal, Identified, Base):
    """One row: whom it names and what it says, and what became of it.

    `persona_id` is whom it names, `indice` that of where it goes; `repite` the number of the row
    that named the same before. `motivo`, `canal` and `segmentos` are as they were when it was
    looked at: the message says what became of it.
    """

    __tablename__ = "filas_de_envio"
    __table_args__ = (UniqueConstraint("envio_id", "numero"),)

    envio_id: Mapped[UUID] = mapped_column(ForeignKey("envios_masivos.id"))
    numero: Mapped[int] = mapped_column()
    datos: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.fila_de_envio.datos"))
    persona_id: Mapped[UUID | None] = mapped_column(index=True)
    indice: Mapped[str | None] = mapped_column(String(64), index=True)

    problema: Mapped[Problema | None] = mapped_column(text_enum(Problema))
    columna: Mapped[str | None] = mapped_column(String(40))
    repite: Mapped[int | None] = mapped_column()

    revisada: Mapped[bool] = mapped_column(default=False)
    motivo: Mapped[Motivo | None] = mapped_column(text_enum(Motivo))
    canal: Mapped[Canal | None] = mapped_column(text_enum(Canal))
    segmentos: Mapped[int | None] = mapped_column()

    mensaje_id: Mapped[UUID | None] = mapped_column(ForeignKey("mensajes.id"), unique=True)

    @property
    def caso_id(self) -> UUID | None:
        """It is about a person, and no case."""
        return None

    @property
    def dice(self) -> dict[str, Any]:
        """`quien`, `idioma` and `valores` as they were written; nothing once they were emptied."""
        leido: dict[str, Any] = json.loads(self.datos or "{}")
        return leido

    def apartar(self, problema: Problema, columna: str | None = None) -> None:
        """It makes no message."""
        self.problema, self.columna, self.revisada = problema, columna, True
