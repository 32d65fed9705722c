"""What the living parts of a case's page show, as far as the reader may see it, and the marks by
which each tells that it changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.cierres.queries import pendiente
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.mediaciones.queries import de_caso as mediaciones_de_caso
from casos.derivaciones.etiquetas import fallida
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import de_caso, por_decidir
from casos.equipo import equipo
from casos.expedientes import queries
from casos.expedientes.actions import DENUNCIA
from casos.expedientes.models import Caso, TipoCaso
from casos.expedientes.relato import Lectura, Linea, contar
from casos.expedientes.senales import Cuentas, Leido, senales
from casos.expedientes.states import Paso
from casos.plazos.calendario import Calendario, calendario
from casos.plazos.etiquetas import situacion as como_va
from casos.plazos.models import VIVOS, EstadoPlazo, Plazo
from casos.plazos.queries import vivo
from casos.plazos.reglas import etiqueta as etiqueta_de_reloj
from casos.presentacion import idioma_del_lector
from casos.tareas.queries import de_caso as tareas_de_caso
from oficina import clock
from oficina.audit import Cambio
from oficina.web.auth import puede
from oficina.web.i18n import fecha

_EN_ORDEN = attrgetter("int")
"""How ids compare, without asking a function for every two."""


@dataclass(frozen=True)
class VistaPlazo:
    """A deadline that runs or pauses, how it stands and the tone of its badge."""

    nombre: str
    vence_en: datetime
    vencido: bool
    pausado: bool
    situacion: str
    tono: str
    derivacion_id: UUID | None
    tarea_id: UUID | None
    vencia_en: datetime | None = None
    porque: str = ""
    """Why it was moved from there: the municipality's days off."""


def situacion(session: Session, leido: Leido, alcance: Alcance) -> dict[str, Any]:
    """What the living part on top of the page shows. `propio`: the case is the reader's work; one
    that is read by an exceptional access offers nothing to do.
    """
    caso = leido.caso
    propio = queries.es_propio(session, caso, alcance)
    puede_esperar = puede("casos.derivacion.ver") and leido.cuentas.fallidas > 0
    decisiones = por_decidir(session, [caso.id]) if puede_esperar else {}
    return {
        "caso": caso,
        "plazos": _plazos(session, leido.plazos),
        "por_decidir": decisiones.get(caso.id, ()),
        "fallida": fallida,
        "senales": senales(session, leido, alcance, Lectura.de_quien_lee(), clock.now()),
        "pauta": leido.pauta,
        "denuncia_pendiente": vivo(leido.plazos, DENUNCIA),
        "cierre_propuesto": pendiente(session, caso.id) if leido.cuentas.cierres else None,
        "propio": propio,
        "puede_derivar": propio
        and Paso.DERIVAR in caso.pasos()
        and puede("casos.derivacion.crear"),
    }


def huella_de_situacion(vista: Mapping[str, Any]) -> str:
    """The mark of `situacion`."""
    propuesta = vista["cierre_propuesto"]
    return (
        f"{vista['caso'].version}|{vista['plazos']!r}|{_huella_de(vista['por_decidir'])}"
        f"|{vista['senales']}|{propuesta and propuesta.id}"
    )


def gestion(session: Session, caso: Caso, hay: Cuentas | None = None) -> dict[str, Any]:
    """What the living part below the forms shows, as far as the reader may see it. Who counted what
    there is says so (`hay`): nobody asks for what there is not.
    """
    ve_derivaciones = puede("casos.derivacion.ver") and (hay is None or hay.derivaciones)
    ve_tareas = puede("casos.tarea.ver") and (hay is None or hay.tareas)
    ve_evaluaciones = puede("casos.caso.evaluacion.ver") and (hay is None or hay.evaluaciones)
    de_vecinos = caso.tipo is TipoCaso.CONVIVENCIA_VECINAL
    con_mediacion = de_vecinos and puede("casos.mediacion.ver")
    return {
        "derivaciones": de_caso(session, caso) if ve_derivaciones else (),
        "filas": tareas_de_caso(session, caso, clock.now()) if ve_tareas else (),
        "mediaciones": mediaciones_de_caso(session, caso) if con_mediacion else (),
        "evaluaciones": queries.evaluaciones(session, caso) if ve_evaluaciones else (),
    }


