"""PostgreSQL, RabbitMQ and Redis of a test session.

Each is the one that TEST_DATABASE_URL, TEST_AMQP_URL or TEST_REDIS_URL names, or else a program of
this machine, started on free loopback ports with its data in a temporary folder and stopped by its
pid. A program that is not installed fails the test with the name of its Debian package.

`own_postgres`, `own_rabbitmq`, `managed_rabbitmq` and `rabbitmq_cluster` are always programs of
this machine: a test may kill them, and start them again on the same port and data.
"""

from servers.postgres import own_postgres, postgres
from servers.process import Server, free_port, with_its_parent
from servers.rabbitmq import (
    Broker,
    Cluster,
    Node,
    broker,
    connected,
    managed_rabbitmq,
    own_rabbitmq,
    rabbitmq,
    rabbitmq_cluster,
    url_of_user,
    with_users,
)
from servers.redis import redis_server

__all__ = [
    "Broker",
    "Cluster",
    "Node",
    "Server",
    "broker",
    "connected",
    "free_port",
    "managed_rabbitmq",
    "own_postgres",
    "own_rabbitmq",
    "postgres",
    "rabbitmq",
    "rabbitmq_cluster",
    "redis_server",
    "url_of_user",
    "with_its_parent",
    "with_users",
]
