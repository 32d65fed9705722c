"""What of one record goes to the other, and back.

What is the person's goes by its id, and `Fusion.mapa` remembers it. A document or a contact that
the record that stays has too remains where it is: there it is already; so does the household of the
other one, if the one that stays has its own. What the record that stays
does not say is filled from the other one; a precaution of either (do not contact, an interpreter)
holds for both.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from casos.adjuntos.models import Adjunto
from casos.atenciones.models import Atencion
from casos.bloqueos.models import Bloqueo
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.mediaciones.models import ParteDeMediacion
from casos.consentimientos.models import Consentimiento
from casos.contactos.models import ContactoSeguro
from casos.copias.models import CopiaDeDatos
from casos.defunciones.models import Defuncion
from casos.derechos.models import SolicitudDerecho
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.hogares.models import Integrante
from casos.importacion.models import FilaImportada
from casos.incidentes.models import PersonaDeIncidente
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    Persona,
    PrecisionFecha,
    TokenNombre,
)
from casos.personas.unidas import nombres_de_unidas
from casos.programas.postulaciones.models import Postulacion
from casos.representantes.models import Representante
from casos.situaciones.models import SituacionMigratoria
from casos.supresion.models import Supresion
from casos.vinculos.models import Vinculo

_ENTERAS: Sequence[type[Any]] = (
    Caso,
    Atencion,
    Consentimiento,
    SituacionMigratoria,
    SolicitudDerecho,
    Supresion,
    CopiaDeDatos,
    Bloqueo,
    ContactoSeguro,
    Defuncion,
    Postulacion,
    Adjunto,
    ParteDeMediacion,
    ReporteDeDiscriminacion,
)
_SIN_REPETIR: Mapping[type[Any], tuple[str, ...]] = {
    DocumentoIdentidad: ("tipo", "indice"),
    Contacto: ("tipo", "indice"),
    PersonaDeIncidente: ("incidente_id",),
}
"""Of these a person has each one once; by which columns it is known."""

_UNA_VIGENTE: Sequence[type[Any]] = (Integrante,)
"""Of these one holds, until its `hasta`: that of the record that stays, if it has one."""

_DE_DOS: Sequence[type[Any]] = (Vinculo, Representante)
"""These are of two people, `persona_id` and `otra_id`: what was between the two that are joined
stays with the record that is not used any more, as nobody is anything to themselves.
"""

_POR_ID: Sequence[type[Any]] = (*_ENTERAS, *_SIN_REPETIR, *_UNA_VIGENTE, *_DE_DOS)

TABLAS: Sequence[type[Any]] = (*_POR_ID, FilaImportada)
"""Every table whose rows are somebody's and go over. A test looks for one that was forgotten."""

_VACIOS: tuple[Any, ...] = (None, [], False)
_SE_LLENAN = (
    *("nombre_social", "sexo", "genero", "nacionalidades", "idiomas", "direccion"),
    *("canal_preferido", "nivel_espanol", "requiere_interprete", "no_contactar"),
    "documento_principal_id",
)
NACIMIENTO = "fecha_nacimiento"


def se_llenarian(vigente: Persona, absorbida: Persona) -> list[str]:
    """The fields that the record that stays would take from the other one."""
    campos = [
        campo
        for campo in _SE_LLENAN
        if _esta_vacio(getattr(vigente, campo)) and not _esta_vacio(getattr(absorbida, campo))
    ]
    sin_fecha = (vigente.fecha_nacimiento, vigente.precision_fecha) == _SIN_FECHA
    if sin_fecha and absorbida.fecha_nacimiento is not None:
        campos.append(NACIMIENTO)
    return campos


