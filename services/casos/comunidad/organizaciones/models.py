"""What an organisation of migrants is: verbs that guard and change."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.comunidad.organizaciones.states import PASOS, Accion, Estado
from casos.hechos.models import ConCambio
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida
from oficina.privacy import EncryptedText


class TipoOrganizacion(StrEnum):
    """What kind of body it is."""

    COMUNITARIA = "comunitaria"
    ASOCIACION = "asociacion"
    FUNDACION = "fundacion"
    CULTURAL = "cultural"
    DEPORTIVA = "deportiva"
    RELIGIOSA = "religiosa"
    DE_HECHO = "de_hecho"


class RegistroPersonalidad(StrEnum):
    """Where its legal personality is written down."""

    MUNICIPAL = "municipal"
    NACIONAL = "nacional"
    RELIGIOSO = "religioso"


class Cargo(StrEnum):
    """A post of a board."""

    PRESIDENCIA = "presidencia"
    VICEPRESIDENCIA = "vicepresidencia"
    SECRETARIA = "secretaria"
    TESORERIA = "tesoreria"


class Organizacion(ConCambio, Identified, Base):
    """An organisation. `directiva_hasta` is the last day of its last board, `aviso_dias` the last
    notice before it that was told, 0 once its end was.
    """

    __tablename__ = "organizaciones_migrantes"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    nombre: Mapped[str] = mapped_column(String(200))
    tipo: Mapped[TipoOrganizacion] = mapped_column(text_enum(TipoOrganizacion))
    registro: Mapped[RegistroPersonalidad | None] = mapped_column(text_enum(RegistroPersonalidad))
    personalidad_numero: Mapped[str | None] = mapped_column(String(40))
    personalidad_desde: Mapped[date | None] = mapped_column()
    # The last day for which a certificate says that it is in force.
    personalidad_hasta: Mapped[date | None] = mapped_column()
    nacionalidades: Mapped[list[str]] = mapped_column(JSON, default=list)
    territorio: Mapped[str] = mapped_column(String(160), default="")
    temas: Mapped[list[str]] = mapped_column(JSON, default=list)
    correo: Mapped[str | None] = mapped_column(EncryptedText("casos.organizacion.correo"))
    telefono: Mapped[str | None] = mapped_column(EncryptedText("casos.organizacion.telefono"))
    direccion: Mapped[str | None] = mapped_column(EncryptedText("casos.organizacion.direccion"))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.ACTIVA, index=True)
    directiva_hasta: Mapped[date | None] = mapped_column(index=True)
    aviso_dias: Mapped[int | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, admitidas, version=self.version)
        return admitidas[accion]

    def pasar(self, accion: Accion) -> None:
        """Take a step."""
        self.estado = self.exigir(accion)

    def elegir(self, nueva: "Directiva", anteriores: Sequence["Directiva"]) -> None:
        """A board was elected: the one before ends, at the latest, on the day before it begins.

        Raises DatosInvalidos when it does not begin after the ones that are there.
        """
        self.pasar(Accion.DIRECTIVA)
        if any(nueva.desde <= una.desde for una in anteriores):
            raise DatosInvalidos(
                {"desde": [_("Debe ser posterior al comienzo de la directiva anterior.")]}
            )
        for una in anteriores:
            una.ceder(nueva.desde)
        self.directiva_hasta, self.aviso_dias = nueva.hasta, None

    def faltan(self, hoy: date) -> int | None:
        """How many days its board has left; None when none was written down."""
        return None if self.directiva_hasta is None else (self.directiva_hasta - hoy).days


class Directiva(Personal, Identified, Base):
    """A board and its term. Somebody is named in it only if they agreed, on `consintieron_el`."""

    __tablename__ = "directivas"

    organizacion_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizaciones_migrantes.id"), index=True
    )
    desde: Mapped[date] = mapped_column()
    hasta: Mapped[date] = mapped_column()
    integrantes: Mapped[int | None] = mapped_column()
    presidencia: Mapped[str | None] = mapped_column(EncryptedText("casos.directiva.nombre"))
    vicepresidencia: Mapped[str | None] = mapped_column(EncryptedText("casos.directiva.nombre"))
    secretaria: Mapped[str | None] = mapped_column(EncryptedText("casos.directiva.nombre"))
    tesoreria: Mapped[str | None] = mapped_column(EncryptedText("casos.directiva.nombre"))
    consintieron_el: Mapped[date | None] = mapped_column()
    registrada_en: Mapped[datetime] = mapped_column()

    @property
    def nombres(self) -> dict[Cargo, str]:
        """Who is named, by post."""
        return {cargo: nombre for cargo in Cargo if (nombre := getattr(self, cargo.value))}

    def ceder(self, siguiente: date) -> None:
        """End before the next one begins."""
        self.hasta = min(self.hasta, date.fromordinal(siguiente.toordinal() - 1))

    def quitar(self, cargo: Cargo) -> None:
        """Forget a name. Raises Conflicto when nobody is named in that post."""
        if cargo not in self.nombres:
            raise Conflicto(_("Nadie está nombrado en ese cargo."))
        setattr(self, cargo.value, None)
        if not self.nombres:
            self.consintieron_el = None

    def olvidar(self) -> None:
        """Forget every name."""
        for cargo in Cargo:
            setattr(self, cargo.value, None)
        self.consintieron_el = None


class PasoDeOrganizacion(Identified, Base):
    """A line of its history; never changed."""

    __tablename__ = "pasos_de_organizacion"

    organizacion_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizaciones_migrantes.id"), index=True
    )
    accion: Mapped[str] = mapped_column(String(40))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.organizacion.nota"))
    por_id: Mapped[UUID] = mapped_column()
    por: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()
