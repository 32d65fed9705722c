"""What a message is, and the verbs that guard it, change it and leave a fact and a line of history.

Two clocks. `enviar_en` and `caduca_en` are the domain's: when the office means it to leave, and
until when it makes sense. `visible` and `reservada_hasta` are the machine's: retries and leases.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import (
    JSON,
    Computed,
    Dialect,
    ForeignKey,
    Index,
    String,
    TypeDecorator,
    false,
    text,
)
from sqlalchemy.orm import (
    Mapped,
    WriteOnlyMapped,
    mapped_column,
    object_session,
    relationship,
)

from notificaciones import direcciones
from notificaciones.base import Base
from notificaciones.mensajes.costos import Segmentos, segmentos_de, tarifa_del
from notificaciones.mensajes.sms import Escrito
from notificaciones.mensajes.states import EN_ESPERA, PASOS, Estado, Motivo, Paso, Prioridad
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.reglas.calculo import Plan
from oficina import clock
from oficina.audit import Personal
from oficina.db import Complete, Identified, text_enum, uuid7
from oficina.errors import TransicionInvalida
from oficina.events.notificaciones import (
    MensajeCancelado,
    MensajeEnviado,
    MensajeFallido,
    MensajeProgramado,
)
from oficina.privacy import EncryptedText

HechoDeSalida = MensajeCancelado | MensajeEnviado | MensajeFallido
"""How a message ends."""

SALIDA = "salida"
"""The name of the provider that keeps messages on the office's own page."""


