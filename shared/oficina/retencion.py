"""How long each class of data is kept, and its forgetting: by itself, in small steps, certified.

The periods are versioned data (`retencion.json`), one table for the whole office; what each service
does about its classes is in its `retencion.py`. What is forgotten is written into a certificate in
the transaction that forgets it: there is no erasure without its line. A certificate that is closed
carries a hash of what it says and of the one before it, so that none can be changed or left out
unseen.

On the machine's clock, and not while the office tries out another day: what has the date of that
day would be forgotten too early or never.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import JSON, Index, Select, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import real_now
from oficina.db import Database, Identified, OficinaBase, hold, uuid7
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.settings import Settings

DIARIO = 24 * 3600.0
LOTE = 200


class Accion(StrEnum):
    """What becomes of data whose time has passed."""

    BORRAR = "borrar"
    ANONIMIZAR = "anonimizar"
    PROPONER = "proponer"  # a person is told, and decides
    APARTE = "aparte"  # a sweep of its own does it; its source names it
    CONSERVAR = "conservar"


@dataclass(frozen=True, kw_only=True)
class Periodo:
    """How long a class is kept, since what, and what happens then."""

    clase: str
    que: Mapping[str, str]
    accion: Accion
    desde: Mapping[str, str]
    fuente: str
    confirmado: bool
    """By the legal department."""
    dias: int | None = None
    ajuste: str | None = None
    """The setting that says how many days, when it is the installation's to say."""

    @property
    def servicio(self) -> str:
        """Whose it is; `todos` when each service has it."""
        return self.clase.partition(".")[0]

    def en_dias(self, settings: Settings) -> int | None:
        """The days that hold in this installation; None when there is no end."""
        if self.ajuste is None:
            return self.dias
        return {
            "ACOGIDA_OUTBOX_DIAS": settings.outbox_dias,
            "ACOGIDA_INBOX_DIAS": settings.inbox_dias,
        }[self.ajuste]

    def limite(self, ahora: datetime) -> datetime:
        """What began its time before this moment is past its period."""
        if self.dias is None:
            raise ValueError(f"{self.clase} has no end")
        return ahora - timedelta(days=self.dias)


@dataclass(frozen=True)
class Periodos:
    """One version of the table."""

    version: str
    fuente: str
    clases: Mapping[str, Periodo]


@cache
def periodos() -> Periodos:
    """The version in force."""
    datos = json.loads((files("oficina") / "retencion.json").read_text(encoding="utf-8"))
    clases = {
        clase: Periodo(clase=clase, **{**dicho, "accion": Accion(dicho["accion"])})
        for clase, dicho in datos["clases"].items()
    }
    return Periodos(datos["version"], datos["fuente"], clases)


