"""Claims of processes and, on a disk without locks of the system, of machines."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest

from explorer.store import claims
from explorer.store.claims import is_claimed_elsewhere, try_claim
from explorer.store.step import Computed, Step
from explorer.store.store import Store

OWNER = (
    "import sys, time; from pathlib import Path; from explorer.store.claims import try_claim;"
    "claim = try_claim(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
)
NO_LOCKS = (
    "import errno, fcntl\n"
    "def flock(*_): raise OSError(errno.ENOLCK, 'No locks available')\n"
    "fcntl.flock = flock\n"
)


@pytest.fixture
def no_locks(monkeypatch) -> None:
    """As on a disk that machines share: every claim is as good as another machine's."""

    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)


def let_pass(path: Path, seconds: float) -> None:
    """As if the owner had given no sign for so long."""
    (sign,) = Path(f"{path}.claims").iterdir()
    then = sign.stat().st_mtime - seconds
    os.utime(sign, (then, then))


def numbers(*_) -> Computed:
    return Computed({"numbers": np.arange(4)})


def step(compute) -> Step:
    return Step("stage", 1, {}, compute, lambda entry: entry.arrays["numbers"].tolist())


@pytest.mark.parametrize("beginning", ["", NO_LOCKS], ids=["locks", "no locks"])
def test_a_claim_is_one_process_s_until_it_is_killed(tmp_path, beginning, monkeypatch, request):
    path = tmp_path / "claim"
    if beginning:
        request.getfixturevalue("no_locks")
    command = [sys.executable, "-c", beginning + OWNER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout.readline() == b"held\n"
        assert try_claim(path) is None
        owner.kill()
    if beginning:  # nobody knows that it is dead, until it has been silent for long enough
        assert is_claimed_elsewhere(path)
        assert try_claim(path) is None
        let_pass(path, claims.LEASE)
        assert not is_claimed_elsewhere(path)
    claim = try_claim(path)
    assert claim is not None
    assert claim.taken_over is bool(beginning)
    claim.close()


def test_a_claim_that_was_closed_is_free_at_once(tmp_path, no_locks):
    for _ in range(3):
        claim = try_claim(tmp_path / "claim")
        assert claim is not None
        assert try_claim(tmp_path / "claim") is None
        assert not claim.taken_over
        assert not claim.is_lost
        claim.close()
    assert len(list((tmp_path / "claim.claims").iterdir())) == 1


def test_signs_keep_a_claim(tmp_path, no_locks, monkeypatch):
    given, utime = Barrier(2, timeout=10), os.utime

    def noted(path, *rest):
        utime(path, *rest)
        if not isinstance(path, int):
            given.wait()

    monkeypatch.setattr(claims, "BEAT", 0.01)
    path = tmp_path / "claim"
    with try_claim(path):
        let_pass(path, claims.LEASE)
        monkeypatch.setattr(claims.os, "utime", noted)
        given.wait()
        assert is_claimed_elsewhere(path)
        monkeypatch.setattr(claims.os, "utime", utime)
        given.abort()


def test_of_many_that_find_a_dead_owner_one_takes_over(tmp_path, no_locks):
    path, together, won = tmp_path / "claim", Barrier(8), []
    dead = try_claim(path)
    let_pass(path, claims.LEASE)

    def take() -> None:
        together.wait()
        if claim := try_claim(path):
            won.append(claim)

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [claim.taken_over for claim in won] == [True]
    assert dead.is_lost
    assert not won[0].is_lost
    won[0].close()


def test_a_machine_that_was_taken_for_dead_spoils_nothing(tmp_path, no_locks):
    """It comes to itself when another one has made the result, in a folder of its own."""

    def sleepy(scratch: Path, _) -> Computed:
        (scratch / "half.npy").write_bytes(b"half")
        (scratch / "pieces").mkdir()
        let_pass(tmp_path / "locks" / step(sleepy).key, claims.LEASE)
        assert Store(tmp_path).fetch(step(lively)) == [0, 1, 2, 3]
        return Computed({"numbers": np.zeros(4)})

    def lively(scratch: Path, _) -> Computed:
        assert [path.name for path in scratch.iterdir()] == ["pieces"]  # whole ones are taken over
        return numbers()

    assert Store(tmp_path).fetch(step(sleepy)) == [0, 1, 2, 3]
    assert [path.name for path in (tmp_path / "stage").iterdir()] == [step(numbers).key]


def test_two_machines_that_want_the_same_result_compute_it_once(tmp_path, no_locks):
    computed, together = [], Barrier(2, timeout=10)

    def compute(scratch: Path, _) -> Computed:
        computed.append(scratch)
        together.wait()
        return numbers()

    thread = Thread(target=lambda: Store(tmp_path).fetch(step(compute)))
    thread.start()
    told = []

    def report(_, text: str) -> None:
        told.append(text)
        if len(told) == 1:
            together.wait()

    while not computed:
        pass
    assert Store(tmp_path).fetch(step(compute), report) == [0, 1, 2, 3]
    thread.join()
    assert len(computed) == 1
    assert told[0].startswith("Waiting for another process")
