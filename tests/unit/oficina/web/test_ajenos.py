"""What somebody's case left in every service, asked for by its real ids, by each role in hands that
have nothing to do with it.

Whoever knocks holds a role and no case: nobody named them, nothing was derived to them, and of what
they ask for they made nothing. What such a role reads all the same, by its task, is written down.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.unit.oficina.web.test_routes import ROLES, Casa, Puerta
from tests.unit.vida import FICHA, SENAS, Vida

from sources import SOURCES

CONFIDENCIALIDADES = ("normal", "reservado", "sellado")

_DE_LA_PERSONA = (
    r"/casos/(api/v1/)?personas/<persona_id>"
    r"(/adjuntos|/consentimientos|/derechos/nueva|/editar|/contacto-seguro|/defuncion|/defunciones"
    r"|/hogar|/familia|/vinculos|/representantes)?"
    r"|/casos/documentos/<documento_id>/retirar"
)
_SITUACION = (
    r"|/casos/personas/<persona_id>/situacion|/casos/api/v1/personas/<persona_id>/situaciones"
)
_UNIR = r"|/casos/(api/v1/)?personas/<persona_id>/(unir|fusion)(/<otra_id>)?"
_AYUDAS = r"|/casos/personas/<persona_id>/(ayudas|postular)"
_DE_SUS_DATOS = (
    r"/casos/(api/v1/)?(derechos/<solicitud_id>|personas/<persona_id>/(consentimientos|"
    r"comunicaciones|derechos)|consentimientos/<consentimiento_id>)(/.*)?"
)
_DEL_BUS = r"/\w+/api/v1/bus/eventos/<evento_id>"
_DE_CITAS = (
    r"|/agenda/(api/v1/)?citas/<cita_id>(/.*)?"
    r"|/notificaciones/(api/v1/mensajes/)?<mensaje_id>(/relato)?"
)

POR_SU_TAREA: Mapping[tuple[str, str], str] = {
    # Reception knows who comes, with whom they live and who represents them (of those whom it may
    # see), how they may be reached, which case is theirs and when they are awaited.
    ("normal", "recepcion"): _DE_LA_PERSONA
    + r"|/casos/(api/v1/casos|expedientes)/<caso_id>"
    + _DE_CITAS,
    # Who answers for the office sees its cases; of a reserved one that they are not named in, the
    # person alone, whose data others keep too, their migratory status (each look at it is written
    # down as such), and what aid they asked for.
    ("normal", "coordinacion"): r"/(casos|agenda|notificaciones)/(?!derechos|api/v1/bus).*",
    ("reservado", "recepcion"): _DE_LA_PERSONA,
    ("reservado", "coordinacion"): _DE_LA_PERSONA + _SITUACION + _UNIR + _AYUDAS,
    # The delegate answers to everybody for their data, and sees no case.
    **{(cual, "delegado_datos"): _DE_SUS_DATOS for cual in CONFIDENCIALIDADES},
    # Whoever administers sees that a fact is there, with ids alone.
    **{(cual, "administrador"): _DEL_BUS for cual in CONFIDENCIALIDADES},
}
"""By confidentiality and role, the addresses that a stranger's task opens."""


