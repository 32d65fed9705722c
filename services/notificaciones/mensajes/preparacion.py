"""What a message needs besides ids, asked of its owners: agenda, casos, identidad. What the notices
to the staff need is in `avisos`, what institutions are sent in `instituciones`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from notificaciones import direcciones
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes import sms
from notificaciones.mensajes.avisos import AVISOS
from notificaciones.mensajes.destinatarios import persona
from notificaciones.mensajes.instituciones import A_INSTITUCIONES, revisar_recordatorio
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import (
    AunNo,
    ConOtros,
    Descarte,
    Reparto,
    Reunido,
)
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Motivo, Paso
from notificaciones.mensajes.valores import guardados
from notificaciones.plantillas import catalogo as plantillas
from notificaciones.plantillas.catalogo import Canal, Clave, Plantilla, Redaccion, Valor
from notificaciones.plantillas.citas import DeCita
from notificaciones.plantillas.vigentes import plantillas as vigentes
from notificaciones.proveedores.desvio import Desvio
from notificaciones.reglas.calculo import IdiomaDeRegla, Recordatorio
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.queries import version_de
from notificaciones.suscripciones.resumenes.redaccion import RESUMENES
from oficina.env import Env
from oficina.errors import Conflicto, NoEncontrado


def reunir(env: Env, mensaje: Mensaje) -> Reunido | Reparto | ConOtros | Descarte:
    """Ask the owners what this message needs today."""
    if mensaje.regla is not None:
        return _recordatorio_cita(env, mensaje)
    # One of the office's own that no rule chose is always asked for.
    return _REUNIR.get(mensaje.plantilla, _pedido)(env, mensaje)


def sale_como_esta(plantilla: str, persona_id: UUID | None) -> bool:
    """Whether a message that is written leaves without asking anybody again: its template says so,
    or it goes to an address (a person may have changed their mind).
    """
    de_fabrica = plantillas.de_fabrica().get(plantilla)
    if de_fabrica is not None and not de_fabrica.reconsulta_al_enviar:
        return True
    return persona_id is None and _REVISAR.get(plantilla, _pedido) is _pedido


def revisar(env: Env, mensaje: Mensaje) -> Reunido | Descarte | None:
    """Ask the owners, at the moment of sending, about what may have changed since it was written.

    None when it leaves as it is.
    """
    if sale_como_esta(mensaje.plantilla, mensaje.persona_id):
        return None
    hallado = _REVISAR.get(mensaje.plantilla, _pedido)(env, mensaje)
    if isinstance(hallado, Reparto | ConOtros):
        raise AssertionError("who a written message is for is known")
    return hallado


def redactar(plantilla: Plantilla, reunido: Reunido) -> Redaccion:
    """Write a message with what was gathered."""
    texto = plantillas.redactar(plantilla, reunido.canal, reunido.idioma, reunido.valores)
    if reunido.canal is not Canal.SMS:
        return texto
    escrito = sms.escribir(texto.cuerpo, plantilla.tildes or reunido.tildes)
    return Redaccion(texto.idioma, texto.asunto, escrito.texto, escrito)


def _recordatorio_cita(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    cita = env.client.get("agenda", f"/agenda/api/v1/citas/{mensaje.cita_id}")
    if cita["estado"] == "cancelada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_CANCELADA)
    if cita["estado"] != "agendada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_TERMINADA)
    inicia_en = datetime.fromisoformat(cita["inicia_en"])
    if inicia_en != datetime.fromisoformat(mensaje.datos["inicia_en"]):
        raise AunNo
    regla = _regla_de(env, mensaje)
    with env.db.read() as session:
        plantilla = vigentes(session)[mensaje.plantilla]
    via = mensaje.canal_pedido or regla.solo_por
    otra_via = regla.otra_via and mensaje.canal_pedido is None
    if len(plantilla.canales) == 1:
        # It has no text for the other one.
        otra_via, (solo,) = False, plantilla.canales
        if via not in {None, solo}:
            return Descarte(Paso.SUPRIMIR, Motivo.SIN_CONTACTO)
        via = solo
    quien = persona(env, mensaje.persona_id, via, otra_via=otra_via)
    if isinstance(quien, Motivo):
        return Descarte(Paso.SUPRIMIR, quien)
    idioma = plantillas.base() if regla.idioma is IdiomaDeRegla.BASE else quien.idioma
    dice = DeCita(
        inicia_en=inicia_en,
        frases=cita["lugar_frases"],
        contestar=Desvio.de(env.settings, env.db).se_contesta(quien.canal),
    )
    return Reunido(
        canal=quien.canal,
        destino=quien.destino,
        idioma=idioma,
        valores=dice.valores(plantilla, idioma),
        tildes=Tildes(env.settings.sms_tildes),
        horario=quien.horario,
    )


def _regla_de(env: Env, mensaje: Mensaje) -> Recordatorio:
    """What the rule said that asked for a reminder."""
    with env.db.read() as session:
        version = version_de(session, mensaje.regla, mensaje.regla_version)
    if version is None:
        # Planned by a version of the program before rules were written down.
        return reglas().de_fabrica["cita_48h"]
    return version.recordatorio


def a_persona(
    env: Env, persona_id: UUID, canal: Canal | None, valores: Mapping[str, Valor]
) -> Reunido | Descarte:
    """What was asked for a person, as they wish it today."""
    quien = persona(env, persona_id, canal)
    if isinstance(quien, Motivo):
        return Descarte(Paso.SUPRIMIR, quien)
    return Reunido(
        canal=quien.canal,
        destino=quien.destino,
        idioma=quien.idioma,
        valores=valores,
        tildes=Tildes(env.settings.sms_tildes),
        horario=quien.horario,
    )


def _pedido(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    if mensaje.persona_id is None:
        raise AssertionError("what goes to an address was written when it was asked for")
    with env.db.read() as session:
        plantilla = vigentes(session)[mensaje.plantilla]
    valores = guardados(plantilla, mensaje.valores)
    return a_persona(env, mensaje.persona_id, mensaje.canal_pedido, valores)


def _confirmar_derivacion(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """The link is the same each time: it opens while nobody has said how it was."""
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/confirmacion"
    try:
        pregunta = env.client.get("casos", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    quien = persona(env, mensaje.persona_id, mensaje.canal_pedido)
    if isinstance(quien, Motivo):
        return Descarte(Paso.SUPRIMIR, quien)
    se_contesta = Desvio.de(env.settings, env.db).se_contesta(quien.canal)
    return Reunido(
        canal=quien.canal,
        destino=quien.destino,
        idioma=quien.idioma,
        enlace=pregunta["direccion"],
        valores={
            "folio": pregunta["folio"],
            "enlace": pregunta["direccion"],
            "contestar": "si" if se_contesta else "",
        },
        tildes=Tildes(env.settings.sms_tildes),
        horario=quien.horario,
    )


def _enlace_de_cuenta(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """The link is minted as it is asked for: this text is the only place where it is."""
    path = f"/identidad/api/v1/enlaces/{mensaje.datos['enlace_id']}"
    try:
        enlace = env.client.post("identidad", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.ENLACE_NO_VIGENTE)
    vence_en = datetime.fromisoformat(enlace["vence_en"])
    vence = "enlace_vence" if mensaje.plantilla == Clave.INVITACION_CUENTA else "enlace_hora"
    return Reunido(
        canal=Canal.CORREO,
        destino=enlace["correo"],
        idioma=enlace["idioma"],
        enlace=enlace["url"],
        valores={
            "nombre": enlace["nombre"],
            "usuario": enlace["usuario"],
            "enlace": enlace["url"],
            vence: vence_en,
        },
    )


def _respuesta(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """What the office answers by itself goes back to where the question came from."""
    with env.db.read() as session:
        respuesta = session.get(Respuesta, UUID(mensaje.datos["respuesta_id"]))
    if respuesta is None or respuesta.de is None:
        return Descarte(Paso.CANCELAR, Motivo.PERSONA_SUPRIMIDA)
    return Reunido(
        canal=direcciones.canal_de(respuesta.de),
        destino=respuesta.de,
        idioma=respuesta.idioma or plantillas.base(),
        valores={},
        tildes=Tildes(env.settings.sms_tildes),
    )


_REUNIR: Mapping[str, Callable[[Env, Mensaje], Reunido | Reparto | ConOtros | Descarte]] = {
    Clave.RECORDATORIO_CITA: _recordatorio_cita,
    Clave.CONFIRMAR_DERIVACION: _confirmar_derivacion,
    Clave.INVITACION_CUENTA: _enlace_de_cuenta,
    Clave.CLAVE_OLVIDADA: _enlace_de_cuenta,
    Clave.RESPUESTA_BAJA: _respuesta,
    Clave.RESPUESTA_ALTA: _respuesta,
    Clave.RESPUESTA_AYUDA: _respuesta,
    **A_INSTITUCIONES,
    **AVISOS,
    **RESUMENES,
    **dict.fromkeys(plantillas.pedibles(), _pedido),
}


_REVISAR: Mapping[str, Callable[[Env, Mensaje], Reunido | Reparto | ConOtros | Descarte | None]] = {
    **_REUNIR,
    Clave.RECORDATORIO_PLAZO: revisar_recordatorio,
}