def huella_de_gestion(vista: Mapping[str, Any]) -> str:
    """The mark of `gestion`."""
    tareas = ",".join(f"{f.tarea.id}:{f.tarea.version}:{f.atrasada}" for f in vista["filas"])
    # Evaluations are only ever added.
    cosas = "|".join(_huella_de(vista[cuales]) for cuales in ("derivaciones", "mediaciones"))
    return f"{cosas}|{tareas}|{len(vista['evaluaciones'])}"


def lineas(session: Session, caso: Caso, alcance: Alcance) -> Sequence[Linea]:
    """The story of a case."""
    lectura = Lectura.de_quien_lee(propio=queries.es_propio(session, caso, alcance))
    hitos = queries.historia(session, caso)
    return contar(hitos, lectura, idioma_del_lector(), equipo().nombre)


def lo_ultimo(contadas: Sequence[Linea]) -> tuple[Cambio | None, str]:
    """Who did the last thing that a story tells, when, and what it was."""
    ultima = max(contadas, key=lambda linea: linea.hito.id, default=None)
    if ultima is None:
        return None, ""
    return Cambio(ultima.hito.ocurrido_en, quien=ultima.quien), ultima.frase


def huella_de_relato(contadas: Sequence[Linea]) -> str:
    """The mark of `lineas`."""
    # A new line may take the place of another; what is new has the highest id.
    ultimo = max((linea.hito.id for linea in contadas), key=_EN_ORDEN, default="")
    return f"{len(contadas)}|{ultimo}"


def _plazos(session: Session, plazos: Sequence[Plazo]) -> Sequence[VistaPlazo]:
    """The clocks of a case that have not stopped, as far as the reader may know of them."""
    ahora = clock.now()
    movidos = any(plazo.vence_en_original and plazo.cierres for plazo in plazos)
    vigente = calendario(session) if movidos else None
    ve_derivaciones = puede("casos.derivacion.ver")
    return [
        _plazo(plazo, ahora, vigente)
        for plazo in plazos
        if plazo.estado in VIVOS and (ve_derivaciones or plazo.derivacion_id is None)
    ]


def _plazo(plazo: Plazo, ahora: datetime, vigente: Calendario | None) -> VistaPlazo:
    pausado = plazo.estado is EstadoPlazo.PAUSADO
    vencido = not pausado and plazo.vence_en < ahora
    nombre = etiqueta_de_reloj(plazo.reloj, idioma_del_lector())
    como, tono = como_va(plazo, ahora)
    return VistaPlazo(
        nombre,
        plazo.vence_en,
        vencido,
        pausado,
        como,
        tono,
        plazo.derivacion_id,
        plazo.tarea_id,
        *_movido(plazo, vigente),
    )


def _movido(plazo: Plazo, vigente: Calendario | None) -> tuple[datetime | None, str]:
    """From where a deadline was moved by days off, and which; nothing of one that was not."""
    if vigente is None or plazo.vence_en_original is None:
        return None, ""
    hasta = clock.local(plazo.vence_en).date()
    dias = sorted(dia for dia in plazo.dias_cerrados if dia <= hasta)
    porque = "; ".join(f"{fecha(dia)}: {vigente.dichos[dia]}" for dia in dias)
    return (plazo.vence_en_original, porque) if porque else (None, "")


def _huella_de(derivaciones: Sequence[Derivacion | Mediacion]) -> str:
    return ",".join(f"{una.id}:{una.version}" for una in derivaciones)
