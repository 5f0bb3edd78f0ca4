"""Which engine computes changes no byte of what is stored, nor of a set."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from threadpoolctl import threadpool_limits

from explorer.config import MapConfig
from explorer.core.clusters import kmeans
from explorer.engine import image_pass
from explorer.engine.engine import HERE, Engine
from explorer.engine.processes import Processes
from explorer.methods import pairs
from explorer.runs.distill import distill, open_trained, prepare, score
from explorer.steps import embed
from explorer.store.store import Store
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.opened import opened
from tests.watching import Memory


class Backwards:
    """The last shard is worked on first."""

    def __init__(self) -> None:
        self.n_shards: list[int] = []

    def map(self, work: Callable[[Any], Any], shards: Sequence[Any]) -> Iterator[Any]:
        self.n_shards.append(len(shards))
        done = {number: work(shards[number]) for number in reversed(range(len(shards)))}
        return iter([done[number] for number in range(len(shards))])


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """On some processors PyTorch's products of few rows have other last digits by two threads."""
    before = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patched, threadpool_limits(1):
        patched.setenv("OMP_NUM_THREADS", "1")
        torch.set_num_threads(1)
        yield
    torch.set_num_threads(before)


@pytest.fixture
def small_pieces(monkeypatch) -> None:
    """So small that all that is divided has several, but steps of sets so small are few."""
    monkeypatch.setattr(image_pass, "PIECE", 5)
    monkeypatch.setattr(embed, "TEXT_PIECE", 3)
    monkeypatch.setattr(kmeans, "_BLOCK", 4)
    for name, rows in {"SAMPLE_ROWS": 2, "LEAST_SAMPLE": 4, "N_STEPS": 3, "ROW_STEPS": 0}.items():
        monkeypatch.setattr(kmeans, name, rows)


@pytest.fixture(scope="module")
def processes(one_thread) -> Iterator[Engine]:
    engine = Processes(2)
    yield engine
    engine.close()


class Losing:
    """An engine whose process dies at the third batch, once."""

    def __init__(self, engine: Engine, died: Path) -> None:
        self._engine, self._died = engine, died

    def map(self, work: Callable[[Any], Any], shards: Sequence[Any]) -> Iterator[Any]:
        died, third = self._died, list(shards)[2:3]

        def may_die(shard: Any) -> Any:
            if [shard] == third and not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return work(shard)

        return self._engine.map(may_die, shards)


def stored(cache: Path) -> dict[str, Any]:
    """What a store keeps, by step and key."""
    return {
        str(path.parent.relative_to(cache)): [values["digests"], values["notes"]]
        for path in cache.glob("*/*/manifest.json")
        for values in [json.loads(path.read_text())]
    }


def test_pieces_blocks_and_students_come_out_alike_by_any_engine(
    config, tmp_path, small_pieces, processes
):
    evaluation = RetrievalConfig(n_seeds=2, epochs=10)
    run, backwards = replace(config, evaluation=evaluation, size=3), Backwards()

    def computed(name: str, engine: Engine) -> dict[str, Any]:
        store = Store(tmp_path / name)
        prepare(opened(store, run, engine=engine), run, MapConfig(), ())
        score(opened(store, run, engine=engine), run, open_trained(run.data))
        return stored(store.root)

    here = computed("here", HERE)
    assert {name.split("/")[0] for name in here} == {
        *("embed", "alike", "prototypes", "features", "captions", "student")
    }
    assert computed("backwards", backwards) == here
    assert computed("processes", processes) == here
    assert backwards.n_shards[-1] == 4  # two students of two networks
    assert sum(n > 1 for n in backwards.n_shards) > 6  # images, captions, blocks of rows


def test_a_set_has_the_same_bytes_by_any_engine_though_a_process_dies(
    config, tmp_path, monkeypatch, processes
):
    monkeypatch.setattr(pairs, "BATCH", 2)
    store, run = Store(tmp_path / "cache"), config.with_method("pds-recaption")

    def made(name: str, engine: Engine) -> dict[str, bytes]:
        memory, out = Memory(), tmp_path / name
        distill(opened(store, run, memory, engine=engine), run, out)
        assert any(line.startswith("Generating images: 11 of 11, ") for line in memory.lines)
        paths = [path for path in out.rglob("*") if path.is_file()]
        return {str(path.relative_to(out)): path.read_bytes() for path in paths}

    here, died = made("here", HERE), tmp_path / "died"
    assert len(here) > 11
    assert made("backwards", Backwards()) == here
    assert made("processes", Losing(processes, died)) == here
    assert died.exists()
