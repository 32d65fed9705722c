"""Programmes at hand: prepared, with money and requirements, open."""

from typing import Any

import pytest
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from oficina import clock

PROFESIONAL, COORDINACION, ENCARGADO = "profesional", "coordinacion", "encargado_programa"
REQUISITOS = [
    {"texto": "Vive en la comuna", "documento": "Comprobante de domicilio", "dias": 90},
    {"texto": "Registro Social de Hogares hasta el 60 %"},
]


class Ayuda:
    """Short ways to a programme, as who runs it."""

    def __init__(self, ventanilla: Ventanilla) -> None:
        self.ventanilla = ventanilla
        ventanilla.oficina.funcionario("encargado_programa")

    def datos(self, **cambios: Any) -> dict[str, Any]:
        """A programme of money of the municipality."""
        return {
            "nombre": "Canasta sintética",
            "tipo": "dinero",
            "fuente": "municipal",
            "anio": 2026,
            "periodo": "anual",
            "responsable_id": str(self.ventanilla.funcionario_id("encargado_programa")),
        } | cambios

    def programa(self, **cambios: Any) -> dict[str, Any]:
        """One that is being prepared."""
        answer = self.pedir("POST", "/programas", json=self.datos(**cambios))
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    def abierto(self, monto: int = 1_000_000, **cambios: Any) -> dict[str, Any]:
        """One that takes applications."""
        uno = self.programa(**cambios)
        pasos = {
            "requisitos": {"requisitos": REQUISITOS, "fuente": "DEX 7/2026"},
            "presupuesto": {"monto_clp": monto, "respaldo": "DEX 8/2026"},
            "abrir": None,
        }
        for paso, datos in pasos.items():
            answer = self.paso(uno, paso, datos)
            assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    def paso(
        self, uno: dict[str, Any], paso: str, datos: dict[str, Any] | None = None
    ) -> TestResponse:
        """Take a step, whatever was read."""
        return self.pedir(
            "POST", f"/programas/{uno['id']}/{paso}", json=datos, headers={"If-Match": "*"}
        )

    def ver(self, uno: dict[str, Any]) -> dict[str, Any]:
        """As it is now."""
        body: dict[str, Any] = self.pedir("GET", f"/programas/{uno['id']}").json  # type: ignore[assignment]  # it is an object
        return body

    def pedir(self, metodo: str, path: str, **what: Any) -> TestResponse:
        """Ask the API as who runs the programmes."""
        return self.ventanilla.api(metodo, path, "encargado_programa", **what)


class Postulante:
    """Somebody who applies, and short ways through the steps."""

    def __init__(self, ayuda: Ayuda, programa: dict[str, Any], persona_id: str = "") -> None:
        self.ayuda, self.programa = ayuda, programa
        self.persona_id = persona_id or ayuda.ventanilla.persona()["id"]

    def crear(self, monto: int = 100, rol: str = PROFESIONAL, **cambios: Any) -> TestResponse:
        datos = {
            "persona_id": self.persona_id,
            "programa_id": self.programa["id"],
            "monto_clp": monto,
            "detalle": "Perdió el trabajo",
        }
        return self.ayuda.ventanilla.api("POST", "/postulaciones", rol, json=datos | cambios)

    def nueva(self, monto: int = 100) -> str:
        answer = self.crear(monto)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])  # type: ignore[index]  # it is an object

    def dar(self, cual: str, paso: str, rol: str = ENCARGADO, **datos: Any) -> TestResponse:
        path = f"/postulaciones/{cual}/{paso}"
        return self.ayuda.ventanilla.api("POST", path, rol, json=datos, headers={"If-Match": "*"})

    def en_revision(self, monto: int = 100) -> str:
        """One that meets every requirement."""
        cual = self.nueva(monto)
        halladas = [
            {"codigo": "r1", "cumple": True, "documento_el": str(clock.today())},
            {"codigo": "r2", "cumple": True},
        ]
        for paso, rol, datos in (
            ("ingresar", PROFESIONAL, {}),
            ("revisar", ENCARGADO, {}),
            ("comprobar", ENCARGADO, {"comprobaciones": halladas}),
        ):
            answer = self.dar(cual, paso, rol, **datos)
            assert answer.status_code == 200, answer.text
        return cual

    def aprobada(self, monto: int = 100) -> str:
        cual = self.en_revision(monto)
        answer = self.dar(cual, "aprobar")
        assert answer.status_code == 200, answer.text
        return cual


@pytest.fixture(scope="module")
def ayuda(ventanilla: Ventanilla) -> Ayuda:
    """Social aid."""
    return Ayuda(ventanilla)
