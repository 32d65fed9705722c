"""Every table of casos, for migrations and for the mapper: each room's models are named here."""

from casos.accesos.models import AccesoExcepcional
from casos.adjuntos.models import Adjunto, Trozo
from casos.atenciones.models import Atencion
from casos.base import Base
from casos.bloqueos.models import Bloqueo
from casos.cierres.models import CierrePropuesto
from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.mediaciones.models import (
    CompromisoDeMediacion,
    Mediacion,
    ParteDeMediacion,
    SeguimientoDeMediacion,
    SesionDeMediacion,
)
from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.organizaciones.models import Directiva, Organizacion, PasoDeOrganizacion
from casos.consentimientos.models import Consentimiento, RetiroConsentimiento
from casos.conservacion.models import Conservacion
from casos.contactos.models import ContactoSeguro
from casos.convenios.models import Convenio
from casos.copias.models import CopiaDeDatos
from casos.defunciones.models import Defuncion
from casos.derechos.models import PasoDeSolicitud, SolicitudDerecho
from casos.derivaciones.models import Derivacion, Enlace, RespuestaDerivacion
from casos.documentos.vencimientos.models import AvisoDeDocumento
from casos.expedientes.models import Caso, Evaluacion, Hito, MiembroDeCaso
from casos.foliados.models import Foliado
from casos.folios import Folio
from casos.fusiones.models import Fusion
from casos.hechos.models import ContadorDeCambios
from casos.hogares.models import Hogar, Integrante
from casos.importacion.models import ArchivoImportado, FilaImportada, Importacion
from casos.incidentes.models import (
    AvisoDeIncidente,
    IncidenteSeguridad,
    PasoDeIncidente,
    PersonaDeIncidente,
)
from casos.listas.models import VistaGuardada, VistaPorOmision
from casos.lotes.models import HechoEnLote
from casos.oficios.models import Oficio
from casos.orientaciones.models import FichaOrientacion, Orientacion
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    Persona,
    PosibleDuplicado,
    TokenNombre,
)
from casos.plazos.models import DiaCerrado, Plazo, VersionDeReglas
from casos.programas.entregas.models import (
    Articulo,
    Entrega,
    MovimientoExistencia,
    Rendicion,
)
from casos.programas.models import (
    MovimientoPresupuesto,
    Presupuesto,
    Programa,
    RequisitosDePrograma,
)
from casos.programas.postulaciones.models import PasoDePostulacion, Postulacion
from casos.red.consultas.models import ConsultaRed, EnlaceDeConsulta, PreguntaRed
from casos.red.hsds.models import CargaDeRed
from casos.red.models import (
    ContactoRed,
    CupoInformado,
    Horario,
    Institucion,
    Lugar,
    Sede,
    ServicioRed,
)
from casos.red.propuestas.models import PropuestaRed
from casos.red.verificaciones.models import AvisoDeVerificacion
from casos.representantes.models import Representante
from casos.situaciones.models import SituacionMigratoria
from casos.subtemas.models import Subtema
from casos.supresion.models import Purga, Supresion
from casos.tareas.models import Tarea
from casos.vinculos.models import Vinculo

__all__ = [
    "AccesoExcepcional",
    "Adjunto",
    "ArchivoImportado",
    "Articulo",
    "Atencion",
    "AvisoDeDocumento",
    "AvisoDeIncidente",
    "AvisoDeVerificacion",
    "Base",
    "Bloqueo",
    "CargaDeRed",
    "Caso",
    "CierrePropuesto",
    "CompromisoDeMediacion",
    "Consentimiento",
    "Conservacion",
    "ConsultaRed",
    "Contacto",
    "ContactoRed",
    "ContactoSeguro",
    "ContadorDeCambios",
    "Convenio",
    "CopiaDeDatos",
    "CupoInformado",
    "Defuncion",
    "Derivacion",
    "DiaCerrado",
    "Directiva",
    "DocumentoIdentidad",
    "Enlace",
    "EnlaceDeConsulta",
    "Entrega",
    "Evaluacion",
    "FichaOrientacion",
    "FilaImportada",
    "Foliado",
    "Folio",
    "Fusion",
    "HechoEnLote",
    "Hito",
    "Hogar",
    "Horario",
    "Importacion",
    "IncidenteSeguridad",
    "Institucion",
    "Integrante",
    "Lugar",
    "Mediacion",
    "MiembroDeCaso",
    "MovimientoExistencia",
    "MovimientoPresupuesto",
    "Obstaculo",
    "Oficio",
    "Organizacion",
    "Orientacion",
    "ParteDeMediacion",
    "PasoDeIncidente",
    "PasoDeObstaculo",
    "PasoDeOrganizacion",
    "PasoDePostulacion",
    "PasoDeReporte",
    "PasoDeSolicitud",
    "Persona",
    "PersonaDeIncidente",
    "Plazo",
    "PosibleDuplicado",
    "Postulacion",
    "PreguntaRed",
    "Presupuesto",
    "Programa",
    "PropuestaRed",
    "Purga",
    "Rendicion",
    "ReporteDeDiscriminacion",
    "Representante",
    "RequisitosDePrograma",
    "RespuestaDerivacion",
    "RetiroConsentimiento",
    "Sede",
    "SeguimientoDeMediacion",
    "ServicioRed",
    "SesionDeMediacion",
    "SituacionMigratoria",
    "SolicitudDerecho",
    "Subtema",
    "Supresion",
    "Tarea",
    "TokenNombre",
    "Trozo",
    "VersionDeReglas",
    "Vinculo",
    "VistaGuardada",
    "VistaPorOmision",
]
