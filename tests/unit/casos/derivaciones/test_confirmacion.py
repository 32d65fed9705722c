"""The person's own word by their link: it names nobody, counts once, and does not last."""

from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.confirmaciones.actions import Palabra, contestar, contestar_por_mensaje, pregunta_de
from casos.confirmaciones.textos import en_cada_uno
from casos.consentimientos.models import MotivoRetiro
from casos.consentimientos.retiro import PedidoRetiro, retirar
from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.respuestas import DE_LA_PERSONA, Respuesta
from casos.derivaciones.states import Accion, CanalRespuesta, Estado, Grado
from casos.expedientes.models import Caso
from casos.expedientes.states import Estado as EstadoCaso
from oficina import clock
from oficina.db import uuid7
from oficina.errors import Conflicto, NoEncontrado

from .casos_app import Casos
from .mundo import CAMINO, LUNES, PROFESIONAL, SECRETOS, Mundo, actions


@pytest.fixture(autouse=True)
def _martes() -> None:
    """The day after it was fulfilled; the fixtures put the clock back."""
    clock.move_to(date(2026, 11, 10))


def _enlace(mundo: Mundo, derivacion_id: UUID) -> str:
    """The path of the person's link, as a message would have it."""
    with mundo.db.read() as session:
        direccion = pregunta_de(session, derivacion_id, "https://x.example").direccion
    return urlsplit(direccion).path


def _token(mundo: Mundo, derivacion_id: UUID) -> str:
    return _enlace(mundo, derivacion_id).rpartition("/")[2]


@pytest.mark.parametrize(
    ("palabra", "estado"), [("si", Estado.VERIFICADA), ("no", Estado.EN_CURSO)]
)
def test_la_persona_dice_como_fue_en_su_idioma_y_vale_su_palabra(
    casos: Casos, palabra: str, estado: Estado
) -> None:
    derivacion_id = casos.mundo.en(Estado.CUMPLIDA)
    path, browser = _enlace(casos.mundo, derivacion_id), casos.app.test_client()

    page = browser.get(path).text
    assert 'lang="ht"' in page
    assert "Èske yo te resevwa ou?" in page
    for secreto in (*SECRETOS, "Baptiste", "DIDECO", "Atención social", "D-2026"):
        assert secreto not in page
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.CUMPLIDA
    sent = browser.post(f"{path}/{palabra}")

    assert sent.status_code == 303
    assert "Mèsi" in browser.get(sent.location).text
    derivacion = casos.mundo.derivacion(derivacion_id)
    assert (derivacion.estado, derivacion.grado_evidencia) == (estado, Grado.C)
    with casos.db.read() as session:
        dicha = session.scalars(
            select(RespuestaDerivacion).order_by(RespuestaDerivacion.id.desc())
        ).first()
    assert dicha is not None
    assert (dicha.canal, dicha.registrada_por) == (CanalRespuesta.MENSAJE, "La persona")
    assert casos.mundo.hechos()[-1] == "casos.derivacion.persona_contesto"
    otra = browser.post(f"{path}/{palabra}")
    assert otra.status_code == 409
    assert "Pa gen anyen pou reponn" in otra.text


def test_un_enlace_que_nadie_dio_no_dice_nada(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.CUMPLIDA)
    bueno, browser = _enlace(casos.mundo, derivacion_id), casos.app.test_client()
    base = bueno.rpartition("/")[0]

    for token in ("x", "A" * 43, bueno.rpartition("/")[2][:-1] + "_", "ñ" * 43):
        page = browser.get(f"{base}/{token}")
        assert page.status_code == 404
        # Nobody knows yet in which language: it is said in each, and none speaks of a folio.
        assert all(f'lang="{uno.idioma}"' in page.text for uno in en_cada_uno())
        assert "folio" not in page.text
        assert browser.post(f"{base}/{token}/si").status_code == 404
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.CUMPLIDA


def test_despues_de_una_disputa_hay_otra_pregunta_y_el_enlace_viejo_no_la_contesta(
    mundo: Mundo,
) -> None:
    derivacion_id = mundo.en(Estado.CUMPLIDA)
    viejo = _token(mundo, derivacion_id)
    with mundo.db.begin() as session:
        contestar(session, viejo, Palabra.NO, LUNES)
    mundo.hacer(derivacion_id, Accion.CUMPLIR)
    nuevo = _token(mundo, derivacion_id)

    assert nuevo != viejo
    with pytest.raises(Conflicto), mundo.db.begin() as session:
        contestar(session, viejo, Palabra.SI, LUNES)
    with mundo.db.begin() as session:
        contestar(session, nuevo, Palabra.SI, LUNES)
    assert mundo.derivacion(derivacion_id).estado is Estado.VERIFICADA