class ClaveDePlantilla(TypeDecorator[str]):
    """The key of a template: a `Clave` when the program itself sends it."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return _CLAVES.get(value, value) if value is not None else None


_CLAVES: Mapping[str, str] = {clave.value: clave for clave in Clave}

_CON_OTRO: Mapping[Estado, Paso] = {
    Estado.ENTREGADA: Paso.ENTREGAR,
    Estado.REBOTADA: Paso.REBOTAR,
    Estado.INCIERTA: Paso.DUDAR,
    Estado.FALLIDA: Paso.FALLAR,
    Estado.VENCIDA: Paso.VENCER,
    Estado.CANCELADA: Paso.CANCELAR,
    Estado.SUPRIMIDA: Paso.SUPRIMIR,
}
"""The step of a message by how the one that speaks for it ended."""

_FALLAN = frozenset({Paso.REBOTAR, Paso.DUDAR, Paso.FALLAR})

_DE_SMS = ("codificacion", "segmentos", "segmentos_con_tildes", "tarifa")
"""The columns of an SMS alone."""

_POR_RESUMIR = text("en_resumen AND resumen_id IS NULL")
_SIMULADO = text("proveedor = 'simulador'")


def _de_los_que_tienen(columna: str, *otras: str) -> Index:
    """An index that holds only the rows whose first column says something."""
    tiene = text(f"{columna} IS NOT NULL")
    nombre = "_".join(("ix_mensajes", columna, *otras))
    return Index(nombre, columna, *otras, sqlite_where=tiene, postgresql_where=tiene)


class _DeQue(TypedDict):
    mensaje_id: UUID
    plantilla: str
    canal: str
    caso_id: UUID | None
    derivacion_id: UUID | None
    cita_id: UUID | None


class Mensaje(Personal, Identified, Complete, Base):
    """One message to one reader, and its fate.

    `clave_de_negocio` is the rule and what it was about: hearing the same twice makes one message.
    `datos` holds ids, codes and moments of the fact that asked for it, nothing personal. `enlace`
    is the part of the text that opens a door, one a line: it is forgotten once a provider outside
    has it.
    """

    __tablename__ = "mensajes"
    __table_args__ = (
        Index("ix_mensajes_estado_enviar_en", "estado", "enviar_en"),
        Index("ix_mensajes_sale_en_id", "sale_en", "id"),
        # A message has few of these, and each step of it is written to every index that holds it.
        _de_los_que_tienen("persona_id"),
        _de_los_que_tienen("caso_id"),
        _de_los_que_tienen("derivacion_id"),
        _de_los_que_tienen("cita_id", "regla"),
        _de_los_que_tienen("resumen_id"),
        _de_los_que_tienen("destino_indice"),
        _de_los_que_tienen("referencia"),
        Index(
            "ix_mensajes_simulados",
            "cambiado_en",
            sqlite_where=_SIMULADO,
            postgresql_where=_SIMULADO,
        ),
        Index(
            "ix_mensajes_por_resumir",
            "creado_en",
            sqlite_where=_POR_RESUMIR,
            postgresql_where=_POR_RESUMIR,
        ),
    )

    clave_de_negocio: Mapped[str] = mapped_column(String(160), unique=True)
    plantilla: Mapped[str] = mapped_column(ClaveDePlantilla)
    plantilla_version: Mapped[int | None] = mapped_column()
    regla: Mapped[str | None] = mapped_column(String(40))
    regla_version: Mapped[int | None] = mapped_column()
    persona_id: Mapped[UUID | None] = mapped_column()
    caso_id: Mapped[UUID | None] = mapped_column()
    derivacion_id: Mapped[UUID | None] = mapped_column()
    cita_id: Mapped[UUID | None] = mapped_column()
    datos: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    # Of one that was asked for: by whom, a fingerprint of what was asked, and what is needed to
    # write it anew as its person wishes it when it leaves.
    pedido_por: Mapped[UUID | None] = mapped_column()
    pedido_huella: Mapped[str | None] = mapped_column(String(64))
    canal_pedido: Mapped[Canal | None] = mapped_column(text_enum(Canal))
    valores: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.mensaje.valores"))
    prioridad: Mapped[Prioridad] = mapped_column(
        text_enum(Prioridad), default=Prioridad.NORMAL, server_default=Prioridad.NORMAL
    )

    canal: Mapped[Canal | None] = mapped_column(text_enum(Canal))
    idioma_pedido: Mapped[str | None] = mapped_column(String(20))
    idioma: Mapped[str | None] = mapped_column(String(20))
    destino: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.mensaje.destino"))
    asunto: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.mensaje.asunto"))
    cuerpo: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.mensaje.cuerpo"))
    # Why it left for an address that wants none of its kind: what a law says.
    pese_a_baja: Mapped[str | None] = mapped_column(String(300))
    # Finds the messages that an address got, without opening any of them.
    destino_indice: Mapped[str | None] = mapped_column(String(64))
    enlace: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.mensaje.enlace"))

    # What an SMS takes as it was written, what it would have taken with every accent, and the
    # price of a segment: they stay when its text is forgotten.
    codificacion: Mapped[str | None] = mapped_column(String(10))
    segmentos: Mapped[int | None] = mapped_column()
    segmentos_con_tildes: Mapped[int | None] = mapped_column()
    tarifa: Mapped[str | None] = mapped_column(String(20))

    # A notice that its reader gets in a digest, or a reminder that leaves in one mail with others;
    # and the message that took it.
    en_resumen: Mapped[bool] = mapped_column(default=False, server_default=false())
    resumen_id: Mapped[UUID | None] = mapped_column()

    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.PROGRAMADA)
    motivo: Mapped[Motivo | None] = mapped_column(text_enum(Motivo))
    enviar_en: Mapped[datetime] = mapped_column()
    caduca_en: Mapped[datetime | None] = mapped_column()
    entregado_en: Mapped[datetime | None] = mapped_column()
    # When it left or is meant to: the order of the outbox.
    sale_en: Mapped[datetime] = mapped_column(
        Computed("coalesce(entregado_en, enviar_en)", persisted=True)
    )
    proveedor: Mapped[str | None] = mapped_column(String(40))
    referencia: Mapped[str | None] = mapped_column(String(200))

    intentos: Mapped[int] = mapped_column(default=0)
    visible: Mapped[datetime] = mapped_column(default=clock.real_now)
    reserva: Mapped[UUID | None] = mapped_column()
    reservada_hasta: Mapped[datetime | None] = mapped_column()
    # The provider was called under this lease: from here on a crash leaves a doubt.
    llamado: Mapped[bool] = mapped_column(default=False)
    # What it is about was withdrawn while a worker held it.
    retirado_por: Mapped[Motivo | None] = mapped_column(text_enum(Motivo))

    creado_en: Mapped[datetime] = mapped_column()
    cambiado_en: Mapped[datetime] = mapped_column(default=clock.real_now)
    version: Mapped[int] = mapped_column()

    # Grows and is never read as a whole by accident: `historia.select()`.
    historia: WriteOnlyMapped["PasoDeMensaje"] = relationship(order_by="PasoDeMensaje.id")

    __mapper_args__ = {"version_id_col": version}

    def preparar(
        self, canal: Canal, destino: str, idioma_pedido: str, texto: Redaccion
    ) -> MensajeProgramado:
        """Now it is known what it says, to whom, in which language."""
        self._pasar(Paso.PREPARAR)
        self.escribir(canal, destino, idioma_pedido, texto)
        self.put(intentos=0, visible=clock.real_now())
        return MensajeProgramado(**self._de_que(), enviar_en=self.enviar_en)

    @property
    def a_quien(self) -> str:
        """What a list may show of the address; empty while it has none, or no longer."""
        return direcciones.enmascarada(self.destino) if self.destino else ""

    def escribir(self, canal: Canal, destino: str, idioma_pedido: str, texto: Redaccion) -> None:
        """Say it anew, without a step: what its owner answers may change until it leaves."""
        self.put(
            canal=canal,
            destino=destino,
            idioma_pedido=idioma_pedido,
            destino_indice=direcciones.indice(destino),
            idioma=texto.idioma,
            asunto=texto.asunto,
            cuerpo=texto.cuerpo,
            **self._medido(texto.sms),
        )

    def esperar_datos(self, visible: datetime) -> None:
        """Its owners are being asked, once more; nobody else asks before `visible`."""
        self.intentos += 1
        self.visible = visible

    def dirigir(self, funcionario_id: UUID) -> None:
        """It is for one of the staff; what else it needs is still to be asked."""
        self.datos = {**self.datos, "funcionario_id": str(funcionario_id)}
        self.intentos, self.visible = 0, clock.real_now()

    def esperar_a_otros(self, institucion_id: UUID, sale_en: datetime) -> None:
        """It leaves in one mail with the others to an institution: that one is asked about."""
        self.en_resumen, self.canal, self.motivo = True, Canal.CORREO, Motivo.CON_OTROS
        self.datos = {**self.datos, "institucion_id": str(institucion_id)}
        self.enviar_en = sale_en
        self.intentos, self.visible = 0, clock.real_now()

    def lleva_otros(self) -> bool:
        """Whether it speaks for messages that leave in it."""
        return self.plantilla == Clave.RECORDATORIO_PLAZO and "casos" in self.datos

    def acompanar(self, otro: "Mensaje") -> HechoDeSalida | None:
        """What became of the message that speaks for it became of it too, told once."""
        if self.estado is Estado.PROGRAMADA and otro.estado in {Estado.ENTREGADA, Estado.INCIERTA}:
            self._pasar(Paso.PREPARAR)
            self._pasar(Paso.RESERVAR)
        paso = _CON_OTRO[otro.estado]
        if paso not in PASOS[self.estado]:
            return None
        motivo = Motivo.CON_OTROS if paso is Paso.ENTREGAR else otro.motivo or Motivo.CON_OTROS
        self._pasar(paso, motivo)
        self.proveedor, self.entregado_en = otro.proveedor, otro.entregado_en
        if paso is Paso.ENTREGAR:
            return MensajeEnviado(**self._de_que())
        hecho = MensajeFallido if paso in _FALLAN else MensajeCancelado
        return hecho(**self._de_que(), motivo_codigo=motivo.value)

    def mover(
        self,
        clave: str,
        plan: Plan,
        regla_version: int,
        *,
        motivo: Motivo | None = None,
        datos: Mapping[str, Any] | None = None,
    ) -> None:
        """Its appointment has another time, or its rule says another thing: it leaves at another
        moment and is written anew.
        """
        self._pasar(Paso.MOVER, motivo)
        self.clave_de_negocio, self.regla_version = clave, regla_version
        self.enviar_en, self.caduca_en = plan.enviar_en, plan.caduca_en
        self.datos = {**self.datos, **(datos or {})}
        self.put(asunto=None, cuerpo=None, **self._medido(None))
        self.intentos, self.visible = 0, clock.real_now()

    def posponer(self, enviar_en: datetime) -> None:
        """Wait, as it is, for the hours in which people are written to."""
        self._pasar(Paso.POSPONER, Motivo.VENTANA_CERRADA)
        self.enviar_en = enviar_en

    def reservar(self, hasta: datetime) -> None:
        """Somebody takes it to send it: it is theirs until `hasta`."""
        self._pasar(Paso.RESERVAR)
        self.reserva, self.reservada_hasta = uuid7(), hasta
        self.intentos += 1

    def devolver(self, motivo: Motivo, visible: datetime) -> MensajeCancelado | None:
        """Not sent now: free again and not before `visible`, or cancelled if it was withdrawn."""
        if self.retirado_por is not None:
            return self.cancelar(self.retirado_por)
        self._pasar(Paso.DEVOLVER, motivo)
        self.visible = visible
        return None

    def llamar(self, hasta: datetime) -> None:
        """A provider is about to be called: from here on a crash leaves a doubt."""
        self.llamado, self.reservada_hasta = True, hasta

    def entregar(self, proveedor: str, referencia: str) -> MensajeEnviado:
        """A provider has it. Once it left the office, its link is forgotten here; of one that was
        erased meanwhile also by which name the provider knows it, which would lead to whom.
        """
        self._pasar(Paso.ENTREGAR)
        self.proveedor = proveedor
        self.referencia = referencia if self.destino is not None else None
        self.entregado_en = clock.now()
        if proveedor != SALIDA:
            self.cuerpo, self.enlace = self.cuerpo_sin_enlace(), None
        return MensajeEnviado(**self._de_que())

    def fallar(self, motivo: Motivo) -> MensajeFallido:
        """It cannot be sent, now or later."""
        self._pasar(Paso.FALLAR, motivo)
        return MensajeFallido(**self._de_que(), motivo_codigo=motivo.value)

    def dudar(self, motivo: Motivo) -> MensajeFallido:
        """Perhaps it was sent; it is not sent again."""
        self._pasar(Paso.DUDAR, motivo)
        return MensajeFallido(**self._de_que(), motivo_codigo=motivo.value)

    def confirmar(self) -> None:
        """Its provider says that it arrived."""
        self._pasar(Paso.CONFIRMAR)

    def rebotar(self) -> MensajeFallido:
        """Its provider says that it did not arrive."""
        self._pasar(Paso.REBOTAR, Motivo.REBOTADO)
        return MensajeFallido(**self._de_que(), motivo_codigo=Motivo.REBOTADO.value)

    def vencer(self) -> MensajeCancelado:
        """Too late to make sense."""
        self._pasar(Paso.VENCER, Motivo.CADUCADO)
        return MensajeCancelado(**self._de_que(), motivo_codigo=Motivo.CADUCADO.value)

    def suprimir(self, motivo: Motivo) -> MensajeCancelado:
        """A rule or the person's wish keeps it back."""
        self._pasar(Paso.SUPRIMIR, motivo)
        return MensajeCancelado(**self._de_que(), motivo_codigo=motivo.value)

    def cancelar(self, motivo: Motivo) -> MensajeCancelado:
        """What it was about is no more."""
        self._pasar(Paso.CANCELAR, motivo)
        return MensajeCancelado(**self._de_que(), motivo_codigo=motivo.value)

    def retirar(self, motivo: Motivo) -> MensajeCancelado | None:
        """Cancel it if it still waits. One that a worker holds is cancelled if it comes back."""
        if self.estado is Estado.RESERVADA:
            self.retirado_por = motivo
            return None
        return self.cancelar(motivo) if self.estado in EN_ESPERA else None

    def cuerpo_sin_enlace(self) -> str | None:
        """The text with its secret link left out."""
        if self.cuerpo is None or self.enlace is None:
            return self.cuerpo
        cuerpo = self.cuerpo
        for enlace in self.enlace.split("\n"):
            cuerpo = cuerpo.replace(enlace, "[…]")
        return cuerpo

    def cuerpo_visible(self) -> str | None:
        """The text as the office's own pages may show it.

        Its link opens only what the institution was sent: it is shown where the office's outbox
        is the institution's mailbox, and nowhere else.
        """
        return self.cuerpo if self.en_la_salida() else self.cuerpo_sin_enlace()

    def en_la_salida(self) -> bool:
        """Whether it was delivered to the office's own page and not to anybody outside."""
        return self.proveedor == SALIDA and self.estado is Estado.ENTREGADA

    @property
    def ocupa(self) -> Segmentos | None:
        """What it takes and costs; None when it is no SMS, or not written yet."""
        if self.canal is not Canal.SMS:
            return None
        return segmentos_de(
            self.cuerpo,
            self.codificacion,
            self.segmentos,
            self.segmentos_con_tildes,
            self.tarifa,
        )

    def anotar(self, paso: Paso) -> None:
        """Add a line to its history."""
        linea = {
            "mensaje_id": self.id,
            "ocurrido_en": clock.now(),
            "paso": paso,
            "estado": self.estado,
            "motivo": self.motivo,
        }
        if (session := object_session(self)) is not None:
            session.add(PasoDeMensaje(**linea))
        else:
            self.pasos_por_escribir.append(linea)

    @property
    def pasos_por_escribir(self) -> list[dict[str, Any]]:
        """The rows of what happened to it outside of a session, for who writes it without one."""
        lineas: list[dict[str, Any]] = vars(self).setdefault("_pasos_por_escribir", [])
        return lineas

    def _medido(self, escrito: Escrito | None) -> dict[str, Any]:
        """What is kept of how an SMS was written."""
        if escrito is None:
            return dict.fromkeys(_DE_SMS)
        conteo = escrito.conteo
        tarifa = tarifa_del(clock.local(self.enviar_en).date())
        medido = (conteo.codificacion, conteo.partes, escrito.con_tildes, tarifa.clave)
        return dict(zip(_DE_SMS, medido, strict=True))

    def _pasar(self, paso: Paso, motivo: Motivo | None = None) -> None:
        pasos = PASOS[self.estado]
        if paso not in pasos:
            raise TransicionInvalida(self.estado, pasos)
        if self.estado is Estado.RESERVADA:
            self.put(reserva=None, reservada_hasta=None, llamado=False)
        self.put(estado=pasos[paso], motivo=motivo, cambiado_en=clock.real_now())
        self.anotar(paso)

    def _de_que(self) -> _DeQue:
        return {
            "mensaje_id": self.id,
            "plantilla": str(self.plantilla),
            "canal": str(self.canal) if self.canal else "por_definir",
            "caso_id": self.caso_id,
            "derivacion_id": self.derivacion_id,
            "cita_id": self.cita_id,
        }


class PasoDeMensaje(Identified, Base):
    """One line of a message's history; append-only."""

    __tablename__ = "pasos_de_mensaje"

    mensaje_id: Mapped[UUID] = mapped_column(ForeignKey("mensajes.id"), index=True)
    ocurrido_en: Mapped[datetime] = mapped_column()
    paso: Mapped[Paso] = mapped_column(text_enum(Paso))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado))
    motivo: Mapped[Motivo | None] = mapped_column(text_enum(Motivo))


class Salida(Base):
    """What the viewable outbox received in place of a telephone or a mailbox, once each."""

    __tablename__ = "salida"

    mensaje_id: Mapped[UUID] = mapped_column(ForeignKey("mensajes.id"), primary_key=True)
    recibida_en: Mapped[datetime] = mapped_column()
