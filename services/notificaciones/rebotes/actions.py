"""What is done when a mail did not arrive: inside the entrance's transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.bajas.actions import dar_de_baja_por_rebote
from notificaciones.bajas.queries import temas, ultima_levantada
from notificaciones.mensajes import recibos
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Canal
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.proveedores.acuses import Dicho
from notificaciones.proveedores.models import Acuse, IntentoDeEnvio, Recibo
from notificaciones.rebotes.informe import Informe
from notificaciones.rebotes.reglas import Efecto, reglas
from oficina.clock import now, real_now


def recibir(session: Session, informe: Informe) -> bool:
    """Take in a report: its message did not arrive, and its address may be written to no more.

    False for what was known, and for a message that nobody has.
    """
    quien = _carrier(session, informe.mensaje_id)
    if quien is None:
        return False
    dicho = Dicho(
        referencia="",
        mensaje_id=informe.mensaje_id,
        acuse=Acuse.REBOTADA,
        detalle=informe.codigo,
    )
    if not recibos.recibir(session, quien, [dicho]):
        return False
    session.flush()
    _about_address(session, informe)
    return True


def rechazado(session: Session, mensaje: Mensaje, detalle: str) -> None:
    """A server refused a mail for good while it was handed over: it may have said why."""
    codigo = detalle.rpartition(" ")[2]
    if mensaje.canal is Canal.CORREO and "." in codigo:
        _about_address(session, Informe(mensaje.id, codigo))


def _about_address(session: Session, informe: Informe) -> None:
    # Not the message itself, which nobody reads here.
    indice, destino, plantilla = session.execute(
        select(Mensaje.destino_indice, Mensaje.destino, Mensaje.plantilla).where(
            Mensaje.id == informe.mensaje_id
        )
    ).one()
    # An institution's or a colleague's box is mended where it is written, and asked for again.
    if indice is None or plantillas(session)[plantilla].tema not in temas():
        return
    match reglas().significado(informe.codigo).efecto:
        case Efecto.DETENER:
            dar_de_baja_por_rebote(session, indice, destino)
        case Efecto.CONTAR if _enough(session, indice):
            dar_de_baja_por_rebote(session, indice, destino)
        case _:
            return


def _enough(session: Session, indice: str) -> bool:
    """Whether so many came back lately, since somebody last said that the address works."""
    desde = real_now() - reglas().plazo
    levantada = ultima_levantada(session, indice)
    if levantada is not None:
        # What comes in is on the machine's clock, what the office does on the domain's.
        desde = max(desde, levantada - (now() - real_now()))
    efectos = [reglas().significado(codigo).efecto for codigo in _came_back(session, indice, desde)]
    return efectos.count(Efecto.CONTAR) >= reglas().pasajeros


def _came_back(session: Session, indice: str, desde: datetime) -> list[str]:
    return list(
        session.scalars(
            select(Recibo.detalle)
            .join(Mensaje, Mensaje.id == Recibo.mensaje_id)
            .where(
                Mensaje.destino_indice == indice,
                Mensaje.canal == Canal.CORREO,
                Recibo.acuse == Acuse.REBOTADA,
                Recibo.recibido_en > desde,
            )
        )
    )


def _carrier(session: Session, mensaje_id: UUID) -> str | None:
    """Who carried it: as it was settled, or who was asked last."""
    settled = select(Mensaje.proveedor).where(Mensaje.id == mensaje_id)
    asked = (
        select(IntentoDeEnvio.proveedor)
        .where(IntentoDeEnvio.mensaje_id == mensaje_id)
        .order_by(IntentoDeEnvio.id.desc())
        .limit(1)
    )
    return session.scalar(settled) or session.scalar(asked)
