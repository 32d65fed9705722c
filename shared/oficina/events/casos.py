"""What casos tells: people, attentions, cases, derivations and their deadlines."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oficina.events.base import Evento, evento


@evento("casos.persona.registrada", sujeto_id="persona_id")
class PersonaRegistrada(Evento):
    """A person has a record at the office."""

    persona_id: UUID


@evento("casos.persona.actualizada", sujeto_id="persona_id")
class PersonaActualizada(Evento):
    """Data of a person changed; the names of the fields, never their values."""

    persona_id: UUID
    campos_cambiados: list[str]


@evento("casos.persona.bloqueada", sujeto_id="persona_id")
class PersonaBloqueada(Evento):
    """Nothing may be done with a person's data until they are unblocked. `caso_ids`: their cases.
    Reserved.
    """

    persona_id: UUID
    caso_ids: list[str]


@evento("casos.persona.desbloqueada", sujeto_id="persona_id")
class PersonaDesbloqueada(Evento):
    """A person's data may be used again. Reserved."""

    persona_id: UUID
    caso_ids: list[str]


@evento("casos.persona.fusionada", sujeto_id="persona_id")
class PersonaFusionada(Evento):
    """Two records were of one person: what is held of `absorbida_id` is of `persona_id` from now
    on. `caso_ids`: the cases that went over. Reserved.
    """

    persona_id: UUID
    absorbida_id: UUID
    caso_ids: list[str]


@evento("casos.persona.separada", sujeto_id="persona_id")
class PersonaSeparada(Evento):
    """A union was undone: what was of `absorbida_id` before it, and whatever is of these cases, is
    theirs again. Reserved.
    """

    persona_id: UUID
    absorbida_id: UUID
    caso_ids: list[str]


@evento("casos.persona.anonimizada", sujeto_id="persona_id")
class PersonaAnonimizada(Evento):
    """A person was erased: whoever holds anything of them erases it and confirms it. Reserved.

    `caso_ids`: their cases. `hechos`: how many things of theirs the figures count, under another
    code from now on.
    """

    persona_id: UUID
    supresion_id: UUID
    caso_ids: list[str]
    hechos: int


@evento("casos.supresion.propuesta", sujeto_id="supresion_id")
class SupresionPropuesta(Evento):
    """An erasure waits for somebody else to confirm it. Reserved."""

    supresion_id: UUID
    solicitud_id: UUID


@evento("casos.supresion.confirmacion_atrasada", sujeto_id="supresion_id")
class ConfirmacionAtrasada(Evento):
    """A service has not confirmed an erasure in the time that the rules give it. Reserved."""

    supresion_id: UUID
    solicitud_id: UUID
    servicio: str


@evento("casos.consentimiento.otorgado", sujeto_id="consentimiento_id")
class ConsentimientoOtorgado(Evento):
    """A person allowed a use of their data; for what, and to what kind of recipient."""

    consentimiento_id: UUID
    persona_id: UUID
    finalidad: str
    destinatario_tipo: str


@evento("casos.consentimiento.revocado", sujeto_id="consentimiento_id")
class ConsentimientoRevocado(Evento):
    """A person took a consent back: whatever rests on it stops now."""

    consentimiento_id: UUID
    persona_id: UUID
    finalidad: str
    destinatario_tipo: str


@evento("casos.derechos.solicitud_recibida", sujeto_id="solicitud_id")
class SolicitudDerechoRecibida(Evento):
    """A person asked something of their data; until when it must be answered. Reserved."""

    solicitud_id: UUID
    derecho: str
    vence_en: datetime


@evento("casos.derechos.solicitud_respondida", sujeto_id="solicitud_id")
class SolicitudDerechoRespondida(Evento):
    """A request about somebody's data was answered: done, or refused with a reason. Reserved."""

    solicitud_id: UUID
    derecho: str
    resultado_codigo: str


@evento("casos.derechos.plazo_por_vencer", sujeto_id="solicitud_id")
class PlazoDeDerechoPorVencer(Evento):
    """The term of a request passed a stage before its end. `nivel` is a percentage. Reserved."""

    solicitud_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int


@evento("casos.derechos.plazo_vencido", sujeto_id="solicitud_id")
class PlazoDeDerechoVencido(Evento):
    """The term of a request ended (100), or by half again (150), without an answer. Reserved."""

    solicitud_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int


