"""Shards divided among the machines of a Ray cluster; without Ray these are skipped."""

import os
import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import numpy as np
import pytest

from explorer.engine.engine import HERE, Engine, Piece, find_engine, map_to_pieces, shards_of
from explorer.errors import BadDataError
from explorer.store.chunks import Chunks

ray = pytest.importorskip("ray", reason="needs requirements-cluster.txt")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two machines of one processor each, on this one; the test is at the first."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    about = {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={**about, "resources": {"first": 1}})
    cluster.add_node(**{**about, "resources": {"second": 1}})
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_two_machines_of_which_one_is_lost_leave_the_same_pieces(cluster, tmp_path):
    """Nothing is lost, and no piece that is there is made twice."""
    made, first = tmp_path / "made", ray.get_runtime_context().get_node_id()

    def work(shard: range) -> Piece:
        node = ray.get_runtime_context().get_node_id()
        with made.open("a") as file:
            file.write(f"{shard.start} {node}\n")
        while node != first and shard.start > 10:
            time.sleep(0.1)  # until its machine is lost
        return Piece({"rows": np.random.default_rng(shard.start).normal(size=(len(shard), 3))})

    def lose() -> None:
        while not [line for line in told() if line[1] != first and int(line[0]) > 10]:
            time.sleep(0.1)
        cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)

    def told() -> list[list[str]]:
        return [line.split() for line in made.read_text().splitlines()] if made.exists() else []

    def joined(engine: Engine, work: Callable[[range], Piece], name: str) -> bytes:
        pieces, shards = Chunks(tmp_path / name), shards_of(60, 5)
        n_pieces = sum(1 for _ in map_to_pieces(engine, work, shards, pieces))
        return pieces.join("rows", n_pieces, tmp_path / f"{name}.npy").read_bytes()

    losing = Thread(target=lose)
    losing.start()
    on_ray = joined(find_engine("ray"), work, "ray")
    losing.join()
    starts = [int(start) for start, _ in told()]
    assert len(starts) == 13  # one more than there are, because one machine was at it when it went
    assert {*starts} == {*range(0, 60, 5)}

    def plain(shard: range) -> Piece:
        return Piece({"rows": np.random.default_rng(shard.start).normal(size=(len(shard), 3))})

    assert on_ray == joined(HERE, plain, "here")


def test_an_error_on_another_machine_is_raised_here(cluster):
    def work(n: int) -> None:
        raise BadDataError(f"Row {n} is damaged.")

    with pytest.raises(BadDataError, match="Row 0 is damaged"):
        list(find_engine("ray").map(work, range(2)))
