"""identidad, put together: read it first."""

from flask import Flask

from identidad import api, eventos, pages
from identidad.auditoria import pages as auditoria
from identidad.clientes import api as clientes_api
from identidad.clientes import pages as clientes
from identidad.enlaces import api as enlaces_api
from identidad.enlaces import pages as enlaces
from identidad.federacion import pages as federacion
from identidad.federacion.perfiles import acuerdo
from identidad.federacion.proveedor import Proveedor
from identidad.handlers import handlers
from identidad.micuenta import pages as micuenta
from identidad.operacion import pages as operacion
from identidad.permissions import PERMISOS
from identidad.secretos import Firma
from identidad.segundo_factor import pages as segundo_factor
from identidad.sesiones import IdentidadLocal
from identidad.settings import exigen_factor
from identidad.tasks import jobs
from identidad.unidades import api as unidades_api
from identidad.unidades import pages as unidades
from oficina.db import Database
from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.auditoria.api import auditoria_api
from oficina.web.bus.api import bus_api
from oficina.web.client import ServiceClient


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of identidad."""
    firma = Firma.load(settings.claves, make=settings.embedded)
    db = Database(settings.database_for("identidad"))
    local = IdentidadLocal(db, firma, exigen_factor=exigen_factor(settings))
    app = new_app(
        "identidad",
        settings,
        permisos=PERMISOS,
        jobs=jobs,
        client=client,
        identidad=local,
        db=db,
    )
    app.extensions["identidad_local"] = local
    app.extensions["proveedor"] = _proveedor(settings, local)
    app.register_blueprint(pages.bp)
    app.register_blueprint(clientes.bp)
    app.register_blueprint(enlaces.bp)
    app.register_blueprint(federacion.bp)
    app.register_blueprint(micuenta.bp)
    app.register_blueprint(segundo_factor.bp)
    app.register_blueprint(unidades.bp)
    app.register_blueprint(eventos.bp)
    app.register_blueprint(operacion.bp)
    app.register_blueprint(auditoria.bp)
    app.register_blueprint(api.oauth_bp)
    document = new_api(app, title="Identidad")
    document.register_blueprint(api.bp)
    document.register_blueprint(clientes_api.bp)
    document.register_blueprint(enlaces_api.bp)
    document.register_blueprint(unidades_api.bp)
    document.register_blueprint(bus_api(handlers))
    document.register_blueprint(auditoria_api("identidad"))
    return app


def _proveedor(settings: Settings, local: IdentidadLocal) -> Proveedor | None:
    """The provider that the environment agrees with; nothing is asked of it before it is needed."""
    agreed = acuerdo(settings)
    if agreed is None:
        return None
    return Proveedor(agreed, f"{settings.base_url}{federacion.VUELTA}", local.ahora)
