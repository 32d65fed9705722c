"""Who a message reaches, and by which way: a person as they wish it, or those of the staff whom an
internal notice is for today.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from flask_babel import gettext as _
from marshmallow import ValidationError, validate

from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal, base, idioma_de
from notificaciones.reglas.calculo import Ventana
from notificaciones.reglas.catalogo import Aviso, reglas
from oficina.contacto import escribir_telefono, leer_telefono, leer_uno
from oficina.env import Env
from oficina.errors import DatosInvalidos, NoEncontrado, NoPermitido

# Somebody who answered for a case and has another task now hears nothing of it.
_RESPONDEN = frozenset({"profesional", "coordinacion"})
_SIN_SMS = frozenset({phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOIP})


@dataclass(frozen=True)
class Responden:
    """Who answers for the case of a notice; of a sealed one nobody hears but the `solo`. A notice
    that is about a unit names it.
    """

    responsable_id: str | None = None
    solo: Collection[str] | None = None
    unidad: str = ""

    @classmethod
    def de(cls, respuesta: Mapping[str, Any]) -> "Responden":
        """As casos says it of a deadline or of a derivation."""
        return cls(respuesta["responsable_id"], respuesta["solo"])


@dataclass(frozen=True)
class Destinatario:
    """Somebody, a person of the office or one of its staff, as they may be written to today, at the
    hours that they asked for.
    """

    canal: Canal
    destino: str
    idioma: str
    horario: Ventana | None = None


def persona(
    env: Env,
    persona_id: UUID | None,
    canal: Canal | None = None,
    *,
    otra_via: bool | None = None,
) -> Destinatario | Motivo:
    """How a person is written to, as casos says it today, or why they are not.

    `canal`, when somebody chose it: that one or none, unless `otra_via` lets it be another.
    """
    try:
        contacto = env.client.get("casos", f"/casos/api/v1/personas/{persona_id}/contacto")
    except NoEncontrado:
        return Motivo.SIN_CONTACTO
    except NoPermitido:
        return Motivo.PERSONA_BLOQUEADA
    via = via_de(contacto, canal, otra_via=otra_via)
    if isinstance(via, Motivo):
        return via
    return Destinatario(*via, idioma_de(contacto["idioma"]), _horario(contacto))


def direccion_de(escrita: str, canal: Canal | None) -> tuple[Canal, str]:
    """Channel and address of what somebody wrote; raises DatosInvalidos at `destino`."""
    correo = "@" in escrita
    if canal is not None and correo != (canal is Canal.CORREO):
        raise DatosInvalidos({"destino": [_("No es una dirección de ese canal.")]})
    if correo:
        try:
            validate.Email()(escrita)
        except ValidationError as error:
            raise DatosInvalidos({"destino": [_("No es un correo electrónico válido.")]}) from error
        return Canal.CORREO, escrita
    telefono = leer_telefono(escrita)
    if telefono is None or not _takes_sms(telefono):
        raise DatosInvalidos({"destino": [_("No es un número de celular.")]})
    return Canal.SMS, escribir_telefono(telefono)


def via_de(
    contacto: Mapping[str, Any], canal: Canal | None = None, *, otra_via: bool | None = None
) -> tuple[Canal, str] | Motivo:
    """Channel and address that the person wants and has, or why there is none. Without `otra_via`
    a channel that was chosen is the only one; what nobody chose is the person's wish.
    """
    if contacto["fallecida"]:
        return Motivo.PERSONA_FALLECIDA
    if contacto["no_contactar"]:
        return Motivo.NO_CONTACTAR
    if not contacto["admite_recordatorios"]:
        return Motivo.CONSENTIMIENTO_RETIRADO
    vedados = contacto["canales_vedados"]
    if contacto["canal_preferido"] == "llamada" and "llamada" not in vedados:
        return Motivo.PREFIERE_LLAMADA
    vias = {}
    telefono = leer_uno(contacto["telefono"] or "")
    if telefono is not None and _takes_sms(telefono):
        vias[Canal.SMS] = contacto["telefono"]
    if contacto["correo"]:
        vias[Canal.CORREO] = contacto["correo"]
    preferida = Canal.CORREO if contacto["canal_preferido"] == Canal.CORREO else Canal.SMS
    primera = canal or preferida
    demas = otra_via if otra_via is not None else canal is None
    posibles = [una for una in (primera, *(Canal if demas else ())) if una in vias]
    for una in posibles:
        if una.value not in vedados:
            return una, vias[una]
    return Motivo.CANAL_VEDADO if posibles else Motivo.SIN_CONTACTO


def _horario(contacto: Mapping[str, Any]) -> Ventana | None:
    """Their own hours hold on every day, and for whatever is written to them."""
    horas = contacto["horario"]
    return Ventana.de({**horas, "en_feriados": True}) if horas else None


def _takes_sms(number: phonenumbers.PhoneNumber) -> bool:
    prefijo = reglas().prefijos_moviles.get(str(number.country_code))
    if prefijo is not None:
        return str(number.national_number).startswith(prefijo)
    return phonenumbers.number_type(number) not in _SIN_SMS


def avisables(env: Env, aviso: Aviso, responden: Responden) -> Mapping[UUID, Destinatario]:
    """The staff whom a notice is for today, and where and in which language they read."""
    funcionarios = [
        f
        for f in env.client.get("identidad", "/identidad/api/v1/funcionarios")
        if responden.solo is None or f["id"] in responden.solo
    ]
    suyos = {
        f["id"]
        for f in funcionarios
        if aviso.responsable
        and f["id"] == responden.responsable_id
        and _RESPONDEN.intersection(f["roles"])
    }
    roles = aviso.roles if suyos else aviso.roles | aviso.sin_responsable
    return {
        UUID(f["id"]): del_equipo(f)
        for f in funcionarios
        if f["id"] in suyos or roles.intersection(f["roles"]) or _in_unit(f, aviso, responden)
    }


def del_equipo(funcionario: Mapping[str, Any]) -> Destinatario:
    """How one of the staff is written to, as identidad says it today."""
    # The version of identidad before this one says no language.
    return Destinatario(Canal.CORREO, funcionario["correo"], funcionario.get("idioma", base()))


def _in_unit(f: Mapping[str, Any], aviso: Aviso, responden: Responden) -> bool:
    here = bool(responden.unidad) and f["unidad"] == responden.unidad
    return here and bool(aviso.de_la_unidad.intersection(f["roles"]))
