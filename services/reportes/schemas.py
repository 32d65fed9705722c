"""What comes in and goes out, and the facts as casos tells them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from oficina.texts import N_
from reportes.figuras import Figuras, Tabla
from reportes.indicadores import catalogo
from reportes.meses import Mes
from reportes.states import Alcance, EstadoInforme


class MesField(fields.Field[Mes]):
    """A month, `2024-05`."""

    def _serialize(self, value: Mes | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.clave

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mes:
        try:
            return Mes.leer(str(value))
        except ValueError as error:
            raise ValidationError(N_("Escriba el mes así: 2024-05.")) from error


class AlcanceSchema(Schema):
    """For whom the figures are."""

    alcance = fields.Enum(
        Alcance,
        by_value=True,
        load_default=None,
        metadata={"description": "Si no se dice, lo más completo que quien pide puede leer"},
    )


class PedidoSchema(Schema):
    """A report that somebody asks for."""

    mes = MesField(required=True)
    alcance = fields.Enum(Alcance, by_value=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Mes, Alcance]:
        """The month and for whom."""
        return data["mes"], data["alcance"]


class ResumenMesSchema(Schema):
    """The totals of a month; without them for who reads only what may be published."""

    mes = MesField(required=True)
    atenciones = fields.Integer(required=True, allow_none=True)
    personas = fields.Integer(required=True, allow_none=True)
    casos = fields.Integer(required=True, allow_none=True)
    derivaciones = fields.Integer(required=True, allow_none=True)


class MesesSchema(Schema):
    """Every month with data."""

    meses = fields.List(fields.Nested(ResumenMesSchema), required=True)


class CeldaSchema(Schema):
    """A cell of a table; `null` is kept secret, a code `*` is a total."""

    codigos = fields.List(fields.String(), required=True)
    valor = fields.Integer(allow_none=True)
    mes_anterior = fields.Integer(allow_none=True)


class TablaSchema(Schema):
    """One indicator in a month."""

    indicador = fields.String(required=True)
    version = fields.Integer(required=True)
    nombre = fields.String(required=True)
    dimensiones = fields.List(fields.String(), required=True)
    linea_decreto = fields.String(required=True)
    numerador = fields.String(required=True)
    denominador = fields.String(required=True)
    fuente = fields.String(required=True)
    calculo = fields.String(required=True)
    total = fields.Integer(allow_none=True)
    celdas = fields.List(fields.Nested(CeldaSchema), required=True)


class FigurasSchema(Schema):
    """The figures of a month."""

    mes = MesField(required=True)
    alcance = fields.Enum(Alcance, by_value=True, required=True)
    catalogo = fields.String(required=True)
    revision = fields.Integer(required=True)
    datos_al = fields.AwareDateTime(allow_none=True)
    tablas = fields.List(fields.Nested(TablaSchema), required=True)


class InformeSchema(Schema):
    """A report asked for; its file is at `/reportes/api/v1/informes/<id>/pdf` when it is ready."""

    id = fields.UUID(required=True)
    mes = fields.String(required=True)
    alcance = fields.Enum(Alcance, by_value=True, required=True)
    estado = fields.Enum(EstadoInforme, by_value=True, required=True)
    progreso = fields.Integer(required=True)
    pedido_en = fields.AwareDateTime(required=True)
    listo_en = fields.AwareDateTime(allow_none=True)
    revision = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True)
    octetos = fields.Integer(allow_none=True)


class HechoSchema(Schema):
    """A fact as casos tells it; what it may tell one day beyond this is left aside."""

    class Meta:
        unknown = EXCLUDE

    id = fields.UUID(required=True)
    clase = fields.String(required=True)
    fecha = fields.Date(required=True)
    nacionalidad = fields.String(required=True)
    tramo_edad = fields.String(required=True)
    sexo = fields.String(load_default=None, allow_none=True)
    tema = fields.String(load_default=None, allow_none=True)
    linea = fields.String(load_default=None, allow_none=True)
    canal = fields.String(load_default=None, allow_none=True)
    institucion = fields.String(load_default=None, allow_none=True)
    resultado = fields.String(load_default=None, allow_none=True)
    grado_evidencia = fields.String(load_default=None, allow_none=True)
    unidad = fields.String(load_default=None, allow_none=True)
    origen = fields.String(required=True)
    persona = fields.String(load_default=None, allow_none=True)
    motivo = fields.String(load_default=None, allow_none=True)
    lugar = fields.String(load_default=None, allow_none=True)
    tipo = fields.String(load_default=None, allow_none=True)
    idioma = fields.String(load_default=None, allow_none=True)
    vigente = fields.Boolean(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """With the month that it counts in."""
        return {**data, "mes": f"{data['fecha']:%Y-%m}"}


class PaginaSchema(Schema):
    """A page of facts."""

    class Meta:
        unknown = EXCLUDE

    hechos = fields.List(fields.Nested(HechoSchema), required=True)
    cursor = fields.String(required=True, validate=validate.Length(max=80))
    hay_mas = fields.Boolean(required=True)


class EtiquetaSchema(Schema):
    """The words of a code."""

    class Meta:
        unknown = EXCLUDE

    dimension = fields.String(required=True)
    codigo = fields.String(required=True)
    idioma = fields.String(required=True)
    texto = fields.String(required=True)


class EtiquetasSchema(Schema):
    """The words of every code."""

    class Meta:
        unknown = EXCLUDE

    etiquetas = fields.List(fields.Nested(EtiquetaSchema), required=True)


def figuras_dichas(figuras: Figuras) -> dict[str, Any]:
    """Figures as `FigurasSchema` dumps them."""
    return {
        "mes": figuras.mes,
        "alcance": figuras.alcance,
        "catalogo": catalogo().version,
        "revision": figuras.revision,
        "datos_al": figuras.datos_al,
        "tablas": [_tabla_dicha(tabla) for tabla in figuras.tablas.values()],
    }


def _tabla_dicha(tabla: Tabla) -> dict[str, Any]:
    indicador = tabla.indicador
    return {
        "indicador": indicador.clave,
        "version": indicador.version,
        "nombre": indicador.nombre["es"],
        "dimensiones": indicador.dimensiones,
        "linea_decreto": indicador.linea_decreto,
        "numerador": indicador.numerador["es"],
        "denominador": indicador.denominador["es"],
        "fuente": indicador.fuente["es"],
        "calculo": indicador.calculo["es"],
        "total": tabla.total,
        "celdas": [
            {"codigos": celda, "valor": tabla.valor(celda), "mes_anterior": tabla.anterior(celda)}
            for celda in tabla.celdas()
        ],
    }
