"""What can be done with templates: one function a use case, inside the entrance's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from notificaciones.plantillas import vigentes
from notificaciones.plantillas.catalogo import (
    PARTES,
    Ajustes,
    Canal,
    Plantilla,
    PlantillaInvalida,
    Variable,
    base,
    de_fabrica,
    problemas,
)
from notificaciones.plantillas.etiquetas import explicar
from notificaciones.plantillas.models import (
    AJUSTES,
    Origen,
    PlantillaGuardada,
    VersionDePlantilla,
)
from notificaciones.plantillas.previa import de_ejemplo
from notificaciones.reglas.etiquetas import nombre_de_regla
from notificaciones.reglas.queries import reglas_de_cita
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now
from oficina.db import hold, uuid7
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado
from oficina.web.conditional import check_version

PROPIA = "propia_"

Textos = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Contenido:
    """What a version says and how its messages are treated."""

    textos: Textos
    ajustes: Ajustes


@dataclass(frozen=True, kw_only=True)
class NuevaPlantilla:
    """A template of the office's own, with what its author declares once and for all.

    Its key gets `PROPIA` in front: what a later version of the program brings is called otherwise.
    """

    clave: str
    nombre: str
    canales: frozenset[Canal]
    variables: Mapping[str, Variable]
    contenido: Contenido


def sembrar(session: Session) -> None:
    """Keep what this version of the program brings as a version of each of its templates.

    It is in force unless the office wrote its own. May be called again.
    """
    hold(session, "notificaciones.plantillas")
    guardadas = {una.clave: una for una in session.scalars(select(PlantillaGuardada))}
    for clave, de_hoy in de_fabrica().items():
        guardada = guardadas.get(clave)
        if guardada is None:
            guardada = PlantillaGuardada(id=uuid7(), clave=str(clave), vigente=de_hoy.version)
            session.add(guardada)
            session.flush()
            session.add(_de_fabrica(guardada, de_hoy, de_hoy.version))
            continue
        ultima = session.scalars(
            _versiones(guardada).where(VersionDePlantilla.origen == Origen.FABRICA).limit(1)
        ).one()
        if ultima.textos == de_hoy.textos and ultima.ajustes() == _ajustes(de_hoy):
            continue
        nueva = _de_fabrica(guardada, de_hoy, _siguiente(session, guardada))
        session.add(nueva)
        if _vigente(session, guardada).origen is Origen.FABRICA:
            guardada.vigente = nueva.numero
    vigentes.soltar(session)


def crear(session: Session, nueva: NuevaPlantilla, actor: Actor) -> PlantillaGuardada:
    """Make a template of the office's own. Raises DatosInvalidos, Conflicto."""
    clave = PROPIA + nueva.clave
    conocida = select(PlantillaGuardada.id).where(PlantillaGuardada.clave == clave)
    hold(session, "notificaciones.plantillas")
    if session.scalar(conocida) is not None:
        raise DatosInvalidos({"clave": [_("Ya hay una plantilla con esa clave.")]})
    if not nueva.canales:
        raise DatosInvalidos({"canales": [_("Elija al menos un canal.")]})
    plantilla = Plantilla(
        clave=clave,
        nombre=nueva.nombre,
        version=1,
        variables=nueva.variables,
        textos=nueva.contenido.textos,
        **_ajustes(nueva.contenido.ajustes),
    )
    _revisar_ejemplos(plantilla)
    revisar(plantilla, [parte for canal in nueva.canales for parte in PARTES[canal]])
    guardada = PlantillaGuardada(
        id=uuid7(),
        clave=clave,
        propia=True,
        nombre=nueva.nombre,
        variables={nombre: asdict(una) for nombre, una in nueva.variables.items()},
        vigente=1,
    )
    session.add(guardada)
    session.flush()
    session.add(_version(guardada, nueva.contenido, 1, actor))
    registrar(session, actor, "notificaciones.plantilla.crear", "plantilla", guardada.id)
    vigentes.soltar(session)
    return guardada


