"""The table of the services: what each brings to the processes that run it.

A service is imported by its name, so that a process of the containers carries its own service and
no other.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from flask import Flask
from sqlalchemy import MetaData

from oficina.bus.inbox import Handlers
from oficina.db import Database, OficinaBase
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.migrations import load_tables
from oficina.reseal import SealedTable, sealed_tables
from oficina.retencion import Retencion
from oficina.settings import SERVICES, Settings
from oficina.web.client import ServiceClient


class CreateApp(Protocol):
    """The composition root of a service."""

    def __call__(self, settings: Settings, client: ServiceClient | None = None) -> Flask:
        """Put the service together."""


@dataclass(frozen=True)
class Service:
    """What a service brings: its web application, what it hears, and its slow or timed work."""

    name: str
    create_app: CreateApp
    handlers: Handlers
    jobs: Jobs


def load(name: str) -> Service:
    """Import the service called `name`, one of SERVICES."""
    if name not in SERVICES:
        raise ValueError(f"{name} is no service: {', '.join(SERVICES)}")
    return Service(
        name=name,
        create_app=import_module(f"{name}.app").create_app,
        handlers=import_module(f"{name}.handlers").handlers,
        jobs=import_module(f"{name}.tasks").jobs,
    )


def all_handlers() -> list[Handlers]:
    """What each service does about the facts of the others."""
    return [import_module(f"{name}.handlers").handlers for name in SERVICES]


def metadata_of(name: str) -> list[MetaData]:
    """Every table of a service's database: its own and those that every service has."""
    load_tables()
    own: MetaData = import_module(f"{name}.models").Base.metadata
    return [own, OficinaBase.metadata]


def sealed_of(name: str) -> list[SealedTable]:
    """The tables of a service's database that have sealed columns."""
    return sealed_tables(*metadata_of(name))


def retencion_of(name: str) -> Retencion:
    """What a service forgets."""
    found: Retencion = import_module(f"{name}.retencion").retencion
    return found


def env_of(app: Flask) -> Env:
    """Settings, database and client of a service that was put together."""
    env: Env = app.extensions["env"]
    return env


def db_of(app: Flask) -> Database:
    """The database of a service that was put together."""
    return env_of(app).db
