"""What a case is: verbs that guard and change, and the story that they leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from casos.base import Base
from casos.expedientes.states import (
    CIERRES,
    PASOS,
    TERMINADOS,
    Estado,
    MotivoCierre,
    MotivoSuspension,
    Paso,
)
from casos.hechos.models import ConCambio
from casos.personas.models import Persona
from oficina import clock
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida
from oficina.privacy import EncryptedText


class TipoCaso(StrEnum):
    """What kind of thing is followed."""

    ORIENTACION_SOCIAL = "orientacion_social"
    VULNERACION_DERECHOS = "vulneracion_derechos"
    REGULARIZACION_MIGRATORIA = "regularizacion_migratoria"
    AYUDA_SOCIAL = "ayuda_social"
    CONVIVENCIA_VECINAL = "convivencia_vecinal"
    INTEGRACION = "integracion"


class Instancia(StrEnum):
    """The two instances of the decree (line of work 4)."""

    PRIMERA = "primera"
    SEGUNDA = "segunda"


class Prioridad(StrEnum):
    """How soon."""

    NORMAL = "normal"
    ALTA = "alta"
    URGENTE = "urgente"


class Riesgo(StrEnum):
    """What an evaluation found; kept from reception and never told in a fact."""

    SIN_EVALUAR = "sin_evaluar"
    BAJO = "bajo"
    MEDIO = "medio"
    ALTO = "alto"


class Confidencialidad(StrEnum):
    """Who may know of a case, beyond whose work it is (`casos.alcance`)."""

    NORMAL = "normal"
    RESERVADO = "reservado"
    SELLADO = "sellado"


class MotivoElevacion(StrEnum):
    """Why a case goes to the second instance."""

    VULNERACION_DERECHOS = "vulneracion_derechos"
    REGULARIZACION_MIGRATORIA = "regularizacion_migratoria"
    REQUIERE_ESPECIALISTA = "requiere_especialista"
    RIESGO = "riesgo"


class ResultadoCierre(StrEnum):
    """What the person got."""

    LOGRADO = "logrado"
    PARCIAL = "parcial"
    NO_LOGRADO = "no_logrado"


class MotivoReapertura(StrEnum):
    """Why a closed case goes on."""

    NUEVO_ANTECEDENTE = "nuevo_antecedente"
    PERSONA_VUELVE = "persona_vuelve"
    CERRADO_POR_ERROR = "cerrado_por_error"


class TipoHito(StrEnum):
    """What a line of the story tells; `datos["hecho"]` says which fact of that kind."""

    ABIERTO = "abierto"
    ATENCION = "atencion"
    ORIENTACION = "orientacion"
    ELEVADO = "elevado"
    EVALUADO = "evaluado"
    ASIGNADO = "asignado"
    PRIORIDAD = "prioridad"
    SEGUIMIENTO = "seguimiento"
    SUSPENSION = "suspension"
    DENUNCIA = "denuncia"
    TAREA = "tarea"
    CIERRE_PROPUESTO = "cierre_propuesto"
    CERRADO = "cerrado"
    REABIERTO = "reabierto"
    ANULADO = "anulado"
    DERIVACION = "derivacion"
    PLAZO = "plazo"
    CITA = "cita"
    MENSAJE = "mensaje"
    EQUIPO = "equipo"
    CONFIDENCIALIDAD = "confidencialidad"
    ACCESO = "acceso"
    ADJUNTO = "adjunto"
    MEDIACION = "mediacion"
    DISCRIMINACION = "discriminacion"


@dataclass(frozen=True)
class Pendiente:
    """What of a case waits for somebody, and keeps it from ending."""

    derivaciones: int = 0
    tareas: int = 0
    denuncia: bool = False


class Quien(Protocol):
    """Whoever did it: a member of the staff, the system, or an institution."""

    @property
    def id(self) -> UUID:
        """Opaque id."""

    @property
    def nombre(self) -> str:
        """How people call them."""


class Caso(Personal, ConCambio, Identified, Base):
    """Something of a person that the office follows until it ends."""

    __tablename__ = "casos"
    __table_args__ = (
        Index("ix_casos_estado_abierto", "estado", "abierto_en"),
        Index("ix_casos_responsable_estado", "responsable_id", "estado"),
        Index("ix_casos_confidencialidad", "confidencialidad"),
    )

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    tipo: Mapped[TipoCaso] = mapped_column(text_enum(TipoCaso))
    tema: Mapped[str] = mapped_column(String(40))
    instancia: Mapped[Instancia] = mapped_column(text_enum(Instancia), default=Instancia.PRIMERA)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.ABIERTO)
    prioridad: Mapped[Prioridad] = mapped_column(text_enum(Prioridad), default=Prioridad.NORMAL)
    riesgo: Mapped[Riesgo] = mapped_column(text_enum(Riesgo), default=Riesgo.SIN_EVALUAR)
    confidencialidad: Mapped[Confidencialidad] = mapped_column(
        text_enum(Confidencialidad),
        default=Confidencialidad.NORMAL,
        server_default=Confidencialidad.NORMAL.value,
    )
    unidad: Mapped[str] = mapped_column(String(80), default="")
    responsable_id: Mapped[UUID | None]
    responsable_nombre: Mapped[str] = mapped_column(String(120), default="")
    orientaciones: Mapped[int] = mapped_column(default=0)
    abierto_en: Mapped[datetime]
    cerrado_en: Mapped[datetime | None]
    cierre_motivo: Mapped[MotivoCierre | None] = mapped_column(text_enum(MotivoCierre))
    cierre_resultado: Mapped[ResultadoCierre | None] = mapped_column(text_enum(ResultadoCierre))
    # Of a suspended one: why, and where it goes on.
    suspension_motivo: Mapped[MotivoSuspension | None] = mapped_column(text_enum(MotivoSuspension))
    estado_previo: Mapped[Estado | None] = mapped_column(text_enum(Estado))
    version: Mapped[int] = mapped_column()

    persona: Mapped[Persona] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def por_lista(self) -> bool:
        """Whether only the people named in it may read it."""
        return self.confidencialidad is not Confidencialidad.NORMAL

    @property
    def cierran_dos(self) -> bool:
        """Whether a second person must approve that it ends."""
        return self.riesgo is Riesgo.ALTO or self.por_lista

    @property
    def terminado(self) -> bool:
        """Whether nobody works on it any more."""
        return self.estado in TERMINADOS

    def pasos(self) -> frozenset[Paso]:
        """The steps that the present state admits."""
        return frozenset(PASOS[self.estado])

    def exigir(self, paso: Paso) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidos = PASOS[self.estado]
        if paso not in admitidos:
            raise TransicionInvalida(self.estado, admitidos)
        return admitidos[paso]

    def priorizar(self, prioridad: Prioridad) -> Prioridad:
        """Give it another priority; the one that it had. Raises TransicionInvalida, Conflicto when
        it is the same.
        """
        self.estado = self.exigir(Paso.PRIORIZAR)
        if prioridad is self.prioridad:
            raise Conflicto(_("El caso ya tiene esa prioridad."), estado_actual=self.estado)
        antes, self.prioridad = self.prioridad, prioridad
        return antes

    def orientar(self) -> None:
        """Count an orientation (first instance)."""
        self.estado = self.exigir(Paso.ORIENTAR)
        self.orientaciones += 1

    def elevar(self) -> None:
        """Go to the second instance, where the case is evaluated."""
        self.estado = self.exigir(Paso.ELEVAR)
        self.instancia = Instancia.SEGUNDA

    def evaluar(self, riesgo: Riesgo) -> None:
        """Take over what an evaluation found. Raises ValueError for «sin evaluar»."""
        if riesgo is Riesgo.SIN_EVALUAR:
            raise ValueError("an evaluation finds a risk")
        self.estado = self.exigir(Paso.EVALUAR)
        self.riesgo = riesgo

    def asignar(self, responsable_id: UUID, responsable_nombre: str) -> None:
        """Give the case to somebody who answers for it."""
        self.estado = self.exigir(Paso.ASIGNAR)
        self.responsable_id = responsable_id
        self.responsable_nombre = responsable_nombre

    def seguir(self, *, sin_respuesta: int) -> None:
        """Only follow what others do. Raises Conflicto while a derivation has not been answered."""
        siguiente = self.exigir(Paso.SEGUIR)
        if sin_respuesta:
            raise Conflicto(
                _("Hay derivaciones enviadas que nadie ha aceptado ni rechazado."),
                estado_actual=self.estado,
                derivaciones=sin_respuesta,
            )
        self.estado = siguiente

    def volver(self) -> None:
        """Work on it again."""
        self.estado = self.exigir(Paso.VOLVER)

    def suspender(self, motivo: MotivoSuspension, *, denuncia_pendiente: bool) -> None:
        """Work on it no more, for a while. Raises Conflicto while a report is due."""
        siguiente = self.exigir(Paso.SUSPENDER)
        self._exigir_sin_denuncia(pendiente=denuncia_pendiente)
        self.estado_previo, self.estado = self.estado, siguiente
        self.suspension_motivo = motivo

    def reanudar(self) -> None:
        """Go on where it was."""
        self.exigir(Paso.REANUDAR)
        self.estado = self.estado_previo or Estado.EN_EVALUACION
        self.estado_previo = self.suspension_motivo = None

    def anular(self, ahora: datetime, pendiente: Pendiente) -> None:
        """It should never have been opened. Raises Conflicto while somebody else works on it, or a
        report to the justice is due; its tasks end with it.
        """
        siguiente = self.exigir(Paso.ANULAR)
        self._exigir_sin_derivaciones(pendiente.derivaciones)
        self._exigir_sin_denuncia(pendiente=pendiente.denuncia)
        self.estado, self.cerrado_en = siguiente, ahora
        self.estado_previo = self.suspension_motivo = None

    def exigir_cierre(self, motivo: MotivoCierre, pendiente: Pendiente) -> Estado:
        """The state after it ends for a reason.

        Raises TransicionInvalida when the state cannot be closed, Conflicto when the reason is not
        one of this state's, nobody was oriented, or something waits for somebody.
        """
        siguiente = self.exigir(Paso.CERRAR)
        if motivo not in CIERRES[self.estado]:
            raise Conflicto(
                _("Ese motivo no corresponde al estado actual del caso."),
                estado_actual=self.estado,
                motivos_permitidos=sorted(CIERRES[self.estado]),
            )
        if motivo is MotivoCierre.RESUELTO_POR_ORIENTACION and not self.orientaciones:
            raise Conflicto(
                _("Antes de cerrarlo así, registre la orientación que recibió la persona."),
                estado_actual=self.estado,
            )
        self._exigir_sin_derivaciones(pendiente.derivaciones)
        if pendiente.tareas:
            raise Conflicto(
                _("El caso tiene tareas sin terminar."),
                estado_actual=self.estado,
                tareas=pendiente.tareas,
            )
        self._exigir_sin_denuncia(pendiente=pendiente.denuncia)
        return siguiente

    def cerrar(
        self,
        motivo: MotivoCierre,
        resultado: ResultadoCierre,
        ahora: datetime,
        pendiente: Pendiente,
        *,
        aprobado: bool = False,
    ) -> None:
        """End the case. Raises as `exigir_cierre`, and Conflicto when a second person must approve
        it and nobody has.
        """
        siguiente = self.exigir_cierre(motivo, pendiente)
        if self.cierran_dos and not aprobado:
            raise Conflicto(
                _("Este caso lo cierran dos personas: proponga el cierre y otra lo aprueba."),
                estado_actual=self.estado,
            )
        self.estado = siguiente
        self.cerrado_en = ahora
        self.cierre_motivo = motivo
        self.cierre_resultado = resultado

    def reabrir(self) -> None:
        """Go on with a closed case: it is evaluated again, in the second instance."""
        self.estado = self.exigir(Paso.REABRIR)
        self.instancia = Instancia.SEGUNDA
        self.cerrado_en = self.cierre_motivo = self.cierre_resultado = None

    def _exigir_sin_derivaciones(self, activas: int) -> None:
        if activas:
            raise Conflicto(
                _("El caso tiene derivaciones que esperan respuesta."),
                estado_actual=self.estado,
                derivaciones=activas,
            )

    def _exigir_sin_denuncia(self, *, pendiente: bool) -> None:
        if pendiente:
            raise Conflicto(
                _("Antes registre la denuncia que la ley obliga a hacer."),
                estado_actual=self.estado,
            )


class MiembroDeCaso(Identified, Base):
    """Somebody named in a case beside whoever answers for it: its team.

    Of a reserved or sealed case these and whoever answers for it are the list of who may read it.
    """

    __tablename__ = "miembros_de_caso"
    __table_args__ = (UniqueConstraint("caso_id", "funcionario_id"),)

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"))
    funcionario_id: Mapped[UUID] = mapped_column(index=True)
    nombre: Mapped[str] = mapped_column(String(120))
    desde: Mapped[datetime]


class Evaluacion(Identified, Base):
    """What a professional found in the second instance. A later one stands beside, never over.

    `instrumento` and its version say what was asked (`casos.instrumentos`), `respuestas` what was
    answered, by question; all three are None of one in free form.
    """

    __tablename__ = "evaluaciones"

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    riesgo: Mapped[Riesgo] = mapped_column(text_enum(Riesgo))
    amerita_derivacion: Mapped[bool]
    fundamento: Mapped[str] = mapped_column(EncryptedText("casos.evaluacion.fundamento"))
    instrumento: Mapped[str | None] = mapped_column(String(40))
    instrumento_version: Mapped[str | None] = mapped_column(String(20))
    respuestas_selladas: Mapped[str | None] = mapped_column(
        EncryptedText("casos.evaluacion.respuestas"), deferred=True
    )
    funcionario_id: Mapped[UUID]
    funcionario_nombre: Mapped[str] = mapped_column(String(120))
    realizada_en: Mapped[datetime]

    @property
    def respuestas(self) -> dict[str, Any]:
        """What was answered, by question. It must be loaded."""
        leidas: dict[str, Any] = json.loads(self.respuestas_selladas or "{}")
        return leidas


class Hito(Identified, Base):
    """A line of the story of a case. Rows are only ever added; ids sort by when they were told."""

    __tablename__ = "hitos"
    __table_args__ = (Index("ix_hitos_caso_id_id", "caso_id", "id"),)

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"))
    ocurrido_en: Mapped[datetime]
    tipo: Mapped[TipoHito] = mapped_column(text_enum(TipoHito))
    actor_nombre: Mapped[str] = mapped_column(String(120))
    datos: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.hito.texto"))


class HitoLeido(NamedTuple):
    """A line as it is told. Lines never change, so the session needs not watch two hundred."""

    id: UUID
    ocurrido_en: datetime
    tipo: TipoHito
    actor_nombre: str
    datos: dict[str, Any]
    texto: str | None


def anotar(
    session: Session,
    caso: Caso | UUID,
    tipo: TipoHito,
    actor: Quien,
    *,
    datos: Mapping[str, Any] | None = None,
    texto: str | None = None,
    ocurrido_en: datetime | None = None,
) -> Hito:
    """Add a line to the story of a case, in the transaction of what it tells.

    `datos` holds ids, codes and ISO moments only; what a person wrote goes into `texto`, encrypted.
    """
    hito = Hito(
        **fila_de_hito(
            caso if isinstance(caso, UUID) else caso.id, tipo, actor, datos or {}, ocurrido_en
        ),
        texto=texto or None,
    )
    session.add(hito)
    return hito


def fila_de_hito(
    caso_id: UUID,
    tipo: TipoHito,
    actor: Quien,
    datos: Mapping[str, Any],
    ocurrido_en: datetime | None,
) -> dict[str, Any]:
    """A line of a story as `write_many` takes it, for who writes many without a text."""
    return {
        "caso_id": caso_id,
        "ocurrido_en": ocurrido_en or clock.now(),
        "tipo": tipo,
        "actor_nombre": actor.nombre,
        "datos": dict(datos),
    }
