"""What a message needs besides ids, asked of its owners: agenda, casos, identidad.

Nothing here writes. An owner that does not answer raises ServicioNoDisponible, and an owner that
has not caught up yet AunNo: both mean that the question is asked again later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from notificaciones import direcciones
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes import sms
from notificaciones.mensajes.destinatarios import Responden, avisables, via_de
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Motivo, Paso
from notificaciones.plantillas import catalogo as plantillas
from notificaciones.plantillas.catalogo import Canal, Clave, Plantilla, Redaccion, Valor
from notificaciones.reglas import Aviso, reglas
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.states import Estado as EstadoDeSuscripcion
from oficina.env import Env
from oficina.errors import Conflicto, DomainError, NoEncontrado, NoPermitido

_SIN_RESPUESTA = frozenset({"recibida", "en_tramite", "prorrogada"})


class AunNo(Exception):
    """The owner's data and the fact that was heard differ: another fact is on its way."""


SIN_RESPUESTA = (DomainError, AunNo)
"""What asking raises when the question must be put again later."""


@dataclass(frozen=True, kw_only=True)
class Reunido:
    """All that a message needs to be written. `tildes` is the office's choice for an SMS."""

    canal: Canal
    destino: str
    idioma: str
    valores: Mapping[str, Valor]
    enlace: str | None = None
    tildes: Tildes = Tildes.CONSERVAR


@dataclass(frozen=True)
class Descarte:
    """The message is not to be sent, and why."""

    paso: Literal[Paso.CANCELAR, Paso.SUPRIMIR]
    motivo: Motivo


_PLAZO_TERMINADO = Descarte(Paso.CANCELAR, Motivo.PLAZO_TERMINADO)


@dataclass(frozen=True)
class Reparto:
    """An internal notice is for these of the staff, at least one: a message for each."""

    funcionarios: tuple[UUID, ...]


