"""What a notice calls what it tells of (plantillas.json): clocks, results, reasons, answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notificaciones.plantillas import motor
from notificaciones.plantillas.catalogo import base, escribir_valor, idiomas
from notificaciones.plantillas.datos import leer_datos
from notificaciones.plantillas.motor import Tipo, Variable


def nombre_de_reloj(codigo: str) -> str:
    """What a clock of a case waits for, in the words of a notice."""
    return str(leer_datos("plantillas.json")["relojes"].get(codigo, codigo.replace("_", " ")))


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
            {"reloj": nombre_de_reloj(reloj), "plazo_vence": dia(vence)}, ()
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


def nombre_de_resultado(codigo: str) -> str:
    """How a derivation ended badly, in the words of a notice."""
    return str(leer_datos("plantillas.json")["resultados"].get(codigo, codigo.replace("_", " ")))


def nombre_de_razon(codigo: str) -> str:
    """Why data may not be used any more, in the words of a notice."""
    return str(leer_datos("plantillas.json")["razones"].get(codigo, codigo.replace("_", " ")))


def nombre_de_derecho(codigo: str) -> str:
    """What a person asked of their data, in the words of a notice."""
    return str(leer_datos("plantillas.json")["derechos"].get(codigo, codigo.replace("_", " ")))


def nombre_de_situacion(codigo: str) -> str:
    """How a request about somebody's data stands, in the words of a notice."""
    return str(leer_datos("plantillas.json")["situaciones_de_derecho"][codigo])


def nombre_de_situacion_de_incidente(codigo: str) -> str:
    """How a breach of people's data stands, in the words of a notice."""
    return str(leer_datos("plantillas.json")["situaciones_de_incidente"][codigo])


def nombre_de_respuesta(codigo: str) -> str:
    """What a person answered about their appointment, in the words of a notice."""
    return str(leer_datos("plantillas.json")["respuestas_a_cita"][codigo])


def nombre_de_palabra(codigo: str) -> str:
    """What a person said of a derivation, in the words of a notice."""
    return str(leer_datos("plantillas.json")["palabras_de_derivacion"][codigo])


def titulo_en_resumen(clave: str) -> str:
    """What the notices of a kind are called in a digest."""
    return str(leer_datos("plantillas.json")["titulos_en_resumen"][clave])


def nombre_de_situacion_de_red(codigo: str) -> str:
    """What is to be done of what an institution was asked, in the words of a notice."""
    return str(leer_datos("plantillas.json")["situaciones_de_red"][codigo])


def como_se_avisa(*, por_correo: bool) -> str:
    """How the institution hears of it, in the words of a notice."""
    return str(
        leer_datos("plantillas.json")["como_se_avisa"]["correo" if por_correo else "otra_via"]
    )


def presupuesto_de_todos() -> str:
    """Whose the budget is that all providers share, in the words of a notice."""
    return str(leer_datos("plantillas.json")["presupuesto_de_todos"])


def razon_de_suscripcion(codigo: str) -> str:
    """Why nothing is sent to a unit's system any more, in the words of a notice."""
    return str(leer_datos("plantillas.json")["razones_de_suscripcion"][codigo])
