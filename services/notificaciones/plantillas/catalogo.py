"""What messages say: templates, and how one is written for its reader.

Texts and flags that this version of the program brings are data (plantillas.json); those that an
office wrote itself are rows, and `vigentes` says which are in force. What a text may name is read
in `motor`. Days and hours are Chile's, written in the reader's language (idiomas.json); a language
without a text falls back to the base language, visibly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from notificaciones.mensajes.sms import Escrito, Tildes
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas import motor
from notificaciones.plantillas.datos import leer_datos
from notificaciones.plantillas.motor import PlantillaInvalida, PorIdioma, Tipo, Valor, Variable
from oficina.clock import local

__all__ = ["PlantillaInvalida", "PorIdioma", "Tipo", "Valor", "Variable"]


class Canal(StrEnum):
    """How a message travels."""

    SMS = "sms"
    CORREO = "correo"


class Clave(StrEnum):
    """The messages that the office sends."""

    RECORDATORIO_CITA = "recordatorio_cita"
    DERIVACION_ENVIADA = "derivacion_enviada"
    ENLACE_NUEVO = "enlace_nuevo"
    RECORDATORIO_PLAZO = "recordatorio_plazo_institucion"
    CONFIRMAR_DERIVACION = "confirmar_derivacion"
    AVISO_DERIVACION_CONTESTADA = "aviso_derivacion_contestada"
    AVISO_PLAZO_POR_VENCER = "aviso_plazo_por_vencer"
    AVISO_PLAZO_VENCIDO = "aviso_plazo_vencido"
    AVISO_DERIVACION_FALLIDA = "aviso_derivacion_fallida"
    RETIRO_DE_DATOS = "retiro_de_datos"
    AVISO_RETIRO_DE_DATOS = "aviso_retiro_de_datos"
    SUPRESION_DE_DATOS = "supresion_de_datos"
    AVISO_SUPRESION_PROPUESTA = "aviso_supresion_propuesta"
    AVISO_SUPRESION_ATRASADA = "aviso_supresion_atrasada"
    AVISO_SOLICITUD_DE_DERECHO = "aviso_solicitud_de_derecho"
    AVISO_INCIDENTE = "aviso_incidente"
    AVISO_ACCESO_EXCEPCIONAL = "aviso_acceso_excepcional"
    INVITACION_CUENTA = "invitacion_cuenta"
    CLAVE_OLVIDADA = "clave_olvidada"
    AVISO_CITA_RESPONDIDA = "aviso_cita_respondida"
    RESPUESTA_BAJA = "respuesta_baja"
    RESPUESTA_ALTA = "respuesta_alta"
    RESPUESTA_AYUDA = "respuesta_ayuda"
    CONSULTA_RED = "consulta_red"
    AVISO_CONSULTA_RED = "aviso_consulta_red"
    AVISO_RESUMEN = "aviso_resumen"
    AVISO_SUSCRIPCION = "aviso_suscripcion_desactivada"
    RESUMEN_DE_UNIDAD = "resumen_de_unidad"
    CONFIRMAR_CORREO = "confirmar_correo"
    AVISO_PRESUPUESTO = "aviso_presupuesto_agotado"
    PRUEBA_DE_PLANTILLA = "prueba_de_plantilla"
    RETIRO_LISTO = "retiro_listo"
    AVISO_GENERAL = "aviso_general"
    HOJA_DE_ORIENTACION = "hoja_de_orientacion"


DE_CUENTAS = frozenset({Clave.INVITACION_CUENTA, Clave.CLAVE_OLVIDADA})
"""Messages that open an account: for their person and whoever administers, not for colleagues."""


class Tema(StrEnum):
    """What a message is about, for whoever does not want to hear of it any more."""

    CITAS = "citas"
    DERIVACIONES = "derivaciones"
    PLAZOS = "plazos"
    DATOS = "datos"
    CUENTAS = "cuentas"
    AVISOS = "avisos"
    RESUMENES = "resumenes"
    INFORMACION = "informacion"
    PRUEBAS = "pruebas"
    RESPUESTAS = "respuestas"


PARTES: Mapping[Canal, tuple[str, ...]] = {Canal.SMS: ("sms",), Canal.CORREO: ("asunto", "correo")}
"""What there is to write of a message that goes by each channel."""


_PYTHON: Mapping[Tipo, type] = {
    Tipo.TEXTO: str,
    Tipo.URL: str,
    Tipo.ENTERO: int,
    Tipo.FECHA: datetime,
    Tipo.FECHA_LARGA: datetime,
    Tipo.HORA: datetime,
}


@dataclass(frozen=True)
class Idioma:
    """How a language writes days and hours."""

    clave: str
    nombre: str
    dias: tuple[str, ...]
    meses: tuple[str, ...]
    formatos: Mapping[Tipo, str]

    def escribir(self, tipo: Tipo, momento: datetime) -> str:
        """A moment as a day or an hour on Chile's clocks."""
        aqui = local(momento)
        partes = {
            "dia_semana": self.dias[aqui.weekday()],
            "dia": str(aqui.day),
            "mes": self.meses[aqui.month - 1],
            "anio": str(aqui.year),
            "hora": f"{aqui.hour:02}",
            "minuto": f"{aqui.minute:02}",
        }
        return motor.leer(self.formatos[tipo]).escribir(partes, ())


