"""Which engine computes changes no byte of what is stored."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.config import MapConfig
from explorer.core import kmeans
from explorer.engine import image_pass
from explorer.engine.engine import HERE, Engine
from explorer.engine.processes import Processes
from explorer.runs.distill import open_trained, prepare, score
from explorer.steps import embed
from explorer.store.store import Store
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.opened import opened


class Backwards:
    """The last shard is worked on first."""

    def __init__(self) -> None:
        self.n_shards: list[int] = []

    def map(self, work: Callable[[Any], Any], shards: Sequence[Any]) -> Iterator[Any]:
        self.n_shards.append(len(shards))
        done = {number: work(shards[number]) for number in reversed(range(len(shards)))}
        return iter([done[number] for number in range(len(shards))])


@pytest.fixture
def small_pieces(monkeypatch) -> None:
    """So small that all that is divided has several, but steps of sets so small are few."""
    monkeypatch.setattr(image_pass, "PIECE", 5)
    monkeypatch.setattr(embed, "TEXT_PIECE", 3)
    monkeypatch.setattr(kmeans, "_BLOCK", 4)
    for name, rows in {"SAMPLE_ROWS": 2, "LEAST_SAMPLE": 4, "N_STEPS": 3, "ROW_STEPS": 0}.items():
        monkeypatch.setattr(kmeans, name, rows)


@pytest.fixture
def processes() -> Iterator[Engine]:
    engine = Processes(2)
    yield engine
    engine.close()


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
