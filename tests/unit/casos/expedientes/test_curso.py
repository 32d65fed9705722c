"""The course of a case: followed, suspended and gone on with, annulled; and what is reported."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.unit.casos.conftest import Ventanilla

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Estado as EstadoDerivacion
from casos.expedientes.states import Estado
from casos.hechos.actions import numerar
from casos.hechos.cursor import Cursor
from casos.hechos.queries import pagina
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.tasks import seguir_plazos
from casos.red.actions import sembrar
from oficina import clock
from oficina.bus.tables import Outbox
from oficina.calendar_cl import fin_de_plazo, sumar_dias_habiles

HOY = date(2026, 11, 9)  # a Monday without holidays around
SUSPENSION = {"motivo": "sin_contacto", "texto": "No contesta"}


@pytest.fixture(autouse=True)
def _hoy() -> Iterator[None]:
    clock.move_to(HOY)
    yield
    clock.move_to(None)


def _reloj(ventanilla: Ventanilla, caso: dict[str, Any], reloj: str) -> Plazo:
    with ventanilla.db.read() as session:
        return session.scalars(
            select(Plazo).where(Plazo.caso_id == UUID(caso["id"]), Plazo.reloj == reloj)
        ).one()


def _en_evaluacion(ventanilla: Ventanilla) -> dict[str, Any]:
    caso = ventanilla.caso()
    assert ventanilla.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
    return caso


def _suspender(ventanilla: Ventanilla, caso: dict[str, Any], dia: date) -> Any:
    return ventanilla.paso(caso, "suspension", **SUSPENSION, revision_el=dia.isoformat())


def _derivar(ventanilla: Ventanilla, caso: dict[str, Any], estado: EstadoDerivacion) -> None:
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    red = ventanilla.api("GET", "/red/servicios?q=dideco.social", "profesional").json
    pedido = {
        "caso_id": caso["id"],
        "servicio_id": red["servicios"][0]["id"],  # type: ignore[index]  # it is an object
        "proposito": "Evaluar una ayuda",
        "datos": ["nombre"],
        "base_licitud": "funcion_legal",
        "confirmada": True,
    }
    hecha = ventanilla.api("POST", "/derivaciones", "profesional", json=pedido)
    assert hecha.status_code == 201, hecha.text
    with ventanilla.db.begin() as session:
        session.execute(
            update(Derivacion).where(Derivacion.caso_id == UUID(caso["id"])).values(estado=estado)
        )


@pytest.mark.parametrize("estado", [EstadoDerivacion.ENVIADA, EstadoDerivacion.RECIBIDA])
def test_no_se_pasa_a_seguimiento_sin_que_respondan(
    ventanilla: Ventanilla, estado: EstadoDerivacion
) -> None:
    caso = ventanilla.en_gestion()
    _derivar(ventanilla, caso, estado)

    answer = ventanilla.paso(caso, "seguimiento")

    assert answer.status_code == 409
    assert answer.json["derivaciones"] == 1  # type: ignore[index]  # it is an object
    assert ventanilla.guardado(caso).estado is Estado.EN_GESTION


def test_en_seguimiento_se_vuelve_a_gestion_con_motivo(ventanilla: Ventanilla) -> None:
    caso = ventanilla.en_gestion()
    _derivar(ventanilla, caso, EstadoDerivacion.EN_CURSO)

    assert ventanilla.paso(caso, "seguimiento").json["estado"] == "en_seguimiento"  # type: ignore[index]  # it is an object
    assert ventanilla.paso(caso, "vuelta-a-gestion").status_code == 422
    vuelta = ventanilla.paso(caso, "vuelta-a-gestion", motivo="persona_lo_pide")

    assert vuelta.json["estado"] == "en_gestion"  # type: ignore[index]  # it is an object
    assert ventanilla.hechos(f"caso/{caso['id']}")[-2:] == [
        "casos.caso.en_seguimiento",
        "casos.caso.vuelto_a_gestion",
    ]
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert "El caso pasó a seguimiento" in page
    assert "La persona lo pide" in page


def test_suspender_detiene_los_plazos_y_reanudar_los_deja_con_los_mismos_dias(
    ventanilla: Ventanilla,
) -> None:
    caso = _en_evaluacion(ventanilla)
    antes = _reloj(ventanilla, caso, "evaluacion")  # 10 working days: until 23 November
    clock.move_to(HOY + timedelta(days=2))  # two of them have passed

    suspendido = _suspender(ventanilla, caso, date(2027, 1, 15))
    assert suspendido.json["estado"] == "suspendido"
    assert suspendido.json["suspension_motivo"] == "sin_contacto"
    assert _reloj(ventanilla, caso, "evaluacion").estado is EstadoPlazo.PAUSADO
    clock.move_to(date(2027, 1, 4))
    seguir_plazos(ventanilla.app.extensions["env"])
    reanudado = ventanilla.paso(caso, "reanudacion", motivo="persona_contactada")

    assert reanudado.json["estado"] == "en_evaluacion"  # type: ignore[index]  # it is an object
    despues = _reloj(ventanilla, caso, "evaluacion")
    assert despues.estado is EstadoPlazo.CORRIENDO
    assert despues.vence_en_original == antes.vence_en
    assert despues.vence_en == fin_de_plazo(clock.now(), dias_habiles=8)
    assert (despues.nivel, despues.siguiente_nivel) == (0, 80)
    # Of ten days two had passed, so the next stage is ahead, not behind.
    assert despues.siguiente_en is not None
    assert clock.local(despues.siguiente_en).date() == date(2027, 1, 12)
    revision = _reloj(ventanilla, caso, "revision")
    assert revision.estado is EstadoPlazo.CUMPLIDO


def test_un_plazo_que_no_pausa_sigue_en_un_caso_suspendido(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    _suspender(ventanilla, caso, HOY + timedelta(days=7))

    assert _reloj(ventanilla, caso, "primer_contacto").estado is EstadoPlazo.CORRIENDO


def test_cuando_llega_el_dia_de_revisar_se_avisa(ventanilla: Ventanilla) -> None:
    caso = _en_evaluacion(ventanilla)
    _suspender(ventanilla, caso, HOY + timedelta(days=14))
    env = ventanilla.app.extensions["env"]

    clock.move_to(HOY + timedelta(days=1))
    seguir_plazos(env)
    assert _vencidos(ventanilla, caso) == []
    clock.move_to(HOY + timedelta(days=15))
    seguir_plazos(env)
    seguir_plazos(env)

    assert _vencidos(ventanilla, caso) == ["revision"]
    atrasados = ventanilla.api("GET", "/casos?atrasados=1", "profesional").json
    assert caso["folio"] in {uno["folio"] for uno in atrasados["casos"]}  # type: ignore[index]  # it is an object


def _vencidos(ventanilla: Ventanilla, caso: dict[str, Any]) -> list[str]:
    with ventanilla.db.read() as session:
        hechos = session.scalars(
            select(Outbox).where(
                Outbox.agregado == f"caso/{caso['id']}", Outbox.tipo == "casos.caso.plazo_vencido"
            )
        ).all()
    relojes = {uno.cuerpo["data"]["reloj"]: None for uno in hechos}
    return [reloj for reloj in relojes if reloj != "primer_contacto"]


@pytest.mark.parametrize("dia", [HOY, HOY - timedelta(days=1), sumar_dias_habiles(HOY, 61)])
def test_se_suspende_hasta_un_dia_que_las_reglas_permiten(
    ventanilla: Ventanilla, dia: date
) -> None:
    caso = ventanilla.caso()

    answer = _suspender(ventanilla, caso, dia)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["revision_el"]
    assert ventanilla.guardado(caso).estado is Estado.ABIERTO
    assert _suspender(ventanilla, caso, sumar_dias_habiles(HOY, 60)).status_code == 200


def test_la_pagina_dice_hasta_que_dia_se_puede_suspender(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}"
    datos = {"version": "1", "motivo": "a_peticion", "revision_el": HOY.isoformat()}

    page = ventanilla.enviar(
        f"{path}/suspension", {f"suspension.{c}": v for c, v in datos.items()}, "profesional"
    )

    assert page.status_code == 422
    assert 'id="campo-suspension-revision_el-error"' in page.text
    assert "Elija un día desde mañana hasta el" in page.text


def test_lo_que_hay_que_denunciar_corre_por_horas_y_no_deja_suspender(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.en_gestion()
    exigida = ventanilla.paso(caso, "denuncia-obligatoria", texto="Un delito contra ella")
    assert exigida.status_code == 200
    assert "denuncia_obligatoria" in exigida.json["senales"]  # type: ignore[index]  # it is an object
    reloj = _reloj(ventanilla, caso, "denuncia")
    assert reloj.vence_en - reloj.inicia_en == timedelta(hours=24)

    otra_vez = ventanilla.paso(caso, "denuncia-obligatoria", texto="Lo mismo")
    suspension = _suspender(ventanilla, caso, HOY + timedelta(days=7))
    cierre = ventanilla.paso(caso, "cierre", motivo="persona_desiste", resultado="parcial")
    anulacion = ventanilla.paso(caso, "anulacion", texto="Era de otra persona")
    assert [a.status_code for a in (otra_vez, suspension, cierre, anulacion)] == [409] * 4

    hecha = ventanilla.paso(caso, "denuncia", destino="fiscalia", texto="RUC sintético")
    assert "denuncia_obligatoria" not in hecha.json["senales"]  # type: ignore[index]  # it is an object
    assert _reloj(ventanilla, caso, "denuncia").estado is EstadoPlazo.CUMPLIDO
    assert _suspender(ventanilla, caso, HOY + timedelta(days=7)).status_code == 200


def test_de_una_denuncia_solo_sabe_la_oficina(ventanilla: Ventanilla) -> None:
    caso = ventanilla.en_gestion()
    ventanilla.paso(caso, "denuncia-obligatoria", texto="Un delito contra ella")
    clock.move_to(HOY + timedelta(days=3))
    seguir_plazos(ventanilla.app.extensions["env"])
    ventanilla.paso(caso, "denuncia", destino="pdi", texto="Parte sintético")

    with ventanilla.db.read() as session:
        hechos = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    suyos = [uno for uno in hechos if uno.cuerpo["data"].get("caso_id") == caso["id"]]
    dicen = [
        uno
        for uno in suyos
        if uno.tipo.startswith("casos.denuncia.") or uno.cuerpo["data"].get("reloj") == "denuncia"
    ]
    assert {uno.tipo.split(".", 1)[1] for uno in dicen} >= {
        *("denuncia.requerida", "denuncia.realizada", "caso.plazo_vencido")
    }
    assert {uno.cuerpo["clasificacion"] for uno in dicen} == {"reservado"}


def test_que_no_procede_lo_decide_la_coordinacion(ventanilla: Ventanilla) -> None:
    caso = ventanilla.en_gestion()
    assert ventanilla.paso(caso, "denuncia", destino="pdi", texto="Nada").status_code == 409
    ventanilla.paso(caso, "denuncia-obligatoria", texto="Parecía un delito")
    no = {"destino": "no_procede", "texto": "No hay delito"}

    assert ventanilla.paso(caso, "denuncia", **no).status_code == 403
    assert ventanilla.paso(caso, "denuncia", "coordinacion", **no).status_code == 200

    assert _reloj(ventanilla, caso, "denuncia").estado is EstadoPlazo.CANCELADO
    assert "casos.denuncia.realizada" not in ventanilla.hechos(f"denuncia/{caso['id']}")


def test_lo_anulado_no_cuenta_y_conserva_su_historia(ventanilla: Ventanilla) -> None:
    caso = _en_evaluacion(ventanilla)
    antes = _vigencia(ventanilla)
    _suspender(ventanilla, caso, HOY + timedelta(days=7))

    anulado = ventanilla.paso(caso, "anulacion", texto="Se abrió a otra persona")

    assert anulado.json["estado"] == "anulado"  # type: ignore[index]  # it is an object
    assert anulado.json["pasos"] == []  # type: ignore[index]  # it is an object
    assert _reloj(ventanilla, caso, "evaluacion").estado is EstadoPlazo.CANCELADO
    assert sum(_vigencia(ventanilla)) == sum(antes) - 1
    lista = ventanilla.api("GET", "/casos", "profesional").json["casos"]  # type: ignore[index]  # it is an object
    assert caso["id"] not in {uno["id"] for uno in lista}
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert "Se abrió a otra persona" in page
    assert "Pasó a segunda instancia" in page
    atencion = {
        "persona_id": caso["persona"]["id"],
        "caso_id": caso["id"],
        "canal": "telefono",
        "tema": "SOC",
        "resultado": "orientada",
    }
    assert ventanilla.api("POST", "/atenciones", "profesional", json=atencion).status_code == 409


def _vigencia(ventanilla: Ventanilla) -> list[bool]:
    with ventanilla.db.begin() as session:
        numerar(session)
    with ventanilla.db.read() as session:
        hechos = pagina(session, Cursor.leer(""), 1000, "prueba").hechos
    return [uno.vigente for uno in hechos if uno.clase == "caso"]


def test_un_caso_de_riesgo_alto_no_se_anula_por_una_sola_mano(ventanilla: Ventanilla) -> None:
    caso = ventanilla.en_gestion(riesgo="alto")

    assert ventanilla.paso(caso, "anulacion", texto="Error").status_code == 403
    assert ventanilla.guardado(caso).estado is Estado.EN_GESTION


def test_las_senales_dicen_lo_que_no_se_puede_pasar_por_alto(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(
        nombres="Niña",
        primer_apellido="Señalada",
        fecha_nacimiento="2014-05-01",
        no_contactar=True,
        requiere_interprete=True,
    )
    caso = ventanilla.caso(persona_id=persona["id"])

    def senales() -> list[str]:
        leido: Any = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json
        return list(leido["senales"])

    de_ella = ["contacto_prohibido", "nna", "requiere_interprete"]
    assert senales() == de_ella
    clock.move_to(HOY + timedelta(days=90))
    assert senales() == [
        *("plazo_vencido", "contacto_prohibido", "sin_actividad", "nna", "requiere_interprete")
    ]
    page = ventanilla.pagina(f"/expedientes/{caso['id']}/situacion", "profesional").text
    assert "Sin actividad" in page
    assert "Niña, niño o adolescente" in page
    clock.move_to(date(2032, 5, 2))
    assert "nna" not in senales()


def test_lo_suspendido_no_esta_sin_actividad(ventanilla: Ventanilla) -> None:
    caso = _en_evaluacion(ventanilla)
    _suspender(ventanilla, caso, sumar_dias_habiles(HOY, 60))
    clock.move_to(sumar_dias_habiles(HOY, 59))

    leido: Any = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json

    assert "sin_actividad" not in leido["senales"]
    assert datetime.fromisoformat(leido["vence_en"]) > clock.now()
