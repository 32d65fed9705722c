"""The people of the demonstration: each with a story, told by the services' own actions.

A person's story in casos is one transaction, so a start that is interrupted is taken up by the
next; who is there already stays as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from agenda import actions as agenda
from agenda.models import Cita
from agenda.schemas import NuevaCitaSchema
from casos.atenciones import actions as atenciones
from casos.atenciones.schemas import NuevaAtencionSchema
from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import BaseLicitud, FormaConsentimiento
from casos.derivaciones import actions as derivaciones
from casos.derivaciones.actions import NuevaDerivacion, Respuesta
from casos.derivaciones.queries import datos_de_persona
from casos.derivaciones.states import Accion
from casos.enlaces import actions as enlaces
from casos.expedientes import actions as expedientes
from casos.expedientes import schemas
from casos.expedientes.models import Caso
from casos.personas import actions as personas
from casos.personas.models import Contacto, TipoContacto, indice_contacto
from casos.personas.schemas import NuevaPersonaSchema
from casos.red.models import ServicioRed
from oficina import clock
from oficina.actor import Actor
from oficina.calendar_cl import es_habil, sumar_dias_habiles
from oficina.db import Database

HORA = time(10, 0)
"""When the first step of a story takes place; each next one is ten minutes later in its day."""


@dataclass(frozen=True)
class Personal:
    """Who does what in the stories."""

    recepcion: Actor
    profesional: Actor


def contar(casos: Database, citas: Database, personal: Personal) -> None:
    """Tell every story that was not told yet, as if it had happened on the days that it says."""
    todo = json.loads((files("acogida") / "historias.json").read_text(encoding="utf-8"))
    for numero, historia in enumerate(todo["personas"]):
        with casos.begin() as session:
            relato = _Relato.de(session, historia["ficha"]["correo"], personal)
            if relato is None:
                relato = _Relato.nuevo(session, historia, personal)
                for paso in historia["pasos"]:
                    relato.dar(paso)
                for atencion in todo["anonimas"] if numero == 0 else ():
                    relato.atender_anonima(atencion)
        if "cita" in historia:
            with citas.begin() as session:
                _agendar(session, relato, historia["cita"])


class _Relato:
    """The story of one person, as far as it has come."""

    def __init__(self, session: Session, persona_id: UUID, personal: Personal) -> None:
        self.persona_id = persona_id
        self.caso_id: UUID | None = None
        self.personal = personal
        self._session = session
        self._derivacion_id: UUID | None = None
        self._steps = 0

    @classmethod
    def de(cls, session: Session, correo: str, personal: Personal) -> "_Relato | None":
        """The story of somebody who is there already."""
        indice = indice_contacto(TipoContacto.CORREO, correo)
        persona_id = session.scalar(select(Contacto.persona_id).where(Contacto.indice == indice))
        if persona_id is None:
            return None
        found = cls(session, persona_id, personal)
        found.caso_id = session.scalar(select(Caso.id).where(Caso.persona_id == persona_id))
        return found

    @classmethod
    def nuevo(cls, session: Session, historia: Mapping[str, Any], personal: Personal) -> "_Relato":
        """Register the person on the day of the first step."""
        ficha = NuevaPersonaSchema().load(historia["ficha"])
        ahora = _moment(historia["pasos"][0]["hace"], 0)
        persona = personas.registrar(session, ficha, personal.recepcion, ahora)
        return cls(session, persona.id, personal)

    def dar(self, paso: Mapping[str, Any]) -> None:
        """Take one step."""
        self._steps += 1
        ahora = _moment(paso["hace"], self._steps)
        datos = {name: value for name, value in paso.items() if name not in {"hace", "paso"}}
        match paso["paso"]:
            case "atender":
                self._atender({**datos, "persona_id": str(self.persona_id)}, ahora)
            case "asignar":
                self._asignar(ahora)
            case "derivar":
                self._derivar(datos, ahora)
            case "responder":
                self._responder(datos, ahora)
            case otro:
                schema, action = _DEL_CASO[otro]
                action(self._session, self._caso(), schema().load(datos), self._quien, ahora)

    def atender_anonima(self, atencion: Mapping[str, Any]) -> None:
        """Record an attention without a name."""
        datos = {name: value for name, value in atencion.items() if name != "hace"}
        self._atender(datos, _moment(atencion["hace"], 0))

    @property
    def _quien(self) -> Actor:
        return self.personal.profesional

    def _atender(self, datos: dict[str, Any], ahora: datetime) -> None:
        nueva = NuevaAtencionSchema().load(datos)
        hecha = atenciones.registrar(self._session, nueva, None, self.personal.recepcion, ahora)
        self.caso_id = hecha.caso_id or self.caso_id

    def _asignar(self, ahora: datetime) -> None:
        responsable = expedientes.Responsable(self._quien.id, self._quien.nombre)
        expedientes.asignar(
            self._session, self._caso(), responsable, version=None, actor=self._quien, ahora=ahora
        )

    def _derivar(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        _, disponibles = datos_de_persona(self._session, self.persona_id)
        base = BaseLicitud(datos["base_licitud"])
        con_permiso = base is BaseLicitud.CONSENTIMIENTO
        servicio = select(ServicioRed.id).where(ServicioRed.codigo == datos["servicio"])
        pedido = NuevaDerivacion(
            servicio_id=self._session.scalars(servicio).one(),
            proposito=datos["proposito"],
            datos=tuple(dato.codigo for dato in disponibles if dato.categoria in datos["datos"]),
            fundamento=Fundamento(
                base=base,
                forma=FormaConsentimiento.VERBAL if con_permiso else None,
                idioma="spa" if con_permiso else None,
            ),
        )
        hecha = derivaciones.preparar(self._session, self._caso(), pedido, self._quien, ahora)
        derivaciones.enviar(self._session, hecha.id, self._quien, ahora)
        self._derivacion_id = hecha.id

    def _responder(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        if self._derivacion_id is None:
            raise ValueError("the story answers a derivation that it did not send")
        sistema = Actor.sistema("acogida")
        enlace = enlaces.crear(self._session, self._derivacion_id, "", sistema)
        respuesta = Respuesta(
            accion=Accion(datos["accion"]), motivo=datos.get("motivo"), texto=datos.get("texto")
        )
        if enlace.url is None:
            raise ValueError("the institution of the story has no address")
        token = enlace.url.removeprefix(enlaces.RUTA)
        enlaces.responder_por_enlace(self._session, token, respuesta, ahora)

    def _caso(self) -> UUID:
        if self.caso_id is None:
            raise ValueError("the story takes a step of a case that it did not open")
        return self.caso_id


def _agendar(session: Session, relato: _Relato, cita: Mapping[str, Any]) -> None:
    """Book the appointment of a story, unless the person has one already."""
    if session.scalar(select(Cita.id).where(Cita.persona_id == relato.persona_id).limit(1)):
        return
    profesional = relato.personal.profesional
    datos = {name: value for name, value in cita.items() if name != "en"}
    nueva = NuevaCitaSchema().load(
        {
            **datos,
            "fecha": sumar_dias_habiles(clock.today(), cita["en"]).isoformat(),
            "persona_id": str(relato.persona_id),
            "caso_id": str(relato.caso_id),
            "profesional_id": str(profesional.id),
        }
    )
    agenda.agendar(session, nueva, profesional.nombre, profesional, clock.now())


def _moment(days_ago: int, step: int) -> datetime:
    """A moment so many working days ago, never in the future."""
    day = clock.today()
    while days_ago or not es_habil(day):
        days_ago -= es_habil(day)
        day -= timedelta(days=1)
    start = datetime.combine(day, HORA, tzinfo=clock.ZONA).astimezone(UTC)
    return min(start + timedelta(minutes=10 * step), clock.now())


_DEL_CASO: Mapping[str, tuple[type[Schema], Any]] = {
    "orientar": (schemas.NuevaOrientacionSchema, expedientes.orientar),
    "elevar": (schemas.NuevaElevacionSchema, expedientes.elevar),
    "evaluar": (schemas.NuevaEvaluacionSchema, expedientes.evaluar),
    "cerrar": (schemas.NuevoCierreSchema, expedientes.cerrar),
}