def publicar(
    session: Session, clave: str, contenido: Contenido, actor: Actor, version: int | None = None
) -> VersionDePlantilla:
    """Put another version in force; the earlier ones stay. Raises DatosInvalidos."""
    guardada = _por_cambiar(session, clave, version)
    _exigir_en_uso(guardada)
    actual = vigentes.en_uso(guardada, _vigente(session, guardada))
    revisar(con_contenido(actual, contenido), actual.partes)
    nueva = _version(guardada, contenido, _siguiente(session, guardada), actor)
    session.add(nueva)
    guardada.vigente = nueva.numero
    registrar(session, actor, "notificaciones.plantilla.publicar", "plantilla", guardada.id)
    vigentes.soltar(session)
    return nueva


def restituir(
    session: Session, clave: str, numero: int, actor: Actor, version: int | None = None
) -> VersionDePlantilla:
    """Go back to what an earlier version says, as a version of today.

    Back at the newest that the program brought, the template follows the program again. Raises
    Conflicto for one that cannot be used any more, or is in force.
    """
    guardada = _por_cambiar(session, clave, version)
    _exigir_en_uso(guardada)
    antigua = session.scalar(
        select(VersionDePlantilla).where(
            VersionDePlantilla.plantilla_id == guardada.id, VersionDePlantilla.numero == numero
        )
    )
    if antigua is None:
        raise NoEncontrado
    if numero == guardada.vigente:
        raise Conflicto(_("Esa versión es la que está en uso."))
    try:
        vigentes.armar(guardada, antigua)
    except PlantillaInvalida as error:
        raise Conflicto(
            _("Esa versión nombra datos que el mensaje ya no tiene: escríbala de nuevo.")
        ) from error
    contenido = Contenido(textos=antigua.textos, ajustes=Ajustes(**antigua.ajustes()))
    nueva = _version(guardada, contenido, _siguiente(session, guardada), actor)
    nueva.restituye = numero
    if antigua.origen is Origen.FABRICA and numero == _ultima_de_fabrica(session, guardada):
        nueva.origen = Origen.FABRICA
    session.add(nueva)
    guardada.vigente = nueva.numero
    registrar(session, actor, "notificaciones.plantilla.restituir", "plantilla", guardada.id)
    vigentes.soltar(session)
    return nueva


def retirar(
    session: Session, clave: str, actor: Actor, version: int | None = None
) -> PlantillaGuardada:
    """Offer a template of the office's own to nobody any more; what waits with it still leaves."""
    guardada = _por_cambiar(session, clave, version)
    if not guardada.propia:
        raise Conflicto(_("La oficina envía esta plantilla por sí misma: no se puede retirar."))
    _exigir_en_uso(guardada)
    if usan := [una.dice.nombre for una in reglas_de_cita(session) if una.dice.plantilla == clave]:
        detalle = _(
            "La usa la regla «%(nombre)s»: elija otra allí primero.",
            nombre=nombre_de_regla(usan[0]),
        )
        raise Conflicto(detalle)
    guardada.retirada_en = now()
    registrar(session, actor, "notificaciones.plantilla.retirar", "plantilla", guardada.id)
    vigentes.soltar(session)
    return guardada


def con_contenido(plantilla: Plantilla, contenido: Contenido) -> Plantilla:
    """The template as it would be."""
    return replace(plantilla, textos=contenido.textos, **_ajustes(contenido.ajustes))


