"""The file of a case as one PDF: foliated, each part with its hash, read by who may read all of it,
and known again by whoever received it.
"""

import re
import struct
import zlib
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pypdf
import pytest
from flask_babel import force_locale
from sqlalchemy import select, text, update
from tests.unit.casos.conftest import Ventanilla

from casos import encargos
from casos.adjuntos.models import Adjunto, Trozo
from casos.copias.states import EstadoCopia
from casos.expedientes.models import Caso
from casos.expedientes.relato import Lectura
from casos.foliados import actions, archivos, tasks
from casos.foliados.models import Foliado
from casos.foliados.partes import partes
from casos.foliados.reglas import dias
from oficina import clock
from oficina.env import Env

TODO = Lectura(notas=True, evaluacion=True, derivaciones=True)


@pytest.fixture(scope="module")
def caso(ventanilla: Ventanilla) -> dict[str, Any]:
    """A case with something of each kind."""
    caso = ventanilla.caso(tema="SOC")
    ventanilla.paso(caso, "orientaciones", tema="SOC", texto="Zmarca: lo conversado")
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    evaluada = {"riesgo": "medio", "amerita_derivacion": False, "fundamento": "Zmarca: por esto"}
    assert ventanilla.paso(caso, "evaluacion", **evaluada).status_code == 200
    papel = {"nombre": "Contrato firmado", "contenido": "JVBERi0xLjc="}
    ventanilla.api("POST", f"/casos/{caso['id']}/adjuntos", "profesional", json=papel)
    return caso


def _partes(ventanilla: Ventanilla, caso: dict[str, Any], lectura: Lectura = TODO) -> list[Any]:
    with (
        ventanilla.app.test_request_context(),
        force_locale("es"),
        ventanilla.db.read() as session,
    ):
        return partes(session, session.get_one(Caso, UUID(caso["id"])), lectura)


@pytest.fixture
def hecho(ventanilla: Ventanilla, caso: dict[str, Any]) -> Foliado:
    """One that was asked for on the page and made."""
    answer = ventanilla.enviar(f"/expedientes/{caso['id']}/foliados", {}, "profesional")
    assert answer.status_code == 303
    env: Env = ventanilla.app.extensions["env"]
    tasks.barrer_foliados(env)
    with ventanilla.db.read() as session:
        consulta = select(Foliado).order_by(Foliado.id.desc()).limit(1)
        return session.scalars(consulta).one()


def test_las_partes_van_en_el_orden_en_que_ocurrieron_cada_una_con_su_huella(
    ventanilla: Ventanilla, caso: dict[str, Any]
) -> None:
    hechas = _partes(ventanilla, caso)

    assert [una.titulo for una in hechas] == [
        "El caso",
        "Evaluación",
        "Adjunto",
        "Historia del caso",
    ]
    assert hechas[2].sha256 == sha256(b"%PDF-1.7").hexdigest()
    assert len({una.sha256 for una in hechas}) == len(hechas)
    assert [una.sha256 for una in _partes(ventanilla, caso)] == [una.sha256 for una in hechas]


def test_lo_que_no_se_puede_leer_no_esta(ventanilla: Ventanilla, caso: dict[str, Any]) -> None:
    nada = Lectura(notas=False, evaluacion=False, derivaciones=False)

    hechas = _partes(ventanilla, caso, nada)

    assert "Evaluación" not in {una.titulo for una in hechas}
    assert "Zmarca" not in repr(hechas)
    assert "Zmarca: lo conversado" in repr(_partes(ventanilla, caso))


