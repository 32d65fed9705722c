"""What the notices to the office's own staff need: whom each is for today, and what it says."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notificaciones.avisos.queries import del_resumen
from notificaciones.mensajes.destinatarios import Responden, avisables
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import (
    PLAZO_TERMINADO,
    Descarte,
    Reparto,
    Reunido,
    corre,
    derivacion_de,
    plazo_de,
)
from notificaciones.mensajes.states import Motivo, Paso
from notificaciones.plantillas import palabras
from notificaciones.plantillas.catalogo import Clave, PorIdioma, Valor
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.queries import que_esperan
from notificaciones.reglas.catalogo import Aviso, reglas
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.states import Estado as EstadoDeSuscripcion
from oficina.clock import now, today
from oficina.env import Env
from oficina.errors import NoEncontrado

_SIN_RESPUESTA = frozenset({"recibida", "en_tramite", "prorrogada"})


def _aviso_plazo_por_vencer(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    plazo = plazo_de(env, mensaje)
    if not corre(plazo):
        return PLAZO_TERMINADO
    valores: dict[str, Valor] = {
        "reloj": palabras.nombre_de_reloj(mensaje.datos["reloj"]),
        "folio": plazo["caso_folio"],
        "plazo_vence": datetime.fromisoformat(mensaje.datos["vence_en"]),
        "porcentaje": mensaje.datos["nivel"],
    }
    return _to_staff(env, mensaje, reglas().avisar_por_vencer, Responden.de(plazo), valores)


def _aviso_plazo_vencido(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    aviso = reglas().avisar_vencido[mensaje.datos["nivel"]]
    plazo = plazo_de(env, mensaje)
    if not plazo:
        return PLAZO_TERMINADO
    valores: dict[str, Valor] = {
        "reloj": palabras.nombre_de_reloj(mensaje.datos["reloj"]),
        "folio": plazo["caso_folio"],
        "plazo_vencio": datetime.fromisoformat(mensaje.datos["vence_en"]),
    }
    return _to_staff(env, mensaje, aviso, Responden.de(plazo), valores)


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
    derivacion = derivacion_de(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    valores: dict[str, Valor] = {
        "folio": derivacion["folio"],
        "institucion": derivacion["institucion"],
        "razon": palabras.nombre_de_razon(mensaje.datos["razon"]),
        "como": palabras.como_se_avisa(por_correo=bool(derivacion["correo"])),
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
        "derecho": palabras.nombre_de_derecho(solicitud["derecho"]),
        "situacion": palabras.nombre_de_situacion(situacion),
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
        "situacion": palabras.nombre_de_situacion_de_incidente(situacion),
        "que": palabras.nombre_de_reloj(reloj),
        "vence_fecha": vence,
        "vence_hora": vence,
        "incidente_url": f"{env.settings.base_url}/casos/incidentes/{incidente_id}",
    }
    return _to_readers(env, mensaje, reglas().incidente[situacion], Responden(), valores)


def _aviso_derivacion_fallida(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    derivacion = derivacion_de(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    if not derivacion["por_decidir"]:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_DECIDIDA)
    valores: dict[str, Valor] = {
        "folio": derivacion["folio"],
        "resultado": palabras.nombre_de_resultado(derivacion["estado"]),
    }
    aviso = reglas().derivacion_fallida
    return _to_staff(env, mensaje, aviso, Responden.de(derivacion), valores)


def _aviso_derivacion_contestada(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    derivacion = derivacion_de(env, mensaje)
    if not derivacion:
        return Descarte(Paso.CANCELAR, Motivo.DERIVACION_NO_VIGENTE)
    valores: dict[str, Valor] = {
        "folio": derivacion["folio"],
        "palabra": palabras.nombre_de_palabra(mensaje.datos["respuesta"]),
    }
    aviso = reglas().palabra_de_derivacion[mensaje.datos["respuesta"]]
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


def _aviso_suscripcion(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    suscripcion_id = UUID(mensaje.datos["suscripcion_id"])
    with env.db.read() as session:
        una = session.get(Suscripcion, suscripcion_id)
    if una is None or una.estado is not EstadoDeSuscripcion.DESACTIVADA:
        # Somebody was faster.
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    valores: dict[str, Valor] = {
        "nombre": una.nombre,
        "razon": palabras.razon_de_suscripcion(mensaje.datos["motivo"]),
        "suscripcion_url": f"{env.settings.base_url}/notificaciones/suscripciones/{una.id}",
    }
    aviso = reglas().suscripcion_desactivada
    return _to_readers(env, mensaje, aviso, Responden(unidad=una.unidad), valores)


def _aviso_presupuesto(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    if mensaje.datos["dia"] != today().isoformat():
        return Descarte(Paso.CANCELAR, Motivo.CADUCADO)
    de_quien = mensaje.datos["presupuesto"]
    ruta = Desvio.de(env.settings, env.db).rutas.get(de_quien)
    with env.db.read() as session:
        esperan = que_esperan(session)
    valores: dict[str, Valor] = {
        "proveedor": ruta.nombre if ruta else palabras.presupuesto_de_todos(),
        "esperan": esperan,
        "proveedores_url": f"{env.settings.base_url}/notificaciones/proveedores",
    }
    return _to_readers(env, mensaje, reglas().presupuesto_agotado, Responden(), valores)


def _aviso_cita_respondida(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    cita = env.client.get("agenda", f"/agenda/api/v1/citas/{mensaje.cita_id}")
    if cita["estado"] != "agendada":
        return Descarte(Paso.CANCELAR, Motivo.CITA_TERMINADA)
    if cita["respuesta"] != mensaje.datos["respuesta"]:
        # They changed their mind, or it has another time.
        return Descarte(Paso.CANCELAR, Motivo.CITA_REPROGRAMADA)
    inicia_en = datetime.fromisoformat(cita["inicia_en"])
    valores: dict[str, Valor] = {
        "respuesta": palabras.nombre_de_respuesta(mensaje.datos["respuesta"]),
        "fecha": inicia_en,
        "hora": inicia_en,
        "cita_url": f"{env.settings.base_url}/agenda/citas/{mensaje.cita_id}",
    }
    aviso = reglas().respuesta_a_cita[mensaje.datos["respuesta"]]
    return _to_readers(env, mensaje, aviso, Responden(cita["profesional_id"]), valores)


def _aviso_consulta_red(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    path = f"/casos/api/v1/red/consultas/{mensaje.datos['consulta_id']}/seguimiento"
    try:
        consulta = env.client.get("casos", path)
    except NoEncontrado:
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    situacion = mensaje.datos["situacion"]
    if not consulta["por_revisar" if situacion == "correccion" else "por_contestar"]:
        # Somebody was faster.
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    valores: dict[str, Valor] = {
        "institucion": consulta["institucion"],
        "situacion": palabras.nombre_de_situacion_de_red(situacion),
        "consultas_url": f"{env.settings.base_url}/casos/red/consultas",
    }
    return _to_readers(env, mensaje, reglas().consulta_red, Responden(), valores)


def _aviso_resumen(env: Env, mensaje: Mensaje) -> Reunido | Reparto | Descarte:
    """What is left today of the notices that it took, as each one's owner answers anew."""
    with env.db.read() as session:
        tomados = del_resumen(session, mensaje.id)
    vigentes = [
        (aviso.plantilla, hallado)
        for aviso in tomados
        if aviso.caduca_en is None or aviso.caduca_en > now()
        if isinstance(hallado := AVISOS[aviso.plantilla](env, aviso), Reunido)
    ]
    if not vigentes:
        return Descarte(Paso.SUPRIMIR, Motivo.NADA_QUE_RESUMIR)
    valores: dict[str, Valor] = {
        "cuantos": len(vigentes),
        "detalle": PorIdioma(
            {
                idioma: _detalle(vigentes, titulos)
                for idioma, titulos in palabras.titulos_en_resumen().items()
            }
        ),
        "preferencias_url": f"{env.settings.base_url}/notificaciones/mis-avisos",
    }
    ultimo = vigentes[-1][1]
    return Reunido(
        canal=ultimo.canal, destino=ultimo.destino, idioma=ultimo.idioma, valores=valores
    )


