"""What a service of the network promised takes the place of the office's term to answer."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.casos.derivaciones.conftest import OficinaLike
from tests.unit.casos.derivaciones.mundo import LUNES, Mundo

from casos.derivaciones.relojes import RECEPCION, RESPUESTA, por_empezar
from casos.derivaciones.states import Accion, Estado
from casos.plazos.actions import iniciar
from casos.plazos.calendario import NuevoDiaCerrado, PorMover, cerrar, mover
from casos.plazos.models import OrigenPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.plazos.tasks import seguir_plazos
from casos.red.models import ServicioRed
from casos.red.queries import servicio_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.bus.tables import Outbox
from oficina.clock import local
from oficina.env import Env
from oficina.settings import Settings
from oficina.web.client import ServiceClient

SISTEMA = Actor.sistema("casos")
# Sent on Monday 9 November with normal priority: by the rules, receipt until 16, answer until 23.
POR_REGLA = date(2026, 11, 23)
EN_TRES = date(2026, 11, 12)


def _promete(mundo: Mundo, dias: int | None) -> None:
    with mundo.db.begin() as session:
        session.get_one(ServicioRed, mundo.servicio("DIDECO.SOCIAL")).plazo_dias = dias


def _plazo(mundo: Mundo, derivacion_id: UUID, reloj: str = RESPUESTA) -> Plazo:
    with mundo.db.read() as session:
        return session.scalars(
            select(Plazo).where(Plazo.derivacion_id == derivacion_id, Plazo.reloj == reloj)
        ).one()


def _vence(plazo: Plazo) -> date:
    return local(plazo.vence_en).date()


def _seguir(mundo: Mundo, dia: date) -> None:
    clock.move_to(dia)
    settings = Settings()
    seguir_plazos(Env(settings=settings, db=mundo.db, client=ServiceClient(settings)))


def _cuerpos(mundo: Mundo, tipo: str) -> list[dict[str, Any]]:
    with mundo.db.read() as session:
        filas = session.scalars(
            select(Outbox).where(Outbox.tipo == tipo).order_by(Outbox.evento_id)
        ).all()
    return [fila.cuerpo["data"] for fila in filas]


@pytest.mark.parametrize("prioridad", ["urgente", "alta", "normal"])
def test_lo_que_el_servicio_prometio_rige_cualquiera_sea_la_prioridad(
    mundo: Mundo, prioridad: str
) -> None:
    with mundo.db.begin() as session:
        plazo = iniciar(session, None, RESPUESTA, prioridad, LUNES, acuerdo=3)

        assert _vence(plazo) == EN_TRES
        assert (plazo.origen, plazo.acuerdo_dias) == (OrigenPlazo.SERVICIO, 3)


def test_solo_cambia_el_plazo_para_responder(mundo: Mundo) -> None:
    _promete(mundo, None)
    de_regla = mundo.en(Estado.ACEPTADA)
    _promete(mundo, 1)
    acordada = mundo.en(Estado.ACEPTADA)

    relojes = {RECEPCION, "primera_atencion"}
    antes = {r: _plazo(mundo, de_regla, r).vence_en for r in relojes}
    despues = {r: _plazo(mundo, acordada, r) for r in relojes}

    assert {r: plazo.vence_en for r, plazo in despues.items()} == antes
    assert all(plazo.origen is OrigenPlazo.REGLAS for plazo in despues.values())
    assert _vence(_plazo(mundo, acordada)) == date(2026, 11, 10)
    assert _vence(_plazo(mundo, de_regla)) == POR_REGLA


def test_un_acuerdo_no_cambia_lo_que_fija_una_ley(mundo: Mundo) -> None:
    legales = [reloj for reloj, regla in reglas().relojes.items() if regla.legal]
    assert legales

    with mundo.db.begin() as session:
        for reloj in legales:
            con = iniciar(session, None, reloj, "normal", LUNES, acuerdo=90)
            assert con.vence_en == reglas().relojes[reloj].fin("normal", LUNES)
            assert con.acuerdo_dias is None


def test_lo_acordable_se_cuenta_en_dias_habiles() -> None:
    """A promise is of working days, and so must be the rule whose place it takes."""
    acordables = [regla for regla in reglas().relojes.values() if regla.acordable]

    assert acordables
    assert all(regla.habil and not regla.legal for regla in acordables)


def test_lo_que_el_servicio_diga_despues_no_mueve_lo_que_corre(mundo: Mundo) -> None:
    _promete(mundo, 3)
    enviada = mundo.en(Estado.ENVIADA)

    _promete(mundo, 30)
    _seguir(mundo, date(2026, 11, 10))

    assert _vence(_plazo(mundo, enviada)) == EN_TRES
    assert _plazo(mundo, enviada).vence_en_original is None
    assert _vence(_plazo(mundo, mundo.en(Estado.ENVIADA))) > POR_REGLA


def test_al_recalcular_por_el_calendario_se_guarda_el_primero(mundo: Mundo) -> None:
    _promete(mundo, 3)
    enviada = mundo.en(Estado.ENVIADA)
    _promete(mundo, None)

    with mundo.db.begin() as session:
        dia = NuevoDiaCerrado(dia=date(2026, 11, 11), motivo="Corte de agua", fuente="Decreto 1")
        cerrar(session, dia, SISTEMA, LUNES)
    plazo = _plazo(mundo, enviada)
    with mundo.db.begin() as session:
        mover(session, [PorMover(plazo.id, plazo.caso_id)], LUNES)

    movido = _plazo(mundo, enviada)
    assert _vence(movido) == date(2026, 11, 13)
    assert movido.vence_en_original == plazo.vence_en


def test_no_vence_por_recepcion_antes_de_lo_que_el_servicio_prometio(mundo: Mundo) -> None:
    """Nobody confirms the receipt: by the rules it ends on 23 November, twice its term."""
    _promete(mundo, None)
    de_regla = mundo.en(Estado.ENVIADA)
    _promete(mundo, 20)
    acordada = mundo.en(Estado.ENVIADA)

    _seguir(mundo, date(2026, 11, 25))
    assert mundo.derivacion(de_regla).estado is Estado.VENCIDA
    assert mundo.derivacion(acordada).estado is Estado.ENVIADA

    mundo.hacer(acordada, Accion.ACEPTAR, clock.now())
    assert mundo.derivacion(acordada).estado is Estado.ACEPTADA


def test_quien_no_cumple_lo_que_prometio_la_pierde(mundo: Mundo) -> None:
    _promete(mundo, 3)
    acordada = mundo.en(Estado.ENVIADA)

    _seguir(mundo, date(2026, 11, 19))

    assert mundo.derivacion(acordada).estado is Estado.VENCIDA


def test_los_eventos_dicen_hasta_cuando_y_por_quien(mundo: Mundo) -> None:
    _promete(mundo, 3)
    acordada = mundo.en(Estado.ENVIADA)
    _promete(mundo, None)
    mundo.en(Estado.ENVIADA)
    _seguir(mundo, date(2026, 11, 16))

    suya, de_regla = _cuerpos(mundo, "casos.derivacion.enviada")
    assert (suya["acuerdo_dias"], de_regla.get("acuerdo_dias")) == (3, None)
    assert suya["responde_hasta"][:10] in {"2026-11-12", "2026-11-13"}  # told in UTC
    assert suya["responde_hasta"] < de_regla["responde_hasta"]
    vencidos = _cuerpos(mundo, "casos.caso.plazo_vencido")
    de_respuesta = [uno for uno in vencidos if uno["reloj"] == RESPUESTA]
    assert {(u["derivacion_id"], u["origen"]) for u in de_respuesta} == {
        (str(acordada), "servicio")
    }
    por_vencer = _cuerpos(mundo, "casos.caso.plazo_por_vencer")
    assert {u["origen"] for u in por_vencer if u["reloj"] == RECEPCION} == {"reglas"}


def test_de_quien_va_por_su_cuenta_no_se_espera_respuesta(mundo: Mundo) -> None:
    _promete(mundo, 3)
    with mundo.db.read() as session:
        borrador = mundo.derivacion(mundo.preparar())
        borrador.servicio = servicio_por_id(session, borrador.servicio_id)
        normales = por_empezar(session, borrador, LUNES)

    # By the rules receipt is confirmed until 16: what the service promised comes before.
    assert [plazo.reloj for plazo in normales] == [RESPUESTA, RECEPCION]
    with mundo.db.read() as session:
        assert session.scalars(select(Plazo)).all() == []


@pytest.fixture
def casos(oficina: OficinaLike) -> Any:
    """The real application, with one case that admits derivations."""
    clock.move_to(LUNES.date())
    with levantar(oficina) as made:
        yield made


def test_la_vista_previa_dice_que_plazos_empezarian_y_quien_los_dice(casos: Casos) -> None:
    _promete(casos.mundo, 3)
    borrador = casos.mundo.preparar()
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{borrador}"

    previa = browser.get(url).text
    dichos = casos.api("profesional", "GET", f"/derivaciones/{borrador}/plazos").json

    assert "Plazos que empiezan al enviar" in previa
    assert "El servicio, que se comprometió a 3 días hábiles" in previa
    assert f"Reglas de los plazos, versión {reglas().version}" in previa
    assert dichos["previstos"] is True
    assert [(p["reloj"], p["origen"], p["acuerdo_dias"]) for p in dichos["plazos"]] == [
        (RESPUESTA, "servicio", 3),
        (RECEPCION, "reglas", None),
    ]
    assert all(p["id"] is None for p in dichos["plazos"])
    assert casos.confirmar(browser, url).status_code == 303
    despues = casos.api("profesional", "GET", f"/derivaciones/{borrador}/plazos").json
    assert despues["previstos"] is False
    assert [(p["reloj"], p["vence_en"]) for p in despues["plazos"]] == [
        (p["reloj"], p["vence_en"]) for p in dichos["plazos"]
    ]
    enviada = browser.get(url).text
    assert "El servicio, que se comprometió a 3 días hábiles" in enviada
    assert enviada.index("Aceptar o rechazar") < enviada.index("Confirmar la recepción")


def test_quien_no_lee_el_caso_no_lee_sus_plazos(casos: Casos) -> None:
    enviada = casos.mundo.en(Estado.ENVIADA)

    assert casos.api("recepcion", "GET", f"/derivaciones/{enviada}/plazos").status_code == 403
    nada = UUID(int=1)
    assert casos.api("profesional", "GET", f"/derivaciones/{nada}/plazos").status_code == 404


def test_corregir_el_compromiso_por_la_api_vale_desde_la_siguiente(casos: Casos) -> None:
    servicio = casos.mundo.servicio("DIDECO.SOCIAL")
    path = f"/red/servicios/{servicio}"
    _promete(casos.mundo, 3)
    corre = casos.mundo.en(Estado.ENVIADA)
    leido = casos.api("coordinacion", "GET", path).json
    campos = ("nombre", "temas", "estado", "modo", "otros_modos", "idiomas")
    datos = {campo: leido[campo] for campo in campos} | {"plazo_dias": 8}

    hecho = casos.api("coordinacion", "PUT", path, datos, **COMO_ESTE)

    assert hecho.status_code == 200, hecho.json
    assert _plazo(casos.mundo, corre).acuerdo_dias == 3
    assert _plazo(casos.mundo, casos.mundo.en(Estado.ENVIADA)).acuerdo_dias == 8


@pytest.mark.parametrize(("dias", "dura"), [(None, 15), (3, 15), (40, 45)])
def test_el_enlace_dura_mas_que_lo_prometido(casos: Casos, dias: int | None, dura: int) -> None:
    _promete(casos.mundo, dias)
    borrador = casos.mundo.preparar()

    previa = casos.como("profesional").get(f"/casos/derivaciones/{borrador}").text

    assert f"que vence en {dura} días hábiles" in previa
    casos.mundo.hacer(borrador, Accion.ENVIAR)
    made = casos.api("servicio", "POST", f"/derivaciones/{borrador}/enlace").json
    assert made["vence_en"] > (clock.real_now() + timedelta(days=dura)).isoformat()
