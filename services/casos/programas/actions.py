"""What can be done with programmes. One function, one transaction, one line of the audit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from casos.accesos.actions import Responsable
from casos.convenios.models import Convenio
from casos.convenios.states import Estado as EstadoConvenio
from casos.folios import siguiente_folio
from casos.programas.models import (
    Fuente,
    Presupuesto,
    Programa,
    Reparto,
    RequisitosDePrograma,
    TipoBeneficio,
    TipoMovimiento,
)
from casos.programas.presupuesto import mover
from casos.programas.queries import (
    presupuesto_de,
    programa_por_codigo,
    programa_por_id,
    requisitos_de,
)
from casos.programas.states import Accion
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import DatoNoEncontrado, DatosInvalidos
from oficina.events.casos import ProgramaAbierto, ProgramaCerrado
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class DatosPrograma:
    """What a programme is."""

    nombre: str
    tipo: TipoBeneficio
    fuente: Fuente
    anio: int
    periodo: str
    responsable_id: UUID
    descripcion: str = ""
    convenio_id: UUID | None = None
    tope_persona_clp: int | None = None
    reparto: Reparto = Reparto.POR_HOGAR
    tope_hogar_clp: int | None = None
    codigo: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Requisito:
    """One thing that is checked; `dias`: for how long its document is good."""

    texto: str
    documento: str = ""
    dias: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevosRequisitos:
    """What is asked for from now on, and which decree or resolution says so."""

    requisitos: Sequence[Requisito]
    fuente: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asignacion:
    """Money that comes, or goes back to its source when it is negative."""

    monto_clp: int
    respaldo: str
    version: int | None = None


_CAMPOS = ["codigo", "nombre", "tipo", "fuente", "anio", "periodo", "descripcion", "convenio_id"]


def crear(
    session: Session, datos: DatosPrograma, responsable: Responsable, actor: Actor, ahora: datetime
) -> Programa:
    """Prepare a programme. Raises DatoNoEncontrado without its agreement, DatosInvalidos when
    another one has its code.
    """
    programa = Programa(folio=siguiente_folio(session, "PG", clock.local(ahora).year))
    _escribir(session, programa, datos, responsable)
    session.add(programa)
    session.flush()
    session.add(Presupuesto(programa_id=programa.id))
    session.flush()
    auditar(session, actor, "casos.programa.crear", "programa", programa.id)
    return programa


def editar(
    session: Session,
    programa_id: UUID,
    datos: DatosPrograma,
    responsable: Responsable,
    actor: Actor,
) -> Programa:
    """Correct it while it is prepared."""
    programa = _para_cambiar(session, programa_id, datos.version)
    programa.exigir(Accion.EDITAR)
    _escribir(session, programa, datos, responsable)
    auditar(session, actor, "casos.programa.editar", "programa", programa.id)
    return programa


def exigir(
    session: Session, programa_id: UUID, datos: NuevosRequisitos, actor: Actor, ahora: datetime
) -> Programa:
    """Write another version of what is asked for: for who applies from now on."""
    programa = _para_cambiar(session, programa_id, datos.version)
    programa.estado = programa.exigir(Accion.EXIGIR)
    anterior = requisitos_de(session, programa.id)
    session.add(
        RequisitosDePrograma(
            programa_id=programa.id,
            numero=anterior.numero + 1 if anterior else 1,
            requisitos=[_fila(numero, uno) for numero, uno in enumerate(datos.requisitos, 1)],
            fuente=datos.fuente,
            escritos_en=ahora,
            escritos_por=actor.nombre,
        )
    )
    _tocar(session, programa)
    auditar(session, actor, "casos.programa.exigir", "programa", programa.id)
    return programa


def asignar(
    session: Session, programa_id: UUID, datos: Asignacion, actor: Actor, ahora: datetime
) -> Programa:
    """Give a programme money, or take back what is not promised (SinPresupuesto)."""
    programa = _para_cambiar(session, programa_id, datos.version)
    programa.exigir(Accion.ASIGNAR)
    mover(
        session,
        programa.id,
        TipoMovimiento.ASIGNACION,
        datos.monto_clp,
        actor.nombre,
        ahora,
        respaldo=datos.respaldo,
    )
    _tocar(session, programa)
    auditar(session, actor, "casos.programa.asignar", "programa", programa.id)
    return programa


def abrir(session: Session, programa_id: UUID, version: int | None, actor: Actor) -> Programa:
    """Take applications, or take them again."""
    programa = _para_cambiar(session, programa_id, version)
    _exigir_convenio(session, programa.convenio_id)
    programa.abrir(
        con_requisitos=requisitos_de(session, programa.id) is not None,
        asignado=presupuesto_de(session, programa.id).asignado_clp,
    )
    auditar(session, actor, "casos.programa.abrir", "programa", programa.id)
    emitir(session, ProgramaAbierto(programa_id=programa.id))
    return programa


def cerrar(session: Session, programa_id: UUID, version: int | None, actor: Actor) -> Programa:
    """Take no more applications."""
    programa = _para_cambiar(session, programa_id, version)
    programa.cerrar()
    auditar(session, actor, "casos.programa.cerrar", "programa", programa.id)
    emitir(session, ProgramaCerrado(programa_id=programa.id))
    return programa


def _escribir(
    session: Session, programa: Programa, datos: DatosPrograma, responsable: Responsable
) -> None:
    _exigir_convenio(session, datos.convenio_id)
    otro = programa_por_codigo(session, datos.codigo) if datos.codigo else None
    if otro is not None and otro is not programa:
        raise DatosInvalidos({"codigo": [_("Ya hay un programa con ese código.")]})
    for campo in _CAMPOS:
        setattr(programa, campo, getattr(datos, campo))
    programa.tope_persona_clp = datos.tope_persona_clp
    programa.tope_hogar_clp = datos.tope_hogar_clp
    programa.reparto = datos.reparto
    programa.responsable_id, programa.responsable_nombre = responsable.id, responsable.nombre


def _exigir_convenio(session: Session, convenio_id: UUID | None) -> None:
    if convenio_id is None:
        return
    convenio = session.get(Convenio, convenio_id)
    if convenio is None or convenio.estado is not EstadoConvenio.VIGENTE:
        raise DatoNoEncontrado({"convenio_id": [_("Ese convenio no está vigente.")]})


def _fila(numero: int, uno: Requisito) -> dict[str, Any]:
    return {"codigo": f"r{numero}"} | asdict(uno)


def _tocar(session: Session, programa: Programa) -> None:
    """Who reads it now sees something else than who read it before."""
    flag_modified(programa, "estado")
    session.flush()


def _para_cambiar(session: Session, programa_id: UUID, version: int | None) -> Programa:
    programa = programa_por_id(session, programa_id, bloquear=True)
    check_version(programa, version)
    return programa
