"""A copy as a document: every text that the typesetter puts on paper, in Spanish."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from casos.atenciones.models import Canal, Resultado
from casos.cierres.models import EstadoPropuesta
from casos.comunidad.discriminacion.reglas import reglas as discriminacion
from casos.comunidad.discriminacion.states import Estado as EstadoReporte
from casos.consentimientos.models import BaseLicitud, FormaConsentimiento, Otorgante
from casos.consentimientos.textos import etiqueta as finalidad
from casos.defunciones.models import FuenteDefuncion
from casos.derechos.states import Derecho, Entrega
from casos.derechos.states import Estado as EstadoSolicitud
from casos.derivaciones.paquete import Categoria
from casos.derivaciones.states import Estado as EstadoDerivacion
from casos.documentos.catalogo import motivo as motivo_de_retiro
from casos.etiquetas import SEXOS, etiqueta
from casos.expedientes.models import Instancia, Prioridad, ResultadoCierre, Riesgo, TipoCaso
from casos.expedientes.states import Estado as EstadoCaso
from casos.expedientes.states import MotivoCierre, MotivoSuspension
from casos.hogares.catalogo import catalogo as hogares
from casos.orientaciones.models import Comprendida
from casos.personas.catalogos import nombre_de_idioma, pais
from casos.personas.models import (
    CanalPreferido,
    NivelDocumento,
    NivelEspanol,
    PrecisionFecha,
    TipoContacto,
)
from casos.programas.entregas.models import Receptor
from casos.programas.postulaciones.states import Accion as AccionDePostulacion
from casos.programas.postulaciones.states import Estado as EstadoPostulacion
from casos.representantes.catalogo import catalogo as representantes
from casos.situaciones.catalogo import categoria
from casos.situaciones.models import FuenteSituacion
from casos.tareas.states import EstadoTarea
from casos.taxonomia import nombre as nombre_de_tema
from casos.vinculos.catalogo import tipo as tipo_de_vinculo
from oficina.identity_docs import TipoDocumento
from oficina.membrete import Membrete
from oficina.web.i18n import fecha, fecha_hora

IDIOMA = "es"
PLANTILLA = Path(__file__).with_name("copia.typ")

# Ids join the JSON; on paper they say nothing to anybody.
_SIN_DECIR = frozenset({"id", "cosa_id", "persona_id", "persona_folio"})
_MOMENTO = re.compile(r"\d{4}-\d{2}-\d{2}T")
_DIA = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODIGO = re.compile(r"[a-z]+(_[a-z]+)+")


def documento(copia: Mapping[str, Any], membrete: Membrete, momento: datetime) -> dict[str, Any]:
    """The document of a copy, made at `momento`."""
    return {
        "titulo": _("Copia de sus datos"),
        "subtitulo": f"{membrete.nombre} · "
        + _("folio %(folio)s", folio=copia["persona"]["folio"]),
        "autor": membrete.nombre,
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "aviso": _(
            "Todo lo que la oficina tiene sobre usted al %(momento)s, y a quién lo comunicó. "
            "Es personal: guárdelo donde otros no lo lean.",
            momento=fecha_hora(momento),
        ),
        "cifras": _(
            "En las cifras de la oficina usted cuenta sin su nombre ni nada que la identifique."
        ),
        "vacio": _("No hay nada."),
        "partes": [
            {"titulo": _rotulos()["servicios"][servicio], "secciones": list(_secciones(datos))}
            for servicio, datos in copia["servicios"].items()
        ],
    }


def _secciones(datos: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for clave, contenido in datos.items():
        cosas = contenido if isinstance(contenido, list) else [contenido]
        yield {
            "titulo": _rotulos()["secciones"][clave],
            "fichas": [list(lineas(cosa, 0)) for cosa in cosas],
        }


def lineas(cosa: Mapping[str, Any], sangria: int = 0) -> Iterator[dict[str, Any]]:
    """What a thing says, line by line, as people read it."""
    for campo, valor in cosa.items():
        if campo in _SIN_DECIR or valor in (None, "", []):
            continue
        rotulo = _rotulos()["campos"][campo]
        if isinstance(valor, list) and isinstance(valor[0], Mapping):
            for uno in valor:
                yield {"sangria": sangria, "campo": rotulo, "valor": ""}
                yield from lineas(uno, sangria + 1)
        else:
            yield {"sangria": sangria, "campo": rotulo, "valor": _dicho(campo, valor)}


def _dicho(campo: str, valor: Any) -> str:
    """A value as people read it."""
    if isinstance(valor, list):
        return ", ".join(_dicho(campo, uno) for uno in valor)
    if isinstance(valor, bool):
        return str(_("Sí") if valor else _("No"))
    texto = str(valor)
    for kind in _CODIGOS.get(campo, ()):
        if texto in list(kind):
            return etiqueta(kind(texto))
    en_palabras = _EN_PALABRAS.get(campo)
    return str(en_palabras(texto)) if en_palabras else _escrito(texto)


def _escrito(texto: str) -> str:
    """A moment or a day as a wall in Chile would show it; a code without words here as its words;
    a sentence as it is.
    """
    if _MOMENTO.match(texto):
        return fecha_hora(datetime.fromisoformat(texto))
    if _DIA.fullmatch(texto):
        return fecha(date.fromisoformat(texto))
    return texto.replace("_", " ") if _CODIGO.fullmatch(texto) else texto


@cache
def _rotulos() -> dict[str, dict[str, str]]:
    leidos: dict[str, dict[str, str]] = json.loads(
        (files("casos.copias") / "rotulos.json").read_text(encoding="utf-8")
    )
    return leidos


# Where two kinds share a field of this name, the first that has the code says it.
_CODIGOS: Mapping[str, tuple[type[StrEnum], ...]] = {
    "base": (BaseLicitud,),
    "base_licitud": (BaseLicitud,),
    "canal": (Canal,),
    "canal_preferido": (CanalPreferido,),
    "canales_vedados": (CanalPreferido,),
    "categoria": (Categoria,),
    "comprendida": (Comprendida,),
    "categorias": (Categoria,),
    "cierre_motivo": (MotivoCierre,),
    "cierre_resultado": (ResultadoCierre,),
    "derecho": (Derecho,),
    "entrega": (Entrega,),
    "accion": (AccionDePostulacion,),
    "estado": (
        *(EstadoSolicitud, EstadoDerivacion, EstadoCaso),
        *(EstadoPostulacion, EstadoPropuesta, EstadoTarea),
    ),
    "forma": (FormaConsentimiento,),
    "fuente": (FuenteDefuncion, FuenteSituacion),
    "instancia": (Instancia,),
    "motivo": (MotivoCierre,),
    "nivel": (NivelDocumento,),
    "nivel_espanol": (NivelEspanol,),
    "otorgado_por": (Otorgante,),
    "precision_fecha": (PrecisionFecha,),
    "prioridad": (Prioridad,),
    "quien": (Otorgante,),
    "receptor": (Receptor,),
    "resultado": (Resultado, ResultadoCierre),
    "riesgo": (Riesgo,),
    "suspension_motivo": (MotivoSuspension,),
    "situacion": (EstadoReporte,),
    "tipo": (TipoContacto, TipoDocumento, TipoCaso),
}

_EN_PALABRAS: Mapping[str, Any] = {
    "accion": lambda codigo: _rotulos()["acciones"].get(codigo, codigo),
    "finalidad": lambda codigo: finalidad(codigo, IDIOMA),
    "vinculo": lambda codigo: tipo_de_vinculo(codigo, IDIOMA),
    "representa_como": lambda codigo: representantes().tipo(codigo, IDIOMA),
    "retiro_motivo": lambda codigo: motivo_de_retiro(codigo, IDIOMA),
    "rol": lambda codigo: hogares().rol(codigo, IDIOMA),
    "salida_motivo": lambda codigo: hogares().motivo(codigo, IDIOMA),
    "sexo": lambda codigo: SEXOS.get(codigo, codigo),
    "nacionalidades": lambda codigo: pais(codigo, IDIOMA),
    "pais_emisor": lambda codigo: pais(codigo, IDIOMA),
    "idiomas": lambda codigo: nombre_de_idioma(codigo, IDIOMA),
    "idioma": lambda codigo: nombre_de_idioma(codigo, IDIOMA),
    "motivo_de_discriminacion": lambda codigo: discriminacion().dicho("motivos", codigo, IDIOMA),
    "lugar_de_discriminacion": lambda codigo: discriminacion().dicho("lugares", codigo, IDIOMA),
    "via": lambda codigo: discriminacion().dicho("vias", codigo, IDIOMA),
    "tema": lambda codigo: nombre_de_tema(codigo, IDIOMA),
    "categoria": lambda codigo: categoria(codigo, IDIOMA),
}
