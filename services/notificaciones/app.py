"""notificaciones, put together: read it first."""

from flask import Flask

from notificaciones import api, pages
from notificaciones.permissions import PERMISOS
from notificaciones.tasks import jobs
from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.client import ServiceClient


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of notificaciones."""
    app = new_app("notificaciones", settings, permisos=PERMISOS, jobs=jobs, client=client)
    app.register_blueprint(pages.bp)
    new_api(app, title="Notificaciones").register_blueprint(api.bp)
    return app
