"""What can be done with views. One function, one transaction, one line of the audit."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casos.listas.lista import Lista
from casos.listas.models import VistaGuardada, VistaPorOmision
from casos.listas.queries import cuantas_tiene, vista_por_id
from casos.listas.schemas import NuevaVista
from casos.permissions import PERMISOS
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.db import hold
from oficina.errors import Conflicto, NoEncontrado, NoPermitido

COMPARTIR = "casos.vista.compartir"
MAXIMO = 50
"""Views that one person keeps of one list."""


def guardar(
    session: Session, lista: Lista, datos: NuevaVista, actor: Actor, ahora: datetime
) -> VistaGuardada:
    """Keep a filter under a name; one's own view of that name says it from now on.

    Raises NoPermitido to who may not share with the office or not narrow by that, ValidationError
    for a filter that is none, Conflicto with too many.
    """
    if datos.compartida:
        _exigir_compartir(actor)
    consulta = lista.consulta(datos.consulta)
    lista.filtro(consulta)
    hold(session, f"vistas/{actor.id}")
    vista = session.scalar(
        select(VistaGuardada).where(
            VistaGuardada.de_id == actor.id,
            VistaGuardada.lista == lista.nombre,
            VistaGuardada.nombre == datos.nombre,
        )
    )
    if vista is None:
        if cuantas_tiene(session, lista.nombre, actor.id) >= MAXIMO:
            raise Conflicto(_("Ya guardó %(num)s vistas de esta lista: borre una.", num=MAXIMO))
        vista = VistaGuardada(lista=lista.nombre, nombre=datos.nombre, de_id=actor.id)
        session.add(vista)
    elif vista.compartida and not datos.compartida:
        _olvidar(session, vista.id, menos=actor.id)
    vista.consulta, vista.compartida = consulta, datos.compartida
    vista.de_nombre, vista.guardada_en = actor.nombre, ahora
    session.flush()
    auditar(session, actor, "casos.vista.guardar", "vista", vista.id)
    if datos.por_omision:
        _elegir(session, vista.id, lista.nombre, actor)
    return vista


def elegir(session: Session, lista: Lista, vista_id: UUID | None, actor: Actor) -> None:
    """With which view the list opens for whoever asks; None for no view. Raises NoEncontrado."""
    if vista_id is not None:
        vista_por_id(session, vista_id, lista.nombre, actor.id)
    _elegir(session, vista_id, lista.nombre, actor)
    auditar(session, actor, "casos.vista.elegir", "vista", vista_id)


def borrar(session: Session, lista: Lista, vista_id: UUID, actor: Actor) -> None:
    """Forget a view: one's own, or one of the office, who may share. Raises NoEncontrado."""
    vista = session.get(VistaGuardada, vista_id)
    if vista is None or vista.lista != lista.nombre:
        raise NoEncontrado
    if vista.de_id != actor.id:
        if not vista.compartida:
            raise NoEncontrado
        _exigir_compartir(actor)
    _olvidar(session, vista.id)
    session.delete(vista)
    auditar(session, actor, "casos.vista.borrar", "vista", vista_id)


def _exigir_compartir(actor: Actor) -> None:
    if not actor.tiene(COMPARTIR, PERMISOS[COMPARTIR]):
        raise NoPermitido(_("Solo la coordinación comparte vistas con la oficina."))


def _elegir(session: Session, vista_id: UUID | None, lista: str, actor: Actor) -> None:
    hold(session, f"vistas/{actor.id}")
    elegida = session.get(VistaPorOmision, (actor.id, lista))
    if vista_id is None:
        if elegida is not None:
            session.delete(elegida)
    elif elegida is None:
        session.add(VistaPorOmision(funcionario_id=actor.id, lista=lista, vista_id=vista_id))
    else:
        elegida.vista_id = vista_id


def _olvidar(session: Session, vista_id: UUID, *, menos: UUID | None = None) -> None:
    """No list opens with it any more, but for whoever kept it."""
    elegidas = delete(VistaPorOmision).where(VistaPorOmision.vista_id == vista_id)
    if menos is not None:
        elegidas = elegidas.where(VistaPorOmision.funcionario_id != menos)
    session.execute(elegidas.execution_options(synchronize_session=False))
