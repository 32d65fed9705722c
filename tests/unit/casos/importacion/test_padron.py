"""A register of people: whoever is known by a document stays as they are, nobody is made twice, and
who seems the same is for somebody to decide. All people are synthetic.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.importacion.planillas import Fila, en_csv, traida, xlsx

from casos.atenciones.models import Atencion
from casos.importacion import actions, tasks
from casos.importacion.models import FilaImportada, Tipo
from casos.importacion.queries import Personas
from casos.personas.models import (
    DocumentoIdentidad,
    EstadoPersona,
    Origen,
    Persona,
    PosibleDuplicado,
    PrecisionFecha,
)
from oficina.actor import Actor
from oficina.db import Database
from oficina.identity_docs import TipoDocumento

Guardar = Callable[[bytes], Path]
RUN = "12.531.909-2"
OTRO_RUN = "11.111.112-K"

ROSA = {
    "Nombres": "ROSA ELENA",
    "Apellido paterno": "MAMANI",
    "Apellido materno": "QUISPE",
    "RUN": RUN,
    "Pasaporte": "PE1234567",
    "Fecha de nacimiento": "03/05/1990",
    "Sexo": "F",
    "Nacionalidad": "Perú; boliviana",
    "Idiomas": "español, quechua",
    "Nivel de español": "avanzado",
    "Teléfono": "9 8623 0047",
    "Correo": "rosa@persona.example",
    "Dirección": "Maruri 12",
    "Comuna": "Independencia",
    "Canal preferido": "sms",
}


def _personas(db: Database) -> list[Persona]:
    with db.read() as session:
        consulta = select(Persona).options(
            selectinload(Persona.documentos), selectinload(Persona.contactos)
        )
        return list(session.scalars(consulta.order_by(Persona.folio)))


def _cuantas(db: Database, tabla: type[Any]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(tabla)) or 0


def _cargar(db: Database, archivo: Path, actor: Actor) -> Personas:
    hecho = actions.cargar(db, archivo, actor, tipo=Tipo.PERSONAS)
    assert isinstance(hecho, Personas)
    return hecho


@pytest.fixture
def padron(guardar: Guardar) -> Callable[..., Path]:
    """Make a file of people."""
    return lambda *filas: guardar(xlsx(Personas=filas))


def test_una_persona_llega_entera(db: Database, actor: Actor, padron: Callable[..., Path]) -> None:
    hecho = _cargar(db, padron(ROSA), actor)

    assert (hecho.nuevas, hecho.conocidas, list(hecho.errores)) == (1, 0, [])
    (rosa,) = _personas(db)
    assert (rosa.nombres, rosa.primer_apellido, rosa.segundo_apellido) == (
        "Rosa Elena", "Mamani", "Quispe",
    )  # fmt: skip
    assert (rosa.fecha_nacimiento, rosa.precision_fecha) == (
        date(1990, 5, 3),
        PrecisionFecha.EXACTA,
    )
    assert (rosa.nacionalidades, rosa.idiomas) == (["PER", "BOL"], ["spa", "que"])
    assert (rosa.sexo, rosa.nivel_espanol, rosa.canal_preferido) == ("femenino", "avanzado", "sms")
    assert (rosa.direccion, rosa.origen) == ("Maruri 12, Independencia", Origen.REGISTRO)
    assert [(d.tipo, d.numero) for d in rosa.documentos] == [
        (TipoDocumento.RUN_CEDULA_EXTRANJERO, RUN), (TipoDocumento.PASAPORTE, "PE1234567"),
    ]  # fmt: skip
    assert sorted(c.valor for c in rosa.contactos) == ["+56986230047", "rosa@persona.example"]
    assert _cuantas(db, Atencion) == 0


def test_titulos_en_ingles_csv_y_otra_codificacion(
    db: Database, actor: Actor, guardar: Guardar
) -> None:
    fila = {
        "Given names": "José", "Surnames": "de la Cruz Muñoz", "Nationality": "Peruvian",
        "Document type": "passport", "Document number": "PE7654321", "Date of birth": "34",
        "Sex": "male", "Languages": "Spanish; Haitian Creole", "Needs an interpreter": "yes",
    }  # fmt: skip
    for separador, codificacion in ((";", "cp1252"), ("\t", "utf-16"), (",", "utf-8")):
        leido = actions.leer_archivo(guardar(en_csv([fila], separador, codificacion)))
        assert leido.tipo is Tipo.PERSONAS
        assert list(leido.errores) == []
    _cargar(db, guardar(en_csv([fila], ";", "cp1252")), actor)
    (jose,) = _personas(db)
    assert (jose.nombres, jose.primer_apellido, jose.segundo_apellido) == (
        "José", "de la Cruz", "Muñoz",
    )  # fmt: skip
    assert (jose.precision_fecha, jose.requiere_interprete) == (PrecisionFecha.ESTIMADA, True)
    assert (jose.idiomas, jose.nacionalidades) == (["spa", "hat"], ["PER"])


def test_otra_vez_lo_mismo_no_hace_a_nadie_dos_veces(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    sin_papeles = {"Nombres": "Luz", "Apellidos": "Soto Vera", "Fecha de nacimiento": "20"}
    _cargar(db, padron(ROSA, sin_papeles), actor)
    otra_vez = _cargar(db, padron(sin_papeles, ROSA | {"Dirección": "Otra 1"}), actor)

    assert (otra_vez.nuevas, otra_vez.ya_estaban) == (0, 2)
    assert _cuantas(db, Persona) == _cuantas(db, FilaImportada) == 2


def test_por_cualquiera_de_sus_documentos_es_la_misma_y_su_ficha_queda(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    _cargar(db, padron(ROSA), actor)
    por_pasaporte = {
        "Nombres": "Rosa", "Apellidos": "Mamani", "Pasaporte": "pe-1234567",
        "Dirección": "Otra parte 9", "No contactar": "sí",
    }  # fmt: skip
    hecho = _cargar(db, padron(por_pasaporte), actor)

    assert (hecho.nuevas, hecho.conocidas) == (0, 1)
    (rosa,) = _personas(db)
    assert rosa.direccion == "Maruri 12, Independencia"
    # What protects somebody is heard all the same.
    assert rosa.no_contactar


def test_el_mismo_documento_con_otro_nombre_es_otra_persona_que_alguien_mira(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    _cargar(db, padron(ROSA), actor)
    hecho = _cargar(db, padron({"Nombres": "Juan", "Apellidos": "Vargas", "RUN": RUN}), actor)

    assert (hecho.nuevas, hecho.conocidas) == (1, 0)
    assert _cuantas(db, Persona) == 2


def test_quien_se_parece_queda_por_decidir(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    _cargar(db, padron(ROSA), actor)
    gemela = {k: v for k, v in ROSA.items() if k not in {"RUN", "Pasaporte"}}
    uno = {"Nombres": "Jean", "Apellidos": "Louis", "Teléfono": "986230099"}
    hecho = _cargar(db, padron(gemela, uno, uno | {"Correo": "j@persona.example"}), actor)

    assert (hecho.nuevas, hecho.sugeridas) == (3, 1)
    assert _cuantas(db, PosibleDuplicado) == 2


def test_dos_filas_con_un_documento_son_una_ficha_con_lo_de_ambas(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    otra = {"Nombres": "Rosa Elena Mamani", "RUN": RUN, "Teléfono": "986230011", "Género": "mujer"}
    hecho = _cargar(db, padron(ROSA, otra), actor)

    assert (hecho.filas, hecho.nuevas) == (2, 1)
    (rosa,) = _personas(db)
    assert len(rosa.contactos) == 3
    assert rosa.genero == "mujer"


def test_a_quien_esta_bloqueada_no_se_le_agrega_nada(
    db: Database, actor: Actor, padron: Callable[..., Path]
) -> None:
    _cargar(db, padron(ROSA), actor)
    with db.begin() as session:
        session.scalars(select(Persona)).one().estado = EstadoPersona.BLOQUEADA
    hecho = _cargar(db, padron({"Nombres": "Rosa", "Apellidos": "Mamani", "RUN": RUN}), actor)

    assert "están bloqueados" in hecho.errores[-1].motivo
    assert _cuantas(db, Persona) == 1


MALAS = [
    ({"RUN": "12.531.909-3"}, "run", "el dígito verificador no corresponde al RUN"),
    ({"RUN": "12"}, "run", "no tiene la forma de un RUN"),
    ({"RUN": "", "Pasaporte": "pendiente de ver"}, "pasaporte", "no parece el número"),
    ({"DNI": "x" * 61}, "documento_origen", "es demasiado largo"),
    ({"Documento": "123456", "Tipo de documento": "licencia rara"}, "documento_tipo", "licencia"),
    ({"País del documento": "Narnia"}, "documento_pais", "«Narnia»: no reconocemos este país"),
    ({"Fecha de nacimiento": "31/02/1990"}, "nacimiento", "ese día no existe"),
    ({"Fecha de nacimiento": "01/01/2999"}, "nacimiento", "nacería después"),
    ({"Nacimiento estimado": "puede"}, "nacimiento_estimado", "se espera sí o no"),
    ({"Sexo": "??z"}, "sexo", "no reconocemos lo escrito"),
    ({"Nacionalidad": "Perú; Narnia"}, "nacionalidad", "«Narnia»: no reconocemos este país"),
    ({"Idiomas": "klingon"}, "idiomas", "«klingon»: no reconocemos este idioma"),
    ({"Nivel de español": "raro"}, "nivel_espanol", "no reconocemos lo escrito"),
    ({"Requiere intérprete": "quizás"}, "interprete", "se espera sí o no"),
    ({"Teléfono": "12"}, "telefono", "no puede ser un número de teléfono"),
    ({"Correo": "sin arroba"}, "correo", "no es un correo electrónico"),
    ({"Dirección": "x" * 121}, "direccion", "es demasiado largo"),
    ({"Comuna": "x" * 81}, "comuna", "es demasiado largo"),
    ({"Género": "x" * 41}, "genero", "es demasiado largo"),
    ({"Nombre social": "x" * 121}, "nombre_social", "es demasiado largo"),
    ({"No contactar": "a veces"}, "no_contactar", "se espera sí o no"),
    ({"Canal preferido": "paloma"}, "canal_preferido", "no reconocemos lo escrito"),
]


@pytest.mark.parametrize(("mala", "campo", "motivo"), MALAS)
def test_una_celda_mala_se_dice_y_la_persona_entra_sin_ella(
    db: Database, actor: Actor, padron: Callable[..., Path], mala: Fila, campo: str, motivo: str
) -> None:
    hecho = _cargar(db, padron(ROSA | mala), actor)

    assert hecho.nuevas == 1
    (problema,) = hecho.errores
    assert (problema.hoja, problema.fila, problema.campo) == ("Personas", 2, campo)
    assert motivo in problema.motivo
    # What identifies somebody is not told again.
    assert "12.531" not in problema.motivo


@pytest.mark.parametrize(
    ("mala", "motivo"),
    [
        ({"Nombres": ""}, "falta el nombre"),
        ({"Nombres": "---1"}, "al menos una letra"),
        ({"Nombres": "x" * 121}, "es demasiado largo"),
        ({"Apellido paterno": "x" * 81}, "es demasiado largo"),
    ],
)
def test_sin_nombre_no_hay_persona(
    db: Database, actor: Actor, padron: Callable[..., Path], mala: Fila, motivo: str
) -> None:
    buena = {"Nombres": "Luz", "Apellido paterno": "Soto", "Fecha de nacimiento": "20"}
    hecho = _cargar(db, padron(ROSA | mala, buena), actor)

    assert (hecho.filas, hecho.ilegibles, hecho.nuevas) == (1, 1, 1)
    assert motivo in hecho.errores[0].motivo


def test_una_formula_es_un_texto_y_el_ejemplo_no_es_nadie(
    db: Database, actor: Actor, guardar: Guardar
) -> None:
    filas = [
        {"N°": "EJEMPLO SINTÉTICO", "Nombres": "Nadie", "Apellidos": "De Ejemplo", "Edad": "9"},
        {"N°": "1", "Nombres": "=HYPERLINK(1) Ana", "Apellidos": "Rojas", "Edad": "30"},
        {"N°": "", "Nombres": "Total", "Apellidos": "", "Edad": "39"},
    ]
    _cargar(db, guardar(en_csv(filas)), actor)
    assert [persona.nombres for persona in _personas(db)] == ["=HYPERLINK(1) Ana"]


def test_la_pagina_dice_que_es_de_cada_fila_y_la_tarea_carga(ventanilla: Ventanilla) -> None:
    conocida = ventanilla.persona(
        nombres="Conocida", primer_apellido="Sintética", documento_tipo="pasaporte",
        documento_numero="ZZ900001", documento_pais="PER",
    )  # fmt: skip
    ventanilla.persona(nombres="Parecida Igual", primer_apellido="Sintética", telefono="986230077")
    filas = [
        {"Nombres": "Conocida", "Apellidos": "Sintética", "Pasaporte": "ZZ900001"},
        {"Nombres": "Parecida Igual", "Apellidos": "Sintética", "Teléfono": "986230077"},
        {"Nombres": "Nueva", "Apellidos": "Sintética", "Correo": "mala", "Apodo": "N"},
        {"Nombres": "", "Apellidos": "Sin Nombre", "Teléfono": "986230078"},
    ]
    direccion = traida(ventanilla, xlsx(Personas=filas))
    pagina = ventanilla.pagina(direccion, "coordinacion").text
    for dicho in ("Ya está en la oficina", "Se parece a alguien de la oficina", "Mismo teléfono",
                  "Ficha nueva", "no es un correo electrónico", "No se carga", "Apodo",
                  "Cargar 3 filas"):  # fmt: skip
        assert dicho in pagina
    assert "ZZ900001" not in pagina
    antes = _cuantas(ventanilla.db, Persona)

    assert ventanilla.enviar(f"{direccion}/cargar", {}, "coordinacion").status_code == 303
    tasks.cargar_importacion(ventanilla.app.extensions["env"], direccion.rpartition("/")[2])

    assert _cuantas(ventanilla.db, Persona) == antes + 2
    assert _cuantas(ventanilla.db, FilaImportada) == 3
    terminada = ventanilla.pagina(direccion, "coordinacion").text
    assert "Las filas sin nombre no se cargan" in terminada
    # The union of the one who was known is not touched, nor told of in the page of the file.
    assert str(conocida["id"]) not in terminada


CARGAR = """
import sys
from pathlib import Path