def test_el_pdf_tiene_indice_fojas_y_las_huellas(
    ventanilla: Ventanilla, caso: dict[str, Any], hecho: Foliado
) -> None:
    path = f"/expedientes/{caso['id']}/foliados"

    bajado = ventanilla.pagina(f"{path}/{hecho.id}.pdf", "profesional")

    assert (hecho.estado, hecho.progreso, hecho.partes) == (EstadoCopia.LISTA, 100, 4)
    assert sha256(bajado.data).hexdigest() == hecho.sha256
    assert "attachment" in bajado.headers["Content-Disposition"]
    documento = pypdf.PdfReader(BytesIO(bajado.data))
    paginas = [" ".join(pagina.extract_text().split()) for pagina in documento.pages]
    ultima = len(paginas)
    assert f"Foja {ultima} de {ultima}" in paginas[-1]
    assert "Índice" in paginas[0]
    assert "Zmarca: por esto" in "".join(paginas)
    indice = "".join(paginas[0].split())
    for parte in _partes(ventanilla, caso)[:3]:
        assert parte.sha256 in indice
    assert documento.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert ventanilla.auditadas(caso["id"])[-1] == "casos.foliado.descargar"
    page = ventanilla.pagina(path, "profesional").text
    assert str(hecho.sha256) in page
    assert ventanilla.pagina(path).status_code == 403


def test_en_la_base_esta_cifrado_y_lo_baja_quien_puede_leer_todo_lo_que_dice(
    ventanilla: Ventanilla, caso: dict[str, Any], hecho: Foliado
) -> None:
    path = f"/expedientes/{caso['id']}/foliados/{hecho.id}.pdf"
    otro = ventanilla.caso()

    with ventanilla.db.read() as session:
        crudos = session.execute(text("SELECT pdf_sellado FROM expedientes_foliados")).scalars()
        crudo = list(crudos)[-1]
    de_otro = ventanilla.pagina(f"/expedientes/{otro['id']}/foliados/{hecho.id}.pdf", "profesional")
    de_mas = update(Foliado).where(Foliado.id == hecho.id)
    with ventanilla.db.begin() as session:
        session.execute(de_mas.values(contiene=[*hecho.contiene, "otra_cosa"]))
    sin_permiso = ventanilla.pagina(path, "profesional")
    with ventanilla.db.begin() as session:
        session.execute(de_mas.values(contiene=hecho.contiene))

    assert crudo.startswith("v1.")
    assert (de_otro.status_code, sin_permiso.status_code) == (404, 404)
    assert ventanilla.pagina(path, "profesional").status_code == 200


def test_quien_lo_recibe_sabe_si_es_de_la_oficina_y_nada_mas(
    ventanilla: Ventanilla, caso: dict[str, Any], hecho: Foliado
) -> None:
    calle = ventanilla.app.test_client()
    propio = ventanilla.pagina(
        f"/expedientes/{caso['id']}/foliados/{hecho.id}.pdf", "profesional"
    ).data

    def preguntar(**datos: Any) -> tuple[int, str]:
        answer = calle.post(
            "/casos/abiertos/expediente", data=datos, headers={"Sec-Fetch-Site": "same-origin"}
        )
        return answer.status_code, " ".join(re.findall(r'role="status".*?>(.*?)</p>', answer.text))

    abierta = calle.get("/casos/abiertos/expediente")
    suyo = preguntar(archivo=(BytesIO(propio), "x.pdf"))
    otro = preguntar(archivo=(BytesIO(propio + b" "), "x.pdf"))
    por_huella = preguntar(sha256=str(hecho.sha256).upper())
    mal = preguntar(sha256="zz")
    json: Any = calle.get(f"/casos/api/v1/abiertos/expedientes?sha256={hecho.sha256}").json

    assert abierta.status_code == 200
    assert suyo[0] == 200
    assert suyo[1].startswith("Sí: la oficina hizo")
    assert otro[1].startswith("No: la oficina no hizo")
    assert por_huella[1] == suyo[1]
    assert mal == (422, "")
    assert json == {"es_nuestro": True}


