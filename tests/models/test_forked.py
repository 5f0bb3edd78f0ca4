"""Processes that are forks of one that has imported what they need."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.models import forked
from explorer.models.forked import environment, start_python

PROGRAM = """
import json, os, sys
beginning = {name: name in sys.modules for name in ("torch", "diffusers", "open_clip")}
os.write(int(sys.argv[-1]), b"written to what was inherited")
told = [sys.argv[1:-1], os.getcwd(), os.environ.get("COLOUR"), os.getsid(0) == os.getpid()]
print(json.dumps([__name__, beginning, told]), flush=True)
{then}
"""
PATIENCE = 120.0


@pytest.fixture
def inherited(tmp_path):
    with (tmp_path / "inherited").open("w+") as file:
        yield file


@pytest.fixture(params=[True, False], ids=["forked", "started"])
def forks(request, monkeypatch):
    if request.param and not forked.FORKS:
        pytest.skip("Nothing forks here.")
    monkeypatch.setattr(forked, "FORKS", request.param)
    return request.param


def program(folder: Path, then: str = "") -> str:
    path = folder / "program.py"
    path.write_text(PROGRAM.replace("{then}", then))
    return str(path)


def is_there(number: int) -> bool:
    """Whether a process is; one that only waits to be collected is not."""
    stat = Path(f"/proc/{number}/stat")
    return stat.exists() and stat.read_text().split()[2] not in "ZX"


def printed(arguments, inherited) -> str:
    with Path(inherited.name).with_name("out").open("w+") as out:
        process = start_python(arguments, inherited.fileno(), out.fileno())
        process.wait(PATIENCE)
        assert process.poll() is not None
        out.seek(0)
        return out.read()


def test_a_process_is_called_as_if_python_had_been(forks, tmp_path, inherited, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLOUR", "red")
    there = "true" if forks else "false"
    libraries = f'{{"torch": {there}, "diffusers": {there}, "open_clip": {there}}}'
    own = f'[["two", "words"], "{tmp_path}", "red", true]'
    said = printed([program(tmp_path), "two", "words"], inherited)
    assert said == f'["__main__", {libraries}, {own}]\n'
    assert Path(inherited.name).read_text() == "written to what was inherited"


def test_modules_and_code_are_run_as_well(forks, inherited):
    code = "import sys; print(__name__, sys.argv[1:-1])"
    assert printed(["-c", code, "a"], inherited) == "__main__ ['a']\n"
    assert "usage: python -m explorer" in printed(["-m", "explorer", "--help"], inherited)


def test_an_error_stands_where_it_prints(forks, tmp_path, inherited):
    assert "ZeroDivisionError" in printed([program(tmp_path, "1 / 0")], inherited)


def test_one_that_was_killed_is_over_and_others_are_not(forks, tmp_path, inherited):
    waits = program(tmp_path, "import time; time.sleep(600)")
    processes = [start_python([waits], inherited.fileno()) for _ in range(2)]
    killed, other = processes
    try:
        assert killed.pid != other.pid
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(PATIENCE)
        assert killed.poll() is not None
        assert other.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.1)
    finally:
        other.kill()
        other.wait(PATIENCE)


@pytest.mark.skipif(not forked.FORKS, reason="Nothing forks here.")
def test_another_one_forks_when_the_first_was_killed(tmp_path, inherited, monkeypatch):
    monkeypatch.setattr(forked, "_IMPORTED", ())  # takes seconds
    monkeypatch.setattr(forked, "_forking", [])
    printed(["-c", ""], inherited)
    first = forked._forking[0]._process
    waits = start_python([program(tmp_path, "import time; time.sleep(600)")], inherited.fileno())
    assert waits.pid
    first.kill()
    first.wait()
    assert waits.poll() is None  # what it forked is left alone
    waits.kill()
    assert "__main__" in printed([program(tmp_path)], inherited)


@pytest.mark.skipif(not forked.FORKS, reason="Nothing forks here.")
def test_what_forks_has_one_thread_and_no_gpu_and_ends_with_who_asked():
    code = """
import os, sys, threading
from explorer.models import forked
process = forked.start_python(["-c", "import torch; print(torch.cuda.is_initialized())"], 1, 1)
process.pid
number = forked._forking[0]._process.pid
print(len(os.listdir(f"/proc/{number}/task")), number, flush=True)
process.wait(60)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert "False" in done.stdout.split()
    n_threads, number = [int(word) for word in done.stdout.split() if word.isdigit()]
    assert n_threads == 1
    deadline = time.monotonic() + PATIENCE
    while is_there(number):
        assert time.monotonic() < deadline
        time.sleep(0.05)
