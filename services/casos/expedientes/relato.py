"""The story of a case in sentences, as far as its reader may know it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos import etiquetas
from casos.accesos.models import MotivoAcceso
from casos.atenciones.models import Canal
from casos.comunidad.discriminacion.etiquetas import RELATO as _DISCRIMINACION
from casos.comunidad.mediaciones.etiquetas import RELATO as _MEDIACIONES
from casos.expedientes.models import (
    Confidencialidad,
    Hito,
    HitoLeido,
    MotivoElevacion,
    MotivoReapertura,
    Prioridad,
    ResultadoCierre,
    TipoHito,
)
from casos.expedientes.states import (
    DestinoDenuncia,
    MotivoCierre,
    MotivoReanudacion,
    MotivoSuspension,
    MotivoVuelta,
)
from casos.frases import leida
from casos.instrumentos.catalogo import nombre_de
from casos.personas.catalogos import nombre_de_idioma
from casos.plazos.reglas import etiqueta as etiqueta_de_reloj
from casos.subtemas.presentes import nombre_de_tema
from oficina.actor import DE_SERVICIO
from oficina.web.auth import puede
from oficina.web.i18n import fecha, fecha_hora
from oficina.web.i18n import gettext as _

Contado = Hito | HitoLeido


@dataclass(frozen=True)
class Lectura:
    """What a reader may know beyond what happened and when.

    An appointment opens (`citas`) to those whose work the case is: agenda asks casos for it.
    """

    notas: bool
    evaluacion: bool
    derivaciones: bool
    citas: bool = False

    @classmethod
    def de_quien_lee(cls, *, propio: bool = False) -> "Lectura":
        """What the reader of the current request may know of a case; `propio` as `es_propio`."""
        return cls(
            notas=puede("casos.nota.ver"),
            evaluacion=puede("casos.caso.evaluacion.ver"),
            derivaciones=puede("casos.derivacion.ver"),
            citas=propio,
        )


class Linea(NamedTuple):
    """One line of the story, ready to be read."""

    hito: Contado
    frase: str
    detalle: str
    texto: str
    url: str
    quien: str


_DERIVACIONES: Mapping[str, LazyString] = {
    "enviar": _l("Se envió la derivación %(folio)s a %(institucion)s"),
    "enlace": _l("Se pidió enviar otro enlace de la derivación %(folio)s a %(institucion)s"),
    "oficio": _l("Se imprimió el oficio de la derivación %(folio)s a %(institucion)s"),
    "recibir": _l("%(institucion)s confirmó que recibió la derivación %(folio)s"),
    "aceptar": _l("%(institucion)s aceptó la derivación %(folio)s"),
    "rechazar": _l("%(institucion)s rechazó la derivación %(folio)s"),
    "espera": _l("%(institucion)s dejó en espera la derivación %(folio)s"),
    "curso": _l("%(institucion)s comenzó la atención de la derivación %(folio)s"),
    "cumplir": _l("%(institucion)s cumplió la derivación %(folio)s"),
    "no-lograda": _l("La derivación %(folio)s a %(institucion)s no se logró"),
    "verificar": _l("La persona confirmó lo que hizo %(institucion)s (%(folio)s)"),
    "disputar": _l("La persona dice que %(institucion)s no cumplió (%(folio)s)"),
    "anular": _l("Se anuló la derivación %(folio)s a %(institucion)s"),
    "vencer": _l("La derivación %(folio)s a %(institucion)s venció sin respuesta"),
    "retiro": _l("%(institucion)s ya no puede usar los datos de la derivación %(folio)s"),
}

# Why a case rises, ends or goes on says what was found in it.
_CON_MOTIVO = frozenset(
    {
        TipoHito.ELEVADO,
        TipoHito.SEGUIMIENTO,
        TipoHito.SUSPENSION,
        TipoHito.CIERRE_PROPUESTO,
        TipoHito.CERRADO,
        TipoHito.REABIERTO,
    }
)
_DE_LO_HALLADO = frozenset({TipoHito.EVALUADO, TipoHito.DENUNCIA})

_TAREAS: Mapping[str, LazyString] = {
    "agregada": _l("Se agregó una tarea"),
    "cambiada": _l("Cambió quién hace una tarea, o hasta cuándo"),
    "hecha": _l("Se hizo una tarea"),
    "cancelada": _l("Se canceló una tarea"),
}

_CITAS: Mapping[str, LazyString] = {
    "agendada": _l("Se agendó una cita para el %(cuando)s"),
    "reprogramada": _l("La cita cambió al %(cuando)s"),
    "cancelada": _l("Se canceló la cita"),
    "realizada": _l("Vino a su cita"),
    "inasistencia": _l("No vino a su cita"),
}

_MENSAJES: Mapping[str, LazyString] = {
    "programado": _l("Se programó %(mensaje)s para el %(cuando)s"),
    "enviado": _l("Se envió %(mensaje)s"),
    "cancelado": _l("Se canceló %(mensaje)s"),
    "fallido": _l("No se pudo enviar %(mensaje)s"),
    "caducado": _l("Venció sin enviarse %(mensaje)s"),
}

_PLANTILLAS: Mapping[str, LazyString] = {
    "recordatorio_cita": _l("el recordatorio de la cita"),
    "derivacion_enviada": _l("el enlace para la institución"),
    "enlace_nuevo": _l("otro enlace para la institución"),
    "recordatorio_plazo_institucion": _l("el recordatorio de plazo a la institución"),
    "aviso_plazo_por_vencer": _l("el aviso interno de plazo por vencer"),
    "aviso_plazo_vencido": _l("el aviso interno de plazo vencido"),
    "aviso_derivacion_fallida": _l("el aviso interno de una derivación que no resultó"),
    "confirmar_derivacion": _l("la pregunta a la persona de si la atendieron"),
    "aviso_derivacion_contestada": _l("el aviso interno de lo que contestó la persona"),
    "retiro_de_datos": _l("el aviso a la institución de que ya no puede usar los datos"),
    "aviso_retiro_de_datos": _l("el aviso interno de un consentimiento retirado"),
    "aviso_acceso_excepcional": _l("el aviso a la jefatura de un acceso excepcional"),
}


DE_UNA_VEZ = timedelta(minutes=1)
"""Stages of a deadline that were told within so long were told together."""

Nombre = Callable[[UUID], str]
"""What one of the staff is called; empty when nobody knows."""


def contar(hitos: Iterable[Contado], lectura: Lectura, idioma: str, nombre: Nombre) -> list[Linea]:
    """The lines that a reader may see, in the order given: the newest first.

    The story is told, not the ledger (that is `visibles`): a message has one line, with what came
    of it, one that went to several at once too, and of a deadline whose stages were all told at
    once, after a pause, the highest.
    """
    leidos = [hito for hito in hitos if _visible(hito, lectura)]
    lineas = (_linea(hito, lectura, idioma, nombre) for hito in _resumidos(leidos))
    return list(_sin_repetir(lineas))


def visibles(hitos: Iterable[Contado], lectura: Lectura, nombre: Nombre) -> list[dict[str, Any]]:
    """The same lines as data: codes that the reader may not know are left out."""
    return [_datos(hito, lectura, nombre) for hito in hitos if _visible(hito, lectura)]


def _resumidos(hitos: Iterable[Contado]) -> Iterator[Contado]:
    despues: dict[tuple[str, ...], datetime] = {}
    for hito in hitos:
        de_que = _de_que(hito)
        if de_que is None:
            yield hito
            continue
        visto = despues.get(de_que)
        despues[de_que] = hito.ocurrido_en
        if visto is None or not _vale_lo_de_despues(hito, visto):
            yield hito


def _sin_repetir(lineas: Iterable[Linea]) -> Iterator[Linea]:
    """Of messages that read the same and were told together, one."""
    despues: dict[tuple[str, str], datetime] = {}
    for linea in lineas:
        if linea.hito.tipo is not TipoHito.MENSAJE:
            yield linea
            continue
        dicho, cuando = (linea.frase, linea.url), linea.hito.ocurrido_en
        visto = despues.get(dicho)
        despues[dicho] = cuando
        if visto is None or visto - cuando > DE_UNA_VEZ:
            yield linea


def _de_que(hito: Contado) -> tuple[str, ...] | None:
    """What a line is about, if others about the same may stand for it."""
    if hito.tipo is TipoHito.MENSAJE:
        return ("mensaje", hito.datos["mensaje_id"])
    if hito.tipo is TipoHito.PLAZO and hito.datos["hecho"] != "movido":
        campos = ("reloj", "derivacion_id", "tarea_id", "vence_en")
        return ("plazo", *(str(hito.datos.get(campo)) for campo in campos))
    return None


def _vale_lo_de_despues(hito: Contado, despues: datetime) -> bool:
    return hito.tipo is TipoHito.MENSAJE or despues - hito.ocurrido_en <= DE_UNA_VEZ


def _quien(hito: Contado, nombre: Nombre) -> str:
    """Who did it; empty when it came about by itself.

    A fact of another service carries the id of whoever of the staff did it.
    """
    if actor_id := hito.datos.get("actor_id"):
        return nombre(UUID(actor_id)) or _("Personal de la oficina")
    return "" if hito.actor_nombre.startswith(DE_SERVICIO) else leida(hito.actor_nombre)


def _datos(hito: Contado, lectura: Lectura, nombre: Nombre) -> dict[str, Any]:
    datos = dict(hito.datos)
    if not lectura.evaluacion and hito.tipo in _CON_MOTIVO:
        datos.pop("motivo", None)
        datos.pop("resultado", None)
    campos = {
        "id": hito.id,
        "ocurrido_en": hito.ocurrido_en,
        "tipo": hito.tipo,
        "actor_nombre": _quien(hito, nombre) or hito.actor_nombre,
        "datos": datos,
    }
    return campos | ({"texto": hito.texto} if lectura.notas else {})


def _visible(hito: Contado, lectura: Lectura) -> bool:
    if hito.tipo in _DE_LO_HALLADO:
        return lectura.evaluacion
    # What is derived, and to whom, tells what happened to the person.
    de_derivacion = hito.tipo is TipoHito.DERIVACION or bool(hito.datos.get("derivacion_id"))
    return lectura.derivaciones or not de_derivacion


def _linea(hito: Contado, lectura: Lectura, idioma: str, nombre: Nombre) -> Linea:
    frase, detalle = _FRASES[hito.tipo](hito.datos, lectura, idioma)
    return Linea(
        hito=hito,
        frase=frase,
        detalle=detalle,
        texto=leida(hito.texto or "") if lectura.notas else "",
        url=_url(hito, lectura),
        quien=_quien(hito, nombre),
    )


def _url(hito: Contado, lectura: Lectura) -> str:
    """Where there is more about what a line tells; empty when nowhere for this reader."""
    if derivacion := hito.datos.get("derivacion_id"):
        return f"/casos/derivaciones/{derivacion}"
    if tarea := hito.datos.get("tarea_id"):
        return f"/casos/tareas/{tarea}"
    if hito.tipo is TipoHito.MEDIACION and lectura.derivaciones:
        return f"/casos/comunidad/mediaciones/{hito.datos['mediacion_id']}"
    if hito.tipo is TipoHito.DISCRIMINACION and lectura.derivaciones:
        return f"/casos/comunidad/discriminacion/{hito.datos['reporte_id']}"
    if hito.tipo is TipoHito.CITA and lectura.citas:
        return f"/agenda/citas/{hito.datos['cita_id']}"
    return ""


Datos = Mapping[str, Any]


def _abierto(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    return _("Se abrió el caso"), nombre_de_tema(datos.get("tema", ""), idioma)


def _atencion(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    canal = etiquetas.etiqueta(Canal(datos["canal"]))
    if datos["hecho"] == "apertura":
        return _("Atención de la que nace el caso"), canal
    return _("Nueva atención"), f"{nombre_de_tema(datos['tema'], idioma)} · {canal}"


def _orientacion(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    tema = nombre_de_tema(datos["tema"], idioma)
    if "ficha" not in datos:
        return _("Recibió orientación"), tema
    ficha = _("ficha %(ficha)s, versión %(n)s", ficha=datos["ficha"], n=datos["ficha_version"])
    lengua = nombre_de_idioma(datos["idioma"], idioma)
    return _("Recibió orientación"), f"{tema} · {ficha} · {lengua}"


def _elevado(datos: Datos, lectura: Lectura, _idioma: str) -> tuple[str, str]:
    motivo = etiquetas.etiqueta(MotivoElevacion(datos["motivo"])) if lectura.evaluacion else ""
    return _("Pasó a segunda instancia"), motivo


def _evaluado(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    amerita = _("Amerita derivación") if datos["amerita_derivacion"] else _("No amerita derivación")
    con = nombre_de(datos.get("instrumento"), datos.get("instrumento_version"), idioma)
    return _("Se evaluó el caso"), f"{con} · {amerita}" if con else amerita


def _asignado(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _("Responde por el caso: %(nombre)s", nombre=datos["responsable"]), ""


def _prioridad(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    antes, ahora = (etiquetas.etiqueta(Prioridad(datos[cual])) for cual in ("antes", "ahora"))
    movidos = [
        _(
            "%(nombre)s: vencía el %(antes)s, vence el %(cuando)s",
            nombre=etiqueta_de_reloj(uno["reloj"], idioma),
            antes=_cuando(uno["antes"]),
            cuando=_cuando(uno["vence_en"]),
        )
        for uno in datos["plazos"]
    ]
    return _("Cambió la prioridad del caso"), " · ".join([f"{antes} → {ahora}", *movidos])


def _seguimiento(datos: Datos, lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "iniciado":
        return _("El caso pasó a seguimiento"), ""
    motivo = etiquetas.etiqueta(MotivoVuelta(datos["motivo"])) if lectura.evaluacion else ""
    return _("El caso volvió a gestión"), motivo


def _suspension(datos: Datos, lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "reanudado":
        motivo = MotivoReanudacion(datos["motivo"])
        return _("Se reanudó el caso"), etiquetas.etiqueta(motivo) if lectura.evaluacion else ""
    revision = _("se revisa hasta el %(dia)s", dia=fecha(date.fromisoformat(datos["revision_el"])))
    if not lectura.evaluacion:
        return _("Se suspendió el caso"), revision
    motivo_dicho = etiquetas.etiqueta(MotivoSuspension(datos["motivo"]))
    return _("Se suspendió el caso"), f"{motivo_dicho} · {revision}"


def _denuncia(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "exigida":
        return _("La ley obliga a denunciar"), ""
    destino = DestinoDenuncia(datos["hecho"])
    if destino is DestinoDenuncia.NO_PROCEDE:
        return _("Se decidió que no procede denunciar"), ""
    return _("Se hizo la denuncia obligatoria"), etiquetas.etiqueta(destino)


def _anulado(_datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _("Se anuló el caso"), _("Se había abierto por error")


def _tarea(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _con(_TAREAS, datos), datos["responsable"]


def _cierre_propuesto(datos: Datos, lectura: Lectura, idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "rechazado":
        return _("No se aprobó el cierre propuesto"), ""
    return _("Se propuso cerrar el caso"), _cerrado(datos, lectura, idioma)[1]


def _cerrado(datos: Datos, lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if not lectura.evaluacion:
        return _("Se cerró el caso"), ""
    motivo = etiquetas.etiqueta(MotivoCierre(datos["motivo"]))
    resultado = etiquetas.etiqueta(ResultadoCierre(datos["resultado"]))
    return _("Se cerró el caso"), f"{motivo} · {resultado}"


def _reabierto(datos: Datos, lectura: Lectura, _idioma: str) -> tuple[str, str]:
    motivo = etiquetas.etiqueta(MotivoReapertura(datos["motivo"])) if lectura.evaluacion else ""
    return _("Se reabrió el caso"), motivo


def _derivacion(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    frase = _con(_DERIVACIONES, datos, folio=datos["folio"], institucion=datos["institucion"])
    return frase, str(_("Llegó fuera de plazo")) if datos.get("tardia") else ""


def _plazo(datos: Datos, _lectura: Lectura, idioma: str) -> tuple[str, str]:
    nombre = etiqueta_de_reloj(datos["reloj"], idioma)
    vence = _("Vence el %(cuando)s", cuando=_cuando(datos["vence_en"]))
    if datos["hecho"] == "movido":
        vencia = _("Vencía el %(cuando)s", cuando=_cuando(datos["antes"]))
        return _("Se movió un plazo: %(nombre)s", nombre=nombre), f"{vencia} · {vence}"
    if datos["hecho"] == "por_vencer":
        return _("Está por vencer un plazo: %(nombre)s", nombre=nombre), vence
    vencio = _("Venció el %(cuando)s", cuando=_cuando(datos["vence_en"]))
    if datos["nivel"] > 100:
        return _("Sigue vencido un plazo: %(nombre)s", nombre=nombre), vencio
    return _("Venció un plazo: %(nombre)s", nombre=nombre), vencio


def _cita(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _con(_CITAS, datos, cuando=_cuando(datos.get("inicia_en"))), ""


def _mensaje(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    mensaje = str(_PLANTILLAS.get(datos["plantilla"]) or _("un aviso"))
    if datos.get("motivo_codigo") == "caducado":  # nobody cancelled it: its moment passed
        datos = {**datos, "hecho": "caducado"}
    return _con(_MENSAJES, datos, mensaje=mensaje, cuando=_cuando(datos.get("enviar_en"))), ""


def _equipo(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "agregado":
        return _("%(nombre)s puede ver el caso", nombre=datos["nombre"]), ""
    return _("%(nombre)s ya no está entre quienes ven el caso", nombre=datos["nombre"]), ""


def _confidencialidad(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    antes, ahora = (
        etiquetas.etiqueta(Confidencialidad(datos[cual])) for cual in ("antes", "ahora")
    )
    return _("Cambió la confidencialidad del caso"), f"{antes} → {ahora}"


def _acceso(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "terminado":
        return _("Terminó un acceso excepcional"), ""
    motivo = etiquetas.etiqueta(MotivoAcceso(datos["motivo"]))
    return _("Se abrió un acceso excepcional para leer el caso"), motivo


def _adjunto(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    if datos["hecho"] == "retirado":
        return _("Se retiró un archivo adjunto"), ""
    return _("Se adjuntó un archivo"), ""


def _mediacion(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _con(_MEDIACIONES, datos, folio=datos["folio"]), ""


def _discriminacion(datos: Datos, _lectura: Lectura, _idioma: str) -> tuple[str, str]:
    return _con(_DISCRIMINACION, datos, folio=datos["folio"]), ""


def _con(frases: Mapping[str, LazyString], datos: Datos, **partes: str) -> str:
    return str(frases[datos["hecho"]]) % partes


def _cuando(iso: str | None) -> str:
    return fecha_hora(datetime.fromisoformat(iso)) if iso else ""


_FRASES: Mapping[TipoHito, Callable[[Datos, Lectura, str], tuple[str, str]]] = {
    TipoHito.ABIERTO: _abierto,
    TipoHito.ATENCION: _atencion,
    TipoHito.ORIENTACION: _orientacion,
    TipoHito.ELEVADO: _elevado,
    TipoHito.EVALUADO: _evaluado,
    TipoHito.ASIGNADO: _asignado,
    TipoHito.PRIORIDAD: _prioridad,
    TipoHito.SEGUIMIENTO: _seguimiento,
    TipoHito.SUSPENSION: _suspension,
    TipoHito.DENUNCIA: _denuncia,
    TipoHito.TAREA: _tarea,
    TipoHito.CIERRE_PROPUESTO: _cierre_propuesto,
    TipoHito.CERRADO: _cerrado,
    TipoHito.REABIERTO: _reabierto,
    TipoHito.ANULADO: _anulado,
    TipoHito.DERIVACION: _derivacion,
    TipoHito.PLAZO: _plazo,
    TipoHito.CITA: _cita,
    TipoHito.MENSAJE: _mensaje,
    TipoHito.EQUIPO: _equipo,
    TipoHito.CONFIDENCIALIDAD: _confidencialidad,
    TipoHito.ACCESO: _acceso,
    TipoHito.ADJUNTO: _adjunto,
    TipoHito.MEDIACION: _mediacion,
    TipoHito.DISCRIMINACION: _discriminacion,
}
