"""What the office may do with an appointment, through its API."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from agenda.models import Cita
from casos.accesos.actions import Responsable
from casos.expedientes.actions import NuevoCaso, abrir
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.db import uuid7


def _agendada(mesa: Any, **cambios: Any) -> Any:
    answer = mesa.api("POST", json=mesa.nueva(**cambios))
    assert answer.status_code == 201, answer.text
    return answer.json


def _hechos(mesa: Any) -> list[str]:
    with mesa.db.read() as session:
        return [fila.tipo for fila in session.scalars(select(Outbox).order_by(Outbox.id))]


def test_agendar_deja_la_cita_el_hecho_y_la_huella(mesa: Any) -> None:
    cita = _agendada(mesa, asunto="Primera entrevista")

    assert cita["estado"] == "agendada"
    assert cita["acciones"] == ["cancelar", "reprogramar"]
    assert cita["profesional_nombre"] == "Persona de profesional"
    assert cita["lugar_frases"]["ht"] == "nan biwo a"
    assert _hechos(mesa) == ["agenda.cita.agendada"]
    with mesa.db.read() as session:
        acciones = session.scalars(select(Auditoria.accion)).all()
    assert "agenda.cita.agendar" in acciones


def test_los_formularios_de_una_cita_dejan_su_lectura(mesa: Any) -> None:
    cita = _agendada(mesa)
    recepcion = mesa.oficina.entrar(mesa.app, "recepcion")

    for paso in ("reprogramar", "cancelar"):
        assert recepcion.get(f"/agenda/citas/{cita['id']}/{paso}").status_code == 200
    assert recepcion.post(f"/agenda/citas/{cita['id']}/cancelar", data={}).status_code == 422

    with mesa.db.read() as session:
        acciones = session.scalars(select(Auditoria.accion)).all()
    assert acciones.count("agenda.cita.ver") == 3


def test_los_hechos_de_una_cita_dicen_quien_los_hizo(mesa: Any) -> None:
    cita = _agendada(mesa)
    mesa.paso(cita, "cancelar", "profesional", motivo="persona_no_puede")

    with mesa.db.read() as session:
        hechos = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert [hecho.cuerpo["data"]["actor_id"] for hecho in hechos] == [
        str(mesa.oficina.funcionario(rol).id) for rol in ("recepcion", "profesional")
    ]


def test_el_hecho_lleva_solo_ids_horas_y_el_codigo_del_lugar(mesa: Any) -> None:
    _agendada(mesa, asunto="Violencia en su casa")

    with mesa.db.read() as session:
        (fila,) = session.scalars(select(Outbox)).all()
    assert set(fila.cuerpo["data"]) <= {
        "cita_id", "persona_id", "caso_id", "inicia_en", "termina_en", "actor_id",
        "lugar",
    }  # fmt: skip


def test_la_hora_es_la_de_los_relojes_de_chile(mesa: Any) -> None:
    cita = _agendada(mesa)

    with mesa.db.read() as session:
        una = session.scalars(select(Cita)).one()
    assert f"{clock.local(una.inicia_en):%H:%M}" == "10:30"
    assert cita["inicia_en"].endswith("+00:00")
    assert una.zona == "America/Santiago"


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"hora": "07:00"}, "hora"),
        ({"hora": "17:15"}, "hora"),
        ({"fecha": "2027-09-17"}, "fecha"),
        ({"fecha": "2027-01-09"}, "fecha"),
        ({"fecha": "2020-01-07"}, "hora"),
        ({"lugar": "la_plaza"}, "lugar"),
        ({"duracion": "7"}, "duracion"),
        ({"profesional_id": "018f0000-0000-7000-8000-000000000000"}, "profesional_id"),
        ({"persona_id": "018f0000-0000-7000-8000-000000000000"}, "persona_id"),
        ({"fecha": "ayer"}, "fecha"),
    ],
)
def test_una_cita_imposible_dice_cual_es_el_campo(
    mesa: Any, cambios: dict[str, str], campo: str
) -> None:
    answer = mesa.api("POST", json=mesa.nueva(**cambios))

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [campo]
    assert _hechos(mesa) == []


def test_un_feriado_se_nombra(mesa: Any) -> None:
    answer = mesa.api("POST", json=mesa.nueva(fecha="2027-05-21"))

    dicho = "Ese día es feriado: Día de las Glorias Navales."
    assert answer.json["errors"]["fecha"] == [dicho]


def test_nadie_tiene_dos_citas_a_la_vez(mesa: Any) -> None:
    persona = mesa.persona()
    coordinacion = mesa.oficina.funcionario("coordinacion").id
    _agendada(mesa, persona_id=persona)

    misma_persona = mesa.api(
        "POST", json=mesa.nueva(persona_id=persona, profesional_id=coordinacion, hora="10:45")
    )
    mismo_profesional = mesa.api("POST", json=mesa.nueva(hora="10:15"))
    despues = mesa.api("POST", json=mesa.nueva(hora="11:00"))

    assert misma_persona.status_code == 409
    assert "La persona ya tiene una cita" in misma_persona.json["detail"]
    assert mismo_profesional.status_code == 409
    assert "Persona de profesional" in mismo_profesional.json["detail"]
    assert despues.status_code == 201


def test_la_sala_es_para_una_cita_y_la_oficina_para_varias(mesa: Any) -> None:
    coordinacion = mesa.oficina.funcionario("coordinacion").id
    _agendada(mesa, lugar="sala_entrevistas")

    en_la_sala = mesa.api(
        "POST", json=mesa.nueva(profesional_id=coordinacion, lugar="sala_entrevistas")
    )
    en_la_oficina = mesa.api("POST", json=mesa.nueva(profesional_id=coordinacion))

    assert en_la_sala.status_code == 409
    assert en_la_oficina.status_code == 201


def test_una_cita_cancelada_deja_libre_su_hora(mesa: Any) -> None:
    cita = _agendada(mesa)
    mesa.paso(cita, "cancelar", motivo="persona_no_puede")

    assert mesa.api("POST", json=mesa.nueva()).status_code == 201


def test_reprogramar_no_choca_consigo_misma(mesa: Any) -> None:
    cita = _agendada(mesa)
    pedido = {"fecha": mesa.nueva()["fecha"], "hora": "10:45", "duracion": 30, "lugar": "oficina"}

    answer = mesa.paso(cita, "reprogramar", **pedido)

    assert answer.status_code == 200, answer.text
    assert answer.json["reprogramaciones"] == 1
    assert answer.json["estado"] == "agendada"
    assert _hechos(mesa) == ["agenda.cita.agendada", "agenda.cita.reprogramada"]


def test_si_vino_se_sabe_cuando_la_cita_comenzo(mesa: Any) -> None:
    cita = _agendada(mesa)

    antes = mesa.paso(cita, "realizar")
    clock.move_to(date.fromisoformat(cita["inicia_en"][:10]) + timedelta(days=1))
    despues = mesa.paso(cita, "realizar")

    assert antes.status_code == 409
    assert despues.status_code == 200
    assert despues.json["acciones"] == []
    assert _hechos(mesa)[-1] == "agenda.cita.realizada"


def test_quien_escribe_sobre_lo_viejo_lo_sabe(mesa: Any) -> None:
    cita = _agendada(mesa)
    leida = mesa.api("GET", f"/{cita['id']}")
    pedido = {"motivo": "ya_no_hace_falta"}

    sin_decir = mesa.api("POST", f"/{cita['id']}/cancelar", json=pedido)
    vieja = mesa.paso(cita | {"version": cita["version"] + 1}, "cancelar", **pedido)
    hecha = mesa.paso(cita, "cancelar", **pedido)

    assert leida.headers["ETag"] == f'"{cita["version"]}"'
    assert (sin_decir.status_code, vieja.status_code) == (428, 412)
    assert (hecha.status_code, hecha.headers["ETag"]) == (200, f'"{cita["version"] + 1}"')


def test_las_listas_se_buscan_por_dia_persona_y_profesional(mesa: Any) -> None:
    una, otra = _agendada(mesa), _agendada(mesa, hora="12:00")
    dia = mesa.nueva()["fecha"]

    def ids(**params: str) -> list[str]:
        return [cita["id"] for cita in mesa.api("GET", query_string=params).json]

    assert ids(dia=dia) == [una["id"], otra["id"]]
    assert ids(persona_id=otra["persona_id"]) == [otra["id"]]
    assert ids(dia="2020-01-01") == []
    assert ids(estado="cancelada") == []
    assert mesa.api("GET", query_string={"dia": "hoy"}).status_code == 422


def test_quien_administra_no_ve_citas_y_un_servicio_no_agenda(mesa: Any) -> None:
    assert mesa.api("GET", rol="administrador").status_code == 403
    assert mesa.api("POST", rol="servicio", json=mesa.nueva()).status_code == 403
    assert mesa.api("GET", rol="servicio").status_code == 200


def test_lo_que_se_escribe_de_una_cita_queda_sellado(mesa: Any) -> None:
    cita = _agendada(mesa, asunto="Violencia en su casa")
    cancelar = {"motivo": "persona_no_puede", "detalle": "Está en el hospital"}
    assert mesa.paso(cita, "cancelar", **cancelar).status_code == 200

    raw = mesa.oficina.settings.data_dir.joinpath("agenda.db").read_bytes()
    wal = mesa.oficina.settings.data_dir.joinpath("agenda.db-wal")
    raw += wal.read_bytes() if wal.exists() else b""
    assert b"Violencia" not in raw
    assert b"hospital" not in raw


def test_una_cita_no_se_cuenta_otra_vez_a_quien_ya_no_ve_a_la_persona(mesa: Any) -> None:
    # With somebody else: one's own appointments one sees in any case.
    de_otra = str(mesa.oficina.funcionario("coordinacion").id)
    nueva, clave = mesa.nueva(profesional_id=de_otra), {"Idempotency-Key": "k"}
    primera = mesa.api("POST", rol="profesional", json=nueva, headers=clave)
    casos = mesa.casos.extensions["env"].db
    leidas = select(func.count()).where(Auditoria.accion == "casos.persona.ver")
    with casos.read() as session:
        antes = session.scalar(leidas)
    igual = mesa.api("POST", rol="profesional", json=nueva, headers=clave)
    with casos.read() as session:
        # Nothing is done again, not even that casos is asked for the person's record.
        assert session.scalar(leidas) == antes == 1
    with casos.begin() as session:
        # Somebody else answers for their case: the professional does not reach them any more.
        nuevo = NuevoCaso(persona_id=UUID(nueva["persona_id"]), tema="SAL")
        abrir(session, nuevo, Responsable(uuid7(), "Otra"), Actor.sistema("casos"), clock.now())

    otra_vez = mesa.api("POST", rol="profesional", json=nueva, headers=clave)

    assert (primera.status_code, igual.status_code) == (201, 201)
    # The hour is taken by itself: that is no reason not to say what was done.
    assert igual.data == primera.data
    assert otra_vez.status_code == 404
    assert "Idempotency-Replayed" not in otra_vez.headers
