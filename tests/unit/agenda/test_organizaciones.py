"""An appointment may name an organisation of the community, which casos knows."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from agenda import directorio, supresion
from agenda.models import Cita
from agenda.retencion import retencion
from oficina.clock import real_now
from oficina.retencion import periodos


def _agendar(mesa: Any, **cambios: Any) -> dict[str, Any]:
    answer = mesa.api("POST", json=mesa.nueva(**cambios))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def test_la_cita_lleva_a_la_organizacion_y_la_organizacion_a_sus_citas(mesa: Any) -> None:
    comite = mesa.organizacion()
    browser = mesa.oficina.entrar(mesa.app, "profesional")
    datos = {c: v for c, v in mesa.nueva(organizacion_id=comite).items() if v}
    nueva = f"/agenda/citas/nueva?persona={datos['persona_id']}"
    formulario = browser.get(nueva).text
    assert "Comité Vecinal Sintético" in formulario
    assert f'value="{comite}"' in formulario

    donde = browser.post(nueva, data=datos).location
    otra = _agendar(mesa, hora="12:00")

    pagina = browser.get(donde).text
    assert f'href="/casos/comunidad/organizaciones/{comite}"' in pagina
    assert "Comité Vecinal Sintético" in pagina
    suyas = browser.get(f"/agenda/organizaciones/{comite}").text
    assert "Citas de Comité Vecinal Sintético" in suyas
    assert donde in suyas
    assert otra["id"] not in suyas
    por_api = mesa.api("GET", f"?organizacion_id={comite}").json
    assert [una["organizacion_nombre"] for una in por_api] == ["Comité Vecinal Sintético"]


def test_una_organizacion_que_no_existe_se_dice_junto_al_campo(mesa: Any) -> None:
    ninguna = uuid4()

    rechazo = mesa.api("POST", json=mesa.nueva(organizacion_id=ninguna))

    assert rechazo.status_code == 422
    assert "organizacion_id" in rechazo.json["errors"]
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    assert browser.get(f"/agenda/organizaciones/{ninguna}").status_code == 404
    with mesa.db.read() as session:
        assert session.scalars(select(Cita)).all() == []


def test_el_nombre_queda_como_era_y_cifrado(mesa: Any) -> None:
    comite = mesa.organizacion()
    cita = _agendar(mesa, organizacion_id=comite)
    cambiada = mesa.casos.test_client().patch(
        f"/casos/api/v1/comunidad/organizaciones/{comite}",
        json={"nombre": "Otro nombre", "tipo": "comunitaria"},
        headers=mesa.oficina.bearer("profesional") | {"If-Match": "*"},
    )
    assert cambiada.status_code == 200

    leida = mesa.api("GET", f"/{cita['id']}").json

    assert leida["organizacion_nombre"] == "Comité Vecinal Sintético"
    with mesa.db.read() as session:
        assert "Vecinal" not in str(session.execute(text("SELECT * FROM citas")).all())


def test_sin_lista_de_organizaciones_se_agenda_sin_ninguna(mesa: Any, monkeypatch: Any) -> None:
    """Whoever books is not kept waiting by a list that is not there."""
    monkeypatch.setattr(directorio, "ORGANIZACIONES", "/casos/api/v1/comunidad/nada")
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    datos = {c: v for c, v in mesa.nueva().items() if v}
    nueva = f"/agenda/citas/nueva?persona={datos['persona_id']}"

    assert "Organización de la comunidad" not in browser.get(nueva).text
    assert browser.post(nueva, data=datos).status_code == 303


def test_al_suprimir_y_al_pasar_su_plazo_se_olvida(mesa: Any) -> None:
    comite = mesa.organizacion()
    de_quien = mesa.persona()
    suprimida = _agendar(mesa, persona_id=de_quien, organizacion_id=comite)
    vieja, nueva = (_agendar(mesa, hora=h, organizacion_id=comite) for h in ("12:00", "15:00"))
    dias = periodos().clases["agenda.cita.detalle"].dias or 0
    with mesa.db.begin() as session:
        supresion.borrar(session, de_quien)
        una = session.get_one(Cita, UUID(vieja["id"]))
        una.inicia_en = una.termina_en = real_now() - timedelta(days=dias + 1)

    retencion.aplicar(mesa.db)

    with mesa.db.read() as session:
        citas = session.scalars(select(Cita)).all()
    assert {str(una.id): una.organizacion_nombre for una in citas} == {
        suprimida["id"]: None,
        vieja["id"]: None,
        nueva["id"]: "Comité Vecinal Sintético",
    }
    assert {una.organizacion_id for una in citas} == {None, comite}
