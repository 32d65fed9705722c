"""The file of providers: what it says is read, what it may not say is named with its path."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from acogida.cli import main
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.archivo import ArchivoInvalido, leer
from notificaciones.proveedores.configuracion import Archivo
from unit.notificaciones.proveedores.conftest import sms_http

SECRETO = {"variable": "ACOGIDA_PROVEEDOR_CLAVE"}


def _leer(tmp_path: Path, *proveedores: Any, **mas: Any) -> Archivo:
    ruta = tmp_path / "proveedores.json"
    ruta.write_text(json.dumps({"version": 1, "proveedores": proveedores} | mas), encoding="utf-8")
    return leer(str(ruta))


def _errores(tmp_path: Path, *proveedores: Any, **mas: Any) -> list[str]:
    with pytest.raises(ArchivoInvalido) as caught:
        _leer(tmp_path, *proveedores, **mas)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def test_un_archivo_entero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secreto = tmp_path / "secreto"
    secreto.write_text("s3creto\n", encoding="utf-8")
    monkeypatch.setenv("ACOGIDA_PROVEEDOR_CLAVE_FILE", str(secreto))
    andes = sms_http(
        "andes",
        "https://sms.example/v1",
        envio={"autenticacion": {"tipo": "basica", "usuario": "muni", "clave": SECRETO}},
        limites={"por_segundo": 10, "pesos_por_dia": "15000.5"},
        unicode=False,
        recibos={
            "autenticacion": {"tipo": "hmac", "cabecera": "X-Firma", "secreto": SECRETO},
            "referencia": "/id",
            "estado": "/estado",
            "confirmada": ["DELIVRD"],
            "rebotada": ["UNDELIV"],
        },
    )
    correo = {
        "tipo": "smtp",
        "clave": "respaldo",
        "nombre": "Respaldo",
        "url": "smtps://correo.example:465",
        "usuario": "a@b",
        "clave_de_acceso": SECRETO,
    }

    leido = _leer(
        tmp_path,
        andes,
        correo,
        oficina={"segmentos_por_dia": 900},
        destinatario={"sms": {"por_dia": 5}},
    )

    uno, otro = leido.proveedores
    assert (uno.canal, otro.canal) == (Canal.SMS, Canal.CORREO)
    assert uno.peticion is not None
    assert (uno.peticion.autenticacion.usuario, uno.peticion.autenticacion.clave) == (
        "muni",
        "s3creto",
    )
    assert uno.limites.pesos_por_dia == Decimal("15000.5")
    assert not uno.unicode
    assert otro.servidor is not None
    assert otro.servidor.url == "smtps://a%40b:s3creto@correo.example:465"
    assert leido.oficina.segmentos_por_dia == 900
    assert leido.destinatario[Canal.SMS].por_dia == 5
    assert "s3creto" not in repr(leido)


def test_sin_archivo_no_hay_proveedores() -> None:
    assert leer("").proveedores == ()


@pytest.mark.parametrize(
    ("cambio", "error"),
    [
        (
            {"tipo": "paloma"},
            "proveedores.0.tipo: debe ser una de estas palabras: sms_http, smtp, smpp",
        ),
        ({"clave": "Andes!"}, "proveedores.0.clave: debe ser una palabra de minúsculas"),
        ({"clave": "salida"}, "proveedores.0.clave: otro proveedor ya se llama salida"),
        ({"costo_por_segmento": "x"}, "proveedores.0.costo_por_segmento: debe ser un número"),
        ({"colr": 1}, "proveedores.0.colr: este campo no existe"),
        ({"limites": {"por_segundo": 0}}, "proveedores.0.limites.por_segundo: debe ser más que 0"),
        ({"limites": []}, "proveedores.0.limites: debe ser un objeto {…}"),
        (
            {"envio": {"url": "ftp://x/y"}},
            "proveedores.0.envio.url: debe ser una URL http:// o https://",
        ),
        (
            {"envio": {"url": "https://u:p@x/"}},
            "proveedores.0.envio.url: debe ser una URL http:// o https://, sin usuario ni clave",
        ),
        (
            {"envio": {"cuerpo": {"t": "{texto}", "to": "{destino}", "x": "{nombre}"}}},
            "proveedores.0.envio.cuerpo: no existe {nombre}",
        ),
        (
            {"envio": {"cuerpo": {"t": "{texto}"}}},
            "proveedores.0.envio.cuerpo: debe llevar {texto}",
        ),
        (
            {"envio": {"formato": "formulario", "cuerpo": {"t": "{texto}{destino}", "n": 3}}},
            "proveedores.0.envio.cuerpo: en un formulario o una consulta solo hay textos",
        ),
        ({"envio": {"metodo": "GET"}}, "proveedores.0.envio.formato: con GET es consulta"),
        (
            {"envio": {"espera_segundos": 60}},
            "proveedores.0.envio.espera_segundos: debe estar entre",
        ),
        (
            {"envio": {"autenticacion": {"tipo": "token", "token": "abc"}}},
            "proveedores.0.envio.autenticacion.token: un secreto no se escribe aquí",
        ),
        (
            {"envio": {"autenticacion": {"tipo": "token", "token": {"variable": "ACOGIDA_NADA"}}}},
            "proveedores.0.envio.autenticacion.token: ACOGIDA_NADA: no está en el entorno",
        ),
        (
            {"envio": {"autenticacion": {"tipo": "token", "token": {"variable": "PATH"}}}},
            "proveedores.0.envio.autenticacion.token: la variable de un secreto se llama ACOGIDA_…",
        ),
        (
            {"envio": {"autenticacion": {"tipo": "basica", "usuario": "u"}}},
            "proveedores.0.envio.autenticacion.clave: falta",
        ),
        (
            {"envio": {"respuesta": {"referencia": "id"}}},
            "proveedores.0.envio.respuesta.referencia: es un lugar del JSON",
        ),
        (
            {"envio": {"respuesta": {"formato": "texto", "referencia": "ID: \\S+"}}},
            "proveedores.0.envio.respuesta.referencia: es una expresión regular con un grupo",
        ),
        (
            {"envio": {"respuesta": {"aceptada": {"en": "/s"}}}},
            "proveedores.0.envio.respuesta.aceptada: `en` y `valores` van juntos",
        ),
        (
            {"envio": {"respuesta": {"aceptada": {"status": [20]}}}},
            "proveedores.0.envio.respuesta.aceptada.status.0: debe estar entre 100 y 599",
        ),
        (
            {"recibos": {"estado": "/e", "confirmada": ["a"], "rebotada": ["a"]}},
            "proveedores.0.recibos.autenticacion: falta",
        ),
    ],
)
def test_cada_error_se_nombra_con_su_lugar(
    tmp_path: Path, cambio: dict[str, Any], error: str
) -> None:
    proveedor = sms_http("andes", "https://x.example/y", envio=cambio.pop("envio", {})) | cambio

    assert any(line.startswith(error) for line in _errores(tmp_path, proveedor)), _errores(
        tmp_path, proveedor
    )


def test_todos_los_errores_a_la_vez(tmp_path: Path) -> None:
    uno, otro = sms_http("a1", "nada"), sms_http("a1", "https://x.example/")
    otro["costo_por_segmento"] = -1

    errores = _errores(tmp_path, uno, otro, destinatario={"paloma": {}}, mas=1)

    assert [line.split(":")[0] for line in errores] == [
        "proveedores.0.envio.url",
        "proveedores.1.costo_por_segmento",
        "destinatario.paloma.key",
        "mas",
    ]


@pytest.mark.parametrize("texto", ["{", "[]", '{"version": 2, "proveedores": []}', "{}"])
def test_lo_que_no_es_un_archivo_de_proveedores(tmp_path: Path, texto: str) -> None:
    ruta = tmp_path / "p.json"
    ruta.write_text(texto, encoding="utf-8")
    with pytest.raises(ArchivoInvalido, match="ACOGIDA_PROVEEDORES"):
        leer(str(ruta))


def test_doctor_lo_revisa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruta = tmp_path / "proveedores.json"
    monkeypatch.setenv("DATOS", str(tmp_path / "datos"))
    monkeypatch.setenv("ACOGIDA_PROVEEDORES", str(ruta))
    missing = CliRunner().invoke(main, ["doctor", "notificaciones"])
    assert missing.exit_code == 1
    assert "✗ Proveedores de mensajes: ACOGIDA_PROVEEDORES: no se puede leer" in missing.output

    datos = {"version": 1, "proveedores": [sms_http("andes", "https://x.example/y")]}
    ruta.write_text(json.dumps(datos), encoding="utf-8")
    found = CliRunner().invoke(main, ["doctor", "notificaciones"])
    assert found.exit_code == 0, found.output
    assert "✓ Proveedores de mensajes: andes (sms_http)" in found.output
