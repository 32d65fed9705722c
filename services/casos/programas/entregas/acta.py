"""The act of a delivery as a document: every text that the typesetter puts on paper, in Spanish."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.etiquetas import etiqueta
from casos.presentacion import pesos
from casos.programas.entregas.models import Entrega, Receptor
from oficina.membrete import Membrete
from oficina.web.i18n import fecha_hora

PLANTILLA = Path(__file__).with_name("acta.typ")


def documento(
    una: Entrega, direccion: str, membrete: Membrete, momento: datetime
) -> dict[str, Any]:
    """The act of a delivery; `direccion` is where the office finds it again, by ids alone."""
    import segno  # noqa: PLC0415  only who asks for an act waits for it

    postulacion, persona = una.postulacion, una.postulacion.persona
    recibe = una.receptor_nombre if una.receptor is Receptor.REPRESENTANTE else persona.nombre
    lineas = [
        (_("Programa"), f"{postulacion.programa.nombre} ({postulacion.programa.anio})"),
        (_("Postulación"), postulacion.folio),
        (_("Persona"), f"{persona.nombre} · {persona.folio}"),
        (_("Qué se entregó"), etiqueta(una.tipo)),
        (_("Monto en pesos"), pesos(una.monto_clp)),
        *(
            (salida.articulo.nombre, f"{salida.cantidad} {salida.articulo.unidad}")
            for salida in una.salidas
        ),
        (_("Fecha"), fecha_hora(una.entregada_en)),
        (_("Entregó"), una.entregada_por),
        (_("Autorizó"), una.autorizada_por),
        (_("Quién recibió"), etiqueta(una.receptor)),
    ]
    if una.receptor_documento:
        lineas.append((_("Documento de quien recibió"), una.receptor_documento))
    dibujo = BytesIO()
    segno.make(direccion, error="m").save(dibujo, kind="svg", scale=4)
    return {
        "titulo": str(_("Acta de entrega %(folio)s", folio=una.folio)),
        "autor": membrete.nombre,
        "idioma": "es",
        "momento": int(momento.timestamp()),
        "texto": str(_("Quien firma declara haber recibido lo que dice esta acta.")),
        "lineas": [{"campo": str(campo), "valor": valor} for campo, valor in lineas],
        "firmas": [
            {"quien": recibe or "", "como": str(_("Quien recibe"))},
            {"quien": una.entregada_por, "como": str(_("Quien entrega"))},
        ],
        "observaciones": str(_("Observaciones")),
        "qr": dibujo.getvalue().decode(),
        "qr_dice": str(_("Código con que la oficina halla esta acta")),
    }
