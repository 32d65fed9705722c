"""The same step on several cases: seen before it is done, done once, row by row."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Hito
from casos.lotes.models import HechoEnLote
from casos.tareas.models import Tarea
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.calendar_cl import siguiente_habil

JEFA = "coordinacion"


def _marca(ventanilla: Ventanilla, caso: dict[str, Any]) -> str:
    return f"{caso['id']}.{ventanilla.guardado(caso).version}"


def _pedir(
    ventanilla: Ventanilla, accion: str, casos: list[str], rol: str = JEFA, **datos: Any
) -> str:
    answer = ventanilla.enviar(f"/lotes/{accion}", {"caso": casos} | datos, rol)
    assert answer.status_code == 200, answer.text
    return answer.text


def _clave(pagina: str) -> str:
    found = re.search(r'name="clave" value="([^"]+)"', pagina)
    assert found, pagina
    return found[1]


def _cuantos(ventanilla: Ventanilla) -> list[int]:
    """Everything that a step writes."""
    with ventanilla.db.read() as session:
        return [
            session.scalar(select(func.count()).select_from(tabla)) or 0
            for tabla in (Hito, Tarea, Outbox, HechoEnLote)
        ]


def test_se_asigna_a_los_que_se_puede_y_se_dice_por_que_a_los_demas_no(
    ventanilla: Ventanilla,
) -> None:
    a_quien = str(ventanilla.funcionario_id("profesional"))
    libre, viejo, cerrado = (ventanilla.caso() for _ in range(3))
    reservado = ventanilla.caso(responsable_id=a_quien)
    secreto = {"confidencialidad": "reservado", "motivo": "Riesgo"}
    assert ventanilla.paso(reservado, "confidencialidad", **secreto).status_code == 204
    ventanilla.paso(cerrado, "orientaciones", tema="SOC", texto="x")
    fin = {"motivo": "resuelto_por_orientacion", "resultado": "logrado"}
    assert ventanilla.paso(cerrado, "cierre", **fin).status_code == 200
    antigua = _marca(ventanilla, viejo)
    ventanilla.paso(viejo, "orientaciones", tema="SOC", texto="x")
    marcas = [
        _marca(ventanilla, libre),
        antigua,
        _marca(ventanilla, cerrado),
        f"{reservado['id']}.99",
        f"{uuid4()}.1",
    ]
    antes = _cuantos(ventanilla)
    elegir = _pedir(ventanilla, "asignar", marcas)
    assert "Ver qué pasaría" in elegir
    previa = _pedir(ventanilla, "asignar", marcas, paso="revisar", responsable_id=a_quien)
    assert _cuantos(ventanilla) == antes
    assert "Se haría en 1 caso." in previa
    assert "Otra persona lo modificó" in previa
    assert "El estado actual no admite ese paso" in previa
    # Of what is not hers the coordination learns no folio.
    assert previa.count("No está a su alcance.") == 2
    assert ventanilla.guardado(reservado).folio not in previa
    hecha = _pedir(
        ventanilla,
        "asignar",
        marcas,
        paso="hacer",
        responsable_id=a_quien,
        clave=_clave(previa),
    )
    assert "Se hizo en 1 caso." in hecha
    assert str(ventanilla.guardado(libre).responsable_id) == a_quien
    assert ventanilla.guardado(viejo).responsable_id is None
    assert "casos.caso.asignar" in ventanilla.auditadas(libre["id"])
    assert "casos.caso.asignar" not in ventanilla.auditadas(viejo["id"])


def test_una_tarea_para_varios_se_agrega_una_vez_aunque_se_envie_dos(
    ventanilla: Ventanilla,
) -> None:
    quien = str(ventanilla.funcionario_id("profesional"))
    casos = [ventanilla.en_gestion(responsable_id=quien) for _ in range(3)]
    marcas = [_marca(ventanilla, caso) for caso in casos]
    datos = {"que": "Pedir el certificado", "vence_el": str(siguiente_habil(clock.today()))}
    previa = _pedir(ventanilla, "tarea", marcas, paso="revisar", **datos)
    assert "Se haría en 3 casos." in previa
    clave = _clave(previa)
    primera = _pedir(ventanilla, "tarea", marcas[:2], paso="hacer", clave=clave, **datos)
    assert "Se hizo en 2 casos." in primera
    # Sent again, whole: what was done is not done again, and what was left is.
    otra = _pedir(ventanilla, "tarea", marcas, paso="hacer", clave=clave, **datos)
    assert otra.count("Ya estaba hecho") == 2
    with ventanilla.db.read() as session:
        tareas = session.scalars(
            select(Tarea).where(Tarea.caso_id.in_([UUID(caso["id"]) for caso in casos]))
        ).all()
        auditadas = session.scalar(
            select(func.count()).where(
                Auditoria.accion == "casos.tarea.agregada",
                Auditoria.recurso_id.in_([UUID(caso["id"]) for caso in casos]),
            )
        )
    assert [str(una.responsable_id) for una in tareas] == [quien] * 3
    assert auditadas == 3
    # The key is of what was seen, and of nobody else.
    ajena = datos | {"que": "Otra cosa"}
    distinta = _pedir(ventanilla, "tarea", marcas[:1], paso="hacer", clave=clave, **ajena)
    assert "Esta confirmación ya se usó para otra cosa." in distinta


def test_lo_que_no_es_de_su_rol_no_se_hace_ni_en_lote(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso(responsable_id=str(ventanilla.funcionario_id("profesional")))
    marcas = [_marca(ventanilla, caso)]
    jefa = str(ventanilla.funcionario_id("profesional"))
    answer = ventanilla.enviar("/lotes/asignar", {"caso": marcas}, "recepcion")
    assert answer.status_code == 403
    libre = ventanilla.caso()
    previa = _pedir(
        ventanilla,
        "asignar",
        [_marca(ventanilla, libre)],
        "profesional",
        paso="revisar",
        responsable_id=jefa,
    )
    assert "Se haría en 1 caso." in previa


@pytest.mark.parametrize("marcas", [[], ["x"], ["x.1"], [f"{uuid4()}.x"], [f"{uuid4()}.1"] * 101])
def test_sin_casos_marcados_se_vuelve_a_la_lista(ventanilla: Ventanilla, marcas: list[str]) -> None:
    answer = ventanilla.enviar("/lotes/asignar", {"caso": marcas}, JEFA)
    assert (answer.status_code, answer.location) == (303, "/casos/")


def test_los_datos_se_corrigen_sin_perder_lo_marcado(ventanilla: Ventanilla) -> None:
    marcas = [_marca(ventanilla, ventanilla.caso())]
    datos = {"caso": marcas, "paso": "revisar", "que": "", "vence_el": "ayer"}
    answer = ventanilla.enviar("/lotes/tarea", datos, JEFA)
    assert answer.status_code == 422
    assert marcas[0] in answer.text
    assert "Hay datos que corregir" in answer.text


def test_la_lista_ofrece_marcar_y_marca_toda_la_pagina(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    marca = _marca(ventanilla, caso)
    lista = ventanilla.pagina("/?orden=recientes", JEFA).text
    assert f'value="{marca}"' in lista
    assert " checked" not in lista.partition(marca)[2].partition(">")[0]
    marcada = ventanilla.pagina("/?orden=recientes&marcar=1", JEFA).text
    assert " checked" in marcada.partition(f'value="{marca}"')[2].partition(">")[0]


def test_la_prioridad_de_varios_cambia_y_sus_plazos_con_ella(ventanilla: Ventanilla) -> None:
    casos = [ventanilla.caso(), ventanilla.caso(prioridad="urgente")]
    marcas = [_marca(ventanilla, caso) for caso in casos]
    datos = {"prioridad": "urgente", "texto": "Aluvión"}
    antes = _cuantos(ventanilla)

    previa = _pedir(ventanilla, "prioridad", marcas, paso="revisar", **datos)
    assert _cuantos(ventanilla) == antes
    assert "Se haría en 1 caso." in previa
    assert "El caso ya tiene esa prioridad." in previa
    hecha = _pedir(ventanilla, "prioridad", marcas, paso="hacer", clave=_clave(previa), **datos)

    assert "Se hizo en 1 caso." in hecha
    assert ventanilla.guardado(casos[0]).prioridad.value == "urgente"
    sin_razon = ventanilla.enviar(
        "/lotes/prioridad", {"caso": marcas, "paso": "revisar", "prioridad": "alta"}, JEFA
    )
    assert sin_razon.status_code == 422


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_se_descargan_los_marcados_y_nada_mas(ventanilla: Ventanilla, formato: str) -> None:
    uno, otro = ventanilla.caso(), ventanilla.caso()
    reservado = ventanilla.caso(responsable_id=str(ventanilla.funcionario_id("profesional")))
    secreto = {"confidencialidad": "reservado", "motivo": "Riesgo"}
    assert ventanilla.paso(reservado, "confidencialidad", **secreto).status_code == 204
    marcas = [_marca(ventanilla, uno), f"{reservado['id']}.1"]

    archivo = ventanilla.enviar(f"/lotes/marcados.{formato}", {"caso": marcas}, JEFA)

    assert archivo.status_code == 200
    assert "attachment" in archivo.headers["Content-Disposition"]
    if formato == "csv":
        texto = archivo.data.decode("utf-8-sig")
        assert uno["folio"] in texto
        assert otro["folio"] not in texto
        assert reservado["folio"] not in texto
        assert len(texto.strip().splitlines()) == 2
    with ventanilla.db.read() as session:
        fila = session.scalars(
            select(Auditoria)
            .where(Auditoria.accion == "casos.caso.exportar")
            .order_by(Auditoria.id.desc())
        ).first()
    assert fila is not None
    assert (fila.cantidad, fila.motivo_codigo) == (1, "marcados=2")
    assert ventanilla.enviar(f"/lotes/marcados.{formato}", {}, JEFA).status_code == 303
    ajena = ventanilla.enviar(f"/lotes/marcados.{formato}", {"caso": marcas}, "profesional")
    assert ajena.status_code == 403


def test_por_la_api_se_preve_y_se_hace_una_vez(ventanilla: Ventanilla) -> None:
    caso, viejo = ventanilla.caso(), ventanilla.caso()
    cuerpo: dict[str, Any] = {
        "casos": [
            {"id": caso["id"], "version": ventanilla.guardado(caso).version},
            {"id": viejo["id"], "version": 99},
            {"id": str(uuid4()), "version": 1},
        ],
        "datos": {"prioridad": "alta", "texto": "Aluvión"},
    }
    antes = _cuantos(ventanilla)

    previsto = ventanilla.api("POST", "/lotes/prioridad/prevision", JEFA, json=cuerpo)
    assert previsto.status_code == 200, previsto.text
    assert previsto.json["bien"] == 1
    assert _cuantos(ventanilla) == antes
    pedido = cuerpo | {"clave": previsto.json["clave"]}
    hecho = ventanilla.api("POST", "/lotes/prioridad", JEFA, json=pedido)
    otra_vez = ventanilla.api("POST", "/lotes/prioridad", JEFA, json=pedido)

    assert [(uno["bien"], uno["ya"]) for uno in hecho.json["resultados"]] == [
        (True, False),
        (False, False),
        (False, False),
    ]
    assert "Otra persona lo modificó" in hecho.json["resultados"][1]["porque"]
    assert hecho.json["resultados"][2]["porque"] == "No está a su alcance."
    assert otra_vez.json["resultados"][0]["ya"] is True
    assert ventanilla.hechos(f"caso/{caso['id']}").count("casos.caso.repriorizado") == 1
    distinto = pedido | {"datos": {"prioridad": "urgente", "texto": "Otra cosa"}}
    ajeno = ventanilla.api("POST", "/lotes/prioridad", JEFA, json=distinto)
    assert "ya se usó para otra cosa" in ajeno.json["resultados"][0]["porque"]


def test_la_api_de_lotes_dice_que_corregir_y_no_es_de_todos(ventanilla: Ventanilla) -> None:
    cuerpo = {"casos": [], "datos": {"vence_el": "ayer"}}

    answer = ventanilla.api("POST", "/lotes/tarea", JEFA, json=cuerpo)

    assert answer.status_code == 422
    assert {"casos", "clave", "datos.que", "datos.vence_el"} <= set(answer.json["errors"])
    assert ventanilla.api("POST", "/lotes/tarea", json=cuerpo).status_code == 403