def test_se_hace_una_vez_aunque_dos_lo_tomen_y_caduca(
    ventanilla: Ventanilla, caso: dict[str, Any]
) -> None:
    env: Env = ventanilla.app.extensions["env"]
    pedido: Any = ventanilla.api("POST", f"/casos/{caso['id']}/foliados", "profesional").json
    cual = UUID(pedido["id"])
    with ventanilla.db.begin() as session:
        tomado = update(Foliado).where(Foliado.id == cual)
        despues = clock.real_now() + timedelta(seconds=60)
        session.execute(tomado.values(estado=EstadoCopia.EN_PROCESO, tomada_hasta=despues))
    tasks.hacer_foliado(env, str(cual))
    with ventanilla.db.read() as session:
        assert session.get_one(Foliado, cual).sha256 is None
    with ventanilla.db.begin() as session:
        # Whoever had it died: its time is over, and it is listed as ready long ago.
        session.execute(tomado.values(tomada_hasta=clock.real_now()))

    tasks.barrer_foliados(env)
    clock.move_to(clock.today() + timedelta(days=dias() + 1))
    try:
        tasks.barrer_foliados(env)
    finally:
        clock.move_to(None)

    listados: Any = ventanilla.api("GET", f"/casos/{caso['id']}/foliados", "profesional").json
    suyo = next(uno for uno in listados["foliados"] if uno["id"] == str(cual))
    assert suyo["estado"] == "caducada"
    assert suyo["sha256"]
    path = f"/expedientes/{caso['id']}/foliados/{cual}.pdf"
    assert ventanilla.pagina(path, "profesional").status_code == 404
    with ventanilla.db.read() as session:
        assert session.scalar(select(Foliado.pdf_sellado).where(Foliado.id == cual)) is None
        assert session.scalar(select(Adjunto.id).limit(1)) is not None


def _png() -> bytes:
    """A small picture."""

    def trozo(clase: bytes, dice: bytes) -> bytes:
        suma = struct.pack(">I", zlib.crc32(clase + dice))
        return struct.pack(">I", len(dice)) + clase + dice + suma

    filas = zlib.compress(b"".join(b"\0" + bytes((200, 10, 10)) * 30 for _ in range(20)))
    cabeza = struct.pack(">IIBBBBB", 30, 20, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + trozo(b"IHDR", cabeza) + trozo(b"IDAT", filas) + trozo(b"IEND", b"")
    )


def _adjuntar(ventanilla: Ventanilla, caso: dict[str, Any], contenido: bytes) -> str:
    papel = {"nombre": "Papel sintético", "contenido": b64encode(contenido).decode()}
    hecho: Any = ventanilla.api("POST", f"/casos/{caso['id']}/adjuntos", "profesional", json=papel)
    assert hecho.status_code == 201, hecho.text
    return str(hecho.json["id"])


def _hacer(ventanilla: Ventanilla, caso: dict[str, Any]) -> tuple[str, pypdf.PdfReader]:
    pedido: Any = ventanilla.api("POST", f"/casos/{caso['id']}/foliados", "profesional").json
    tasks.barrer_foliados(ventanilla.app.extensions["env"])
    path = f"/expedientes/{caso['id']}/foliados/{pedido['id']}.pdf"
    bajado = ventanilla.pagina(path, "profesional")
    assert bajado.status_code == 200, bajado.text
    return path, pypdf.PdfReader(BytesIO(bajado.data))


def _dentro(documento: pypdf.PdfReader) -> dict[str, bytes]:
    return {nombre: suyos[0] for nombre, suyos in documento.attachments.items()}


def _texto(documento: pypdf.PdfReader) -> str:
    return " ".join(" ".join(una.extract_text().split()) for una in documento.pages)


