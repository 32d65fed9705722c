"""What a message needs besides ids, asked of its owners: agenda, casos, identidad. What the notices
to the staff need is in `avisos`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notificaciones import direcciones
from notificaciones.avisos.queries import del_resumen
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes import sms
from notificaciones.mensajes.avisos import AVISOS
from notificaciones.mensajes.destinatarios import persona
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import (
    PLAZO_TERMINADO,
    AunNo,
    ConOtros,
    Descarte,
    Juntos,
    Reparto,
    Reunido,
    corre,
    derivacion_de,
    plazo_de,
)
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Estado, Motivo, Paso
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
from oficina.clock import now
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


def _con_enlace(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    enlace = _enlace_para(env, mensaje)
    if isinstance(enlace, Descarte):
        return enlace
    return Reunido(
        canal=Canal.CORREO,
        destino=enlace["correo"],
        idioma=plantillas.base(),
        enlace=enlace["url"],
        valores={
            "institucion": enlace["institucion"],
            "servicio": enlace["servicio"],
            "folio": enlace["folio"],
            "enlace": enlace["url"],
            "enlace_vence": datetime.fromisoformat(enlace["vence_en"]),
        },
    )


def _enlace_para(env: Env, mensaje: Mensaje) -> Mapping[str, Any] | Descarte:
    """A link of its derivation, minted now, and where its institution reads."""
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/enlace"
    try:
        enlace: Mapping[str, Any] = env.client.post("casos", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not enlace["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
    return enlace


def _recordatorio_plazo(env: Env, mensaje: Mensaje) -> Reunido | ConOtros | Descarte:
    """One stage of one derivation waits for the mail that its institution gets."""
    if mensaje.lleva_otros():
        return _recordatorios(env, mensaje)
    if descarte := _si_no_corre(env, mensaje):
        return descarte
    derivacion = derivacion_de(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not derivacion["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
    vence_en = datetime.fromisoformat(mensaje.datos["vence_en"])
    sale_en = reglas().recordatorio_a_institucion.sale_en(now(), vence_en)
    return ConOtros(UUID(derivacion["institucion_id"]), sale_en)


def _recordatorios(env: Env, junto: Mensaje) -> Reunido | Descarte:
    """What an institution is reminded of in one mail: of each derivation its folio, the service,
    what is awaited until when, and a link minted now. Nobody is named.
    """
    corren, fuera = _que_corren(env, junto)
    van: dict[UUID, tuple[Mapping[str, Any], list[Mensaje]]] = {}
    for derivacion_id, suyos in _por_derivacion(corren).items():
        enlace = _enlace_para(env, suyos[0])
        if isinstance(enlace, Descarte):
            fuera |= {uno.id: enlace for uno in suyos}
        else:
            van[derivacion_id] = (enlace, suyos)
    if not van:
        return next(iter(fuera.values()), PLAZO_TERMINADO)
    ultimo = [enlace for enlace, _suyos in van.values()][-1]
    return Reunido(
        canal=Canal.CORREO,
        destino=ultimo["correo"],
        idioma=plantillas.base(),
        enlace="\n".join(enlace["url"] for enlace, _suyos in van.values()),
        valores={
            "institucion": ultimo["institucion"],
            "cuantas": len(van),
            "derivaciones": "\n\n".join(
                plantillas.derivacion_que_espera(
                    enlace, [(uno.datos["reloj"], uno.datos["vence_en"]) for uno in suyos]
                )
                for enlace, suyos in van.values()
            ),
        },
        juntos=Juntos(frozenset(uno.id for _e, suyos in van.values() for uno in suyos), fuera),
    )


def _por_derivacion(recordatorios: Sequence[Mensaje]) -> Mapping[UUID, list[Mensaje]]:
    suyos: dict[UUID, list[Mensaje]] = {}
    for uno in recordatorios:
        if uno.derivacion_id is not None:
            suyos.setdefault(uno.derivacion_id, []).append(uno)
    return suyos


def _que_corren(env: Env, junto: Mensaje) -> tuple[list[Mensaje], dict[UUID, Descarte]]:
    """Of the reminders that a mail took and that still wait, those with something to say, what ends
    first first; and the others.
    """
    with env.db.read() as session:
        tomados = [uno for uno in del_resumen(session, junto.id) if uno.estado is Estado.PROGRAMADA]
    fuera = {uno.id: dicho for uno in tomados if (dicho := _si_no_corre(env, uno)) is not None}
    corren = [uno for uno in tomados if uno.id not in fuera]
    return sorted(corren, key=lambda uno: datetime.fromisoformat(uno.datos["vence_en"])), fuera


def _revisar_recordatorio(env: Env, mensaje: Mensaje) -> Reunido | Descarte | None:
    """What is written keeps its links while all that it says is so; else it is written anew."""
    if not mensaje.lleva_otros():
        # Written before reminders left together.
        return _si_no_corre(env, mensaje)
    corren, _fuera = _que_corren(env, mensaje)
    if sorted(str(uno.id) for uno in corren) == mensaje.datos["van"]:
        return None
    return _recordatorios(env, mensaje)


def _si_no_corre(env: Env, mensaje: Mensaje) -> Descarte | None:
    """Nobody is reminded of what they have done, nor of what waits for somebody else."""
    return None if corre(plazo_de(env, mensaje)) else PLAZO_TERMINADO


def _retiro_de_datos(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    razon = plantillas.nombre_de_razon(mensaje.datos["razon"])
    return _de_sus_datos(env, mensaje, {"razon": razon})


def _supresion_de_datos(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    return _de_sus_datos(env, mensaje, {})


def _de_sus_datos(env: Env, mensaje: Mensaje, extra: Mapping[str, Valor]) -> Reunido | Descarte:
    """To an institution about what it was sent: which derivation, without a link."""
    derivacion = derivacion_de(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not derivacion["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
    return Reunido(
        canal=Canal.CORREO,
        destino=derivacion["correo"],
        idioma=plantillas.base(),
        valores={
            "institucion": derivacion["institucion"],
            "servicio": derivacion["servicio"],
            "folio": derivacion["folio"],
            **extra,
        },
    )


def _consulta_red(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """To an institution about its own services; the link is minted as it is asked for."""
    path = f"/casos/api/v1/red/consultas/{mensaje.datos['consulta_id']}/enlace"
    try:
        enlace = env.client.post("casos", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.ENLACE_NO_VIGENTE)
    if not enlace["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
    return Reunido(
        canal=Canal.CORREO,
        destino=enlace["correo"],
        idioma=plantillas.base(),
        enlace=enlace["url"],
        valores={
            "institucion": enlace["institucion"],
            "cuantos": len(enlace["servicios"]),
            "servicios": "\n".join(f"- {uno}" for uno in enlace["servicios"]),
            "enlace": enlace["url"],
            "enlace_vence": datetime.fromisoformat(enlace["vence_en"]),
        },
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
    Clave.DERIVACION_ENVIADA: _con_enlace,
    Clave.ENLACE_NUEVO: _con_enlace,
    Clave.RECORDATORIO_PLAZO: _recordatorio_plazo,
    Clave.CONFIRMAR_DERIVACION: _confirmar_derivacion,
    Clave.CONSULTA_RED: _consulta_red,
    Clave.RETIRO_DE_DATOS: _retiro_de_datos,
    Clave.SUPRESION_DE_DATOS: _supresion_de_datos,
    Clave.INVITACION_CUENTA: _enlace_de_cuenta,
    Clave.CLAVE_OLVIDADA: _enlace_de_cuenta,
    Clave.RESPUESTA_BAJA: _respuesta,
    Clave.RESPUESTA_ALTA: _respuesta,
    Clave.RESPUESTA_AYUDA: _respuesta,
    **AVISOS,
    **RESUMENES,
    **dict.fromkeys(plantillas.pedibles(), _pedido),
}


_REVISAR: Mapping[str, Callable[[Env, Mensaje], Reunido | Reparto | ConOtros | Descarte | None]] = {
    **_REUNIR,
    Clave.RECORDATORIO_PLAZO: _revisar_recordatorio,
}
