"""Invented people, as many as are wanted, to try an office of the size of a real one.

The person of a place is always the same for a seed, whoever asks and however many there are. They
are told from real ones as those of the demonstration are: their documents begin with DEMO, their
telephones with a digit that no mobile of Chile has, their mail goes nowhere, their address says so.
"""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from casos.personas.models import CanalPreferido, NivelDocumento, PrecisionFecha, TipoContacto
from casos.personas.schemas import DatosContacto, DatosDocumento, NuevaPersona
from oficina.identity_docs import Documento, TipoDocumento, normalizar

MAXIMO = 9_999_999
"""As many as there are telephones of nobody."""

_PRIMERA, _ULTIMA = date(1945, 1, 1), date(2024, 12, 31)
_LLANO = 8
"""How little the commonest name stands out: 1 in 25 has it, more or less, as in real lists."""


def inventada(semilla: int, lugar: int) -> NuevaPersona:
    """The person of a place, from 1 on."""
    lots = random.Random(semilla * 10 * MAXIMO + lugar)  # noqa: S311  nothing here is a secret
    datos = _datos()
    pais = lots.choices(*datos["nacionalidades"])[0]
    haitiana = pais == "HTI"
    sexo = "femenino" if lots.random() < 0.49 else "masculino"
    de_pila = datos["haitianos" if haitiana else "hispanos"][sexo]
    apellidos = datos["apellidos_haitianos" if haitiana else "apellidos"]
    nombres = dict.fromkeys(_comun(lots, de_pila) for _ in range(1 + (lots.random() < 0.7)))
    nacimiento, precision = _nacimiento(lots)
    haitiano_solo = haitiana and lots.random() < 0.8
    return NuevaPersona(
        nombres=" ".join(nombres),
        primer_apellido=_comun(lots, apellidos),
        segundo_apellido="" if haitiana or lots.random() < 0.1 else _comun(lots, apellidos),
        fecha_nacimiento=nacimiento,
        precision_fecha=precision,
        sexo=sexo,
        nacionalidades=[pais],
        idiomas=["hat"] if haitiano_solo else ["por"] if pais == "BRA" else ["spa"],
        requiere_interprete=haitiano_solo,
        direccion=f"Calle Inventada {lugar}, Independencia (persona inventada)",
        canal_preferido=CanalPreferido.SMS,
        documento=_documento(lots, lugar, pais),
        contactos=_contactos(lots, lugar),
    )


def _nacimiento(lots: random.Random) -> tuple[date | None, PrecisionFecha]:
    dia = _PRIMERA + timedelta(days=lots.randrange((_ULTIMA - _PRIMERA).days))
    sabido = lots.random()
    if sabido < 0.03:
        return None, PrecisionFecha.DESCONOCIDA
    if sabido < 0.13:
        return dia.replace(month=1, day=1), PrecisionFecha.ESTIMADA
    return dia, PrecisionFecha.EXACTA


def _documento(lots: random.Random, lugar: int, pais: str) -> DatosDocumento | None:
    que = lots.random()
    if que < 0.17:
        return None
    tipo = TipoDocumento.PASAPORTE if que < 0.5 else TipoDocumento.DNI_CEDULA_ORIGEN
    nivel = NivelDocumento.VISTO if lots.random() < 0.5 else NivelDocumento.DECLARADO
    documento: Documento = normalizar(tipo, f"DEMO{lugar:07d}", pais)
    return DatosDocumento(documento=documento, nivel=nivel)


def _contactos(lots: random.Random, lugar: int) -> tuple[DatosContacto, ...]:
    telefono = DatosContacto(tipo=TipoContacto.TELEFONO, valor=f"+5690{lugar:07d}")
    if lots.random() < 0.7:
        return (telefono,)
    correo = f"persona.{lugar}@personas.example"
    return (telefono, DatosContacto(tipo=TipoContacto.CORREO, valor=correo))


_Lista = tuple[Sequence[str], Sequence[float]]


def _comun(lots: random.Random, lista: _Lista) -> str:
    nombres, hasta = lista
    return lots.choices(nombres, cum_weights=hasta)[0]


@cache
def _datos() -> Mapping[str, Any]:
    """The lists, the commonest name first, with how common each is."""
    datos = json.loads((files("acogida") / "semilla.json").read_text(encoding="utf-8"))
    for nombres in ("hispanos", "haitianos"):
        datos[nombres] = {sexo: _con_pesos(lista) for sexo, lista in datos[nombres].items()}
    for apellidos in ("apellidos", "apellidos_haitianos"):
        datos[apellidos] = _con_pesos(datos[apellidos])
    pesos = datos["nacionalidades"]
    datos["nacionalidades"] = (list(pesos), list(pesos.values()))
    return {**datos}


def _con_pesos(lista: Sequence[str]) -> _Lista:
    return lista, list(accumulate(1 / (orden + _LLANO) for orden in range(len(lista))))
