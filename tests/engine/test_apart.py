"""A step that another process computes: what is kept, told and raised, and what ends it."""

import os
import signal
import time
from contextlib import suppress
from functools import partial
from threading import Lock

import numpy as np
import pytest

from explorer.engine.apart import fetch_apart
from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.store.step import Computed, Step
from explorer.store.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache", None)


def step(compute):
    return Step("toy", 1, {}, compute, lambda entry: entry.arrays["x"].tolist())


def test_a_step_is_computed_once_elsewhere_and_tells_how_far_it_is(store):
    rows, lines = np.arange(3), []

    def compute(scratch, report):
        report(0.5, "Half of it")
        return Computed({"x": np.r_[rows, os.getpid()]})

    *found, pid = fetch_apart(store, step(compute), lambda *told: lines.append(told))
    assert (found, lines) == ([0, 1, 2], [(0.5, "Half of it")])
    assert pid != os.getpid()
    assert fetch_apart(store, step(compute)) == [0, 1, 2, pid]


class Untold(Exception):
    """Cannot travel: it is made of two things and keeps one."""

    def __init__(self, one, other):
        super().__init__(one)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (partial(BadDataError, "It is empty."), BadDataError, "It is empty."),
        (partial(KeyError, "x"), KeyError, "x"),
        (partial(Untold, "so", "and so"), RuntimeError, "Untold: so"),
    ],
)
def test_what_is_raised_there_is_raised_here(store, error, kind, words):
    def compute(scratch, report):
        raise error()

    with pytest.raises(kind, match=words):
        fetch_apart(store, step(compute))
    assert not store.has(step(compute))


def test_a_process_that_is_killed_is_told_and_the_next_one_makes_it(store, tmp_path):
    sign = tmp_path / "sign"

    def compute(scratch, report):
        if not sign.exists():
            sign.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Computed({"x": np.array([3])})

    with pytest.raises(MissingDataError, match=r"'toy' ended while it worked.*Ask again"):
        fetch_apart(store, step(compute))
    assert fetch_apart(store, step(compute)) == [3]


def test_what_cannot_be_sent_is_a_sentence(store):
    lock = Lock()

    def compute(scratch, report):
        return Computed({"x": np.array([lock.locked()])})

    with pytest.raises(ConfigError, match="cannot be sent to another process"):
        fetch_apart(store, step(compute))


def test_a_process_ends_with_whoever_waits_for_it(store, tmp_path):
    def compute(scratch, report):
        (tmp_path / "pid").write_text(str(os.getpid()))
        while True:
            report(0.5, "For ever")
            time.sleep(0.01)

    def cancel(share, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_apart(store, step(compute), cancel)
    pid, deadline = int((tmp_path / "pid").read_text()), time.monotonic() + 60
    with suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            assert time.monotonic() < deadline
            time.sleep(0.05)
