"""The composition root of reportes."""

from flask import Flask

from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.auditoria.api import auditoria_api
from oficina.web.bus.api import bus_api
from oficina.web.client import ServiceClient
from reportes import api, pages
from reportes.handlers import handlers
from reportes.permissions import PERMISOS
from reportes.tasks import jobs


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of reportes; `client` is the way to the other services."""
    app = new_app("reportes", settings, permisos=PERMISOS, jobs=jobs, client=client)
    app.register_blueprint(pages.bp)
    document = new_api(app, title="Reportes")
    document.register_blueprint(api.bp)
    document.register_blueprint(bus_api(handlers))
    document.register_blueprint(auditoria_api("reportes"))
    return app
