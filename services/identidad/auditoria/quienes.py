"""Who may appear in the audit, to choose from: by id, so that no name stands in an address."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from identidad.actions import SERVICE_NAMES
from identidad.models import ClienteApi
from identidad.queries import cuentas
from oficina.actor import Actor


def quienes(session: Session) -> list[tuple[UUID, str]]:
    """Accounts, also closed ones, clients of the API, and the office's own services."""
    clients = session.scalars(select(ClienteApi).order_by(ClienteApi.nombre))
    services = [Actor.sistema(name) for name in sorted(SERVICE_NAMES)]
    everybody = [*cuentas(session), *clients, *services]
    return [(one.id, one.nombre) for one in everybody]
