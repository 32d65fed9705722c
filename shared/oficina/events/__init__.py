"""The published language: what the services tell each other. One module a service that speaks.

A fact is a frozen dataclass in the past tense. It carries ids, codes and moments only: never a
name, a document, a contact, a birth date, a nationality, a migratory status or free text. Inside a
version a fact only gains optional fields; the golden schemas in `oficina/contracts` hold that.
"""

from oficina.events.base import Clasificacion, Evento, catalogo

__all__ = ["Clasificacion", "Evento", "catalogo"]
