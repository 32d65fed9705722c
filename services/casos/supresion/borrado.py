"""What goes of somebody in casos when they are erased, class by class, and how many there were.

What stays is what `reglas.json` says under `quedan`: that something happened, in codes, for the
figures. Which column goes with which class is in `shared/acogida/clasificacion.json`, and a test
looks for what was theirs in every table. Callers hold the person, their cases and derivations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from casos.accesos.models import AccesoExcepcional
from casos.adjuntos.models import Adjunto, Trozo
from casos.atenciones.models import Atencion
from casos.bloqueos.models import Bloqueo
from casos.cierres.models import CierrePropuesto
from casos.comunidad.discriminacion.supresion import vaciar as vaciar_reportes
from casos.comunidad.mediaciones.supresion import vaciar as vaciar_mediaciones
from casos.consentimientos.models import Consentimiento, RetiroConsentimiento
from casos.contactos.models import ContactoSeguro
from casos.copias.models import CopiaDeDatos
from casos.copias.states import EstadoCopia
from casos.defunciones.models import Defuncion
from casos.derechos.models import PasoDeSolicitud, SolicitudDerecho
from casos.derivaciones.actions import anular
from casos.derivaciones.models import Derivacion, Enlace, RespuestaDerivacion
from casos.derivaciones.states import Estado, MotivoAnulacion
from casos.expedientes.models import Caso, Evaluacion, Hito, MiembroDeCaso, Riesgo
from casos.foliados.models import Foliado
from casos.fusiones.models import Fusion
from casos.hogares.models import Integrante
from casos.importacion.models import FilaImportada, Importacion
from casos.importacion.problemas import guardar_problemas
from casos.orientaciones.models import Orientacion
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    EstadoPersona,
    Persona,
    PosibleDuplicado,
    PrecisionFecha,
    TokenNombre,
)
from casos.personas.unidas import unidas_a
from casos.programas.entregas.actions import vaciar as vaciar_entregas
from casos.programas.postulaciones.actions import terminar_por_supresion
from casos.programas.postulaciones.models import PasoDePostulacion, Postulacion
from casos.representantes.models import Representante
from casos.situaciones.models import SituacionMigratoria
from casos.supresion.models import Supresion
from casos.tareas.models import Tarea
from casos.vinculos.models import Vinculo
from oficina import clock
from oficina.actor import Actor
from oficina.web.kept_answers import olvidar_respuestas

_SISTEMA = Actor.sistema("casos")


@dataclass(frozen=True)
class Suyo:
    """Whose, and the ids of what is theirs. `unidas`: records that were joined to this one."""

    persona: Persona
    unidas: Sequence[Persona]
    casos: Sequence[UUID]
    derivaciones: Sequence[Derivacion]
    solicitudes: Sequence[UUID]

    @property
    def derivacion_ids(self) -> list[UUID]:
        """Of their derivations."""
        return [una.id for una in self.derivaciones]

    @property
    def fichas(self) -> list[UUID]:
        """Their record, and those that were joined to it."""
        return [self.persona.id, *(una.id for una in self.unidas)]

    @property
    def ids(self) -> list[UUID]:
        """Whatever an answer of the API about them would name."""
        return [*self.fichas, *self.casos, *self.derivacion_ids, *self.solicitudes]


def suyo(session: Session, persona: Persona) -> Suyo:
    """What is somebody's."""
    casos = session.scalars(select(Caso.id).where(Caso.persona_id == persona.id)).all()
    derivaciones = session.scalars(
        select(Derivacion).where(Derivacion.caso_id.in_(casos)).order_by(Derivacion.id)
    ).all()
    solicitudes = session.scalars(
        select(SolicitudDerecho.id).where(SolicitudDerecho.persona_id == persona.id)
    ).all()
    return Suyo(persona, unidas_a(session, persona.id), casos, derivaciones, solicitudes)


