"""What can be done about who may know of a case: how confidential it is, who is named in it, and
the exceptional access to a reserved one.

Each leaves its reason in the story and in the audit. To be named is to read: whoever is named in a
case reads and works on it, and is nowhere named by accident.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casos.accesos.models import AccesoExcepcional, MotivoAcceso
from casos.accesos.reglas import reglas
from casos.alcance import Alcance
from casos.atenciones.models import Atencion
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso, Confidencialidad, MiembroDeCaso, TipoHito, anotar
from casos.expedientes.queries import caso_por_id
from casos.permissions import PERMISOS
from casos.taxonomia import Tema
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.clock import real_now
from oficina.errors import Conflicto, NoEncontrado, NoPermitido
from oficina.events import Clasificacion
from oficina.events.casos import AccesoExcepcionalAbierto, CasoConfidencialidadCambiada
from oficina.web.conditional import check_version

_ORDEN = list(Confidencialidad)


@dataclass(frozen=True, kw_only=True)
class NuevaConfidencialidad:
    """How confidential a case is to be, and why."""

    confidencialidad: Confidencialidad
    motivo: str
    version: int | None = None


@dataclass(frozen=True)
class Responsable:
    """A member of the staff who may be named in a case: the id and the name of that day."""

    id: UUID
    nombre: str


@dataclass(frozen=True, kw_only=True)
class NuevoAcceso:
    """Why somebody must read a case in which they are not named."""

    motivo: MotivoAcceso
    texto: str


def al_abrir(pedida: Confidencialidad | None, tema: Tema, actor: Actor) -> Confidencialidad:
    """How confidential a new case is: what its theme asks for, or more.

    Raises NoPermitido when it would be less, which only the coordination may say, or sealed to
    whoever opens it.
    """
    segun_tema = Confidencialidad(tema.confidencialidad)
    if pedida is None:
        return segun_tema
    if _baja(segun_tema, pedida):
        _exigir_coordinacion(actor)
    if pedida is Confidencialidad.SELLADO and not _tiene(actor, "casos.caso.leer"):
        raise NoPermitido(_("Un caso sellado lo abre quien va a responder por él."))
    return pedida


def nombrar_a_quien_abre(session: Session, caso: Caso, actor: Actor, ahora: datetime) -> None:
    """Whoever opens a case for named people and works on cases is one of them."""
    if _tiene(actor, "casos.caso.leer"):
        _nombrar(session, caso, Responsable(actor.id, actor.nombre), ahora)


def cambiar_confidencialidad(
    session: Session, caso_id: UUID, datos: NuevaConfidencialidad, actor: Actor, ahora: datetime
) -> Caso:
    """Say who may know of a case, with a reason; whoever says it is named in it.

    Raises NoPermitido for somebody who neither answers for it nor coordinates, and when somebody
    who does not coordinate would make it less confidential; Conflicto when it is so already.
    """
    caso = caso_por_id(session, caso_id, Alcance.de(actor), bloquear=True)
    check_version(caso, datos.version)
    _exigir_gestion(caso, actor)
    antes = caso.confidencialidad
    if datos.confidencialidad is antes:
        raise Conflicto(_("El caso ya tiene esa confidencialidad."))
    if _baja(antes, datos.confidencialidad):
        _exigir_coordinacion(actor)
    caso.confidencialidad = datos.confidencialidad
    if caso.por_lista and caso.responsable_id != actor.id:
        _nombrar(session, caso, Responsable(actor.id, actor.nombre), ahora)
    _terminar_accesos(session, caso.id)
    _volver_a_contar(session, caso.id)
    anotar(
        session,
        caso,
        TipoHito.CONFIDENCIALIDAD,
        actor,
        datos={"antes": antes.value, "ahora": caso.confidencialidad.value},
        texto=datos.motivo,
        ocurrido_en=ahora,
    )
    auditar(
        session,
        actor,
        "casos.caso.cambiar_confidencialidad",
        "caso",
        caso.id,
        motivo=f"{antes} > {caso.confidencialidad}: {datos.motivo}",
    )
    # Neither the widest circle that it has nor the one that it had learns more than an id.
    emitir(
        session,
        CasoConfidencialidadCambiada(caso_id=caso.id),
        clasificacion=Clasificacion.RESERVADO,
    )
    return caso


def nombrar(
    session: Session,
    caso_id: UUID,
    quien: Responsable,
    motivo: str,
    *,
    actor: Actor,
    ahora: datetime,
) -> Caso:
    """Name somebody in a case: its team, and of a reserved or sealed one the list of who reads it.

    Raises NoPermitido for somebody who neither answers for it nor coordinates, Conflicto when the
    person is named already.
    """
    caso = caso_por_id(session, caso_id, Alcance.de(actor), bloquear=True)
    _exigir_gestion(caso, actor)
    if caso.responsable_id == quien.id or not _nombrar(session, caso, quien, ahora):
        raise Conflicto(_("Esa persona ya está en el caso."))
    _contar_equipo(session, caso, ("agregado", quien.nombre), motivo, actor=actor, ahora=ahora)
    return caso


def retirar(
    session: Session,
    caso_id: UUID,
    funcionario_id: UUID,
    motivo: str,
    *,
    actor: Actor,
    ahora: datetime,
) -> Caso:
    """Take somebody's name out of a case. Raises as `nombrar`; NoEncontrado who is not named."""
    caso = caso_por_id(session, caso_id, Alcance.de(actor), bloquear=True)
    _exigir_gestion(caso, actor)
    miembro = _miembro(session, caso.id, funcionario_id)
    if miembro is None:
        raise NoEncontrado
    session.delete(miembro)
    _contar_equipo(session, caso, ("retirado", miembro.nombre), motivo, actor=actor, ahora=ahora)
    return caso


