"""What a derivation is, what was answered, and the link by which an institution answers."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.consentimientos.models import BaseLicitud
from casos.derivaciones.paquete import Paquete
from casos.derivaciones.states import (
    PASOS,
    PASOS_CON_LA_PERSONA,
    Accion,
    CanalRespuesta,
    Estado,
    Grado,
)
from casos.hechos.models import ConCambio
from casos.red.models import Institucion, Modo, ServicioRed
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto
from oficina.privacy import EncryptedText, blind_index


class Derivacion(Personal, ConCambio, Identified, Base):
    """A case handed to a service of the network, with an answer due.

    `paquete` is the snapshot of what the institution sees (JSON), fixed when the draft is made;
    `huella_confirmada` the mark of what somebody saw and confirmed before it was sent. Those that
    were sent before there were marks have none.
    """

    __tablename__ = "derivaciones"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"), index=True)
    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), index=True)
    modo: Mapped[Modo] = mapped_column(text_enum(Modo))
    prioridad: Mapped[str] = mapped_column(String(20))
    base_licitud: Mapped[BaseLicitud] = mapped_column(text_enum(BaseLicitud))
    # The entry of the ledger with the legal basis of this package; none when nothing is shared.
    consentimiento_id: Mapped[UUID | None] = mapped_column(ForeignKey("consentimientos.id"))
    paquete: Mapped[str] = mapped_column(EncryptedText("casos.derivacion.paquete"))
    huella_confirmada: Mapped[str | None] = mapped_column(String(64))
    motivo_codigo: Mapped[str | None] = mapped_column(String(40))
    grado_evidencia: Mapped[Grado | None] = mapped_column(text_enum(Grado))
    reemplaza_a_id: Mapped[UUID | None] = mapped_column(ForeignKey("derivaciones.id"), index=True)
    creada_por_id: Mapped[UUID] = mapped_column()
    creada_en: Mapped[datetime] = mapped_column()
    enviada_en: Mapped[datetime | None] = mapped_column()
    terminada_en: Mapped[datetime | None] = mapped_column()
    # When the package was emptied, its time having passed.
    vaciada_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    servicio: Mapped[ServicioRed] = relationship(lazy="raise")
    institucion: Mapped[Institucion] = relationship(lazy="raise")
    respuestas: Mapped[list["RespuestaDerivacion"]] = relationship(
        lazy="raise", order_by="RespuestaDerivacion.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def contenido(self) -> Paquete:
        """The package, opened."""
        return Paquete.from_json(self.paquete)

    @property
    def huella(self) -> str:
        """The mark of what is shared: nobody without the office's keys can tell of what it is."""
        partes = (self.folio, self.base_licitud.value, self.paquete)
        return blind_index("casos.derivacion.vista", "\x1f".join(partes))

    @property
    def es_lo_confirmado(self) -> bool:
        """Whether what is shared is what was confirmed; nobody can tell of one without a mark."""
        return self.huella_confirmada in {None, self.huella}

    def lo_confirmado(self) -> Paquete:
        """The package, for whoever it is shared with; raises Conflicto unless it is the confirmed
        one.
        """
        if not self.es_lo_confirmado:
            raise Conflicto(_("Lo que se comparte no es lo que la oficina confirmó: avísele."))
        return self.contenido

    def vaciar(self, ahora: datetime) -> None:
        """Forget what was in the package, and its mark; that there was one stays."""
        self.paquete = self.contenido.vacio().to_json()
        self.huella_confirmada = None
        self.vaciada_en = ahora

    @property
    def autogestionada(self) -> bool:
        """Whether the person goes by themselves: the institution gets nothing, nor answers."""
        return self.modo is Modo.AUTOGESTIONADA

    @property
    def pasos(self) -> Mapping[Accion, Estado]:
        """The steps that the present state admits, and where they lead."""
        return (PASOS_CON_LA_PERSONA if self.autogestionada else PASOS)[self.estado]

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits from people."""
        return [accion for accion in self.pasos if accion is not Accion.VENCER]

    @property
    def puede_anularse(self) -> bool:
        """Whether the office can still take it back."""
        return Accion.ANULAR in self.pasos


class RespuestaDerivacion(Identified, Base):
    """One answer, as it came; append-only. `tardia`: it came when the derivation had expired."""

    __tablename__ = "respuestas_derivacion"

    derivacion_id: Mapped[UUID] = mapped_column(ForeignKey("derivaciones.id"), index=True)
    accion: Mapped[Accion] = mapped_column(text_enum(Accion))
    estado_resultante: Mapped[Estado] = mapped_column(text_enum(Estado))
    grado: Mapped[Grado] = mapped_column(text_enum(Grado))
    canal: Mapped[CanalRespuesta] = mapped_column(text_enum(CanalRespuesta))
    motivo_codigo: Mapped[str | None] = mapped_column(String(40))
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.derivacion.respuesta"))
    tardia: Mapped[bool] = mapped_column(default=False)
    # The late answer that an officer adopted with this one.
    adopta_a_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("respuestas_derivacion.id"), unique=True
    )
    # Who said it at the institution, and when, of an answer that an officer wrote down.
    dicha_por: Mapped[str | None] = mapped_column(String(160))
    dicha_el: Mapped[date | None] = mapped_column()
    registrada_por: Mapped[str] = mapped_column(String(160))
    registrada_en: Mapped[datetime] = mapped_column()


class Enlace(Identified, Base):
    """A link for an institution without an account. Only the hash of its token is kept.

    It expires on the machine's clock: a link is a key, not a deadline of the office.
    """

    __tablename__ = "enlaces"

    derivacion_id: Mapped[UUID] = mapped_column(ForeignKey("derivaciones.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    creado_en: Mapped[datetime] = mapped_column()
    vence_en: Mapped[datetime] = mapped_column()
    aperturas: Mapped[int] = mapped_column(default=0)
    abierto_en: Mapped[datetime | None] = mapped_column()
    # Of one that was printed: it opens only with its key, of which there is a keyed hash.
    clave_hash: Mapped[str | None] = mapped_column(String(64))
    claves_erradas: Mapped[int] = mapped_column(default=0, server_default="0")
