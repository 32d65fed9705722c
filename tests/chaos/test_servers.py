"""Servers that are killed and started again: what was confirmed is there, and the rest goes on."""

import time

import pika
import psycopg
from pika.exceptions import AMQPError

from acogida import rabbitmq
from oficina.bus import broker, topology
from servers import own_postgres, own_rabbitmq, rabbitmq_cluster

PATIENCE = 60.0
KEY = "casos.caso.abierto"


def _publish(url: str) -> None:
    """Until it is confirmed, each time over a new connection, as the relay does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with broker.connect(broker.parameters(url)) as connection:
                channel = connection.channel()
                channel.confirm_delivery()
                return channel.basic_publish(
                    topology.EVENTOS, KEY, b"", pika.BasicProperties(delivery_mode=2)
                )
        except AMQPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _kept(url: str) -> int:
    """Messages in the queue that takes every fact."""
    with broker.connect(broker.parameters(url)) as connection:
        asked = connection.channel().queue_declare(topology.AUDITORIA, passive=True)
        count: int = asked.method.message_count
        return count


def test_a_cluster_goes_on_without_the_leader_of_a_queue() -> None:
    with rabbitmq_cluster() as cluster:
        rabbitmq.declare(cluster.url)
        assert rabbitmq.errores(cluster.url, "casos") == []
        _publish(cluster.url)
        leader = cluster.leader(topology.AUDITORIA)

        leader.kill()
        _publish(cluster.url)
        (named,) = rabbitmq.errores(cluster.url, "casos")
        leader.start()

        assert "no responde en 127.0.0.1:" in named.texto
        assert rabbitmq.errores(cluster.url, "casos") == []
        assert _kept(leader.url) >= 2
        assert cluster.leader(topology.AUDITORIA) is not leader


def test_a_node_starts_again_on_its_port_with_its_messages() -> None:
    with own_rabbitmq() as node:
        rabbitmq.declare(node.url)
        _publish(node.url)
        node.kill()
        node.start()
        _publish(node.url)
        node.restart()

        assert _kept(node.url) == 2


def test_postgresql_starts_again_on_its_port_with_what_was_committed() -> None:
    with own_postgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE hechos AS SELECT 1 AS numero")
        with psycopg.connect(server.url) as connection:
            connection.execute("INSERT INTO hechos VALUES (2)")
            connection.commit()
            connection.execute("INSERT INTO hechos VALUES (3)")
            server.kill()
            # Only that it ended: the transaction that was open is gone with it.
            connection.close()
        server.start()
        server.restart()

        with psycopg.connect(server.url) as connection:
            rows = connection.execute("SELECT numero FROM hechos ORDER BY 1").fetchall()
        assert rows == [(1,), (2,)]
