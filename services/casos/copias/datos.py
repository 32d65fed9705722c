"""What casos itself holds of a person, as JSON values: the portable side of a copy.

Its shape is documented in docs/copia-de-datos.md and has a version: fields are only added.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

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
from casos.personas.queries import persona_por_id
from casos.personas.unidas import unidas_a
from casos.programas.entregas.models import Entrega
from casos.programas.entregas.queries import entrega_de
from casos.programas.postulaciones.models import PasoDePostulacion, Postulacion
from casos.representantes.models import Representante
from casos.situaciones.queries import situaciones
from casos.tareas.models import Tarea
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
_CASO = (
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
_TAREA = ("creada_en", "que", "responsable_nombre", "estado", "terminada_en")
_PROPUESTA = ("propuesto_en", "motivo", "resultado", "texto", "estado", "decision_texto")
_ATENCION = ("inicio", "canal", "tema", "resultado", "funcionario_nombre", "nota", "derivada_a")
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
    derivaciones = _derivaciones(session, ids)
    ayudas = _todos(
        session,
        select(Postulacion)
        .where(Postulacion.persona_id == persona_id)
        .options(joinedload(Postulacion.programa))
        .order_by(Postulacion.id),
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
        "ficha": _campos(persona, _FICHA),
        "fichas_unidas": [_campos(una, _FICHA) for una in unidas],
        "documentos": [
            _campos(uno, ("tipo", "numero", "pais_emisor", "vence_el", "nivel", "nivel_en"))
            for uno in persona.documentos
        ],
        "contactos": [_campos(uno, ("tipo", "valor")) for uno in persona.contactos],
        "contacto_seguro": [
            _campos(uno, _CONTACTO_SEGURO)
            for uno in _todos(
                session,
                select(ContactoSeguro)
                .where(ContactoSeguro.persona_id == persona_id)
                .order_by(ContactoSeguro.id),
            )
        ],
        "hogares": [
            _campos(uno, _INTEGRANTE)
            for uno in _todos(
                session,
                select(Integrante)
                .where(Integrante.persona_id == persona_id)
                .order_by(Integrante.desde, Integrante.id),
            )
        ],
        "vinculos": [
            _campos(uno, ("nombre", "desde", "hasta", "anotado_en")) | {"vinculo": uno.tipo}
            for uno in _propios(session, Vinculo, persona_id)
        ],
        "representantes": [
            _campos(uno, _REPRESENTANTE)
            | {"representa_como": uno.tipo, "documento_respaldo": uno.documento}
            for uno in _propios(session, Representante, persona_id)
        ],
        "defunciones": [_campos(una, _DEFUNCION) for una in defunciones(session, persona_id)],
        "situaciones_migratorias": [
            _campos(una, _SITUACION) for una in situaciones(session, persona_id)
        ],
        "atenciones": [_campos(una, _ATENCION) for una in atenciones],
        "casos": [_caso(session, caso) for caso in casos],
        "derivaciones": [_derivacion(session, una) for una in derivaciones],
        "ayudas": [_ayuda(session, una) for una in ayudas],
        "mediaciones": [_mediacion(una, persona_id) for una in mediaciones],
        "reportes_de_discriminacion": [_reporte(session, uno) for uno in reportes],
        "consentimientos": [
            _campos(uno, _CONSENTIMIENTO)
            | {
                "destinatario": uno.destinatario.nombre if uno.destinatario else None,
                "retirado_en": _json(uno.retiro.retirado_en) if uno.retiro else None,
            }
            for uno in consentimientos_de(session, persona_id, SIN_LIMITE)
        ],
        "solicitudes": [_campos(una, _SOLICITUD) for una in solicitudes],
        "comunicaciones": RegistroSchema().dump(comunicaciones(session, persona_id=persona_id))[
            "comunicaciones"
        ],
        "accesos": AccesosSchema(many=True).dump(accesos(session, cosas)),
    }


def _caso(session: Session, caso: Caso) -> dict[str, Any]:
    hitos = _todos(session, select(Hito).where(Hito.caso_id == caso.id).order_by(Hito.id))
    evaluaciones = [leer(una, "es") for una in reversed(con_respuestas(session, caso))]
    propuestas = _todos(
        session,
        select(CierrePropuesto)
        .where(CierrePropuesto.caso_id == caso.id)
        .order_by(CierrePropuesto.id),
    )
    tareas = _todos(session, select(Tarea).where(Tarea.caso_id == caso.id).order_by(Tarea.id))
    return _campos(caso, _CASO) | {
        "evaluaciones": [_evaluacion(una) for una in evaluaciones],
        "tareas": [_campos(una, _TAREA) for una in tareas],
        "cierres_propuestos": [_campos(uno, _PROPUESTA) for uno in propuestas],
        "historia": [_campos(uno, ("ocurrido_en", "tipo", "texto")) for uno in hitos],
    }


def _evaluacion(una: Leida) -> dict[str, Any]:
    campos = ("realizada_en", "riesgo", "amerita_derivacion", "fundamento")
    return _campos(una.evaluacion, campos) | {
        "instrumento": una.instrumento or None,
        "respuestas": [
            {"pregunta": respondida.pregunta, "respuesta": respondida.respuesta}
            for seccion in una.secciones
            for respondida in seccion.respondidas
        ],
    }


def _derivaciones(session: Session, casos: list[UUID]) -> list[Derivacion]:
    return _todos(
        session,
        select(Derivacion)
        .where(Derivacion.caso_id.in_(casos), Derivacion.enviada_en.is_not(None))
        .options(joinedload(Derivacion.institucion), joinedload(Derivacion.servicio))
        .order_by(Derivacion.id),
    )


def _derivacion(session: Session, una: Derivacion) -> dict[str, Any]:
    respuestas = _todos(
        session,
        select(RespuestaDerivacion)
        .where(RespuestaDerivacion.derivacion_id == una.id)
        .order_by(RespuestaDerivacion.id),
    )
    paquete = una.contenido
    return _campos(una, ("folio", "estado", "base_licitud", "enviada_en", "terminada_en")) | {
        "institucion": una.institucion.nombre,
        "servicio": una.servicio.nombre,
        "proposito": paquete.proposito,
        "datos": [
            {"categoria": dato.categoria.value, "valor": dato.valor} for dato in paquete.datos
        ],
        "respuestas": [
            _campos(otra, ("registrada_en", "accion", "motivo_codigo", "texto"))
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
    return _campos(una, campos) | {
        "programa": una.programa.nombre,
        "entregas": [_entrega(entrega)] if entrega else [],
        "comprobaciones": [
            _campos(hallada, ("codigo", "cumple", "documento_el", "nota"))
            for hallada in una.comprobaciones
        ],
        "pasos": [_campos(paso, ("ocurrido_en", "accion", "estado", "texto")) for paso in pasos],
    }


def _mediacion(una: Mediacion, persona_id: UUID) -> dict[str, Any]:
    """Their own part: nothing of the other side, and no notes, which speak of both."""
    suyas = {parte.id for parte in una.partes if parte.persona_id == persona_id}
    return _campos(una, ("folio", "estado", "mediador_nombre", "creada_en", "acordada_el")) | {
        "participa": [_json(parte.participa) for parte in una.partes if parte.id in suyas],
        "sesiones": [
            _campos(sesion, ("dia", "resultado"))
            | {"asistio": any(UUID(cual) in suyas for cual in sesion.asistieron)}
            for sesion in una.sesiones
        ],
        "compromisos": [
            _campos(compromiso, ("que", "vence_el", "estado"))
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
        **_campos(uno, ("ocurrio_el", "que_paso", "recibido_en")),
        "gestiones": [
            _campos(paso, ("ocurrido_en", "via", "nota"))
            for paso in reversed(pasos_de_reporte(session, uno.id))
        ],
    }


def _entrega(una: Entrega) -> dict[str, Any]:
    campos = ("folio", "entregada_en", "monto_clp", "receptor", "receptor_nombre")
    return _campos(una, (*campos, "receptor_documento")) | {
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


def _campos(cosa: Personal | Any, campos: Iterable[str]) -> dict[str, Any]:
    return {campo: _json(getattr(cosa, campo)) for campo in campos}


def _json(valor: Any) -> Any:
    if isinstance(valor, datetime | date | time):
        return valor.isoformat()
    if isinstance(valor, StrEnum):
        return valor.value
    if isinstance(valor, UUID):
        return str(valor)
    return dict(valor) if isinstance(valor, Mapping) else valor
