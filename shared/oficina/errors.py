"""What can be wrong with a request, in the office's own words.

A domain error is raised where the rule lives and answered in one place, `oficina.web.problems`:
as problem+json for the API and as a page for people. `status` is the HTTP status of the answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from oficina.texts import N_


class DomainError(Exception):
    """Base of every error that a person can do something about."""

    status = 400
    title = N_("No se pudo hacer")

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra


class NoEncontrado(DomainError):
    """It does not exist, or it is not yours: the answer does not tell which."""

    status = 404
    title = N_("No encontramos lo que busca")


class NoPermitido(DomainError):
    """You are known, and this is not yours to do."""

    status = 403
    title = N_("Su rol no permite hacer esto")


class NoIdentificado(DomainError):
    """We do not know who you are."""

    status = 401
    title = N_("Debe iniciar sesión")


class TransicionInvalida(DomainError):
    """The thing is not in a state that admits this step."""

    status = 409
    title = N_("El estado actual no admite ese paso")

    def __init__(
        self,
        estado_actual: str,
        permitidas: Iterable[str],
        detail: str = "",
        *,
        version: int | None = None,
    ) -> None:
        super().__init__(
            detail,
            estado_actual=estado_actual,
            transiciones_permitidas=sorted(permitidas),
            **({} if version is None else {"version": version}),
        )


class Conflicto(DomainError):
    """A rule of the office forbids it as things stand."""

    status = 409
    title = N_("Una regla de la oficina lo impide")


class VersionVencida(DomainError):
    """Somebody changed it while you wrote; nothing of yours was saved."""

    status = 412
    title = N_("Otra persona lo modificó mientras usted escribía")


class VersionSinIndicar(DomainError):
    """A change that does not say which version its writer saw."""

    status = 428
    title = N_("Falta decir qué versión vio")


class DatosInvalidos(DomainError):
    """Input that cannot be used. `errores` maps the field's path to its messages."""

    status = 422
    title = N_("Hay datos que corregir")

    def __init__(self, errores: Mapping[str, Any], detail: str = "") -> None:
        super().__init__(detail, errors=dict(errores))
        self.errores = dict(errores)


class DatoNoEncontrado(DatosInvalidos):
    """A field names what is not there for whoever asks: a NoEncontrado told beside its field."""


class Demasiado(DomainError):
    """Too many attempts in too short a time."""

    status = 429
    title = N_("Demasiados intentos; espere un momento")
