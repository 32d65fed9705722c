"""An incident as it goes out: the same for the API, the page and the files of the register."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from casos.etiquetas import etiqueta
from casos.incidentes.catalogo import catalogo
from casos.incidentes.models import AvisoDeIncidente, IncidenteSeguridad, PasoDeIncidente
from casos.incidentes.queries import FilaIncidente
from casos.incidentes.states import ClaseDeMedida, Destinatario, Naturaleza, Sistema
from oficina import hojas
from oficina.web.i18n import language


def protegidas(incidente: IncidenteSeguridad) -> list[str]:
    """What of its data the law protects more."""
    return sorted(catalogo().protegidas_en(incidente.categorias))


def obliga(incidente: IncidenteSeguridad) -> list[Destinatario]:
    """Whom the law, as it is read here, asks to tell."""
    return [
        quien
        for quien in Destinatario
        if catalogo().obliga(quien, incidente.riesgo, incidente.categorias)
    ]


def medidas(incidente: IncidenteSeguridad) -> list[PasoDeIncidente]:
    """What was done about it, in order."""
    return [paso for paso in incidente.pasos if paso.medida]


def registro(filas: Iterable[FilaIncidente]) -> dict[str, Any]:
    """The register, for a program."""
    vigente = catalogo()
    return {
        "version": vigente.version,
        "fuente": vigente.fuente,
        "incidentes": [_asiento(fila) for fila in filas],
    }


def a_csv(filas: Iterable[FilaIncidente]) -> bytes:
    """The register, one row a breach, UTF-8: no name of anybody."""
    titulos = [
        _("Folio"),
        _("Estado"),
        _("Qué pasó"),
        _("Conocido en"),
        _("Naturaleza"),
        _("Efectos"),
        _("Categorías de datos"),
        _("Datos protegidos"),
        _("Personas, aproximadamente"),
        _("Personas identificadas"),
        _("Dónde"),
        _("Riesgo"),
        _("Medidas adoptadas"),
        _("Medidas para precaver"),
        *(etiqueta(quien) for quien in Destinatario),
        _("Cerrado en"),
    ]
    return b"".join(hojas.a_csv(titulos, map(_campos, filas)))


def categorias(incidente: IncidenteSeguridad) -> str:
    """Its kinds of data, in words."""
    return ", ".join(catalogo().categoria(c, language()) for c in incidente.categorias)


def en_palabras(incidente: IncidenteSeguridad) -> dict[str, str]:
    """Its codes, in words."""
    return {
        "naturalezas": ", ".join(etiqueta(Naturaleza(n)) for n in incidente.naturalezas),
        "categorias": categorias(incidente),
        "protegidas": ", ".join(
            catalogo().protegida(una, language()) for una in protegidas(incidente)
        ),
        "sistemas": ", ".join(etiqueta(Sistema(s)) for s in incidente.sistemas),
    }


def _asiento(fila: FilaIncidente) -> dict[str, Any]:
    incidente = fila.incidente
    campos = {
        campo: getattr(incidente, campo)
        for campo in (
            *("folio", "estado", "causa", "conocido_en", "naturalezas", "efectos", "categorias"),
            *("personas_aprox", "sistemas", "riesgo", "avisos", "terminado_en"),
        )
    }
    return campos | {
        "protegidas": protegidas(incidente),
        "personas_identificadas": fila.personas,
        "medidas": [
            {"clase": paso.medida, "texto": paso.texto, "tomada_en": paso.ocurrido_en}
            for paso in medidas(incidente)
        ],
    }


def _campos(fila: FilaIncidente) -> list[str]:
    uno = fila.incidente
    palabras = en_palabras(uno)
    aprox = uno.personas_aprox
    return [
        uno.folio,
        etiqueta(uno.estado),
        etiqueta(uno.causa),
        uno.conocido_en.isoformat(),
        palabras["naturalezas"],
        uno.efectos or "",
        palabras["categorias"],
        palabras["protegidas"],
        "" if aprox is None else str(aprox),
        str(fila.personas),
        palabras["sistemas"],
        etiqueta(uno.riesgo) if uno.riesgo else "",
        _medidas(uno, ClaseDeMedida.CONTENER),
        _medidas(uno, ClaseDeMedida.PRECAVER),
        *(_aviso(uno.aviso(quien)) for quien in Destinatario),
        uno.terminado_en.isoformat() if uno.terminado_en else "",
    ]


def _medidas(incidente: IncidenteSeguridad, clase: ClaseDeMedida) -> str:
    return "\n".join(p.texto or "" for p in medidas(incidente) if p.medida is clase)


def _aviso(aviso: AvisoDeIncidente | None) -> str:
    if aviso is None:
        return str(_("Sin decidir"))
    if not aviso.notificar:
        return str(_("No se comunica: %(motivo)s", motivo=aviso.motivo))
    if aviso.avisado_en is None or aviso.medio is None:
        return str(_("Se comunicará: %(motivo)s", motivo=aviso.motivo))
    return f"{aviso.avisado_en.isoformat()} · {etiqueta(aviso.medio)}"
