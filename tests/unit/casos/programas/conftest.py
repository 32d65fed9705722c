"""Programmes at hand: prepared, with money and requirements, open."""

from typing import Any

import pytest
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

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


@pytest.fixture(scope="module")
def ayuda(ventanilla: Ventanilla) -> Ayuda:
    """Social aid."""
    return Ayuda(ventanilla)
