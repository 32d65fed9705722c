"""Who says that an address wants no more messages, or wants them again."""

from enum import StrEnum


class Origen(StrEnum):
    """Where it comes from."""

    PALABRA = "palabra"  # BAJA or ALTA, from that very address
    OFICINA = "oficina"  # somebody of the staff, with a reason
    REBOTE = "rebote"  # what is sent there comes back
    ENLACE = "enlace"  # the link of a mail that went to it
