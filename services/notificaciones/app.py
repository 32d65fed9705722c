"""notificaciones, put together: read it first."""

from flask import Flask

from notificaciones.avisos import api as avisos_api
from notificaciones.avisos import pages as avisos
from notificaciones.bajas import api as bajas_api
from notificaciones.bajas import pages as bajas
from notificaciones.bajas import publicas as bajas_publicas
from notificaciones.entrantes import api as entrantes_api
from notificaciones.entrantes import pages as entrantes
from notificaciones.handlers import handlers
from notificaciones.masivos import api as masivos_api
from notificaciones.masivos import pages as masivos
from notificaciones.mensajes import api, escribir, pages
from notificaciones.permissions import PERMISOS
from notificaciones.plantillas import api as plantillas_api
from notificaciones.plantillas import pages as plantillas
from notificaciones.plantillas.etiquetas import nombre_de_idioma
from notificaciones.proveedores import api as proveedores_api
from notificaciones.proveedores import entrada, metricas
from notificaciones.proveedores import pages as proveedores
from notificaciones.proveedores.desvio import Desvio
from notificaciones.rebotes import entrada as rebotes
from notificaciones.reglas import api as reglas_api
from notificaciones.reglas import pages as reglas
from notificaciones.reglas.etiquetas import nombre_de_regla
from notificaciones.suscripciones import api as suscripciones_api
from notificaciones.suscripciones import pages as suscripciones
from notificaciones.tasks import jobs
from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.auditoria.api import auditoria_api
from oficina.web.bus.api import bus_api
from oficina.web.client import ServiceClient


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of notificaciones."""
    app = new_app("notificaciones", settings, permisos=PERMISOS, jobs=jobs, client=client)
    metricas.observar(app.extensions["env"].db)
    # A file of providers that cannot be used is told at the start, and not at the first message.
    Desvio.de(settings, app.extensions["env"].db)
    app.jinja_env.filters.update(lengua=nombre_de_idioma, regla=nombre_de_regla)
    app.register_blueprint(pages.bp)
    app.register_blueprint(escribir.bp)
    app.register_blueprint(masivos.bp)
    app.register_blueprint(bajas.bp)
    app.register_blueprint(bajas_publicas.bp)
    app.register_blueprint(entrantes.bp)
    app.register_blueprint(avisos.bp)
    app.register_blueprint(reglas.bp)
    app.register_blueprint(suscripciones.bp)
    app.register_blueprint(plantillas.bp)
    app.register_blueprint(proveedores.bp)
    app.register_blueprint(entrada.bp)
    app.register_blueprint(rebotes.bp)
    document = new_api(app, title="Notificaciones")
    document.register_blueprint(api.bp)
    document.register_blueprint(api.personas_bp)
    document.register_blueprint(masivos_api.bp)
    document.register_blueprint(entrantes_api.bp)
    document.register_blueprint(bajas_api.bp)
    document.register_blueprint(avisos_api.bp)
    document.register_blueprint(reglas_api.bp)
    document.register_blueprint(suscripciones_api.bp)
    document.register_blueprint(plantillas_api.bp)
    document.register_blueprint(proveedores_api.bp)
    document.register_blueprint(bus_api(handlers))
    document.register_blueprint(auditoria_api("notificaciones"))
    return app
