"""A queue of its own on our RabbitMQ for the system of a unit.

What a unit has is a row; RabbitMQ's user, queue, binding and permissions are made from it and made
again by `gestion`, which alone knows the management API. `publicacion` sends to it.
"""
