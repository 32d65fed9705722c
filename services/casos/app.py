"""casos, put together: read it first."""

from flask import Flask

from casos.accesos import api as accesos_api
from casos.accesos import pages as accesos_pages
from casos.adjuntos import api as adjuntos_api
from casos.adjuntos import pages as adjuntos_pages
from casos.atenciones import api as atenciones_api
from casos.atenciones import pages as atenciones_pages
from casos.bloqueos import api as bloqueos_api
from casos.bloqueos import pages as bloqueos_pages
from casos.buscador import pages as buscador_pages
from casos.comunicaciones import api as comunicaciones_api
from casos.comunicaciones import pages as comunicaciones_pages
from casos.comunidad.discriminacion import api as discriminacion_api
from casos.comunidad.discriminacion import pages as discriminacion_pages
from casos.comunidad.mediaciones import api as mediaciones_api
from casos.comunidad.mediaciones import pages as mediaciones_pages
from casos.comunidad.obstaculos import api as obstaculos_api
from casos.comunidad.obstaculos import pages as obstaculos_pages
from casos.comunidad.organizaciones import api as organizaciones_api
from casos.comunidad.organizaciones import pages as organizaciones_pages
from casos.confirmaciones import pages as confirmaciones_pages
from casos.consentimientos import api as consentimientos_api
from casos.consentimientos import pages as consentimientos_pages
from casos.conservacion import pages as conservacion_pages
from casos.contactos import api as contactos_api
from casos.contactos import pages as contactos_pages
from casos.convenios import api as convenios_api
from casos.convenios import pages as convenios_pages
from casos.copias import api as copias_api
from casos.copias import pages as copias_pages
from casos.defunciones import api as defunciones_api
from casos.defunciones import pages as defunciones_pages
from casos.derechos import api as derechos_api
from casos.derechos import pages as derechos_pages
from casos.derivaciones import api as derivaciones_api
from casos.derivaciones import pages as derivaciones_pages
from casos.documentos import api as documentos_api
from casos.documentos import pages as documentos_pages
from casos.documentos.vencimientos import api as vencimientos_api
from casos.documentos.vencimientos import pages as vencimientos_pages
from casos.enlaces import api as enlaces_api
from casos.enlaces import pages as enlaces_pages
from casos.equipo import Equipo
from casos.expedientes import api as expedientes_api
from casos.expedientes import pages as expedientes_pages
from casos.foliados import api as foliados_api
from casos.foliados import pages as foliados_pages
from casos.fusiones import api as fusiones_api
from casos.fusiones import pages as fusiones_pages
from casos.handlers import handlers
from casos.hechos import api as hechos_api
from casos.hogares import api as hogares_api
from casos.hogares import pages as hogares_pages
from casos.importacion import pages as importacion_pages
from casos.incidentes import api as incidentes_api
from casos.incidentes import pages as incidentes_pages
from casos.instrumentos import api as instrumentos_api
from casos.instrumentos import pages as instrumentos_pages
from casos.listas import api as listas_api
from casos.listas import pages as listas_pages
from casos.lotes import api as lotes_api
from casos.lotes import pages as lotes_pages
from casos.oficios import api as oficios_api
from casos.oficios import pages as oficios_pages
from casos.orientaciones import api as orientaciones_api
from casos.orientaciones import pages as orientaciones_pages
from casos.orientaciones import publica as orientaciones_publica
from casos.permissions import PERMISOS
from casos.personas import api as personas_api
from casos.personas import pages as personas_pages
from casos.plazos import api as plazos_api
from casos.plazos import pages as plazos_pages
from casos.presentacion import init_app as init_presentacion
from casos.programas import api as programas_api
from casos.programas import pages as programas_pages
from casos.programas.entregas import api as entregas_api
from casos.programas.entregas import pages as entregas_pages
from casos.programas.postulaciones import api as postulaciones_api
from casos.programas.postulaciones import pages as postulaciones_pages
from casos.red import api as red_api
from casos.red import pages as red_pages
from casos.red.abiertos import api as red_abiertos_api
from casos.red.consultas import api as red_consultas_api
from casos.red.consultas import pages as red_consultas_pages
from casos.red.consultas.publica import api as consulta_publica_api
from casos.red.consultas.publica import pages as consulta_publica_pages
from casos.red.guia import pages as red_guia_pages
from casos.red.hsds import api as red_hsds_api
from casos.red.hsds import pages as red_hsds_pages
from casos.red.instituciones import pages as red_instituciones_pages
from casos.red.propuestas import api as red_propuestas_api
from casos.red.propuestas import pages as red_propuestas_pages
from casos.red.verificaciones import api as red_verificaciones_api
from casos.red.verificaciones import pages as red_verificaciones_pages
from casos.representantes import api as representantes_api
from casos.representantes import pages as representantes_pages
from casos.situaciones import api as situaciones_api
from casos.situaciones import pages as situaciones_pages
from casos.subtemas import api as subtemas_api
from casos.subtemas import pages as subtemas_pages
from casos.subtemas import presentes as subtemas_presentes
from casos.supresion import api as supresion_api
from casos.supresion import pages as supresion_pages
from casos.tareas import api as tareas_api
from casos.tareas import pages as tareas_pages
from casos.tasks import jobs
from casos.unidad import api as unidad_api
from casos.unidad import pages as unidad_pages
from casos.vinculos import api as vinculos_api
from casos.vinculos import pages as vinculos_pages
from oficina.settings import Settings
from oficina.web.app import new_api, new_app
from oficina.web.auditoria.api import auditoria_api
from oficina.web.bus.api import bus_api
from oficina.web.client import ServiceClient


