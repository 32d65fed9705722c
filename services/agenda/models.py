"""What an appointment is, and the verbs that guard it, change it and leave a fact."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from agenda.base import Base
from agenda.states import DESDE_EL_INICIO, PASOS, Accion, Estado, MotivoCancelacion, Respuesta
from oficina.audit import Personal
from oficina.clock import ZONA
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida
from oficina.events.agenda import (
    CitaAgendada,
    CitaCancelada,
    CitaInasistencia,
    CitaRealizada,
    CitaReprogramada,
    CitaRespondida,
)
from oficina.privacy import EncryptedText


class Cita(Personal, Identified, Base):
    """An appointment of one person with one professional, often about a case.

    Moments are UTC; `zona` is where a clock on the wall showed them when it was booked. The
    professional's name is kept as it was then; the person's is casos' to tell.
    """

    __tablename__ = "citas"
    __table_args__ = (
        Index("ix_citas_profesional_id_inicia_en", "profesional_id", "inicia_en"),
        Index("ix_citas_persona_id_inicia_en", "persona_id", "inicia_en"),
    )

    persona_id: Mapped[UUID] = mapped_column()
    caso_id: Mapped[UUID | None] = mapped_column(index=True)
    profesional_id: Mapped[UUID] = mapped_column()
    profesional_nombre: Mapped[str] = mapped_column(String(160))
    lugar: Mapped[str] = mapped_column(String(40))
    # The organisation of the community that it is with or about, and its name as it was then.
    organizacion_id: Mapped[UUID | None] = mapped_column(index=True)
    organizacion_nombre: Mapped[str | None] = mapped_column(
        EncryptedText("agenda.cita.organizacion")
    )
    inicia_en: Mapped[datetime] = mapped_column(index=True)
    termina_en: Mapped[datetime] = mapped_column()
    zona: Mapped[str] = mapped_column(String(40), default=ZONA.key)
    asunto: Mapped[str | None] = mapped_column(EncryptedText("agenda.cita.asunto"))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.AGENDADA)
    motivo_cancelacion: Mapped[MotivoCancelacion | None] = mapped_column(
        text_enum(MotivoCancelacion)
    )
    detalle_cancelacion: Mapped[str | None] = mapped_column(
        EncryptedText("agenda.cita.detalle_cancelacion")
    )
    # What the person answered to a reminder of this time, by which channel.
    respuesta: Mapped[Respuesta | None] = mapped_column(text_enum(Respuesta))
    respuesta_canal: Mapped[str | None] = mapped_column(String(20))
    respondida_en: Mapped[datetime | None] = mapped_column()
    reprogramaciones: Mapped[int] = mapped_column(default=0)
    creada_en: Mapped[datetime] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def agendada(self) -> CitaAgendada:
        """The fact of a new appointment."""
        return CitaAgendada(
            cita_id=self.id,
            persona_id=self.persona_id,
            caso_id=self.caso_id,
            inicia_en=self.inicia_en,
            termina_en=self.termina_en,
            lugar=self.lugar,
        )

    def reprogramar(
        self, inicia_en: datetime, termina_en: datetime, lugar: str, ahora: datetime
    ) -> CitaReprogramada:
        """Give it another time or place."""
        self._pasar(Accion.REPROGRAMAR, ahora)
        self.inicia_en, self.termina_en, self.lugar = inicia_en, termina_en, lugar
        self.reprogramaciones += 1
        self.respuesta = self.respuesta_canal = self.respondida_en = None
        return CitaReprogramada(
            cita_id=self.id,
            persona_id=self.persona_id,
            caso_id=self.caso_id,
            inicia_en=inicia_en,
            termina_en=termina_en,
            lugar=lugar,
        )

    def cancelar(
        self, motivo: MotivoCancelacion, detalle: str | None, ahora: datetime
    ) -> CitaCancelada:
        """It will not take place."""
        self._pasar(Accion.CANCELAR, ahora)
        self.motivo_cancelacion, self.detalle_cancelacion = motivo, detalle
        return CitaCancelada(
            cita_id=self.id,
            persona_id=self.persona_id,
            caso_id=self.caso_id,
            motivo_codigo=motivo.value,
        )

    def realizar(self, ahora: datetime) -> CitaRealizada:
        """The person came; refused before its time."""
        self._pasar(Accion.REALIZAR, ahora)
        return CitaRealizada(cita_id=self.id, persona_id=self.persona_id, caso_id=self.caso_id)

    def registrar_inasistencia(self, ahora: datetime) -> CitaInasistencia:
        """The person did not come; refused before its time."""
        self._pasar(Accion.INASISTENCIA, ahora)
        return CitaInasistencia(cita_id=self.id, persona_id=self.persona_id, caso_id=self.caso_id)

    def responder(
        self, respuesta: Respuesta, canal: str, inicia_en: datetime, recibida_en: datetime
    ) -> CitaRespondida | None:
        """The person answered a reminder of the time `inicia_en`; the last answer counts.

        None when it says nothing of this appointment any more: it has another time, or it is over.
        """
        if self.estado is not Estado.AGENDADA or inicia_en != self.inicia_en:
            return None
        if self.respondida_en is not None and recibida_en < self.respondida_en:
            return None
        cambia = respuesta is not self.respuesta
        self.respuesta, self.respuesta_canal = respuesta, canal
        self.respondida_en = recibida_en
        if not cambia:
            return None
        return CitaRespondida(
            cita_id=self.id,
            persona_id=self.persona_id,
            caso_id=self.caso_id,
            respuesta=respuesta.value,
        )

    def olvidar(self) -> None:
        """Forget what it was about, and with whom else; that there was one stays."""
        self.asunto = self.detalle_cancelacion = None
        self.organizacion_id = self.organizacion_nombre = None

    def acciones(self, ahora: datetime) -> frozenset[Accion]:
        """What can be done with it at this moment."""
        comenzo = ahora >= self.inicia_en
        return frozenset(
            accion for accion in PASOS[self.estado] if comenzo or accion not in DESDE_EL_INICIO
        )

    def _pasar(self, accion: Accion, ahora: datetime) -> None:
        pasos = PASOS[self.estado]
        if accion not in pasos:
            raise TransicionInvalida(self.estado, pasos)
        if accion in DESDE_EL_INICIO and ahora < self.inicia_en:
            raise Conflicto(_("La cita todavía no comienza."))
        self.estado = pasos[accion]
