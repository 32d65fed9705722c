"""The viewable outbox: the provider of an office that sends nothing outside."""

from uuid import UUID

from notificaciones.mensajes.models import SALIDA, Salida
from notificaciones.proveedores.base import Envio, Proveedor
from notificaciones.proveedores.resultados import Desenlace, Resultado
from oficina.clock import real_now
from oficina.db import Database


class OutboxProvider(Proveedor):
    """Nothing leaves: messages are kept, readable, on the office's own page."""

    nombre = SALIDA

    def __init__(self, db: Database) -> None:
        self._db = db

    def entregar(self, envio: Envio) -> Resultado:
        """Keep it; twice keeps it once."""
        with self._db.begin() as session:
            if session.get(Salida, envio.mensaje_id) is None:
                session.add(Salida(mensaje_id=envio.mensaje_id, recibida_en=real_now()))
        return Resultado(Desenlace.ENTREGADO, str(envio.mensaje_id))

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """It always knows."""
        with self._db.read() as session:
            return session.get(Salida, mensaje_id) is not None