def create_app(settings: Settings, client: ServiceClient | None = None) -> Flask:
    """The web application of casos."""
    app = new_app("casos", settings, permisos=PERMISOS, jobs=jobs, client=client)
    app.extensions["equipo"] = Equipo(app.extensions["env"].client)
    subtemas_presentes.init_app(app)
    init_presentacion(app)
    for pages in (
        buscador_pages,
        personas_pages,
        contactos_pages,
        documentos_pages,
        vencimientos_pages,
        hogares_pages,
        vinculos_pages,
        representantes_pages,
        situaciones_pages,
        defunciones_pages,
        atenciones_pages,
        expedientes_pages,
        instrumentos_pages,
        adjuntos_pages,
        foliados_pages,
        tareas_pages,
        plazos_pages,
        listas_pages,
        lotes_pages,
        accesos_pages,
        importacion_pages,
        derivaciones_pages,
        consentimientos_pages,
        derechos_pages,
        bloqueos_pages,
        fusiones_pages,
        supresion_pages,
        copias_pages,
        incidentes_pages,
        comunicaciones_pages,
        enlaces_pages,
        oficios_pages,
        confirmaciones_pages,
        unidad_pages,
        red_pages,
        red_instituciones_pages,
        red_hsds_pages,
        red_guia_pages,
        red_propuestas_pages,
        red_verificaciones_pages,
        red_consultas_pages,
        consulta_publica_pages,
        convenios_pages,
        organizaciones_pages,
        mediaciones_pages,
        discriminacion_pages,
        obstaculos_pages,
        programas_pages,
        postulaciones_pages,
        entregas_pages,
        conservacion_pages,
        subtemas_pages,
        orientaciones_pages,
        orientaciones_publica,
    ):
        app.register_blueprint(pages.bp)
    api = new_api(app, title="Casos")
    for json in (
        personas_api,
        contactos_api,
        documentos_api,
        vencimientos_api,
        hogares_api,
        vinculos_api,
        representantes_api,
        situaciones_api,
        defunciones_api,
        atenciones_api,
        expedientes_api,
        instrumentos_api,
        adjuntos_api,
        foliados_api,
        tareas_api,
        listas_api,
        lotes_api,
        accesos_api,
        derivaciones_api,
        consentimientos_api,
        derechos_api,
        bloqueos_api,
        fusiones_api,
        supresion_api,
        copias_api,
        incidentes_api,
        comunicaciones_api,
        enlaces_api,
        oficios_api,
        unidad_api,
        plazos_api,
        red_api,
        red_abiertos_api,
        red_hsds_api,
        red_propuestas_api,
        red_verificaciones_api,
        red_consultas_api,
        consulta_publica_api,
        convenios_api,
        organizaciones_api,
        mediaciones_api,
        discriminacion_api,
        obstaculos_api,
        programas_api,
        postulaciones_api,
        entregas_api,
        hechos_api,
        subtemas_api,
        orientaciones_api,
    ):
        api.register_blueprint(json.bp)
    api.register_blueprint(bus_api(handlers))
    api.register_blueprint(auditoria_api("casos"))
    return app
