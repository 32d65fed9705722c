"""Sheets given and the community's rooms in figures: what they say is what is written down."""

import csv
import io
from collections import Counter
from datetime import date
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.discriminacion.states import Estado as EstadoReporte
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.mediaciones.states import Estado as EstadoMediacion
from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.obstaculos.states import Accion as AccionObstaculo
from casos.comunidad.obstaculos.states import Estado as EstadoObstaculo
from casos.comunidad.organizaciones.models import Organizacion, TipoOrganizacion
from casos.comunidad.organizaciones.states import Estado as EstadoOrganizacion
from casos.expedientes.models import Confidencialidad
from casos.orientaciones.models import Orientacion
from casos.red.models import Institucion
from oficina.bus import topology
from oficina.clock import real_now
from oficina.db import Database
from oficina.env import Env
from oficina.events import catalogo as hechos_del_bus
from oficina.membrete import Membrete
from oficina.pdf import hacer_pdf
from reportes import actions, exports, queries, tasks
from reportes.documento import PLANTILLA, documento
from reportes.figuras import TODAS, Celda, Figuras
from reportes.handlers import handlers
from reportes.indicadores import catalogo
from reportes.labels import Palabras
from reportes.meses import Mes
from reportes.models import Hecho
from reportes.states import Alcance

from .hechos import ABRIL, Casos

CINCO = Mes(2024, 5)
COMUNIDAD = {
    "orientaciones_por_tema_e_idioma",
    "discriminacion_por_motivo_y_lugar",
    "discriminacion_por_estado",
    "obstaculos_por_institucion",
    "mediaciones_por_resultado",
    "organizaciones_por_tipo",
}


@pytest.fixture
def contado(env: Env, casos: Casos) -> Casos:
    """A month in which the community's rooms were at work."""
    casos.reportes(7)
    casos.reportes(6, motivo="raza_etnia", lugar="salud", estado=EstadoReporte.CERRADO)
    casos.reportes(2, motivo="edad", lugar="banco", estado=EstadoReporte.EN_GESTION)
    casos.reportes(3, estado=EstadoReporte.DESCARTADO)
    casos.reportes(4, cuando=ABRIL)
    caj, cesfam = casos.institucion("CAJ"), casos.institucion("CESFAM")
    casos.obstaculo(cesfam, 8)
    casos.obstaculo(cesfam, 2, tipo="sin_interprete", estado=EstadoObstaculo.ELEVADO)
    casos.obstaculo(caj, 5, tipo="cobro")
    casos.obstaculo(caj, 9, tipo="maltrato", estado=EstadoObstaculo.DESCARTADO)
    casos.mediaciones(5, EstadoMediacion.CON_ACUERDO)
    casos.mediaciones(1, EstadoMediacion.DESISTIDA)
    casos.orientaciones(6)
    casos.orientaciones(5, idioma="es")
    casos.organizaciones(5, cuando=ABRIL)
    casos.organizaciones(1, tipo=TipoOrganizacion.CULTURAL, estado=EstadoOrganizacion.DISUELTA)
    tasks.traer(env)
    return casos


def _figuras(db: Database, alcance: Alcance = Alcance.INTERNO, mes: Mes = CINCO) -> Figuras:
    with db.read() as session:
        return queries.figuras(session, mes, alcance)


def _dice(figuras: Figuras, clave: str) -> dict[Celda, int | None]:
    """The cells of a table that are no sum and no zero."""
    tabla = figuras.tablas[clave]
    return {celda: v for celda, v in tabla.valores.items() if TODAS not in celda and v != 0}


def _mes(fecha: Any) -> bool:
    return (fecha.year, fecha.month) == (2024, 5)


def test_las_cifras_cuadran_con_lo_que_esta_escrito(contado: Casos, db: Database) -> None:
    figuras = _figuras(db)

    with contado.db.read() as session:
        reportes = [
            uno
            for uno in session.scalars(select(ReporteDeDiscriminacion))
            if _mes(uno.recibido_en) and uno.estado is not EstadoReporte.DESCARTADO
        ]
        obstaculos = session.execute(
            select(Institucion.sigla, Obstaculo.tipo)
            .join(Obstaculo, Obstaculo.institucion_id == Institucion.id)
            .join(PasoDeObstaculo, PasoDeObstaculo.obstaculo_id == Obstaculo.id)
            .where(
                PasoDeObstaculo.accion == AccionObstaculo.ANOTAR,
                PasoDeObstaculo.dia.between(date(2024, 5, 1), date(2024, 5, 31)),
                Obstaculo.estado != EstadoObstaculo.DESCARTADO,
            )
        ).all()
        mediaciones = session.scalars(select(Mediacion)).all()
        orientaciones = session.scalars(select(Orientacion)).all()
        organizaciones = session.scalars(select(Organizacion)).all()

    assert _dice(figuras, "discriminacion_por_motivo_y_lugar") == Counter(
        (uno.motivo, uno.lugar) for uno in reportes
    )
    assert _dice(figuras, "discriminacion_por_estado") == Counter(
        (uno.estado.value,) for uno in reportes
    )
    assert _dice(figuras, "obstaculos_por_institucion") == Counter(map(tuple, obstaculos))
    assert _dice(figuras, "mediaciones_por_resultado") == Counter(
        (una.estado.value,) for una in mediaciones
    )
    assert _dice(figuras, "orientaciones_por_tema_e_idioma") == Counter(
        (una.tema, una.idioma) for una in orientaciones
    )
    # All that were ever written down, not those of the month.
    assert _dice(figuras, "organizaciones_por_tipo") == Counter(
        (una.tipo.value, una.estado.value) for una in organizaciones
    )
    assert figuras.tablas["organizaciones_por_tipo"].anterior((TODAS, TODAS)) == 5
    assert figuras.tablas["discriminacion_por_estado"].anterior((TODAS,)) == 4


