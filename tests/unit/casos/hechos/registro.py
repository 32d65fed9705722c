"""Writes things that happen into a database of casos, as short as a test wants them."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion, Canal
from casos.consentimientos.models import BaseLicitud, Consentimiento
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Estado
from casos.expedientes.models import Caso, TipoCaso
from casos.personas.edades import RangoEtario
from casos.personas.models import Origen, Persona, PrecisionFecha
from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    Institucion,
    Modo,
    ServicioRed,
    TipoInstitucion,
)
from oficina.db import Database, uuid7

CUANDO = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
QUIEN = UUID(int=7)


class Registro:
    """One person, her case and CAJ; each verb is one committed transaction."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.persona_id, self.caso_id, self.servicio_id = uuid7(), uuid7(), uuid7()
        self.institucion_id, self.fundamento_id = uuid7(), uuid7()
        with db.begin() as session:
            session.add(self._persona())
            session.add(self._institucion())
            session.flush()
            session.add_all([self._servicio(), self._caso(), self._fundamento()])

    def atencion(self, **datos: object) -> UUID:
        """An attention of her, by the counter."""
        with self.db.begin() as session:
            return self.atencion_en(session, **datos)

    def atencion_en(self, session: Session, **datos: object) -> UUID:
        """The same, in a transaction that somebody else ends."""
        fila = uuid7()
        session.add(Atencion(**{"id": fila, **self._datos_de_atencion(), **datos}))
        session.flush()
        return fila

    def lote(self, cuantas: int, **datos: object) -> None:
        """Attentions of a register of the past, in bulk: no object is made."""
        comun = {**self._datos_de_atencion(), "origen": Origen.REGISTRO, **datos}
        with self.db.begin() as session:
            session.execute(insert(Atencion), [{"id": uuid7(), **comun} for _ in range(cuantas)])

    def derivacion(self, estado: Estado = Estado.ENVIADA) -> UUID:
        """A derivation of her case to CAJ."""
        fila = uuid7()
        with self.db.begin() as session:
            session.add(
                Derivacion(
                    id=fila,
                    folio=f"D-2024-{fila.hex[-8:]}",
                    caso_id=self.caso_id,
                    servicio_id=self.servicio_id,
                    institucion_id=self.institucion_id,
                    estado=estado,
                    modo=Modo.EN_LINEA,
                    prioridad="normal",
                    base_licitud=BaseLicitud.FUNCION_LEGAL,
                    consentimiento_id=self.fundamento_id,
                    paquete="{}",
                    creada_por_id=QUIEN,
                    creada_en=CUANDO,
                    enviada_en=None if estado is Estado.BORRADOR else CUANDO,
                )
            )
        return fila

    def _datos_de_atencion(self) -> dict[str, object]:
        return {
            "persona_id": self.persona_id,
            "canal": Canal.PRESENCIAL,
            "tema": "SOC",
            "inicio": CUANDO,
            "nacionalidad": "HTI",
            "rango_etario": RangoEtario.R18_29,
            "funcionario_nombre": "",
            "origen": Origen.OFICINA,
        }

    def _persona(self) -> Persona:
        return Persona(
            id=self.persona_id,
            folio="P-2024-000001",
            nombres="Guerline",
            primer_apellido="Pierre",
            clave_nombre="guerline pierre",
            fecha_nacimiento=date(1990, 5, 15),
            precision_fecha=PrecisionFecha.EXACTA,
            sexo="femenino",
            nacionalidades=["HTI", "DOM"],
            registrada_en=CUANDO,
        )

    def _caso(self) -> Caso:
        return Caso(
            id=self.caso_id,
            folio="OM-2024-000001",
            persona_id=self.persona_id,
            tipo=TipoCaso.AYUDA_SOCIAL,
            tema="SOC",
            unidad="oficina",
            abierto_en=CUANDO,
        )

    def _institucion(self) -> Institucion:
        return Institucion(
            id=self.institucion_id,
            sigla="CAJ",
            nombre="Corporación de Asistencia Judicial",
            tipo=TipoInstitucion.PUBLICA,
            ambito=Ambito.EXTERNA,
        )

    def _fundamento(self) -> Consentimiento:
        return Consentimiento(
            id=self.fundamento_id,
            persona_id=self.persona_id,
            finalidad="derivacion",
            base_licitud=BaseLicitud.FUNCION_LEGAL,
            destinatario_id=self.institucion_id,
            categorias=["contacto"],
            registrado_por_id=QUIEN,
            registrado_en=CUANDO,
        )

    def _servicio(self) -> ServicioRed:
        return ServicioRed(
            id=self.servicio_id,
            codigo="caj.orientacion",
            institucion_id=self.institucion_id,
            nombre="Orientación legal",
            temas=["DER"],
            estado=EstadoServicio.ACTIVO,
            capacidad=Capacidad.DESCONOCIDA,
            documentos_requeridos=[],
            modo=Modo.EN_LINEA,
        )
