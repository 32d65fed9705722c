"""Who may do each thing in casos: permission -> keys of the roles that hold it. With which cases
and people is `casos.alcance`.

`administrador` holds none of the permissions on people: who configures the office sees no case.
"""

from collections.abc import Mapping

from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

_RECEPCION = "recepcion"
_PROFESIONAL = "profesional"
_COORDINACION = "coordinacion"
_SERVICIO = "servicio"
_DELEGADO = "delegado_datos"
_CONTRAPARTE = "contraparte_unidad"
_AUDITOR = "auditor"
_ENCARGADO = "encargado_programa"

_ATIENDEN = frozenset({_RECEPCION, _PROFESIONAL, _COORDINACION})
_PROFESIONALES = frozenset({_PROFESIONAL, _COORDINACION})
_TRABAJAN = _ATIENDEN | {
    *(_DELEGADO, _CONTRAPARTE, _AUDITOR),
    *("administrador", "analista", "capacitacion", _ENCARGADO),
}
"""Whoever has an account: anybody may notice that data leaked, and tells no more than they know."""

PERMISOS: Mapping[str, frozenset[str]] = {
    "casos.buscar": _ATIENDEN | {_ENCARGADO},
    "casos.persona.ver": _ATIENDEN,
    "casos.persona.registrar": _ATIENDEN,
    "casos.persona.fusionar": frozenset({_COORDINACION}),
    "casos.persona.contacto": frozenset({_SERVICIO}),
    "casos.situacion.ver": _PROFESIONALES,
    "casos.atencion.ver": _ATIENDEN,
    "casos.atencion.registrar": _ATIENDEN,
    "casos.nota.ver": _PROFESIONALES,
    "casos.caso.abrir": _ATIENDEN,
    "casos.caso.ver": _ATIENDEN,
    "casos.caso.leer": _PROFESIONALES,
    "casos.caso.bandeja": _PROFESIONALES,
    "casos.caso.orientar": _PROFESIONALES,
    "casos.caso.elevar": _PROFESIONALES,
    "casos.caso.evaluar": _PROFESIONALES,
    "casos.caso.evaluacion.ver": _PROFESIONALES,
    "casos.caso.tomar": _PROFESIONALES,
    "casos.caso.asignar": frozenset({_COORDINACION}),
    "casos.caso.cerrar": _PROFESIONALES,
    "casos.cierre.decidir": frozenset({_COORDINACION}),
    "casos.caso.reabrir": _PROFESIONALES,
    "casos.caso.seguir": _PROFESIONALES,
    "casos.caso.suspender": _PROFESIONALES,
    "casos.caso.anular": _PROFESIONALES,
    "casos.tarea.ver": _PROFESIONALES,
    "casos.tarea.gestionar": _PROFESIONALES,
    "casos.vista.guardar": _PROFESIONALES | {_ENCARGADO},
    "casos.vista.compartir": frozenset({_COORDINACION}),
    "casos.lote.hacer": _PROFESIONALES,
    "casos.lista.exportar": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.denuncia.registrar": _PROFESIONALES,
    "casos.denuncia.descartar": frozenset({_COORDINACION}),
    "casos.caso.conservar": frozenset({_COORDINACION, "delegado_datos"}),
    "casos.caso.equipo": _PROFESIONALES,
    "casos.caso.confidencialidad": _PROFESIONALES,
    "casos.caso.confidencialidad.bajar": frozenset({_COORDINACION}),
    "casos.acceso.abrir": _PROFESIONALES,
    "casos.acceso.listar": frozenset({_COORDINACION, _AUDITOR}),
    "casos.acceso.terminar_ajeno": frozenset({_COORDINACION}),
    "casos.acceso.ver": frozenset({_SERVICIO}),
    "casos.alcance.consultar": _ATIENDEN,
    "casos.unidad.ver": frozenset({_CONTRAPARTE}),
    "casos.unidad.responder": frozenset({_CONTRAPARTE}),
    "casos.red.ver": _ATIENDEN,
    "casos.red.editar": frozenset({_COORDINACION}),
    "casos.red.confidencial": _PROFESIONALES,
    "casos.red.proponer": _ATIENDEN,
    "casos.tema.ver": _ATIENDEN | {_ENCARGADO, "administrador", "analista"},
    "casos.tema.editar": frozenset({_COORDINACION, "administrador"}),
    "casos.convenio.ver": _PROFESIONALES | {_ENCARGADO},
    "casos.convenio.editar": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.discriminacion.ver": _PROFESIONALES,
    "casos.discriminacion.gestionar": _PROFESIONALES,
    "casos.discriminacion.exportar": frozenset({_COORDINACION}),
    "casos.mediacion.ver": _PROFESIONALES,
    "casos.mediacion.gestionar": _PROFESIONALES,
    "casos.obstaculo.ver": _ATIENDEN,
    "casos.obstaculo.anotar": _ATIENDEN,
    "casos.obstaculo.gestionar": frozenset({_COORDINACION}),
    "casos.obstaculo.exportar": _PROFESIONALES,
    "casos.organizacion.ver": _ATIENDEN,
    "casos.organizacion.directiva": _PROFESIONALES,
    "casos.organizacion.editar": _PROFESIONALES,
    "casos.organizacion.exportar": _PROFESIONALES,
    "casos.programa.ver": _ATIENDEN | {_ENCARGADO},
    "casos.programa.editar": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.programa.presupuesto": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.postulacion.ver": _PROFESIONALES | {_ENCARGADO},
    "casos.postulacion.crear": _PROFESIONALES,
    "casos.postulacion.resolver": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.postulacion.seguir": _PROFESIONALES | {_ENCARGADO},
    "casos.rendicion.ver": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.rendicion.hacer": frozenset({_COORDINACION, _ENCARGADO}),
    "casos.derivacion.ver": _PROFESIONALES,
    "casos.derivacion.crear": _PROFESIONALES,
    "casos.derivacion.responder": _PROFESIONALES,
    "casos.derivacion.enlace": frozenset({_SERVICIO}),
    "casos.derivacion.seguir": frozenset({_SERVICIO}),
    "casos.consentimiento.ver": _ATIENDEN | {_DELEGADO},
    "casos.consentimiento.destinatarios": _PROFESIONALES | {_DELEGADO},
    "casos.consentimiento.registrar": _ATIENDEN,
    "casos.consentimiento.retirar": _ATIENDEN | {_DELEGADO},
    "casos.derecho.registrar": _ATIENDEN | {_DELEGADO},
    "casos.derecho.buscar": frozenset({_DELEGADO}),
    "casos.derecho.ver": frozenset({_DELEGADO}),
    "casos.derecho.tramitar": frozenset({_DELEGADO}),
    "casos.derecho.copiar": frozenset({_DELEGADO}),
    "casos.bloqueo.gestionar": frozenset({_DELEGADO}),
    "casos.supresion.ver": frozenset({_DELEGADO, _COORDINACION}),
    "casos.supresion.proponer": frozenset({_DELEGADO}),
    "casos.supresion.certificar": frozenset({_DELEGADO}),
    "casos.supresion.decidir": frozenset({_COORDINACION}),
    "casos.supresion.seguir": frozenset({_SERVICIO}),
    "casos.derecho.seguir": frozenset({_SERVICIO}),
    "casos.incidente.reportar": _TRABAJAN,
    "casos.incidente.ver": frozenset({_DELEGADO}),
    "casos.incidente.gestionar": frozenset({_DELEGADO}),
    "casos.incidente.seguir": frozenset({_SERVICIO}),
    "casos.comunicacion.ver": frozenset({_DELEGADO}),
    "casos.plazo.ver": frozenset({_SERVICIO}),
    "casos.plazo.listar": _PROFESIONALES,
    "casos.plazo.exportar": frozenset({_COORDINACION}),
    "casos.importar": frozenset({_COORDINACION}),
    "casos.hechos.ver": frozenset({_SERVICIO}),
    **permisos_del_bus("casos"),
    **permisos_de_auditoria("casos"),
}
