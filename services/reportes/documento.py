"""A month as a document: every text and number that the typesetter puts on paper, in Spanish.

The office's document is Spanish whoever asks for it, as its decree is.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext as _

from oficina.membrete import Membrete
from oficina.web.i18n import fecha_hora
from reportes.exports import alcance_dicho, texto
from reportes.figuras import TODAS, Figuras, Tabla
from reportes.indicadores import catalogo
from reportes.labels import DIMENSIONES, Palabras
from reportes.meses import Mes
from reportes.reserva import UMBRAL
from reportes.states import Alcance
from reportes.vistas import Fila, FilaCruzada, fila_total, filas, matriz, resumen

IDIOMA = "es"
PLANTILLA = Path(__file__).with_name("informe.typ")
BARRAS = 14
"""At most this many bars; the table has everything."""

TOTALES = (
    ("atenciones_por_nacionalidad", "atenciones"),
    ("personas_atendidas", "personas"),
    ("casos_abiertos", "casos"),
    ("derivaciones_por_institucion", "derivaciones"),
)


def documento(
    figuras: Figuras, palabras: Palabras, membrete: Membrete, momento: datetime
) -> dict[str, Any]:
    """The document of a month, made at `momento`."""
    return {
        "titulo": _("Informe mensual: %(mes)s", mes=mes_dicho(figuras.mes)),
        "subtitulo": _(
            "%(oficina)s · decreto alcaldicio exento N° 3634/2016", oficina=membrete.nombre
        ),
        "autor": membrete.nombre,
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "publicable": figuras.alcance is Alcance.PUBLICABLE,
        "marca": alcance_dicho(figuras.alcance),
        "marca_explicada": _explicacion(figuras.alcance),
        "pie": _("Hecho el %(momento)s.", momento=fecha_hora(momento)),
        "resumen": _resumen(figuras),
        "secciones": [
            _seccion(figuras, tabla, palabras)
            for tabla in figuras.tablas.values()
            if tabla.indicador.dimensiones
        ],
        "metodo": {"titulo": _("Cómo se hizo"), "puntos": _metodo(figuras)},
    }


@cache
def mes_dicho(mes: Mes, idioma: str = IDIOMA) -> str:
    """A month in words: «mayo de 2024»."""
    return str(format_date(mes.primer_dia, "MMMM 'de' y" if idioma == "es" else "MMMM y", idioma))


@cache
def mes_corto(mes: Mes, idioma: str = IDIOMA) -> str:
    """A month at the head of a column: «may 2024»."""
    return str(format_date(mes.primer_dia, "MMM y", idioma))


def _resumen(figuras: Figuras) -> dict[str, Any]:
    nombres = {
        "atenciones": _("Atenciones"),
        "personas": _("Personas distintas atendidas"),
        "casos": _("Casos abiertos"),
        "derivaciones": _("Derivaciones"),
    }
    totales = [fila_total(figuras.tablas[clave], nombres[cosa]) for clave, cosa in TOTALES]
    return {
        "titulo": _("El mes en cifras"),
        "columnas": ["", *_meses(figuras)],
        "filas": [_celdas(fila) for fila in totales],
    }


def _seccion(figuras: Figuras, tabla: Tabla, palabras: Palabras) -> dict[str, Any]:
    indicador = tabla.indicador
    comun = {
        "titulo": texto(indicador.nombre, IDIOMA),
        "pregunta": texto(indicador.pregunta, IDIOMA),
        "nota": " ".join(
            (
                _(
                    "Indicador %(clave)s, versión %(version)s; línea %(linea)s del decreto.",
                    clave=indicador.clave,
                    version=indicador.version,
                    linea=indicador.linea_decreto,
                ),
                _(
                    "Numerador: %(que)s. Denominador: %(de)s. Fuente: %(fuente)s.",
                    que=texto(indicador.numerador, IDIOMA).lower(),
                    de=texto(indicador.denominador, IDIOMA).lower(),
                    fuente=texto(indicador.fuente, IDIOMA).lower(),
                ),
                texto(indicador.calculo, IDIOMA),
            )
        ),
    }
    if indicador.cruzado:
        return comun | _cruzada(tabla, palabras)
    return comun | _lista(figuras, tabla, palabras)


def _lista(figuras: Figuras, tabla: Tabla, palabras: Palabras) -> dict[str, Any]:
    dichas = filas(tabla, palabras)
    hojas = [fila for fila in dichas if fila.nivel == len(tabla.indicador.dimensiones)]
    return {
        **_barras(hojas),
        "columnas": [
            " / ".join(str(DIMENSIONES[d]) for d in tabla.indicador.dimensiones),
            *_meses(figuras),
        ],
        "filas": [
            {"nivel": fila.nivel, "celdas": _celdas(fila)}
            for fila in [*dichas, fila_total(tabla, _("Total"))]
        ],
    }


def _cruzada(tabla: Tabla, palabras: Palabras) -> dict[str, Any]:
    hecha = matriz(tabla, palabras, _("Total"))
    primera, _segunda = tabla.indicador.dimensiones
    return {
        **_barras([f for f in resumen(tabla, 0, palabras) if f.valor != 0]),
        "columnas": [str(DIMENSIONES[primera]), *hecha.columnas, _("Total")],
        "filas": [
            {"nivel": 0 if fila.codigo == TODAS else 1, "celdas": _celdas_cruzadas(fila)}
            for fila in [*hecha.filas, hecha.pie]
        ],
    }


def _barras(dichas: list[Fila]) -> dict[str, Any]:
    """Bars of the largest categories; a blank has no bar, whose length would tell it."""
    con_valor = sorted((f for f in dichas if f.valor), key=lambda fila: -(fila.valor or 0))[:BARRAS]
    mayor = max((fila.valor or 0 for fila in con_valor), default=0)
    partes = [f"{fila.etiqueta} {numero(fila.valor)}" for fila in con_valor]
    return {
        "barras_alt": _("Gráfico de barras: %(partes)s.", partes=", ".join(partes)),
        "barras": [
            {
                "etiqueta": fila.etiqueta,
                "ancho": round(100 * (fila.valor or 0) / mayor, 1),
                "valor": numero(fila.valor),
            }
            for fila in con_valor
        ],
    }


def _meses(figuras: Figuras) -> list[str]:
    return [mes_corto(figuras.mes), mes_corto(figuras.mes.anterior), _("Diferencia")]


def _celdas(fila: Fila) -> list[str]:
    return [
        fila.etiqueta, numero(fila.valor), numero(fila.anterior), diferencia(fila.diferencia)
    ]  # fmt: skip


def _celdas_cruzadas(fila: FilaCruzada) -> list[str]:
    return [fila.etiqueta, *map(numero, fila.valores), numero(fila.total)]


def numero(valor: int | None, idioma: str = IDIOMA) -> str:
    """A count as people write it; a blank says that it is one."""
    if valor is None:
        return str(_("reservado"))
    # Below a thousand no language that we speak groups digits.
    return str(valor) if abs(valor) < 1000 else str(format_decimal(valor, locale=idioma))


def diferencia(valor: int | None, idioma: str = IDIOMA) -> str:
    """A difference with its sign; a dash when it is not known or not told."""
    if valor is None:
        return "–"
    return f"{'+' if valor > 0 else ''}{numero(valor, idioma)}"


def _explicacion(alcance: Alcance) -> str:
    if alcance is Alcance.PUBLICABLE:
        return str(
            _(
                "No se publica ninguna cifra de 1 a %(tope)s, ni otras que permitan deducirla;"
                " dicen «reservado».",
                tope=UMBRAL - 1,
            )
        )
    return str(_("Tiene cifras pequeñas que pueden señalar a una persona."))


def _metodo(figuras: Figuras) -> list[str]:
    puntos = [
        _("Fuente: hechos sin identificar de los registros de la oficina."),
        _(
            "Indicadores: catálogo %(version)s. %(fuente)s",
            version=catalogo().version,
            fuente=catalogo().fuente,
        ),
        _("Las personas distintas no incluyen las atenciones anónimas."),
        _("Una derivación anotada en un registro del pasado cuenta en el mes de su atención."),
    ]
    if figuras.datos_al is not None:
        puntos.append(
            _(
                "Datos al %(momento)s, revisión %(revision)s.",
                momento=fecha_hora(figuras.datos_al),
                revision=figuras.revision,
            )
        )
    return [str(punto) for punto in puntos]
