"""What leaves as a fact, and that a reader never misses one."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import columns
from casos.atenciones.models import Atencion
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Estado, Grado
from casos.hechos import actions, queries
from casos.hechos.cursor import Cursor
from oficina.db import Database
from oficina.errors import Conflicto, DatosInvalidos
from oficina.privacy import Keyring, use_keyring

from .registro import Registro

LECTOR = "reportes"


class Lector:
    """A reader with a copy of its own, which it writes over with what it gets."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.cursor = ""
        self.copia: dict[UUID, queries.Hecho] = {}

    def leer(self, limite: int = 3) -> int:
        """Read until there is no more; how many facts came."""
        llegaron = 0
        while True:
            with self.db.begin() as session:
                actions.numerar(session)
            with self.db.read() as session:
                pagina = queries.pagina(session, Cursor.leer(self.cursor), limite, LECTOR)
            self.copia |= {hecho.id: hecho for hecho in pagina.hechos}
            self.cursor = pagina.cursor
            llegaron += len(pagina.hechos)
            if not pagina.hay_mas:
                return llegaron

    def de_clase(self, clase: str) -> list[queries.Hecho]:
        """What the copy holds of one kind and must be counted."""
        return [h for h in self.copia.values() if h.clase == clase and h.vigente]


@pytest.fixture
def lector(db: Database, registro: Registro) -> Lector:
    """A reader that has read what there is."""
    hecho = Lector(db)
    hecho.leer()
    return hecho


def test_una_atencion_sale_sin_identificar(registro: Registro, lector: Lector) -> None:
    atencion_id = registro.atencion()

    lector.leer()

    (hecho,) = lector.de_clase("atencion")
    assert hecho.fecha == date(2024, 5, 14)
    assert (hecho.nacionalidad, hecho.tramo_edad) == ("HTI", "18-29")
    assert (hecho.tema, hecho.linea, hecho.canal) == ("SOC", "L6", "presencial")
    told = {str(value) for value in asdict(hecho).values()}
    assert not told & {str(atencion_id), atencion_id.hex, registro.persona_id.hex}


def test_el_dia_es_el_de_chile(registro: Registro, lector: Lector) -> None:
    registro.atencion(inicio=datetime(2024, 6, 1, 2, 30, tzinfo=UTC))

    lector.leer()

    assert lector.de_clase("atencion")[0].fecha == date(2024, 5, 31)


def test_la_edad_de_un_caso_es_la_del_dia_en_que_se_abrio(lector: Lector) -> None:
    (caso,) = lector.de_clase("caso")

    assert (caso.tramo_edad, caso.nacionalidad, caso.sexo) == ("30-44", "HTI", "femenino")


def test_la_misma_persona_tiene_un_seudonimo_por_lector(
    db: Database, registro: Registro, lector: Lector
) -> None:
    registro.atencion()
    registro.atencion()
    registro.atencion(persona_id=None)
    lector.leer()
    personas = {hecho.persona for hecho in lector.de_clase("atencion")}

    with db.read() as session:
        otra = queries.pagina(session, Cursor.leer(""), 10, "otro lector")

    assert len(personas) == 2
    assert None in personas
    assert not personas & {h.persona for h in otra.hechos if h.persona}
    assert not lector.copia.keys() & {h.id for h in otra.hechos}


def test_una_derivacion_llega_de_nuevo_cuando_cambia(
    db: Database, registro: Registro, lector: Lector
) -> None:
    derivacion_id = registro.derivacion()
    lector.leer()
    assert lector.de_clase("derivacion")[0].resultado == "enviada"

    with db.begin() as session:
        derivacion = session.get_one(Derivacion, derivacion_id)
        derivacion.estado, derivacion.grado_evidencia = Estado.CUMPLIDA, Grado.A
    assert lector.leer() == 1

    (hecho,) = lector.de_clase("derivacion")
    assert (hecho.institucion, hecho.resultado, hecho.grado_evidencia) == ("CAJ", "cumplida", "A")


def test_un_borrador_no_cuenta_hasta_que_se_envia(
    db: Database, registro: Registro, lector: Lector
) -> None:
    derivacion_id = registro.derivacion(Estado.BORRADOR)
    lector.leer()
    assert lector.de_clase("derivacion") == []

    with db.begin() as session:
        derivacion = session.get_one(Derivacion, derivacion_id)
        derivacion.estado, derivacion.enviada_en = Estado.ENVIADA, datetime(2024, 5, 20, tzinfo=UTC)
    lector.leer()

    assert len(lector.de_clase("derivacion")) == 1


def test_un_registro_del_pasado_llega_aunque_se_cargue_en_bloque(
    registro: Registro, lector: Lector
) -> None:
    registro.lote(7, derivada_a="DIDECO", derivada_resultado="cumplida")
    registro.lote(2)

    lector.leer()

    assert len(lector.de_clase("atencion")) == 9
    registradas = lector.de_clase("derivacion_registrada")
    assert {(h.institucion, h.resultado) for h in registradas} == {("DIDECO", "cumplida")}
    assert len(registradas) == 7


def test_sin_cambios_no_llega_nada(lector: Lector) -> None:
    assert lector.leer() == 0


def test_un_cursor_de_otra_historia_se_rechaza(db: Database, lector: Lector) -> None:
    adelantado = Cursor(10**6, UUID(int=0))

    with db.read() as session, pytest.raises(Conflicto):
        queries.pagina(session, adelantado, 10, LECTOR)


@pytest.mark.parametrize("texto", ["x", "1", "1.x", "1.", f"x.{UUID(int=1)}"])
def test_lo_que_no_es_un_cursor_dice_que_campo(texto: str) -> None:
    with pytest.raises(DatosInvalidos) as error:
        Cursor.leer(texto)

    assert "desde" in error.value.errores


@settings(max_examples=20, deadline=None)
@given(pasos=st.lists(st.sampled_from(["nueva", "lote", "cambia", "lee"]), max_size=12))
def test_la_copia_del_lector_termina_igual_a_lo_que_paso(
    pasos: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hechos")
    use_keyring(Keyring.load(folder / "claves"))
    db = Database(columns.file_in(folder, "casos"))
    registro, lector, temas = Registro(db), Lector(db), dict[UUID, str]()
    for paso in pasos:
        if paso == "nueva":
            temas[registro.atencion()] = "SOC"
        elif paso == "lote":
            registro.lote(4)
        elif paso == "cambia" and temas:
            cambiada = next(iter(temas))
            with db.begin() as session:
                session.get_one(Atencion, cambiada).tema = temas[cambiada] = "VIV"
        elif paso == "lee":
            lector.leer(limite=2)
    lector.leer(limite=2)

    llegaron = sorted(hecho.tema or "" for hecho in lector.de_clase("atencion"))
    assert llegaron == sorted([*temas.values(), *["SOC"] * (4 * pasos.count("lote"))])
    db.close()