def llevar(session: Session, vigente: Persona, absorbida: Persona) -> dict[str, Any]:
    """Move everything, and tell what. Callers hold both people and their cases."""
    movidas = {
        tabla.__tablename__: _ids(session, tabla, tabla.persona_id == absorbida.id)
        for tabla in _ENTERAS
    }
    for tabla, columnas in _SIN_REPETIR.items():
        suyas = and_(tabla.persona_id == absorbida.id, ~_la_tiene(tabla, columnas, vigente.id))
        movidas[tabla.__tablename__] = _ids(session, tabla, suyas)
    for tabla in _UNA_VIGENTE:
        suyas = and_(tabla.persona_id == absorbida.id, ~_otra_vale(tabla, vigente.id))
        movidas[tabla.__tablename__] = _ids(session, tabla, suyas)
    for tabla in _DE_DOS:
        ajenas = tabla.otra_id.is_distinct_from(vigente.id)
        suyas = and_(tabla.persona_id == absorbida.id, ajenas)
        movidas[tabla.__tablename__] = _ids(session, tabla, suyas)
        de_otra = and_(tabla.otra_id == absorbida.id, tabla.persona_id != vigente.id)
        movidas[_por_otra(tabla)] = _ids(session, tabla, de_otra)
        _pasar(session, tabla, tabla.id.in_(movidas[_por_otra(tabla)]), vigente.id, otra=True)
    for tabla in _POR_ID:
        _pasar(session, tabla, tabla.id.in_(_de(movidas, tabla)), vigente.id)
    # Those of a register of people have no attention with which they would come back.
    sueltas = session.scalars(
        select(FilaImportada.clave).where(
            FilaImportada.persona_id == absorbida.id, FilaImportada.atencion_id.is_(None)
        )
    ).all()
    _pasar(session, FilaImportada, FilaImportada.persona_id == absorbida.id, vigente.id)
    _contar_de_nuevo(session, _de(movidas, Caso))
    absorbidas = session.scalars(
        select(Persona.id).where(Persona.fusionada_en_id == absorbida.id)
    ).all()
    _seguir(session, absorbidas, vigente.id)
    campos = se_llenarian(vigente, absorbida)
    _llenar(vigente, absorbida, campos)
    # Who was found by the other name is found here; the other record is not found any more.
    session.execute(delete(TokenNombre).where(TokenNombre.persona_id == absorbida.id))
    return {
        "movidas": {tabla: [str(uno) for uno in ids] for tabla, ids in movidas.items() if ids},
        "absorbidas": [str(una) for una in absorbidas],
        "campos": campos,
        "filas": list(sueltas),
    }


def devolver(
    session: Session, vigente: Persona, absorbida: Persona, mapa: Mapping[str, Any]
) -> Sequence[UUID]:
    """Take back what had gone over, and what was done since about the cases that go back; the ids
    of those cases. Callers hold both people, and every case that went over.
    """
    de_vigente = {tabla: tabla.persona_id == vigente.id for tabla in _POR_ID}
    vuelven = {
        tabla: _ids(session, tabla, and_(suyas, tabla.id.in_(_recordadas(mapa, tabla))))
        for tabla, suyas in de_vigente.items()
    }
    casos = vuelven[Caso]
    vuelven[Atencion] += _ids(
        session,
        Atencion,
        and_(
            de_vigente[Atencion],
            Atencion.caso_id.in_(casos),
            Atencion.id.not_in(vuelven[Atencion]),
        ),
    )
    vuelven[Consentimiento] += _ids(
        session,
        Consentimiento,
        and_(
            de_vigente[Consentimiento],
            Consentimiento.id.in_(_usados(Derivacion.caso_id.in_(casos))),
            Consentimiento.id.not_in(_usados(Derivacion.caso_id.not_in(casos))),
            Consentimiento.id.not_in(vuelven[Consentimiento]),
        ),
    )
    for tabla, ids in vuelven.items():
        _pasar(session, tabla, tabla.id.in_(ids), absorbida.id)
    for tabla in _DE_DOS:
        cruzadas = tabla.id.in_(_recordados(mapa, _por_otra(tabla)))
        _pasar(session, tabla, and_(tabla.otra_id == vigente.id, cruzadas), absorbida.id, otra=True)
    de_una_atencion = FilaImportada.atencion_id.in_(vuelven[Atencion])
    sueltas = FilaImportada.clave.in_(mapa.get("filas", ()))
    _pasar(session, FilaImportada, or_(de_una_atencion, sueltas), absorbida.id)
    _contar_de_nuevo(session, casos)
    _seguir(session, [UUID(una) for una in mapa["absorbidas"]], absorbida.id)
    _vaciar(vigente, absorbida, mapa["campos"])
    return casos