@dataclass(frozen=True, kw_only=True)
class Ajustes:
    """How the messages of a template are treated.

    `por_ley` is the reason why they leave even to whoever wants none: empty when they do not.
    `retencion_dias` is how long what they said is kept, when that is less than the office keeps
    everything; `tildes` what is done with an SMS's accents, None as the office does.
    """

    no_duplicar: bool
    respeta_ventana: bool
    prioridad: Prioridad = Prioridad.NORMAL
    tema: Tema = Tema.INFORMACION
    por_ley: str = ""
    retencion_dias: int | None = None
    tildes: Tildes | None = None


@dataclass(frozen=True, kw_only=True)
class Plantilla(Ajustes):
    """One logical message in all its languages. `textos`: language -> part -> text.

    One that `se_pide` is sent because a program or somebody of the staff asks for it, with values
    of theirs; the others are sent because something happened. `imprescindibles` are named by every
    text of it: without them it is of no use. `nombre` is that of an office's own, which may be
    `retirada`: nothing new is sent with it.
    """

    clave: str
    version: int
    nombre: str = ""
    retirada: bool = False
    reconsulta_al_enviar: bool = False
    se_pide: bool = False
    variables: Mapping[str, Variable]
    secretas: frozenset[str] = frozenset()
    imprescindibles: frozenset[str] = frozenset()
    textos: Mapping[str, Mapping[str, str]]

    @property
    def canales(self) -> tuple[Canal, ...]:
        """By which channels it goes: those that the base language has texts for."""
        de_base = self.textos[base()]
        return tuple(canal for canal, partes in PARTES.items() if partes[-1] in de_base)

    @property
    def partes(self) -> tuple[str, ...]:
        """What there is to write in each language."""
        return tuple(parte for canal in self.canales for parte in PARTES[canal])


@dataclass(frozen=True)
class Redaccion:
    """A message as its reader gets it, in the language that there was a text for.

    Of an SMS, `sms` says how it was written.
    """

    idioma: str
    asunto: str | None
    cuerpo: str
    sms: Escrito | None = None


def redactar(
    plantilla: Plantilla, canal: Canal, idioma: str, valores: Mapping[str, Valor]
) -> Redaccion:
    """Write a message; raises PlantillaInvalida when a value is missing, foreign or mistyped.

    `idioma` is wanted; what was used, the base language if need be, is in the answer, and its days,
    hours and words are of that one too.
    """
    opcionales = {nombre for nombre, una in plantilla.variables.items() if una.opcional}
    if (set(valores) | opcionales) != set(plantilla.variables):
        difference = sorted((set(valores) | opcionales) ^ set(plantilla.variables))
        raise PlantillaInvalida(f"{plantilla.clave}: values differ from variables: {difference}")
    usado = idioma if idioma in plantilla.textos else base()
    dichos = {nombre: _dicho(valor, usado) for nombre, valor in valores.items()}
    escritos = {
        nombre: escribir_valor(nombre, plantilla.variables[nombre], valor, idiomas()[usado])
        for nombre, valor in dichos.items()
    }
    ciertas = {nombre for nombre, valor in dichos.items() if valor not in ("", 0)}
    textos = plantilla.textos[usado]

    def parte(cual: str) -> str:
        if cual not in textos:
            raise PlantillaInvalida(f"{plantilla.clave} has no {cual}")
        return motor.leer(textos[cual]).escribir(escritos, ciertas)

    if canal is Canal.SMS:
        return Redaccion(usado, None, parte("sms"))
    return Redaccion(usado, motor.en_una_linea(parte("asunto")), parte("correo"))


def _dicho(valor: Valor, idioma: str) -> Valor:
    """Of words in several languages those of this one, of the base language if it has none."""
    if not isinstance(valor, PorIdioma):
        return valor
    return valor.textos[idioma if idioma in valor.textos else base()]