def test_los_adjuntos_van_dentro_cada_uno_con_su_huella(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    papeles = [b"%PDF-1.7 " + bytes(range(256)) * 700, _png()]
    for uno in papeles:
        _adjuntar(ventanilla, caso, uno)

    _path, documento = _hacer(ventanilla, caso)

    dentro = _dentro(documento)
    assert sorted(dentro.values()) == sorted(papeles)
    texto = _texto(documento).replace(" ", "")
    for nombre, contenido in dentro.items():
        assert re.fullmatch(r"adjunto-\d+\.(pdf|png)", nombre), "its name says nothing of anybody"
        assert sha256(contenido).hexdigest() in texto
        assert f"como«{nombre}»" in texto
    con_imagen = [una for una in documento.pages if una.images]
    assert len(con_imagen) == 1, "an image is also a page"
    assert documento.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_una_imagen_que_no_se_puede_dibujar_va_dentro_igual(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    rota = b"\x89PNG\r\n\x1a\n" + b"no es una imagen"
    _adjuntar(ventanilla, caso, rota)

    _path, documento = _hacer(ventanilla, caso)

    assert list(_dentro(documento).values()) == [rota]
    assert [una for una in documento.pages if una.images] == []


def test_lo_que_no_cabe_o_no_es_lo_que_se_adjunto_queda_dicho_y_fuera(
    ventanilla: Ventanilla, monkeypatch: pytest.MonkeyPatch
) -> None:
    caso = ventanilla.caso()
    chico, grande, tocado = (b"%PDF-1.7 " + b"x" * n for n in (100, 5000, 90))
    _adjuntar(ventanilla, caso, grande)
    _adjuntar(ventanilla, caso, chico)
    alterado = _adjuntar(ventanilla, caso, tocado)
    with ventanilla.db.begin() as session:
        trozo = session.get_one(Trozo, (UUID(alterado), 0))
        trozo.sellado = Trozo.de(UUID(alterado), 0, b"%PDF-1.7 otra cosa").sellado
    monkeypatch.setattr(archivos, "cabe", lambda: 1000)

    _path, documento = _hacer(ventanilla, caso)

    assert list(_dentro(documento).values()) == [chico]
    texto = _texto(documento)
    assert texto.count("por su tamaño: pídalo aparte") == 1
    assert texto.count("no es el que se adjuntó") == 1
    assert sha256(grande).hexdigest() in texto.replace(" ", "")


def test_retirar_un_adjunto_quita_el_pdf_que_lo_lleva(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    cual = _adjuntar(ventanilla, caso, b"%PDF-1.7 retirable")
    path, documento = _hacer(ventanilla, caso)
    assert len(_dentro(documento)) == 1

    retiro = ventanilla.api(
        "POST", f"/adjuntos/{cual}/retiro", "profesional", json={"motivo": "No era de este caso"}
    )
    assert retiro.status_code == 200, retiro.text

    assert ventanilla.pagina(path, "profesional").status_code == 404
    _otro, de_nuevo = _hacer(ventanilla, caso)
    assert _dentro(de_nuevo) == {}


def test_lo_retirado_mientras_se_hacia_se_hace_de_nuevo_sin_el(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    cual = _adjuntar(ventanilla, caso, b"%PDF-1.7 a medias")
    pedido: Any = ventanilla.api("POST", f"/casos/{caso['id']}/foliados", "profesional").json
    foliado = UUID(pedido["id"])
    with ventanilla.db.begin() as session:
        assert encargos.tomar(session, Foliado, foliado) is not None
    motivo = {"motivo": "No era de este caso"}
    ventanilla.api("POST", f"/adjuntos/{cual}/retiro", "profesional", json=motivo)

    with ventanilla.db.begin() as session:
        hecho = actions.Hecho(b"%PDF-1.7 con lo retirado", 1, [UUID(cual)])
        actions.entregar(session, foliado, hecho, clock.now())
    tasks.barrer_foliados(ventanilla.app.extensions["env"])

    bajado = ventanilla.pagina(f"/expedientes/{caso['id']}/foliados/{foliado}.pdf", "profesional")
    assert bajado.status_code == 200
    assert _dentro(pypdf.PdfReader(BytesIO(bajado.data))) == {}