def borrar(session: Session, de: Suyo, ahora: datetime) -> dict[str, int]:
    """Erase everything of a person here; how many of each class there were."""
    # Answers that are kept are looked for by the ids, before anything is gone.
    contado = {clase: hacer(session, de, ahora) for clase, hacer in _BORRAR.items()}
    session.flush()
    return {clase: cuantos for clase, cuantos in contado.items() if cuantos}


def contar(session: Session, de: Suyo) -> dict[str, int]:
    """How many of each class would go; nothing is done."""
    return {
        clase: sum(session.scalar(_cuantas(consulta)) or 0 for consulta in consultas)
        for clase, consultas in _por_clase(de).items()
    }


def _por_clase(de: Suyo) -> Mapping[str, list[Select[Any]]]:
    persona = de.persona.id
    return {
        "casos.ficha": [
            select(DocumentoIdentidad.id).where(DocumentoIdentidad.persona_id.in_(de.fichas)),
            select(Contacto.id).where(Contacto.persona_id.in_(de.fichas)),
            *(select(tabla.id).where(tabla.persona_id == persona) for tabla in _DE_LA_FICHA),
            select(Integrante.id).where(Integrante.persona_id.in_(de.fichas)),
            *(select(tabla.id).where(_de_dos(tabla, de)) for tabla in (Vinculo, Representante)),
            select(Persona.id).where(Persona.id.in_(de.fichas)),
        ],
        "casos.situaciones": [
            select(SituacionMigratoria.id).where(SituacionMigratoria.persona_id == persona)
        ],
        "casos.atenciones": [select(Atencion.id).where(Atencion.persona_id == persona)],
        "casos.casos": [select(Caso.id).where(Caso.persona_id == persona)],
        "casos.derivaciones": [select(Derivacion.id).where(Derivacion.caso_id.in_(de.casos))],
        "casos.consentimientos": [
            select(Consentimiento.id).where(Consentimiento.persona_id == persona)
        ],
        "casos.solicitudes": [
            select(SolicitudDerecho.id).where(SolicitudDerecho.persona_id == persona)
        ],
        "casos.ayudas": [select(Postulacion.id).where(Postulacion.persona_id == persona)],
        "casos.adjuntos": [select(Adjunto.id).where(Adjunto.persona_id == persona)],
        "casos.copias": [select(CopiaDeDatos.id).where(CopiaDeDatos.persona_id == persona)],
        "casos.registros": [_registros(persona)],
        "casos.parecidos": [select(PosibleDuplicado.id).where(_parecido(de))],
    }


_DE_LA_FICHA: tuple[type[Any], ...] = (ContactoSeguro, Defuncion)
"""What belongs to the record and goes over with it when two are joined."""


