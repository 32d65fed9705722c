"""The certificate of an erasure: what went, where, when and by whose decision. It names nobody.

Each service certifies its own part in the chain of its certificates (`oficina.retencion`); the one
of casos that closes the erasure stands over all of them. Whoever has this document can hold it
against the chains.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.copias.documento import PLANTILLA as PLANTILLA_DE_COPIAS
from casos.supresion import queries
from casos.supresion.models import Supresion
from casos.supresion.reglas import en, reglas
from casos.supresion.states import Estado
from oficina.errors import NoEncontrado
from oficina.membrete import Membrete
from oficina.web.i18n import fecha_hora

FORMATO = "acogida.supresion"
VERSION = 1
IDIOMA = "es"
PLANTILLA: Path = PLANTILLA_DE_COPIAS
"""A document of headings and lines, whatever they say."""


def certificado_de(session: Session, supresion_id: UUID) -> dict[str, Any]:
    """As JSON values. Raises NoEncontrado until every service has confirmed."""
    una = queries.supresion_por_id(session, supresion_id)
    if una.estado is not Estado.TERMINADA or una.terminada_en is None:
        raise NoEncontrado
    return {
        "formato": FORMATO,
        "version": VERSION,
        "id": str(una.id),
        "solicitud": una.solicitud.folio,
        "reglas_version": una.reglas_version,
        "propuesta": _acto(una.propuesta_por, una.propuesta_en),
        "confirmada": _acto(una.decidida_por, una.decidida_en),
        "terminada_en": una.terminada_en.isoformat(),
        "servicios": [
            _parte(
                "casos", una.decidida_en, una.borrado, una.certificado_id, una.certificado_huella
            ),
            *(
                _parte(
                    p.servicio, p.confirmada_en, p.borrado, p.certificado_id, p.certificado_huella
                )
                for p in una.purgas
            ),
        ],
        "destinatarios": _avisados(session, una),
        "cierre": {"certificado": str(una.cierre_id), "huella": una.cierre_huella},
    }


def documento(dicho: Mapping[str, Any], membrete: Membrete, momento: datetime) -> dict[str, Any]:
    """The same, as every text that the typesetter puts on paper, in Spanish."""
    return {
        "titulo": _("Certificado de supresión"),
        "subtitulo": f"{membrete.nombre} · " + _("solicitud %(folio)s", folio=dicho["solicitud"]),
        "autor": membrete.nombre,
        "idioma": IDIOMA,
        "momento": int(momento.timestamp()),
        "aviso": _(
            "Los datos personales de quien hizo la solicitud %(folio)s se suprimieron en todos los "
            "servicios de la oficina. Terminó el %(cuando)s.",
            folio=dicho["solicitud"],
            cuando=_cuando(dicho["terminada_en"]),
        ),
        "cifras": _(
            "Las cifras de la oficina no cambian: cuentan lo que ocurrió, sin decir a quién."
        ),
        "vacio": _("No hay nada."),
        "partes": [
            {
                "titulo": _("Qué se suprimió"),
                "secciones": [
                    {"titulo": _servicio(parte["servicio"]), "fichas": [list(_lineas(parte))]}
                    for parte in dicho["servicios"]
                ],
            },
            {"titulo": _("Quién lo decidió"), "secciones": [_decision(dicho)]},
            {
                "titulo": _("A quién se avisó que suprima lo que recibió"),
                "secciones": [
                    {"titulo": uno["institucion"], "fichas": [list(_destinatario(uno))]}
                    for uno in dicho["destinatarios"]
                ],
            },
        ],
    }


def _acto(quien: str, cuando: datetime | None) -> dict[str, Any]:
    return {"por": quien, "en": cuando and cuando.isoformat()}


def _parte(
    servicio: str,
    cuando: datetime | None,
    borrado: Mapping[str, int],
    certificado: UUID | None,
    huella: str | None,
) -> dict[str, Any]:
    return {
        "servicio": servicio,
        "confirmado_en": cuando and cuando.isoformat(),
        "borrado": dict(borrado),
        "certificado": certificado and str(certificado),
        "huella": huella,
    }


def _avisados(session: Session, una: Supresion) -> list[dict[str, Any]]:
    return [
        {
            "derivacion": uno.folio,
            "institucion": uno.institucion,
            "servicio": uno.servicio,
            "enviada_en": uno.enviada_en and uno.enviada_en.isoformat(),
            "por_correo": uno.por_correo,
        }
        for uno in queries.destinatarios(session, una.persona_id)
    ]


def _lineas(parte: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for clase, cuantos in parte["borrado"].items():
        yield _linea(en(reglas().clases[clase], IDIOMA), str(cuantos))
    yield _linea(_("Confirmado"), _cuando(parte["confirmado_en"]))
    yield _linea(_("Huella del certificado"), parte["huella"])


def _decision(dicho: Mapping[str, Any]) -> dict[str, Any]:
    propuesta, confirmada = dicho["propuesta"], dicho["confirmada"]
    lineas = [
        _linea(_("La propuso"), f"{propuesta['por']}, {_cuando(propuesta['en'])}"),
        _linea(_("La confirmó"), f"{confirmada['por']}, {_cuando(confirmada['en'])}"),
        _linea(_("Huella de cierre"), dicho["cierre"]["huella"]),
    ]
    return {"titulo": _("Propuesta y confirmación"), "fichas": [lineas]}


def _destinatario(uno: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _linea(_("Derivación"), uno["derivacion"])
    yield _linea(_("Servicio"), uno["servicio"])
    por_correo = _("por correo") if uno["por_correo"] else _("por otra vía, de quien es delegado")
    yield _linea(_("Cómo se avisa"), por_correo)


def _servicio(servicio: str) -> str:
    if servicio == "casos":
        return str(_("Fichas y casos"))
    return en(reglas().servicios[servicio], IDIOMA)


def _linea(campo: str, valor: str) -> dict[str, Any]:
    return {"sangria": 0, "campo": str(campo), "valor": valor}


def _cuando(iso: str) -> str:
    return fecha_hora(datetime.fromisoformat(iso))
