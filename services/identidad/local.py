"""The signer of the current application."""

from flask import current_app

from identidad.sesiones import IdentidadLocal


def identidad_local() -> IdentidadLocal:
    """Who signs and renews here."""
    local: IdentidadLocal = current_app.extensions["identidad_local"]
    return local
