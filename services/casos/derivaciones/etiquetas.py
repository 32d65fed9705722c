"""How codes of the network, of derivations and of deadlines are said to people."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.consentimientos.models import (
    BaseLicitud,
    FormaConsentimiento,
    MotivoRetiro,
    Otorgante,
)
from casos.derivaciones.paquete import Categoria
from casos.derivaciones.states import (
    Accion,
    CanalRespuesta,
    Estado,
    Grado,
    MotivoAnulacion,
    MotivoEspera,
    MotivoNoLograda,
    MotivoRechazo,
)
from casos.derivaciones.sugerencias import AvisoDeCupo
from casos.red.models import Ambito, Capacidad, EstadoServicio, Modo, TipoInstitucion

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.BORRADOR: _l("Borrador"),
        Estado.ENVIADA: _l("Enviada, sin respuesta"),
        Estado.RECIBIDA: _l("Recibida"),
        Estado.ACEPTADA: _l("Aceptada"),
        Estado.EN_ESPERA: _l("En espera"),
        Estado.EN_CURSO: _l("En curso"),
        Estado.CUMPLIDA: _l("Cumplida, por verificar"),
        Estado.VERIFICADA: _l("Verificada con la persona"),
        Estado.RECHAZADA: _l("Rechazada"),
        Estado.NO_LOGRADA: _l("No lograda"),
        Estado.VENCIDA: _l("Vencida sin respuesta"),
        Estado.ANULADA: _l("Anulada"),
    },
    Accion: {
        Accion.ENVIAR: _l("Enviar la derivación"),
        Accion.RECIBIR: _l("Confirmar que se recibió"),
        Accion.ACEPTAR: _l("Aceptar la derivación"),
        Accion.RECHAZAR: _l("Rechazar la derivación"),
        Accion.ESPERA: _l("Dejar en espera"),
        Accion.CURSO: _l("Informar que comenzó la atención"),
        Accion.CUMPLIR: _l("Informar que se cumplió"),
        Accion.NO_LOGRADA: _l("Informar que no se logró"),
        Accion.VERIFICAR: _l("Verificar con la persona"),
        Accion.DISPUTAR: _l("La persona dice que no fue así"),
        Accion.ANULAR: _l("Anular la derivación"),
        Accion.VENCER: _l("Dar por vencida"),
    },
    MotivoRechazo: {
        MotivoRechazo.NO_CORRESPONDE: _l("No corresponde a la institución"),
        MotivoRechazo.NO_ELEGIBLE: _l("La persona no cumple los requisitos"),
        MotivoRechazo.SIN_CUPO: _l("No hay cupo"),
        MotivoRechazo.FALTA_DOCUMENTO: _l("Falta un documento"),
        MotivoRechazo.FUERA_DE_TERRITORIO: _l("Vive fuera del territorio"),
        MotivoRechazo.OTRO: _l("Otro motivo"),
    },
    MotivoEspera: {
        MotivoEspera.LISTA_ESPERA: _l("Hay lista de espera"),
        MotivoEspera.FALTA_DOCUMENTO: _l("Falta un documento"),
    },
    MotivoNoLograda: {
        MotivoNoLograda.NO_UBICADA: _l("No se pudo ubicar a la persona"),
        MotivoNoLograda.DESISTE: _l("La persona desistió"),
        MotivoNoLograda.NO_SE_PRESENTO: _l("La persona no se presentó"),
        MotivoNoLograda.SIN_CUPO_POSTERIOR: _l("Ya no hubo cupo"),
    },
    MotivoAnulacion: {
        MotivoAnulacion.ERROR: _l("Se creó por error"),
        MotivoAnulacion.A_PETICION: _l("La persona lo pidió"),
        MotivoAnulacion.YA_NO_CORRESPONDE: _l("Ya no corresponde"),
        MotivoAnulacion.CONSENTIMIENTO_RETIRADO: _l("La persona retiró su consentimiento"),
    },
    Grado: {
        Grado.A: _l("A: la institución misma"),
        Grado.B: _l("B: la institución, registrada por la oficina"),
        Grado.C: _l("C: la palabra de la persona"),
        Grado.D: _l("D: se presume"),
    },
    CanalRespuesta: {
        CanalRespuesta.ENLACE: _l("Por el enlace"),
        CanalRespuesta.BANDEJA: _l("En la bandeja de la unidad"),
        CanalRespuesta.TELEFONO: _l("Por teléfono"),
        CanalRespuesta.CORREO: _l("Por correo"),
        CanalRespuesta.OFICIO: _l("Por oficio"),
        CanalRespuesta.PERSONA: _l("Lo contó la persona"),
        CanalRespuesta.MENSAJE: _l("La persona, por su enlace o por SMS"),
    },
    Categoria: {
        Categoria.NOMBRE: _l("Nombre"),
        Categoria.IDIOMA: _l("Idioma"),
        Categoria.INTERPRETE: _l("Intérprete"),
        Categoria.TELEFONO: _l("Teléfono"),
        Categoria.CORREO: _l("Correo electrónico"),
        Categoria.DIRECCION: _l("Dirección"),
        Categoria.FECHA_NACIMIENTO: _l("Fecha de nacimiento"),
        Categoria.NACIONALIDAD: _l("Nacionalidad"),
        Categoria.DOCUMENTO: _l("Documento"),
        Categoria.SITUACION_MIGRATORIA: _l("Situación migratoria"),
    },
    BaseLicitud: {
        BaseLicitud.FUNCION_LEGAL: _l("Función legal de los organismos públicos"),
        BaseLicitud.CONSENTIMIENTO: _l("Consentimiento de la persona"),
    },
    FormaConsentimiento: {
        FormaConsentimiento.ESCRITA: _l("Por escrito"),
        FormaConsentimiento.VERBAL: _l("De palabra"),
        FormaConsentimiento.ELECTRONICA: _l("Por un medio electrónico"),
    },
    Otorgante: {
        Otorgante.PERSONA: _l("La persona"),
        Otorgante.REPRESENTANTE: _l("Quien la representa"),
    },
    MotivoRetiro: {
        MotivoRetiro.DECISION: _l("La persona lo decidió"),
        MotivoRetiro.YA_NO_HACE_FALTA: _l("Ya no hace falta"),
        MotivoRetiro.REGISTRADO_POR_ERROR: _l("Se registró por error"),
    },
    TipoInstitucion: {
        TipoInstitucion.MUNICIPAL: _l("Municipal"),
        TipoInstitucion.PUBLICA: _l("Servicio público"),
        TipoInstitucion.PRIVADA_SIN_FINES: _l("Organización sin fines de lucro"),
        TipoInstitucion.INTERNACIONAL: _l("Organismo internacional"),
    },
    Ambito: {
        Ambito.LOCAL: _l("En la comuna"),
        Ambito.EXTERNA: _l("Fuera de la comuna"),
    },
    Capacidad: {
        Capacidad.CON_CUPO: _l("Con cupo"),
        Capacidad.LISTA_ESPERA: _l("Con lista de espera"),
        Capacidad.SIN_CUPO: _l("Sin cupo"),
        Capacidad.REQUIERE_EVALUACION: _l("Requiere evaluación previa"),
        Capacidad.DESCONOCIDA: _l("Cupo sin informar"),
    },
    AvisoDeCupo: {
        AvisoDeCupo.SIN_CUPO: _l("El servicio informó que no tiene cupo."),
        AvisoDeCupo.LISTA_ESPERA: _l("El servicio informó que tiene lista de espera."),
        AvisoDeCupo.CUPO_ANTIGUO: _l("Lo que informó de su cupo es antiguo: confírmelo."),
    },
    EstadoServicio: {
        EstadoServicio.ACTIVO: _l("Recibe derivaciones"),
        EstadoServicio.SUSPENDIDO: _l("Suspendido por ahora"),
        EstadoServicio.INACTIVO: _l("No recibe derivaciones"),
    },
    Modo: {
        Modo.EN_LINEA: _l("En línea, por un enlace"),
        Modo.OFICIO: _l("Por oficio"),
        Modo.CORREO: _l("Por correo"),
        Modo.PRESENCIAL_ACOMPANADA: _l("Con acompañamiento en persona"),
        Modo.AUTOGESTIONADA: _l("La persona va por su cuenta"),
    },
}

TONOS: Mapping[Estado, str] = {
    Estado.BORRADOR: "neutro",
    Estado.ENVIADA: "info",
    Estado.RECIBIDA: "info",
    Estado.ACEPTADA: "info",
    Estado.EN_ESPERA: "aviso",
    Estado.EN_CURSO: "info",
    Estado.CUMPLIDA: "info",
    Estado.VERIFICADA: "bien",
    Estado.RECHAZADA: "mal",
    Estado.NO_LOGRADA: "mal",
    Estado.VENCIDA: "mal",
    Estado.ANULADA: "neutro",
}

_FALLIDAS: Mapping[Estado, LazyString] = {
    Estado.RECHAZADA: _l("Derivación rechazada"),
    Estado.NO_LOGRADA: _l("Derivación no lograda"),
    Estado.VENCIDA: _l("Derivación vencida sin respuesta"),
}

_HECHAS: Mapping[Accion, LazyString] = {
    Accion.RECIBIR: _l("Se confirmó la recepción"),
    Accion.ACEPTAR: _l("Se aceptó"),
    Accion.RECHAZAR: _l("Se rechazó"),
    Accion.ESPERA: _l("Quedó en espera"),
    Accion.CURSO: _l("Comenzó la atención"),
    Accion.CUMPLIR: _l("Se cumplió"),
    Accion.NO_LOGRADA: _l("No se logró"),
    Accion.VERIFICAR: _l("La persona lo confirmó"),
    Accion.DISPUTAR: _l("La persona dice que no fue así"),
}

_MOTIVOS: Mapping[str, LazyString] = {
    codigo: texto
    for tipo in (MotivoRechazo, MotivoEspera, MotivoNoLograda, MotivoAnulacion)
    for codigo, texto in ETIQUETAS[tipo].items()
}


def fallida(estado: Estado) -> str:
    """How a bad end is said of a case, where nothing else says that it is a derivation's."""
    return str(_FALLIDAS[estado])


def hecha(accion: Accion) -> str:
    """How a step is said when it was somebody else who took it; the office's own, as a command."""
    return str(_HECHAS.get(accion) or ETIQUETAS[Accion][accion])


def motivo(codigo: str | None) -> str:
    """How a reason is said; nothing for none."""
    return str(_MOTIVOS.get(codigo, codigo)) if codigo else ""
