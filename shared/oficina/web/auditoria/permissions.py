"""Who may look at a service's audit; the same in every service."""

from collections.abc import Mapping

AUDITAN = frozenset({"auditor"})


def permisos_de_auditoria(servicio: str) -> Mapping[str, frozenset[str]]:
    """The line of the audit in the table of a service's permissions.

    Auditors see who did what, when and from where: ids and codes, never what a reason says nor
    anything of a person or a case.
    """
    return {f"{servicio}.auditoria.ver": AUDITAN}
