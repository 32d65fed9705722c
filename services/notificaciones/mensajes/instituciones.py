"""What an institution is sent: the link of a derivation, reminders of what is awaited of it, what
becomes of the data that it has, and questions about its own services. A link is minted as it is
asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notificaciones.avisos.queries import del_resumen
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import (
    PLAZO_TERMINADO,
    ConOtros,
    Descarte,
    Juntos,
    Reunido,
    corre,
    derivacion_de,
    plazo_de,
)
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.plantillas import catalogo as plantillas
from notificaciones.plantillas import palabras
from notificaciones.plantillas.catalogo import Canal, Clave, Valor
from notificaciones.reglas.catalogo import reglas
from oficina.clock import now
from oficina.env import Env
from oficina.errors import Conflicto, NoEncontrado


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
    """A link of its derivation, and where its institution reads."""
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/enlace"
    return _enlace(env, path, Motivo.DERIVACION_NO_VIGENTE)


def _enlace(env: Env, path: str, si_no_hay: Motivo) -> Mapping[str, Any] | Descarte:
    """A link minted now, and where its institution reads; why there is none."""
    try:
        enlace: Mapping[str, Any] = env.client.post("casos", path)
    except (NoEncontrado, Conflicto):
        return Descarte(Paso.CANCELAR, si_no_hay)
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
                palabras.derivacion_que_espera(
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


def revisar_recordatorio(env: Env, mensaje: Mensaje) -> Reunido | Descarte | None:
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
    razon = palabras.nombre_de_razon(mensaje.datos["razon"])
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
    """To an institution about its own services."""
    path = f"/casos/api/v1/red/consultas/{mensaje.datos['consulta_id']}/enlace"
    enlace = _enlace(env, path, Motivo.ENLACE_NO_VIGENTE)
    if isinstance(enlace, Descarte):
        return enlace
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


A_INSTITUCIONES: Mapping[str, Callable[[Env, Mensaje], Reunido | ConOtros | Descarte]] = {
    Clave.DERIVACION_ENVIADA: _con_enlace,
    Clave.ENLACE_NUEVO: _con_enlace,
    Clave.RECORDATORIO_PLAZO: _recordatorio_plazo,
    Clave.CONSULTA_RED: _consulta_red,
    Clave.RETIRO_DE_DATOS: _retiro_de_datos,
    Clave.SUPRESION_DE_DATOS: _supresion_de_datos,
}