def _detalle(vigentes: Sequence[tuple[str, Reunido]], titulos: Mapping[str, str]) -> str:
    """By kind, how many and where each is: addresses hold ids and nothing else."""
    partes = []
    for clave in AVISOS:
        donde = Counter(_address(uno) for cual, uno in vigentes if cual == clave)
        if donde:
            partes.append(f"{titulos[clave]}: {donde.total()}")
            partes += [f"{url} ({veces})" if veces > 1 else url for url, veces in donde.items()]
    return "\n\n".join(partes)


def _address(hallado: Reunido) -> str:
    return str(next(valor for nombre, valor in hallado.valores.items() if nombre.endswith("_url")))


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
    lectores = avisables(env, aviso, responden)
    if "funcionario_id" not in mensaje.datos:
        if not lectores:
            return Descarte(Paso.SUPRIMIR, Motivo.SIN_CONTACTO)
        return Reparto(tuple(lectores))
    quien = lectores.get(UUID(mensaje.datos["funcionario_id"]))
    if quien is None:
        return Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)
    return Reunido(canal=quien.canal, destino=quien.destino, idioma=quien.idioma, valores=valores)


AVISOS: Mapping[str, Callable[[Env, Mensaje], Reunido | Reparto | Descarte]] = {
    Clave.AVISO_PLAZO_POR_VENCER: _aviso_plazo_por_vencer,
    Clave.AVISO_PLAZO_VENCIDO: _aviso_plazo_vencido,
    Clave.AVISO_DERIVACION_FALLIDA: _aviso_derivacion_fallida,
    Clave.AVISO_DERIVACION_CONTESTADA: _aviso_derivacion_contestada,
    Clave.AVISO_RETIRO_DE_DATOS: _aviso_retiro_de_datos,
    Clave.AVISO_SUPRESION_PROPUESTA: _aviso_supresion_propuesta,
    Clave.AVISO_SUPRESION_ATRASADA: _aviso_supresion_atrasada,
    Clave.AVISO_SOLICITUD_DE_DERECHO: _aviso_solicitud,
    Clave.AVISO_INCIDENTE: _aviso_incidente,
    Clave.AVISO_ACCESO_EXCEPCIONAL: _aviso_acceso_excepcional,
    Clave.AVISO_SUSCRIPCION: _aviso_suscripcion,
    Clave.AVISO_CITA_RESPONDIDA: _aviso_cita_respondida,
    Clave.AVISO_PRESUPUESTO: _aviso_presupuesto,
    Clave.AVISO_CONSULTA_RED: _aviso_consulta_red,
    Clave.AVISO_RESUMEN: _aviso_resumen,
}
"""How each kind of notice finds out what it needs."""
