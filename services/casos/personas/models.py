"""What the office knows of a person. Documents, contacts, address and status are encrypted."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.personas import nombres
from casos.personas.nombres import LARGO_DE_CLAVE, LARGO_DE_TOKEN
from oficina.audit import Personal
from oficina.contacto import normalizar_telefono
from oficina.db import Identified, text_enum
from oficina.identity_docs import TipoDocumento, compactar
from oficina.privacy import EncryptedText, blind_index


class PrecisionFecha(StrEnum):
    """How much of a birth date is known."""

    EXACTA = "exacta"
    MES = "mes"
    ANIO = "anio"
    ESTIMADA = "estimada"
    DESCONOCIDA = "desconocida"


class Origen(StrEnum):
    """How a record came to be: at the counter, or from a register of the past."""

    OFICINA = "oficina"
    REGISTRO = "registro"


class CanalPreferido(StrEnum):
    """How a person wants to be reached."""

    SMS = "sms"
    CORREO = "correo"
    LLAMADA = "llamada"


class NivelDocumento(StrEnum):
    """How sure the office is of a document."""

    DECLARADO = "declarado"
    VISTO = "visto"
    VERIFICADO = "verificado"


class NivelEspanol(StrEnum):
    """How much Spanish somebody speaks."""

    NINGUNO = "ninguno"
    BASICO = "basico"
    INTERMEDIO = "intermedio"
    AVANZADO = "avanzado"


class TipoContacto(StrEnum):
    """What a contact is."""

    TELEFONO = "telefono"
    CORREO = "correo"


class EstadoPersona(StrEnum):
    """What may be done with somebody's data."""

    ACTIVA = "activa"
    BLOQUEADA = "bloqueada"
    FUSIONADA = "fusionada"
    ANONIMIZADA = "anonimizada"


class Decision(StrEnum):
    """What a person said about two records that look alike."""

    PENDIENTE = "pendiente"
    DISTINTAS = "distintas"


