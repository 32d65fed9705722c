"""agenda, put together: read it first."""

from flask import Flask

from agenda import api, pages
from agenda.directorio import Personal
from agenda.handlers import handlers
from agenda.permissions import PERMISOS
from agenda.tasks import jobs
from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.auditoria.api import auditoria_api
from oficina.web.bus.api import bus_api
from oficina.web.client import ServiceClient


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of agenda."""
    app = new_app("agenda", settings, permisos=PERMISOS, jobs=jobs, client=client)
    app.extensions["personal"] = Personal(app.extensions["env"].client)
    app.register_blueprint(pages.bp)
    document = new_api(app, title="Agenda")
    document.register_blueprint(api.bp)
    document.register_blueprint(api.personas_bp)
    document.register_blueprint(api.lugares_bp)
    document.register_blueprint(bus_api(handlers))
    document.register_blueprint(auditoria_api("agenda"))
    return app
