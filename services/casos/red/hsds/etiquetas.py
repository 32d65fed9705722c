"""How what a file would change reads."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.red.hsds.models import EstadoCarga

CLASES: Mapping[str, LazyString] = {
    "instituciones": _l("Institución"),
    "servicios_red": _l("Servicio"),
    "sedes": _l("Lugar"),
    "lugares_de_servicio": _l("Lugar y horario"),
    "contactos_red": _l("Contacto"),
}

CAMPOS: Mapping[str, LazyString] = {
    "nombre": _l("Nombre"),
    "descripcion": _l("Qué hace"),
    "costo": _l("Costo"),
    "elegibilidad": _l("A quién atiende"),
    "edad_min": _l("Desde qué edad"),
    "edad_max": _l("Hasta qué edad"),
    "interprete": _l("Consigue intérprete"),
    "estado": _l("Estado"),
    "verificado_el": _l("Verificado"),
    "idiomas": _l("Idiomas en que atiende"),
    "documentos_requeridos": _l("Documentos que pide"),
    "temas": _l("Temas"),
    "sitio": _l("Sitio web"),
    "telefono": _l("Teléfono"),
    "identificadores": _l("Cómo la identifican otros"),
    "tipo": _l("Tipo"),
    "direccion": _l("Dirección"),
    "comuna": _l("Comuna"),
    "acceso": _l("Acceso"),
    "cargo": _l("Cargo"),
    "correo": _l("Correo"),
    "horarios": _l("Horario de la semana"),
}

ESTADOS: Mapping[str, LazyString] = {
    EstadoCarga.POR_CONFIRMAR: _l("Espera que se confirme"),
    EstadoCarga.CARGADA: _l("Cargada"),
    EstadoCarga.DESCARTADA: _l("Descartada"),
}
