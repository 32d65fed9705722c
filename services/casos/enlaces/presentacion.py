"""The pages of a derivation as whoever answers it sees them: the institution by its link, and the
people of a municipal unit in their tray.

`marco` is the template around them, `direccion` the address of the derivation, under which each
answer has its own.
"""

from flask import render_template

from casos.derivaciones.etiquetas import hecha, motivo
from casos.derivaciones.presentacion import linea
from casos.derivaciones.states import MOTIVOS, Accion
from casos.enlaces.actions import VistaEnlace
from casos.etiquetas import opciones
from casos.plazos.reglas import etiqueta as etiqueta_de_reloj
from oficina.web.forms import Form
from oficina.web.i18n import language

# A reason or a result is asked for on a page of its own; the rest is one button.
CON_FORMULARIO = frozenset(MOTIVOS) | {Accion.CUMPLIR}


def pagina(vista: VistaEnlace, *, marco: str, direccion: str) -> str:
    """What is shared, and what can be answered."""
    datos = vista.paquete.datos if vista.paquete else ()
    return render_template(
        "casos/enlaces/ver.html",
        marco=marco,
        direccion=direccion,
        vista=vista,
        paquete=vista.paquete,
        lineas=[linea(dato, language()) for dato in datos],
        plazos=[(etiqueta_de_reloj(p.reloj, language()), p.vence_en) for p in vista.plazos],
        con_formulario=CON_FORMULARIO,
        motivo=motivo,
        hecha=hecha,
    )


def formulario(
    form: Form, vista: VistaEnlace, accion: Accion, *, marco: str, direccion: str
) -> str:
    """The reason or the result of an answer."""
    return render_template(
        "casos/enlaces/responder.html",
        marco=marco,
        direccion=direccion,
        vista=vista,
        form=form,
        accion=accion,
        motivos=opciones(MOTIVOS[accion]) if accion in MOTIVOS else [],
        con_resultado=accion is Accion.CUMPLIR,
    )


def ya_respondida(vista: VistaEnlace, form: Form | None, *, marco: str, direccion: str) -> str:
    """An answer that cannot be given any more: how it stands, what can still be answered, and what
    was written in `form`, which is not kept.
    """
    return render_template(
        "casos/enlaces/ya_respondida.html",
        marco=marco,
        direccion=direccion,
        vista=vista,
        escrito=form.value("texto").strip() if form else "",
        con_formulario=CON_FORMULARIO,
        motivo=motivo,
        hecha=hecha,
    )
