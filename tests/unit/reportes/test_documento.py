"""The document on paper: what belongs together is read together, wherever a page ends."""

import io

import pypdf

from oficina.pdf import hacer_pdf
from reportes.documento import PLANTILLA

LARGOS = range(10, 70, 2)
"""Rows of each table: some section begins at every height of a page."""


def _seccion(largo: int) -> dict[str, object]:
    barras = [{"etiqueta": f"Barra {largo}", "ancho": 100, "valor": "1"}] * (largo % 4)
    return {
        "titulo": f"Sección de {largo} filas",
        "pregunta": f"¿Qué pasó en {largo} filas?",
        "nota": f"Indicador de {largo} filas, versión 1; línea L4 del decreto.",
        "barras": barras,
        "barras_alt": "Gráfico de barras",
        "columnas": ["Cosa", "Cuántas"],
        "filas": [
            {"nivel": 1, "celdas": [f"Fila {n:02} de {largo}", "1"]} for n in range(1, largo + 1)
        ],
    }


def test_una_tabla_empieza_en_la_pagina_que_dice_de_que_es() -> None:
    pdf = hacer_pdf(
        PLANTILLA,
        {
            "titulo": "Informe de prueba",
            "subtitulo": "Sintético",
            "autor": "Oficina",
            "idioma": "es",
            "momento": 1_700_000_000,
            "publicable": False,
            "marca": "Uso interno",
            "marca_explicada": "Sintético",
            "pie": "Hecho hoy.",
            "resumen": {
                "titulo": "En cifras",
                "columnas": ["", "a", "b", "c"],
                "filas": [["Cosas", "1", "2", "3"]],
            },
            "secciones": [_seccion(largo) for largo in LARGOS],
            "metodo": {"titulo": "Cómo se hizo", "puntos": ["A mano."]},
        },
    )

    paginas = [pagina.extract_text() for pagina in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(paginas) > 10
    for largo in LARGOS:
        juntos = (
            f"Sección de {largo} filas",
            f"Indicador de {largo} filas,",
            f"Fila 01 de {largo}",
        )
        donde = [[n for n, texto in enumerate(paginas) if parte in texto] for parte in juntos]
        assert donde[0] == donde[1] == donde[2], f"{largo}: {donde}"
