"""How codes of casos are said to people. One table a kind of code, in the order of its members."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.accesos.models import MotivoAcceso
from casos.atenciones.models import Canal, Resultado
from casos.cierres.models import EstadoPropuesta
from casos.comunidad.discriminacion.etiquetas import ETIQUETAS as _DE_DISCRIMINACION
from casos.comunidad.mediaciones.etiquetas import ETIQUETAS as _DE_MEDIACIONES
from casos.comunidad.obstaculos.etiquetas import ETIQUETAS as _DE_OBSTACULOS
from casos.comunidad.organizaciones.etiquetas import ETIQUETAS as _DE_ORGANIZACIONES
from casos.contactos.pauta import Aviso
from casos.convenios.etiquetas import ETIQUETAS as _DE_CONVENIOS
from casos.defunciones.models import FuenteDefuncion
from casos.derechos.etiquetas import ETIQUETAS as _DE_DERECHOS
from casos.derivaciones.etiquetas import ETIQUETAS as _DE_DERIVACIONES
from casos.expedientes.models import (
    Confidencialidad,
    Instancia,
    MotivoElevacion,
    MotivoReapertura,
    Prioridad,
    ResultadoCierre,
    Riesgo,
    TipoCaso,
)
from casos.expedientes.states import (
    DestinoDenuncia,
    Estado,
    MotivoCierre,
    MotivoReanudacion,
    MotivoSuspension,
    MotivoVuelta,
    Senal,
)
from casos.fusiones.etiquetas import ESTADOS as _DE_FUSIONES
from casos.fusiones.states import Estado as EstadoFusion
from casos.incidentes.etiquetas import ETIQUETAS as _DE_INCIDENTES
from casos.orientaciones.etiquetas import ETIQUETAS as _DE_ORIENTACIONES
from casos.personas.busqueda import Hallazgo
from casos.personas.edades import RangoEtario
from casos.personas.matching import Razon
from casos.personas.models import (
    CanalPreferido,
    NivelDocumento,
    NivelEspanol,
    PrecisionFecha,
    TipoContacto,
)
from casos.programas.entregas.etiquetas import ETIQUETAS as _DE_ENTREGAS
from casos.programas.etiquetas import ETIQUETAS as _DE_PROGRAMAS
from casos.programas.postulaciones.etiquetas import ETIQUETAS as _DE_POSTULACIONES
from casos.red.etiquetas import ETIQUETAS as _DE_LA_RED
from casos.situaciones.models import FuenteSituacion
from casos.tareas.states import EstadoTarea
from oficina.identity_docs import TipoDocumento

_ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Canal: {
        Canal.PRESENCIAL: _l("En la oficina"),
        Canal.TELEFONO: _l("Por teléfono"),
        Canal.TERRENO: _l("En terreno"),
        Canal.CORREO: _l("Por correo"),
        Canal.MENSAJERIA: _l("Por mensajería"),
    },
    Resultado: {
        Resultado.ORIENTADA: _l("Recibió orientación"),
        Resultado.ABRE_CASO: _l("Se abre un caso"),
        Resultado.AGENDADA: _l("Quedó con una cita"),
        Resultado.SIN_CUPO: _l("No había cupo"),
        Resultado.NO_CORRESPONDE: _l("No corresponde a la oficina"),
    },
    TipoCaso: {
        TipoCaso.ORIENTACION_SOCIAL: _l("Orientación social"),
        TipoCaso.VULNERACION_DERECHOS: _l("Vulneración de derechos"),
        TipoCaso.REGULARIZACION_MIGRATORIA: _l("Regularización migratoria"),
        TipoCaso.AYUDA_SOCIAL: _l("Ayuda social"),
        TipoCaso.CONVIVENCIA_VECINAL: _l("Convivencia vecinal"),
        TipoCaso.INTEGRACION: _l("Integración"),
    },
    Instancia: {
        Instancia.PRIMERA: _l("Primera instancia"),
        Instancia.SEGUNDA: _l("Segunda instancia"),
    },
    Prioridad: {
        Prioridad.NORMAL: _l("Normal"),
        Prioridad.ALTA: _l("Alta"),
        Prioridad.URGENTE: _l("Urgente"),
    },
    Confidencialidad: {
        Confidencialidad.NORMAL: _l("Normal"),
        Confidencialidad.RESERVADO: _l("Reservado"),
        Confidencialidad.SELLADO: _l("Sellado"),
    },
    MotivoAcceso: {
        MotivoAcceso.RIESGO_INMEDIATO: _l("Hay un riesgo inmediato para la persona"),
        MotivoAcceso.PERSONA_PRESENTE: _l("La persona está aquí y pide atención"),
        MotivoAcceso.REQUERIMIENTO_AUTORIDAD: _l("Lo pide un tribunal, la fiscalía o la policía"),
        MotivoAcceso.NADIE_DISPONIBLE: _l("Nadie de los nombrados está disponible"),
    },
    Riesgo: {
        Riesgo.SIN_EVALUAR: _l("Sin evaluar"),
        Riesgo.BAJO: _l("Bajo"),
        Riesgo.MEDIO: _l("Medio"),
        Riesgo.ALTO: _l("Alto"),
    },
    Estado: {
        Estado.ABIERTO: _l("Abierto"),
        Estado.EN_EVALUACION: _l("En evaluación"),
        Estado.EN_GESTION: _l("En gestión"),
        Estado.EN_SEGUIMIENTO: _l("En seguimiento"),
        Estado.SUSPENDIDO: _l("Suspendido"),
        Estado.CERRADO: _l("Cerrado"),
        Estado.ANULADO: _l("Anulado"),
    },
    MotivoVuelta: {
        MotivoVuelta.NUEVA_NECESIDAD: _l("Hay una necesidad nueva"),
        MotivoVuelta.DERIVACION_NO_RESULTO: _l("Una derivación no resultó"),
        MotivoVuelta.PERSONA_LO_PIDE: _l("La persona lo pide"),
    },
    MotivoSuspension: {
        MotivoSuspension.SIN_CONTACTO: _l("No se logra contactar a la persona"),
        MotivoSuspension.ESPERA_DOCUMENTO: _l("Se espera un documento"),
        MotivoSuspension.A_PETICION: _l("La persona lo pidió"),
    },
    MotivoReanudacion: {
        MotivoReanudacion.PERSONA_CONTACTADA: _l("Se contactó a la persona"),
        MotivoReanudacion.LLEGO_EL_DOCUMENTO: _l("Llegó el documento"),
        MotivoReanudacion.REVISION: _l("Se revisó la suspensión"),
    },
    DestinoDenuncia: {
        DestinoDenuncia.FISCALIA: _l("Ministerio Público"),
        DestinoDenuncia.CARABINEROS: _l("Carabineros"),
        DestinoDenuncia.PDI: _l("Policía de Investigaciones"),
        DestinoDenuncia.TRIBUNAL: _l("Un tribunal"),
        DestinoDenuncia.NO_PROCEDE: _l("No procede denunciar"),
    },
    Senal: {
        Senal.DENUNCIA_OBLIGATORIA: _l("Denuncia obligatoria pendiente"),
        Senal.PLAZO_VENCIDO: _l("Plazo vencido"),
        Senal.CONTACTO_PROHIBIDO: _l("No contactar"),
        Senal.CONSENTIMIENTO_REVOCADO: _l("Consentimiento retirado"),
        Senal.SIN_ACTIVIDAD: _l("Sin actividad"),
        Senal.NNA: _l("Niña, niño o adolescente"),
        Senal.REQUIERE_INTERPRETE: _l("Necesita intérprete"),
        Senal.POSIBLE_DUPLICADO: _l("Su ficha se parece a otra"),
        Senal.DERIVACION_ACTIVA: _l("Derivación en curso"),
    },
    EstadoFusion: _DE_FUSIONES,
    MotivoElevacion: {
        MotivoElevacion.VULNERACION_DERECHOS: _l("Vulneración de derechos"),
        MotivoElevacion.REGULARIZACION_MIGRATORIA: _l("Regularización migratoria"),
        MotivoElevacion.REQUIERE_ESPECIALISTA: _l("Requiere atención especializada"),
        MotivoElevacion.RIESGO: _l("Hay señales de riesgo"),
    },
    MotivoCierre: {
        MotivoCierre.RESUELTO_POR_ORIENTACION: _l("Se resolvió con la orientación"),
        MotivoCierre.NO_AMERITA: _l("No amerita segunda instancia"),
        MotivoCierre.GESTION_TERMINADA: _l("La gestión terminó"),
        MotivoCierre.PERSONA_DESISTE: _l("La persona desistió"),
        MotivoCierre.NO_UBICADA: _l("No se pudo ubicar a la persona"),
    },
    ResultadoCierre: {
        ResultadoCierre.LOGRADO: _l("Logrado"),
        ResultadoCierre.PARCIAL: _l("Logrado en parte"),
        ResultadoCierre.NO_LOGRADO: _l("No logrado"),
    },
    EstadoTarea: {
        EstadoTarea.PENDIENTE: _l("Por hacer"),
        EstadoTarea.HECHA: _l("Hecha"),
        EstadoTarea.CANCELADA: _l("Cancelada"),
    },
    EstadoPropuesta: {
        EstadoPropuesta.PENDIENTE: _l("Espera la decisión de otra persona"),
        EstadoPropuesta.APROBADA: _l("Aprobado"),
        EstadoPropuesta.RECHAZADA: _l("No aprobado"),
        EstadoPropuesta.SIN_EFECTO: _l("Sin efecto"),
    },
    MotivoReapertura: {
        MotivoReapertura.NUEVO_ANTECEDENTE: _l("Hay un antecedente nuevo"),
        MotivoReapertura.PERSONA_VUELVE: _l("La persona volvió"),
        MotivoReapertura.CERRADO_POR_ERROR: _l("Se cerró por error"),
    },
    RangoEtario: {
        RangoEtario.R0_5: _l("0 a 5 años"),
        RangoEtario.R6_13: _l("6 a 13 años"),
        RangoEtario.R14_17: _l("14 a 17 años"),
        RangoEtario.R18_29: _l("18 a 29 años"),
        RangoEtario.R30_44: _l("30 a 44 años"),
        RangoEtario.R45_59: _l("45 a 59 años"),
        RangoEtario.R60: _l("60 años o más"),
        RangoEtario.SIN_DATO: _l("Sin dato"),
    },
    Hallazgo: {
        Hallazgo.FOLIO: _l("Coincide el folio"),
        Hallazgo.FOLIO_CASO: _l("Coincide el folio de un caso"),
        Hallazgo.DOCUMENTO: _l("Coincide el documento"),
        Hallazgo.TELEFONO: _l("Coincide el teléfono"),
        Hallazgo.CORREO: _l("Coincide el correo"),
        Hallazgo.NOMBRE: _l("Coincide el nombre"),
        Hallazgo.SONIDO: _l("Suena parecido"),
    },
    Razon: {
        Razon.MISMO_DOCUMENTO: _l("Mismo documento"),
        Razon.MISMO_NOMBRE: _l("Mismo nombre"),
        Razon.MISMO_TELEFONO: _l("Mismo teléfono"),
        Razon.MISMO_CORREO: _l("Mismo correo"),
        Razon.NOMBRE_SUENA_IGUAL: _l("Nombre que suena igual"),
        Razon.NOMBRE_CONTENIDO: _l("Nombre con más o menos palabras"),
        Razon.NOMBRE_PARECIDO: _l("Nombre muy parecido"),
        Razon.MISMA_FECHA_NACIMIENTO: _l("Misma fecha de nacimiento"),
        Razon.FECHA_NACIMIENTO_PARECIDA: _l("Fecha de nacimiento parecida"),
        Razon.SIN_FECHA_QUE_COMPARAR: _l("Sin fecha de nacimiento que las distinga"),
        Razon.MISMA_DIRECCION: _l("Misma dirección"),
        Razon.DOCUMENTO_PARECIDO: _l("Documento igual salvo el dígito verificador"),
    },
    CanalPreferido: {
        CanalPreferido.SMS: _l("Mensaje de texto"),
        CanalPreferido.CORREO: _l("Correo electrónico"),
        CanalPreferido.LLAMADA: _l("Llamada"),
    },
    Aviso: {
        Aviso.FALLECIDA: _l("Falleció"),
        Aviso.NO_CONTACTAR: _l("No contactar"),
        Aviso.CONTACTO_SEGURO: _l("Contacto con cuidado"),
        Aviso.INTERPRETE: _l("Necesita intérprete"),
    },
    FuenteSituacion: {
        FuenteSituacion.DECLARADA: _l("Lo dijo la persona"),
        FuenteSituacion.DOCUMENTO: _l("Documento a la vista"),
        FuenteSituacion.INSTITUCION: _l("Lo informó una institución"),
    },
    FuenteDefuncion: {
        FuenteDefuncion.CERTIFICADO: _l("Certificado a la vista"),
        FuenteDefuncion.FAMILIA: _l("Lo dijo su familia o alguien cercano"),
        FuenteDefuncion.INSTITUCION: _l("Lo informó una institución"),
        FuenteDefuncion.OTRA: _l("Otra fuente"),
    },
    TipoContacto: {
        TipoContacto.TELEFONO: _l("Teléfono"),
        TipoContacto.CORREO: _l("Correo electrónico"),
    },
    PrecisionFecha: {
        PrecisionFecha.EXACTA: _l("Exacta"),
        PrecisionFecha.MES: _l("Solo mes y año"),
        PrecisionFecha.ANIO: _l("Solo el año"),
        PrecisionFecha.ESTIMADA: _l("Estimada"),
        PrecisionFecha.DESCONOCIDA: _l("Desconocida"),
    },
    NivelEspanol: {
        NivelEspanol.NINGUNO: _l("No habla español"),
        NivelEspanol.BASICO: _l("Español básico"),
        NivelEspanol.INTERMEDIO: _l("Español intermedio"),
        NivelEspanol.AVANZADO: _l("Español avanzado"),
    },
    NivelDocumento: {
        NivelDocumento.DECLARADO: _l("Declarado"),
        NivelDocumento.VISTO: _l("Visto"),
        NivelDocumento.VERIFICADO: _l("Verificado"),
    },
    TipoDocumento: {
        TipoDocumento.RUN_CEDULA_EXTRANJERO: _l("RUN (cédula para extranjeros)"),
        TipoDocumento.RUN_CEDULA_CHILENA: _l("RUN (cédula chilena)"),
        TipoDocumento.IPE: _l("IPE (identificador provisorio escolar)"),
        TipoDocumento.IPA: _l("IPA (identificador provisorio del apoderado)"),
        TipoDocumento.NIP_FONASA: _l("NIP de Fonasa"),
        TipoDocumento.PASAPORTE: _l("Pasaporte"),
        TipoDocumento.DNI_CEDULA_ORIGEN: _l("DNI o cédula del país de origen"),
        TipoDocumento.TUM: _l("Tarjeta única migratoria"),
        TipoDocumento.CERT_RESIDENCIA_TEMPORAL_EN_TRAMITE: _l(
            "Certificado de residencia temporal en trámite"
        ),
        TipoDocumento.CERT_RESIDENCIA_DEFINITIVA_EN_TRAMITE: _l(
            "Certificado de residencia definitiva en trámite"
        ),
        TipoDocumento.AMPLIACION_CERTIFICADO: _l("Ampliación de certificado"),
        TipoDocumento.ESTAMPADO_ELECTRONICO: _l("Estampado electrónico"),
        TipoDocumento.EMPADRONAMIENTO_BIOMETRICO: _l("Empadronamiento biométrico"),
        TipoDocumento.SOLICITUD_REFUGIO: _l("Solicitud de refugio"),
        TipoDocumento.PARTIDA_NACIMIENTO: _l("Partida de nacimiento"),
        TipoDocumento.SIN_DOCUMENTO: _l("Sin documento"),
        TipoDocumento.OTRO: _l("Otro documento"),
    },
    **_DE_ORIENTACIONES,
    **_DE_CONVENIOS,
    **_DE_ORGANIZACIONES,
    **_DE_MEDIACIONES,
    **_DE_DISCRIMINACION,
    **_DE_OBSTACULOS,
    **_DE_PROGRAMAS,
    **_DE_POSTULACIONES,
    **_DE_ENTREGAS,
    **_DE_DERIVACIONES,
    **_DE_LA_RED,
    **_DE_DERECHOS,
    **_DE_INCIDENTES,
}

SEXOS: Mapping[str, LazyString] = {
    "femenino": _l("Femenino"),
    "masculino": _l("Masculino"),
    "otro": _l("Otro"),
}


def etiqueta(codigo: StrEnum) -> str:
    """How one code is said."""
    return str(_ETIQUETAS[type(codigo)][codigo])


def opciones(tipo: type[StrEnum], *sin: StrEnum) -> list[tuple[str, str]]:
    """(code, label) of every code of a kind, but those named."""
    return [(codigo.value, str(_ETIQUETAS[tipo][codigo])) for codigo in tipo if codigo not in sin]