@evento("casos.incidente.reportado", sujeto_id="incidente_id")
class IncidenteReportado(Evento):
    """Somebody suspects a breach of people's data; when the first clock ends. Reserved."""

    incidente_id: UUID
    causa: str
    vence_en: datetime


@evento("casos.incidente.abierto", sujeto_id="incidente_id")
class IncidenteAbierto(Evento):
    """A suspicion turned out to be a breach; what of the data was harmed. Reserved."""

    incidente_id: UUID
    naturalezas: list[str]
    vence_en: datetime


@evento("casos.incidente.plazo_por_vencer", sujeto_id="incidente_id")
class PlazoDeIncidentePorVencer(Evento):
    """A clock of a breach passed a stage before its end. `nivel` is a percentage. Reserved."""

    incidente_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int


@evento("casos.incidente.plazo_vencido", sujeto_id="incidente_id")
class PlazoDeIncidenteVencido(Evento):
    """A clock of a breach ended (100), or by half again (150), and nobody was told. Reserved."""

    incidente_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int


@evento("casos.atencion.registrada", sujeto_id="atencion_id")
class AtencionRegistrada(Evento):
    """Somebody was attended, with or without a name."""

    atencion_id: UUID
    canal: str
    tema: str
    anonima: bool


@evento("casos.importacion.avanzada", sujeto_id="importacion_id")
class ImportacionAvanzada(Evento):
    """A batch of a register of the past was loaded; one fact a batch, not one a row."""

    importacion_id: UUID
    filas: int


@evento("casos.caso.abierto", sujeto_id="caso_id")
class CasoAbierto(Evento):
    """Something must be followed: a case was opened."""

    caso_id: UUID
    tipo_caso: str
    instancia: str
    prioridad: str
    unidad: str


@evento("casos.caso.orientado", sujeto_id="caso_id")
class CasoOrientado(Evento):
    """Orientation was given in a case."""

    caso_id: UUID
    tema: str


@evento("casos.orientacion.dada", sujeto_id="orientacion_id")
class OrientacionDada(Evento):
    """A sheet of the orientation library was given, in an attention or in a case."""

    orientacion_id: UUID
    tema: str
    idioma: str
    ficha_id: UUID | None = None


@evento("casos.caso.elevado_a_segunda_instancia", sujeto_id="caso_id")
class CasoElevado(Evento):
    """A case went to the second instance of the decree."""

    caso_id: UUID
    motivo_codigo: str


@evento("casos.caso.evaluado", sujeto_id="caso_id")
class CasoEvaluado(Evento):
    """A case was evaluated; the risk itself is not told."""

    caso_id: UUID
    amerita_derivacion: bool


@evento("casos.caso.asignado", sujeto_id="caso_id")
class CasoAsignado(Evento):
    """A case has somebody who answers for it."""

    caso_id: UUID
    responsable_id: UUID


@evento("casos.caso.cerrado", sujeto_id="caso_id")
class CasoCerrado(Evento):
    """A case ended."""

    caso_id: UUID
    motivo_codigo: str
    resultado_codigo: str


@evento("casos.caso.reabierto", sujeto_id="caso_id")
class CasoReabierto(Evento):
    """A closed case goes on."""

    caso_id: UUID
    motivo_codigo: str


@evento("casos.caso.repriorizado", sujeto_id="caso_id")
class CasoRepriorizado(Evento):
    """A case has another priority, and its clocks follow it."""

    caso_id: UUID
    prioridad: str
    antes: str


@evento("casos.caso.en_seguimiento", sujeto_id="caso_id")
class CasoEnSeguimiento(Evento):
    """A case is only followed: others do what was asked of them."""

    caso_id: UUID


@evento("casos.caso.vuelto_a_gestion", sujeto_id="caso_id")
class CasoVueltoAGestion(Evento):
    """A case that was only followed needs work again."""

    caso_id: UUID
    motivo_codigo: str


@evento("casos.caso.suspendido", sujeto_id="caso_id")
class CasoSuspendido(Evento):
    """Nobody works on a case for a while."""

    caso_id: UUID
    motivo_codigo: str


@evento("casos.caso.reanudado", sujeto_id="caso_id")
class CasoReanudado(Evento):
    """A suspended case goes on where it was."""

    caso_id: UUID
    motivo_codigo: str


