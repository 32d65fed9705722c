"""Two records of one person become one in every service, and two again, exactly as they were."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import MetaData, Uuid, select
from tests.unit.vida import FICHA, Vida

from acogida.services import metadata_of
from agenda.models import Cita
from casos.atenciones.models import Atencion
from casos.base import Base
from casos.consentimientos.models import Consentimiento
from casos.fusiones.models import Fusion
from casos.fusiones.traslado import TABLAS
from casos.personas.models import EstadoPersona, Persona, PosibleDuplicado, TokenNombre
from casos.supresion.models import Supresion
from notificaciones.mensajes.models import Mensaje
from oficina import clock
from oficina.db import OficinaBase

MOTIVO = "Trajo los dos carnés y la misma foto."
OTRA = {
    "nombres": "Sorabel",
    "primer_apellido": "Quetterlin",
    "telefono": FICHA["telefono"],
    "documento_tipo": "dni_cedula_origen",
    "documento_numero": "OTRO-77",
    "documento_pais": "HTI",
}
SIN_MIRAR = {"fusiones", "folios", "hechos_contador"}
"""Tables of casos that are not somebody's, or that say that there was a union."""


@pytest.fixture
def vida(servicios: dict[str, Flask], oficina: Any) -> Iterator[Vida]:
    """Somebody whom every service knows."""
    yield Vida(servicios, oficina)
    clock.move_to(None)


def _foto(vida: Vida) -> Mapping[str, Any]:
    """What every table of the domain says, but for counters of versions."""
    foto: dict[str, Any] = {}
    for servicio in ("casos", "agenda", "notificaciones"):
        metadata: MetaData
        for metadata in metadata_of(servicio):
            if metadata is OficinaBase.metadata:
                continue
            for tabla in metadata.sorted_tables:
                if tabla.name in SIN_MIRAR:
                    continue
                columnas = [
                    c for c in tabla.columns if c.name not in {"version", "cambio", "clave_cambio"}
                ]
                with vida.db(servicio).read() as session:
                    filas = session.execute(select(*columnas)).all()
                foto[f"{servicio}.{tabla.name}"] = sorted(map(repr, filas))
    return foto


def _unir(vida: Vida, vigente: UUID, absorbida: UUID) -> dict[str, Any]:
    rol = {"rol": "coordinacion"}
    vista = vida.api("GET", f"/personas/{vigente}/fusion/{absorbida}", **rol)
    pedido = {
        "vigente_id": str(vigente),
        "absorbida_id": str(absorbida),
        "vigente_version": vista["vigente"]["version"],
        "absorbida_version": vista["absorbida"]["version"],
        "motivo": MOTIVO,
    }
    hecha: dict[str, Any] = vida.api("POST", "/fusiones", pedido, **rol)
    return hecha


def _hallados(vida: Vida, texto: str) -> list[str]:
    hallado = vida.api("POST", "/personas/buscar", {"q": texto}, rol="coordinacion")
    assert not hallado["hay_bloqueada"]
    return [uno["persona"]["id"] for uno in hallado["resultados"]]


def _llena(vida: Vida) -> tuple[str, dict[str, Any]]:
    """Everything of hers that goes over; her case and an appointment without one."""
    caso_id = vida.caso(cerrado=False)
    vida.derivar(caso_id, hasta="aceptar")
    vida.solicitud("acceso")
    vida.de_un_registro()
    vida.parecida()
    vida.ayuda()
    situacion = {"categoria": "residencia_temporal", "nota": "vence en marzo"}
    vida.como("profesional").post(f"/casos/personas/{vida.persona_id}/situacion", data=situacion)
    cita = vida.cita()
    vida.circular()
    return caso_id, cita


