"""One box: each kind is found by who may see it, and by nobody else."""

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.unit.casos.conftest import Ventanilla

from casos.buscador.queries import folio_de
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
    assert "Nada de lo que usted puede ver coincide." in _hallar(lleno, "zzzz qqqq")


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