@evento("casos.caso.cierre_propuesto", sujeto_id="caso_id")
class CierrePropuesto(Evento):
    """A second person must decide whether a case ends."""

    caso_id: UUID


@evento("casos.caso.cierre_rechazado", sujeto_id="caso_id")
class CierreRechazado(Evento):
    """A second person decided that a case does not end yet."""

    caso_id: UUID


@evento("casos.caso.anulado", sujeto_id="caso_id")
class CasoAnulado(Evento):
    """A case had been opened by mistake: it counts nowhere."""

    caso_id: UUID


@evento("casos.tarea.agregada", sujeto_id="tarea_id")
class TareaAgregada(Evento):
    """Somebody is to do something for a case; what, is not told."""

    tarea_id: UUID
    caso_id: UUID
    responsable_id: UUID


@evento("casos.tarea.terminada", sujeto_id="tarea_id")
class TareaTerminada(Evento):
    """A task was done, or (`hecha` false) nobody does it any more."""

    tarea_id: UUID
    caso_id: UUID
    hecha: bool


@evento("casos.denuncia.requerida", sujeto_id="caso_id")
class DenunciaRequerida(Evento):
    """What is known of a case must be reported to the justice. Reserved."""

    caso_id: UUID


@evento("casos.denuncia.realizada", sujeto_id="caso_id")
class DenunciaRealizada(Evento):
    """What had to be reported to the justice was. Reserved."""

    caso_id: UUID


@evento("casos.caso.confidencialidad_cambiada", sujeto_id="caso_id")
class CasoConfidencialidadCambiada(Evento):
    """Who may know of a case changed; how confidential it is is not told."""

    caso_id: UUID


@evento("casos.caso.acceso_excepcional_abierto", sujeto_id="caso_id")
class AccesoExcepcionalAbierto(Evento):
    """Somebody reads a reserved case without being named in it; the head of the office is told."""

    caso_id: UUID
    acceso_id: UUID


@evento("casos.caso.plazo_por_vencer", sujeto_id="caso_id")
class PlazoPorVencer(Evento):
    """A deadline passed a stage before its end; told once a stage. `nivel` is a percentage,
    `origen` who says how long it is: `reglas`, or the `servicio` that promised to answer sooner or
    later than those.
    """

    caso_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int
    derivacion_id: UUID | None = None
    origen: str | None = None


@evento("casos.caso.plazo_vencido", sujeto_id="caso_id")
class PlazoVencido(Evento):
    """A deadline passed (100) or was passed by half again (150); told once a stage. `origen` is
    who says how long it is, `reglas` or `servicio`.
    """

    caso_id: UUID
    plazo_id: UUID
    reloj: str
    vence_en: datetime
    nivel: int
    derivacion_id: UUID | None = None
    origen: str | None = None


@dataclass(frozen=True, kw_only=True)
class HechoDeDerivacion(Evento):
    """What every fact of a derivation says; `unidad` is the code of the unit that it is for."""

    derivacion_id: UUID
    caso_id: UUID
    institucion_id: UUID
    servicio_id: UUID
    grado_evidencia: str | None = None
    motivo_codigo: str | None = None
    unidad: str | None = None


@evento("casos.derivacion.enviada", sujeto_id="derivacion_id")
class DerivacionEnviada(HechoDeDerivacion):
    """A case was handed to a service of the network, with an answer due; until when, and in how
    many working days if it is the service itself that promised so many (`acuerdo_dias`).
    """

    modo: str
    responde_hasta: datetime | None = None
    acuerdo_dias: int | None = None


@evento("casos.derivacion.enlace_pedido", sujeto_id="derivacion_id")
class EnlaceDeDerivacionPedido(HechoDeDerivacion):
    """The institution is to get another link by which it answers."""


@evento("casos.derivacion.confirmacion_pedida", sujeto_id="derivacion_id")
class ConfirmacionDePersonaPedida(HechoDeDerivacion):
    """An institution says that it fulfilled a derivation: the person is to be asked."""

    persona_id: UUID


@evento("casos.derivacion.persona_contesto", sujeto_id="derivacion_id")
class PersonaContesto(HechoDeDerivacion):
    """The person said by themselves whether a derivation was fulfilled: `si` or `no`."""

    respuesta: str


