"""The units that may subscribe, asked of identidad; and for which of them somebody may."""

from collections.abc import Mapping

from flask_babel import gettext as _

from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import DatosInvalidos


def nombres(env: Env, *, todas: bool = False) -> Mapping[str, str]:
    """What the code of each active unit is called; with `todas`, of closed ones too."""
    found = env.client.get(
        "identidad", "/identidad/api/v1/unidades", {"todas": "true"} if todas else None
    )
    return {una["codigo"]: una["nombre"] for una in found}


def elegir(env: Env, pedida: str, actor: Actor) -> str:
    """The unit to subscribe: the one asked for, or one's own. Raises DatosInvalidos."""
    unidad = pedida or ("" if "administrador" in actor.roles else actor.unidad)
    if unidad not in nombres(env):
        raise DatosInvalidos({"unidad": [_("Esa unidad no existe o está cerrada.")]})
    return unidad
