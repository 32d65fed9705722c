"""agenda acts on no fact of another service."""

from oficina.bus.inbox import Handlers

handlers = Handlers("agenda")