@evento("casos.derivacion.recibida", sujeto_id="derivacion_id")
class DerivacionRecibida(HechoDeDerivacion):
    """The institution confirmed that it has the derivation."""


@evento("casos.derivacion.aceptada", sujeto_id="derivacion_id")
class DerivacionAceptada(HechoDeDerivacion):
    """The institution will attend the person."""


@evento("casos.derivacion.rechazada", sujeto_id="derivacion_id")
class DerivacionRechazada(HechoDeDerivacion):
    """The institution will not attend the person, and said why."""


@evento("casos.derivacion.en_espera", sujeto_id="derivacion_id")
class DerivacionEnEspera(HechoDeDerivacion):
    """The institution accepted and cannot begin yet."""


@evento("casos.derivacion.en_curso", sujeto_id="derivacion_id")
class DerivacionEnCurso(HechoDeDerivacion):
    """The institution is attending the person."""


@evento("casos.derivacion.cumplida", sujeto_id="derivacion_id")
class DerivacionCumplida(HechoDeDerivacion):
    """The service was given, according to who answered."""


@evento("casos.derivacion.no_lograda", sujeto_id="derivacion_id")
class DerivacionNoLograda(HechoDeDerivacion):
    """The service could not be given, and why."""


@evento("casos.derivacion.verificada", sujeto_id="derivacion_id")
class DerivacionVerificada(HechoDeDerivacion):
    """The person confirmed it: the loop is closed."""


@evento("casos.derivacion.vencida", sujeto_id="derivacion_id")
class DerivacionVencida(HechoDeDerivacion):
    """Nobody answered in twice the time; the officer decides what now."""


@evento("casos.derivacion.anulada", sujeto_id="derivacion_id")
class DerivacionAnulada(HechoDeDerivacion):
    """The office took the derivation back."""


@evento("casos.derivacion.datos_retirados", sujeto_id="derivacion_id")
class DatosDeDerivacionRetirados(HechoDeDerivacion):
    """The institution may not use any more what it was sent; `motivo_codigo` says why."""


@evento("casos.derivacion.supresion_pedida", sujeto_id="derivacion_id")
class SupresionDeDerivacionPedida(HechoDeDerivacion):
    """The person was erased: the institution is to erase what it was sent. Reserved."""


@evento("casos.derivacion.reencaminada", sujeto_id="derivacion_id")
class DerivacionReencaminada(HechoDeDerivacion):
    """A new derivation took over from one that did not work out."""

    reemplaza_a: UUID


@evento("casos.convenio.por_vencer", sujeto_id="convenio_id")
class ConvenioPorVencer(Evento):
    """An agreement is about to end; told once a notice. `vence_el` is its last day (ISO)."""

    convenio_id: UUID
    vence_el: str
    dias: int


@dataclass(frozen=True, kw_only=True)
class HechoDeDiscriminacion(Evento):
    """What every fact of a report of discrimination says: ids and codes, all reserved."""

    reporte_id: UUID
    motivo: str
    lugar: str
    via: str | None = None
    institucion_id: UUID | None = None
    caso_id: UUID | None = None


@evento("casos.discriminacion.reportada", sujeto_id="reporte_id")
class DiscriminacionReportada(HechoDeDiscriminacion):
    """Somebody reported that they were discriminated against."""


@evento("casos.discriminacion.gestionada", sujeto_id="reporte_id")
class DiscriminacionGestionada(HechoDeDiscriminacion):
    """Something was done about a report of discrimination, by a route."""


@evento("casos.discriminacion.identificada", sujeto_id="reporte_id")
class DiscriminacionIdentificada(HechoDeDiscriminacion):
    """Who made a report of discrimination is somebody with a record now."""


@evento("casos.discriminacion.con_caso", sujeto_id="reporte_id")
class DiscriminacionConCaso(HechoDeDiscriminacion):
    """A report of discrimination became a case."""


@evento("casos.discriminacion.cerrada", sujeto_id="reporte_id")
class DiscriminacionCerrada(HechoDeDiscriminacion):
    """It is known what came of a report of discrimination."""


@evento("casos.discriminacion.descartada", sujeto_id="reporte_id")
class DiscriminacionDescartada(HechoDeDiscriminacion):
    """A report of discrimination was written down twice, or by mistake."""


@dataclass(frozen=True, kw_only=True)
class HechoDeMediacion(Evento):
    """What every fact of a mediation says: ids alone, on the reserved exchange."""

    mediacion_id: UUID
    caso_id: UUID


