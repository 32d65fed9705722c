"""What comes in about a document that is there; the same for JSON and form."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields

from casos.documentos.catalogo import motivos


def _es_motivo(codigo: str) -> None:
    if codigo not in dict(motivos()):
        raise ValidationError(_("No conocemos ese motivo."))


class RetiroDeDocumentoSchema(Schema):
    """Why it is of use no more."""

    motivo = fields.String(
        required=True,
        validate=_es_motivo,
        error_messages={"required": _l("Elija uno de los motivos.")},
    )