def escribir_valor(nombre: str, variable: Variable, valor: Valor, idioma: Idioma) -> str:
    """A value as its reader gets it; PlantillaInvalida for another type, or for too long a text."""
    if not isinstance(valor, _PYTHON[variable.tipo]) or isinstance(valor, bool):
        raise PlantillaInvalida(f"{nombre} is not a {variable.tipo}")
    if isinstance(valor, datetime):
        return idioma.escribir(variable.tipo, valor)
    escrito = motor.escribir_texto(str(valor))
    if variable.largo is not None and len(escrito) > variable.largo:
        raise PlantillaInvalida(f"{nombre} is longer than {variable.largo}")
    return escrito


@cache
def idiomas() -> Mapping[str, Idioma]:
    """The languages that messages are written in, by their two-letter key."""
    return {
        clave: Idioma(
            clave,
            datos["nombre"],
            tuple(datos["dias"]),
            tuple(datos["meses"]),
            {tipo: datos[tipo] for tipo in (Tipo.FECHA, Tipo.FECHA_LARGA, Tipo.HORA)},
        )
        for clave, datos in leer_datos("idiomas.json")["idiomas"].items()
    }


@cache
def base() -> str:
    """The language of a message when there is no text in the reader's."""
    return str(leer_datos("idiomas.json")["base"])


def idioma_de(codigo: str) -> str:
    """The key under which texts are kept for an ISO 639 code of two or three letters."""
    iso = leer_datos("idiomas.json")["iso639_3"]
    return str(iso.get(codigo, codigo))


@cache
def sin_uso_por(canal: Canal) -> frozenset[str]:
    """The variables that have nothing to say by a channel, whatever template declares them."""
    de_uno = leer_datos("plantillas.json")["de_un_canal"]
    return frozenset(nombre for nombre, suyo in de_uno.items() if Canal(suyo) is not canal)


@cache
def de_fabrica() -> Mapping[str, Plantilla]:
    """Every message as this version of the program brings it; raises PlantillaInvalida for a text
    that cannot be used.
    """
    datos = leer_datos("plantillas.json")
    hechas: dict[str, Plantilla] = {
        Clave(clave): _plantilla(Clave(clave), datos["version"], plantilla)
        for clave, plantilla in datos["plantillas"].items()
    }
    if faltan := set(Clave) - set(hechas):
        raise PlantillaInvalida(f"no text for {sorted(faltan)}")
    return hechas


@cache
def pedibles() -> frozenset[str]:
    """Those of the program that may be asked for."""
    return frozenset(clave for clave, una in de_fabrica().items() if una.se_pide)


def _plantilla(clave: Clave, version: int, datos: Mapping[str, Any]) -> Plantilla:
    ejemplos = leer_datos("plantillas.json")["ejemplos"]
    plantilla = Plantilla(
        clave=clave,
        version=version,
        no_duplicar=datos["no_duplicar"],
        respeta_ventana=datos["respeta_ventana"],
        prioridad=Prioridad(datos.get("prioridad", Prioridad.NORMAL)),
        tema=Tema(datos.get("tema", Tema.AVISOS)),
        por_ley=datos.get("por_ley", ""),
        reconsulta_al_enviar=datos["reconsulta_al_enviar"],
        se_pide=datos.get("se_pide", False),
        variables={
            nombre: Variable(
                Tipo(tipo),
                opcional=nombre in datos.get("opcionales", ()),
                ejemplo=ejemplos.get(nombre, ""),
            )
            for nombre, tipo in datos["variables"].items()
        },
        secretas=frozenset(datos["secretas"]),
        imprescindibles=frozenset(datos.get("imprescindibles", datos["secretas"])),
        textos=datos["textos"],
    )
    for donde, problema in problemas(plantilla):
        raise PlantillaInvalida(f"{clave}.{'.'.join(donde)}: {problema}")
    return plantilla


def problemas(plantilla: Plantilla) -> list[tuple[tuple[str, ...], motor.Problema]]:
    """All that keeps a template from being used, each with the language and the part of its text.

    A language has all the parts of the base language, or none.
    """
    if base() not in plantilla.textos or not set(plantilla.textos) <= set(idiomas()):
        raise PlantillaInvalida(f"{plantilla.clave}: languages {sorted(plantilla.textos)}")
    hallados: list[tuple[tuple[str, ...], motor.Problema]] = []
    for idioma, textos in plantilla.textos.items():
        for parte in dict.fromkeys((*plantilla.partes, *textos)):
            if parte not in textos or parte not in plantilla.partes:
                hallados.append(((idioma, parte), motor.Problema(motor.Falta.VACIO)))
                continue
            # A subject may leave out what its text says.
            sin_falta = () if parte == "asunto" else sorted(plantilla.imprescindibles)
            hallados += [
                ((idioma, parte), problema)
                for problema in motor.problemas_de(textos[parte], plantilla.variables, sin_falta)
            ]
    return hallados
