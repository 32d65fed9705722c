"""What can be asked of the rules of reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from notificaciones.reglas.calculo import Recordatorio
from notificaciones.reglas.models import Regla, VersionDeRegla
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class ReglaVigente:
    """A rule and the version of it that holds."""

    regla: Regla
    ultima: VersionDeRegla

    @property
    def clave(self) -> str:
        """Its name among rules."""
        return self.regla.clave

    @property
    def numero(self) -> int:
        """Which version holds."""
        return self.ultima.numero

    @property
    def activa(self) -> bool:
        """Whether it makes reminders."""
        return self.ultima.activa

    @property
    def version(self) -> int:
        """What its reader saw, for who changes it."""
        return self.regla.version

    @cached_property
    def dice(self) -> Recordatorio:
        """What it says."""
        return self.ultima.recordatorio


def reglas_de_cita(session: Session) -> Sequence[ReglaVigente]:
    """Every rule, what is on first, what reminds earliest first."""
    todas = [ReglaVigente(regla, ultima) for regla, ultima in session.execute(_with_last())]
    return sorted(todas, key=lambda una: (not una.activa, -una.dice.antes_horas, una.clave))


def activas(session: Session, lugar: str | None) -> Sequence[ReglaVigente]:
    """Those that remind of an appointment at a place."""
    return [una for una in reglas_de_cita(session) if una.activa and una.dice.es_para(lugar)]


def regla_por_clave(session: Session, clave: str) -> ReglaVigente:
    """One; raises NoEncontrado."""
    hallada = session.execute(_with_last().where(Regla.clave == clave)).first()
    if hallada is None:
        raise NoEncontrado
    return ReglaVigente(*hallada)


def versiones(session: Session, regla: Regla) -> Sequence[VersionDeRegla]:
    """Everything that it said, the newest first."""
    return session.scalars(
        select(VersionDeRegla)
        .where(VersionDeRegla.regla_id == regla.id)
        .order_by(VersionDeRegla.numero.desc())
    ).all()


def version_de(session: Session, clave: str | None, numero: int | None) -> VersionDeRegla | None:
    """The version that asked for a message; None when no rule did, or none of these."""
    if clave is None or numero is None:
        return None
    return session.scalar(
        select(VersionDeRegla)
        .join(Regla, Regla.id == VersionDeRegla.regla_id)
        .where(Regla.clave == clave, VersionDeRegla.numero == numero)
    )


def _with_last() -> Select[Regla, VersionDeRegla]:
    return select(Regla, VersionDeRegla).join(
        VersionDeRegla,
        and_(VersionDeRegla.regla_id == Regla.id, VersionDeRegla.numero == Regla.numero),
    )


def plantillas_de_reglas(session: Session) -> frozenset[str]:
    """The keys of the templates with which people are reminded."""
    return frozenset(una.dice.plantilla for una in reglas_de_cita(session))
