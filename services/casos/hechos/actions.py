"""Giving numbers to changes.

The difficulty: a reader that remembers «I have read up to here» must not miss a row that was
written earlier and committed later. A clock or a sequence drawn while writing has that hole,
because transactions do not commit in the order in which they began.

The way out: who writes draws nothing. A changed row has no number (`ConCambio`), and the numbers
are given when somebody reads, under the lock of one counter row, to what is committed by then. A
row that commits later is found without a number by the next reading and gets a higher one. So a
number never appears below one that was already handed out, writers never wait for each other, and
a row that an open transaction holds is simply left for the next time.
"""

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.obstaculos.models import Obstaculo
from casos.comunidad.organizaciones.models import Organizacion
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.orientaciones.models import Orientacion

CONTADAS = (
    Atencion,
    Caso,
    Derivacion,
    Orientacion,
    ReporteDeDiscriminacion,
    Obstaculo,
    Mediacion,
    Organizacion,
)
"""The tables whose rows are told as facts."""

_SIGUIENTE = text(
    "INSERT INTO hechos_contador (id, ultimo) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET ultimo = hechos_contador.ultimo + 1 RETURNING ultimo"
)


def numerar(session: Session) -> int:
    """Give one new number to every committed row that has none; returns how many rows.

    Rows of one number are told apart by their id. The counter stays locked until the commit, so
    numbers become visible in their order.
    """
    numero = session.execute(_SIGUIENTE).scalar_one()
    numeradas = 0
    for contada in CONTADAS:
        tabla = contada.__table__
        # SKIP LOCKED: a row that somebody is changing now loses its number again anyway, and
        # waiting for it here could meet a transaction that waits for a row numbered above.
        libres = (
            select(tabla.c.id)
            .where(tabla.c.cambio.is_(None))
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        numerado = session.execute(
            update(contada)
            .where(contada.id.in_(libres))
            .values(cambio=numero)
            .execution_options(synchronize_session=False)
        )
        numeradas += numerado.rowcount  # type: ignore[attr-defined]  # an UPDATE's result counts
    return numeradas