def _cuantas(consulta: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(consulta.subquery())


def _registros(persona: UUID) -> Select[Any]:
    con_ella = select(FilaImportada.importacion_id).where(FilaImportada.persona_id == persona)
    return select(Importacion.id).where(
        Importacion.id.in_(con_ella), Importacion.vaciada_en.is_(None)
    )


def _parecido(de: Suyo) -> Any:
    return or_(
        PosibleDuplicado.persona_a_id.in_(de.fichas), PosibleDuplicado.persona_b_id.in_(de.fichas)
    )


def _hecho(session: Session, orden: Any) -> int:
    done: Any = session.execute(orden.execution_options(synchronize_session=False))
    return int(done.rowcount)


def _ficha(session: Session, de: Suyo, _ahora: datetime) -> int:
    cuantos = len(de.fichas)
    for tabla in (DocumentoIdentidad, Contacto, Integrante):
        cuantos += _hecho(session, delete(tabla).where(tabla.persona_id.in_(de.fichas)))
    # Also those in which she is the other one: what somebody is to her, she was to them.
    for cruzada in (Vinculo, Representante):
        cuantos += _hecho(session, delete(cruzada).where(_de_dos(cruzada, de)))
    for suya in _DE_LA_FICHA:
        cuantos += _hecho(session, delete(suya).where(suya.persona_id == de.persona.id))
    _hecho(session, delete(TokenNombre).where(TokenNombre.persona_id.in_(de.fichas)))
    uniones = or_(Fusion.vigente_id.in_(de.fichas), Fusion.absorbida_id.in_(de.fichas))
    nada = {"motivo": None, "deshecha_motivo": None}
    _hecho(session, update(Fusion).where(uniones).values(nada))
    for persona in (de.persona, *de.unidas):
        _vaciar(persona)
    return cuantos


def _de_dos(tabla: type[Any], de: Suyo) -> Any:
    return or_(tabla.persona_id.in_(de.fichas), tabla.otra_id.in_(de.fichas))


def _vaciar(persona: Persona) -> None:
    nacida = persona.fecha_nacimiento
    persona.nombres = persona.primer_apellido = persona.segundo_apellido = ""
    persona.nombre_social, persona.clave_nombre = None, ""
    persona.genero = persona.genero_en_claro = persona.direccion = persona.canal_preferido = None
    # The figures count in bands of age: the year is enough.
    persona.fecha_nacimiento = nacida and date(nacida.year, 1, 1)
    persona.precision_fecha = PrecisionFecha.ANIO if nacida else PrecisionFecha.DESCONOCIDA
    persona.nacionalidades, persona.idiomas = persona.nacionalidades[:1], []
    persona.requiere_interprete, persona.no_contactar = False, True
    persona.nivel_espanol = persona.documento_principal_id = None
    persona.codigo_cifras = uuid4()
    persona.estado = EstadoPersona.ANONIMIZADA


def _situaciones(session: Session, de: Suyo, _ahora: datetime) -> int:
    return _hecho(
        session,
        delete(SituacionMigratoria).where(SituacionMigratoria.persona_id == de.persona.id),
    )


def _atenciones(session: Session, de: Suyo, _ahora: datetime) -> int:
    suyas = or_(Atencion.persona_id == de.persona.id, Atencion.caso_id.in_(de.casos))
    ids = select(Atencion.id).where(suyas)
    dadas = or_(Orientacion.atencion_id.in_(ids), Orientacion.caso_id.in_(de.casos))
    _hecho(session, update(Orientacion).where(dadas).values(idioma=None))
    return _hecho(session, update(Atencion).where(suyas).values(nota=None, idioma=None))


def _casos(session: Session, de: Suyo, _ahora: datetime) -> int:
    for tabla in (Foliado, Hito, Evaluacion, CierrePropuesto, MiembroDeCaso):
        _hecho(session, delete(tabla).where(tabla.caso_id.in_(de.casos)))
    tareas = update(Tarea).where(Tarea.caso_id.in_(de.casos))
    _hecho(session, tareas.values(que=""))
    vaciar_mediaciones(session, de.casos, de.fichas)
    vaciar_reportes(session, de.casos, de.fichas)
    accesos = AccesoExcepcional.caso_id.in_(de.casos)
    _hecho(session, update(AccesoExcepcional).where(accesos).values(texto=""))
    bloqueos = Bloqueo.persona_id == de.persona.id
    _hecho(session, update(Bloqueo).where(bloqueos).values(levantado_motivo=None))
    suyos = update(Caso).where(Caso.id.in_(de.casos))
    return _hecho(session, suyos.values(riesgo=Riesgo.SIN_EVALUAR))


def _derivaciones(session: Session, de: Suyo, ahora: datetime) -> int:
    for una in de.derivaciones:
        if una.estado is Estado.BORRADOR:
            anular(session, una.id, MotivoAnulacion.A_PETICION, _SISTEMA, ahora)
        una.vaciar(clock.real_now())
    suyas = de.derivacion_ids
    _hecho(session, delete(Enlace).where(Enlace.derivacion_id.in_(suyas)))
    respuestas = RespuestaDerivacion.derivacion_id.in_(suyas)
    _hecho(session, update(RespuestaDerivacion).where(respuestas).values(texto=None))
    return len(suyas)


def _consentimientos(session: Session, de: Suyo, _ahora: datetime) -> int:
    suyos = Consentimiento.persona_id == de.persona.id
    ids = select(Consentimiento.id).where(suyos)
    retiros = RetiroConsentimiento.consentimiento_id.in_(ids)
    _hecho(session, update(RetiroConsentimiento).where(retiros).values(detalle=None))
    vacio = {"evidencia": None, "representante": None, "idioma": None}
    return _hecho(session, update(Consentimiento).where(suyos).values(vacio))


def _solicitudes(session: Session, de: Suyo, _ahora: datetime) -> int:
    pasos = PasoDeSolicitud.solicitud_id.in_(de.solicitudes)
    _hecho(session, update(PasoDeSolicitud).where(pasos).values(texto=None))
    negadas = update(Supresion).where(Supresion.persona_id == de.persona.id)
    _hecho(session, negadas.values(motivo=None))
    vacia = {"detalle": None, "representante": None, "respuesta": None}
    suyas = update(SolicitudDerecho).where(SolicitudDerecho.id.in_(de.solicitudes))
    return _hecho(session, suyas.values(vacia))


def _ayudas(session: Session, de: Suyo, ahora: datetime) -> int:
    """What is not decided or not handed over ends, and its money is free again."""
    suyas = session.scalars(
        select(Postulacion)
        .where(Postulacion.persona_id == de.persona.id)
        .order_by(Postulacion.id)
        .with_for_update()
    ).all()
    for una in suyas:
        terminar_por_supresion(session, una, ahora)
    vaciar_entregas(session, suyas)
    session.flush()
    pasos = PasoDePostulacion.postulacion_id.in_([una.id for una in suyas])
    _hecho(session, update(PasoDePostulacion).where(pasos).values(texto=None))
    return len(suyas)


def _adjuntos(session: Session, de: Suyo, _ahora: datetime) -> int:
    suyos = Adjunto.persona_id == de.persona.id
    ids = select(Adjunto.id).where(suyos)
    _hecho(session, delete(Trozo).where(Trozo.adjunto_id.in_(ids)))
    return _hecho(session, delete(Adjunto).where(suyos))


def _copias(session: Session, de: Suyo, _ahora: datetime) -> int:
    """One that is being made finds that nobody waits for it."""
    suyas = update(CopiaDeDatos).where(CopiaDeDatos.persona_id == de.persona.id)
    por_hacer = CopiaDeDatos.estado.in_((EstadoCopia.PEDIDA, EstadoCopia.EN_PROCESO))
    _hecho(session, suyas.where(por_hacer).values(estado=EstadoCopia.FALLIDA, tomada_hasta=None))
    listas = suyas.where(CopiaDeDatos.estado == EstadoCopia.LISTA)
    _hecho(session, listas.values(estado=EstadoCopia.CADUCADA))
    return _hecho(session, suyas.values(pdf_sellado=None, json_sellado=None))


def _registros_suyos(session: Session, de: Suyo, _ahora: datetime) -> int:
    suyos = session.scalars(
        select(Importacion).where(Importacion.id.in_(_registros(de.persona.id)))
    ).all()
    for importacion in suyos:
        importacion.archivo, importacion.problemas = "", guardar_problemas([])
        importacion.vaciada_en = clock.real_now()
    return len(suyos)


def _parecidos(session: Session, de: Suyo, _ahora: datetime) -> int:
    return _hecho(session, delete(PosibleDuplicado).where(_parecido(de)))


def _respuestas(session: Session, de: Suyo, _ahora: datetime) -> int:
    return olvidar_respuestas(session, de.ids)


_BORRAR: Mapping[str, Callable[[Session, Suyo, datetime], int]] = {
    "casos.respuestas_guardadas": _respuestas,
    "casos.derivaciones": _derivaciones,
    "casos.adjuntos": _adjuntos,
    "casos.casos": _casos,
    "casos.situaciones": _situaciones,
    "casos.atenciones": _atenciones,
    "casos.consentimientos": _consentimientos,
    "casos.solicitudes": _solicitudes,
    "casos.ayudas": _ayudas,
    "casos.copias": _copias,
    "casos.registros": _registros_suyos,
    "casos.parecidos": _parecidos,
    "casos.ficha": _ficha,
}