def test_todo_pasa_a_la_que_queda_y_vuelve_exactamente(vida: Vida) -> None:
    ella = vida.persona_id
    caso_id, cita = _llena(vida)
    otra = UUID(vida.api("POST", "/personas", OTRA, rol="recepcion")["id"])
    antes = _foto(vida)

    hecha = _unir(vida, otra, ella)
    vida.circular()

    # One record: by its address, its folio, its names, its documents, its cases.
    for rol in ("recepcion", "profesional", "coordinacion"):
        de_antes = vida.pedir("GET", f"/personas/{ella}", rol=rol)
        assert (de_antes.status_code, de_antes.json["persona_id"]) == (409, str(otra))
    pagina = vida.como("coordinacion").get(f"/casos/personas/{ella}")
    assert (pagina.status_code, pagina.location) == (303, f"/casos/personas/{otra}")
    pagina = vida.como("coordinacion").get(f"/casos/personas/{otra}")
    assert hecha["absorbida"]["folio"] in pagina.text
    for texto in (FICHA["nombres"], "ZMARCA44771", hecha["absorbida"]["folio"], "quetterlin"):
        assert _hallados(vida, texto) == [str(otra)], texto
    persona = vida.api("GET", f"/personas/{otra}?mostrar=contacto", rol="coordinacion")
    assert {uno["numero"] for uno in persona["documentos"]} == {"ZMARCA44771", "OTRO77"}
    assert [uno["tipo"] for uno in persona["contactos"]].count("telefono") == 1
    assert persona["direccion"] == FICHA["direccion"]
    assert persona["requiere_interprete"]
    assert vida.api("GET", f"/casos/{caso_id}")["persona"]["id"] == str(otra)
    assert _de_quien(vida, cita["id"]) == {otra}
    contacto = vida.api("GET", f"/personas/{ella}/contacto", rol="servicio")
    assert contacto["persona_id"] == str(otra)
    # What is written for the other record is refused, saying where it belongs.
    tarde = {"persona_id": str(ella), "canal": "presencial", "tema": "REG.TEMP"}
    negada = vida.pedir("POST", "/atenciones", tarde | {"resultado": "orientada"})
    assert negada.status_code in {409, 422}
    # An answer that was kept is given again, and no second record made.
    repetida = vida.pedir("POST", "/personas", FICHA, rol="recepcion", clave="una-sola-vez")
    assert (repetida.status_code, repetida.json["id"]) == (201, str(ella))
    assert "Idempotency-Replayed" in repetida.headers

    vida.api(
        "POST",
        f"/fusiones/{hecha['id']}/reversion",
        {"motivo": "Son dos hermanas."},
        rol="coordinacion",
    )
    vida.circular()
    assert _foto(vida) == antes
    assert _de_quien(vida, cita["id"]) == {ella}
    repetida = vida.pedir("POST", "/personas", FICHA, rol="recepcion", clave="una-sola-vez")
    assert (repetida.status_code, repetida.json["id"]) == (201, str(ella))
    de_union = {"casos.persona.fusionada", "casos.persona.separada"}
    assert [hecho for hecho in vida.hechos("casos") if hecho in de_union] == sorted(de_union)


def _de_quien(vida: Vida, cita_id: str) -> set[UUID]:
    """Whose an appointment and the messages about it are."""
    with vida.db("agenda").read() as session:
        de_quien = {session.get_one(Cita, UUID(cita_id)).persona_id}
    with vida.db("notificaciones").read() as session:
        mensajes = select(Mensaje.persona_id).where(Mensaje.cita_id == UUID(cita_id))
        suyos = set(session.scalars(mensajes))
    assert suyos
    return de_quien | suyos


