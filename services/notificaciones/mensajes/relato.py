"""Why a message did or did not arrive, told as whoever stands at the counter would tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from notificaciones.mensajes import etiquetas
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Clave
from notificaciones.plantillas.etiquetas import nombre_de_idioma
from notificaciones.proveedores.models import IntentoDeEnvio
from notificaciones.reglas.calculo import IdiomaDeRegla, Recordatorio
from notificaciones.reglas.calculo import razon as razon_de
from notificaciones.reglas.etiquetas import RAZONES, nombre_de_regla
from notificaciones.reglas.models import VersionDeRegla
from oficina.clock import now, real_now
from oficina.web.auth import puede
from oficina.web.i18n import fecha_hora


@dataclass(frozen=True, kw_only=True)
class Hito:
    """One thing that happened, or is to happen: what, and the reasons for it."""

    cuando: datetime
    que: str
    porque: Sequence[str] = ()
    url: str | None = None


@dataclass(frozen=True)
class Llevada:
    """One call of one provider, by the name that the office gives it."""

    intento: IntentoDeEnvio
    nombre: str


@dataclass(frozen=True)
class Consejo:
    """What somebody can do about it now, and where."""

    que: str
    url: str | None = None


def relato(
    mensaje: Mensaje,
    historia: Sequence[PasoDeMensaje],
    version: VersionDeRegla | None,
    llevadas: Sequence[Llevada] = (),
    *,
    anterior: str | None = None,
    respaldo: str | None = None,
    rebote: Sequence[str] = (),
) -> Sequence[Hito]:
    """What happened to a message, the first thing first.

    `anterior`: the address of the message that it repeats; `respaldo`: of the one that was written
    because this one did not arrive; `rebote`: why it came back, and what followed.
    """
    pasos = [*_steps(mensaje, historia, version, rebote)]
    if not mensaje.en_la_salida():
        # Stable: who was asked comes after the attempt that began at the same moment.
        pasos = sorted([*pasos, *map(_carried, llevadas)], key=lambda hito: hito.cuando)
    if respaldo is not None:
        que = _("Como no llegó, se escribió también por correo")
        pasos.append(Hito(cuando=mensaje.cambiado_en, que=que, url=respaldo))
    return [_asked(mensaje, version, anterior), *pasos]


def consejo(mensaje: Mensaje) -> Consejo | None:
    """What can be done about a message that has not arrived; None when there is nothing to do."""
    if mensaje.estado in EN_ESPERA and mensaje.motivo in _SE_REINTENTAN:
        return Consejo(_("No hay que hacer nada: se intenta de nuevo sin que nadie lo pida."))
    if mensaje.estado is Estado.INCIERTA:
        return Consejo(_("Antes de avisarle otra vez, pregunte a quien lo espera si le llegó."))
    if mensaje.motivo is None or mensaje.motivo not in etiquetas.CONSEJOS:
        return None
    que, lugar = etiquetas.CONSEJOS[mensaje.motivo]
    return Consejo(str(que), _address(mensaje, lugar))


_SE_REINTENTAN = frozenset(
    {
        Motivo.DATOS_NO_DISPONIBLES,
        Motivo.PROVEEDOR_NO_DISPONIBLE,
        Motivo.PROVEEDOR_SIN_RESPUESTA,
        Motivo.ENVIO_INTERRUMPIDO,
        Motivo.VENTANA_CERRADA,
        Motivo.FUERA_DE_SU_HORARIO,
        Motivo.PROVEEDOR_EN_PAUSA,
        Motivo.LIMITE_DE_DESTINATARIO,
    }
)


def _asked(mensaje: Mensaje, version: VersionDeRegla | None, anterior: str | None) -> Hito:
    if anterior is not None:
        que = _("Alguien del equipo lo pidió otra vez")
        return Hito(cuando=mensaje.creado_en, que=que, url=anterior)
    if mensaje.pedido_por is not None:
        return Hito(cuando=mensaje.creado_en, que=_("Se pidió, desde la oficina o un programa"))
    de_que = mensaje.plantilla if mensaje.regla is None else Clave.RECORDATORIO_CITA
    porque = [str(etiquetas.CAUSAS[de_que])] if de_que in etiquetas.CAUSAS else []
    if version is None or mensaje.regla is None:
        return Hito(cuando=mensaje.creado_en, que=_("Se planificó"), porque=porque)
    dice = version.recordatorio
    porque.append(_moment(mensaje, dice))
    return Hito(
        cuando=mensaje.creado_en,
        que=_(
            "Lo pidió la regla «%(nombre)s», versión %(numero)s",
            nombre=nombre_de_regla(dice.nombre),
            numero=version.numero,
        ),
        porque=porque,
        url=f"/notificaciones/reglas/{mensaje.regla}",
    )


def _carried(llevada: Llevada) -> Hito:
    intento = llevada.intento
    porque = [f"({intento.detalle})"] if intento.detalle else []
    contesto = str(etiquetas.DESENLACES[intento.desenlace])
    que = f"{llevada.nombre}: {contesto[:1].lower()}{contesto[1:]}"
    # Calls are on the machine's clock, what happens to a message on the domain's.
    cuando = intento.empezado_en + (now() - real_now())
    return Hito(cuando=cuando, que=que, porque=porque)


def _moment(mensaje: Mensaje, dice: Recordatorio) -> str:
    """Why it leaves when it does."""
    inicia_en = datetime.fromisoformat(mensaje.datos["inicia_en"])
    razon = RAZONES[razon_de(dice, inicia_en)]
    return str(_("La cita es el %(cita)s. %(razon)s", cita=fecha_hora(inicia_en), razon=razon))


def _steps(
    mensaje: Mensaje,
    historia: Sequence[PasoDeMensaje],
    version: VersionDeRegla | None,
    rebote: Sequence[str],
) -> Iterator[Hito]:
    escrito = max((n for n, uno in enumerate(historia) if uno.paso is Paso.PREPARAR), default=-1)
    intentos = 0
    for n, paso in enumerate(historia):
        porque = [str(etiquetas.MOTIVOS[paso.motivo])] if paso.motivo is not None else []
        que = str(etiquetas.PASOS[paso.paso])
        if paso.paso is Paso.REBOTAR and rebote:
            que, porque = _("Se supo que no llegó"), [*rebote]
        if paso.paso is Paso.RESERVAR:
            intentos += 1
            que = _("Intento %(numero)s de enviarlo", numero=intentos)
        if mensaje.en_la_salida() and paso.paso is Paso.ENTREGAR:
            que = _("Quedó en la bandeja de salida")
        if n == escrito:
            porque += _language(mensaje, version)
        yield Hito(cuando=paso.ocurrido_en, que=que, porque=porque)


def _language(mensaje: Mensaje, version: VersionDeRegla | None) -> Iterator[str]:
    """In which language it is, why in that one, and with which texts."""
    if mensaje.idioma is None:
        return
    nombre = nombre_de_idioma(mensaje.idioma)
    if mensaje.idioma_pedido not in {None, mensaje.idioma}:
        yield _(
            "En %(idioma)s: no hay texto en %(pedido)s, que es el idioma de quien lo lee.",
            idioma=nombre,
            pedido=nombre_de_idioma(str(mensaje.idioma_pedido)),
        )
    elif version is not None and version.recordatorio.idioma is IdiomaDeRegla.BASE:
        yield _("En %(idioma)s: la regla lo pide siempre así.", idioma=nombre)
    elif mensaje.persona_id is not None:
        yield _("En %(idioma)s, el idioma de la persona.", idioma=nombre)
    else:
        yield _("En %(idioma)s.", idioma=nombre)
    if mensaje.plantilla_version is not None:
        yield _("Con la versión %(numero)s de sus textos.", numero=mensaje.plantilla_version)


def _address(mensaje: Mensaje, lugar: etiquetas.Lugar | None) -> str | None:
    match lugar:
        case etiquetas.Lugar.PERSONA if mensaje.persona_id is not None:
            return f"/casos/personas/{mensaje.persona_id}"
        case etiquetas.Lugar.RED:
            return "/casos/red"
        case etiquetas.Lugar.BAJAS if puede("notificaciones.baja.anotar"):
            return "/notificaciones/bajas"
        case etiquetas.Lugar.PROVEEDORES if puede("notificaciones.proveedor.ver"):
            return "/notificaciones/proveedores"
        case etiquetas.Lugar.RESUMEN if mensaje.resumen_id is not None:
            return f"/notificaciones/{mensaje.resumen_id}"
        case _:
            return None
