"""What casos itself holds of a person, as JSON values: the portable side of a copy.

Its shape is documented in docs/copia-de-datos.md and has a version: fields are only added.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from casos.adjuntos.models import Adjunto
from casos.alcance import SIN_LIMITE
from casos.atenciones.models import Atencion
from casos.cierres.models import CierrePropuesto
from casos.comunicaciones.queries import comunicaciones
from casos.comunicaciones.schemas import RegistroSchema
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.queries import de_persona as reportes_de
from casos.comunidad.discriminacion.queries import pasos as pasos_de_reporte
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.mediaciones.queries import de_persona as mediaciones_de
from casos.consentimientos.queries import de_persona as consentimientos_de
from casos.contactos.models import ContactoSeguro
from casos.defunciones.queries import de_persona as defunciones
from casos.derechos.models import SolicitudDerecho
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.expedientes.models import Caso, Hito
from casos.hogares.models import Integrante
from casos.instrumentos.queries import con_respuestas
from casos.instrumentos.vistas import Leida, leer
from casos.orientaciones.models import Orientacion
from casos.personas.models import DocumentoIdentidad
from casos.personas.queries import persona_por_id
from casos.personas.unidas import unidas_a
from casos.programas.entregas.models import Entrega
from casos.programas.entregas.queries import entrega_de
from casos.programas.postulaciones.models import PasoDePostulacion, Postulacion
from casos.representantes.models import Representante
from casos.situaciones.queries import situaciones
from casos.tareas.models import Tarea
from casos.taxonomia import LENGUAS
from casos.vinculos.models import Vinculo
from oficina.accesos import AccesosSchema, accesos
from oficina.audit import Personal

_FICHA = (
    "folio",
    "nombres",
    "primer_apellido",
    "segundo_apellido",
    "nombre_social",
    "fecha_nacimiento",
    "precision_fecha",
    "sexo",
    "genero",
    "nacionalidades",
    "idiomas",
    "nivel_espanol",
    "requiere_interprete",
    "direccion",
    "no_contactar",
    "canal_preferido",
    "registrada_en",
)
_DOCUMENTO = (
    *("tipo", "numero", "pais_emisor", "vence_el", "nivel", "nivel_en"),
    *("retirado_en", "retiro_motivo"),
)
_SITUACION = (
    "registrada_en",
    "prefiere_no_indicar",
    "categoria",
    "fuente",
    "numero_solicitud",
    "vigente_hasta",
    "nota",
)
_CONTACTO_SEGURO = (
    "canales_vedados",
    "desde",
    "hasta",
    "palabra_clave",
    "indicaciones",
    "puesto_en",
    "terminado_en",
)
_DEFUNCION = ("fecha", "fuente", "detalle", "registrada_en", "anulada_en", "anulada_motivo")
_INTEGRANTE = ("rol", "desde", "hasta", "salida_motivo", "anotado_en")
_REPRESENTANTE = (
    *("nombre", "telefono", "correo", "recibe_mensajes"),
    *("desde", "hasta", "anotado_en", "terminado_en"),
)
CASO = (
    "folio",
    "tipo",
    "tema",
    "instancia",
    "estado",
    "prioridad",
    "riesgo",
    "responsable_nombre",
    "abierto_en",
    "cerrado_en",
    "cierre_motivo",
    "cierre_resultado",
    "suspension_motivo",
)
ADJUNTO = ("agregado_en", "nombre", "tipo", "tamano", "sha256", "retirado_en", "retiro_motivo")
TAREA = ("creada_en", "que", "responsable_nombre", "estado", "terminada_en")
_PROPUESTA = ("propuesto_en", "motivo", "resultado", "texto", "estado", "decision_texto")
ATENCION = ("inicio", "canal", "tema", "resultado", "funcionario_nombre", "nota", "derivada_a")
_ORIENTACION = ("folio", "dada_en", "tema", "comprendida", "funcionario_nombre")
_CONSENTIMIENTO = (
    "finalidad",
    "base_licitud",
    "categorias",
    "forma",
    "texto_version",
    "idioma",
    "otorgado_por",
    "representante",
    "registrado_en",
    "hasta",
)
_SOLICITUD = ("folio", "derecho", "estado", "canal", "detalle", "recibida_en", "respuesta")


def de_casos(session: Session, persona_id: UUID) -> dict[str, Any]:
    """Everything that casos holds of a person. Raises NoEncontrado."""
    persona = persona_por_id(session, persona_id, SIN_LIMITE)
    casos = _todos(session, select(Caso).where(Caso.persona_id == persona_id).order_by(Caso.id))
    ids = [caso.id for caso in casos]
    solicitudes = _todos(
        session, select(SolicitudDerecho).where(SolicitudDerecho.persona_id == persona_id)
    )
    atenciones = _todos(
        session,
        select(Atencion).where(Atencion.persona_id == persona_id).order_by(Atencion.inicio),
    )
    derivaciones = derivaciones_enviadas(session, ids)
    ayudas = _todos(
        session,
        select(Postulacion)
        .where(Postulacion.persona_id == persona_id)
        .options(joinedload(Postulacion.programa))
        .order_by(Postulacion.id),
    )
    adjuntos = _todos(
        session, select(Adjunto).where(Adjunto.persona_id == persona_id).order_by(Adjunto.id)
    )
    mediaciones = mediaciones_de(session, persona_id)
    reportes = reportes_de(session, persona_id)
    unidas = unidas_a(session, persona_id)
    cosas = [
        persona_id,
        *(una.id for una in unidas),
        *ids,
        *(una.id for una in (*solicitudes, *derivaciones, *ayudas, *mediaciones, *reportes)),
    ]
    de_ayudas = Entrega.postulacion_id.in_([una.id for una in ayudas])
    cosas += _todos(session, select(Entrega.id).where(de_ayudas))
    return {
        "ficha": valores(persona, _FICHA),
        "fichas_unidas": [valores(una, _FICHA) for una in unidas],
        "documentos": [
            valores(uno, _DOCUMENTO) | {"principal": uno.id == persona.documento_principal_id}
            for uno in _todos(
                session,
                select(DocumentoIdentidad)
                .where(DocumentoIdentidad.persona_id == persona_id)
                .order_by(DocumentoIdentidad.id),
            )
        ],
        "contactos": [valores(uno, ("tipo", "valor")) for uno in persona.contactos],
        "contacto_seguro": [
            valores(uno, _CONTACTO_SEGURO)
            for uno in _todos(
                session,
                select(ContactoSeguro)
                .where(ContactoSeguro.persona_id == persona_id)
                .order_by(ContactoSeguro.id),
            )
        ],
        "hogares": [
            valores(uno, _INTEGRANTE)
            for uno in _todos(
                session,
                select(Integrante)
                .where(Integrante.persona_id == persona_id)
                .order_by(Integrante.desde, Integrante.id),
            )
        ],
        "vinculos": [
            valores(uno, ("nombre", "desde", "hasta", "anotado_en")) | {"vinculo": uno.tipo}
            for uno in _propios(session, Vinculo, persona_id)
        ],
        "representantes": [
            valores(uno, _REPRESENTANTE)
            | {"representa_como": uno.tipo, "documento_respaldo": uno.documento}
            for uno in _propios(session, Representante, persona_id)
        ],
        "defunciones": [valores(una, _DEFUNCION) for una in defunciones(session, persona_id)],
        "situaciones_migratorias": [
            valores(una, _SITUACION) for una in situaciones(session, persona_id)
        ],
        "atenciones": [valores(una, ATENCION) for una in atenciones],
        "orientaciones": _orientaciones(session, [una.id for una in atenciones], ids),
        "casos": [_caso(session, caso) for caso in casos],
        "adjuntos": [valores(uno, ADJUNTO) for uno in adjuntos],
        "derivaciones": [derivacion(session, una) for una in derivaciones],
        "ayudas": [_ayuda(session, una) for una in ayudas],
        "mediaciones": [_mediacion(una, persona_id) for una in mediaciones],
        "reportes_de_discriminacion": [_reporte(session, uno) for uno in reportes],
        "consentimientos": [
            valores(uno, _CONSENTIMIENTO)
            | {
                "destinatario": uno.destinatario.nombre if uno.destinatario else None,
                "retirado_en": _json(uno.retiro.retirado_en) if uno.retiro else None,
            }
            for uno in consentimientos_de(session, persona_id, SIN_LIMITE)
        ],
        "solicitudes": [valores(una, _SOLICITUD) for una in solicitudes],
        "comunicaciones": RegistroSchema().dump(comunicaciones(session, persona_id=persona_id))[
            "comunicaciones"
        ],
        "accesos": AccesosSchema(many=True).dump(accesos(session, cosas)),
    }


def _orientaciones(
    session: Session, atenciones: list[UUID], casos: list[UUID]
) -> list[dict[str, Any]]:
    dadas = or_(Orientacion.atencion_id.in_(atenciones), Orientacion.caso_id.in_(casos))
    halladas = _todos(
        session,
        select(Orientacion)
        .where(dadas)
        .options(joinedload(Orientacion.ficha))
        .order_by(Orientacion.id),
    )
    return [
        valores(una, _ORIENTACION)
        | {"titulo": una.hoja.titulo, "idioma": LENGUAS[una.idioma] if una.idioma else None}
        for una in halladas
    ]


def _caso(session: Session, caso: Caso) -> dict[str, Any]:
    hitos = _todos(session, select(Hito).where(Hito.caso_id == caso.id).order_by(Hito.id))
    hechas = evaluaciones(session, caso)
    propuestas = _todos(
        session,
        select(CierrePropuesto)
        .where(CierrePropuesto.caso_id == caso.id)
        .order_by(CierrePropuesto.id),
    )
    tareas = _todos(session, select(Tarea).where(Tarea.caso_id == caso.id).order_by(Tarea.id))
    return valores(caso, CASO) | {
        "evaluaciones": [evaluacion(una) for una in hechas],
        "tareas": [valores(una, TAREA) for una in tareas],
        "cierres_propuestos": [valores(uno, _PROPUESTA) for uno in propuestas],
        "historia": [valores(uno, ("ocurrido_en", "tipo", "texto")) for uno in hitos],
    }


def evaluaciones(session: Session, caso: Caso) -> list[Leida]:
    """The evaluations of a case with what was answered, the oldest first."""
    return [leer(una, "es") for una in reversed(con_respuestas(session, caso))]


def evaluacion(una: Leida) -> dict[str, Any]:
    """An evaluation with its questions in words."""
    campos = ("realizada_en", "riesgo", "amerita_derivacion", "fundamento")
    return valores(una.evaluacion, campos) | {
        "instrumento": una.instrumento or None,
        "respuestas": [
            {"pregunta": respondida.pregunta, "respuesta": respondida.respuesta}
            for seccion in una.secciones
            for respondida in seccion.respondidas
        ],
    }


def derivaciones_enviadas(session: Session, casos: list[UUID]) -> list[Derivacion]:
    """The derivations of some cases that were sent, in their order."""
    return _todos(
        session,
        select(Derivacion)
        .where(Derivacion.caso_id.in_(casos), Derivacion.enviada_en.is_not(None))
        .options(joinedload(Derivacion.institucion), joinedload(Derivacion.servicio))
        .order_by(Derivacion.id),
    )


def derivacion(session: Session, una: Derivacion) -> dict[str, Any]:
    """What was derived, to whom, and what was answered."""
    respuestas = _todos(
        session,
        select(RespuestaDerivacion)
        .where(RespuestaDerivacion.derivacion_id == una.id)
        .order_by(RespuestaDerivacion.id),
    )
    paquete = una.contenido
    return valores(una, ("folio", "estado", "base_licitud", "enviada_en", "terminada_en")) | {
        "institucion": una.institucion.nombre,
        "servicio": una.servicio.nombre,
        "proposito": paquete.proposito,
        "datos": [
            {"categoria": dato.categoria.value, "valor": dato.valor} for dato in paquete.datos
        ],
        "respuestas": [
            valores(otra, ("registrada_en", "accion", "motivo_codigo", "texto"))
            for otra in respuestas
        ],
    }


def _ayuda(session: Session, una: Postulacion) -> dict[str, Any]:
    pasos = _todos(
        session,
        select(PasoDePostulacion)
        .where(PasoDePostulacion.postulacion_id == una.id)
        .order_by(PasoDePostulacion.id),
    )
    campos = ("folio", "estado", "monto_clp", "detalle", "creada_en", "motivo_codigo")
    entrega = entrega_de(session, una.id)
    return valores(una, campos) | {
        "programa": una.programa.nombre,
        "entregas": [_entrega(entrega)] if entrega else [],
        "comprobaciones": [
            valores(hallada, ("codigo", "cumple", "documento_el", "nota"))
            for hallada in una.comprobaciones
        ],
        "pasos": [valores(paso, ("ocurrido_en", "accion", "estado", "texto")) for paso in pasos],
    }


def _mediacion(una: Mediacion, persona_id: UUID) -> dict[str, Any]:
    """Their own part: nothing of the other side, and no notes, which speak of both."""
    suyas = {parte.id for parte in una.partes if parte.persona_id == persona_id}
    return valores(una, ("folio", "estado", "mediador_nombre", "creada_en", "acordada_el")) | {
        "participa": [_json(parte.participa) for parte in una.partes if parte.id in suyas],
        "sesiones": [
            valores(sesion, ("dia", "resultado"))
            | {"asistio": any(UUID(cual) in suyas for cual in sesion.asistieron)}
            for sesion in una.sesiones
        ],
        "compromisos": [
            valores(compromiso, ("que", "vence_el", "estado"))
            for compromiso in una.compromisos
            if compromiso.parte_id in suyas
        ],
    }


def _reporte(session: Session, uno: ReporteDeDiscriminacion) -> dict[str, Any]:
    """What she told, where it happened and what was done."""
    donde = uno.institucion.nombre if uno.institucion else uno.institucion_otra
    return {
        "folio": uno.folio,
        "situacion": _json(uno.estado),
        "motivo_de_discriminacion": uno.motivo,
        "lugar_de_discriminacion": uno.lugar,
        "via": uno.via,
        "institucion": donde,
        **valores(uno, ("ocurrio_el", "que_paso", "recibido_en")),
        "gestiones": [
            valores(paso, ("ocurrido_en", "via", "nota"))
            for paso in reversed(pasos_de_reporte(session, uno.id))
        ],
    }


def _entrega(una: Entrega) -> dict[str, Any]:
    campos = ("folio", "entregada_en", "monto_clp", "receptor", "receptor_nombre")
    return valores(una, (*campos, "receptor_documento")) | {
        "especies": [
            f"{salida.cantidad} {salida.articulo.unidad} {salida.articulo.nombre}"
            for salida in una.salidas
        ]
    }


def _propios(session: Session, tabla: type[Any], persona_id: UUID) -> list[Any]:
    """What she told of others; of one with a record of their own, that there is one and no name."""
    return _todos(session, select(tabla).where(tabla.persona_id == persona_id).order_by(tabla.id))


def _todos(session: Session, consulta: Any) -> list[Any]:
    return list(session.scalars(consulta))


def valores(cosa: Personal | Any, campos: Iterable[str]) -> dict[str, Any]:
    """Some fields of a thing, as JSON values."""
    return {campo: _json(getattr(cosa, campo)) for campo in campos}


def _json(valor: Any) -> Any:
    if isinstance(valor, datetime | date | time):
        return valor.isoformat()
    if isinstance(valor, StrEnum):
        return valor.value
    if isinstance(valor, UUID):
        return str(valor)
    return dict(valor) if isinstance(valor, Mapping) else valor