def indexar(session: Session, persona: Persona) -> None:
    """By which words somebody is found, after records were joined to theirs or left it."""
    session.flush()
    persona.indexar_nombre(nombres_de_unidas(session, persona.id))


def _esta_vacio(valor: Any) -> bool:
    return any(valor is vacio or valor == vacio for vacio in _VACIOS)


_SIN_FECHA = (None, PrecisionFecha.DESCONOCIDA)


def _llenar(vigente: Persona, absorbida: Persona, campos: Sequence[str]) -> None:
    for campo in campos:
        setattr(vigente, campo, getattr(absorbida, campo))
    if NACIMIENTO in campos:
        vigente.precision_fecha = absorbida.precision_fecha


def _vaciar(vigente: Persona, absorbida: Persona, campos: Sequence[str]) -> None:
    """What was filled, unless somebody has written something else since."""
    for campo in campos:
        lleno = getattr(absorbida, campo)
        if getattr(vigente, campo) != lleno:
            continue
        if campo == NACIMIENTO:
            vigente.fecha_nacimiento, vigente.precision_fecha = _SIN_FECHA
        else:
            setattr(
                vigente, campo, [] if isinstance(lleno, list) else False if lleno is True else None
            )


def _ids(session: Session, tabla: type[Any], cuales: ColumnElement[bool]) -> list[UUID]:
    return list(session.scalars(select(tabla.id).where(cuales).order_by(tabla.id)))


def _de(movidas: Mapping[str, list[UUID]], tabla: type[Any]) -> list[UUID]:
    return movidas[tabla.__tablename__]


def _recordadas(mapa: Mapping[str, Any], tabla: type[Any]) -> list[UUID]:
    return _recordados(mapa, tabla.__tablename__)


def _recordados(mapa: Mapping[str, Any], clave: str) -> list[UUID]:
    return [UUID(uno) for uno in mapa["movidas"].get(clave, ())]


def _por_otra(tabla: type[Any]) -> str:
    """Where the map remembers those rows in which somebody was the other one."""
    return f"{tabla.__tablename__}.otra_id"


def _la_tiene(tabla: type[Any], columnas: Sequence[str], persona_id: UUID) -> ColumnElement[bool]:
    otra = aliased(tabla)
    iguales = [getattr(otra, columna) == getattr(tabla, columna) for columna in columnas]
    if tabla is DocumentoIdentidad:
        # What was retired repeats nothing.
        iguales += [otra.retirado_en.is_(None), tabla.retirado_en.is_(None)]
    return select(otra.id).where(otra.persona_id == persona_id, *iguales).correlate(tabla).exists()


def _otra_vale(tabla: type[Any], persona_id: UUID) -> ColumnElement[bool]:
    """It holds, and somebody has another one that holds."""
    otra = aliased(tabla)
    suya = select(otra.id).where(otra.persona_id == persona_id, otra.hasta.is_(None))
    return and_(tabla.hasta.is_(None), suya.exists())


def _usados(condicion: ColumnElement[bool]) -> Any:
    return select(Derivacion.consentimiento_id).where(
        Derivacion.consentimiento_id.is_not(None), condicion
    )


def _pasar(
    session: Session,
    tabla: type[Any],
    cuales: ColumnElement[bool],
    a: UUID,
    *,
    otra: bool = False,
) -> None:
    session.execute(
        update(tabla)
        .where(cuales)
        .values({"otra_id" if otra else "persona_id": a})
        .execution_options(synchronize_session=False)
    )


def _contar_de_nuevo(session: Session, casos: Sequence[UUID]) -> None:
    """The figures count people: the facts of these derivations are of another one now."""
    session.execute(
        update(Derivacion)
        .where(Derivacion.caso_id.in_(casos))
        .values(cambio=None)
        .execution_options(synchronize_session=False)
    )


def _seguir(session: Session, unidas: Sequence[UUID], a: UUID) -> None:
    """What had been joined to one of the two goes with it."""
    session.execute(
        update(Persona)
        .where(Persona.id.in_(unidas))
        .values(fusionada_en_id=a)
        .execution_options(synchronize_session=False)
    )
