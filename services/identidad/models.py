"""What identidad knows: the staff, their sessions, and the clients of the API."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from identidad.base import Base
from identidad.enlaces.models import EnlaceDeCuenta, FichaDeEnlace
from identidad.federacion.models import VinculoFederado
from identidad.segundo_factor.models import CodigoDeRecuperacion, SegundoFactor
from identidad.unidades.models import Unidad
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Identified
from oficina.privacy import EncryptedText, blind_index

__all__ = [
    "Base",
    "ClienteApi",
    "CodigoDeRecuperacion",
    "EnlaceDeCuenta",
    "FichaDeEnlace",
    "Funcionario",
    "Rol",
    "SecretoDeCliente",
    "SegundoFactor",
    "Sesion",
    "Unidad",
    "VinculoFederado",
]

# Sessions live on the machine's clock.
INACTIVIDAD = timedelta(hours=8)
DURACION = timedelta(hours=12)
# A session that is in use is marked no more often than this, so that renewals seldom write.
MARCA_DE_USO = timedelta(minutes=5)


def indice_run(run: str) -> str:
    """What a normalised RUN is found again by."""
    return blind_index("identidad.funcionario.run", run)


class Rol(StrEnum):
    """What a person does at the office; permissions are given to roles, never to people."""

    RECEPCION = "recepcion"
    PROFESIONAL = "profesional"
    COORDINACION = "coordinacion"
    ENCARGADO_PROGRAMA = "encargado_programa"
    CONTRAPARTE_UNIDAD = "contraparte_unidad"
    CAPACITACION = "capacitacion"
    ANALISTA = "analista"
    AUDITOR = "auditor"
    DELEGADO_DATOS = "delegado_datos"
    ADMINISTRADOR = "administrador"


class Funcionario(Identified, Base):
    """Somebody who works at the office. Is deactivated, never deleted: cases keep their name.

    Who was invited and has not chosen a password yet has no `clave_hash`, and cannot enter.
    """

    __tablename__ = "funcionarios"

    usuario: Mapped[str] = mapped_column(String(40), unique=True)
    nombre: Mapped[str] = mapped_column(String(120))
    correo: Mapped[str] = mapped_column(String(254))
    clave_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    unidad: Mapped[str] = mapped_column(String(80), default="")
    idioma: Mapped[str] = mapped_column(String(5), default="es")
    activo: Mapped[bool] = mapped_column(default=True)
    run: Mapped[str | None] = mapped_column(EncryptedText("identidad.funcionario.run"))
    run_indice: Mapped[str | None] = mapped_column(String(64), index=True)
    creado_en: Mapped[datetime] = mapped_column(default=real_now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def fijar_run(self, run: str) -> None:
        """The RUN, normalised, by which ClaveÚnica knows them; an empty one is none."""
        self.run = run or None
        self.run_indice = indice_run(run) if run else None

    @property
    def tiene_clave(self) -> bool:
        """Whether its person, or somebody for them, has set a password."""
        return bool(self.clave_hash)

    def actor(self) -> Actor:
        """The subject of what this person does."""
        return Actor(
            id=self.id,
            nombre=self.nombre,
            roles=frozenset(self.roles),
            unidad=self.unidad,
            tipo="persona",
        )


class Sesion(Identified, Base):
    """From signing in to signing out: 8 hours without use, 12 in all, or until it is ended."""

    __tablename__ = "sesiones"

    funcionario_id: Mapped[UUID] = mapped_column(ForeignKey("funcionarios.id"), index=True)
    creada_en: Mapped[datetime]
    vista_en: Mapped[datetime]
    terminada_en: Mapped[datetime | None]
    con_factor: Mapped[bool] = mapped_column(default=False)
    direccion: Mapped[str] = mapped_column(String(45), default="")
    navegador: Mapped[str] = mapped_column(String(200), default="")

    funcionario: Mapped[Funcionario] = relationship(lazy="raise")

    def vigente(self, ahora: datetime) -> bool:
        """Whether it still stands."""
        return (
            self.terminada_en is None
            and ahora - self.vista_en < INACTIVIDAD
            and ahora - self.creada_en < DURACION
        )

    def requiere_marca(self, ahora: datetime) -> bool:
        """Whether its last use is old enough to be written down again."""
        return ahora - self.vista_en >= MARCA_DE_USO

    def terminar(self, ahora: datetime) -> None:
        """End it; one that has ended stays as it was."""
        self.terminada_en = self.terminada_en or ahora


class ClienteApi(Identified, Base):
    """A program that calls the API with secrets of its own, of which only hashes are kept.

    It does what its roles allow, narrowed to `alcances` when there are any. `secreto_hash` is what
    a version before this one looks at.
    """

    __tablename__ = "clientes_api"

    client_id: Mapped[str] = mapped_column(String(60), unique=True)
    nombre: Mapped[str] = mapped_column(String(120))
    secreto_hash: Mapped[str] = mapped_column(String(64), default="")
    roles: Mapped[list[str]] = mapped_column(JSON)
    alcances: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    unidad: Mapped[str] = mapped_column(String(80), default="")
    activo: Mapped[bool] = mapped_column(default=True)
    creado_en: Mapped[datetime] = mapped_column(default=real_now)
    version: Mapped[int] = mapped_column()

    secretos: Mapped[list["SecretoDeCliente"]] = relationship(
        lazy="raise", order_by="SecretoDeCliente.id", back_populates="cliente"
    )

    __mapper_args__ = {"version_id_col": version}

    def actor(self) -> Actor:
        """The subject of what this program does."""
        return Actor(
            id=self.id,
            nombre=self.nombre,
            roles=frozenset(self.roles),
            unidad=self.unidad,
            tipo="cliente",
            alcances=None if self.alcances is None else frozenset(self.alcances),
        )


class SecretoDeCliente(Identified, Base):
    """A secret of a program: two may stand while one replaces the other."""

    __tablename__ = "secretos_de_cliente"

    cliente_id: Mapped[UUID] = mapped_column(ForeignKey("clientes_api.id"), index=True)
    secreto_hash: Mapped[str] = mapped_column(String(64))
    creado_en: Mapped[datetime]
    usado_en: Mapped[datetime | None]
    revocado_en: Mapped[datetime | None]

    cliente: Mapped[ClienteApi] = relationship(lazy="raise", back_populates="secretos")

    @property
    def vigente(self) -> bool:
        """Whether the program may sign in with it."""
        return self.revocado_en is None and self.cliente.activo
