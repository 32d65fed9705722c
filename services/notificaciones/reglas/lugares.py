"""Where appointments take place, as agenda calls it."""

from collections.abc import Mapping

from oficina.env import Env
from oficina.web.i18n import language


def lugares(env: Env) -> Mapping[str, str]:
    """The office's places by code, named in the reader's language. Raises ServicioNoDisponible."""
    return {
        lugar["clave"]: lugar["etiquetas"].get(language(), lugar["etiquetas"]["es"])
        for lugar in env.client.get("agenda", "/agenda/api/v1/lugares")
    }