def test_lo_que_se_agrega_entretanto_se_queda_o_va_con_su_caso(vida: Vida) -> None:
    ella = vida.persona_id
    caso_id = vida.caso(cerrado=False)
    otra = UUID(vida.api("POST", "/personas", OTRA, rol="recepcion")["id"])
    # A fact that reaches notificaciones after the union is of the record that stays.
    tardia = vida.cita()
    vida.circular(menos=("notificaciones",))
    hecha = _unir(vida, otra, ella)
    vida.circular()
    assert _de_quien(vida, tardia["id"]) == {otra}

    vida.persona_id = otra
    con_caso, sin_caso = vida.cita(caso_id, dias=40), vida.cita(dias=50)
    atencion = {"canal": "presencial", "tema": "REG.TEMP", "resultado": "orientada"}
    atencion["persona_id"] = str(otra)
    suelta = vida.api("POST", "/atenciones", atencion)
    de_caso = vida.api("POST", "/atenciones", atencion | {"caso_id": caso_id})
    correo = {"tipo": "correo", "valor": "nueva@personas.example"}
    vida.api("POST", f"/personas/{otra}/contactos", correo)
    vida.derivar(caso_id, hasta="aceptar")
    vida.circular()

    reversion = f"/fusiones/{hecha['id']}/reversion"
    vida.api("POST", reversion, {"motivo": "Son dos hermanas."}, rol="coordinacion")
    vida.circular()
    assert _de_quien(vida, con_caso["id"]) == _de_quien(vida, tardia["id"]) == {ella}
    assert _de_quien(vida, sin_caso["id"]) == {otra}
    with vida.db("casos").read() as session:
        assert session.get_one(Atencion, UUID(suelta["id"])).persona_id == otra
        assert session.get_one(Atencion, UUID(de_caso["id"])).persona_id == ella
        assert set(session.scalars(select(Consentimiento.persona_id))) == {ella}
    contactos = vida.api("GET", f"/personas/{otra}", rol="coordinacion")["contactos"]
    assert "correo" in [uno["tipo"] for uno in contactos]


def test_suprimir_la_que_queda_borra_las_dos(vida: Vida) -> None:
    ella = vida.persona_id
    vida.caso()
    otra = UUID(vida.api("POST", "/personas", OTRA, rol="recepcion")["id"])
    hecha = _unir(vida, otra, ella)
    vida.circular()
    vida.persona_id = otra
    solicitud_id = vida.solicitud("supresion")
    # While it waits nobody joins or parts anything of hers.
    tercera = vida.api("POST", "/personas", {"nombres": "Tercera"}, rol="recepcion")["id"]
    reversion = f"/fusiones/{hecha['id']}/reversion"
    motivo = {"motivo": "Son dos hermanas."}
    negada = vida.pedir("POST", reversion, motivo, rol="coordinacion")
    assert (negada.status_code, negada.json["obstaculos"]) == (409, ["supresion_pedida"])
    vista = vida.api("GET", f"/personas/{tercera}/fusion/{otra}", rol="coordinacion")
    assert vista["impedimentos"] == ["supresion_pedida"]

    vida.api("POST", f"/derechos/{solicitud_id}/supresion", rol="delegado_datos")
    with vida.db("casos").read() as session:
        supresion_id = session.scalars(select(Supresion.id)).one()
    vida.api("POST", f"/supresiones/{supresion_id}/confirmacion", rol="coordinacion")
    vida.circular()
    with vida.db("casos").read() as session:
        fichas = session.scalars(select(Persona).where(Persona.id.in_((ella, otra)))).all()
        assert {una.estado for una in fichas} == {EstadoPersona.ANONIMIZADA}
        assert {una.nombres for una in fichas} == {""}
        assert session.scalars(select(Fusion.motivo)).all() == [None]
    for una in (ella, otra):
        assert vida.pedir("GET", f"/personas/{una}", rol="coordinacion").status_code == 404
    assert vida.pedir("POST", reversion, motivo, rol="coordinacion").status_code == 404


def test_ninguna_tabla_de_alguien_se_olvida() -> None:
    suyas = {
        tabla.name
        for tabla in Base.metadata.sorted_tables
        for columna in tabla.columns
        if isinstance(columna.type, Uuid)
        and any(clave.column.table.name == "personas" for clave in columna.foreign_keys)
    }
    aparte = {Persona, Fusion, PosibleDuplicado, TokenNombre}
    assert suyas == {tabla.__tablename__ for tabla in (*TABLAS, *aparte)}
