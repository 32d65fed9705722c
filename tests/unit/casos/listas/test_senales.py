"""Cases by a flag of their person: the list finds what the page of each case says."""

from collections.abc import Callable
from datetime import time
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.unit.casos.conftest import Ventanilla

from casos.alcance import Alcance
from casos.contactos.models import ContactoSeguro
from casos.contactos.pauta import pauta_de
from casos.defunciones.models import Defuncion, FuenteDefuncion
from casos.expedientes.models import Caso
from casos.personas.models import CanalPreferido, Persona
from casos.personas.queries import duplicados_pendientes
from oficina import clock
from oficina.actor import Actor
from oficina.db import uuid7

MEDIO = [CanalPreferido.SMS.value, CanalPreferido.CORREO.value]
ENTERO = [canal.value for canal in CanalPreferido]


def _cuidado(
    persona_id: UUID, vedados: list[str], *, horas: tuple[int, int] | None = None, fin: bool = False
) -> ContactoSeguro:
    ahora = clock.now()
    return ContactoSeguro(
        persona_id=persona_id,
        canales_vedados=vedados,
        desde=time(horas[0]) if horas else None,
        hasta=time(horas[1]) if horas else None,
        puesto_en=ahora,
        puesto_por_id=uuid7(),
        puesto_por="Sintética",
        terminado_en=ahora if fin else None,
    )


def _muerte(persona_id: UUID, *, anulada: bool) -> Defuncion:
    ahora = clock.now()
    return Defuncion(
        persona_id=persona_id,
        fuente=next(iter(FuenteDefuncion)),
        registrada_en=ahora,
        registrada_por_id=uuid7(),
        registrada_por="Sintética",
        anulada_en=ahora if anulada else None,
    )


def _no_contactar(session: Session, persona_id: UUID) -> None:
    session.get_one(Persona, persona_id).no_contactar = True


COMO: dict[str, tuple[Callable[[Session, UUID], object], bool]] = {
    "nada": (lambda _s, _p: None, False),
    "lo pidio": (_no_contactar, True),
    "murio": (lambda s, p: s.add(_muerte(p, anulada=False)), True),
    "no murio": (lambda s, p: s.add(_muerte(p, anulada=True)), False),
    "a medias": (lambda s, p: s.add(_cuidado(p, MEDIO)), False),
    "por ninguna via": (lambda s, p: s.add(_cuidado(p, ENTERO)), True),
    "ya no": (lambda s, p: s.add(_cuidado(p, ENTERO, fin=True)), False),
    "entre dos fichas": (
        lambda s, p: s.add_all([_cuidado(p, MEDIO), _cuidado(p, ["llamada"])]),
        True,
    ),
    "a sus horas": (lambda s, p: s.add(_cuidado(p, [], horas=(9, 18))), False),
    "sin horas en comun": (
        lambda s, p: s.add_all([_cuidado(p, [], horas=(9, 12)), _cuidado(p, [], horas=(15, 18))]),
        True,
    ),
}


def _con_senal(ventanilla: Ventanilla, senal: str, rol: str = "coordinacion") -> set[str]:
    answer = ventanilla.api("GET", f"/casos?senal={senal}&de=oficina&estado=todos", rol)
    assert answer.status_code == 200, answer.text
    return {caso["id"] for caso in answer.json["casos"]}


def test_se_hallan_los_casos_de_quien_no_se_debe_contactar(ventanilla: Ventanilla) -> None:
    personas = {nombre: UUID(ventanilla.persona()["id"]) for nombre in COMO}
    casos = {cual: ventanilla.caso(persona_id=str(quien)) for cual, quien in personas.items()}
    with ventanilla.db.begin() as session:
        for nombre, (poner, _espera) in COMO.items():
            poner(session, personas[nombre])

    hallados = _con_senal(ventanilla, "contacto_prohibido")

    assert {nombre for nombre, caso in casos.items() if caso["id"] in hallados} == {
        nombre for nombre, (_poner, espera) in COMO.items() if espera
    }
    with ventanilla.db.read() as session:
        for nombre, (_poner, espera) in COMO.items():
            persona = session.get_one(Persona, personas[nombre])
            assert pauta_de(session, persona).permitido is not espera, nombre
    assert ">No contactar</option>" in ventanilla.pagina("/?estado=todos", "coordinacion").text


@pytest.mark.parametrize("rol", ["coordinacion", "profesional"])
def test_se_hallan_los_posibles_duplicados_que_se_pueden_ver(
    ventanilla: Ventanilla, rol: str
) -> None:
    """What the page of a case says of its person is what the list finds, for each reader."""
    igual = {
        "coordinacion": {"nombres": "Wideline", "primer_apellido": "Sintética"},
        "profesional": {"nombres": "Jean", "primer_apellido": "Inventado"},
    }[rol]
    una, otra = (ventanilla.persona(**igual, fecha_nacimiento="1990-05-05") for _ in range(2))
    sola = ventanilla.persona(nombres="Otra", primer_apellido=f"De {rol}")
    casos = [
        ventanilla.caso(persona_id=una["id"]),
        ventanilla.caso(persona_id=otra["id"]),
        ventanilla.caso(persona_id=sola["id"]),
    ]

    with ventanilla.db.begin() as session:
        # A colleague's: a professional does not see who it is of.
        session.get_one(Caso, UUID(casos[1]["id"])).responsable_id = uuid7()

    hallados = _con_senal(ventanilla, "posible_duplicado", rol)

    persona = ventanilla.oficina.funcionario(rol)
    alcance = Alcance.de(
        Actor(UUID(str(persona.id)), persona.nombre, frozenset({rol}), "migracion", "persona")
    )
    with ventanilla.db.read() as session:
        leidos = session.scalars(
            select(Caso).where(Caso.id.in_([UUID(c["id"]) for c in casos]), alcance.casos())
        ).all()
        dicen = {
            str(caso.id)
            for caso in leidos
            if duplicados_pendientes(session, caso.persona_id, alcance).vistos
        }
    assert {caso["id"] for caso in casos} & hallados == dicen
    assert dicen == ({casos[0]["id"], casos[1]["id"]} if rol == "coordinacion" else set())
    assert casos[2]["id"] not in hallados