def reunir(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    """Ask the owners what this message needs today."""
    return _REUNIR[mensaje.plantilla](env, mensaje)


def revisar(env: Env, mensaje: Mensaje) -> Reunido | Descarte | None:
    """Ask the owners, at the moment of sending, about what may have changed since it was written.

    None when it leaves as it is.
    """
    if not plantillas.plantillas()[mensaje.plantilla].reconsulta_al_enviar:
        return None
    hallado = _REVISAR[mensaje.plantilla](env, mensaje)
    if isinstance(hallado, Reparto):
        raise AssertionError("who a written message is for is known")
    return hallado


def redactar(plantilla: Plantilla, reunido: Reunido) -> Redaccion:
    """Write a message with what was gathered."""
    texto = plantillas.redactar(plantilla, reunido.canal, reunido.idioma, reunido.valores)
    if reunido.canal is not Canal.SMS:
        return texto
    escrito = sms.escribir(texto.cuerpo, reunido.tildes)
    return replace(texto, cuerpo=escrito.texto, sms=escrito)


def _recordatorio_cita(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    cita = env.client.get("agenda", f"/agenda/api/v1/citas/{mensaje.cita_id}")
    if cita["estado"] == "cancelada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_CANCELADA)
    if cita["estado"] != "agendada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_TERMINADA)
    inicia_en = datetime.fromisoformat(cita["inicia_en"])
    if inicia_en != datetime.fromisoformat(mensaje.datos["inicia_en"]):
        raise AunNo
    try:
        contacto = env.client.get("casos", f"/casos/api/v1/personas/{mensaje.persona_id}/contacto")
    except NoEncontrado:
        return Descarte(Paso.SUPRIMIR, Motivo.SIN_CONTACTO)
    except NoPermitido:
        return Descarte(Paso.SUPRIMIR, Motivo.PERSONA_BLOQUEADA)
    via = via_de(contacto)
    if isinstance(via, Motivo):
        return Descarte(Paso.SUPRIMIR, via)
    idioma = plantillas.idioma_de(contacto["idioma"])
    frases = cita["lugar_frases"]
    return Reunido(
        canal=via[0],
        destino=via[1],
        idioma=idioma,
        valores={
            "fecha": inicia_en,
            "hora": inicia_en,
            "lugar": frases.get(idioma) or frases[plantillas.base()],
        },
        tildes=Tildes(env.settings.sms_tildes),
    )


def _con_enlace(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    return _to_institution(env, mensaje, {})


def _recordatorio_plazo(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    if descarte := _si_no_corre(env, mensaje):
        return descarte
    extra: dict[str, Valor] = {
        "reloj": plantillas.nombre_de_reloj(mensaje.datos["reloj"]),
        "plazo_vence": datetime.fromisoformat(mensaje.datos["vence_en"]),
    }
    return _to_institution(env, mensaje, extra)


def _si_no_corre(env: Env, mensaje: Mensaje) -> Descarte | None:
    """Nobody is reminded of what they have done, nor of what waits for somebody else."""
    return None if _corre(_plazo(env, mensaje)) else _PLAZO_TERMINADO


def _to_institution(env: Env, mensaje: Mensaje, extra: Mapping[str, Valor]) -> Reunido | Descarte:
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/enlace"
    try:
        enlace = env.client.post("casos", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not enlace["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
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
            **extra,
        },
    )


def _aviso_plazo_por_vencer(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    plazo = _plazo(env, mensaje)
    if not _corre(plazo):
        return _PLAZO_TERMINADO
    valores: dict[str, Valor] = {
        "reloj": plantillas.nombre_de_reloj(mensaje.datos["reloj"]),
        "folio": plazo["caso_folio"],
        "plazo_vence": datetime.fromisoformat(mensaje.datos["vence_en"]),
        "porcentaje": mensaje.datos["nivel"],
    }
    return _to_staff(env, mensaje, reglas().avisar_por_vencer, Responden.de(plazo), valores)


def _aviso_plazo_vencido(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    aviso = reglas().avisar_vencido[mensaje.datos["nivel"]]
    plazo = _plazo(env, mensaje)
    if not plazo:
        return _PLAZO_TERMINADO
    valores: dict[str, Valor] = {
        "reloj": plantillas.nombre_de_reloj(mensaje.datos["reloj"]),
        "folio": plazo["caso_folio"],
        "plazo_vencio": datetime.fromisoformat(mensaje.datos["vence_en"]),
    }
    return _to_staff(env, mensaje, aviso, Responden.de(plazo), valores)


def _retiro_de_datos(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    derivacion = _derivacion(env, mensaje)
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
            "razon": plantillas.nombre_de_razon(mensaje.datos["razon"]),
        },
    )


def _supresion_de_datos(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    derivacion = _derivacion(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not derivacion["correo"]:
        return Descarte(Paso.SUPRIMIR, Motivo.INSTITUCION_SIN_CORREO)
    return Reunido(
        canal=Canal.CORREO,
        destino=derivacion["correo"],
        idioma=plantillas.base(),
        valores={campo: derivacion[campo] for campo in ("institucion", "servicio", "folio")},
    )


def _aviso_supresion_propuesta(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    supresion = _supresion(env, mensaje)
    if supresion.get("estado") != "propuesta":
        return Descarte(Paso.CANCELAR, Motivo.SUPRESION_DECIDIDA)
    valores = _de_la_supresion(env, mensaje, supresion)
    return _to_readers(env, mensaje, reglas().supresion_propuesta, Responden(), valores)


def _aviso_supresion_atrasada(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    supresion, servicio = _supresion(env, mensaje), mensaje.datos["servicio"]
    if servicio not in supresion.get("faltan", ()):
        return Descarte(Paso.CANCELAR, Motivo.SUPRESION_CONFIRMADA)
    valores = _de_la_supresion(env, mensaje, supresion) | {"servicio": servicio}
    return _to_readers(env, mensaje, reglas().supresion_atrasada, Responden(), valores)


def _supresion(env: Env, mensaje: Mensaje) -> Mapping[str, Any]:
    """How an erasure stands; empty when nobody knows it."""
    path = f"/casos/api/v1/supresiones/{mensaje.datos['supresion_id']}/seguimiento"
    try:
        supresion: Mapping[str, Any] = env.client.get("casos", path)
    except NoEncontrado:
        return {}
    return supresion


def _de_la_supresion(env: Env, mensaje: Mensaje, supresion: Mapping[str, Any]) -> dict[str, Valor]:
    url = f"{env.settings.base_url}/casos/supresiones/{mensaje.datos['supresion_id']}"
    return {"folio": supresion["folio"], "supresion_url": url}


def _aviso_retiro_de_datos(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    derivacion = _derivacion(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    valores: dict[str, Valor] = {
        "folio": derivacion["folio"],
        "institucion": derivacion["institucion"],
        "razon": plantillas.nombre_de_razon(mensaje.datos["razon"]),
        "como": plantillas.como_se_avisa(por_correo=bool(derivacion["correo"])),
    }
    aviso = reglas().retiro_de_datos
    return _to_staff(env, mensaje, aviso, Responden.de(derivacion), valores)


def _aviso_solicitud(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    solicitud_id, situacion = mensaje.datos["solicitud_id"], mensaje.datos["situacion"]
    try:
        solicitud = env.client.get("casos", f"/casos/api/v1/derechos/{solicitud_id}/seguimiento")
    except NoEncontrado:
        return Descarte(Paso.CANCELAR, Motivo.SOLICITUD_RESPONDIDA)
    esperan = {"recibida"} if situacion == "recibida" else _SIN_RESPUESTA
    if solicitud["estado"] not in esperan:
        return Descarte(Paso.CANCELAR, Motivo.SOLICITUD_RESPONDIDA)
    valores: dict[str, Valor] = {
        "folio": solicitud["folio"],
        "derecho": plantillas.nombre_de_derecho(solicitud["derecho"]),
        "situacion": plantillas.nombre_de_situacion(situacion),
        "plazo_vence": datetime.fromisoformat(solicitud["vence_en"]),
        "solicitud_url": f"{env.settings.base_url}/casos/derechos/{solicitud_id}",
    }
    aviso = reglas().solicitud_de_derecho[situacion]
    return _to_readers(env, mensaje, aviso, Responden(), valores)


def _aviso_incidente(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    incidente_id, situacion = mensaje.datos["incidente_id"], mensaje.datos["situacion"]
    try:
        incidente = env.client.get("casos", f"/casos/api/v1/incidentes/{incidente_id}/seguimiento")
    except NoEncontrado:
        return Descarte(Paso.CANCELAR, Motivo.INCIDENTE_ATENDIDO)
    # Of a new one the first clock; of a stage the clock that passed it, while it runs.
    corren = {k: v for k, v in incidente["corren"].items() if k == mensaje.datos["reloj"]}
    if situacion == "reportado":
        corren = incidente["corren"] if incidente["estado"] == "reportado" else {}
    if not corren:
        return Descarte(Paso.CANCELAR, Motivo.INCIDENTE_ATENDIDO)
    reloj, vence_en = min(corren.items(), key=lambda uno: datetime.fromisoformat(uno[1]))
    vence = datetime.fromisoformat(vence_en)
    valores: dict[str, Valor] = {
        "folio": incidente["folio"],
        "situacion": plantillas.nombre_de_situacion_de_incidente(situacion),
        "que": plantillas.nombre_de_reloj(reloj),
        "vence_fecha": vence,
        "vence_hora": vence,
        "incidente_url": f"{env.settings.base_url}/casos/incidentes/{incidente_id}",
    }
    return _to_readers(env, mensaje, reglas().incidente[situacion], Responden(), valores)


def _aviso_derivacion_fallida(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    derivacion = _derivacion(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not derivacion["por_decidir"]:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_DECIDIDA)
    valores: dict[str, Valor] = {
        "folio": derivacion["folio"],
        "resultado": plantillas.nombre_de_resultado(derivacion["estado"]),
    }
    aviso = reglas().derivacion_fallida
    return _to_staff(env, mensaje, aviso, Responden.de(derivacion), valores)


def _aviso_acceso_excepcional(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    path = f"/casos/api/v1/accesos-excepcionales/{mensaje.datos['acceso_id']}"
    try:
        acceso = env.client.get("casos", path)
    except NoEncontrado:
        # The case was sealed meanwhile, which ended the access.
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    hasta = datetime.fromisoformat(acceso["vence_en"])
    valores: dict[str, Valor] = {
        "folio": acceso["folio"],
        "hasta_fecha": hasta,
        "hasta_hora": hasta,
        "accesos_url": f"{env.settings.base_url}/casos/accesos-excepcionales",
    }
    return _to_readers(env, mensaje, reglas().acceso_excepcional, Responden(), valores)


def _aviso_cita_respondida(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    cita = env.client.get("agenda", f"/agenda/api/v1/citas/{mensaje.cita_id}")
    if cita["estado"] != "agendada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_TERMINADA)
    if cita["respuesta"] != mensaje.datos["respuesta"]:
        # They changed their mind, or it has another time.
        return Descarte(Paso.CANCELAR, Motivo.CITA_REPROGRAMADA)
    inicia_en = datetime.fromisoformat(cita["inicia_en"])
    valores: dict[str, Valor] = {
        "respuesta": plantillas.nombre_de_respuesta(mensaje.datos["respuesta"]),
        "fecha": inicia_en,
        "hora": inicia_en,
        "cita_url": f"{env.settings.base_url}/agenda/citas/{mensaje.cita_id}",
    }
    aviso = reglas().respuesta_a_cita[mensaje.datos["respuesta"]]
    return _to_readers(env, mensaje, aviso, Responden(cita["profesional_id"]), valores)


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


def _aviso_suscripcion(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    suscripcion_id = UUID(mensaje.datos["suscripcion_id"])
    with env.db.read() as session:
        una = session.get(Suscripcion, suscripcion_id)
    if una is None or una.estado is not EstadoDeSuscripcion.DESACTIVADA:
        # Somebody was faster.
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    valores: dict[str, Valor] = {
        "nombre": una.nombre,
        "razon": plantillas.razon_de_suscripcion(mensaje.datos["motivo"]),
        "suscripcion_url": f"{env.settings.base_url}/notificaciones/suscripciones/{una.id}",
    }
    aviso = reglas().suscripcion_desactivada
    return _to_readers(env, mensaje, aviso, Responden(unidad=una.unidad), valores)


def _to_staff(
    env: Env,
    mensaje: Mensaje,
    aviso: Aviso,
    responden: Responden,
    valores: Mapping[str, Valor],
) -> Reunido | Reparto | Descarte:
    """An internal notice about a case, with its address."""
    del_caso = {
        **valores,
        "caso_url": f"{env.settings.base_url}/casos/expedientes/{mensaje.caso_id}",
    }
    return _to_readers(env, mensaje, aviso, responden, del_caso)


def _to_readers(
    env: Env,
    mensaje: Mensaje,
    aviso: Aviso,
    responden: Responden,
    valores: Mapping[str, Valor],
) -> Reunido | Reparto | Descarte:
    """An internal notice: first to whom, then for each of them what it says."""
    correos = avisables(env, aviso, responden)
    if "funcionario_id" not in mensaje.datos:
        if not correos:
            return Descarte(Paso.SUPRIMIR, Motivo.SIN_CONTACTO)
        return Reparto(tuple(correos))
    correo = correos.get(UUID(mensaje.datos["funcionario_id"]))
    if correo is None:
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    return Reunido(
        canal=Canal.CORREO,
        destino=correo,
        idioma=plantillas.base(),
        valores=valores,
    )


def _plazo(env: Env, mensaje: Mensaje) -> Mapping[str, Any]:
    """How the deadline stands and who answers for its case; empty when nobody knows it."""
    try:
        plazo: Mapping[str, Any] = env.client.get(
            "casos", f"/casos/api/v1/plazos/{mensaje.datos['plazo_id']}"
        )
    except NoEncontrado:
        return {}
    return plazo


def _derivacion(env: Env, mensaje: Mensaje) -> Mapping[str, Any]:
    """How a derivation stands and where its institution reads; empty when nobody knows it."""
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/seguimiento"
    try:
        derivacion: Mapping[str, Any] = env.client.get("casos", path)
    except NoEncontrado:
        return {}
    return derivacion


def _corre(plazo: Mapping[str, Any]) -> bool:
    return plazo.get("estado") == "corriendo"


def _enlace_de_cuenta(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """The link is minted as it is asked for: this text is the only place where it is."""
    path = f"/identidad/api/v1/enlaces/{mensaje.datos['enlace_id']}"
    try:
        enlace = env.client.post("identidad", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, Motivo.ENLACE_NO_VIGENTE)
    vence_en = datetime.fromisoformat(enlace["vence_en"])
    vence = "enlace_vence" if mensaje.plantilla is Clave.INVITACION_CUENTA else "enlace_hora"
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


_REUNIR: Mapping[Clave, Callable[[Env, Mensaje], Reunido | Reparto | Descarte]] = {
    Clave.RECORDATORIO_CITA: _recordatorio_cita,
    Clave.DERIVACION_ENVIADA: _con_enlace,
    Clave.ENLACE_NUEVO: _con_enlace,
    Clave.RECORDATORIO_PLAZO: _recordatorio_plazo,
    Clave.AVISO_PLAZO_POR_VENCER: _aviso_plazo_por_vencer,
    Clave.AVISO_PLAZO_VENCIDO: _aviso_plazo_vencido,
    Clave.AVISO_DERIVACION_FALLIDA: _aviso_derivacion_fallida,
    Clave.RETIRO_DE_DATOS: _retiro_de_datos,
    Clave.AVISO_RETIRO_DE_DATOS: _aviso_retiro_de_datos,
    Clave.SUPRESION_DE_DATOS: _supresion_de_datos,
    Clave.AVISO_SUPRESION_PROPUESTA: _aviso_supresion_propuesta,
    Clave.AVISO_SUPRESION_ATRASADA: _aviso_supresion_atrasada,
    Clave.AVISO_SOLICITUD_DE_DERECHO: _aviso_solicitud,
    Clave.AVISO_INCIDENTE: _aviso_incidente,
    Clave.INVITACION_CUENTA: _enlace_de_cuenta,
    Clave.CLAVE_OLVIDADA: _enlace_de_cuenta,
    Clave.AVISO_ACCESO_EXCEPCIONAL: _aviso_acceso_excepcional,
    Clave.AVISO_SUSCRIPCION: _aviso_suscripcion,
    Clave.AVISO_CITA_RESPONDIDA: _aviso_cita_respondida,
    Clave.RESPUESTA_AYUDA: _respuesta,
}

# A reminder that is written keeps its link; only its clock may have stopped.
_REVISAR: Mapping[Clave, Callable[[Env, Mensaje], Reunido | Reparto | Descarte | None]] = {
    **_REUNIR,
    Clave.RECORDATORIO_PLAZO: _si_no_corre,
}