def test_el_enlace_dura_quince_dias_habiles(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.CUMPLIDA)
    token = _token(mundo, derivacion_id)
    clock.move_to(date(2026, 12, 2))

    with pytest.raises(Conflicto), mundo.db.begin() as session:
        contestar(session, token, Palabra.SI, LUNES)
    with pytest.raises(Conflicto):
        _token(mundo, derivacion_id)


def test_en_un_caso_cerrado_ya_no_se_pregunta(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.CUMPLIDA)
    with mundo.db.begin() as session:
        session.get_one(Caso, mundo.caso_id).estado = EstadoCaso.CERRADO

    with pytest.raises(Conflicto):
        _token(mundo, derivacion_id)
    with mundo.db.begin() as session:
        assert not contestar_por_mensaje(session, derivacion_id, Palabra.NO, LUNES)


def test_a_quien_lo_conto_no_se_le_pregunta(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ACEPTADA)
    respuesta = Respuesta(accion=Accion.CUMPLIR, texto="Le dieron la ayuda")
    antes = len(mundo.hechos())
    with mundo.db.begin() as session:
        actions.responder(
            session, derivacion_id, respuesta, PROFESIONAL, LUNES, procedencia=DE_LA_PERSONA
        )

    assert mundo.hechos()[antes:] == ["casos.derivacion.cumplida"]


@pytest.mark.parametrize("estado", [e for e in Estado if e is not Estado.CUMPLIDA])
def test_solo_de_lo_cumplido_hay_algo_que_preguntar(mundo: Mundo, estado: Estado) -> None:
    derivacion_id = mundo.en(estado)

    with pytest.raises(Conflicto):
        _token(mundo, derivacion_id)
    with mundo.db.begin() as session:
        assert not contestar_por_mensaje(session, derivacion_id, Palabra.SI, LUNES)
    assert mundo.derivacion(derivacion_id).estado is estado


def test_api_solo_un_servicio_sabe_donde_contesta_la_persona(casos: Casos) -> None:
    path = f"/derivaciones/{casos.mundo.en(Estado.CUMPLIDA)}/confirmacion"

    assert casos.api("servicio", "GET", path).json["direccion"].count("/confirmacion/enlace/") == 1
    assert casos.api("profesional", "GET", path).status_code == 403
    with pytest.raises(NoEncontrado), casos.db.read() as session:
        pregunta_de(session, uuid7(), "")


def test_nadie_anota_por_la_persona_que_contesto_por_mensaje(casos: Casos) -> None:
    path = f"/derivaciones/{casos.mundo.en(Estado.ENVIADA)}/recibir"

    sent = casos.api("profesional", "POST", path, {"canal": "mensaje"}, **{"If-Match": "*"})

    assert sent.status_code == 422


def test_quien_disputa_tras_retirar_su_consentimiento_la_termina(mundo: Mundo) -> None:
    """The word of the person stays; what was shared has no basis on which to live again."""
    derivacion_id = mundo.preparar(mundo.pedido(consentida=True))
    for accion in CAMINO[Estado.CUMPLIDA]:
        mundo.hacer(derivacion_id, accion)
    token = _token(mundo, derivacion_id)
    consentimiento_id = mundo.derivacion(derivacion_id).consentimiento_id
    assert consentimiento_id is not None
    with mundo.db.begin() as session:
        pedido = PedidoRetiro(MotivoRetiro.DECISION)
        retirar(session, consentimiento_id, pedido, PROFESIONAL, LUNES)
    assert mundo.derivacion(derivacion_id).estado is Estado.CUMPLIDA

    with mundo.db.begin() as session:
        contestar(session, token, Palabra.NO, LUNES)

    derivacion = mundo.derivacion(derivacion_id)
    assert derivacion.estado is Estado.ANULADA
    assert derivacion.motivo_codigo == "consentimiento_retirado"
    assert [h.datos["hecho"] for h in mundo.hitos()][-2:] == ["disputar", "anular"]
