"""The office's main places and the roles that work in them: addresses, never code, of services."""

from dataclasses import dataclass

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from oficina.web.auth import actor_or_none


@dataclass(frozen=True)
class Lugar:
    """One entry of the main navigation."""

    etiqueta: LazyString
    url: str
    roles: frozenset[str]
    tambien: tuple[str, ...] = ()
    """Where else it is the present place, by the beginning of the address."""

    def largo(self, path: str) -> int:
        """How much of an address it explains."""
        return max(
            (len(one) for one in (self.url, *self.tambien) if path.startswith(one)), default=0
        )


ATIENDEN = frozenset({"recepcion", "profesional", "coordinacion"})
PROFESIONALES = frozenset({"profesional", "coordinacion"})
ENCARGADO = frozenset({"encargado_programa"})
BUSCAN = ATIENDEN | ENCARGADO
DELEGADO = frozenset({"delegado_datos"})

LUGARES = (
    Lugar(_l("Recepción"), "/casos/recepcion", ATIENDEN),
    Lugar(_l("Casos"), "/casos/", PROFESIONALES),
    Lugar(_l("Derivaciones recibidas"), "/casos/unidad", frozenset({"contraparte_unidad"})),
    Lugar(_l("Agenda"), "/agenda/", ATIENDEN),
    Lugar(_l("Red"), "/casos/red", ATIENDEN),
    Lugar(_l("Orientación"), "/casos/orientaciones", ATIENDEN, ("/casos/temas",)),
    Lugar(
        _l("Ayuda social"),
        "/casos/programas",
        ATIENDEN | ENCARGADO,
        ("/casos/postulaciones", "/casos/rendiciones", "/casos/existencias"),
    ),
    Lugar(_l("Comunidad"), "/casos/comunidad/organizaciones", ATIENDEN, ("/casos/comunidad",)),
    Lugar(_l("Convenios"), "/casos/convenios", PROFESIONALES | ENCARGADO),
    Lugar(
        _l("Mensajes"),
        "/notificaciones/salida",
        ATIENDEN | {"administrador", "delegado_datos"},
        ("/notificaciones/",),
    ),
    Lugar(_l("Respuestas"), "/notificaciones/respuestas", ATIENDEN),
    Lugar(_l("Recordatorios"), "/notificaciones/reglas", ATIENDEN),
    Lugar(_l("Plantillas"), "/notificaciones/plantillas", frozenset({"coordinacion"})),
    Lugar(
        _l("Suscripciones"),
        "/notificaciones/suscripciones",
        frozenset({"administrador", "contraparte_unidad", "delegado_datos"}),
    ),
    Lugar(_l("Reportes"), "/reportes/", PROFESIONALES | {"analista"}),
    Lugar(
        _l("Cargar planillas"),
        "/casos/importaciones",
        frozenset({"coordinacion", "encargado_programa"}),
    ),
    Lugar(_l("Derechos"), "/casos/derechos", DELEGADO),
    Lugar(_l("Supresiones"), "/casos/supresiones", frozenset({"coordinacion", "delegado_datos"})),
    Lugar(_l("Incidentes"), "/casos/incidentes", DELEGADO),
    Lugar(_l("Comunicaciones"), "/casos/comunicaciones", DELEGADO),
    Lugar(_l("Conservación"), "/casos/conservacion", frozenset({"coordinacion", "delegado_datos"})),
    Lugar(
        _l("Accesos excepcionales"),
        "/casos/accesos-excepcionales",
        frozenset({"coordinacion", "auditor"}),
    ),
    Lugar(_l("Temas"), "/casos/temas", frozenset({"administrador"})),
    Lugar(_l("Cuentas"), "/identidad/cuentas", frozenset({"administrador"})),
    Lugar(_l("Unidades"), "/identidad/unidades", frozenset({"administrador"})),
    Lugar(_l("Otros sistemas"), "/identidad/clientes", frozenset({"administrador"})),
    Lugar(_l("Eventos"), "/eventos/operacion", frozenset({"administrador"})),
    Lugar(_l("Auditoría"), "/identidad/auditoria", frozenset({"auditor"})),
)


def busca() -> bool:
    """Whether the reader has the box that looks for everything."""
    reader = actor_or_none()
    return reader is not None and bool(BUSCAN & reader.roles)


def lugares() -> list[tuple[Lugar, bool]]:
    """The places of whoever reads, each with whether it is the present one."""
    reader = actor_or_none()
    if reader is None:
        return []
    mine = [lugar for lugar in LUGARES if lugar.roles & reader.roles]
    here = max(mine, key=lambda lugar: lugar.largo(request.path), default=None)
    inside = here is not None and here.largo(request.path) > 0
    return [(lugar, inside and lugar is here) for lugar in mine]
