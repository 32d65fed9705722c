"""Things that happen at casos, as short as a test wants them."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, update

from casos.atenciones.models import Atencion, Canal
from casos.comunidad.discriminacion import states as discriminacion
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.mediaciones import states as mediaciones
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.obstaculos import states as obstaculos
from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.organizaciones import states as organizaciones
from casos.comunidad.organizaciones.models import (
    Organizacion,
    PasoDeOrganizacion,
    TipoOrganizacion,
)
from casos.expedientes.models import Caso, Confidencialidad, TipoCaso
from casos.orientaciones.models import (
    Comprendida,
    Entrega,
    FichaOrientacion,
    Orientacion,
)
from casos.orientaciones.states import Estado as EstadoFicha
from casos.personas.edades import RangoEtario
from casos.personas.models import Origen, Persona
from casos.red.models import Ambito, Institucion, TipoInstitucion
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

    def caso(self, confidencialidad: Confidencialidad = Confidencialidad.NORMAL) -> UUID:
        """A case between neighbours, of somebody new."""
        fila, persona_id = uuid7(), self.persona()
        with self.db.begin() as session:
            session.add(
                Caso(
                    id=fila,
                    folio=f"OM-{fila.hex[-12:]}",
                    persona_id=persona_id,
                    tipo=TipoCaso.CONVIVENCIA_VECINAL,
                    tema="CON",
                    unidad="oficina",
                    confidencialidad=confidencialidad,
                    abierto_en=MAYO,
                )
            )
        return fila

    def institucion(self, sigla: str) -> UUID:
        """An institution of the network."""
        fila = uuid7()
        with self.db.begin() as session:
            session.add(
                Institucion(
                    id=fila,
                    sigla=sigla,
                    nombre=f"Institución {sigla}",
                    tipo=TipoInstitucion.PUBLICA,
                    ambito=Ambito.LOCAL,
                )
            )
        return fila

    def reportes(
        self,
        cuantos: int,
        *,
        estado: discriminacion.Estado = discriminacion.Estado.RECIBIDO,
        motivo: str = "nacionalidad",
        lugar: str = "trabajo",
        cuando: datetime = MAYO,
        caso_id: UUID | None = None,
    ) -> list[UUID]:
        """So many reports of discrimination, anonymous unless they have a case."""
        filas = [uuid7() for _ in range(cuantos)]
        with self.db.begin() as session:
            session.add_all(
                ReporteDeDiscriminacion(
                    id=fila,
                    folio=f"DI-{fila.hex[-12:]}",
                    estado=estado,
                    motivo=motivo,
                    lugar=lugar,
                    caso_id=caso_id,
                    reglas_version="1",
                    que_paso="Le dijeron que no arriendan a haitianos",
                    recibido_por_id=uuid7(),
                    recibido_por="Ana",
                    recibido_en=cuando,
                )
                for fila in filas
            )
        return filas

    def obstaculo(
        self,
        institucion_id: UUID,
        veces: int,
        *,
        tipo: str = "exige_run",
        estado: obstaculos.Estado = obstaculos.Estado.ANOTADO,
        cuando: datetime = MAYO,
    ) -> UUID:
        """An obstacle that was met so often on one day, and worked on once."""
        fila = uuid7()
        pasos = [obstaculos.Accion.ANOTAR] * veces + [obstaculos.Accion.TRABAJAR]
        with self.db.begin() as session:
            session.add(
                Obstaculo(
                    id=fila,
                    folio=f"OB-{fila.hex[-12:]}",
                    institucion_id=institucion_id,
                    tipo=tipo,
                    estado=estado,
                    veces=veces,
                    primera_el=cuando.date(),
                    ultima_el=cuando.date(),
                    reglas_version="1",
                )
            )
            session.flush()
            session.add_all(
                PasoDeObstaculo(
                    obstaculo_id=fila,
                    accion=accion,
                    dia=cuando.date(),
                    por_id=uuid7(),
                    por="Ana",
                    ocurrido_en=cuando,
                )
                for accion in pasos
            )
        return fila

    def mediaciones(self, cuantas: int, estado: mediaciones.Estado) -> None:
        """So many mediations, each of a case of its own."""
        for _ in range(cuantas):
            caso_id = self.caso()
            with self.db.begin() as session:
                session.add(
                    Mediacion(
                        folio=f"MD-{caso_id.hex[-12:]}",
                        caso_id=caso_id,
                        estado=estado,
                        asunto="Ruidos",
                        mediador_id=uuid7(),
                        mediador_nombre="Ana",
                        creada_en=MAYO,
                    )
                )

    def orientaciones(
        self,
        cuantas: int,
        *,
        tema: str = "SAL",
        idioma: str | None = "ht",
        caso_id: UUID | None = None,
    ) -> None:
        """So many sheets given."""
        ficha_id = uuid7()
        with self.db.begin() as session:
            session.add(
                FichaOrientacion(
                    id=ficha_id,
                    codigo=f"F-{ficha_id.hex[-12:]}",
                    numero=1,
                    temas=[tema],
                    textos={"es": {"titulo": "Salud", "texto": "Vaya al CESFAM"}},
                    fuente="Ley",
                    estado=EstadoFicha.BORRADOR,
                    editada_por="Ana",
                    editada_en=MAYO,
                )
            )
            session.flush()
            filas = [uuid7() for _ in range(cuantas)]
            session.add_all(
                Orientacion(
                    id=fila,
                    folio=f"H-{fila.hex[-12:]}",
                    ficha_id=ficha_id,
                    tema=tema,
                    idioma=idioma,
                    comprendida=Comprendida.SI,
                    entrega=Entrega.IMPRESA,
                    caso_id=caso_id,
                    dada_en=MAYO,
                    funcionario_nombre="Ana",
                )
                for fila in filas
            )

    def organizaciones(
        self,
        cuantas: int,
        *,
        tipo: TipoOrganizacion = TipoOrganizacion.COMUNITARIA,
        estado: organizaciones.Estado = organizaciones.Estado.ACTIVA,
        cuando: datetime = MAYO,
    ) -> None:
        """So many organisations, written down one day."""
        with self.db.begin() as session:
            for _ in range(cuantas):
                fila = uuid7()
                session.add(
                    Organizacion(
                        id=fila,
                        folio=f"OC-{fila.hex[-12:]}",
                        nombre=f"Organización {fila.hex[-6:]}",
                        tipo=tipo,
                        estado=estado,
                    )
                )
                session.flush()
                session.add(
                    PasoDeOrganizacion(
                        organizacion_id=fila,
                        accion="registrar",
                        por_id=uuid7(),
                        por="Ana",
                        ocurrido_en=cuando,
                    )
                )
