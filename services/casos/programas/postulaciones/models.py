"""What an application is: verbs that guard and change, and the steps that they leave.

What somebody lacks is sensitive (Ley 19.628, situación socioeconómica): the need that was told and
what was checked are sealed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.personas.models import Persona
from casos.programas.models import Programa, RequisitosDePrograma
from casos.programas.postulaciones.reglas import reglas
from casos.programas.postulaciones.states import PASOS, Accion, Estado
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, NoPermitido, TransicionInvalida
from oficina.privacy import EncryptedText


@dataclass(frozen=True, kw_only=True)
class Comprobacion:
    """What was found of one requirement, and of which day its document is."""

    codigo: str
    cumple: bool
    documento_el: date | None = None
    nota: str = ""

    def vale(self, requisito: Mapping[str, Any], hoy: date) -> bool:
        """Whether the requirement is met, by a document that is not too old if it asks for one."""
        if not self.cumple:
            return False
        dias = requisito["dias"]
        if not dias:
            return True
        return self.documento_el is not None and (
            self.documento_el <= hoy <= self.documento_el + timedelta(days=dias)
        )


class Postulacion(Personal, Identified, Base):
    """Somebody asks a programme for a benefit.

    `requisitos_id` is the version of the requirements on the day it was handed in, `periodo_desde`
    the first day of the period against which it counts, `hogar_id`
    the household to which it was granted. `caduca_el`: its present state ends that
    day. `en_espera_desde`: it would be approved if there were money.
    """

    __tablename__ = "postulaciones"
    __table_args__ = (
        Index("ix_postulaciones_programa_id_estado", "programa_id", "estado"),
        Index("ix_postulaciones_estado_caduca_el", "estado", "caduca_el"),
    )

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    hogar_id: Mapped[UUID | None] = mapped_column(index=True)
    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"))
    requisitos_id: Mapped[UUID] = mapped_column(ForeignKey("requisitos_de_programa.id"))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.BORRADOR)
    monto_clp: Mapped[int] = mapped_column(BigInteger)
    detalle: Mapped[str | None] = mapped_column(EncryptedText("casos.postulacion.detalle"))
    comprobado: Mapped[str | None] = mapped_column(EncryptedText("casos.postulacion.comprobado"))
    periodo_desde: Mapped[date | None] = mapped_column()
    caduca_el: Mapped[date | None] = mapped_column()
    en_espera_desde: Mapped[datetime | None] = mapped_column()
    creada_en: Mapped[datetime] = mapped_column()
    creada_por_id: Mapped[UUID] = mapped_column()
    creada_por: Mapped[str] = mapped_column(String(160))
    aprobada_por_id: Mapped[UUID | None] = mapped_column()
    aprobada_por: Mapped[str] = mapped_column(String(160), default="")
    motivo_codigo: Mapped[str | None] = mapped_column(String(40))
    recurso_version: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()

    persona: Mapped[Persona] = relationship(lazy="raise")
    programa: Mapped[Programa] = relationship(lazy="raise")
    requisitos: Mapped[RequisitosDePrograma] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits from people, of this one alone."""
        return [paso for paso in PASOS[self.estado] if paso not in _APARTE]

    @property
    def comprobaciones(self) -> list[Comprobacion]:
        """What was found of each requirement."""
        escritas = json.loads(self.comprobado) if self.comprobado else []
        return [
            Comprobacion(**(una | {"documento_el": _dia(una["documento_el"])})) for una in escritas
        ]

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, self.acciones, version=self.version)
        return admitidas[accion]

    def pasar(self, accion: Accion, hoy: date) -> None:
        """Take a step; the state that follows lasts as long as the rules say."""
        self.estado = self.exigir(accion)
        self.caduca_el = reglas().caduca_el(self.estado, hoy)
        if accion is not Accion.ESPERAR:
            self.en_espera_desde = None

    def comprobar(self, halladas: Sequence[Comprobacion], hoy: date) -> None:
        """Write down what was found; a waiting one goes on waiting where it is."""
        espera = self.en_espera_desde
        self.pasar(Accion.COMPROBAR, hoy)
        self.en_espera_desde = espera
        self.comprobado = json.dumps(
            [
                asdict(una) | {"documento_el": una.documento_el and una.documento_el.isoformat()}
                for una in halladas
            ]
        )

    def faltan(self, requisitos: Sequence[Mapping[str, Any]], hoy: date) -> list[str]:
        """The requirements that are not met today."""
        halladas = {una.codigo: una for una in self.comprobaciones}
        return [
            requisito["texto"]
            for requisito in requisitos
            if requisito["codigo"] not in halladas
            or not halladas[requisito["codigo"]].vale(requisito, hoy)
        ]

    def exigir_cumplida(self, requisitos: Sequence[Mapping[str, Any]], hoy: date) -> None:
        """Raise Conflicto while a requirement is not met."""
        if faltan := self.faltan(requisitos, hoy):
            raise Conflicto(
                _("Faltan requisitos por comprobar: %(cuales)s.", cuales="; ".join(faltan)),
                faltan=faltan,
            )

    def aprobar(self, quien_id: UUID, quien: str, hoy: date, hogar_id: UUID | None = None) -> None:
        """Grant it, to the household of that day. Raises NoPermitido to whoever brought it."""
        self.exigir(Accion.APROBAR)
        if quien_id == self.creada_por_id:
            raise NoPermitido(_("La aprueba otra persona que quien la presentó."))
        self.pasar(Accion.APROBAR, hoy)
        self.aprobada_por_id, self.aprobada_por = quien_id, quien
        self.hogar_id = hogar_id

    def rechazar(self, motivo_codigo: str, hoy: date) -> None:
        """Refuse it, with what can be done against that."""
        self.pasar(Accion.RECHAZAR, hoy)
        self.motivo_codigo = motivo_codigo
        self.recurso_version = reglas().recurso_vigente

    def entregar(self, quien_id: UUID, hoy: date) -> None:
        """Hand over what was granted. Raises NoPermitido to whoever presented or approved it."""
        self.exigir(Accion.ENTREGAR)
        if quien_id in {self.creada_por_id, self.aprobada_por_id}:
            raise NoPermitido(_("La entrega otra persona que quien la presentó y quien la aprobó."))
        self.pasar(Accion.ENTREGAR, hoy)

    def vaciar(self) -> None:
        """Forget what it told of somebody; that there was one stays, for the accounts."""
        self.detalle = self.comprobado = None


class PasoDePostulacion(Identified, Base):
    """A step of an application; only ever added."""

    __tablename__ = "pasos_de_postulacion"

    postulacion_id: Mapped[UUID] = mapped_column(ForeignKey("postulaciones.id"), index=True)
    accion: Mapped[Accion | None] = mapped_column(text_enum(Accion))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado))
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.postulacion.paso"))
    actor_nombre: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()


_APARTE = frozenset({Accion.CADUCAR, Accion.RENDIR})
"""What time does, and what is done with many at once."""


def _dia(escrito: str | None) -> date | None:
    return date.fromisoformat(escrito) if escrito else None
