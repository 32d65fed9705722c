"""One box: each kind is found by who may see it, and by nobody else."""

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.unit.casos.conftest import Ventanilla

from casos.buscador.folios import folio_de
from casos.red.actions import sembrar
from oficina.audit import Auditoria


def _hallar(ventanilla: Ventanilla, texto: str, rol: str = "profesional") -> str:
    answer = ventanilla.enviar("/buscar", {"q": texto}, rol)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("texto", "folio"),
    [
        ("OM-2026-000123", ("OM", "2026", 123)),
        (" om 2026 123 ", ("OM", "2026", 123)),
        ("OM2026000123", ("OM", "2026", 123)),
        ("D-45", ("D", "", 45)),
        ("po 7", ("PO", "", 7)),
        ("md 2026 000001", ("MD", "2026", 1)),
        ("P-2026-000123", None),
        ("OM-", None),
        ("Domingo 45", None),
        ("12.345.678-5", None),
    ],
)
def test_un_folio_se_reconoce_como_se_escriba(texto: str, folio: Any) -> None:
    hallado = folio_de(texto)
    assert (hallado and (hallado.serie, hallado.anio, hallado.numero)) == folio


@pytest.fixture(scope="module")
def lleno(ventanilla: Ventanilla) -> Ventanilla:
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    return ventanilla


def test_cada_clase_en_su_grupo(lleno: Ventanilla) -> None:
    persona = lleno.persona(nombres="Evangeline", primer_apellido="Inventada")
    caso = lleno.caso(persona_id=persona["id"])
    assert f"/casos/personas/{persona['id']}" in _hallar(lleno, "evangeline")
    por_folio = _hallar(lleno, caso["folio"].lower().replace("-", " "))
    assert f"/casos/expedientes/{caso['id']}" in por_folio
    assert "Red de instituciones" in _hallar(lleno, "dideco")
    nada = _hallar(lleno, "zzzz qqqq")
    assert "Nada de lo que usted puede ver coincide." in nada
    assert "Registrar a una persona nueva" in nada
    assert 'value="zzzz qqqq"' in nada.partition("<main")[0]


def test_un_caso_reservado_o_sellado_no_se_halla_ni_se_cuenta(lleno: Ventanilla) -> None:
    mio = str(lleno.funcionario_id("profesional"))
    for confidencialidad in ("reservado", "sellado"):
        caso = lleno.caso(responsable_id=mio, persona_id=_alguien(lleno, confidencialidad))
        datos = {"confidencialidad": confidencialidad, "motivo": "Riesgo"}
        assert lleno.paso(caso, "confidencialidad", **datos).status_code == 204
        folio = lleno.guardado(caso).folio
        assert f"/casos/expedientes/{caso['id']}" in _hallar(lleno, folio)
        ajena = _hallar(lleno, folio, "coordinacion")
        assert "0 resultados" in ajena
        # Of a reserved one the folio that was typed leads to what may be known of it.
        assert ("Caso reservado" in ajena) == (confidencialidad == "reservado")
        sin_anio = _hallar(lleno, f"OM {int(folio[-6:])}", "coordinacion")
        assert str(caso["id"]) not in sin_anio


def _alguien(ventanilla: Ventanilla, nombre: str) -> str:
    return str(ventanilla.persona(nombres=nombre.title(), primer_apellido="Oculta")["id"])


def test_lo_de_la_comunidad_se_halla_por_su_folio_y_solo_de_quien_puede_verlo(
    lleno: Ventanilla,
) -> None:
    mio = str(lleno.funcionario_id("profesional"))
    caso = lleno.en_gestion(tema="CON", tipo="convivencia_vecinal", responsable_id=mio)
    mediacion = _crear(lleno, "/comunidad/mediaciones", caso_id=caso["id"], asunto="Ruidos")
    suyo = lleno.persona()
    lleno.caso(persona_id=suyo["id"], responsable_id=mio)
    reporte = _crear(
        lleno,
        "/comunidad/discriminacion",
        motivo="nacionalidad",
        lugar="vivienda",
        que_paso="Nada",
        folio=suyo["folio"],
    )
    for uno, ruta in ((mediacion, "mediaciones"), (reporte, "discriminacion")):
        enlace = f"/casos/comunidad/{ruta}/{uno['id']}"
        assert enlace in _hallar(lleno, uno["folio"])
        assert enlace not in _hallar(lleno, uno["folio"], "recepcion")
        assert "0 resultados" in _hallar(lleno, uno["folio"], "recepcion")
    lleno.paso(caso, "confidencialidad", confidencialidad="sellado", motivo="Riesgo")
    assert "0 resultados" in _hallar(lleno, mediacion["folio"], "coordinacion")


def test_las_letras_de_un_folio_no_son_palabras(lleno: Ventanilla) -> None:
    persona = lleno.persona(nombres="Adela", primer_apellido="Inventada")
    hallado = _hallar(lleno, persona["folio"])
    assert "1 resultado" in hallado
    assert f"/casos/personas/{persona['id']}" in hallado


def _crear(ventanilla: Ventanilla, ruta: str, **datos: Any) -> dict[str, Any]:
    answer = ventanilla.api("POST", ruta, "profesional", json=datos)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def test_quien_lleva_programas_no_busca_personas(lleno: Ventanilla) -> None:
    lleno.persona(nombres="Rosalinda", primer_apellido="Inventada")
    assert "Rosalinda Inventada" in _hallar(lleno, "rosalinda", "recepcion")
    pagina = _hallar(lleno, "rosalinda", "encargado_programa")
    assert "Rosalinda Inventada" not in pagina
    assert "0 resultados" in pagina
    assert lleno.enviar("/buscar", {"q": "x"}, "administrador").status_code == 403


def test_lo_buscado_no_queda_en_ninguna_parte_y_que_se_busco_si(lleno: Ventanilla) -> None:
    antes = _buscadas(lleno)
    assert lleno.pagina("/buscar", "recepcion").status_code == 200
    _hallar(lleno, "Evangelina Secretísima", "recepcion")
    _hallar(lleno, "   ", "recepcion")
    assert _buscadas(lleno) == antes + 1
    with lleno.db.read() as session:
        ultima = session.scalars(
            select(Auditoria)
            .where(Auditoria.accion == "casos.buscar")
            .order_by(Auditoria.id.desc())
        ).first()
    assert ultima is not None
    assert "Secret" not in repr(vars(ultima))
    assert ultima.cantidad == 0


def _buscadas(ventanilla: Ventanilla) -> int:
    with ventanilla.db.read() as session:
        consulta = select(func.count()).where(Auditoria.accion == "casos.buscar")
        return session.scalar(consulta) or 0
