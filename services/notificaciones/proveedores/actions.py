"""What can be done with providers: one function a use case, inside the entrance's transaction."""

from sqlalchemy.orm import Session

from notificaciones.proveedores.models import PausaDeProveedor
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now


def pausar(session: Session, clave: str, quien: Actor) -> None:
    """Give a provider nothing more; what waits goes by another, or waits for this one."""
    if session.get(PausaDeProveedor, clave) is not None:
        return
    session.add(PausaDeProveedor(proveedor=clave, desde=now(), por=quien.nombre, por_id=quien.id))
    _note(session, quien, "pausar", clave)


def reanudar(session: Session, clave: str, quien: Actor) -> None:
    """Give it messages again."""
    pausa = session.get(PausaDeProveedor, clave)
    if pausa is None:
        return
    session.delete(pausa)
    _note(session, quien, "reanudar", clave)


def _note(session: Session, quien: Actor, verbo: str, clave: str) -> None:
    accion = f"notificaciones.proveedor.{verbo}"
    registrar(session, quien, accion, "proveedor", None, motivo_codigo=clave)
