"""The units that may subscribe, asked of identidad; and for which of them somebody may.

What a unit gets is directed by who answers for it: its counterparts say what, where to, and learn
the secrets. Whoever administers does it only for a unit for which nobody answers yet, and otherwise
pauses, resumes, tries and closes: they see no case data, and a secret address would show it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import DatosInvalidos, NoPermitido


def nombres(env: Env, *, todas: bool = False) -> Mapping[str, str]:
    """What the code of each active unit is called; with `todas`, of closed ones too."""
    return {una["codigo"]: una["nombre"] for una in _unidades(env, todas=todas)}


def dirigibles(env: Env, actor: Actor) -> Mapping[str, str]:
    """What those active units are called for which somebody may say what they get."""
    return {
        una["codigo"]: una["nombre"]
        for una in _unidades(env)
        if _responde(actor, una["codigo"])
        or ("administrador" in actor.roles and not una["contrapartes"])
    }


def dirige(env: Env, actor: Actor, unidad: str) -> bool:
    """Whether somebody says what a unit gets and where to, and learns its secrets."""
    if _responde(actor, unidad):
        return True
    todas = _unidades(env, todas=True)
    sin_nadie = {una["codigo"] for una in todas if not una["contrapartes"]}
    return "administrador" in actor.roles and unidad in sin_nadie


def exigir_que_dirija(env: Env, actor: Actor, unidad: str) -> None:
    """Raises NoPermitido unless `dirige`."""
    if not dirige(env, actor, unidad):
        raise NoPermitido(_("Lo hace quien responde por la unidad."))


def elegir(env: Env, pedida: str, actor: Actor) -> str:
    """The unit to subscribe: the one asked for, or one's own. Raises DatosInvalidos."""
    unidad = pedida or ("" if "administrador" in actor.roles else actor.unidad)
    if unidad not in nombres(env):
        raise DatosInvalidos({"unidad": [_("Esa unidad no existe o está cerrada.")]})
    return unidad


def _responde(actor: Actor, unidad: str) -> bool:
    return "contraparte_unidad" in actor.roles and bool(unidad) and actor.unidad == unidad


def _unidades(env: Env, *, todas: bool = False) -> Sequence[Mapping[str, Any]]:
    pregunta = {"todas": "true"} if todas else None
    found: Sequence[Mapping[str, Any]] = env.client.get(
        "identidad", "/identidad/api/v1/unidades", pregunta
    )
    return found
