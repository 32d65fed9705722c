"""The declarative base of every table of identidad."""

from sqlalchemy.orm import DeclarativeBase

from oficina.db import new_registry


class Base(DeclarativeBase):
    """Tables of the service's own database."""

    registry = new_registry()
