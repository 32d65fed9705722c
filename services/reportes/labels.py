"""How codes of the figures are said to people."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from oficina.countries import names_of_countries
from reportes.queries import SIN_CATEGORIA
from reportes.states import EstadoInforme

_DE_COMUNIDAD: Mapping[str, LazyString] = {
    # Of a report of discrimination.
    "recibido": _l("Recibido"),
    "en_gestion": _l("En gestión"),
    "con_caso": _l("Se abrió un caso"),
    "cerrado": _l("Cerrado"),
    # Of a mediation, besides those of a derivation.
    "preparacion": _l("En preparación"),
    "con_acuerdo": _l("Con acuerdo, en seguimiento"),
    "terminada": _l("Terminada con acuerdo"),
    "sin_acuerdo": _l("Sin acuerdo"),
    "desistida": _l("Desistida"),
    # Of an organisation.
    "activa": _l("Activa"),
    "en_receso": _l("En receso"),
    "disuelta": _l("Disuelta"),
}

RESULTADOS: Mapping[str, LazyString] = {
    "enviada": _l("Enviada, sin respuesta"),
    "recibida": _l("Recibida"),
    "aceptada": _l("Aceptada"),
    "en_espera": _l("En espera"),
    "en_curso": _l("En curso"),
    "cumplida": _l("Cumplida"),
    "verificada": _l("Cumplida y confirmada por la persona"),
    "rechazada": _l("Rechazada"),
    "no_lograda": _l("No lograda"),
    "vencida": _l("Vencida sin respuesta"),
    "anulada": _l("Anulada"),
    "sin_informacion": _l("Sin información"),
    **_DE_COMUNIDAD,
}
"""In the order in which they come."""

GRADOS: Mapping[str, LazyString] = {
    "A": _l("A: la institución misma"),
    "B": _l("B: la institución, por teléfono o correo"),
    "C": _l("C: la palabra de la persona"),
    "D": _l("D: se presume"),
    SIN_CATEGORIA: _l("Sin respaldo"),
}

DIMENSIONES: Mapping[str, LazyString] = {
    "nacionalidad": _l("Nacionalidad"),
    "linea": _l("Línea de trabajo"),
    "tema": _l("Tema"),
    "institucion": _l("Institución"),
    "resultado": _l("Resultado"),
    "grado_evidencia": _l("Quién lo respalda"),
    "motivo": _l("Motivo"),
    "lugar": _l("Lugar"),
    "tipo": _l("Tipo"),
    "idioma": _l("Idioma"),
}

ESTADOS: Mapping[EstadoInforme, LazyString] = {
    EstadoInforme.SOLICITADO: _l("En la fila"),
    EstadoInforme.EN_PROCESO: _l("Haciéndose"),
    EstadoInforme.LISTO: _l("Listo"),
    EstadoInforme.FALLIDO: _l("No se pudo hacer"),
}

_SIN_PAIS: Mapping[str, LazyString] = {
    "UNK": _l("Sin información"),
    "XXA": _l("Apátrida"),
    "XXB": _l("Persona refugiada"),
}

_ORGANIZACIONES: Mapping[str, LazyString] = {
    "comunitaria": _l("Organización comunitaria funcional"),
    "asociacion": _l("Asociación o corporación"),
    "fundacion": _l("Fundación"),
    "cultural": _l("Agrupación cultural"),
    "deportiva": _l("Club deportivo"),
    "religiosa": _l("Comunidad religiosa"),
    "de_hecho": _l("Colectivo sin inscribir"),
}
"""Kinds of organisation; those of an obstacle come with their owner's words."""

_FIJAS: Mapping[str, Mapping[str, LazyString]] = {
    "resultado": RESULTADOS,
    "grado_evidencia": GRADOS,
    "nacionalidad": _SIN_PAIS,
    "tipo": _ORGANIZACIONES,
}


class Palabras:
    """The words of codes in one language; a code that nobody explained stands for itself."""

    def __init__(self, etiquetas: Mapping[tuple[str, str], str], idioma: str) -> None:
        """`etiquetas` are those that the owners of the codes gave."""
        self._etiquetas = etiquetas
        self._idioma = idioma

    def de(self, dimension: str, codigo: str) -> str:
        """What people call a category."""
        if fija := _FIJAS.get(dimension, {}).get(codigo):
            return str(fija)
        if codigo == SIN_CATEGORIA:
            return str(_l("Sin información"))
        if dimension == "nacionalidad":
            return _pais(codigo, self._idioma)
        return self._etiquetas.get((dimension, codigo), codigo)

    def corta(self, dimension: str, codigo: str) -> str:
        """The same where there is little room: an acronym, the letter of a grade."""
        if dimension in {"institucion", "grado_evidencia"} and codigo != SIN_CATEGORIA:
            return codigo
        return self.de(dimension, codigo)


def orden(dimension: str, codigo: str) -> tuple[int, str]:
    """Where a category stands when its dimension has an order of its own."""
    conocidos = list(_FIJAS.get(dimension, ()))
    return (conocidos.index(codigo) if codigo in conocidos else len(conocidos), codigo)


def _pais(alpha3: str, idioma: str) -> str:
    return names_of_countries(idioma).get(alpha3, alpha3)