import casos.models
from casos.importacion import actions
from casos.importacion.models import Tipo
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

datos, archivo = map(Path, sys.argv[1:])
use_keyring(Keyring.load(datos / "claves"))
db = Database(f"sqlite:///{datos / 'casos.db'}")
actor = Actor.sistema("casos")
actions.cargar(db, archivo, actor, lambda *a: print(*a, flush=True), tipo=Tipo.PERSONAS)
"""


def test_kill_9_a_media_carga_no_pierde_ni_repite(
    db: Database, tmp_path: Path, padron: Callable[..., Path], actor: Actor
) -> None:
    letras = "abcdefghij"
    nombres = [
        f"Ana {letras[n // 100]}x{letras[n // 10 % 10]}y{letras[n % 10]}z" for n in range(700)
    ]
    archivo = padron(*({"Nombres": uno, "Pasaporte": f"K{n:07d}"} for n, uno in enumerate(nombres)))
    process = subprocess.Popen(
        [sys.executable, "-c", CARGAR, str(tmp_path), str(archivo)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()

    entre = _cuantas(db, Persona)
    assert 100 <= entre < 700
    assert entre == _cuantas(db, FilaImportada)
    hecho = _cargar(db, archivo, actor)
    assert (hecho.nuevas, hecho.ya_estaban) == (700 - entre, entre)
    assert _cuantas(db, Persona) == _cuantas(db, DocumentoIdentidad) == 700
    with db.read() as session:
        repetidas = session.execute(
            text("select count(*) from (select indice from documentos_identidad"
                 " group by indice having count(*) > 1)")
        ).scalar_one()  # fmt: skip
    assert repetidas == 0
