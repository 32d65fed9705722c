"""What people read for the codes of templates, and what is wrong with a text in words."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from notificaciones.mensajes.etiquetas import PLANTILLAS
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas.catalogo import Plantilla, Tema
from notificaciones.plantillas.models import Origen
from notificaciones.plantillas.motor import Falta, Problema, Tipo, Variable

PRIORIDADES: Mapping[Prioridad, LazyString] = {
    Prioridad.URGENTE: _l("Urgente: sale antes que todo"),
    Prioridad.NORMAL: _l("Normal"),
    Prioridad.MASIVA: _l("Masiva: deja pasar a los demás"),
}

TEMAS: Mapping[Tema, LazyString] = {
    Tema.CITAS: _l("Citas"),
    Tema.DERIVACIONES: _l("Derivaciones"),
    Tema.PLAZOS: _l("Plazos de instituciones"),
    Tema.DATOS: _l("Datos personales"),
    Tema.CUENTAS: _l("Cuentas"),
    Tema.AVISOS: _l("Avisos al equipo"),
    Tema.RESUMENES: _l("Resúmenes a otras unidades"),
    Tema.INFORMACION: _l("Información de la oficina"),
    Tema.PRUEBAS: _l("Pruebas"),
    Tema.RESPUESTAS: _l("Respuestas a lo que alguien preguntó"),
}

TILDES: Mapping[Tildes, LazyString] = {
    Tildes.CONSERVAR: _l("Dejar las tildes"),
    Tildes.AHORRAR: _l("Quitarlas solo cuando ahorra segmentos"),
    Tildes.GSM: _l("Quitarlas siempre"),
}

TIPOS: Mapping[Tipo, LazyString] = {
    Tipo.TEXTO: _l("Texto"),
    Tipo.URL: _l("Dirección web"),
    Tipo.ENTERO: _l("Número entero"),
    Tipo.FECHA: _l("Fecha"),
    Tipo.FECHA_LARGA: _l("Fecha con año"),
    Tipo.HORA: _l("Hora"),
}

ORIGENES: Mapping[Origen, LazyString] = {
    Origen.FABRICA: _l("Del programa"),
    Origen.OFICINA: _l("De la oficina"),
}

PARTES: Mapping[str, LazyString] = {
    "sms": _l("Mensaje de texto"),
    "asunto": _l("Asunto del correo"),
    "correo": _l("Texto del correo"),
}

IDIOMAS: Mapping[str, LazyString] = {
    "es": _l("español"),
    "ht": _l("kreyòl ayisyen"),
    "pt": _l("portugués"),
    "en": _l("inglés"),
    "fr": _l("francés"),
}


def nombre_de_idioma(clave: str) -> str:
    """A language of messages as the reader calls it; what is none of them, as it is."""
    return str(IDIOMAS.get(clave, clave))


def nombre_de(plantilla: Plantilla) -> str:
    """A template as people call it."""
    return plantilla.nombre or str(PLANTILLAS[plantilla.clave])


def explicar(problema: Problema, variables: Mapping[str, Variable]) -> str:
    """What is wrong with a text, where, and the way out."""
    return str(_PROBLEMAS[problema.falta]) % {
        "trozo": problema.trozo,
        "donde": problema.posicion,
        "datos": ", ".join(f"{{{{{nombre}}}}}" for nombre in variables) or _("ninguno"),
    }


_PROBLEMAS: Mapping[Falta, LazyString] = {
    Falta.DESCONOCIDA: _l(
        "«{{%(trozo)s}}», en la posición %(donde)s, no es un dato de esta plantilla. Puede usar: "
        "%(datos)s."
    ),
    Falta.LLAVE_SUELTA: _l(
        "«%(trozo)s», en la posición %(donde)s: las llaves solo rodean un dato, de a dos y sin "
        "espacios. Puede usar: %(datos)s."
    ),
    Falta.SIN_CERRAR: _l(
        "«%(trozo)s», en la posición %(donde)s, no se cierra: ponga «{{/si}}» donde termina lo que "
        "se muestra."
    ),
    Falta.SIN_ABRIR: _l(
        "«%(trozo)s», en la posición %(donde)s, no cierra nada: ponga «{{#si dato}}» donde empieza "
        "lo que se muestra, o quítelo."
    ),
    Falta.ANIDADA: _l(
        "«%(trozo)s», en la posición %(donde)s, está dentro de otra condición: cierre antes la "
        "primera con «{{/si}}»."
    ),
    Falta.OPCIONAL_SUELTA: _l(
        "«{{%(trozo)s}}», en la posición %(donde)s, puede faltar: escríbalo dentro de "
        "«{{#si %(trozo)s}}…{{/si}}»."
    ),
    Falta.IMPRESCINDIBLE: _l(
        "Falta «{{%(trozo)s}}»: sin ese dato el mensaje no sirve, y va fuera de toda condición."
    ),
    Falta.CONTROL: _l(
        "En la posición %(donde)s hay un carácter que no se ve (%(trozo)s): bórrelo."
    ),
    Falta.VACIO: _l("Puede quedar vacío: escriba algo fuera de las condiciones."),
}
