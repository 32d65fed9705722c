"""What people tell of their migratory status: a room of its own, sealed, each reading noted."""

from typing import Any

from sqlalchemy import text
from tests.unit.casos.conftest import Ventanilla

VISA: dict[str, Any] = {
    "categoria": "residencia_temporal_en_tramite",
    "fuente": "documento_a_la_vista",
    "numero_solicitud": "ZX-4471",
    "vigente_hasta": "2027-05-01",
    "nota": "Le falta un papel",
}


def test_es_de_profesionales_va_sellada_y_cada_lectura_queda(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Reservada")["id"]
    ruta = f"/personas/{persona}/situacion"
    assert ventanilla.enviar(ruta, VISA).status_code == 403
    assert ventanilla.pagina(ruta).status_code == 403
    assert ventanilla.api("GET", f"/personas/{persona}/situaciones").status_code == 403
    assert ventanilla.enviar(ruta, VISA, "profesional").status_code == 303
    assert "casos.situacion.ver" not in ventanilla.auditadas(persona)

    pagina = ventanilla.pagina(ruta, "profesional").text
    for dicho in ("Residencia temporal en trámite", "ZX-4471", "Documento a la vista"):
        assert dicho in pagina
    assert ventanilla.auditadas(persona).count("casos.situacion.ver") == 1

    # Nowhere else: neither on the record, nor in a search, nor in what the office tells.
    for rol in ("recepcion", "profesional"):
        ficha = ventanilla.pagina(f"/personas/{persona}?mostrar=contacto", rol).text
        assert ("Residencia temporal" in ficha, "ZX-4471" in ficha) == (False, False)
    assert "Reservada" not in ventanilla.enviar("/recepcion", {"q": "ZX-4471"}).text
    assert ventanilla.hechos(f"persona/{persona}") == ["casos.persona.registrada"]
    with ventanilla.db.read() as session:
        filas = str(session.execute(text("SELECT * FROM situaciones_migratorias")).all())
    assert not any(dicho in filas for dicho in ("residencia", "ZX-4471", "2027-05-01", "papel"))


def test_lo_que_se_dijo_antes_queda_y_no_decirla_es_una_respuesta(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()["id"]
    ruta = f"/personas/{persona}/situaciones"
    primera = ventanilla.api("POST", ruta, "profesional", json=VISA)
    assert (primera.status_code, primera.json["vigente_hasta"]) == (201, "2027-05-01")
    callada = VISA | {"prefiere_no_indicar": True}
    assert ventanilla.api("POST", ruta, "profesional", json=callada).json["categoria"] is None
    dichas: Any = ventanilla.api("GET", ruta, "profesional").json
    assert [una["numero_solicitud"] for una in dichas["situaciones"]] == [None, "ZX-4471"]
    for nada in ({}, {"nota": "Solo una nota"}, {"categoria": "turista"}):
        assert ventanilla.api("POST", ruta, "profesional", json=nada).status_code == 422
    vacia = ventanilla.enviar(f"/personas/{persona}/situacion", {}, "profesional")
    assert (vacia.status_code, "Elija una categoría" in vacia.text) == (422, True)