def revisar(plantilla: Plantilla, esperadas: Collection[str]) -> None:
    """Raise DatosInvalidos for everything that keeps a template from being used, beside its text.

    `esperadas` are the parts that every language has.
    """
    if base() not in plantilla.textos:
        falta = _("Falta el texto en español: es el que se usa cuando no hay otro.")
        raise DatosInvalidos({"textos": {base(): {parte: [falta] for parte in esperadas}}})
    errores: dict[str, dict[str, list[str]]] = {}
    for idioma, textos in plantilla.textos.items():
        for parte in sorted(set(esperadas) - set(textos)):
            errores.setdefault(idioma, {})[parte] = [
                _("Falta este texto: un idioma se escribe entero o se deja entero vacío.")
            ]
        for parte in sorted(set(textos) - set(esperadas)):
            errores.setdefault(idioma, {})[parte] = [_("Esta plantilla no sale por ese canal.")]
    if not errores:
        for (idioma, parte), problema in problemas(plantilla):
            explicado = explicar(problema, plantilla.variables)
            errores.setdefault(idioma, {}).setdefault(parte, []).append(explicado)
    if errores:
        raise DatosInvalidos({"textos": errores})


def _revisar_ejemplos(plantilla: Plantilla) -> None:
    try:
        de_ejemplo(plantilla)
    except DatosInvalidos as error:
        datos = ", ".join(campo.removeprefix("valores.") for campo in error.errores)
        raise DatosInvalidos(
            {"variables": [_("El ejemplo no es de su tipo: %(datos)s.", datos=datos)]}
        ) from error


def _por_cambiar(session: Session, clave: str, version: int | None) -> PlantillaGuardada:
    guardada = session.scalar(
        select(PlantillaGuardada).where(PlantillaGuardada.clave == clave).with_for_update()
    )
    if guardada is None:
        raise NoEncontrado
    check_version(guardada, version)
    return guardada


def _exigir_en_uso(guardada: PlantillaGuardada) -> None:
    if guardada.retirada_en is not None:
        raise Conflicto(_("Esta plantilla se retiró."))


def _versiones(guardada: PlantillaGuardada) -> Select[VersionDePlantilla]:
    """Its versions, the newest first."""
    return (
        select(VersionDePlantilla)
        .where(VersionDePlantilla.plantilla_id == guardada.id)
        .order_by(VersionDePlantilla.numero.desc())
    )


def _vigente(session: Session, guardada: PlantillaGuardada) -> VersionDePlantilla:
    query = _versiones(guardada).where(VersionDePlantilla.numero == guardada.vigente)
    return session.scalars(query).one()


def _siguiente(session: Session, guardada: PlantillaGuardada) -> int:
    ultima = select(func.max(VersionDePlantilla.numero)).where(
        VersionDePlantilla.plantilla_id == guardada.id
    )
    return session.scalars(ultima).one() + 1


def _ultima_de_fabrica(session: Session, guardada: PlantillaGuardada) -> int:
    """Of those that are the program's own text, the number of the newest that is not a return."""
    return session.scalars(
        select(func.max(VersionDePlantilla.numero)).where(
            VersionDePlantilla.plantilla_id == guardada.id,
            VersionDePlantilla.origen == Origen.FABRICA,
            VersionDePlantilla.restituye.is_(None),
        )
    ).one()


def _ajustes(de: Ajustes) -> dict[str, Any]:
    return {campo: getattr(de, campo) for campo in AJUSTES}


def _version(
    guardada: PlantillaGuardada, contenido: Contenido, numero: int, actor: Actor
) -> VersionDePlantilla:
    return VersionDePlantilla(
        plantilla_id=guardada.id,
        numero=numero,
        origen=Origen.OFICINA,
        textos={idioma: dict(textos) for idioma, textos in contenido.textos.items()},
        publicada_por=actor.nombre,
        publicada_por_id=actor.id,
        **_ajustes(contenido.ajustes),
    )


def _de_fabrica(guardada: PlantillaGuardada, de_hoy: Plantilla, numero: int) -> VersionDePlantilla:
    return VersionDePlantilla(
        plantilla_id=guardada.id,
        numero=numero,
        origen=Origen.FABRICA,
        textos=de_hoy.textos,
        **_ajustes(de_hoy),
    )
