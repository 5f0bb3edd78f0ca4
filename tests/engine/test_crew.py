"""Shards by workers that come, answer out of order and die: no process is started."""

import pickle

import pytest

from explorer.engine.crew import MOST_DEATHS, Mapping
from explorer.engine.sent import Answer, Sent
from explorer.errors import ConfigError


class Worker:
    """Does one shard; it answers when it is asked."""

    def __init__(self) -> None:
        self.shard: int | None = None


class Workers:
    """A crew whose newest busy worker answers first; each time a shard is `dying`, it kills one."""

    def __init__(self, dying=(), failing=()) -> None:
        self.dying, self.failing = list(dying), failing
        self.given: list[int] = []
        self.ended: list[Worker] = []

    def start(self) -> Worker:
        return Worker()

    def give(self, member: Worker, shard: bytes) -> None:
        member.shard = pickle.loads(shard)
        self.given.append(member.shard)

    def wait(self, busy):
        member = next((each for each in busy if each.shard is None), busy[-1])
        shard = member.shard
        if shard in self.dying:
            self.dying.remove(shard)
            return [(member, None)]
        if shard in self.failing:
            return [(member, Answer(None, [], ValueError(f"shard {shard}")))]
        return [(member, Answer(None if shard is None else 10 * shard, []))]

    def end(self, member: Worker) -> None:
        self.ended.append(member)


def mapped(crew: Workers, n_workers: int, n_shards: int) -> Mapping:
    return Mapping(crew, [], n_workers, Sent(len), range(n_shards))


@pytest.mark.parametrize("n_workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_shards_and_none_is_done_twice(n_workers):
    crew = Workers()
    mapping = mapped(crew, n_workers, 12)
    assert list(mapping.results()) == [10 * n for n in range(12)]
    assert sorted(crew.given) == list(range(12))
    assert len(mapping.members) == n_workers
    assert crew.ended == []


def test_what_a_dead_worker_was_at_another_one_does():
    crew = Workers(dying=[3, 3, 7])
    mapping = mapped(crew, 2, 9)
    assert list(mapping.results()) == [10 * n for n in range(9)]
    assert (crew.given.count(3), crew.given.count(7)) == (3, 2)
    assert (len(crew.ended), len(mapping.members)) == (3, 2)


def test_a_work_that_kills_too_many_is_given_up():
    crew = Workers(dying=[0] * (MOST_DEATHS + 1))
    with pytest.raises(ConfigError, match=f"{MOST_DEATHS + 1} processes died"):
        list(mapped(crew, 1, 2).results())


def test_an_error_of_the_work_ends_those_that_are_at_it_and_frees_the_others():
    crew = Workers(failing=[1])
    mapping = mapped(crew, 2, 4)
    with pytest.raises(ValueError, match="shard 1"):
        list(mapping.results())
    assert set(map(id, crew.ended)).isdisjoint(map(id, mapping.members))
    assert len(crew.ended) + len(mapping.members) == 2