class Persona(Personal, Identified, Base):
    """Somebody that the office attends. Only `nombres` is needed."""

    __tablename__ = "personas"
    __table_args__ = (
        # Few are not active, and every scope asks which.
        Index(
            "ix_personas_apartadas",
            "estado",
            sqlite_where=text("estado <> 'activa'"),
            postgresql_where=text("estado <> 'activa'"),
        ),
        Index(
            "ix_personas_fusionadas",
            "fusionada_en_id",
            sqlite_where=text("fusionada_en_id IS NOT NULL"),
            postgresql_where=text("fusionada_en_id IS NOT NULL"),
        ),
    )

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    nombres: Mapped[str] = mapped_column(String(120))
    primer_apellido: Mapped[str] = mapped_column(String(80), default="")
    segundo_apellido: Mapped[str] = mapped_column(String(80), default="")
    nombre_social: Mapped[str | None] = mapped_column(String(120))
    clave_nombre: Mapped[str] = mapped_column(String(LARGO_DE_CLAVE), index=True)
    fecha_nacimiento: Mapped[date | None] = mapped_column(index=True)
    precision_fecha: Mapped[PrecisionFecha] = mapped_column(
        text_enum(PrecisionFecha), default=PrecisionFecha.DESCONOCIDA
    )
    sexo: Mapped[str | None] = mapped_column(String(20))
    # In a column of its own: `genero` held it in plain until casos_0006, and goes a version later.
    genero: Mapped[str | None] = mapped_column(
        "genero_cifrado", EncryptedText("casos.persona.genero")
    )
    genero_en_claro: Mapped[str | None] = mapped_column("genero", String(40), deferred=True)
    nacionalidades: Mapped[list[str]] = mapped_column(JSON, default=list)
    idiomas: Mapped[list[str]] = mapped_column(JSON, default=list)
    nivel_espanol: Mapped[NivelEspanol | None] = mapped_column(text_enum(NivelEspanol))
    requiere_interprete: Mapped[bool] = mapped_column(default=False)
    direccion: Mapped[str | None] = mapped_column(EncryptedText("casos.persona.direccion"))
    no_contactar: Mapped[bool] = mapped_column(default=False)
    canal_preferido: Mapped[CanalPreferido | None] = mapped_column(text_enum(CanalPreferido))
    origen: Mapped[Origen] = mapped_column(text_enum(Origen), default=Origen.OFICINA)
    # Moved by casos.bloqueos, casos.fusiones and casos.supresion alone; kept from readers by
    # casos.alcance.
    estado: Mapped[EstadoPersona] = mapped_column(
        text_enum(EstadoPersona),
        default=EstadoPersona.ACTIVA,
        server_default=EstadoPersona.ACTIVA.value,
    )
    # The record that stays, of one that was joined to it; never a record that was joined itself.
    fusionada_en_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"))
    # In the place of the id in what figures are told, once the person was erased.
    codigo_cifras: Mapped[UUID | None]
    # The document to use, of those that are; moved by casos.documentos.
    documento_principal_id: Mapped[UUID | None]
    registrada_en: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()

    # Those that are of use; what was retired is read by casos.documentos alone.
    documentos: Mapped[list["DocumentoIdentidad"]] = relationship(
        lazy="raise",
        primaryjoin=(
            "and_(Persona.id == DocumentoIdentidad.persona_id,"
            " DocumentoIdentidad.retirado_en.is_(None))"
        ),
        order_by="DocumentoIdentidad.id",
        cascade="all, delete-orphan",
    )
    contactos: Mapped[list["Contacto"]] = relationship(
        lazy="raise", order_by="Contacto.id", cascade="all, delete-orphan"
    )
    tokens: Mapped[list["TokenNombre"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def nombre(self) -> str:
        """How to call the person: the social name when there is one."""
        if self.estado is EstadoPersona.ANONIMIZADA:
            return str(_("Persona suprimida"))
        propio = self.nombre_social or self.nombres
        return " ".join(p for p in (propio, self.primer_apellido, self.segundo_apellido) if p)

    @property
    def idioma(self) -> str:
        """The language to write in (ISO 639-3); Spanish when none is known."""
        return self.idiomas[0] if self.idiomas else "spa"

    @property
    def nacionalidad(self) -> str | None:
        """The first nationality (ISO 3166-1 alpha-3, XXA stateless)."""
        return self.nacionalidades[0] if self.nacionalidades else None

    @property
    def nombres_suyos(self) -> list[str]:
        """How the person is called, whole: as registered and, when there is one, as they wish."""
        registrado = (self.nombres, self.primer_apellido, self.segundo_apellido)
        return suyos(*registrado, self.nombre_social)

    def indexar_nombre(self, otros: Sequence[str] = ()) -> None:
        """Make the person findable by the present name; call it after changing any part of it.

        The tokens must be loaded, or the person new. `otros`: how they are called besides, by the
        records that were joined to this one.
        """
        self.clave_nombre, quiere = indexado(*self.nombres_suyos, *otros)
        tiene = {fila.token: fila for fila in self.tokens}
        for sobra in tiene.keys() - quiere:
            self.tokens.remove(tiene[sobra])
        self.tokens.extend(TokenNombre(token=t) for t in sorted(quiere - tiene.keys()))


class TokenNombre(Base):
    """What a person is found by: a word, two joined, a sound, or two words (`nombres.tokens`)."""

    __tablename__ = "tokens_nombre"
    # All the words of somebody who was found by one of them, without their rows.
    __table_args__ = (Index(None, "persona_id", "token"),)

    # Byte order, so that a prefix is a range of the index on both databases.
    token: Mapped[str] = mapped_column(
        String(LARGO_DE_TOKEN).with_variant(String(LARGO_DE_TOKEN, collation="C"), "postgresql"),
        primary_key=True,
    )
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), primary_key=True)


