"""Things that happen at casos, as short as a test wants them."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, update

from casos.atenciones.models import Atencion, Canal
from casos.personas.edades import RangoEtario
from casos.personas.models import Origen, Persona
from oficina.db import Database, uuid7

MAYO = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
ABRIL = datetime(2024, 4, 9, 15, 0, tzinfo=UTC)


class Casos:
    """Writes attentions into the database of casos."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def persona(self) -> UUID:
        """Somebody with a record."""
        fila = uuid7()
        with self.db.begin() as session:
            session.add(
                Persona(
                    id=fila,
                    folio=f"P-{fila.hex[-12:]}",
                    nombres="Guerline",
                    clave_nombre="guerline",
                    registrada_en=MAYO,
                )
            )
        return fila

    def atenciones(
        self,
        cuantas: int,
        *,
        cuando: datetime = MAYO,
        nacionalidad: str = "VEN",
        tema: str = "SOC",
        persona_id: UUID | None = None,
        derivada_a: str | None = None,
        resultado: str | None = None,
    ) -> list[UUID]:
        """So many attentions that are alike, of a register of the past."""
        filas = [uuid7() for _ in range(cuantas)]
        comun = {
            "persona_id": persona_id,
            "canal": Canal.PRESENCIAL,
            "tema": tema,
            "inicio": cuando,
            "nacionalidad": nacionalidad,
            "rango_etario": RangoEtario.SIN_DATO,
            "funcionario_nombre": "",
            "origen": Origen.REGISTRO,
            "derivada_a": derivada_a,
            "derivada_resultado": resultado,
        }
        with self.db.begin() as session:
            session.execute(insert(Atencion), [{"id": fila, **comun} for fila in filas])
        return filas

    def corregir(self, atencion_id: UUID, **datos: object) -> None:
        """Change an attention."""
        with self.db.begin() as session:
            session.execute(update(Atencion).where(Atencion.id == atencion_id).values(**datos))
