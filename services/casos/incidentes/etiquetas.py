"""How codes of incidents are said to people."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.incidentes.states import (
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    Estado,
    Falta,
    MedioDeAviso,
    Naturaleza,
    RiesgoParaPersonas,
    Sistema,
)

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.REPORTADO: _l("Reportado"),
        Estado.ABIERTO: _l("Abierto"),
        Estado.CERRADO: _l("Cerrado"),
        Estado.DESCARTADO: _l("Descartado"),
    },
    Accion: {
        Accion.ABRIR: _l("Abrir como incidente"),
        Accion.DESCARTAR: _l("Descartar la sospecha"),
        Accion.CLASIFICAR: _l("Cambiar la clasificación"),
        Accion.MEDIDA: _l("Anotar una medida"),
        Accion.VINCULAR: _l("Agregar personas"),
        Accion.DESVINCULAR: _l("Quitar personas"),
        Accion.DECIDIR: _l("Decidir si se comunica"),
        Accion.AVISAR: _l("Anotar que se comunicó"),
        Accion.CERRAR: _l("Cerrar el incidente"),
        Accion.REABRIR: _l("Reabrir"),
    },
    Falta: {
        Falta.MEDIDA: _l("Falta anotar al menos una medida."),
        Falta.DECISION: _l("Falta decidir, sobre cada uno, si se le comunica."),
        Falta.AVISO: _l("Falta comunicarlo a quien se decidió, y anotarlo."),
    },
    Causa: {
        Causa.ENVIO_EQUIVOCADO: _l("Se envió o entregó a quien no correspondía"),
        Causa.PERDIDA_O_ROBO: _l("Se perdió o robaron un equipo, un papel o un medio"),
        Causa.ACCESO_INDEBIDO: _l("Alguien vio datos que no debía"),
        Causa.CUENTA_COMPROMETIDA: _l("Otra persona pudo usar una cuenta o una clave"),
        Causa.PROGRAMA_MALICIOSO: _l("Un virus o un programa que pide rescate"),
        Causa.PUBLICACION: _l("Se publicaron datos que no debían publicarse"),
        Causa.DATOS_ALTERADOS: _l("Se cambiaron o borraron datos sin motivo"),
        Causa.SIN_SERVICIO: _l("No se puede llegar a los datos"),
        Causa.OTRA: _l("Otra cosa"),
    },
    Naturaleza: {
        Naturaleza.CONFIDENCIALIDAD: _l("Confidencialidad: alguien los conoció"),
        Naturaleza.INTEGRIDAD: _l("Integridad: se alteraron"),
        Naturaleza.DISPONIBILIDAD: _l("Disponibilidad: se perdieron o no se llega a ellos"),
    },
    Sistema: {
        Sistema.IDENTIDAD: _l("Cuentas y accesos"),
        Sistema.CASOS: _l("Personas y casos"),
        Sistema.AGENDA: _l("Agenda"),
        Sistema.NOTIFICACIONES: _l("Mensajes"),
        Sistema.REPORTES: _l("Reportes"),
        Sistema.CORREO: _l("Correo de la oficina"),
        Sistema.EQUIPO: _l("Un computador, teléfono o medio"),
        Sistema.PAPEL: _l("Papel"),
        Sistema.TERCERO: _l("Una institución o un proveedor"),
    },
    RiesgoParaPersonas: {
        RiesgoParaPersonas.BAJO: _l("Bajo: no es razonable esperar un daño"),
        RiesgoParaPersonas.MEDIO: _l("Medio: es razonable esperar un daño"),
        RiesgoParaPersonas.ALTO: _l("Alto: el daño es grave, o alcanza a muchas personas"),
    },
    ClaseDeMedida: {
        ClaseDeMedida.CONTENER: _l("Para contenerlo o repararlo"),
        ClaseDeMedida.PRECAVER: _l("Para que no vuelva a ocurrir"),
    },
    Destinatario: {
        Destinatario.AGENCIA: _l("Agencia de Protección de Datos Personales"),
        Destinatario.PERSONAS: _l("Personas afectadas"),
        Destinatario.CSIRT: _l("CSIRT Nacional"),
    },
    MedioDeAviso: {
        MedioDeAviso.SEDE_ELECTRONICA: _l("En el sitio de la institución"),
        MedioDeAviso.CORREO: _l("Por correo electrónico"),
        MedioDeAviso.CARTA: _l("Por carta"),
        MedioDeAviso.TELEFONO: _l("Por teléfono"),
        MedioDeAviso.EN_PERSONA: _l("En persona"),
        MedioDeAviso.PUBLICACION: _l("Con un aviso en un medio de alcance nacional"),
    },
}

TONOS: Mapping[StrEnum, str] = {
    Estado.REPORTADO: "aviso",
    Estado.DESCARTADO: "neutro",
}

HECHAS: Mapping[Accion | None, LazyString] = {
    None: _l("Se reportó"),
    Accion.ABRIR: _l("Se abrió como incidente"),
    Accion.DESCARTAR: _l("Se descartó"),
    Accion.CLASIFICAR: _l("Se clasificó de nuevo"),
    Accion.MEDIDA: _l("Se tomó una medida"),
    Accion.VINCULAR: _l("Se agregaron personas"),
    Accion.DESVINCULAR: _l("Se quitaron personas"),
    Accion.DECIDIR: _l("Se decidió"),
    Accion.AVISAR: _l("Se comunicó"),
    Accion.CERRAR: _l("Se cerró"),
    Accion.REABRIR: _l("Se reabrió"),
}