class DocumentoIdentidad(Identified, Base):
    """A document that a person has shown or told of. Two records may hold the same one. One that
    is of use no more is retired: it stays, and nobody is found by it.
    """

    __tablename__ = "documentos_identidad"
    __table_args__ = (
        Index(
            "uq_documentos_identidad_vigente",
            "persona_id",
            "tipo",
            "indice",
            unique=True,
            sqlite_where=text("retirado_en IS NULL"),
            postgresql_where=text("retirado_en IS NULL"),
        ),
        # Few say when they expire, and every day somebody asks which.
        Index(
            "ix_documentos_identidad_vencen",
            "vence_el",
            sqlite_where=text("vence_el IS NOT NULL AND retirado_en IS NULL"),
            postgresql_where=text("vence_el IS NOT NULL AND retirado_en IS NULL"),
        ),
    )

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    tipo: Mapped[TipoDocumento] = mapped_column(text_enum(TipoDocumento))
    numero: Mapped[str] = mapped_column(EncryptedText("casos.documento.numero"))
    indice: Mapped[str] = mapped_column(String(64), index=True)
    pais_emisor: Mapped[str | None] = mapped_column(String(3))
    vence_el: Mapped[date | None]
    nivel: Mapped[NivelDocumento] = mapped_column(
        text_enum(NivelDocumento), default=NivelDocumento.DECLARADO
    )
    # Who saw or verified it, and when; nobody of one that was only told of.
    nivel_por: Mapped[str] = mapped_column(String(160), default="", server_default="")
    nivel_en: Mapped[datetime | None]
    registrado_en: Mapped[datetime]
    retirado_en: Mapped[datetime | None]
    retirado_por: Mapped[str] = mapped_column(String(160), default="", server_default="")
    retiro_motivo: Mapped[str | None] = mapped_column(String(40))

    def retirar(self, motivo: str, quien: str, ahora: datetime) -> None:
        """It is of use no more."""
        self.retirado_en, self.retirado_por, self.retiro_motivo = ahora, quien, motivo

    def responder(self, nivel: NivelDocumento, quien: str, ahora: datetime) -> None:
        """Somebody vouches for it. A level only rises: what was verified stays so."""
        niveles = list(NivelDocumento)
        if niveles.index(nivel) > niveles.index(self.nivel):
            self.nivel, self.nivel_por, self.nivel_en = nivel, quien, ahora


class Contacto(Identified, Base):
    """A telephone or an address of electronic mail."""

    __tablename__ = "contactos"
    __table_args__ = (UniqueConstraint("persona_id", "tipo", "indice"),)

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    tipo: Mapped[TipoContacto] = mapped_column(text_enum(TipoContacto))
    valor: Mapped[str] = mapped_column(EncryptedText("casos.contacto.valor"))
    indice: Mapped[str] = mapped_column(String(64), index=True)
    registrado_en: Mapped[datetime]


class PosibleDuplicado(Identified, Base):
    """Two records that look alike, why, and what somebody decided. The lower id comes first."""

    __tablename__ = "posibles_duplicados"
    __table_args__ = (UniqueConstraint("persona_a_id", "persona_b_id"),)

    persona_a_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    persona_b_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    razones: Mapped[list[str]] = mapped_column(JSON)
    puntaje: Mapped[int]
    decision: Mapped[Decision] = mapped_column(text_enum(Decision), default=Decision.PENDIENTE)
    detectado_en: Mapped[datetime]
    decidido_por: Mapped[str | None] = mapped_column(String(120))
    decidido_en: Mapped[datetime | None]


def suyos(
    de_pila: str, primer_apellido: str, segundo_apellido: str, nombre_social: str | None
) -> list[str]:
    """The whole names of somebody, the registered one first."""
    registrado = " ".join(filter(None, (de_pila, primer_apellido, segundo_apellido)))
    return [registrado, nombre_social] if nombre_social else [registrado]


def indexado(nombre: str, *otros: str) -> tuple[str, set[str]]:
    """The key of a name, and all that its owner is found by, who has other names too."""
    return nombres.clave(nombre), nombres.tokens(nombre, *otros)


def par(una: UUID, otra: UUID) -> tuple[UUID, UUID]:
    """The order in which two persons stand in `PosibleDuplicado`."""
    return (una, otra) if una < otra else (otra, una)


def indice_documento(numero: str) -> str:
    """Blind index of a document's number, whatever its type, its dots and its hyphens."""
    return blind_index("casos.documento", compactar(numero))


def indice_contacto(tipo: TipoContacto, valor: str) -> str:
    """Blind index of a telephone (however written) or of an address of mail."""
    if tipo is TipoContacto.CORREO:
        return blind_index("casos.contacto", valor.strip().casefold())
    numero = normalizar_telefono(valor) or "".join(filter(str.isdigit, valor))
    return blind_index("casos.contacto", numero)


def de_tipo(contactos: Iterable[Contacto], tipo: TipoContacto) -> str | None:
    """The newest contact of a type, which is the one to use."""
    valores = [contacto.valor for contacto in contactos if contacto.tipo is tipo]
    return valores[-1] if valores else None