def test_una_correccion_llega_a_las_cifras(env: Env, contado: Casos, db: Database) -> None:
    with contado.db.begin() as session:
        uno = session.scalars(
            select(ReporteDeDiscriminacion).where(ReporteDeDiscriminacion.motivo == "edad")
        ).first()
        assert uno is not None
        uno.estado = EstadoReporte.CERRADO
        obstaculo = session.scalars(select(Obstaculo).where(Obstaculo.tipo == "cobro")).one()
        obstaculo.estado = EstadoObstaculo.DESCARTADO
    with db.begin() as session:
        actions.pedir_lectura(session, "casos")
    tasks.traer(env)

    figuras = _figuras(db)

    assert _dice(figuras, "discriminacion_por_estado")["cerrado",] == 7
    assert ("CAJ", "cobro") not in _dice(figuras, "obstaculos_por_institucion")


def test_los_hechos_de_la_comunidad_no_dicen_nada_de_nadie(contado: Casos, db: Database) -> None:
    with db.read() as session:
        hechos = session.scalars(select(Hecho).where(Hecho.clase != "caso")).all()

    assert {h.clase for h in hechos} == {
        *("discriminacion", "obstaculo", "mediacion", "orientacion", "organizacion")
    }
    dichos = {(h.nacionalidad, h.tramo_edad, h.sexo, h.persona) for h in hechos}
    assert dichos == {("UNK", "sin_dato", None, None)}


def test_de_un_caso_sellado_solo_se_cuenta_que_paso(env: Env, casos: Casos, db: Database) -> None:
    sellado = casos.caso(Confidencialidad.SELLADO)
    casos.reportes(1, motivo="religion", lugar="barrio", caso_id=sellado)
    casos.orientaciones(1, tema="DER", caso_id=sellado)
    tasks.traer(env)

    figuras = _figuras(db)

    assert _dice(figuras, "discriminacion_por_motivo_y_lugar") == {("-", "-"): 1}
    assert _dice(figuras, "orientaciones_por_tema_e_idioma") == {("-", "-"): 1}


def test_lo_publicable_no_dice_de_uno_a_cuatro_ni_lo_que_lo_delata(
    contado: Casos, db: Database
) -> None:
    figuras = _figuras(db, Alcance.PUBLICABLE)

    for clave in COMUNIDAD:
        valores = figuras.tablas[clave].valores.values()
        assert not any(v is not None and 0 < v < 5 for v in valores), clave
    motivos = figuras.tablas["discriminacion_por_motivo_y_lugar"]
    assert motivos.valor(("edad", "banco")) is None
    assert motivos.valor(("edad", TODAS)) is None
    # One blank alone would be what is missing to the total.
    assert sum(v is None for v in motivos.valores.values()) > 2
    assert motivos.total == figuras.tablas["discriminacion_por_estado"].total


def test_salen_en_los_archivos_y_en_el_informe(contado: Casos, db: Database) -> None:
    figuras = _figuras(db)
    with db.read() as session:
        palabras = Palabras(queries.etiquetas(session, "es"), "es")

    filas = list(csv.DictReader(io.StringIO(exports.a_csv(figuras, palabras))))
    pdf = hacer_pdf(PLANTILLA, documento(figuras, palabras, Membrete(), real_now()))
    escrito = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    escrito = " ".join(escrito.split())

    assert {fila["indicador"] for fila in filas} >= COMUNIDAD
    (una,) = (
        f
        for f in filas
        if (f["indicador"], f["codigo_1"], f["codigo_2"])
        == ("obstaculos_por_institucion", "CESFAM", "exige_run")
    )
    assert (una["etiqueta_1"], una["etiqueta_2"], una["valor"]) == (
        *("Institución CESFAM", "Exige RUN para atender", "8"),
    )
    assert exports.a_xlsx(figuras, palabras, "es").startswith(b"PK")
    for clave in COMUNIDAD:
        indicador = catalogo().indicadores[clave]
        assert indicador.nombre["es"] in escrito
        assert indicador.calculo["es"] in escrito
    assert "Raza o etnia" in escrito
    assert "Con acuerdo, en seguimiento" in escrito


def test_lo_que_va_solo_a_servicios_propios_llega_a_reportes() -> None:
    """Reports of discrimination and mediations are told on the reserved exchange alone."""
    mia = topology.own(handlers)
    ataduras = {(b.exchange, b.key) for cola in mia.queues for b in cola.bindings}
    prefijos = ("casos.discriminacion.", "casos.mediacion.", "casos.obstaculo.")
    nuestros = [
        tipo
        for tipo in (uno.tipo for uno in hechos_del_bus().values())
        if tipo.startswith((*prefijos, "casos.organizacion.", "casos.orientacion."))
    ]

    assert (topology.RESERVADOS, "casos.#") in ataduras
    assert len(nuestros) > 20
    assert all(handlers.matching(f"cl.acogida.{tipo}.v1", tipo) for tipo in nuestros)


@pytest.mark.usefixtures("contado")
def test_la_pagina_dice_cada_tabla_y_como_se_calcula(app: Any, oficina: Any) -> None:
    page = oficina.entrar(app, "coordinacion").get("/reportes/2024/5").text

    for indicador in catalogo().indicadores.values():
        if indicador.dimensiones:
            assert f'id="{indicador.clave}"' in page
            assert indicador.calculo["es"] in page
            assert indicador.numerador["es"] in page
    assert "Raza o etnia" in page
    assert "Criollo haitiano" in page
    assert "Organización comunitaria funcional" in page
