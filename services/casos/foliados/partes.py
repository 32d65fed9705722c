"""The parts of the file of a case, in the order in which they came about, each with its hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.adjuntos.models import Adjunto
from casos.adjuntos.queries import de_caso as adjuntos_de
from casos.atenciones.models import Atencion
from casos.copias import datos
from casos.copias.documento import lineas
from casos.expedientes.models import Caso
from casos.expedientes.queries import historia
from casos.expedientes.relato import Lectura, contar
from casos.tareas.models import Tarea
from oficina.web.i18n import fecha_hora

IDIOMA = "es"


@dataclass(frozen=True)
class Parte:
    """A part: what it is, when it came about, what it says, and the hash of that.

    Of an attachment the hash is that of the file itself; `adjunto` says which, while it is there.
    """

    titulo: str
    cuando: datetime
    lineas: Sequence[Mapping[str, Any]]
    sha256: str
    adjunto: Adjunto | None = None


def partes(session: Session, caso: Caso, lectura: Lectura) -> list[Parte]:
    """All parts that a reader may know of; the case first, its story last."""
    hechas = sorted(_del_medio(session, caso, lectura), key=lambda una: una.cuando)
    return [_caratula(caso), *hechas, _historia(session, caso, lectura)]


def _caratula(caso: Caso) -> Parte:
    dicho = datos.valores(caso, datos.CASO)
    dicho.pop("riesgo")
    return _parte(_("El caso"), caso.abierto_en, dicho)


def _del_medio(session: Session, caso: Caso, lectura: Lectura) -> Iterator[Parte]:
    for atencion in session.scalars(select(Atencion).where(Atencion.caso_id == caso.id)):
        dicho = datos.valores(atencion, datos.ATENCION)
        if not lectura.notas:
            dicho.pop("nota")
        yield _parte(_("Atención"), atencion.inicio, dicho)
    if lectura.evaluacion:
        for una in datos.evaluaciones(session, caso):
            yield _parte(_("Evaluación"), una.evaluacion.realizada_en, datos.evaluacion(una))
    for tarea in session.scalars(select(Tarea).where(Tarea.caso_id == caso.id)):
        yield _parte(_("Tarea"), tarea.creada_en, datos.valores(tarea, datos.TAREA))
    if lectura.derivaciones:
        for derivacion in datos.derivaciones_enviadas(session, [caso.id]):
            cuando = derivacion.enviada_en or derivacion.creada_en
            yield _parte(_("Derivación"), cuando, datos.derivacion(session, derivacion))
    for adjunto in adjuntos_de(session, caso):
        dicho = datos.valores(adjunto, datos.ADJUNTO)
        dicho.pop("sha256")
        titulo = _("Adjunto retirado") if adjunto.retirado_en else _("Adjunto")
        parte = _parte(titulo, adjunto.agregado_en, dicho)
        esta = None if adjunto.retirado_en else adjunto
        yield Parte(parte.titulo, parte.cuando, parte.lineas, adjunto.sha256, esta)


def _historia(session: Session, caso: Caso, lectura: Lectura) -> Parte:
    contadas = contar(historia(session, caso), lectura, IDIOMA, lambda _quien: "")
    dichas = [
        {
            "sangria": 0,
            "campo": fecha_hora(linea.hito.ocurrido_en),
            "valor": " · ".join(
                dicho for dicho in (linea.frase, linea.detalle, linea.quien, linea.texto) if dicho
            ),
        }
        for linea in reversed(contadas)
    ]
    ultimo = contadas[0].hito.ocurrido_en if contadas else caso.abierto_en
    return _con_huella(_("Historia del caso"), ultimo, dichas)


def _parte(titulo: str, cuando: datetime, dicho: Mapping[str, Any]) -> Parte:
    return _con_huella(titulo, cuando, list(lineas(dicho)))


def _con_huella(titulo: str, cuando: datetime, dichas: Sequence[Mapping[str, Any]]) -> Parte:
    todo = {"titulo": titulo, "cuando": cuando.isoformat(), "lineas": dichas}
    texto = json.dumps(todo, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Parte(titulo, cuando, dichas, hashlib.sha256(texto.encode()).hexdigest())
