"""The network out of a sheet: known by acronym and code, whole or not at all, and once."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.importacion.planillas import Fila, en_csv, traer, traida, xlsx
from werkzeug.test import TestResponse

from casos.importacion.columnas import planilla
from casos.importacion.models import ArchivoImportado, Importacion, Tipo
from casos.importacion.red.semana import SemanaIlegible, leer_semana
from casos.red.horarios import semana_de
from casos.red.models import (
    Capacidad,
    CupoInformado,
    EstadoServicio,
    FuenteDato,
    Institucion,
    Lugar,
    Modo,
    ServicioRed,
    TipoInstitucion,
)

COORDINACION = "coordinacion"

FUNDACION = {
    "Sigla": "FUNDA",
    "Institución": "Fundación Sintética",
    "Tipo de institución": "ONG",
    "Ámbito": "local",
    "Correo de la institución": "funda@red.example",
    "Código del servicio": "FUNDA.ROPERO",
    "Servicio": "Ropero",
    "Temas": "SOC; INF",
    "Cómo se deriva": "correo",
    "Idiomas en que atiende": "español, creol",
    "Edad desde": 18,
    "Documentos que pide": "Cualquier documento; Comprobante",
    "Cupo": "lista de espera",
    "Lugar": "Sede Norte",
    "Dirección": "Calle Inventada 12",
    "Horario": "Lunes a viernes 9:00-13:00 y 15:00-17:00; sábado 10 a 12",
    "Contacto": "Contacto Sintético",
    "Teléfono del contacto": "+56 2 2345 6789",
}  # fmt: skip


def _cargar(ventanilla: Ventanilla, direccion: str, **datos: str) -> TestResponse:
    pagina = ventanilla.pagina(direccion, COORDINACION)
    huella = re.search(r'name="huella" value="(\w+)"', pagina.text)
    assert huella, pagina.text
    return ventanilla.enviar(f"{direccion}/cargar", {"huella": huella[1]} | datos, COORDINACION)


def _cargada(ventanilla: Ventanilla, *filas: Fila) -> str:
    direccion = traida(ventanilla, xlsx(Red=filas))
    answer = _cargar(ventanilla, direccion)
    assert answer.status_code == 303, answer.text
    return direccion


def _institucion(ventanilla: Ventanilla, sigla: str) -> Institucion | None:
    lugares = selectinload(Institucion.servicios).selectinload(ServicioRed.lugares)
    with ventanilla.db.read() as session:
        return session.scalar(
            select(Institucion)
            .where(Institucion.sigla == sigla)
            .options(
                selectinload(Institucion.sedes),
                selectinload(Institucion.contactos),
                lugares.selectinload(Lugar.horarios),
            )
        )


def _cuenta(ventanilla: Ventanilla, direccion: str) -> tuple[int, int, int]:
    with ventanilla.db.read() as session:
        una = session.scalars(select(Importacion).order_by(Importacion.id.desc())).first()
        assert una is not None
        assert str(una.id) in direccion
        return una.nuevas, una.cambiadas, una.ya_estaban


def test_una_fila_trae_institucion_servicio_lugar_horario_y_contacto(
    ventanilla: Ventanilla,
) -> None:
    direccion = traida(ventanilla, xlsx(Red=[FUNDACION]))
    previa = ventanilla.pagina(direccion, COORDINACION).text
    assert _institucion(ventanilla, "FUNDA") is None
    assert "Se agrega" in previa
    assert "Fundación Sintética" in previa
    assert _cargar(ventanilla, direccion).status_code == 303

    una = _institucion(ventanilla, "FUNDA")
    assert una is not None
    assert (una.tipo, una.correo, una.activa) == (
        TipoInstitucion.PRIVADA_SIN_FINES, "funda@red.example", True,
    )  # fmt: skip
    (servicio,) = una.servicios
    assert (servicio.codigo, servicio.nombre, servicio.modo) == (
        "FUNDA.ROPERO",
        "Ropero",
        Modo.CORREO,
    )
    assert (servicio.temas, servicio.idiomas) == (["SOC", "INF"], ["spa", "hat"])
    assert servicio.documentos_requeridos == ["Cualquier documento", "Comprobante"]
    assert (servicio.edad_min, servicio.estado) == (18, EstadoServicio.ACTIVO)
    assert servicio.capacidad is Capacidad.LISTA_ESPERA
    (lugar,) = servicio.lugares
    semana = {dia: [str(t) for t in tramos] for dia, tramos in semana_de(lugar.horarios).items()}
    entre_semana = ["09:00-13:00", "15:00-17:00"]
    assert semana == dict.fromkeys(("MO", "TU", "WE", "TH", "FR"), entre_semana) | {
        "SA": ["10:00-12:00"]
    }
    assert [sede.direccion for sede in una.sedes] == ["Calle Inventada 12"]
    (contacto,) = una.contactos
    assert (contacto.nombre, contacto.servicio_id) == ("Contacto Sintético", servicio.id)
    with ventanilla.db.read() as session:
        cupo = session.scalars(
            select(CupoInformado).where(CupoInformado.servicio_id == servicio.id)
        ).one()
        archivo = session.get(ArchivoImportado, UUID(direccion.rpartition("/")[2]))
    assert cupo.fuente is FuenteDato.IMPORTACION
    assert archivo is None
    assert ventanilla.auditadas(str(una.id))[:1] == ["casos.red.institucion.crear"]
    assert "casos.importacion.cargar" in ventanilla.auditadas(direccion.rpartition("/")[2])
    assert _cuenta(ventanilla, direccion) == (6, 0, 0)


def test_la_segunda_vez_no_cambia_nada_y_lo_que_cambia_se_muestra(ventanilla: Ventanilla) -> None:
    fila = FUNDACION | {"Sigla": "OTRAFU", "Código del servicio": "OTRAFU.ROPERO"}
    _cargada(ventanilla, fila)
    antes = _institucion(ventanilla, "OTRAFU")
    assert antes is not None

    repetida = traida(ventanilla, en_csv([fila], ",", "cp1252"), nombre="red.csv")
    pagina = ventanilla.pagina(repetida, COORDINACION).text
    assert "Cargar todo" not in pagina
    assert "se leyó como Windows-1252" in pagina
    assert pagina.count("Ya está así") == 5

    distinta = {
        "Acronym": "otrafu",
        "Institution telephone": "+56 2 2999 9999",
        "Service code": "OTRAFU.ROPERO",
        "Service": "Ropero comunitario",
        "Service status": "suspended",
        "Address": "Calle Inventada 12",
        "Monday": "10:00-11:00",
    }
    direccion = traida(ventanilla, xlsx(Network=[distinta]))
    pagina = ventanilla.pagina(direccion, COORDINACION).text
    assert "«Ropero» → «Ropero comunitario»" in pagina
    assert "«Recibe derivaciones» → «Suspendido por ahora»" in pagina
    assert _cargar(ventanilla, direccion).status_code == 303
    assert _cuenta(ventanilla, direccion) == (0, 3, 1)

    despues = _institucion(ventanilla, "OTRAFU")
    assert despues is not None
    assert (despues.telefono, despues.correo) == ("+56 2 2999 9999", antes.correo)
    (servicio,) = despues.servicios
    assert (servicio.id, servicio.nombre) == (antes.servicios[0].id, "Ropero comunitario")
    assert servicio.temas == ["SOC", "INF"]
    semana = semana_de(servicio.lugares[0].horarios)
    assert [str(tramo) for tramo in semana["MO"]] == ["10:00-11:00"]
    assert [str(tramo) for tramo in semana["TU"]] == ["09:00-13:00", "15:00-17:00"]


def test_instituciones_y_servicios_en_hojas_distintas_se_juntan(ventanilla: Ventanilla) -> None:
    institucion = {
        "SIGLA": "DOSHOJAS", "NOMBRE INSTITUCIÓN": "Dos Hojas Sintéticas", "TIPO": "pública",
        "ÁMBITO": "externa",
    }  # fmt: skip
    servicios = [
        {"Sigla": "DOSHOJAS", "Nombre del servicio": nombre, "Motivos": "INF", "Modo": "oficio"}
        for nombre in ("Consulta", "Consulta urgente")
    ]
    direccion = traida(ventanilla, xlsx(Instituciones=[institucion], Servicios=servicios))
    assert _cargar(ventanilla, direccion).status_code == 303

    una = _institucion(ventanilla, "DOSHOJAS")
    assert una is not None
    assert sorted(s.codigo for s in una.servicios) == ["DOSHOJAS.CONSULTA", "DOSHOJAS.CONSULTA.2"]
    # Services without a code are known by their name.
    repetida = traida(ventanilla, xlsx(Servicios=servicios, Instituciones=[institucion]))
    assert "Cargar todo" not in ventanilla.pagina(repetida, COORDINACION).text


MALAS: Sequence[tuple[dict[str, Any], str, str]] = [
    ({"Sigla": ""}, "Sigla", "Falta este dato."),
    ({"Sigla": "X"}, "Sigla", "Use de 2 a 20 mayúsculas"),
    ({"Institución": ""}, "Institución", "Falta este dato."),
    ({"Tipo de institución": ""}, "Tipo de institución", "Falta este dato."),
    ({"Tipo de institución": "secreta"}, "Tipo de institución", "no reconocemos lo escrito"),
    ({"Ámbito": "lunar"}, "Ámbito", "no reconocemos lo escrito"),
    ({"Activa": "quizás"}, "Activa", "no reconocemos lo escrito"),
    ({"Correo de la institución": "sin arroba"}, "Correo de la institución", "No es un correo"),
    ({"Teléfono de la institución": "9" * 50}, "Teléfono de la institución", "a lo más 40"),
    ({"Sitio web": "no es"}, "Sitio web", "No es una dirección web"),
    ({"Identificadores": "60.000.000-0"}, "Identificadores", "RUT: 60.000.000-0"),
    ({"Descripción de la institución": "x" * 2001}, "Descripción de la institución", "2000"),
    ({"Unidad municipal": "x" * 81}, "Unidad municipal", "a lo más 80"),
    ({"Código del servicio": "a b¿c"}, "Código del servicio", "Use letras, números"),
    ({"Código del servicio": "MALAS.BUENO"}, "Código del servicio", "es de un servicio de MALAS"),
    ({"Servicio": "", "Código del servicio": ""}, "Servicio", "Diga de qué servicio es."),
    ({"Servicio": "ab"}, "Servicio", "Debe tener entre 3 y 160"),
    ({"Temas": ""}, "Temas", "Falta este dato."),
    ({"Temas": "astronomía cuántica"}, "Temas", "no reconocemos este tema"),
    ({"Cómo se deriva": ""}, "Cómo se deriva", "Falta este dato."),
    ({"Cómo se deriva": "paloma"}, "Cómo se deriva", "no reconocemos lo escrito"),
    ({"Otras maneras de derivar": "paloma"}, "Otras maneras de derivar", "no reconocemos"),
    ({"Estado del servicio": "raro"}, "Estado del servicio", "no reconocemos lo escrito"),
    ({"Cupo": "algo"}, "Cupo", "no reconocemos lo escrito"),
    ({"Idiomas en que atiende": "klingon"}, "Idiomas en que atiende", "no reconocemos este idioma"),
    ({"Tiene intérprete": "puede"}, "Tiene intérprete", "no reconocemos lo escrito"),
    ({"Edad desde": "doce"}, "Edad desde", "No es un número entero"),
    ({"Edad desde": 30, "Edad hasta": 20}, "Edad hasta", "La edad mayor no puede ser menor"),
    ({"Plazo de respuesta (días hábiles)": 500}, "Plazo de respuesta (días hábiles)", "entre 1 y"),
    ({"Dirección": ""}, "Dirección", "Escriba la dirección a la que hay que ir."),
    ({"Tipo de lugar": "flotante"}, "Tipo de lugar", "no reconocemos lo escrito"),
    ({"Lugar confidencial": "tal vez"}, "Lugar confidencial", "no reconocemos lo escrito"),
    ({"Dirección": "", "Lugar": ""}, "Lugar", "diga en qué lugar"),
    ({"Qué se hace ahí": "nada"}, "Qué se hace ahí", "no reconocemos lo escrito"),
    ({"Horario": "cuando se puede"}, "Horario", "escríbalo así: lunes a viernes"),
    ({"Horario": "Lunes 25:00-26:00"}, "Lunes", "Escriba las horas así"),
    ({"Horario": "", "Martes": "temprano"}, "Martes", "Escriba las horas así"),
    ({"Contacto": ""}, "Contacto", "Falta este dato."),
    ({"Teléfono del contacto": ""}, "Correo del contacto", "Escriba un correo o un teléfono."),
    ({"Contacto público": "a veces"}, "Contacto público", "no reconocemos lo escrito"),
]  # fmt: skip


@pytest.mark.parametrize(("mala", "columna", "motivo"), MALAS)
def test_cada_error_dice_su_fila_su_columna_y_que_hacer(
    ventanilla: Ventanilla, mala: dict[str, Any], columna: str, motivo: str
) -> None:
    buena = FUNDACION | {
        "Sigla": "MALAS",
        "Código del servicio": "MALAS.BUENO",
        "Servicio": "Bueno",
    }
    fila = FUNDACION | {"Sigla": "MALAS2", "Código del servicio": "MALAS2.UNO"} | mala
    direccion = traida(ventanilla, xlsx(Red=[buena, fila]), tipo="red")

    pagina = ventanilla.pagina(direccion, COORDINACION).text
    _antes, _, errores = pagina.partition('id="errores-del-archivo"')
    errores = errores.partition("</section>")[0]
    assert "Red 3" in errores
    assert f"<strong>{columna}:</strong>" in errores
    assert motivo in errores
    assert "Cargar todo" not in pagina
    # Nor does who sends the form anyway write half of it.
    answer = ventanilla.enviar(f"{direccion}/cargar", {"huella": "x"}, COORDINACION)
    assert answer.status_code == 422
    assert motivo in answer.text
    assert _institucion(ventanilla, "MALAS") is None


def test_dos_filas_que_se_contradicen_lo_dicen(ventanilla: Ventanilla) -> None:
    otra = FUNDACION | {"Sigla": "CONTRA", "Código del servicio": "CONTRA.UNO"}
    filas = [otra, otra | {"Institución": "Otro nombre", "Servicio": "Otro"}]
    pagina = ventanilla.pagina(traida(ventanilla, xlsx(Red=filas)), COORDINACION).text

    assert "dice otra cosa que la fila 2" in pagina


def test_si_la_red_cambio_desde_que_se_reviso_no_se_escribe_encima(
    ventanilla: Ventanilla,
) -> None:
    fila = FUNDACION | {"Sigla": "CARRERA", "Código del servicio": "CARRERA.UNO"}
    _cargada(ventanilla, fila)
    direccion = traida(ventanilla, xlsx(Red=[fila | {"Costo": "Gratuito"}]))
    huella = re.search(
        r'name="huella" value="(\w+)"', ventanilla.pagina(direccion, COORDINACION).text
    )
    assert huella
    with ventanilla.db.begin() as session:
        servicio = session.scalars(
            select(ServicioRed).where(ServicioRed.codigo == "CARRERA.UNO")
        ).one()
        servicio.costo = "Un copago"

    answer = ventanilla.enviar(f"{direccion}/cargar", {"huella": huella[1]}, COORDINACION)
    assert answer.status_code == 412
    assert "cambió desde que lo revisó" in answer.text
    assert "«Un copago» → «Gratuito»" in answer.text
    assert _cargar(ventanilla, direccion).status_code == 303
    # Loaded, it is loaded no more.
    assert ventanilla.enviar(f"{direccion}/cargar", {}, COORDINACION).status_code == 409


def test_lo_que_falla_al_escribir_no_deja_nada(
    ventanilla: Ventanilla, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casos.importacion.red import plan
    from oficina.errors import DatosInvalidos

    def romper(*_args: object) -> None:
        raise DatosInvalidos({"nombre": ["No cabe."]})

    fila = FUNDACION | {"Sigla": "ROTA", "Código del servicio": "ROTA.UNO"}
    direccion = traida(ventanilla, xlsx(Red=[fila]))
    monkeypatch.setattr(plan.actions, "crear_contacto", romper)
    answer = _cargar(ventanilla, direccion)

    assert answer.status_code == 422
    assert "No se cargó nada" in answer.text
    assert "No cabe." in answer.text
    assert _institucion(ventanilla, "ROTA") is None
    monkeypatch.undo()
    assert _cargar(ventanilla, direccion).status_code == 303


def test_un_contacto_de_varios_servicios_es_de_la_institucion(ventanilla: Ventanilla) -> None:
    filas = [
        FUNDACION
        | {"Sigla": "VARIOS", "Código del servicio": f"VARIOS.{n}", "Servicio": f"Uno {n}"}
        for n in (1, 2)
    ]
    _cargada(ventanilla, *filas)
    una = _institucion(ventanilla, "VARIOS")
    assert una is not None
    assert [contacto.servicio_id for contacto in una.contactos] == [None]
    assert len(una.sedes) == 1


def test_quien_no_edita_la_red_no_trae_ni_ve_una(ventanilla: Ventanilla) -> None:
    ventanilla.oficina.funcionario("encargado_programa")
    rol = "encargado_programa"
    assert ventanilla.pagina("/importaciones", rol).status_code == 200
    dicha = traer(ventanilla, xlsx(Red=[FUNDACION]), rol=rol, tipo="red")
    sin_decir = traer(ventanilla, xlsx(Red=[FUNDACION]), rol=rol)
    assert (dicha.status_code, sin_decir.status_code) == (422, 422)
    assert "Su rol no trae" in dicha.text
    direccion = traida(ventanilla, xlsx(Red=[FUNDACION | {"Sigla": "AJENA"}]))
    assert ventanilla.pagina(direccion, rol).status_code == 404
    for paso in ("cargar", "descartar"):
        assert ventanilla.enviar(f"{direccion}/{paso}", {}, rol).status_code == 404
    assert ventanilla.pagina("/importaciones/plantillas/red.xlsx", rol).status_code == 404
    assert direccion.rpartition("/")[2] not in ventanilla.pagina("/importaciones", rol).text


@pytest.mark.parametrize(
    ("texto", "esperada"),
    [
        ("Lunes a viernes 9:00-13:00", {"MO", "TU", "WE", "TH", "FR"}),
        ("L-V 9 a 13 hrs", {"MO", "TU", "WE", "TH", "FR"}),
        ("martes y jueves de 9:00 a 13:00", {"TU", "TH"}),
        ("Mon, Wed: 9:00-13:00\nSat 10-12", {"MO", "WE", "SA"}),
    ],
)
def test_la_semana_se_lee_como_se_escribe(texto: str, esperada: set[str]) -> None:
    dias = planilla(Tipo.RED).esquemas["red"].listas["dias"]
    assert set(leer_semana(texto, dias)) == esperada


@pytest.mark.parametrize("texto", ["9:00-13:00", "viernes a lunes 9:00-13:00", "feriados 9-13"])
def test_una_semana_sin_dias_no_se_adivina(texto: str) -> None:
    with pytest.raises(SemanaIlegible):
        leer_semana(texto, planilla(Tipo.RED).esquemas["red"].listas["dias"])
