"""Everything that carries facts is killed at random; each fact has its effect once and in order.

`make chaos` does the same with CHAOS_FACTS=60000. A run with the same CHAOS_SEED chooses the same
victims, though not the same moments of theirs.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.harness import Chaos
from servers import Cluster, Server, own_postgres, own_rabbitmq, rabbitmq_cluster

FACTS = int(os.environ.get("CHAOS_FACTS", "3000"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
LONG = FACTS > 10_000
RATE = 500 if LONG else 200
RECOVERY_SECONDS = 10.0

pytestmark = pytest.mark.servers


@pytest.fixture
def postgres() -> Iterator[Server]:
    """One of the test's own, to be killed."""
    with own_postgres() as server:
        yield server


def test_nothing_is_lost_doubled_or_overtaken_whoever_dies(
    postgres: Server, tmp_path: Path
) -> None:
    with own_rabbitmq() as node:
        chaos = Chaos(postgres, Cluster([node]), tmp_path, facts=FACTS, rate=RATE, seed=SEED)
        blows = [
            chaos.restart_postgres,
            lambda: chaos.kill_node(node),
            chaos.kill_postgres,
            lambda: chaos.kill_node(node, frozen=1.5),
        ]
        with chaos.running():
            for number, blow in enumerate(blows, 1):
                while chaos.progress() < number / (len(blows) + 1):
                    chaos.kill_one()
                blow()
            while chaos.progress() < 1:
                chaos.kill_one()
            wrong = chaos.settle()
    assert wrong == []
    assert chaos.duplicated > FACTS / 50


def test_nothing_is_lost_doubled_or_overtaken_when_nodes_of_a_cluster_die(
    postgres: Server, tmp_path: Path
) -> None:
    with rabbitmq_cluster() as cluster:
        chaos = Chaos(postgres, cluster, tmp_path, facts=FACTS, rate=RATE, seed=SEED)
        with chaos.running():
            chaos.wait_for(0.1)
            chaos.kill_node(cluster.leader("agenda.eventos"), down=3)
            chaos.wait_for(0.5)
            chaos.kill_node(chaos.node_of("casos-relay"), down=3)
            wrong = chaos.settle()
    assert wrong == []


def test_without_confirms_the_same_blow_is_seen_to_lose_facts(
    postgres: Server, tmp_path: Path
) -> None:
    with own_rabbitmq() as node:
        chaos = Chaos(
            postgres, Cluster([node]), tmp_path, facts=1500, rate=300, relay="unconfirmed"
        )
        with chaos.running():
            chaos.wait_for(0.4)
            chaos.kill_node(node, frozen=1.5)
            time.sleep(1)
            wrong = chaos.settle(quiet=6)
    assert any("effects lost in agenda" in one for one in wrong), wrong
