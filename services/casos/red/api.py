"""Entrance: the directory of the network, as JSON."""

from uuid import UUID

from casos.red import actions, queries
from casos.red.datos import (
    DatosContacto,
    DatosCupo,
    DatosInstitucion,
    DatosLugar,
    DatosSede,
    DatosServicio,
)
from casos.red.models import Capacidad, ContactoRed, Institucion, Lugar, Sede, ServicioRed
from casos.red.queries import Busqueda
from casos.red.schemas import (
    BusquedaRedSchema,
    ContactoRedSchema,
    DatosContactoSchema,
    DatosCupoSchema,
    DatosInstitucionSchema,
    DatosLugarSchema,
    DatosSedeSchema,
    DatosServicioSchema,
    InstitucionEnteraSchema,
    InstitucionesSchema,
    LugarSchema,
    SedeSchema,
    ServicioEnteroSchema,
    ServiciosSchema,
)
from oficina import clock
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import etag_of, versioned

bp = Blueprint("red", __name__, url_prefix="/casos/api/v1/red", description="Red")

SIN_VERSION = ("version",)
Headers = dict[str, str]


@bp.get("/servicios")
@bp.arguments(BusquedaRedSchema, location="query", as_kwargs=True)
@bp.response(200, ServiciosSchema)
@requires("casos.red.ver")
def servicios(
    *, q: str, tema: str, idioma: str, capacidad: Capacidad | None, abierto: bool
) -> dict[str, list[ServicioRed]]:
    """Servicios de la red, los del tema primero; `abierto`: los que atienden ahora"""
    ahora = clock.now() if abierto else None
    pedida = Busqueda(texto=q, tema=tema, idioma=idioma, capacidad=capacidad, abierto_en=ahora)
    with env().db.read() as session:
        return {"servicios": list(queries.buscar(session, pedida))}


