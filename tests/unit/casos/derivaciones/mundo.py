"""A small world for the tests of derivations: a case in the second instance and the network."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import columns
from casos.alcance import SIN_LIMITE
from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import BaseLicitud, FormaConsentimiento
from casos.derivaciones import actions
from casos.derivaciones.facts import de_vencida
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import derivacion_por_id
from casos.derivaciones.respuestas import Procedencia, Respuesta
from casos.derivaciones.states import Accion, CanalRespuesta, Estado, Grado, MotivoAnulacion
from casos.expedientes.models import Caso, Hito, Instancia, Prioridad, TipoCaso
from casos.expedientes.states import Estado as EstadoCaso
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    Persona,
    PrecisionFecha,
    TipoContacto,
)
from casos.red.actions import sembrar
from casos.red.models import ServicioRed
from casos.situaciones.models import SituacionMigratoria
from oficina.actor import Actor
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.db import Database, uuid7
from oficina.identity_docs import TipoDocumento
from oficina.privacy import Keyring, use_keyring

# A Monday without holidays around, at noon in Chile.
LUNES = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
# Who also coordinates works on the case whoever answers for it.
PROFESIONAL = Actor(
    uuid7(), "Ana Pérez", frozenset({"profesional", "coordinacion"}), "Migrantes", "persona"
)
POR_TELEFONO = Procedencia(grado=Grado.B, canal=CanalRespuesta.TELEFONO)

# What a person would not want to see elsewhere by accident.
SECRETOS = ("23456789", "pasaporte-AX991", "irregular", "Calle Oculta 123", "el fundamento")

# The shortest way to each state.
CAMINO: dict[Estado, tuple[Accion, ...]] = {
    Estado.BORRADOR: (),
    Estado.ENVIADA: (Accion.ENVIAR,),
    Estado.RECIBIDA: (Accion.ENVIAR, Accion.RECIBIR),
    Estado.ACEPTADA: (Accion.ENVIAR, Accion.ACEPTAR),
    Estado.EN_ESPERA: (Accion.ENVIAR, Accion.ACEPTAR, Accion.ESPERA),
    Estado.EN_CURSO: (Accion.ENVIAR, Accion.ACEPTAR, Accion.CURSO),
    Estado.CUMPLIDA: (Accion.ENVIAR, Accion.ACEPTAR, Accion.CUMPLIR),
    Estado.VERIFICADA: (Accion.ENVIAR, Accion.ACEPTAR, Accion.CUMPLIR, Accion.VERIFICAR),
    Estado.RECHAZADA: (Accion.ENVIAR, Accion.RECHAZAR),
    Estado.NO_LOGRADA: (Accion.ENVIAR, Accion.ACEPTAR, Accion.NO_LOGRADA),
    Estado.VENCIDA: (Accion.ENVIAR, Accion.VENCER),
    Estado.ANULADA: (Accion.ENVIAR, Accion.ANULAR),
}

MOTIVO = {
    Accion.RECHAZAR: "sin_cupo",
    Accion.ESPERA: "lista_espera",
    Accion.NO_LOGRADA: "desiste",
}


def usar_claves(carpeta: Path) -> None:
    """Seal and open with the keys of a folder: the process has one keyring, tests have several."""
    use_keyring(Keyring.load(carpeta / "claves"))


@contextmanager
def base_de_datos(carpeta: Path) -> Iterator[Database]:
    """A migrated casos database with the network in it."""
    usar_claves(carpeta)
    db = Database(columns.file_in(carpeta, "casos"))
    with db.begin() as session:
        sembrar(session, demo=True)
    yield db
    db.close()


@dataclass
class Mundo:
    """The database, and one case that admits derivations."""

    db: Database
    caso_id: UUID

    def servicio(self, codigo: str) -> UUID:
        with self.db.read() as session:
            return session.scalars(select(ServicioRed.id).where(ServicioRed.codigo == codigo)).one()

    def pedido(
        self,
        codigo: str = "DIDECO.SOCIAL",
        datos: Iterable[str] = ("nombre",),
        *,
        consentida: bool = False,
        reemplaza_a: UUID | None = None,
    ) -> actions.NuevaDerivacion:
        consentimiento = Fundamento(BaseLicitud.CONSENTIMIENTO, FormaConsentimiento.VERBAL, "hat")
        return actions.NuevaDerivacion(
            servicio_id=self.servicio(codigo),
            proposito="Evaluar una ayuda para el arriendo",
            datos=tuple(datos),
            fundamento=consentimiento if consentida else Fundamento(BaseLicitud.FUNCION_LEGAL),
            reemplaza_a=reemplaza_a,
        )

    def preparar(self, pedido: actions.NuevaDerivacion | None = None) -> UUID:
        with self.db.begin() as session:
            return actions.preparar(
                session, self.caso_id, pedido or self.pedido(), PROFESIONAL, LUNES
            ).id

    def hacer(self, derivacion_id: UUID, accion: Accion, ahora: datetime = LUNES) -> None:
        """Do a step with whatever it needs, as the officer or the system."""
        with self.db.begin() as session:
            dar_paso(session, derivacion_id, accion, ahora)

    def en(self, estado: Estado, ahora: datetime = LUNES) -> UUID:
        """A derivation in a state."""
        derivacion_id = self.preparar()
        for accion in CAMINO[estado]:
            self.hacer(derivacion_id, accion, ahora)
        return derivacion_id

    def derivacion(self, derivacion_id: UUID) -> Derivacion:
        with self.db.read() as session:
            return session.get_one(Derivacion, derivacion_id)

    def hechos(self) -> list[str]:
        """The facts told so far."""
        with self.db.read() as session:
            return list(session.scalars(select(Outbox.tipo).order_by(Outbox.evento_id)))

    def hitos(self) -> list[Hito]:
        with self.db.read() as session:
            return list(
                session.scalars(select(Hito).where(Hito.caso_id == self.caso_id).order_by(Hito.id))
            )


def dar_paso(session: Session, derivacion_id: UUID, accion: Accion, ahora: datetime) -> None:
    """One step of the table, through the function that people use for it."""
    if accion is Accion.ENVIAR:
        actions.enviar(session, derivacion_id, PROFESIONAL, ahora)
    elif accion is Accion.VENCER:
        derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
        if not actions.vencer(session, derivacion, ahora):
            raise AssertionError("it had been answered")
        linea, dicho = de_vencida(derivacion, Actor.sistema("casos"), ahora, por_lista=False)
        session.add(Hito(**linea))
        if dicho is not None:
            emitir(session, dicho[0], clasificacion=dicho[1])
    elif accion is Accion.ANULAR:
        actions.anular(session, derivacion_id, MotivoAnulacion.ERROR, PROFESIONAL, ahora)
    else:
        respuesta = Respuesta(
            accion=accion, motivo=MOTIVO.get(accion), texto="Se entregó una caja de alimentos"
        )
        actions.responder(
            session, derivacion_id, respuesta, PROFESIONAL, ahora, procedencia=POR_TELEFONO
        )


def crear_mundo(db: Database, *, no_contactar: bool = False) -> Mundo:
    """A person with something to hide in every field, and a case of theirs «en gestión»."""
    with db.begin() as session:
        persona = Persona(
            folio=f"P-2026-{uuid7().int % 10**6:06d}",
            nombres="Marie Ange",
            primer_apellido="Baptiste",
            clave_nombre="angebaptistemarie",
            fecha_nacimiento=date(1990, 5, 1),
            precision_fecha=PrecisionFecha.MES,
            nacionalidades=["HTI"],
            idiomas=["hat"],
            requiere_interprete=True,
            direccion="Calle Oculta 123",
            no_contactar=no_contactar,
            registrada_en=LUNES,
            documentos=[
                DocumentoIdentidad(
                    tipo=TipoDocumento.PASAPORTE,
                    numero="pasaporte-AX991",
                    indice="a" * 64,
                    registrado_en=LUNES,
                )
            ],
            contactos=[
                Contacto(
                    tipo=TipoContacto.TELEFONO,
                    valor="+56923456789",
                    indice="b" * 64,
                    registrado_en=LUNES,
                )
            ],
        )
        session.add(persona)
        session.flush()
        session.add(
            SituacionMigratoria(
                persona_id=persona.id,
                categoria="irregular",
                registrada_en=LUNES,
                funcionario_id=PROFESIONAL.id,
                funcionario_nombre=PROFESIONAL.nombre,
            )
        )
        caso = Caso(
            folio=f"OM-2026-{uuid7().int % 10**6:06d}",
            persona_id=persona.id,
            tipo=TipoCaso.AYUDA_SOCIAL,
            tema="SOC",
            instancia=Instancia.SEGUNDA,
            estado=EstadoCaso.EN_GESTION,
            prioridad=Prioridad.NORMAL,
            abierto_en=LUNES,
        )
        session.add(caso)
        session.flush()
        return Mundo(db, caso.id)