@evento("casos.mediacion.abierta", sujeto_id="mediacion_id")
class MediacionAbierta(HechoDeMediacion):
    """A mediation between neighbours was opened."""


@evento("casos.mediacion.partes_cambiadas", sujeto_id="mediacion_id")
class PartesDeMediacionCambiadas(HechoDeMediacion):
    """Somebody was invited to a mediation, answered, or left it."""


@evento("casos.mediacion.iniciada", sujeto_id="mediacion_id")
class MediacionIniciada(HechoDeMediacion):
    """All who take part in a mediation agreed to."""


@evento("casos.mediacion.sesion_realizada", sujeto_id="mediacion_id")
class SesionDeMediacionRealizada(HechoDeMediacion):
    """A session of a mediation was written down."""


@evento("casos.mediacion.compromiso_anotado", sujeto_id="mediacion_id")
class CompromisoDeMediacionAnotado(HechoDeMediacion):
    """A party of a mediation promised something."""


@evento("casos.mediacion.con_acuerdo", sujeto_id="mediacion_id")
class MediacionConAcuerdo(HechoDeMediacion):
    """A mediation came to an agreement, which is followed up."""


@evento("casos.mediacion.compromiso_calificado", sujeto_id="mediacion_id")
class CompromisoDeMediacionCalificado(HechoDeMediacion):
    """It is known whether a promise of a mediation was kept."""


@evento("casos.mediacion.seguida", sujeto_id="mediacion_id")
class MediacionSeguida(HechoDeMediacion):
    """The agreement of a mediation was followed up."""


@evento("casos.mediacion.sin_acuerdo", sujeto_id="mediacion_id")
class MediacionSinAcuerdo(HechoDeMediacion):
    """A mediation ended without an agreement."""


@evento("casos.mediacion.desistida", sujeto_id="mediacion_id")
class MediacionDesistida(HechoDeMediacion):
    """Somebody did not want to go on with a mediation."""


@evento("casos.mediacion.terminada", sujeto_id="mediacion_id")
class MediacionTerminada(HechoDeMediacion):
    """A mediation with an agreement ended."""


@evento("casos.institucion.actualizada", sujeto_id="institucion_id")
class InstitucionActualizada(Evento):
    """What the directory says of an institution, or of its services, changed."""

    institucion_id: UUID


@evento("casos.servicio.capacidad_cambiada", sujeto_id="servicio_id")
class ServicioCapacidadCambiada(Evento):
    """A service of the network says something else of its places."""

    servicio_id: UUID
    institucion_id: UUID
    capacidad: str


@evento("casos.servicio.verificacion_vencida", sujeto_id="servicio_id")
class ServicioVerificacionVencida(Evento):
    """Nobody has asked for so long about the places (`capacidad`), the hours and contact
    (`contacto`) or the whole of a service that its word no longer counts since `vence_el`.
    """

    servicio_id: UUID
    institucion_id: UUID
    clase: str
    vence_el: str


@evento("casos.consulta_red.pedida", sujeto_id="consulta_id")
class ConsultaRedPedida(Evento):
    """An institution of the network is to be asked whether all is as it is written."""

    consulta_id: UUID
    institucion_id: UUID


@evento("casos.consulta_red.contestada", sujeto_id="consulta_id")
class ConsultaRedContestada(Evento):
    """An institution has spoken of every service that it was asked about."""

    consulta_id: UUID
    institucion_id: UUID


@evento("casos.consulta_red.sin_respuesta", sujeto_id="consulta_id")
class ConsultaRedSinRespuesta(Evento):
    """The time to answer ended, and of a service nobody knows whether it is still so."""

    consulta_id: UUID
    institucion_id: UUID


@evento("casos.correccion_red.propuesta", sujeto_id="correccion_id")
class CorreccionRedPropuesta(Evento):
    """An institution corrects what is written of one of its services; somebody has to look."""

    correccion_id: UUID
    consulta_id: UUID
    servicio_id: UUID
    institucion_id: UUID


@dataclass(frozen=True, kw_only=True)
class HechoDeObstaculo(Evento):
    """What every fact of an obstacle says: which, and at which institution."""

    obstaculo_id: UUID
    institucion_id: UUID


