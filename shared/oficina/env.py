"""What the code of one service stands on at run time; handed to tasks and found by views."""

from dataclasses import dataclass

from oficina.db import Database
from oficina.settings import Settings
from oficina.web.client import ServiceClient


@dataclass(frozen=True)
class Env:
    """The settings, the service's own database, and the way to ask other services."""

    settings: Settings
    db: Database
    client: ServiceClient
