"""What comes in and goes out of erasures; the same for JSON and form."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from casos.supresion.states import Estado, Obstaculo


def _cuantos(*, puede_faltar: bool = False) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=puede_faltar)


class NegativaSchema(Schema):
    """Why an erasure is not confirmed."""

    motivo = fields.String(
        required=True,
        validate=validate.Length(min=1, max=2000, error=_l("Escriba por qué no se confirma.")),
        error_messages={"required": _l("Escriba por qué no se confirma.")},
    )


class ImpedimentoSchema(Schema):
    """Something that stands against erasing somebody now; of a sealed case without its folio."""

    obstaculo = fields.Enum(Obstaculo, by_value=True)
    folio = fields.String()


class DestinatarioDeDatosSchema(Schema):
    """An institution that received data, and whether it is told by e-mail to erase them."""

    folio = fields.String()
    institucion = fields.String()
    servicio = fields.String()
    enviada_en = fields.AwareDateTime()
    por_correo = fields.Boolean()


class QuedaSchema(Schema):
    """Something that stays, and why."""

    clave = fields.String()
    que = fields.String()
    razon = fields.String()


class VistaPreviaDeSupresionSchema(Schema):
    """What erasing somebody would do: how many of each class would go in each service (null when it
    does not answer now), what stays, what stands against it, and who must be told.
    """

    servicios = fields.Dict(keys=fields.String(), values=_cuantos(puede_faltar=True), required=True)
    quedan = fields.List(fields.Nested(QuedaSchema))
    impedimentos = fields.List(fields.Nested(ImpedimentoSchema))
    destinatarios = fields.List(fields.Nested(DestinatarioDeDatosSchema))


class PurgaSchema(Schema):
    """What a service was told to erase, and what it confirmed."""

    servicio = fields.String()
    pedida_en = fields.AwareDateTime()
    confirmada_en = fields.AwareDateTime(allow_none=True)
    borrado = _cuantos()
    certificado_id = fields.UUID(allow_none=True)
    certificado_huella = fields.String(allow_none=True)


class SupresionSchema(Schema):
    """An erasure, who decided it, and what each service confirmed. It names nobody."""

    id = fields.UUID()
    solicitud_id = fields.UUID()
    folio = fields.Pluck("_FolioSchema", "folio", attribute="solicitud")
    estado = fields.Enum(Estado, by_value=True)
    reglas_version = fields.String()
    propuesta_en = fields.AwareDateTime()
    propuesta_por = fields.String()
    decidida_en = fields.AwareDateTime(allow_none=True)
    decidida_por = fields.String()
    motivo = fields.String(allow_none=True)
    borrado = _cuantos()
    certificado_huella = fields.String(allow_none=True)
    purgas = fields.List(fields.Nested(PurgaSchema))
    terminada_en = fields.AwareDateTime(allow_none=True)
    cierre_huella = fields.String(allow_none=True)
    version = fields.Integer()


class _FolioSchema(Schema):
    folio = fields.String()


class SupresionesSchema(Schema):
    """Those that wait for somebody first."""

    supresiones = fields.List(fields.Nested(SupresionSchema))


class SeguimientoDeSupresionSchema(Schema):
    """How an erasure stands and which services have not confirmed, for who writes about it."""

    folio = fields.String(required=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    faltan = fields.List(fields.String(), required=True)


class ActoSchema(Schema):
    """Who decided something, and when (ISO 8601)."""

    por = fields.String()
    en = fields.String(allow_none=True)


class ParteSchema(Schema):
    """What a service erased, and the certificate of it in its chain."""

    servicio = fields.String()
    confirmado_en = fields.String(allow_none=True)
    borrado = _cuantos()
    certificado = fields.String(allow_none=True)
    huella = fields.String(allow_none=True)


class AvisadoSchema(Schema):
    """An institution that is to erase what it received."""

    derivacion = fields.String()
    institucion = fields.String()
    servicio = fields.String()
    enviada_en = fields.String(allow_none=True)
    por_correo = fields.Boolean()


class CierreSchema(Schema):
    """The certificate of casos over all of them."""

    certificado = fields.String()
    huella = fields.String()


class CertificadoDeSupresionSchema(Schema):
    """The certificate of an erasure; moments are ISO 8601. It names nobody."""

    formato = fields.String()
    version = fields.Integer()
    id = fields.String()
    solicitud = fields.String()
    reglas_version = fields.String()
    propuesta = fields.Nested(ActoSchema)
    confirmada = fields.Nested(ActoSchema)
    terminada_en = fields.String()
    servicios = fields.List(fields.Nested(ParteSchema))
    destinatarios = fields.List(fields.Nested(AvisadoSchema))
    cierre = fields.Nested(CierreSchema)
