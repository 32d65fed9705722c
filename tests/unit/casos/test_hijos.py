"""What belongs to something is reached through what it belongs to, and through nothing else.

Each route of casos that names two things by their ids is called with a child that exists, under a
parent that exists and is not its own: it must not be found, and must stay as it was.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.derivaciones.mundo import Mundo, crear_mundo
from werkzeug.routing import UUIDConverter

from casos.alcance import SIN_LIMITE
from casos.derivaciones.queries import con_respuestas
from casos.derivaciones.states import Accion, Estado
from casos.personas.queries import persona_por_id
from casos.red.actions import sembrar


@dataclass(frozen=True)
class Familia:
    """Two parents of a kind, and a child of each."""

    padres: tuple[UUID, UUID]
    hijos: tuple[UUID, UUID]
    contar: Callable[[], str]
    """What the children look like now."""


def _contactos(ventanilla: Ventanilla) -> Familia:
    def contar() -> str:
        with ventanilla.db.read() as session:
            return repr(
                [
                    sorted(c.id for c in persona_por_id(session, p, SIN_LIMITE).contactos)
                    for p in padres
                ]
            )

    padres, hijos = [], []
    for correo in ("una@personas.example", "otra@personas.example"):
        padres.append(UUID(ventanilla.persona()["id"]))
        path = f"/personas/{padres[-1]}/contactos"
        contacto = {"tipo": "correo", "valor": correo}
        hijos.append(UUID(ventanilla.api("POST", path, json=contacto).json["id"]))  # type: ignore[index]  # it is an object
    return Familia((padres[0], padres[1]), (hijos[0], hijos[1]), contar)


def _respuestas_tardias(ventanilla: Ventanilla) -> Familia:
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    mundo: Mundo = crear_mundo(ventanilla.db)

    def contar() -> str:
        return repr([mundo.derivacion(padre).estado for padre in padres])

    padres, hijos = [], []
    for _ in range(2):
        padres.append(mundo.en(Estado.VENCIDA))
        mundo.hacer(padres[-1], Accion.ACEPTAR)
        with ventanilla.db.read() as session:
            tardias = [
                r.id for r in con_respuestas(session, padres[-1], SIN_LIMITE).respuestas if r.tardia
            ]
        hijos += tardias
    return Familia((padres[0], padres[1]), (hijos[0], hijos[1]), contar)


HIJOS: dict[str, Callable[[Ventanilla], Familia]] = {
    "/casos/personas/<persona_id>/contactos/<contacto_id>/quitar": _contactos,
    "/casos/derivaciones/<derivacion_id>/respuestas/<respuesta_id>/adoptar": _respuestas_tardias,
    "/casos/api/v1/derivaciones/<derivacion_id>/respuestas/<respuesta_id>/adopcion": (
        _respuestas_tardias
    ),
}

PARES = {
    "/casos/personas/<persona_id>/distintas/<otra_id>",
    "/casos/api/v1/personas/<persona_id>/distintas/<otra_id>",
    "/casos/personas/<persona_id>/unir/<otra_id>",
    "/casos/api/v1/personas/<persona_id>/fusion/<otra_id>",
}
"""Two people side by side: none belongs to the other."""


APARTE = {
    *(f"/casos/derechos/<solicitud_id>/copias/<copia_id>.{tipo}" for tipo in ("pdf", "json")),
    "/casos/expedientes/<caso_id>/foliados/<foliado_id>.pdf",
}
"""Read, not changed: tests of copias (derechos/test_copias.py) and test_foliados.py."""


def _regla(rule: str) -> str:
    return re.sub(r"<[^<>]*:([^<>:]+)>", r"<\1>", rule)


def test_cada_ruta_con_dos_ids_esta_en_la_tabla(ventanilla: Ventanilla) -> None:
    dobles = {
        _regla(rule.rule)
        for rule in ventanilla.app.url_map.iter_rules()
        if sum(isinstance(one, UUIDConverter) for one in rule._converters.values()) > 1
    }

    assert dobles == HIJOS.keys() | PARES | APARTE


@pytest.mark.parametrize("regla", HIJOS)
def test_un_hijo_no_se_alcanza_por_otro_padre(ventanilla: Ventanilla, regla: str) -> None:
    familia = HIJOS[regla](ventanilla)

    def pedir(padre: UUID, hijo: UUID) -> int:
        path = re.sub("<[^>]+>", str(hijo), re.sub("<[^>]+>", str(padre), regla, count=1))
        if "/api/" in path:
            headers = ventanilla.oficina.bearer("profesional") | {"If-Match": "*"}
            answer = ventanilla.app.test_client().post(path, headers=headers)
        else:
            answer = ventanilla.enviar(path.removeprefix("/casos"), {}, "profesional")
        return answer.status_code

    antes = familia.contar()
    ajenos = [pedir(familia.padres[uno], familia.hijos[1 - uno]) for uno in (0, 1)]
    despues_de_ajenos = familia.contar()
    propio = pedir(familia.padres[0], familia.hijos[0])

    assert ajenos == [404, 404]
    assert despues_de_ajenos == antes
    assert propio in {200, 303}
    assert familia.contar() != antes
