"""How what moves between two records, and what stands against it, is said to people."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.fusiones.states import Estado, Obstaculo

ESTADOS: Mapping[str, LazyString] = {
    Estado.HECHA: _l("Unidas"),
    Estado.DESHECHA: _l("Separadas otra vez"),
}

OBSTACULOS: Mapping[Obstaculo, LazyString] = {
    Obstaculo.SUPRESION_PEDIDA: _l(
        "Hay una solicitud de supresión sin responder sobre una de las dos: espere a que se "
        "resuelva."
    ),
    Obstaculo.SELLADA: _l(
        "Una de las fichas tiene solo casos sellados: unirla con una que ve toda la oficina la "
        "mostraría. Cambie antes la confidencialidad, si corresponde."
    ),
    Obstaculo.FUERA_DE_PLAZO: _l("Pasó el plazo para deshacerlo."),
    Obstaculo.OTRA_UNION_DESPUES: _l(
        "Otra ficha se unió después a la misma: deshaga primero esa unión."
    ),
    Obstaculo.DATOS_NO_DISPONIBLES: _l("Los datos de la otra ficha ya no están."),
}

CLASES: Mapping[str, LazyString] = {
    "casos": _l("Casos"),
    "atenciones": _l("Atenciones"),
    "derivaciones": _l("Derivaciones"),
    "consentimientos": _l("Consentimientos"),
    "documentos": _l("Documentos"),
    "contactos": _l("Teléfonos y correos"),
}

CAMPOS: Mapping[str, LazyString] = {
    "nombre_social": _l("Nombre social"),
    "fecha_nacimiento": _l("Fecha de nacimiento"),
    "sexo": _l("Sexo"),
    "genero": _l("Género"),
    "nacionalidades": _l("Nacionalidad"),
    "idiomas": _l("Idiomas"),
    "direccion": _l("Dirección"),
    "canal_preferido": _l("Cómo prefiere que la contacten"),
    "nivel_espanol": _l("Cuánto español habla"),
    "requiere_interprete": _l("Necesita intérprete"),
    "no_contactar": _l("No contactar"),
    "documento_principal_id": _l("Documento principal"),
}
