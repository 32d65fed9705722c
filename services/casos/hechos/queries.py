"""The facts themselves, de-identified at the door.

What leaves says when, what and where to; of the person only a nationality, an age band, a sex and
a pseudonym that is different for each subscriber. Ids are opaque: nobody can go back to the record
with them, nor join two subscribers' copies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion
from casos.comunidad.discriminacion.reglas import reglas as de_discriminacion
from casos.comunidad.obstaculos.reglas import reglas as de_obstaculos
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso, Confidencialidad
from casos.expedientes.states import Estado
from casos.hechos import comunidad
from casos.hechos.actions import CONTADAS
from casos.hechos.cursor import Cursor
from casos.hechos.hecho import SIN_NACIONALIDAD, Hecho, Seudonimos, del_tema, sin_senas
from casos.hechos.models import ContadorDeCambios
from casos.personas.catalogos import nombre_de_idioma
from casos.personas.edades import rango_etario
from casos.personas.models import Origen, Persona
from casos.red.models import Institucion
from casos.subtemas.queries import subtemas
from casos.taxonomia import LENGUAS, taxonomia
from oficina.clock import local
from oficina.errors import Conflicto
from oficina.web.i18n import LANGUAGES

SIN_RESULTADO = "sin_informacion"


@dataclass(frozen=True)
class Pagina:
    """Facts in the order of their change; `cursor` is where the next page begins."""

    hechos: Sequence[Hecho]
    cursor: str
    hay_mas: bool


@dataclass(frozen=True)
class Etiqueta:
    """The words of a code in one language."""

    dimension: str
    codigo: str
    idioma: str
    texto: str


def hay_sin_numero(session: Session) -> bool:
    """Whether some change waits for its number."""
    return any(
        session.scalar(select(contada.id).where(contada.cambio.is_(None)).limit(1)) is not None
        for contada in CONTADAS
    )


def pagina(session: Session, desde: Cursor, limite: int, suscriptor: str) -> Pagina:
    """The next facts for a subscriber, at most `limite` rows further on.

    A row can make two facts (an attention of the register and its hand-over), and one that changes
    while it is read comes again later, so a reader must write what it gets over what it has.
    Raises Conflicto when the cursor was given by another history (a database restored from a
    backup): such a reader starts again from the beginning.
    """
    ultimo = session.scalar(select(ContadorDeCambios.ultimo)) or 0
    if desde.cambio > ultimo:
        raise Conflicto("cursor_desconocido")
    claves = _claves(session, desde, limite + 1)
    hay_mas = len(claves) > limite
    claves = claves[:limite]
    hechos = _hechos(session, claves, Seudonimos(suscriptor))
    cursor = Cursor(claves[-1].cambio, claves[-1].id) if claves else desde
    return Pagina(hechos, str(cursor), hay_mas)


def etiquetas(session: Session) -> list[Etiqueta]:
    """The words of the codes that facts carry: themes, lines of work, institutions, languages, and
    those of the community's rooms.
    """
    datos = taxonomia()
    temas = [
        Etiqueta("tema", tema.codigo, idioma, texto)
        for tema in (*datos.temas.values(), *datos.retirados.values())
        for idioma, texto in tema.etiquetas.items()
    ]
    temas += [
        Etiqueta("tema", propio.codigo, idioma, texto)
        for propio in subtemas(session)
        for idioma, texto in propio.etiquetas.items()
    ]
    lineas = [
        Etiqueta("linea", codigo, idioma, texto)
        for codigo, textos in datos.lineas.items()
        for idioma, texto in textos.items()
    ]
    siglas = session.execute(select(Institucion.sigla, Institucion.nombre))
    instituciones = [Etiqueta("institucion", sigla, "es", nombre) for sigla, nombre in siglas]
    lenguas = [
        Etiqueta("idioma", codigo, idioma, nombre_de_idioma(codigo, idioma))
        for codigo in LENGUAS
        for idioma in LANGUAGES
    ]
    return temas + lineas + instituciones + lenguas + list(_de_la_comunidad())


def _de_la_comunidad() -> Iterator[Etiqueta]:
    dichos = {
        "motivo": de_discriminacion().motivos,
        "lugar": de_discriminacion().lugares,
        "tipo": de_obstaculos().tipos,
    }
    for dimension, codigos in dichos.items():
        for codigo, textos in codigos.items():
            for idioma, texto in textos.items():
                yield Etiqueta(dimension, codigo, idioma, texto)


def _claves(session: Session, desde: Cursor, limite: int) -> Sequence[Row[Any]]:
    """Keys of changed rows in order. One statement, so that it is one look at the database:
    with a look a table, a number given between two of them would be passed over."""
    partes = []
    for contada in CONTADAS:
        parte = (
            select(contada.cambio, contada.id, literal(contada.__tablename__).label("tabla"))
            .where(
                or_(
                    contada.cambio > desde.cambio,
                    and_(contada.cambio == desde.cambio, contada.id > desde.fila),
                )
            )
            .order_by(contada.cambio, contada.id)
            .limit(limite)
            .subquery()
        )
        partes.append(select(parte))
    juntas = union_all(*partes).subquery()
    orden = select(juntas).order_by(juntas.c.cambio, juntas.c.id).limit(limite)
    return session.execute(orden).all()


def _hechos(session: Session, claves: Iterable[Row[Any]], seudonimos: Seudonimos) -> list[Hecho]:
    por_tabla: dict[str, list[UUID]] = {}
    for clave in claves:
        por_tabla.setdefault(clave.tabla, []).append(clave.id)
    hechos: list[Hecho] = []
    for tabla, leer in _LECTORES.items():
        if ids := por_tabla.get(tabla):
            hechos.extend(leer(session, ids, seudonimos))
    return hechos


def _atenciones(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    columnas = (
        func.coalesce(Caso.confidencialidad, Confidencialidad.NORMAL).label("confidencialidad"),
        Atencion.id,
        Atencion.persona_id,
        Atencion.inicio,
        Atencion.tema,
        Atencion.canal,
        Atencion.resultado,
        Atencion.nacionalidad,
        Atencion.rango_etario,
        Atencion.sexo,
        Atencion.origen,
        Atencion.derivada_a,
        Atencion.derivada_resultado,
        Persona.codigo_cifras,
    )
    consulta = (
        select(*columnas)
        .outerjoin(Caso, Caso.id == Atencion.caso_id)
        .outerjoin(Persona, Persona.id == Atencion.persona_id)
    )
    for fila in session.execute(consulta.where(Atencion.id.in_(ids))):
        comun: dict[str, Any] = {
            "fecha": local(fila.inicio).date(),
            "nacionalidad": fila.nacionalidad or SIN_NACIONALIDAD,
            "tramo_edad": fila.rango_etario,
            "sexo": fila.sexo,
            "persona": seudonimos.persona(fila.persona_id, fila.codigo_cifras),
            "origen": fila.origen,
            **del_tema(fila.tema),
            **sin_senas(fila),
        }
        yield Hecho(
            id=seudonimos.de("atencion", fila.id),
            clase="atencion",
            canal=fila.canal,
            resultado=fila.resultado,
            **comun,
        )
        if fila.origen is Origen.REGISTRO:
            yield Hecho(
                id=seudonimos.de("derivacion_registrada", fila.id),
                clase="derivacion_registrada",
                institucion=fila.derivada_a,
                resultado=fila.derivada_resultado or SIN_RESULTADO,
                grado_evidencia=None,
                vigente=fila.derivada_a is not None,
                **comun,
            )


def _casos(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    columnas = (
        Caso.id,
        Caso.persona_id,
        Caso.abierto_en,
        Caso.tema,
        Caso.unidad,
        Caso.confidencialidad,
        Caso.estado,
        *_DE_LA_PERSONA,
    )
    consulta = select(*columnas).join(Persona, Persona.id == Caso.persona_id)
    for fila in session.execute(consulta.where(Caso.id.in_(ids))):
        yield Hecho(
            id=seudonimos.de("caso", fila.id),
            clase="caso",
            unidad=fila.unidad or None,
            # One that was opened by mistake never was.
            vigente=fila.estado is not Estado.ANULADO,
            **del_tema(fila.tema)
            | _de_la_persona(fila, local(fila.abierto_en).date(), seudonimos)
            | sin_senas(fila),
        )


def _derivaciones(session: Session, ids: list[UUID], seudonimos: Seudonimos) -> Iterator[Hecho]:
    columnas = (
        Derivacion.id,
        Derivacion.enviada_en,
        Derivacion.creada_en,
        Derivacion.estado,
        Derivacion.grado_evidencia,
        Institucion.sigla,
        Caso.persona_id,
        Caso.tema,
        Caso.unidad,
        Caso.confidencialidad,
        *_DE_LA_PERSONA,
    )
    consulta = (
        select(*columnas)
        .join(Institucion, Institucion.id == Derivacion.institucion_id)
        .join(Caso, Caso.id == Derivacion.caso_id)
        .join(Persona, Persona.id == Caso.persona_id)
    )
    for fila in session.execute(consulta.where(Derivacion.id.in_(ids))):
        # A draft has not happened, nor has one that was dropped before it was sent.
        enviada = fila.enviada_en is not None
        yield Hecho(
            id=seudonimos.de("derivacion", fila.id),
            clase="derivacion",
            institucion=fila.sigla,
            resultado=fila.estado,
            grado_evidencia=fila.grado_evidencia,
            unidad=fila.unidad or None,
            vigente=enviada,
            **del_tema(fila.tema)
            | _de_la_persona(fila, local(fila.enviada_en or fila.creada_en).date(), seudonimos)
            | sin_senas(fila),
        )


_LECTORES: Mapping[str, Callable[[Session, list[UUID], Seudonimos], Iterator[Hecho]]] = {
    Atencion.__tablename__: _atenciones,
    Caso.__tablename__: _casos,
    Derivacion.__tablename__: _derivaciones,
    **comunidad.LECTORES,
}

_DE_LA_PERSONA = (
    Persona.nacionalidades,
    Persona.fecha_nacimiento,
    Persona.sexo,
    Persona.codigo_cifras,
)


def _de_la_persona(fila: Any, dia: date, seudonimos: Seudonimos) -> dict[str, Any]:
    """What may be told of the person of a case, as it stands, on the day of the fact."""
    return {
        "fecha": dia,
        "nacionalidad": next(iter(fila.nacionalidades), SIN_NACIONALIDAD),
        "tramo_edad": rango_etario(fila.fecha_nacimiento, dia),
        "sexo": fila.sexo,
        "persona": seudonimos.persona(fila.persona_id, fila.codigo_cifras),
        "origen": Origen.OFICINA,
    }
