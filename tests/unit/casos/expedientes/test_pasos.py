"""The steps of a case through the API: what changes, what is told, what is refused and to whom."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Confidencialidad
from casos.expedientes.states import Estado
from casos.plazos.models import EstadoPlazo, Plazo

PASOS: dict[str, dict[str, Any]] = {
    "orientaciones": {"tema": "REG.TEMP", "texto": "Se explicó el trámite"},
    "segunda-instancia": {"motivo": "riesgo"},
    "evaluacion": {"riesgo": "medio", "amerita_derivacion": True, "fundamento": "Fundamento"},
    "asignacion": {},
    "cierre": {"motivo": "gestion_terminada", "resultado": "logrado"},
    "reapertura": {"motivo": "persona_vuelve"},
    "propuesta-de-cierre": {"motivo": "gestion_terminada", "resultado": "logrado"},
    "decision-de-cierre": {"aprueba": True},
    "tareas": {"que": "Pedir el certificado", "vence_el": "2031-01-15"},
    "seguimiento": {},
    "vuelta-a-gestion": {"motivo": "nueva_necesidad"},
    "suspension": {"motivo": "sin_contacto", "revision_el": "2031-01-15"},
    "reanudacion": {"motivo": "persona_contactada"},
    "anulacion": {"texto": "Se abrió a otra persona"},
    "denuncia-obligatoria": {"texto": "Lo que contó"},
    "denuncia": {"destino": "fiscalia", "texto": "Parte 1"},
}
DE_ABIERTO = {
    *("asignar", "cerrar", "pasar_a_segunda_instancia", "registrar_orientacion"),
    *("suspender", "anular", "exigir_denuncia", "resolver_denuncia"),
    *("proponer_cierre", "decidir_cierre", "cambiar_prioridad"),
}


def _relojes(ventanilla: Ventanilla, caso: dict[str, Any]) -> dict[str, EstadoPlazo]:
    guardado = ventanilla.guardado(caso)
    with ventanilla.db.read() as session:
        plazos = session.scalars(select(Plazo).where(Plazo.caso_id == guardado.id)).all()
    return {plazo.reloj: plazo.estado for plazo in plazos}


def test_abrir_sugiere_tipo_y_prioridad_segun_el_tema(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso(tema="DER.VIF")

    guardado = ventanilla.guardado(caso)
    assert caso["folio"].startswith("OM-")
    assert (guardado.tipo, guardado.prioridad) == ("vulneracion_derechos", "urgente")
    assert guardado.confidencialidad is Confidencialidad.RESERVADO
    assert guardado.estado is Estado.ABIERTO
    assert guardado.unidad == "migracion"
    assert ventanilla.hechos(f"caso/{caso['id']}") == ["casos.caso.abierto"]
    assert _relojes(ventanilla, caso) == {"primer_contacto": EstadoPlazo.CORRIENDO}


def test_lo_que_se_dice_al_abrir_manda_sobre_el_tema(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso(tema="DER.VIF", tipo="ayuda_social", prioridad="normal")

    guardado = ventanilla.guardado(caso)
    assert (guardado.tipo, guardado.prioridad) == ("ayuda_social", "normal")


def test_abrir_con_responsable(ventanilla: Ventanilla) -> None:
    profesional = str(ventanilla.funcionario_id("profesional"))
    caso = ventanilla.caso(responsable_id=profesional)

    assert caso["responsable_id"] == profesional
    assert caso["responsable_nombre"] == "Persona de profesional"
    assert ventanilla.hechos(f"caso/{caso['id']}") == [
        "casos.caso.abierto",
        "casos.caso.asignado",
    ]


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({}, "tema"),
        ({"tema": "NADA"}, "tema"),
        ({"tema": "SAL", "tipo": "otro"}, "tipo"),
        ({"tema": "SAL", "responsable_id": str(uuid4())}, "responsable_id"),
    ],
)
def test_un_caso_que_no_se_puede_abrir(
    ventanilla: Ventanilla, datos: dict[str, str], campo: str
) -> None:
    persona = ventanilla.persona()

    answer = ventanilla.api("POST", "/casos", json={"persona_id": persona["id"]} | datos)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_un_caso_es_de_alguien(ventanilla: Ventanilla) -> None:
    answer = ventanilla.api("POST", "/casos", json={"persona_id": str(uuid4()), "tema": "SAL"})
    assert answer.status_code == 404


def test_la_historia_completa(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    ventanilla.paso(caso, "asignacion")
    ventanilla.paso(caso, "orientaciones", **PASOS["orientaciones"])
    assert _relojes(ventanilla, caso)["primer_contacto"] is EstadoPlazo.CUMPLIDO
    ventanilla.paso(caso, "segunda-instancia", **PASOS["segunda-instancia"])
    assert _relojes(ventanilla, caso)["evaluacion"] is EstadoPlazo.CORRIENDO
    ventanilla.paso(caso, "evaluacion", **PASOS["evaluacion"])
    assert _relojes(ventanilla, caso)["evaluacion"] is EstadoPlazo.CUMPLIDO
    ventanilla.paso(caso, "cierre", **PASOS["cierre"])
    final = ventanilla.paso(caso, "reapertura", **PASOS["reapertura"])

    assert final.json["estado"] == "en_evaluacion"  # type: ignore[index]  # it is an object
    assert [hito["tipo"] for hito in reversed(final.json["hitos"])] == [  # type: ignore[index]  # it is an object
        "abierto",
        "asignado",
        "orientacion",
        "elevado",
        "evaluado",
        "cerrado",
        "reabierto",
    ]
    assert ventanilla.hechos(f"caso/{caso['id']}") == [
        "casos.caso.abierto",
        "casos.caso.asignado",
        "casos.caso.orientado",
        "casos.caso.elevado_a_segunda_instancia",
        "casos.caso.evaluado",
        "casos.caso.cerrado",
        "casos.caso.reabierto",
    ]
    assert [a for a in ventanilla.auditadas(caso["id"]) if a != "casos.caso.ver"] == [
        "casos.caso.abrir",
        "casos.caso.asignar",
        "casos.caso.orientar",
        "casos.caso.elevar",
        "casos.caso.evaluar",
        "casos.caso.cerrar",
        "casos.caso.reabrir",
    ]


@pytest.mark.parametrize(
    ("nombre", "permitidas"),
    [(nombre, sorted(DE_ABIERTO)) for nombre in ("evaluacion", "reapertura", "vuelta-a-gestion")],
)
def test_un_paso_que_el_estado_no_admite_dice_cuales_si(
    ventanilla: Ventanilla, nombre: str, permitidas: list[str]
) -> None:
    caso = ventanilla.caso()

    answer = ventanilla.paso(caso, nombre, **PASOS[nombre])

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["estado_actual"] == "abierto"  # type: ignore[index]  # it is an object
    assert answer.json["transiciones_permitidas"] == permitidas  # type: ignore[index]  # it is an object
    assert ventanilla.hechos(f"caso/{caso['id']}") == ["casos.caso.abierto"]


def test_cerrar_por_el_motivo_de_otro_estado_dice_cuales_si(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    answer = ventanilla.paso(caso, "cierre", **PASOS["cierre"])

    assert answer.status_code == 409
    assert answer.json["motivos_permitidos"] == ["resuelto_por_orientacion"]  # type: ignore[index]  # it is an object


def test_cerrar_detiene_los_plazos(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    ventanilla.paso(caso, "segunda-instancia", **PASOS["segunda-instancia"])

    answer = ventanilla.paso(
        caso, "cierre", motivo="no_amerita", resultado="no_logrado", texto="No corresponde"
    )

    assert answer.status_code == 200
    assert _relojes(ventanilla, caso)["evaluacion"] is EstadoPlazo.CANCELADO


@pytest.mark.parametrize(
    ("nombre", "datos", "campo"),
    [
        ("orientaciones", {"tema": "REG.TEMP"}, "texto"),
        ("segunda-instancia", {"motivo": "porque sí"}, "motivo"),
        ("evaluacion", PASOS["evaluacion"] | {"riesgo": "sin_evaluar"}, "riesgo"),
        ("evaluacion", PASOS["evaluacion"] | {"fundamento": ""}, "fundamento"),
        ("cierre", {"motivo": "no_amerita", "resultado": "logrado"}, "texto"),
        ("reapertura", {"motivo": "persona_vuelve", "extra": 1}, "extra"),
    ],
)
def test_lo_que_no_sirve_vuelve_con_la_ruta_del_campo(
    ventanilla: Ventanilla, nombre: str, datos: dict[str, Any], campo: str
) -> None:
    answer = ventanilla.paso(ventanilla.caso(), nombre, **datos)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_quien_vio_una_version_vieja_no_da_el_paso(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/casos/{caso['id']}/orientaciones"
    primero = ventanilla.api(
        "POST", path, "profesional", json=PASOS["orientaciones"], headers={"If-Match": '"1"'}
    )
    assert primero.headers["ETag"] == '"2"'
    sin_decir = ventanilla.api("POST", path, "profesional", json=PASOS["orientaciones"])

    segundo = ventanilla.api(
        "POST", path, "profesional", json=PASOS["orientaciones"], headers={"If-Match": '"1"'}
    )

    assert (sin_decir.status_code, segundo.status_code) == (428, 412)
    assert ventanilla.guardado(caso).orientaciones == 1


@pytest.mark.parametrize("nombre", list(PASOS))
@pytest.mark.parametrize("rol", ["recepcion", "administrador"])
def test_los_pasos_no_son_de_recepcion_ni_de_quien_administra(
    ventanilla: Ventanilla, nombre: str, rol: str
) -> None:
    caso = ventanilla.caso()

    assert ventanilla.paso(caso, nombre, rol, **PASOS[nombre]).status_code == 403
    assert ventanilla.guardado(caso).estado is Estado.ABIERTO


@pytest.mark.parametrize("nombre", list(PASOS))
def test_un_caso_que_no_existe_es_404(ventanilla: Ventanilla, nombre: str) -> None:
    rol = "coordinacion" if nombre == "decision-de-cierre" else "profesional"
    answer = ventanilla.paso({"id": str(uuid4())}, nombre, rol, **PASOS[nombre])
    assert answer.status_code == 404


def test_tomar_un_caso_libre_y_no_el_de_otra_persona(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    tomado = ventanilla.paso(caso, "asignacion")
    assert tomado.json["responsable_nombre"] == "Persona de profesional"  # type: ignore[index]  # it is an object

    cedido = ventanilla.paso(caso, "asignacion", "coordinacion")
    assert cedido.json["responsable_nombre"] == "Persona de coordinacion"  # type: ignore[index]  # it is an object
    # It is nobody else's any more, so for whoever had it it is not there.
    assert ventanilla.paso(caso, "asignacion").status_code == 404


def test_solo_la_coordinacion_asigna_a_otra_persona(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    profesional = str(ventanilla.funcionario_id("profesional"))

    dado = ventanilla.paso(caso, "asignacion", "coordinacion", responsable_id=profesional)
    assert dado.json["responsable_id"] == profesional  # type: ignore[index]  # it is an object


def test_cada_lectura_deja_su_huella(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    antes = ventanilla.auditadas(caso["id"]).count("casos.caso.ver")

    ventanilla.api("GET", f"/casos/{caso['id']}")
    ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional")

    assert ventanilla.auditadas(caso["id"]).count("casos.caso.ver") == antes + 2


def test_recepcion_no_ve_notas_evaluacion_ni_riesgo(ventanilla: Ventanilla) -> None:
    caso = ventanilla.en_gestion(riesgo="alto")
    nota = PASOS["propuesta-de-cierre"] | {"texto": "Nota reservada"}
    ventanilla.paso(caso, "propuesta-de-cierre", **nota)
    path = f"/casos/{caso['id']}"

    visto = ventanilla.api("GET", path, "recepcion").json
    completo = ventanilla.api("GET", path, "profesional").json

    assert set(visto) == {  # type: ignore[arg-type]  # it is an object
        *("id", "folio", "persona", "estado", "unidad", "responsable_id", "responsable_nombre"),
        *("abierto_en", "cerrado_en", "version"),
    }
    assert completo["riesgo"] == "alto"  # type: ignore[index]  # it is an object
    assert completo["evaluaciones"][0]["fundamento"] == "Fundamento sintético"  # type: ignore[index]  # it is an object
    assert completo["hitos"][0]["texto"] == "Nota reservada"  # type: ignore[index]  # it is an object


def test_las_notas_van_cifradas(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    ventanilla.paso(caso, "orientaciones", tema="SAL", texto="Secreto de la nota")

    with ventanilla.db.engine.connect() as connection:
        hitos = connection.exec_driver_sql("SELECT * FROM hitos").all()
        evaluaciones = connection.exec_driver_sql("SELECT * FROM evaluaciones").all()
    assert "Secreto" not in str(hitos)
    assert "Fundamento" not in str(evaluaciones)
