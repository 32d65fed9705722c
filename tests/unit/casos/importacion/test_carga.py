"""Loading a register: once, in order, never twice, and with what the office knew already."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion
from casos.importacion import actions, carga, queries
from casos.importacion.atenciones.lectura import leer
from casos.importacion.atenciones.registro import RegistroDeAtenciones as Registro
from casos.importacion.carga import Carga, Desplazada, tomar
from casos.importacion.models import ArchivoImportado, Estado, FilaImportada, Importacion
from casos.personas import actions as personas
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    EstadoPersona,
    Origen,
    Persona,
    PosibleDuplicado,
)
from casos.personas.schemas import NuevaPersonaSchema
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.errors import TransicionInvalida
from oficina.libros import ArchivoIlegible
from oficina.privacy import Keyring, use_keyring

Hacer = Callable[..., bytes]
Muchas = Callable[[int], bytes]
Guardar = Callable[[bytes], Path]
RUN = "12.531.909-2"
AHORA = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _cuantas(db: Database, tabla: type[Any]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(tabla)) or 0


def _personas(db: Database) -> list[Persona]:
    with db.read() as session:
        return list(session.scalars(select(Persona).order_by(Persona.folio)))


def _traer(session: Session, contenido: bytes, actor: Actor, nombre: str = "r.xlsx") -> Importacion:
    return actions.traer(session, nombre, contenido, actions.revisar(contenido), actor)


def test_el_anio_entero_se_carga_una_vez_y_da_las_cifras_fijas(
    db: Database, actor: Actor, archivo_2024: Path, esperado_2024: Path
) -> None:
    esperado = json.loads(esperado_2024.read_text(encoding="utf-8"))
    avances: list[tuple[int, int]] = []

    antes = actions.previsualizar(db, archivo_2024)
    cargado = actions.cargar(db, archivo_2024, actor, lambda *avance: avances.append(avance))
    otra_vez = actions.cargar(db, archivo_2024, actor)

    assert antes.como_json() == cargado.como_json()
    dicho = cargado.como_json()
    assert set(dicho) == {
        "filas", "por_mes", "por_nacionalidad", "por_motivo", "derivaciones", "personas",
        "errores", "nuevas", "ya_estaban",
    }  # fmt: skip
    assert (dicho["filas"], dicho["nuevas"], dicho["ya_estaban"]) == (4784, 4784, 0)
    assert (dicho["por_mes"], dicho["personas"]) == (esperado["by_month"], esperado["persons"])
    assert antes.ilegibles == esperado["bad"]["fecha"]
    assert (otra_vez.nuevas, otra_vez.ya_estaban) == (0, 4784)
    assert avances[0] == (100, 4784)
    assert avances[-1] == (4784, 4784)
    assert _cuantas(db, Atencion) == _cuantas(db, FilaImportada) == esperado["rows"]
    # A batch is a fact, a row is none; the file is not kept.
    assert _cuantas(db, Outbox) == len(avances)
    assert _cuantas(db, ArchivoImportado) == 0
    assert cargado.fichas == _cuantas(db, Persona)
    assert cargado.fichas - cargado.personas == _cuantas(db, PosibleDuplicado)


def test_previsualizar_no_escribe_nada(db: Database, registro: Hacer, guardar: Guardar) -> None:
    resumen = actions.previsualizar(db, guardar(registro({}, {})))

    assert resumen.nuevas == 2
    for tabla in (Importacion, Atencion, Persona, FilaImportada, Outbox, Auditoria):
        assert _cuantas(db, tabla) == 0


def test_una_fila_llega_entera_y_lo_personal_va_cifrado(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    actions.cargar(
        db,
        guardar(
            registro(
                {
                    "RUT / PASAPORTE": RUN,
                    "F. NAC / EDAD": "03/05/1990",
                    "TELÉFONO": "986230047",
                    "DIRECCIÓN": "Maruri 12",
                    "DERIVADO A": "consultorio",
                    "FECHA DERIVACIÓN": "4 de enero",
                    "RESULTADO": "LISTO",
                    "OBSERVACIONES": "viene con 2 hijos",
                    "SEXO": "Mujer",
                }
            )
        ),
        actor,
    )

    with db.read() as session:
        atencion = session.scalars(select(Atencion)).one()
        persona = session.scalars(select(Persona)).one()
        documento = session.scalars(select(DocumentoIdentidad)).one()
        telefono = session.scalars(select(Contacto)).one()
        crudo = session.execute(
            text(
                "select numero || valor || direccion || nota from personas, atenciones, "
                "documentos_identidad, contactos"
            )
        ).scalar_one()
    assert (atencion.tema, atencion.canal, atencion.origen) == ("SOC", "presencial", "registro")
    assert atencion.inicio.date() == date(2024, 1, 2)
    assert (atencion.derivada_a, atencion.derivada_el) == ("CESFAM", date(2024, 1, 4))
    assert (atencion.derivada_resultado, atencion.nota) == ("cumplida", "viene con 2 hijos")
    assert (atencion.nacionalidad, atencion.rango_etario) == ("PER", "30-44")
    assert (persona.nombre, persona.origen, persona.nacionalidades) == (
        "Ana Pérez Rojas",
        Origen.REGISTRO,
        ["PER"],
    )
    assert (documento.numero, telefono.valor) == (RUN, "+56986230047")
    for secreto in ("531.909", "531909", "86230047", "Maruri", "hijos"):
        assert secreto not in crudo


def test_un_archivo_con_mas_filas_carga_solo_las_nuevas(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    igual: dict[str, Any] = {}
    otra = {"NOMBRE COMPLETO": "Luis Quispe"}
    actions.cargar(db, guardar(registro(igual, otra)), actor)

    # One more on top, the same person twice that day, and a telephone that somebody completed.
    nuevo = registro({"NOMBRE COMPLETO": "Rosa"}, otra, igual, {**igual, "TELÉFONO": "986230047"})
    resumen = actions.cargar(db, guardar(nuevo), actor)

    assert (resumen.filas, resumen.nuevas, resumen.ya_estaban) == (4, 2, 2)
    assert _cuantas(db, Atencion) == 4


def test_un_run_corregido_en_el_archivo_no_carga_otra_vez_la_fila(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    actions.cargar(db, guardar(registro({"RUT / PASAPORTE": "12.531.909-3"})), actor)

    resumen = actions.cargar(db, guardar(registro({"RUT / PASAPORTE": RUN})), actor)

    assert (resumen.nuevas, resumen.ya_estaban) == (0, 1)


def test_quien_la_oficina_ya_conoce_por_su_documento_es_la_misma_persona(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    nueva = NuevaPersonaSchema().load(
        {
            "nombres": "Ana",
            "primer_apellido": "Pérez",
            "documento_tipo": "run_cedula_extranjero",
            "documento_numero": RUN,
        }
    )
    with db.begin() as session:
        conocida = personas.registrar(session, nueva, actor, AHORA)

    actions.cargar(
        db,
        guardar(
            registro({"RUT / PASAPORTE": "125319092", "OBSERVACIONES": "no contactar al domicilio"})
        ),
        actor,
    )

    (persona,) = _personas(db)
    assert persona.id == conocida.id
    assert persona.no_contactar
    assert persona.version == conocida.version + 1


def test_un_nombre_conocido_se_sugiere_y_no_se_junta(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    nueva = NuevaPersonaSchema().load({"nombres": "Ana", "primer_apellido": "Pérez Rojas"})
    with db.begin() as session:
        personas.registrar(session, nueva, actor, AHORA)

    actions.cargar(db, guardar(registro({})), actor)

    assert len(_personas(db)) == 2
    with db.read() as session:
        duplicado = session.scalars(select(PosibleDuplicado)).one()
    assert duplicado.razones == ["mismo_nombre"]


def test_una_atencion_anonima_no_hace_ninguna_ficha(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    actions.cargar(db, guardar(registro({"NOMBRE COMPLETO": ""})), actor)

    assert (_cuantas(db, Atencion), _cuantas(db, Persona)) == (1, 0)


def test_una_fila_que_la_base_rechaza_no_arrastra_a_las_demas(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar
) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER rechazo BEFORE INSERT ON atenciones WHEN NEW.tema = 'CON' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    contenido = registro(
        {},
        {"NOMBRE COMPLETO": "Luis Quispe", "MOTIVO CONSULTA": "Problema con vecinos"},
        {"NOMBRE COMPLETO": "Rosa Mamani"},
    )

    resumen = actions.cargar(db, guardar(contenido), actor)

    assert resumen.nuevas == 2
    assert [(e.hoja, e.fila, e.campo) for e in resumen.errores] == [("ENERO 2024", 3, "fila")]
    assert [p.nombres for p in _personas(db)] == ["Ana", "Rosa"]
    assert [p.folio[-6:] for p in _personas(db)] == ["000001", "000002"]


def test_quien_toma_una_carga_desplaza_a_quien_la_tenia(
    db: Database, actor: Actor, muchas: Muchas
) -> None:
    contenido = muchas(150)
    leido = Registro.de(leer(contenido))
    with db.begin() as session:
        importacion = _traer(session, contenido, actor)
        actions.empezar(session, importacion.id, actor)
    primera = tomar(db, importacion.id)
    assert primera is not None
    assert tomar(db, importacion.id) is None

    def quitar(leidas: int, total: int) -> None:
        assert tomar(db, importacion.id, por_la_fuerza=True) is not None

    with pytest.raises(Desplazada):
        Carga(db, importacion.id, primera, leido, actor).hasta_el_final(quitar)

    assert _cuantas(db, Atencion) == carga.FILAS_POR_LOTE


def test_una_carga_que_nadie_tiene_sigue_donde_quedo(
    db: Database, actor: Actor, muchas: Muchas
) -> None:
    contenido = muchas(250)
    with db.begin() as session:
        importacion = _traer(session, contenido, actor)
        actions.empezar(session, importacion.id, actor)
    prueba = tomar(db, importacion.id)
    assert prueba is not None

    class Corte(Exception):
        pass

    def cortar(leidas: int, total: int) -> None:
        raise Corte

    with pytest.raises(Corte):
        Carga(db, importacion.id, prueba, Registro.de(leer(contenido)), actor).hasta_el_final(
            cortar
        )
    with db.read() as session:
        assert queries.por_seguir(session) == []
    with db.begin() as session:
        session.get_one(Importacion, importacion.id).tomada_hasta = AHORA.replace(year=2020)
    with db.read() as session:
        assert queries.por_seguir(session) == [importacion.id]

    actions.seguir(db, importacion.id, actor)

    assert _cuantas(db, Atencion) == 250
    with db.read() as session:
        final = session.get_one(Importacion, importacion.id)
    assert (final.estado, final.nuevas, final.ya_estaban) == (Estado.TERMINADA, 250, 0)


def test_la_oficina_sigue_escribiendo_mientras_se_carga(
    db: Database, actor: Actor, muchas: Muchas, guardar: Guardar
) -> None:
    archivo = guardar(muchas(600))
    fichas = actions.previsualizar(db, archivo).fichas
    cargador = threading.Thread(target=actions.cargar, args=(db, archivo, actor))
    cargador.start()
    otra = Database(db.url)
    escritas = 0
    while cargador.is_alive():
        nueva = NuevaPersonaSchema().load({"nombres": f"Mesón {escritas}"})
        with otra.begin() as session:
            personas.registrar(session, nueva, actor, AHORA)
        escritas += 1
    cargador.join()
    otra.close()

    assert escritas > 0
    assert _cuantas(db, Atencion) == 600
    assert _cuantas(db, Persona) == fichas + escritas


def test_descartar_borra_el_archivo_y_no_vuelve_atras(
    db: Database, actor: Actor, registro: Hacer
) -> None:
    with db.begin() as session:
        importacion = _traer(session, registro({}), actor, "../../r.xlsx")
    assert importacion.archivo == "r.xlsx"
    with db.begin() as session:
        actions.descartar(session, importacion.id, actor)

    assert _cuantas(db, ArchivoImportado) == 0
    with pytest.raises(TransicionInvalida), db.begin() as session:
        actions.empezar(session, importacion.id, actor)
    assert tomar(db, importacion.id) is None


def test_un_archivo_que_no_existe_o_pesa_demasiado_se_dice(
    db: Database, guardar: Guardar, tmp_path: Path
) -> None:
    pesado = b"x" * (actions.MAX_BYTES + 1)
    with pytest.raises(ArchivoIlegible, match="No existe"):
        actions.previsualizar(db, tmp_path / "nada.xlsx")
    with pytest.raises(ArchivoIlegible, match="más de 10 MB"):
        actions.previsualizar(db, guardar(pesado))
    with pytest.raises(ArchivoIlegible, match="más de 10 MB"):
        actions.revisar(pesado)


def test_lo_leido_vale_para_las_claves_con_que_se_leyo(
    db: Database, registro: Hacer, tmp_path: Path
) -> None:
    contenido = registro({})
    una = actions.revisar(contenido)
    misma = actions.revisar(contenido)
    use_keyring(Keyring.load(tmp_path / "otras"))
    otra = actions.revisar(contenido)

    assert misma is una
    assert set(otra.claves).isdisjoint(una.claves)


@pytest.mark.parametrize("estado", [EstadoPersona.BLOQUEADA, EstadoPersona.ANONIMIZADA])
def test_a_quien_no_se_puede_usar_no_se_le_agrega_nada(
    db: Database, actor: Actor, registro: Hacer, guardar: Guardar, estado: EstadoPersona
) -> None:
    suya = {"RUT / PASAPORTE": RUN}
    actions.cargar(db, guardar(registro(suya)), actor)
    with db.begin() as session:
        session.query(Persona).update({"estado": estado})
    otra = {"NOMBRE COMPLETO": "Berta Soto", "RUT / PASAPORTE": "s/d"}
    tarde = suya | {"FECHA ATENCIÓN": "03/01/2024"}

    cargado = actions.cargar(db, guardar(registro(suya, tarde, otra)), actor)

    assert (cargado.nuevas, cargado.ya_estaban) == (1, 1)
    with db.read() as session:
        (problemas,) = session.scalars(
            select(Importacion.problemas).order_by(Importacion.id.desc()).limit(1)
        )
    assert "bloqueados o se suprimieron" in problemas
    assert (_cuantas(db, Atencion), _cuantas(db, Persona)) == (2, 2)
