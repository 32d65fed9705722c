"""What can be asked of the facts. Counting is the database's work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, case, distinct, func, literal, select
from sqlalchemy.orm import Session

from oficina.errors import NoEncontrado
from reportes.figuras import Celda, Figuras, Tabla, con_margenes, publicables
from reportes.indicadores import Indicador, Medida, catalogo
from reportes.meses import Mes
from reportes.models import Etiqueta, Fuente, Hecho, Informe
from reportes.states import PENDIENTES, Alcance

CASOS = "casos"
SIN_CATEGORIA = "-"


@dataclass(frozen=True)
class ResumenMes:
    """The totals of a month, for who may read complete figures."""

    mes: Mes
    atenciones: int | None = None
    personas: int | None = None
    casos: int | None = None
    derivaciones: int | None = None


def meses(session: Session, alcance: Alcance = Alcance.INTERNO) -> list[ResumenMes]:
    """Every month in which something happened, the newest first.

    What may be published has no totals here: one of them could tell what its month keeps secret.
    """
    if alcance is Alcance.PUBLICABLE:
        claves = session.scalars(select(Hecho.mes).distinct().order_by(Hecho.mes.desc()))
        return [ResumenMes(Mes.leer(clave)) for clave in claves]
    derivada = Hecho.clase.in_(("derivacion", "derivacion_registrada"))
    atencion = Hecho.clase == "atencion"
    filas = session.execute(
        select(
            Hecho.mes,
            func.count(case((atencion, 1))),
            func.count(distinct(case((atencion, Hecho.persona)))),
            func.count(case((Hecho.clase == "caso", 1))),
            func.count(case((derivada, 1))),
        )
        .group_by(Hecho.mes)
        .order_by(Hecho.mes.desc())
    )
    return [ResumenMes(Mes.leer(mes), *totales) for mes, *totales in filas]


def figuras(session: Session, mes: Mes, alcance: Alcance) -> Figuras:
    """The figures of a month and of the one before it. Raises NoEncontrado in an empty month."""
    if not hay_datos(session, mes):
        raise NoEncontrado
    indicadores = list(catalogo().indicadores.values())
    anterior = mes.anterior
    ahora, antes = [], []
    for indicador in indicadores:
        conteos = _contar(session, indicador, (mes, anterior))
        ahora.append((indicador, con_margenes(indicador, conteos[mes])))
        antes.append((indicador, con_margenes(indicador, conteos[anterior])))
    valores, anteriores = _segun(alcance, ahora), _segun(alcance, antes)
    tablas = {
        indicador.clave: Tabla(indicador, v, a)
        for indicador, v, a in zip(indicadores, valores, anteriores, strict=True)
    }
    revision, traido_en = estado(session)
    return Figuras(mes, alcance, tablas, revision, traido_en)


def estado(session: Session) -> tuple[int, datetime | None]:
    """How often the facts have changed, and when they were last asked for."""
    fila = session.execute(
        select(Fuente.revision, Fuente.traido_en).where(Fuente.servicio == CASOS)
    ).one_or_none()
    return (0, None) if fila is None else (fila.revision, fila.traido_en)


def etiquetas(session: Session, idioma: str) -> dict[tuple[str, str], str]:
    """(dimension, code) -> words in a language, in Spanish where that language has none."""
    filas = session.execute(
        select(Etiqueta.dimension, Etiqueta.codigo, Etiqueta.texto)
        .where(Etiqueta.idioma.in_(("es", idioma)))
        .order_by(Etiqueta.idioma == idioma)
    )
    return {(dimension, codigo): texto for dimension, codigo, texto in filas}


def informe(
    session: Session, informe_id: UUID, alcances: Collection[Alcance] = tuple(Alcance)
) -> Informe:
    """A report of these scopes, without its file. Raises NoEncontrado."""
    encontrado = session.get(Informe, informe_id)
    if encontrado is None or encontrado.alcance not in alcances:
        raise NoEncontrado
    return encontrado


def archivo(
    session: Session, informe_id: UUID, alcances: Collection[Alcance] = tuple(Alcance)
) -> tuple[Informe, bytes]:
    """A report of these scopes that is ready, and its file. Raises NoEncontrado."""
    fila = session.execute(
        select(Informe, Informe.pdf).where(
            Informe.id == informe_id, Informe.pdf.is_not(None), Informe.alcance.in_(alcances)
        )
    ).one_or_none()
    if fila is None or fila[1] is None:
        raise NoEncontrado
    return fila[0], fila[1]


def informes_de(
    session: Session, mes: Mes, alcances: Collection[Alcance], limite: int = 10
) -> Sequence[Informe]:
    """The newest reports of a month, of these scopes."""
    return session.scalars(
        select(Informe)
        .where(Informe.mes == mes.clave, Informe.alcance.in_(alcances))
        .order_by(Informe.pedido_en.desc())
        .limit(limite)
    ).all()


def ultimos_informes(
    session: Session, alcances: Collection[Alcance], limite: int = 20
) -> Sequence[Informe]:
    """The newest reports of any month, of these scopes."""
    return session.scalars(
        select(Informe)
        .where(Informe.alcance.in_(alcances))
        .order_by(Informe.pedido_en.desc())
        .limit(limite)
    ).all()


def hay_datos(session: Session, mes: Mes) -> bool:
    """Whether anything happened in a month."""
    return session.scalar(select(Hecho.id).where(Hecho.mes == mes.clave).limit(1)) is not None


def informes_debidos(session: Session, ahora: datetime) -> Sequence[UUID]:
    """Reports that nobody is working on, the oldest first."""
    return session.scalars(
        select(Informe.id)
        .where(
            Informe.estado.in_(PENDIENTES),
            (Informe.tomado_hasta.is_(None)) | (Informe.tomado_hasta < ahora),
        )
        .order_by(Informe.pedido_en)
        .limit(20)
    ).all()


def _segun(
    alcance: Alcance, tablas: Sequence[tuple[Indicador, dict[Celda, int]]]
) -> list[dict[Celda, int | None]]:
    if alcance is Alcance.PUBLICABLE:
        return publicables(tablas)
    return [{**tabla} for _, tabla in tablas]


def _contar(
    session: Session, indicador: Indicador, meses_: Sequence[Mes]
) -> dict[Mes, dict[Celda, int]]:
    ejes = [
        func.coalesce(getattr(Hecho, eje), literal(SIN_CATEGORIA, String)).label(f"eje_{eje}")
        for eje in indicador.dimensiones
    ]
    conteos: dict[Mes, dict[Celda, int]] = {mes: {} for mes in meses_}
    de_clase = Hecho.clase.in_(indicador.clases)
    if indicador.medida is Medida.ACUMULADO:
        for mes in meses_:
            hasta = select(*ejes, func.count()).where(de_clase, Hecho.mes <= mes.clave)
            for *celda, valor in session.execute(hasta.group_by(*ejes)):
                conteos[mes][tuple(celda)] = valor
        return conteos
    de_personas = indicador.medida is Medida.PERSONAS
    medida = func.count(Hecho.persona.distinct()) if de_personas else func.count()
    filas = session.execute(
        select(Hecho.mes, *ejes, medida)
        .where(de_clase, Hecho.mes.in_([m.clave for m in meses_]))
        .group_by(Hecho.mes, *ejes)
    )
    for clave, *celda, valor in filas:
        conteos[Mes.leer(clave)][tuple(celda)] = valor
    return conteos