@bp.get("/servicios/<uuid:servicio_id>")
@bp.response(200, ServicioEnteroSchema)
@requires("casos.red.ver")
@versioned
def servicio(servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Un servicio, con sus lugares y lo que ha dicho de sus cupos"""
    return _servicio(servicio_id)


@bp.put("/servicios/<uuid:servicio_id>")
@bp.arguments(DatosServicioSchema(exclude=SIN_VERSION))
@bp.response(200, ServicioEnteroSchema)
@requires("casos.red.editar")
@versioned
def editar_servicio(datos: DatosServicio, servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Corregir un servicio"""
    with env().db.begin() as session:
        actions.editar_servicio(session, servicio_id, datos, actor())
    return _servicio(servicio_id)


@bp.post("/servicios/<uuid:servicio_id>/cupo")
@bp.arguments(DatosCupoSchema(exclude=SIN_VERSION))
@bp.response(200, ServicioEnteroSchema)
@requires("casos.red.editar")
@versioned
def informar_cupo(datos: DatosCupo, servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Anotar lo que el servicio dice hoy de sus cupos"""
    with env().db.begin() as session:
        actions.informar_cupo(session, servicio_id, datos, actor())
    return _servicio(servicio_id)


@bp.post("/servicios/<uuid:servicio_id>/verificacion")
@bp.response(200, ServicioEnteroSchema)
@requires("casos.red.editar")
@versioned
def verificar(servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Anotar que hoy se preguntó, y lo escrito está bien"""
    with env().db.begin() as session:
        actions.verificar(session, servicio_id, actor(), None)
    return _servicio(servicio_id)


@bp.post("/servicios/<uuid:servicio_id>/verificacion/contacto")
@bp.response(200, ServicioEnteroSchema)
@requires("casos.red.editar")
@versioned
def verificar_contacto(servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Anotar que hoy se preguntó solo por el horario y el contacto, y están bien"""
    with env().db.begin() as session:
        actions.verificar_contacto(session, servicio_id, actor(), None)
    return _servicio(servicio_id)


@bp.get("/instituciones")
@bp.response(200, InstitucionesSchema)
@requires("casos.red.ver")
def instituciones() -> dict[str, list[Institucion]]:
    """Instituciones de la red, por nombre"""
    with env().db.read() as session:
        return {"instituciones": list(queries.instituciones(session))}


@bp.post("/instituciones")
@bp.arguments(DatosInstitucionSchema(exclude=SIN_VERSION))
@bp.response(201, InstitucionEnteraSchema)
@requires("casos.red.editar")
def crear_institucion(datos: DatosInstitucion) -> tuple[Institucion, int, Headers]:
    """Agregar una institución"""
    with env().db.begin() as session:
        nueva = actions.crear_institucion(session, datos, actor())
    una, _status, headers = _institucion(nueva.id)
    return una, 201, headers | {"Location": f"/casos/api/v1/red/instituciones/{nueva.id}"}


@bp.get("/instituciones/<uuid:institucion_id>")
@bp.response(200, InstitucionEnteraSchema)
@requires("casos.red.editar")
@versioned
def institucion(institucion_id: UUID) -> tuple[Institucion, int, Headers]:
    """Una institución, como la ve quien cuida el directorio"""
    return _institucion(institucion_id)


@bp.put("/instituciones/<uuid:institucion_id>")
@bp.arguments(DatosInstitucionSchema(exclude=SIN_VERSION))
@bp.response(200, InstitucionEnteraSchema)
@requires("casos.red.editar")
@versioned
def editar_institucion(
    datos: DatosInstitucion, institucion_id: UUID
) -> tuple[Institucion, int, Headers]:
    """Corregir una institución"""
    with env().db.begin() as session:
        actions.editar_institucion(session, institucion_id, datos, actor())
    return _institucion(institucion_id)


@bp.post("/instituciones/<uuid:institucion_id>/servicios")
@bp.arguments(DatosServicioSchema(exclude=SIN_VERSION))
@bp.response(201, ServicioEnteroSchema)
@requires("casos.red.editar")
def crear_servicio(datos: DatosServicio, institucion_id: UUID) -> tuple[ServicioRed, int, Headers]:
    """Agregar un servicio"""
    with env().db.begin() as session:
        nuevo = actions.crear_servicio(session, institucion_id, datos, actor())
    uno, _status, headers = _servicio(nuevo.id)
    return uno, 201, headers | {"Location": f"/casos/api/v1/red/servicios/{nuevo.id}"}


@bp.post("/instituciones/<uuid:institucion_id>/sedes")
@bp.arguments(DatosSedeSchema(exclude=SIN_VERSION))
@bp.response(201, SedeSchema)
@requires("casos.red.editar")
def crear_sede(datos: DatosSede, institucion_id: UUID) -> tuple[Sede, int, Headers]:
    """Agregar un lugar de una institución"""
    with env().db.begin() as session:
        nueva = actions.crear_sede(session, institucion_id, datos, actor())
    location = {"Location": f"/casos/api/v1/red/sedes/{nueva.id}"}
    return nueva, 201, etag_of(nueva) | location


@bp.get("/sedes/<uuid:sede_id>")
@bp.response(200, SedeSchema)
@requires("casos.red.ver")
@versioned
def sede(sede_id: UUID) -> tuple[Sede, int, Headers]:
    """Un lugar; la dirección de uno confidencial, solo para quien la puede saber"""
    with env().db.read() as session:
        una = queries.sede_por_id(session, sede_id)
    return una, 200, etag_of(una)


@bp.put("/sedes/<uuid:sede_id>")
@bp.arguments(DatosSedeSchema(exclude=SIN_VERSION))
@bp.response(200, SedeSchema)
@requires("casos.red.editar")
@versioned
def editar_sede(datos: DatosSede, sede_id: UUID) -> tuple[Sede, int, Headers]:
    """Corregir un lugar"""
    with env().db.begin() as session:
        una = actions.editar_sede(session, sede_id, datos, actor())
    return una, 200, etag_of(una)


@bp.post("/servicios/<uuid:servicio_id>/lugares")
@bp.arguments(DatosLugarSchema(exclude=SIN_VERSION))
@bp.response(201, LugarSchema)
@requires("casos.red.editar")
def crear_lugar(datos: DatosLugar, servicio_id: UUID) -> tuple[Lugar, int, Headers]:
    """Decir dónde y cuándo se da un servicio"""
    with env().db.begin() as session:
        nuevo = actions.crear_lugar(session, servicio_id, datos, actor())
    uno, _status, headers = _lugar(nuevo.id)
    return uno, 201, headers | {"Location": f"/casos/api/v1/red/lugares/{nuevo.id}"}


@bp.get("/lugares/<uuid:lugar_id>")
@bp.response(200, LugarSchema)
@requires("casos.red.ver")
@versioned
def lugar(lugar_id: UUID) -> tuple[Lugar, int, Headers]:
    """Dónde y cuándo se da un servicio"""
    return _lugar(lugar_id)


@bp.put("/lugares/<uuid:lugar_id>")
@bp.arguments(DatosLugarSchema(exclude=SIN_VERSION))
@bp.response(200, LugarSchema)
@requires("casos.red.editar")
@versioned
def editar_lugar(datos: DatosLugar, lugar_id: UUID) -> tuple[Lugar, int, Headers]:
    """Corregir dónde y cuándo se da un servicio"""
    with env().db.begin() as session:
        actions.editar_lugar(session, lugar_id, datos, actor())
    return _lugar(lugar_id)


@bp.delete("/lugares/<uuid:lugar_id>")
@bp.response(204)
@requires("casos.red.editar")
def quitar_lugar(lugar_id: UUID) -> None:
    """Ya no se da ahí"""
    with env().db.begin() as session:
        actions.quitar_lugar(session, lugar_id, actor())


@bp.post("/instituciones/<uuid:institucion_id>/contactos")
@bp.arguments(DatosContactoSchema(exclude=SIN_VERSION))
@bp.response(201, ContactoRedSchema)
@requires("casos.red.editar")
def crear_contacto(datos: DatosContacto, institucion_id: UUID) -> tuple[ContactoRed, int, Headers]:
    """Agregar a quién preguntar"""
    with env().db.begin() as session:
        nuevo = actions.crear_contacto(session, institucion_id, datos, actor())
    location = {"Location": f"/casos/api/v1/red/contactos/{nuevo.id}"}
    return nuevo, 201, etag_of(nuevo) | location


@bp.get("/contactos/<uuid:contacto_red_id>")
@bp.response(200, ContactoRedSchema)
@requires("casos.red.ver")
@versioned
def contacto(contacto_red_id: UUID) -> tuple[ContactoRed, int, Headers]:
    """A quién preguntar"""
    with env().db.read() as session:
        uno = queries.contacto_por_id(session, contacto_red_id)
    return uno, 200, etag_of(uno)


@bp.put("/contactos/<uuid:contacto_red_id>")
@bp.arguments(DatosContactoSchema(exclude=SIN_VERSION))
@bp.response(200, ContactoRedSchema)
@requires("casos.red.editar")
@versioned
def editar_contacto(
    datos: DatosContacto, contacto_red_id: UUID
) -> tuple[ContactoRed, int, Headers]:
    """Corregir a quién preguntar"""
    with env().db.begin() as session:
        uno = actions.editar_contacto(session, contacto_red_id, datos, actor())
    return uno, 200, etag_of(uno)


@bp.delete("/contactos/<uuid:contacto_red_id>")
@bp.response(204)
@requires("casos.red.editar")
def quitar_contacto(contacto_red_id: UUID) -> None:
    """Ya no hay que preguntarle"""
    with env().db.begin() as session:
        actions.quitar_contacto(session, contacto_red_id, actor())


def _servicio(servicio_id: UUID) -> tuple[ServicioRed, int, Headers]:
    with env().db.read() as session:
        uno = queries.servicio_entero(session, servicio_id)
    return uno, 200, etag_of(uno)


def _institucion(institucion_id: UUID) -> tuple[Institucion, int, Headers]:
    with env().db.read() as session:
        una = queries.institucion_entera(session, institucion_id)
    return una, 200, etag_of(una)


def _lugar(lugar_id: UUID) -> tuple[Lugar, int, Headers]:
    with env().db.read() as session:
        uno = queries.lugar_por_id(session, lugar_id)
    return uno, 200, etag_of(uno)
