"""Going back to what was found: by an address that says nothing, and only who searched."""

import re
import time
from html import unescape

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.personas import volver


@pytest.mark.parametrize("path", ["/recepcion", "/buscar"])
def test_se_vuelve_a_lo_hallado_y_la_direccion_nada_dice(
    ventanilla: Ventanilla, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    persona = ventanilla.persona(nombres="Vuelta", primer_apellido="Inventada")
    enlace = f"/casos/personas/{persona['id']}"
    hallada = ventanilla.enviar(path, {"q": "vuelta inventada"}).text
    assert enlace in hallada
    (direccion,) = re.findall(r'data-volver="([^"]+)"', hallada)
    direccion = unescape(direccion).removeprefix("/casos")
    assert direccion.startswith(f"{path}?b=")
    assert "vuelta" not in direccion.lower()

    assert enlace in ventanilla.pagina(direccion).text
    for ajena in (direccion[:-2] + "AA", f"{path}?b=nada", f"{path}?b="):
        assert enlace not in ventanilla.pagina(ajena).text
    assert enlace not in ventanilla.pagina(direccion, "coordinacion").text
    tarde = time.time() + volver.VALE + 1
    monkeypatch.setattr(volver.time, "time", lambda: tarde)
    assert enlace not in ventanilla.pagina(direccion).text
