"""The letter as a document: every text that the typesetter puts on paper, in Spanish.

It names no person: whoever reads it over a shoulder learns that somebody was derived, nothing else.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.oficios.actions import Impresion
from oficina.membrete import Membrete
from oficina.web.i18n import fecha, fecha_hora

PLANTILLA = Path(__file__).with_name("oficio.typ")


def documento(impresion: Impresion, membrete: Membrete) -> dict[str, Any]:
    """The letter with its link, and its key on a sheet of its own."""
    import segno  # noqa: PLC0415  only who prints a letter waits for it

    oficio, derivacion = impresion.oficio, impresion.derivacion
    dicho = derivacion.lo_confirmado()
    servicio = dicho.servicio or derivacion.servicio.nombre
    institucion = dicho.institucion or derivacion.institucion.nombre
    dibujo = BytesIO()
    segno.make(impresion.url, error="m").save(dibujo, kind="svg", scale=4)
    vence = fecha_hora(impresion.vence_en)
    lineas = [
        (_("Oficio"), oficio.numero),
        (_("Fecha"), fecha(oficio.emitido_en)),
        (_("Remite"), membrete.nombre),
        (_("Contacto"), membrete.contacto),
        (_("A la institución"), institucion),
        (_("Materia"), _("Derivación %(folio)s: %(que)s", folio=derivacion.folio, que=servicio)),
    ]
    parrafos = [
        _(
            "Por este oficio, la Oficina de Migración le pide atender a una persona en «%(que)s». "
            "Para proteger sus datos, este papel no los lleva.",
            que=servicio,
        ),
        _(
            "Lea con la cámara de un teléfono el código de esta hoja, o escriba la dirección que "
            "está debajo, y después la clave, que recibe por separado. Verá lo necesario para "
            "atender y podrá responder ahí mismo. El enlace sirve hasta el %(vence)s.",
            vence=vence,
        ),
        _(
            "Si no puede usarlo, responda por oficio o por teléfono y nombre este oficio y la "
            "derivación %(folio)s: la oficina anotará su respuesta.",
            folio=derivacion.folio,
        ),
    ]
    apartes = [
        _("Entregue esta hoja por otra vía o en otro momento que el oficio; no las guarde juntas."),
        _("Después de cinco claves equivocadas el enlace deja de abrir: pida otro a la oficina."),
    ]
    return {
        "titulo": str(_("Oficio %(numero)s", numero=oficio.numero)),
        "autor": membrete.nombre,
        "idioma": "es",
        "momento": int(oficio.impreso_en.timestamp()),
        "lineas": [{"campo": str(campo), "valor": str(valor)} for campo, valor in lineas],
        "parrafos": [str(uno) for uno in parrafos],
        "direccion": impresion.url,
        "qr": dibujo.getvalue().decode(),
        "qr_dice": str(_("Código con la dirección de la derivación")),
        "firma": {
            "quien": oficio.emitido_por,
            "como": membrete.nombre,
        },
        "hoja": str(_("Clave del oficio %(numero)s", numero=oficio.numero)),
        "clave": f"{impresion.clave[:3]} {impresion.clave[3:]}",
        "apartes": [str(uno) for uno in apartes],
    }
