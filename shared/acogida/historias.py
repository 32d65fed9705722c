"""The people of the demonstration: each with a story, told by the services' own actions.

A person's story in casos is one transaction, so a start that is interrupted is taken up by the
next; who is there already stays as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from agenda import actions as agenda
from agenda.models import Cita
from agenda.schemas import NuevaCitaSchema
from casos.accesos.actions import Responsable
from casos.adjuntos import actions as adjuntos
from casos.adjuntos.schemas import NuevoAdjunto
from casos.alcance import SIN_LIMITE
from casos.atenciones import actions as atenciones
from casos.atenciones.schemas import NuevaAtencionSchema
from casos.consentimientos import actions as consentimientos
from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import BaseLicitud, FormaConsentimiento
from casos.consentimientos.queries import de_persona
from casos.consentimientos.retiro import retirar
from casos.consentimientos.schemas import NuevoConsentimientoSchema, RetiroSchema
from casos.derechos import actions as derechos
from casos.derechos.schemas import NuevaSolicitudSchema
from casos.derivaciones import actions as derivaciones
from casos.derivaciones.actions import NuevaDerivacion
from casos.derivaciones.queries import datos_de_persona
from casos.derivaciones.respuestas import Respuesta, registrada
from casos.derivaciones.states import Accion, CanalRespuesta
from casos.enlaces import actions as enlaces
from casos.enlaces.actions import EnlaceNuevo
from casos.expedientes import actions as expedientes
from casos.expedientes import schemas
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.incidentes import actions as incidentes
from casos.incidentes.schemas import ClasificacionSchema, MedidaSchema, NuevoReporteSchema
from casos.oficios import actions as oficios
from casos.personas import actions as personas
from casos.personas.models import Contacto, TipoContacto, indice_contacto
from casos.personas.schemas import NuevaPersonaSchema, NuevoDocumentoSchema
from casos.plazos.calendario import NuevoDiaCerrado, cerrar, dias_cerrados
from casos.red.models import ServicioRed
from notificaciones.mensajes import actions as avisos
from notificaciones.mensajes.models import SALIDA, PasoDeMensaje, Salida
from notificaciones.mensajes.states import Estado, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, Valor, base, redactar
from notificaciones.plantillas.vigentes import plantillas
from oficina import clock
from oficina.actor import Actor
from oficina.calendar_cl import es_habil, sumar_dias_habiles
from oficina.db import Database, uuid7
from oficina.settings import Settings

HORA = time(10, 0)
"""When the first step of a story takes place; each next one is ten minutes later in its day."""


@dataclass(frozen=True)
class Personal:
    """Who does what in the stories."""

    recepcion: Actor
    profesional: Actor
    coordinacion: Actor
    delegado: Actor


@dataclass(frozen=True)
class Correo:
    """The mail with which an institution got its link, on the day that the story says."""

    mensaje_id: UUID
    caso_id: UUID
    derivacion_id: UUID
    destino: str
    enlace: str
    valores: Mapping[str, Valor]
    enviado_en: datetime


def contar(bases: Mapping[str, Database], settings: Settings, personal: Personal) -> None:
    """Tell every story that was not told yet, as if it had happened on the days that it says."""
    todo = json.loads((files("acogida") / "historias.json").read_text(encoding="utf-8"))
    for numero, historia in enumerate(todo["personas"]):
        with bases["casos"].begin() as session:
            relato = _Relato.de(session, historia["ficha"]["correo"], personal)
            if relato is None:
                relato = _Relato.nuevo(session, historia, personal)
                relato.base_url = settings.base_url
                for paso in historia["pasos"]:
                    relato.dar(paso)
                for atencion in todo["anonimas"] if numero == 0 else ():
                    relato.atender_anonima(atencion)
        with bases["notificaciones"].begin() as session:
            for correo in relato.correos:
                _enviar(session, correo)
        if "cita" in historia:
            with bases["agenda"].begin() as session:
                _agendar(session, relato, historia["cita"])


def cerrar_dias(db: Database, quien: Actor) -> None:
    """Say on which days the municipality will not work, once; invented as all the rest."""
    todo = json.loads((files("acogida") / "historias.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if dias_cerrados(session):
            return
        for dato in todo["dias_cerrados"]:
            dia = sumar_dias_habiles(clock.today(), dato["en"])
            nuevo = NuevoDiaCerrado(dia=dia, motivo=dato["motivo"], fuente=dato["fuente"])
            cerrar(session, nuevo, quien, clock.now())


class _Relato:
    """The story of one person, as far as it has come."""

    def __init__(self, session: Session, persona_id: UUID, personal: Personal) -> None:
        self.persona_id = persona_id
        self.caso_id: UUID | None = None
        self.personal = personal
        self._session = session
        self.base_url = ""
        self.correos: list[Correo] = []
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
            case "oficio":
                self._escribir_oficio(ahora)
            case "renovar":
                self._renovar(datos)
            case "consentir":
                self._consentir(datos, ahora)
            case "retirar":
                self._retirar(datos, ahora)
            case "pedir":
                pedido = NuevaSolicitudSchema().load(datos)
                derechos.registrar(
                    self._session, self.persona_id, pedido, self.personal.recepcion, ahora
                )
            case "adjuntar":
                self._adjuntar(datos["nombre"], ahora)
            case "reportar":
                self._reportar(datos, ahora)
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

    def _adjuntar(self, nombre: str, ahora: datetime) -> None:
        """A paper of the case, which says of itself that nobody signed it."""
        papel = BytesIO()
        import segno  # noqa: PLC0415  only the demonstration's first start waits for it

        segno.make_qr("Documento sintético, sin valor").save(papel, kind="pdf", scale=8)
        adjuntos.adjuntar_a_caso(
            self._session,
            self._caso(),
            NuevoAdjunto(nombre=nombre),
            papel,
            2**20,
            actor=self._quien,
            ahora=ahora,
        )

    def _reportar(self, datos: dict[str, Any], ahora: datetime) -> None:
        """A breach that reached the person, noticed that day; opened when it says what it is."""
        que, medida = datos.pop("clasificacion", None), datos.pop("medida", None)
        dia = {"conocido_el": clock.local(ahora).date().isoformat()}
        nuevo = NuevoReporteSchema().load(datos | dia)
        hecho = incidentes.reportar(self._session, nuevo, self.personal.recepcion, ahora)
        if que is None:
            return
        delegado = self.personal.delegado
        clasificacion = ClasificacionSchema().load(que)
        incidentes.abrir(self._session, hecho.id, clasificacion, delegado, ahora)
        incidentes.tomar_medida(
            self._session, hecho.id, MedidaSchema().load(medida), delegado, ahora
        )
        ids = [str(self.persona_id)]
        incidentes.vincular(self._session, hecho.id, ids, delegado, ahora)

    def _asignar(self, ahora: datetime) -> None:
        responsable = Responsable(self._quien.id, self._quien.nombre)
        expedientes.asignar(
            self._session,
            self._caso(),
            responsable,
            version=None,
            # Only the coordination gives a reserved case that nobody answers for to somebody.
            actor=self.personal.coordinacion,
            ahora=ahora,
        )

    def _derivar(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        _persona, _pauta, disponibles = datos_de_persona(self._session, self.persona_id, SIN_LIMITE)
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
        enlace = enlaces.crear(
            self._session, hecha.id, self.base_url, Actor.sistema("notificaciones")
        )
        self._enviar_correo(enlace, min(ahora + timedelta(minutes=1), clock.now()))

    def _enviar_correo(self, enlace: EnlaceNuevo, ahora: datetime) -> None:
        derivacion = enlace.derivacion
        destino = derivacion.institucion.correo
        if not destino or enlace.url is None or enlace.vence_en is None:
            raise ValueError("the institution of the story has no address")
        correo = Correo(
            mensaje_id=uuid7(),
            caso_id=derivacion.caso_id,
            derivacion_id=derivacion.id,
            destino=destino,
            enlace=enlace.url,
            valores={
                "institucion": derivacion.institucion.nombre,
                "servicio": derivacion.servicio.nombre,
                "folio": derivacion.folio,
                "enlace": enlace.url,
                "enlace_vence": enlace.vence_en,
            },
            enviado_en=ahora,
        )
        self.correos.append(correo)
        anotar(
            self._session,
            correo.caso_id,
            TipoHito.MENSAJE,
            Actor.sistema("notificaciones"),
            datos={
                "hecho": "enviado",
                "mensaje_id": str(correo.mensaje_id),
                "plantilla": Clave.DERIVACION_ENVIADA.value,
                "canal": Canal.CORREO.value,
                "caso_id": str(correo.caso_id),
                "derivacion_id": str(correo.derivacion_id),
                "cita_id": None,
            },
            ocurrido_en=ahora,
        )

    def _responder(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        if not self.correos:
            raise ValueError("the story answers a derivation that it did not send")
        respuesta = Respuesta(
            accion=Accion(datos["accion"]), motivo=datos.get("motivo"), texto=datos.get("texto")
        )
        if "canal" in datos:
            # It came by another way than the link, and an officer wrote it down.
            procedencia = registrada(
                CanalRespuesta(datos["canal"]), datos.get("quien"), clock.local(ahora).date()
            )
            derivaciones.responder(
                self._session,
                self.correos[-1].derivacion_id,
                respuesta,
                self._quien,
                ahora,
                procedencia=procedencia,
            )
            return
        token = self.correos[-1].enlace.removeprefix(f"{self.base_url}{enlaces.RUTA}")
        enlaces.responder_por_enlace(self._session, token, respuesta, ahora)

    def _escribir_oficio(self, ahora: datetime) -> None:
        """The letter of the last derivation, printed; its link and its key stay on the paper."""
        derivacion_id = self.correos[-1].derivacion_id
        oficios.imprimir(self._session, derivacion_id, self.base_url, self._quien, ahora)

    def _renovar(self, datos: dict[str, Any]) -> None:
        """A document is shown again, that expires in so many days."""
        vence_el = clock.today() + timedelta(days=datos.pop("en"))
        documento = NuevoDocumentoSchema().load(datos | {"vence_el": vence_el.isoformat()})
        personas.agregar_documento(
            self._session, self.persona_id, documento, self.personal.recepcion, clock.now()
        )

    def _consentir(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        fundamento = NuevoConsentimientoSchema().load(datos)
        consentimientos.consentir_recordatorios(
            self._session, self.persona_id, fundamento, self.personal.recepcion, ahora
        )

    def _retirar(self, datos: Mapping[str, Any], ahora: datetime) -> None:
        """Take back what the person allowed last."""
        ultimo = de_persona(self._session, self.persona_id, SIN_LIMITE)[0]
        pedido = RetiroSchema().load(datos)
        retirar(self._session, ultimo.id, pedido, self.personal.recepcion, ahora)

    def _caso(self) -> UUID:
        if self.caso_id is None:
            raise ValueError("the story takes a step of a case that it did not open")
        return self.caso_id


def _enviar(session: Session, correo: Correo) -> None:
    """Put a mail into the office's outbox as it left then; its fact, heard later, asks for none."""
    mensaje = avisos.encargar(
        session,
        f"{Clave.DERIVACION_ENVIADA}/{correo.derivacion_id}",
        Clave.DERIVACION_ENVIADA,
        correo.enviado_en,
        caso_id=correo.caso_id,
        derivacion_id=correo.derivacion_id,
    )
    if mensaje is None:
        return
    plantilla = plantillas(session)[Clave.DERIVACION_ENVIADA]
    texto = redactar(plantilla, Canal.CORREO, base(), correo.valores)
    mensaje.id = correo.mensaje_id
    mensaje.escribir(Canal.CORREO, correo.destino, base(), texto)
    mensaje.plantilla_version, mensaje.enlace = plantilla.version, correo.enlace
    mensaje.estado, mensaje.proveedor = Estado.ENTREGADA, SALIDA
    mensaje.referencia = str(mensaje.id)
    mensaje.creado_en = mensaje.entregado_en = correo.enviado_en
    mensaje.historia.add(
        PasoDeMensaje(ocurrido_en=correo.enviado_en, paso=Paso.ENTREGAR, estado=Estado.ENTREGADA)
    )
    session.add(Salida(mensaje_id=mensaje.id, recibida_en=correo.enviado_en))


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
    "reabrir": (schemas.NuevaReaperturaSchema, expedientes.reabrir),
}
