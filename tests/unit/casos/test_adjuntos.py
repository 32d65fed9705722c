"""Attachments: known by their content, kept whole or not at all, sealed, and read with a trace."""

import os
import re
import signal
import subprocess
import sys
import zipfile
from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.adjuntos.models import TROZO, Adjunto, Trozo
from casos.adjuntos.queries import AdjuntoAlterado, contenido
from casos.adjuntos.tipos import reconocer, tipos
from casos.personas.models import DocumentoIdentidad

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 700
"""Of three pieces."""


def _zip(*partes: str, mimetype: str = "") -> bytes:
    hecho = BytesIO()
    with zipfile.ZipFile(hecho, "w") as archivo:
        if mimetype:
            archivo.writestr("mimetype", mimetype)
        for parte in partes:
            archivo.writestr(parte, "x")
    return hecho.getvalue()


_WORD = ("[Content_Types].xml", "word/document.xml")
_ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("archivo", "tipo"),
    [
        (PDF, "pdf"),
        (b"\xff\xd8\xff\xe0 foto", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (_zip(*_WORD), "docx"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (_zip("content.xml", mimetype=_ODT), "odt"),
        (_zip("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (_zip(*_WORD, "word/vbaProject.bin"), None),
        (_zip("Basic/Standard/Module1.xml", mimetype=_ODT), None),
        (_zip("otra.txt"), None),
        (_zip(*_WORD)[:40], None),
        (b"<html><script>alert(1)</script>", None),
        (b"  %PDF-1.7", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"", None),
    ],
    # What is in an archive has the hour at which it was made.
    ids=[
        *("pdf", "jpeg", "png", "docx", "xlsx", "odt", "ods", "macros", "basic"),
        *("otro-zip", "cortado", "html", "no-al-comienzo", "svg", "vacio"),
    ],
)
def test_un_archivo_es_lo_que_su_contenido_dice(archivo: bytes, tipo: str | None) -> None:
    leido = BytesIO(archivo)

    hallado = reconocer(leido)

    assert (hallado and hallado.codigo) == tipo
    assert leido.tell() == 0


def test_lo_que_se_admite_es_un_dato_que_nunca_incluye_paginas() -> None:
    assert {uno.mime for uno in tipos().tipos}.isdisjoint({"text/html", "image/svg+xml"})
    assert tipos().fuente


def _subir(
    ventanilla: Ventanilla,
    path: str,
    archivo: bytes = PDF,
    rol: str = "profesional",
    **datos: str,
) -> TestResponse:
    enviado = {"nombre": "Zmarca: contrato", "contenido": b64encode(archivo).decode()} | datos
    return ventanilla.api("POST", f"{path}/adjuntos", rol, json=enviado)


@pytest.fixture(scope="module")
def caso(ventanilla: Ventanilla) -> dict[str, Any]:
    return ventanilla.caso(tema="SOC")


@pytest.fixture
def adjunto(ventanilla: Ventanilla, caso: dict[str, Any]) -> dict[str, Any]:
    hecho = _subir(ventanilla, f"/casos/{caso['id']}")
    assert hecho.status_code == 201, hecho.text
    cuerpo: Any = hecho.json
    found: dict[str, Any] = cuerpo
    return found


def test_se_adjunta_a_un_caso_y_se_descarga_como_archivo(
    ventanilla: Ventanilla, caso: dict[str, Any], adjunto: dict[str, Any]
) -> None:
    bajado = ventanilla.pagina(f"/adjuntos/{adjunto['id']}/archivo", "profesional")

    assert (adjunto["tipo"], adjunto["tamano"]) == ("pdf", len(PDF))
    assert adjunto["sha256"] == sha256(PDF).hexdigest()
    assert bajado.data == PDF
    assert bajado.mimetype == "application/pdf"
    assert bajado.headers["Content-Disposition"] == (
        f'attachment; filename="acogida-adjunto-{adjunto["id"]}.pdf"'
    )
    assert bajado.headers["X-Content-Type-Options"] == "nosniff"
    assert bajado.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert ventanilla.auditadas(caso["id"])[-2:] == [
        "casos.adjunto.agregar",
        "casos.adjunto.descargar",
    ]
    assert (
        "Se adjuntó un archivo"
        in ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    )
    assert ventanilla.pagina(f"/adjuntos/{adjunto['id']}/archivo").status_code == 404


def test_en_la_base_nada_se_puede_leer(ventanilla: Ventanilla, adjunto: dict[str, Any]) -> None:
    with ventanilla.db.read() as session:
        nombre = session.execute(text("SELECT nombre FROM adjuntos")).scalars().first()
        crudos = session.execute(text("SELECT sellado FROM trozos_de_adjunto")).scalars().all()
        suyos = session.scalar(select(func.count()).where(Trozo.adjunto_id == UUID(adjunto["id"])))

    assert suyos == 3
    assert str(nombre).startswith("v1.")
    assert all(crudo.startswith("v1.") and "JVBERi" not in crudo for crudo in crudos)
    assert max(map(len, crudos)) < 2 * TROZO


def test_lo_que_se_altero_no_llega_entero(ventanilla: Ventanilla, adjunto: dict[str, Any]) -> None:
    cual = UUID(adjunto["id"])
    with ventanilla.db.begin() as session:
        session.delete(session.get_one(Trozo, (cual, 1)))
        session.flush()
        session.add(Trozo.de(cual, 1, b"x" * TROZO))
    with ventanilla.db.read() as session:
        guardado = session.get_one(Adjunto, cual)

    llegaron = []
    with pytest.raises(AdjuntoAlterado):
        llegaron.extend(contenido(ventanilla.db, guardado))

    assert sum(map(len, llegaron)) <= 2 * TROZO


@pytest.mark.parametrize(
    ("archivo", "dice"),
    [
        (b"<html>", "no se puede guardar"),
        (b"%PDF-" + b"x" * (10 * 2**20), "pasa de 10 MB"),
    ],
    ids=["pagina", "grande"],
)
def test_lo_que_no_se_admite_no_deja_nada(
    ventanilla: Ventanilla, caso: dict[str, Any], archivo: bytes, dice: str
) -> None:
    antes = _cuantos(ventanilla)

    answer = _subir(ventanilla, f"/casos/{caso['id']}", archivo)

    assert answer.status_code == 422
    assert dice in answer.text
    assert _cuantos(ventanilla) == antes


def test_la_pagina_dice_que_falta_y_guarda_lo_que_se_envia(
    ventanilla: Ventanilla, caso: dict[str, Any]
) -> None:
    path = f"/expedientes/{caso['id']}/adjuntos"
    assert 'type="file"' in ventanilla.pagina(path, "profesional").text

    sin_archivo = ventanilla.enviar(path, {"nombre": "Una foto"}, "profesional")
    foto = (BytesIO(b"\xff\xd8\xff foto"), "x.jpg")
    sin_nombre = ventanilla.enviar(path, {"nombre": "", "archivo": foto}, "profesional")
    foto = (BytesIO(b"\xff\xd8\xff foto"), "x.jpg")
    hecha = ventanilla.enviar(path, {"nombre": "Una foto", "archivo": foto}, "profesional")

    assert (sin_archivo.status_code, sin_nombre.status_code, hecha.status_code) == (422, 422, 303)
    assert "Elija un archivo." in sin_archivo.text
    assert 'value="Una foto"' in sin_archivo.text
    assert "Una foto" in ventanilla.pagina(path, "profesional").text


def test_retirado_con_su_motivo_ya_no_se_descarga(
    ventanilla: Ventanilla, caso: dict[str, Any], adjunto: dict[str, Any]
) -> None:
    path = f"/adjuntos/{adjunto['id']}/retirar"

    sin_motivo = ventanilla.enviar(path, {"motivo": ""}, "profesional")
    hecho = ventanilla.enviar(path, {"motivo": "Era de otra persona"}, "profesional")
    otra_vez = ventanilla.enviar(path, {"motivo": "Otra vez"}, "profesional")

    assert (sin_motivo.status_code, hecho.status_code, otra_vez.status_code) == (422, 303, 409)
    bajado = ventanilla.pagina(f"/adjuntos/{adjunto['id']}/archivo", "profesional")
    assert bajado.status_code == 404
    page = ventanilla.pagina(f"/expedientes/{caso['id']}/adjuntos", "profesional").text
    assert "Era de otra persona" in page
    with ventanilla.db.read() as session:
        assert not session.scalar(
            select(func.count()).where(Trozo.adjunto_id == UUID(adjunto["id"]))
        )


def test_de_un_documento_y_de_lo_que_se_consintio(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    path = f"/personas/{persona['id']}"
    documento: Any = ventanilla.api(
        "POST",
        f"{path}/documentos",
        json={
            "documento_tipo": "pasaporte",
            "documento_numero": "ZZ77123",
            "documento_pais": "HTI",
        },
    ).json
    dado: Any = ventanilla.api(
        "POST",
        f"{path}/consentimientos",
        json={"forma_consentimiento": "escrita", "idioma_consentimiento": "spa"},
    ).json
    otro = str(UUID(int=7))

    hechos = [
        _subir(ventanilla, path, rol="recepcion", documento_id=documento["id"]),
        _subir(ventanilla, path, rol="recepcion", consentimiento_id=dado["id"]),
    ]
    malos = [
        _subir(ventanilla, path, rol="recepcion"),
        _subir(ventanilla, path, rol="recepcion", documento_id=otro),
        _subir(ventanilla, path, rol="recepcion", consentimiento_id=otro),
    ]

    assert [uno.status_code for uno in hechos] == [201, 201]
    assert [uno.status_code for uno in malos] == [422, 422, 422]
    page = ventanilla.pagina(f"{path}/adjuntos").text
    assert len(re.findall(r"Descargar<span", page)) == 2
    assert "ZZ77123" not in page
    # The document is used no more, its paper stays the person's.
    fuera = ventanilla.enviar(f"/documentos/{documento['id']}/retirar", {"motivo": "vencido"})
    assert fuera.status_code == 303
    with ventanilla.db.read() as session:
        assert session.get_one(DocumentoIdentidad, UUID(documento["id"])).retirado_en is not None
        suyos = session.scalars(
            select(Adjunto.documento_id).where(Adjunto.persona_id == UUID(persona["id"]))
        ).all()
    assert set(suyos) == {UUID(documento["id"]), None}


_A_MEDIAS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from casos import models
from casos.adjuntos.actions import adjuntar_a_caso
from casos.adjuntos.schemas import NuevoAdjunto
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

class QueNoTermina:
    leidas = 0
    def seek(self, *_where): return 0
    def read(self, cuantos):
        self.leidas += 1
        if self.leidas == 4:
            print("a medias", flush=True)
            sys.stdin.read()
        return b"%PDF-" + b"x" * (cuantos - 5)

use_keyring(Keyring.load(Path(sys.argv[2])))
with Database(sys.argv[1]).begin() as session:
    adjuntar_a_caso(session, UUID(sys.argv[3]), NuevoAdjunto(nombre="x"), QueNoTermina(), 10**9,
        actor=Actor(UUID(sys.argv[4]), "x", frozenset({"coordinacion"}), "", "persona"),
        ahora=datetime.now(UTC))
"""


def test_muerto_a_medias_no_deja_ni_archivo_ni_pedazo(
    ventanilla: Ventanilla, caso: dict[str, Any]
) -> None:
    antes = _cuantos(ventanilla)
    base = ventanilla.db
    orden = [sys.executable, "-c", _A_MEDIAS, str(base.engine.url), str(_claves(ventanilla))]
    orden += [caso["id"], str(ventanilla.funcionario_id("coordinacion"))]
    camino = {"PYTHONPATH": os.pathsep.join(sys.path)}
    hijo = subprocess.Popen(
        orden, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | camino
    )
    assert hijo.stdout is not None
    assert hijo.stdout.readline() == b"a medias\n"

    os.kill(hijo.pid, signal.SIGKILL)
    hijo.wait()
    hijo.stdout.close()
    assert hijo.stdin is not None
    hijo.stdin.close()

    assert _cuantos(ventanilla) == antes
    assert _subir(ventanilla, f"/casos/{caso['id']}").status_code == 201


def _claves(ventanilla: Ventanilla) -> Path:
    return ventanilla.oficina.settings.data_dir / "claves"


def _cuantos(ventanilla: Ventanilla) -> tuple[int, int]:
    with ventanilla.db.read() as session:
        adjuntos = session.scalar(select(func.count()).select_from(Adjunto))
        trozos = session.scalar(select(func.count()).select_from(Trozo))
    return adjuntos or 0, trozos or 0