class Certificado(Identified, OficinaBase):
    """What was forgotten in one go: how many of each class, under which rules. Open until its end.

    `borrado` is `{clase: {"accion", "cantidad", "hasta"}}`; nothing of what was forgotten.
    """

    __tablename__ = "certificados_de_borrado"
    __table_args__ = (
        # One at a time is open.
        Index(
            "uq_certificados_de_borrado_abierto",
            "servicio",
            unique=True,
            sqlite_where=text("cerrado_en IS NULL"),
            postgresql_where=text("cerrado_en IS NULL"),
        ),
    )

    servicio: Mapped[str] = mapped_column(String(20))
    reglas_version: Mapped[str] = mapped_column(String(20))
    iniciado_en: Mapped[datetime] = mapped_column(default=real_now)
    cerrado_en: Mapped[datetime | None]
    borrado: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    anterior: Mapped[str] = mapped_column(String(64), default="")
    """The hash of the one that was closed before."""
    asunto: Mapped[str | None] = mapped_column(String(80))
    """What asked for it, when it was no period: the erasure of somebody, by its id."""
    huella: Mapped[str | None] = mapped_column(String(64))

    @property
    def total(self) -> int:
        """How many things, of all classes."""
        return sum(linea["cantidad"] for linea in self.borrado.values())

    def sumar(self, periodo: Periodo, cantidad: int, hasta: datetime) -> None:
        """Write down that so many more of a class are gone."""
        linea = self.borrado.get(periodo.clase, {"cantidad": 0})
        linea = {
            "accion": periodo.accion.value,
            "cantidad": linea["cantidad"] + cantidad,
            "hasta": hasta.isoformat(timespec="seconds"),
        }
        # Another object: a change inside of the old one would not be seen.
        self.borrado = {**self.borrado, periodo.clase: linea}

    def cerrar(self, ahora: datetime, anterior: str) -> None:
        """Nothing is added any more."""
        self.cerrado_en, self.anterior = ahora, anterior
        self.huella = self.calculada()

    def dicho(self) -> dict[str, Any]:
        """What it certifies, as JSON."""
        said = {
            "id": str(self.id),
            "servicio": self.servicio,
            "reglas_version": self.reglas_version,
            "iniciado_en": self.iniciado_en.isoformat(timespec="microseconds"),
            "cerrado_en": self.cerrado_en and self.cerrado_en.isoformat(timespec="microseconds"),
            "borrado": self.borrado,
            "anterior": self.anterior,
        }
        # Those of periods say what they always said.
        return said if self.asunto is None else said | {"asunto": self.asunto}

    def calculada(self) -> str:
        """The hash of what it says now."""
        said = json.dumps(self.dicho(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


Vencidos = Callable[[datetime], Select[Any]]
"""The ids of what began its time before a moment and is not forgotten yet."""
Olvidar = Callable[[Session, Sequence[Any]], int]
"""Forgets these; how many it was in the end, for somebody may have come before."""


class Retencion:
    """What a service does about the classes of its own data."""

    def __init__(self, servicio: str) -> None:
        self.servicio = servicio
        self.vencidos: dict[str, Vencidos] = {}
        self._olvidar: dict[str, Olvidar] = {}

    def clase(self, clase: str, vencidos: Vencidos) -> Callable[[Olvidar], Olvidar]:
        """Decorator: forgets these ids of a class, in the transaction that it is given."""

        def register(olvidar: Olvidar) -> Olvidar:
            self.vencidos[clase] = vencidos
            self._olvidar[clase] = olvidar
            return olvidar

        return register

    def propone(self, clase: str, vencidos: Vencidos) -> None:
        """A class of which somebody is told."""
        self.vencidos[clase] = vencidos

    def registrar_en(self, jobs: Jobs) -> None:
        """Put the daily job on the service's list."""

        @jobs.sweep(every=DIARIO)
        def olvidar_lo_vencido(env: Env) -> None:
            """Forget what is past its period, but not in an office that tries out another day."""
            if env.settings.fecha is None:
                self.aplicar(env.db)

    def simular(self, db: Database, ahora: datetime | None = None) -> dict[str, int]:
        """How many things of each class are past their period now; nothing is done."""
        ahora = ahora or real_now()
        with db.read() as session:
            return {clase: self._cuantos(session, clase, ahora) for clase in self.vencidos}

    def aplicar(self, db: Database, ahora: datetime | None = None) -> Certificado | None:
        """Forget all that is past its period; the certificate, None when there was nothing.

        May be killed at any line: the next time goes on with the same certificate.
        """
        ahora = ahora or real_now()
        for clase in self._olvidar:
            while self._lote(db, clase, ahora):
                pass
        with db.begin() as session:
            return self._cerrar(session)

    def _cuantos(self, session: Session, clase: str, ahora: datetime) -> int:
        vencidos = self.vencidos[clase](periodos().clases[clase].limite(ahora))
        return session.scalar(select(func.count()).select_from(vencidos.subquery())) or 0

    def _lote(self, db: Database, clase: str, ahora: datetime) -> bool:
        """Some of a class, with their line in the certificate; whether there may be more."""
        periodo = periodos().clases[clase]
        limite = periodo.limite(ahora)
        query = self.vencidos[clase](limite).limit(LOTE)
        with db.read() as session:
            if session.scalar(query) is None:
                return False
        with db.begin() as session:
            # Held until the commit: of two that forget at the same time one waits for the other.
            certificado = self._abierto(session)
            ids = session.scalars(query).all()
            cuantos = self._olvidar[clase](session, ids) if ids else 0
            if cuantos:
                certificado.sumar(periodo, cuantos, limite)
        return cuantos > 0

    def _abierto(self, session: Session) -> Certificado:
        certificado = session.scalar(_ABIERTO)
        if certificado is None:
            certificado = Certificado(
                servicio=self.servicio, reglas_version=periodos().version, borrado={}
            )
            session.add(certificado)
            session.flush()
        return certificado

    def _cerrar(self, session: Session) -> Certificado | None:
        certificado = session.scalar(_ABIERTO)
        if certificado is None:
            return None
        if not certificado.total:
            session.delete(certificado)
            return None
        _encadenar(session, certificado)
        registrar(
            session,
            Actor.sistema(self.servicio),
            "retencion.olvidar",
            "certificado",
            certificado.id,
            cantidad=certificado.total,
        )
        return certificado


def certificar(
    session: Session, servicio: str, asunto: str, borrado: Mapping[str, int], reglas_version: str
) -> Certificado:
    """A closed certificate of what is anonymised in this transaction because somebody asked for it,
    in the one chain of the service. `asunto` is an id, never a name.
    """
    certificado = Certificado(
        id=uuid7(),
        servicio=servicio,
        asunto=asunto,
        reglas_version=reglas_version,
        iniciado_en=real_now(),
        borrado={
            clase: {
                "accion": Accion.ANONIMIZAR.value,
                "cantidad": cantidad,
                "hasta": real_now().isoformat(timespec="seconds"),
            }
            for clase, cantidad in sorted(borrado.items())
        },
    )
    _encadenar(session, certificado)
    session.add(certificado)
    session.flush()
    return certificado


def _encadenar(session: Session, certificado: Certificado) -> None:
    """Close it after the one that was closed last, of which nobody closes another meanwhile."""
    hold(session, f"certificados/{certificado.servicio}")
    ultimo = session.scalars(_CERRADOS.limit(1)).first()
    certificado.cerrar(real_now(), (ultimo.huella or "") if ultimo else "")


_CERRADOS = (
    select(Certificado)
    .where(Certificado.cerrado_en.is_not(None))
    .order_by(Certificado.cerrado_en.desc(), Certificado.id.desc())
)
_ABIERTO = select(Certificado).where(Certificado.cerrado_en.is_(None)).with_for_update()


def certificados(session: Session) -> Sequence[Certificado]:
    """The closed ones, the newest first."""
    return session.scalars(_CERRADOS).all()


def alterados(found: Sequence[Certificado]) -> list[Certificado]:
    """Of the closed certificates, newest first, those that do not say what they said, or whose
    predecessor is not there."""
    wrong = []
    for number, one in enumerate(found):
        before = found[number + 1].huella if number + 1 < len(found) else ""
        if one.huella != one.calculada() or one.anterior != before:
            wrong.append(one)
    return wrong