def abrir_acceso(
    session: Session, caso_id: UUID, datos: NuevoAcceso, actor: Actor, ahora: datetime
) -> AccesoExcepcional:
    """Read a reserved case without being named in it: for a reason, for at most what the rules
    say. The head of the office is told at once.

    Raises NoEncontrado, also for a sealed case; Conflicto when the case is the reader's to read.
    """
    caso = _reservado_ajeno(session, caso_id, Alcance.de(actor))
    real = real_now()
    acceso = AccesoExcepcional(
        caso_id=caso.id,
        funcionario_id=actor.id,
        funcionario_nombre=actor.nombre,
        motivo=datos.motivo,
        texto=datos.texto,
        reglas_version=reglas().version,
        abierto_en=real,
        vence_en=real + reglas().duracion,
    )
    session.add(acceso)
    session.flush()
    _contar_apertura(session, acceso, actor, ahora)
    return acceso


def _reservado_ajeno(session: Session, caso_id: UUID, alcance: Alcance) -> Caso:
    """A reserved case that the reader may know of and not read, locked."""
    caso = session.scalar(
        select(Caso)
        .where(
            Caso.id == caso_id,
            Caso.confidencialidad == Confidencialidad.RESERVADO,
            alcance.existencia(),
        )
        .with_for_update(of=Caso, key_share=True)
    )
    legible = session.scalar(select(Caso.id).where(Caso.id == caso_id, alcance.lectura()))
    if legible is not None:
        raise Conflicto(_("Usted ya puede leer este caso."))
    if caso is None:
        raise NoEncontrado
    return caso


def _contar_apertura(
    session: Session, acceso: AccesoExcepcional, actor: Actor, ahora: datetime
) -> None:
    """Into the case's story, the audit, and to the head of the office."""
    anotar(
        session,
        acceso.caso_id,
        TipoHito.ACCESO,
        actor,
        datos={"hecho": "abierto", "acceso_id": str(acceso.id), "motivo": acceso.motivo.value},
        texto=acceso.texto,
        ocurrido_en=ahora,
    )
    auditar(
        session,
        actor,
        "casos.acceso_excepcional.abrir",
        "acceso_excepcional",
        acceso.id,
        motivo=f"{acceso.motivo}: {acceso.texto}",
    )
    emitir(
        session,
        AccesoExcepcionalAbierto(caso_id=acceso.caso_id, acceso_id=acceso.id),
        clasificacion=Clasificacion.RESERVADO,
    )


