"""What is told of services that nobody has asked about for long."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.red.verificaciones.models import AvisoDeVerificacion
from casos.red.verificaciones.queries import avisos_de, para_avisar
from casos.red.verificaciones.vigencia import vencidas
from oficina.bus.outbox import emitir
from oficina.events.casos import ServicioVerificacionVencida


def avisar(session: Session, ids: Sequence[UUID], hoy: date, ahora: datetime) -> int:
    """Tell each due date of these services that was not told; how many were.

    Whoever tells holds the service: of two sweeps at once the second finds it told.
    """
    servicios = para_avisar(session, ids)
    dichos = avisos_de(session, ids)
    cuantos = 0
    for servicio in servicios:
        for una in vencidas(servicio, hoy):
            aviso = dichos.get((servicio.id, una.clase))
            if aviso is None:
                aviso = AvisoDeVerificacion(servicio_id=servicio.id, clase=una.clase)
                session.add(aviso)
            elif aviso.vence_el == una.vence_el:
                continue
            aviso.vence_el, aviso.avisado_en = una.vence_el, ahora
            emitir(
                session,
                ServicioVerificacionVencida(
                    servicio_id=servicio.id,
                    institucion_id=servicio.institucion_id,
                    clase=una.clase.value,
                    vence_el=una.vence_el.isoformat(),
                ),
            )
            cuantos += 1
    session.flush()
    return cuantos