@evento("casos.obstaculo.anotado", sujeto_id="obstaculo_id")
class ObstaculoAnotado(HechoDeObstaculo):
    """Somebody met an obstacle at an institution."""


@evento("casos.obstaculo.elevado", sujeto_id="obstaculo_id")
class ObstaculoElevado(HechoDeObstaculo):
    """An obstacle came back so often that the coordination is to act, or was raised to it."""


@evento("casos.obstaculo.trabajado", sujeto_id="obstaculo_id")
class ObstaculoTrabajado(HechoDeObstaculo):
    """Something was done about an obstacle with its institution."""


@evento("casos.obstaculo.resuelto", sujeto_id="obstaculo_id")
class ObstaculoResuelto(HechoDeObstaculo):
    """Something changed, and an obstacle is there no more."""


@evento("casos.obstaculo.descartado", sujeto_id="obstaculo_id")
class ObstaculoDescartado(HechoDeObstaculo):
    """What was noted as an obstacle is none."""


@evento("casos.organizacion.registrada", sujeto_id="organizacion_id")
class OrganizacionRegistrada(Evento):
    """An organisation of migrants was written down."""

    organizacion_id: UUID


@evento("casos.organizacion.actualizada", sujeto_id="organizacion_id")
class OrganizacionActualizada(Evento):
    """What is written down of an organisation of migrants was corrected."""

    organizacion_id: UUID


@evento("casos.organizacion.directiva_registrada", sujeto_id="organizacion_id")
class DirectivaRegistrada(Evento):
    """An organisation of migrants has another board."""

    organizacion_id: UUID
    directiva_id: UUID


@evento("casos.organizacion.directiva_por_vencer", sujeto_id="organizacion_id")
class DirectivaPorVencer(Evento):
    """The term of an organisation's board is about to end; told once a notice. `vence_el` is its
    last day (ISO).
    """

    organizacion_id: UUID
    vence_el: str
    dias: int


@evento("casos.organizacion.directiva_vencida", sujeto_id="organizacion_id")
class DirectivaVencida(Evento):
    """The term of an organisation's board has ended. `vence_el` was its last day (ISO)."""

    organizacion_id: UUID
    vence_el: str


@evento("casos.organizacion.en_receso", sujeto_id="organizacion_id")
class OrganizacionEnReceso(Evento):
    """An organisation of migrants does not meet for a while."""

    organizacion_id: UUID


@evento("casos.organizacion.retomada", sujeto_id="organizacion_id")
class OrganizacionRetomada(Evento):
    """An organisation of migrants meets again."""

    organizacion_id: UUID


@evento("casos.organizacion.disuelta", sujeto_id="organizacion_id")
class OrganizacionDisuelta(Evento):
    """An organisation of migrants is no more."""

    organizacion_id: UUID


@evento("casos.programa.abierto", sujeto_id="programa_id")
class ProgramaAbierto(Evento):
    """A programme of social aid takes applications."""

    programa_id: UUID


@evento("casos.programa.cerrado", sujeto_id="programa_id")
class ProgramaCerrado(Evento):
    """A programme takes no more applications."""

    programa_id: UUID


@evento("casos.presupuesto.umbral", sujeto_id="programa_id")
class PresupuestoUmbral(Evento):
    """So much of a programme's budget is committed or spent; `porcentaje` is told once."""

    programa_id: UUID
    porcentaje: int


@evento("casos.postulacion.ingresada", sujeto_id="postulacion_id")
class PostulacionIngresada(Evento):
    """Somebody asks a programme for a benefit; who, and how much, is not told."""

    postulacion_id: UUID
    programa_id: UUID


@evento("casos.postulacion.aprobada", sujeto_id="postulacion_id")
class PostulacionAprobada(Evento):
    """An application was granted, and its money is promised."""

    postulacion_id: UUID
    programa_id: UUID


@evento("casos.postulacion.rechazada", sujeto_id="postulacion_id")
class PostulacionRechazada(Evento):
    """An application was refused, for a reason of the list."""

    postulacion_id: UUID
    programa_id: UUID
    motivo_codigo: str


@evento("casos.beneficio.entregado", sujeto_id="entrega_id")
class BeneficioEntregado(Evento):
    """What was granted was handed over; to whom, and how much, is not told."""

    entrega_id: UUID
    postulacion_id: UUID
    programa_id: UUID
    tipo_beneficio: str
