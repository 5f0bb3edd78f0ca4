"""Shards divided among processes of this machine."""

import os
import signal

import pytest

from explorer.engine.crew import MOST_DEATHS
from explorer.engine.processes import Processes
from explorer.errors import BadDataError, ConfigError


@pytest.fixture(scope="module")
def two():
    engine = Processes(2)
    yield engine
    engine.close()


def test_several_processes_give_results_in_the_order_of_the_shards(two):
    found = list(two.map(lambda n: (n * n, os.getpid()), range(9)))
    assert [square for square, _ in found] == [n * n for n in range(9)]
    assert os.getpid() not in {pid for _, pid in found}
    again = list(two.map(lambda n: (n, os.getpid()), range(9)))
    assert len({pid for _, pid in [*found, *again]}) <= 2


def test_the_shard_of_a_killed_process_is_done_again_and_no_other(two, tmp_path):
    def work(n: int) -> int:
        with (tmp_path / str(n)).open("a") as file:
            file.write("x")
        if n == 3 and (tmp_path / "3").read_text() == "x":
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    assert list(two.map(work, range(6))) == list(range(6))
    assert [(tmp_path / str(n)).read_text() for n in range(6)] == ["x", "x", "x", "xx", "x", "x"]


def test_work_that_kills_every_process_ends_with_a_sentence(two, tmp_path):
    def work(n: int) -> None:
        with (tmp_path / "deaths").open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(ConfigError, match="processes died at this work"):
        list(two.map(work, range(2)))
    assert len((tmp_path / "deaths").read_text()) >= MOST_DEATHS


def test_an_error_is_raised_as_it_was_and_the_engine_goes_on(two):
    def work(n: int) -> int:
        if n == 1:
            raise BadDataError("This one is damaged.")
        return n

    with pytest.raises(BadDataError, match="This one is damaged"):
        list(two.map(work, range(4)))
    assert list(two.map(lambda n: n + 1, range(3))) == [1, 2, 3]
