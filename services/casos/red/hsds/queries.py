"""What anybody may know of the network, as HSDS asks for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.personas.nombres import palabras
from casos.red.hsds.formato import TAXONOMIA_ID, termino_id
from casos.red.models import Institucion, Lugar, Sede, ServicioRed
from oficina.errors import NoEncontrado

Cosa = TypeVar("Cosa")


_NUNCA = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """What a list leaves in; what is not asked for leaves all in."""

    search: str = ""
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    modified_after: datetime | None = None


def servicios(session: Session, filtro: Filtro | None = None) -> Sequence[ServicioRed]:
    """The public services that fit every filter, by name, with all that hangs from them."""
    filtro = filtro or Filtro()
    return [uno for uno in session.scalars(_publicos()) if _cabe(uno, filtro)]


def servicio(session: Session, servicio_id: UUID) -> ServicioRed:
    """A public service; raises NoEncontrado."""
    return _uno(session.scalar(_publicos().where(ServicioRed.id == servicio_id)))


def instituciones(session: Session, search: str = "") -> Sequence[Institucion]:
    """The public institutions in whose name the words are, by name."""
    buscadas = palabras(search)
    todas = session.scalars(_instituciones())
    return [una for una in todas if _tiene(f"{una.nombre} {una.sigla}", buscadas)]


def institucion(session: Session, institucion_id: UUID) -> Institucion:
    """A public institution; raises NoEncontrado."""
    return _uno(session.scalar(_instituciones().where(Institucion.id == institucion_id)))


def lugares(session: Session, filtro: Filtro) -> Sequence[Lugar]:
    """The places, none of them confidential, of the services that fit every filter."""
    hallados = servicios(session, filtro)
    return [lugar for uno in hallados for lugar in uno.lugares if not lugar.sede.confidencial]


def lugar(session: Session, lugar_id: UUID) -> Lugar:
    """A service at a place that is not confidential; raises NoEncontrado."""
    consulta = (
        select(Lugar)
        .join(Lugar.sede)
        .join(Lugar.servicio)
        .join(ServicioRed.institucion)
        .where(
            Lugar.id == lugar_id,
            Sede.confidencial.is_(False),
            ServicioRed.catalogado.is_(True),
            Institucion.catalogada.is_(True),
            Institucion.activa.is_(True),
        )
        .options(joinedload(Lugar.sede), selectinload(Lugar.horarios))
    )
    return _uno(session.scalar(consulta))


def _publicos() -> Select[ServicioRed]:
    con_lugares = selectinload(ServicioRed.lugares)
    de_la_institucion = joinedload(ServicioRed.institucion)
    return (
        select(ServicioRed)
        .join(ServicioRed.institucion)
        .where(
            ServicioRed.catalogado.is_(True),
            Institucion.catalogada.is_(True),
            Institucion.activa.is_(True),
        )
        .options(
            con_lugares.joinedload(Lugar.sede),
            con_lugares.selectinload(Lugar.horarios),
            de_la_institucion.selectinload(Institucion.sedes),
            de_la_institucion.selectinload(Institucion.contactos),
            selectinload(ServicioRed.cupos),
        )
        .order_by(ServicioRed.nombre, ServicioRed.id)
    )


def _instituciones() -> Select[Institucion]:
    return (
        select(Institucion)
        .where(Institucion.catalogada.is_(True), Institucion.activa.is_(True))
        .options(selectinload(Institucion.sedes), selectinload(Institucion.contactos))
        .order_by(Institucion.nombre, Institucion.id)
    )


def _cabe(uno: ServicioRed, filtro: Filtro) -> bool:
    despues = filtro.modified_after
    pruebas: list[Callable[[], Any]] = [
        lambda: _tiene(f"{uno.nombre} {uno.descripcion} {uno.institucion.nombre}", filtro.search),
        lambda: not filtro.organization_id or str(uno.institucion_id) == filtro.organization_id,
        lambda: not filtro.taxonomy_id or filtro.taxonomy_id == TAXONOMIA_ID,
        lambda: (
            not filtro.taxonomy_term_id
            or filtro.taxonomy_term_id in {termino_id(codigo) for codigo in uno.temas}
        ),
        lambda: despues is None or (uno.actualizado_en or _NUNCA) >= despues,
    ]
    return all(prueba() for prueba in pruebas)


def _tiene(texto: str, buscadas: str | Sequence[str]) -> bool:
    pedidas = palabras(buscadas) if isinstance(buscadas, str) else buscadas
    dicho = " ".join(palabras(texto))
    return all(palabra in dicho for palabra in pedidas)


def _uno(hallada: Cosa | None) -> Cosa:
    if hallada is None:
        raise NoEncontrado
    return hallada
