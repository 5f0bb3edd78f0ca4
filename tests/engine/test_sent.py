"""Work as another process would get it."""

from threading import Lock

import numpy as np
import pytest

from explorer.engine.engine import Here, find_engine
from explorer.engine.sent import Received, Sent
from explorer.errors import BadDataError, ConfigError
from explorer.progress import Progress
from tests.watching import Memory


def done(work, *shards):
    """The answers to shards, and the work as it was sent."""
    sent = Sent(work)
    received = Received(sent.work)
    answers = [received.do(sent.shard(shard)) for shard in shards]
    for answer in answers:
        sent.hear(answer.told)
    return [answer.result for answer in answers], sent


def test_an_array_of_a_file_is_sent_as_its_place(tmp_path):
    np.save(tmp_path / "rows.npy", np.arange(300_000.0).reshape(-1, 3))
    rows = np.load(tmp_path / "rows.npy", mmap_mode="r").view(np.ndarray)
    part, other = rows[50:], rows[::2]  # the second is no piece of the file

    def work(row: int) -> list:
        return [rows[row].tolist(), part[row].tolist(), len(part), other[1].tolist()]

    found, sent = done(work, 1)
    assert found == [[[3.0, 4.0, 5.0], [153.0, 154.0, 155.0], len(rows) - 50, [6.0, 7.0, 8.0]]]
    assert len(sent.work) < len(other.tobytes()) + 5000


def test_progress_and_what_watchers_hear_come_back():
    memory, lines = Memory(), []
    progress = Progress(lambda share, text: lines.append(text), "Counting", 4)
    emit = memory.emit("evaluate")

    def work(n: int) -> int:
        progress.add(n)
        emit("metric", {"epoch": n})
        memory.say("evaluate", f"done {n}")
        return n

    found, _ = done(work, 1, 3)
    assert found == [1, 3]
    assert progress.measured.n == 4
    assert lines[-1].startswith("Counting: 4 of 4")
    assert [values["epoch"] for _, kind, values in memory.events if kind == "metric"] == [1, 3]


def test_an_error_of_the_work_is_an_answer():
    def work(n: int) -> None:
        raise BadDataError(f"Row {n} is damaged.")

    sent = Sent(work)
    error = Received(sent.work).do(sent.shard(3)).error
    assert isinstance(error, BadDataError)
    assert str(error) == "Row 3 is damaged."


def test_what_cannot_be_sent_is_a_sentence():
    lock = Lock()
    with pytest.raises(ConfigError, match=r"cannot be sent to another process.*engine here"):
        Sent(lambda n: lock.locked())


def test_an_engine_that_is_sent_divides_no_further():
    engine = find_engine("processes:2")
    found, _ = done(lambda n: isinstance(engine, Here), 0)
    assert found == [True]


@pytest.mark.parametrize("name", ["processes:0", "processes:many", "threads", "ray:8000", ""])
def test_an_engine_that_there_is_not_is_a_sentence(name):
    with pytest.raises(ConfigError, match=r"engine|processes"):
        find_engine(name)