class Asuntos:
    """One person a confidentiality, of whom every service knows something, and their ids."""

    def __init__(self, data: Path) -> None:
        self.casa = Casa(data)
        self.vida = Vida(self.casa.apps, self.casa.oficina)
        self.ids: dict[str, dict[str, list[UUID]]] = {}
        antes = self._ids()
        for numero, confidencialidad in enumerate(CONFIDENCIALIDADES):
            self._llenar(numero, confidencialidad)
            ahora = self._ids()
            self.ids[confidencialidad] = {
                nombre: sorted(set(ahora[nombre]) - set(antes.get(nombre, ()))) for nombre in ahora
            }
            self.ids[confidencialidad]["persona_id"] = [self.vida.persona_id]
            antes = ahora

    def _llenar(self, numero: int, confidencialidad: str) -> None:
        vida = self.vida
        if numero:
            ficha = FICHA | {
                "documento_numero": f"ZMARCA{numero}",
                "correo": f"z{numero}@x.example",
            }
            vida.persona_id = UUID(vida.api("POST", "/personas", ficha, rol="recepcion")["id"])
        persona = f"/personas/{vida.persona_id}"
        caso_id = vida.caso(cerrado=False)
        vida.derivar(caso_id)
        vida.cita(caso_id, dias=20 + 10 * numero)
        dado = {"forma_consentimiento": "verbal", "idioma_consentimiento": "hat"}
        vida.api("POST", f"{persona}/consentimientos", dado)
        solicitud_id = vida.solicitud("acceso")
        vida.api("POST", f"/derechos/{solicitud_id}/copias", rol="delegado_datos")
        if confidencialidad != "normal":
            cambio = {"confidencialidad": confidencialidad, "motivo": "Riesgo"}
            vida.api("POST", f"/casos/{caso_id}/confidencialidad", cambio)
        vida.circular()
        vida.barrer_mensajes()

    def _ids(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = defaultdict(list)
        for nombre, query in SOURCES.items():
            for app in self.casa.apps.values():
                with app.extensions["env"].db.read() as session, suppress(OperationalError):
                    found[nombre] += [
                        UUID(str(one)) for one in session.execute(text(query)).scalars()
                    ]
        return found

    def preguntar(self, confidencialidad: str) -> Iterator[tuple[Puerta, str, int, str]]:
        """Door, role, status and text of each answer."""
        ids = self.ids[confidencialidad]
        for puerta in self.casa.puertas:
            if puerta.cambia or not puerta.con_id:
                continue
            nombres = [n for n in puerta.rule._converters if n in ids]
            if not nombres or not all(ids[n] for n in nombres):
                continue
            for rol in sorted(set(ROLES) - {"servicio"}):
                answer = self.casa.preguntar(puerta, rol, {n: ids[n][0] for n in nombres})
                binary = "pdf" in (answer.content_type or "")
                yield puerta, rol, answer.status_code, "" if binary else answer.text


@pytest.fixture(scope="module")
def asuntos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asuntos]:
    made = Asuntos(tmp_path_factory.mktemp("ajenos"))
    yield made
    made.casa.close()


@pytest.mark.parametrize("confidencialidad", CONFIDENCIALIDADES)
def test_nothing_of_a_case_is_read_by_whoever_has_nothing_to_do_with_it(
    asuntos: Asuntos, confidencialidad: str
) -> None:
    preguntadas, leidas, por_su_tarea = 0, [], set()
    for puerta, rol, status, texto in asuntos.preguntar(confidencialidad):
        preguntadas += 1
        cerrada = status in {403, 404} and not any(sena in texto.casefold() for sena in SENAS)
        permitida = POR_SU_TAREA.get((confidencialidad, rol))
        if cerrada:
            continue
        if permitida and re.fullmatch(permitida, puerta.regla):
            por_su_tarea.add(rol)
        else:
            leidas.append(f"{rol}: {puerta} {status}")

    assert leidas == [], f"{len(leidas)} of {preguntadas}"
    assert preguntadas > 500
    assert por_su_tarea == {rol for cual, rol in POR_SU_TAREA if cual == confidencialidad}


def test_every_kind_of_thing_is_there_to_be_asked_for(asuntos: Asuntos) -> None:
    for confidencialidad in CONFIDENCIALIDADES:
        hay = {nombre for nombre, ids in asuntos.ids[confidencialidad].items() if ids}
        assert hay >= LO_SUYO


LO_SUYO = {
    *("persona_id", "caso_id", "derivacion_id", "consentimiento_id", "solicitud_id", "copia_id"),
    *("cita_id", "mensaje_id", "evento_id", "plazo_id"),
}