def terminar_acceso(
    session: Session, acceso_id: UUID, actor: Actor, ahora: datetime
) -> AccesoExcepcional:
    """End an access before its time: one's own, or anybody's for who coordinates.

    One that has ended stays as it was. Raises NoEncontrado.
    """
    acceso = session.get(AccesoExcepcional, acceso_id, with_for_update=True)
    ajeno = acceso is not None and acceso.funcionario_id != actor.id
    if acceso is None or (ajeno and not _tiene(actor, "casos.acceso.terminar_ajeno")):
        raise NoEncontrado
    if not acceso.vigente(real_now()):
        return acceso
    acceso.terminado_en = real_now()
    anotar(
        session,
        acceso.caso_id,
        TipoHito.ACCESO,
        actor,
        datos={"hecho": "terminado", "acceso_id": str(acceso.id)},
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.acceso_excepcional.terminar", "acceso_excepcional", acceso.id)
    return acceso


def _tiene(actor: Actor, permiso: str) -> bool:
    return actor.tiene(permiso, PERMISOS[permiso])


def _baja(antes: Confidencialidad, despues: Confidencialidad) -> bool:
    return _ORDEN.index(despues) < _ORDEN.index(antes)


def _exigir_coordinacion(actor: Actor) -> None:
    if not _tiene(actor, "casos.caso.confidencialidad.bajar"):
        raise NoPermitido(_("Solo la coordinación hace un caso menos confidencial."))


def _exigir_gestion(caso: Caso, actor: Actor) -> None:
    """Only whoever answers for a case, or coordinates, says who may know of it."""
    coordina = _tiene(actor, "casos.caso.confidencialidad.bajar")
    if caso.responsable_id != actor.id and not coordina:
        raise NoPermitido(_("Lo decide quien responde por el caso, o la coordinación."))


def _miembro(session: Session, caso_id: UUID, funcionario_id: UUID) -> MiembroDeCaso | None:
    return session.scalar(
        select(MiembroDeCaso).where(
            MiembroDeCaso.caso_id == caso_id, MiembroDeCaso.funcionario_id == funcionario_id
        )
    )


def _nombrar(session: Session, caso: Caso, quien: Responsable, ahora: datetime) -> bool:
    """Put a name into the list; False when it was there."""
    if _miembro(session, caso.id, quien.id) is not None:
        return False
    session.add(
        MiembroDeCaso(caso_id=caso.id, funcionario_id=quien.id, nombre=quien.nombre, desde=ahora)
    )
    return True


def _contar_equipo(
    session: Session,
    caso: Caso,
    que: tuple[str, str],
    motivo: str,
    *,
    actor: Actor,
    ahora: datetime,
) -> None:
    hecho, nombre = que
    anotar(
        session,
        caso,
        TipoHito.EQUIPO,
        actor,
        datos={"hecho": hecho, "nombre": nombre},
        texto=motivo,
        ocurrido_en=ahora,
    )
    auditar(session, actor, f"casos.caso.equipo.{hecho}", "caso", caso.id, motivo=motivo)


def _terminar_accesos(session: Session, caso_id: UUID) -> None:
    """What was opened under another rule does not go on under the new one."""
    real = real_now()
    session.execute(
        update(AccesoExcepcional)
        .where(
            AccesoExcepcional.caso_id == caso_id,
            AccesoExcepcional.terminado_en.is_(None),
            AccesoExcepcional.vence_en > real,
        )
        .values(terminado_en=real)
    )


_CON_HECHOS: Sequence[type[Atencion] | type[Derivacion]] = (Atencion, Derivacion)


def _volver_a_contar(session: Session, caso_id: UUID) -> None:
    """Whoever counts hears again, as it may be told now, of what belongs to the case."""
    for tabla in _CON_HECHOS:
        session.execute(
            update(tabla)
            .where(tabla.caso_id == caso_id)
            .values(cambio=None)
            .execution_options(synchronize_session=False)
        )
