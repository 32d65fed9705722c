"""The workbooks to fill in: what the program hands out, it reads."""

from io import BytesIO

import pytest
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.importacion.planillas import en_csv, traer, traida, xlsx

from casos.importacion import clases, plantillas, tabla
from casos.importacion.atenciones import libro
from casos.importacion.columnas import IDIOMAS, planilla
from casos.importacion.models import Tipo
from oficina import libros
from oficina.hojas import XLSX
from oficina.libros import ArchivoIlegible

COORDINACION = "coordinacion"


def _plantilla(tipo: Tipo, idioma: str) -> bytes:
    salida = BytesIO()
    plantillas.escribir(salida, planilla(tipo), idioma)
    return salida.getvalue()


@pytest.mark.parametrize("idioma", IDIOMAS)
@pytest.mark.parametrize("tipo", Tipo)
def test_cada_titulo_de_una_plantilla_se_reconoce_y_su_ejemplo_no_se_carga(
    tipo: Tipo, idioma: str
) -> None:
    hojas = libros.leer(_plantilla(tipo, idioma))
    suyas = planilla(tipo).esquemas
    for hoja, esquema in zip(hojas, suyas.values(), strict=False):
        assert hoja.nombre == esquema.nombre(idioma)
        if tipo is Tipo.ATENCIONES:
            assert set(libro.columnas_de(hoja.renglones[0]).values()) == set(esquema.por_campo)
        else:
            titulos = {str(celda).replace(" *", "") for celda in hoja.renglones[0]}
            assert titulos == {una.rotulo(idioma) for una in esquema.columnas}
    # With its example alone, there is nothing to load.
    with pytest.raises(ArchivoIlegible, match=r"vacía|vacío"):
        clases.leer(_plantilla(tipo, idioma), tipo)


@pytest.mark.parametrize("tipo", [tipo for tipo in Tipo if tipo is not Tipo.ATENCIONES])
def test_cada_titulo_es_de_una_columna_y_cada_ejemplo_se_puede_leer(tipo: Tipo) -> None:
    for esquema in planilla(tipo).esquemas.values():
        todos = [titulo for una in esquema.columnas for titulo in una.titulos]
        assert len(todos) == len(set(todos))
        for una in esquema.columnas:
            assert not una.palabras or una.palabras in esquema.listas
            lista = esquema.lista(una.campo)
            for ejemplo in filter(None, una.ejemplo.values()):
                assert lista is None or lista.codigo(ejemplo), (una.campo, ejemplo)


@pytest.mark.parametrize("tipo", [Tipo.PERSONAS, Tipo.RED, Tipo.PROGRAMAS])
def test_la_clase_de_una_hoja_se_reconoce_por_sus_titulos(tipo: Tipo) -> None:
    for idioma in IDIOMAS:
        for esquema in planilla(tipo).esquemas.values():
            fila = {una.rotulo(idioma): "x" for una in esquema.columnas}
            hojas = libros.leer(en_csv([fila]))
            assert tabla.puntaje(hojas, planilla(tipo)) == len(esquema.columnas)
            assert clases._reconocido(hojas) is tipo


def test_se_descarga_cada_plantilla_que_se_puede_traer(ventanilla: Ventanilla) -> None:
    for tipo in Tipo:
        answer = ventanilla.pagina(f"/importaciones/plantillas/{tipo.value}.xlsx", COORDINACION)
        assert (answer.status_code, answer.mimetype) == (200, XLSX)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert len(libros.leer(answer.data)) == len(planilla(tipo).esquemas) + 1
    assert ventanilla.pagina("/importaciones/plantillas/otra.xlsx", COORDINACION).status_code == 404
    assert ventanilla.pagina("/importaciones/plantillas/red.xlsx").status_code == 403


@pytest.mark.parametrize(
    ("contenido", "tipo", "motivo"),
    [
        (xlsx(Hoja=[{"Color": "rojo"}]), "", "No se reconoce por sus títulos"),
        (
            xlsx(Hoja=[{"Color": "rojo"}]),
            "red",
            "No se encontró una hoja con estas columnas",
        ),
        (xlsx(Hoja=[{"Color": "rojo"}]), "atenciones", "No se encontró ningún registro"),
        (xlsx(Hoja=[{"Sigla": "", "Institución": ""}]), "red", "La planilla está vacía"),
        (xlsx(Hoja=[{"Sigla": "A"}]), "otra cosa", "Debe ser una de las opciones"),
        (
            xlsx(Hoja=[{"Sigla": f"S{n}", "Institución": "Una"} for n in range(1001)]),
            "",
            "Son 1001 filas y se admiten 1000",
        ),
    ],
)
def test_lo_que_no_se_puede_traer_dice_por_que(
    ventanilla: Ventanilla, contenido: bytes, tipo: str, motivo: str
) -> None:
    answer = traer(ventanilla, contenido, tipo=tipo)
    assert answer.status_code == 422
    assert motivo in answer.text


def test_dos_columnas_iguales_y_las_que_nadie_conoce_se_dicen(ventanilla: Ventanilla) -> None:
    contenido = en_csv([{"Sigla": "DOBLE", "Institución": "Una", "Organismo": "Dos", "Color": "x"}])
    pagina = ventanilla.pagina(traida(ventanilla, contenido, nombre="r.csv"), COORDINACION).text
    assert "hay más de una columna con este dato" in pagina
    assert "Estas columnas no se usan: Color." in pagina
