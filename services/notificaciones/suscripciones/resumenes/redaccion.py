"""What the mails of a digest say, found out when each is written and once more when it leaves."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import Descarte, Reunido
from notificaciones.mensajes.states import Motivo, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, Tipo, Valor, base, idiomas
from notificaciones.suscripciones.firma import huella_de
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.resumenes.calculo import ajustes
from notificaciones.suscripciones.resumenes.queries import llevadas
from notificaciones.suscripciones.states import Estado
from oficina.bus.difusion import difusion
from oficina.clock import real_now
from oficina.env import Env

_YA_NO = Descarte(Paso.CANCELAR, Motivo.YA_NO_LE_CORRESPONDE)


def resumen(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """What it still carries: meanwhile a case may have become somebody else's to know."""
    with env.db.read() as session:
        una = session.get(Suscripcion, UUID(mensaje.datos["suscripcion_id"]))
        entregas = llevadas(session, mensaje.id)
    if una is None or una.estado is not Estado.ACTIVA or una.espera_confirmacion:
        return _YA_NO
    if not entregas:
        return Descarte(Paso.SUPRIMIR, Motivo.NADA_QUE_RESUMIR)
    raiz = env.settings.base_url
    hasta = datetime.fromisoformat(mensaje.datos["hasta"])
    valores: dict[str, Valor] = {
        "suscripcion": una.nombre,
        "prueba": "si" if mensaje.datos["prueba"] else "",
        "cuantos": len(entregas),
        "hasta_fecha": hasta,
        "hasta_hora": hasta,
        "detalle": "\n".join(_detalle(raiz, entregas, una.idioma or base())).strip(),
        "suscripcion_url": f"{raiz}/notificaciones/suscripciones/{una.id}",
    }
    return _a_su_correo(una, valores)


def confirmacion(env: Env, mensaje: Mensaje) -> Reunido | Descarte:
    """The link is minted as it is written: this text is the only place where it is."""
    token = secrets.token_urlsafe(32)
    hasta = real_now() + ajustes().enlace_dura
    suscripcion_id = UUID(mensaje.datos["suscripcion_id"])
    with env.db.begin() as session:
        una = session.get(Suscripcion, suscripcion_id)
        if una is None or una.estado is Estado.CERRADA or not una.espera_confirmacion:
            return _YA_NO
        # Without the version, which is that of what people edit.
        session.execute(
            update(Suscripcion)
            .where(Suscripcion.id == una.id)
            .values(enlace_huella=huella_de(token), enlace_hasta=hasta)
            .execution_options(synchronize_session=False)
        )
    url = f"{env.settings.base_url}/notificaciones/suscripciones/enlace/{token}/correo"
    valores: dict[str, Valor] = {"suscripcion": una.nombre, "enlace": url, "enlace_vence": hasta}
    return _a_su_correo(una, valores, enlace=url)


RESUMENES: Mapping[str, Callable[[Env, Mensaje], Reunido | Descarte]] = {
    Clave.RESUMEN_DE_UNIDAD: resumen,
    Clave.CONFIRMAR_CORREO: confirmacion,
}
"""How each mail of a digest finds out what it needs."""


def _a_su_correo(
    una: Suscripcion, valores: Mapping[str, Valor], *, enlace: str | None = None
) -> Reunido:
    return Reunido(
        canal=Canal.CORREO,
        destino=una.destino,
        idioma=una.idioma or base(),
        valores=valores,
        enlace=enlace,
    )


def _detalle(raiz: str, entregas: Sequence[Entrega], idioma: str) -> Iterator[str]:
    """By kind: how many, and each with its moment and where it is. Ids, and nothing else."""
    por_tipo: dict[str, list[Entrega]] = {}
    for una in entregas:
        por_tipo.setdefault(una.tipo, []).append(una)
    caben = ajustes().hechos_con_enlace
    for tipo, suyas in por_tipo.items():
        yield f"{_nombre(tipo, idioma)}: {len(suyas)}"
        yield from (_linea(raiz, una, idioma) for una in suyas[:caben])
        caben -= min(caben, len(suyas))
        yield ""
    y_mas = ajustes().y_mas
    if (de_mas := len(entregas) - ajustes().hechos_con_enlace) > 0:
        yield y_mas.get(idioma, y_mas[base()]).format(n=de_mas)


def _linea(raiz: str, una: Entrega, idioma: str) -> str:
    cuerpo: Mapping[str, Any] = json.loads(una.cuerpo)
    escrito = idiomas().get(idioma, idiomas()[base()])
    momento = datetime.fromisoformat(cuerpo["time"])
    cuando = f"{escrito.escribir(Tipo.FECHA, momento)}, {escrito.escribir(Tipo.HORA, momento)}"
    return f"{cuando}: {_donde(raiz, una, cuerpo['data'])}"


def _donde(raiz: str, una: Entrega, data: Mapping[str, Any]) -> str:
    """In the unit's own tray what is there; of the rest the page of its delivery.

    What leaves says the id of a derivation alone; of cases and people it says pseudonyms.
    """
    derivacion_id = data.get("derivacion_id")
    if derivacion_id is not None and not una.agregado.startswith("prueba/"):
        return f"{raiz}/casos/unidad/derivaciones/{derivacion_id}"
    return f"{raiz}/notificaciones/suscripciones/{una.suscripcion_id}/entregas/{una.id}"


def _nombre(tipo: str, idioma: str) -> str:
    uno = difusion().hechos.get(tipo)
    return uno.nombre.get(idioma, uno.nombre["es"]) if uno else tipo
