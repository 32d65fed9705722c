"""What a notice calls what it tells of (plantillas.json): clocks, results, reasons, answers. Each
in all its languages: the text that names it says which one is read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notificaciones.plantillas import motor
from notificaciones.plantillas.catalogo import base, escribir_valor, idiomas
from notificaciones.plantillas.datos import leer_datos
from notificaciones.plantillas.motor import PorIdioma, Tipo, Variable


def nombre_de_reloj(codigo: str) -> PorIdioma:
    """What a clock of a case waits for, in the words of a notice."""
    return _dicho_o_codigo("relojes", codigo)


def derivacion_que_espera(derivacion: Mapping[str, Any], plazos: Sequence[tuple[str, str]]) -> str:
    """One derivation in a reminder to its institution, in the base language: what is awaited of it,
    until when, and its link. `plazos`: clock and end. Raises PlantillaInvalida for what is no text.
    """
    dice, idioma = leer_datos("plantillas.json")["derivacion_que_espera"][base()], idiomas()[base()]

    def dia(momento: str) -> str:
        return idioma.escribir(Tipo.FECHA_LARGA, datetime.fromisoformat(momento))

    def dicho(nombre: str, tipo: Tipo = Tipo.TEXTO) -> str:
        return escribir_valor(nombre, Variable(tipo), derivacion[nombre], idioma)

    esperado = [
        motor.leer(dice["plazo"]).escribir(
            {"reloj": nombre_de_reloj(reloj).textos[base()], "plazo_vence": dia(vence)}, ()
        )
        for reloj, vence in plazos
    ]
    return motor.leer(dice["derivacion"]).escribir(
        {
            "folio": dicho("folio"),
            "servicio": dicho("servicio"),
            "esperado": "; ".join(esperado),
            "enlace": dicho("url", Tipo.URL),
            "enlace_vence": dia(derivacion["vence_en"]),
        },
        (),
    )


def nombre_de_resultado(codigo: str) -> PorIdioma:
    """How a derivation ended badly, in the words of a notice."""
    return _dicho_o_codigo("resultados", codigo)


def nombre_de_razon(codigo: str) -> PorIdioma:
    """Why data may not be used any more, in the words of a notice."""
    return _dicho_o_codigo("razones", codigo)


def nombre_de_derecho(codigo: str) -> PorIdioma:
    """What a person asked of their data, in the words of a notice."""
    return _dicho_o_codigo("derechos", codigo)


def nombre_de_situacion(codigo: str) -> PorIdioma:
    """How a request about somebody's data stands, in the words of a notice."""
    return _dicho("situaciones_de_derecho", codigo)


def nombre_de_situacion_de_incidente(codigo: str) -> PorIdioma:
    """How a breach of people's data stands, in the words of a notice."""
    return _dicho("situaciones_de_incidente", codigo)


def nombre_de_respuesta(codigo: str) -> PorIdioma:
    """What a person answered about their appointment, in the words of a notice."""
    return _dicho("respuestas_a_cita", codigo)


def nombre_de_palabra(codigo: str) -> PorIdioma:
    """What a person said of a derivation, in the words of a notice."""
    return _dicho("palabras_de_derivacion", codigo)


def titulos_en_resumen() -> Mapping[str, Mapping[str, str]]:
    """By language, what the notices of each kind are called in a digest."""
    titulos: Mapping[str, Mapping[str, str]] = leer_datos("plantillas.json")["titulos_en_resumen"]
    return titulos


def nombre_de_situacion_de_red(codigo: str) -> PorIdioma:
    """What is to be done of what an institution was asked, in the words of a notice."""
    return _dicho("situaciones_de_red", codigo)


def como_se_avisa(*, por_correo: bool) -> PorIdioma:
    """How the institution hears of it, in the words of a notice."""
    return _dicho("como_se_avisa", "correo" if por_correo else "otra_via")


def presupuesto_de_todos() -> PorIdioma:
    """Whose the budget is that all providers share, in the words of a notice."""
    return PorIdioma(leer_datos("plantillas.json")["presupuesto_de_todos"])


def razon_de_suscripcion(codigo: str) -> PorIdioma:
    """Why nothing is sent to a unit's system any more, in the words of a notice."""
    return _dicho("razones_de_suscripcion", codigo)


def _dicho(lista: str, codigo: str) -> PorIdioma:
    de_cada = leer_datos("plantillas.json")[lista].items()
    return PorIdioma({idioma: palabras[codigo] for idioma, palabras in de_cada})


def _dicho_o_codigo(lista: str, codigo: str) -> PorIdioma:
    """A code that another version of its owner knows is better than nothing."""
    de_cada, tal_cual = leer_datos("plantillas.json")[lista].items(), codigo.replace("_", " ")
    return PorIdioma({idioma: palabras.get(codigo, tal_cual) for idioma, palabras in de_cada})
