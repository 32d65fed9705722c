"""What a breach is: verbs that guard and change; each leaves a line that is never rewritten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from casos.base import Base
from casos.incidentes.states import (
    PASOS,
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    Estado,
    Falta,
    MedioDeAviso,
    Naturaleza,
    RiesgoParaPersonas,
    Sistema,
)
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida
from oficina.privacy import EncryptedText


@dataclass(frozen=True, kw_only=True)
class Clasificacion:
    """What a breach is, as far as it is known. `personas_aprox` is None while nobody knows."""

    naturalezas: list[Naturaleza]
    categorias: list[str]
    sistemas: list[Sistema]
    riesgo: RiesgoParaPersonas
    efectos: str
    personas_aprox: int | None = None


class IncidenteSeguridad(Personal, Identified, Base):
    """A breach of the security of personal data, or the suspicion of one.

    `conocido_en` is when somebody of the office noticed: the clocks run from there.
    """

    __tablename__ = "incidentes"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), index=True)
    causa: Mapped[Causa] = mapped_column(text_enum(Causa))
    relato: Mapped[str] = mapped_column(EncryptedText("casos.incidente.relato"))
    conocido_en: Mapped[datetime] = mapped_column()
    reportado_en: Mapped[datetime] = mapped_column()
    reportado_por_id: Mapped[UUID] = mapped_column(index=True)
    reportado_por: Mapped[str] = mapped_column(String(160))
    delegado_id: Mapped[UUID | None] = mapped_column()
    delegado_nombre: Mapped[str] = mapped_column(String(160), default="")
    naturalezas: Mapped[list[str]] = mapped_column(JSON, default=list)
    categorias: Mapped[list[str]] = mapped_column(JSON, default=list)
    sistemas: Mapped[list[str]] = mapped_column(JSON, default=list)
    riesgo: Mapped[RiesgoParaPersonas | None] = mapped_column(text_enum(RiesgoParaPersonas))
    efectos: Mapped[str | None] = mapped_column(EncryptedText("casos.incidente.efectos"))
    personas_aprox: Mapped[int | None] = mapped_column()
    # The version of incidentes.json under which it was classified last.
    catalogo_version: Mapped[str] = mapped_column(String(20))
    actualizado_en: Mapped[datetime] = mapped_column()
    terminado_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    pasos: Mapped[list["PasoDeIncidente"]] = relationship(
        lazy="raise", order_by="PasoDeIncidente.id"
    )
    avisos: Mapped[list["AvisoDeIncidente"]] = relationship(
        lazy="raise", order_by="AvisoDeIncidente.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    def aviso(self, destinatario: Destinatario) -> "AvisoDeIncidente | None":
        """What was decided about telling somebody, None while nothing was."""
        return next((uno for uno in self.avisos if uno.destinatario is destinatario), None)

    def abrir(self, que: Clasificacion, version: str, delegado: Actor, ahora: datetime) -> None:
        """It is a breach, and the delegate answers for it."""
        self.pasar(Accion.ABRIR, ahora)
        self.delegado_id, self.delegado_nombre = delegado.id, delegado.nombre
        self._clasificar(que, version)

    def clasificar(self, que: Clasificacion, version: str, ahora: datetime) -> None:
        """More is known of it."""
        self.pasar(Accion.CLASIFICAR, ahora)
        self._clasificar(que, version)

    def terminar(self, accion: Accion, ahora: datetime) -> None:
        """Nothing is left to do: it came to nothing, or all was done. Raises Conflicto."""
        self.pasar(accion, ahora)
        if accion is Accion.CERRAR and (faltas := self.faltas()):
            raise Conflicto(_("Todavía falta algo para cerrarlo."), faltas=sorted(faltas))
        self.terminado_en = ahora

    def reabrir(self, ahora: datetime) -> None:
        """More came to light."""
        self.pasar(Accion.REABRIR, ahora)
        self.terminado_en = None

    def faltas(self) -> frozenset[Falta]:
        """What keeps it from being closed."""
        decididos = {uno.destinatario for uno in self.avisos}
        return frozenset(
            falta
            for falta, falta_algo in (
                (Falta.MEDIDA, all(paso.accion is not Accion.MEDIDA for paso in self.pasos)),
                (Falta.DECISION, decididos != set(Destinatario)),
                (Falta.AVISO, any(uno.notificar and not uno.avisado_en for uno in self.avisos)),
            )
            if falta_algo
        )

    def pasar(self, accion: Accion, ahora: datetime) -> None:
        """Take a step that the table admits; its version grows with every one."""
        pasos = PASOS[self.estado]
        if accion not in pasos:
            raise TransicionInvalida(self.estado, pasos, version=self.version)
        self.estado, self.actualizado_en = pasos[accion], ahora
        # Also of a step that only adds: who read before it has not seen it.
        flag_modified(self, "actualizado_en")

    def _clasificar(self, que: Clasificacion, version: str) -> None:
        self.naturalezas = _codigos(que.naturalezas)
        self.categorias = _codigos(que.categorias)
        self.sistemas = _codigos(que.sistemas)
        self.riesgo, self.efectos = que.riesgo, que.efectos
        self.personas_aprox, self.catalogo_version = que.personas_aprox, version


class PasoDeIncidente(Identified, Base):
    """One line of the log of an incident; append-only. Without an action, it was reported.

    `codigo` says which: the class of a measure, whom a decision or a notice was about, the risk.
    """

    __tablename__ = "pasos_de_incidente"

    incidente_id: Mapped[UUID] = mapped_column(ForeignKey("incidentes.id"), index=True)
    accion: Mapped[Accion | None] = mapped_column(text_enum(Accion))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado))
    codigo: Mapped[str | None] = mapped_column(String(40))
    cantidad: Mapped[int | None] = mapped_column()
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.incidente.paso"))
    quien: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()

    @property
    def medida(self) -> ClaseDeMedida | None:
        """What the measure of this line is for, None when it is no measure."""
        if self.accion is not Accion.MEDIDA or self.codigo is None:
            return None
        return ClaseDeMedida(self.codigo)


class AvisoDeIncidente(Identified, Base):
    """Whether somebody is to be told of an incident, why, and when they were first told."""

    __tablename__ = "avisos_de_incidente"
    __table_args__ = (UniqueConstraint("incidente_id", "destinatario"),)

    incidente_id: Mapped[UUID] = mapped_column(ForeignKey("incidentes.id"))
    destinatario: Mapped[Destinatario] = mapped_column(text_enum(Destinatario))
    notificar: Mapped[bool] = mapped_column()
    motivo: Mapped[str] = mapped_column(EncryptedText("casos.incidente.aviso.motivo"))
    decidido_por: Mapped[str] = mapped_column(String(160))
    decidido_en: Mapped[datetime] = mapped_column()
    avisado_en: Mapped[datetime | None] = mapped_column()
    medio: Mapped[MedioDeAviso | None] = mapped_column(text_enum(MedioDeAviso))
    constancia: Mapped[str | None] = mapped_column(
        EncryptedText("casos.incidente.aviso.constancia")
    )


class PersonaDeIncidente(Identified, Base):
    """Somebody whose data an incident reached: their id and nothing else."""

    __tablename__ = "personas_de_incidente"
    __table_args__ = (UniqueConstraint("incidente_id", "persona_id"),)

    incidente_id: Mapped[UUID] = mapped_column(ForeignKey("incidentes.id"))
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    vinculada_por: Mapped[str] = mapped_column(String(160))
    vinculada_en: Mapped[datetime] = mapped_column()


def _codigos(elegidos: Iterable[str]) -> list[str]:
    """Codes as they are stored: each once, in an order that does not change."""
    return sorted({str(uno) for uno in elegidos})
