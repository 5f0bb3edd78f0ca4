"""Python processes that have torch and the libraries of the models imported when they begin.

Importing them takes seconds of a core. One process does it, then waits and forks: each process that
is asked for goes on from there. It computes nothing and touches no GPU, so that a fork of it may.
"""

import gc
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

FORKS = sys.platform == "linux"
"""Elsewhere what the system's own libraries started does not outlive a fork."""
_IMPORTED = "explorer.models.clip", "explorer.models.stable_unclip", "explorer.models.backbones"
_WAITING = {"GOMP_SPINCOUNT": "1000"}
"""Threads that share an image look some microseconds for more work before they sleep: it takes half
as long then, and no longer on a machine with other work."""
_LOOK_SECONDS = 0.02
"""Between two looks whether a process began or is over."""
_PATIENCE = 1.0
"""Seconds that a process gets to end by itself."""
_NO_GPU = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
"""A library that asks while it is imported whether there is a GPU does not begin to use it."""


class Process(Protocol):
    """One that was started, as `subprocess.Popen` describes them; its exit code may be unknown."""

    @property
    def pid(self) -> int:
        """Waits until it began; 0 where it never did."""

    def poll(self) -> int | None:
        """None while it is there."""

    def wait(self, timeout: float) -> object:
        """Raises `subprocess.TimeoutExpired` where it is still there after so many seconds."""

    def kill(self) -> None:
        """Ends it at once."""


def end(process: Process) -> None:
    """Kills a process that does not end by itself in a moment."""
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


def start_python(arguments: Sequence[str], inherited: int, out: int | None = None) -> Process:
    """Starts `python ARGUMENTS`, in a session of its own that outlives this process.

    Args:
        arguments: A file, `-m` and a module, or `-c` and code; and what it is called with.
        inherited: An open file it gets, whose number there is its last argument.
        out: An open file for what it prints; without, it prints where this process does.
    """
    request = _Request(arguments, os.getcwd(), environment(), out is not None)
    passed = [inherited] if out is None else [inherited, out]
    if FORKS:
        return _forked(request, passed)
    return _started(arguments, inherited, request.environment, out)


def _started(
    arguments: Sequence[str], inherited: int, env: Mapping[str, str], out: int | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *arguments, str(inherited)],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=None if out is None else subprocess.STDOUT,
        start_new_session=True,
        pass_fds=[inherited],
        env=env,
    )


class _Request(NamedTuple):
    arguments: Sequence[str]
    folder: str
    environment: dict[str, str]
    is_printing_elsewhere: bool


def environment() -> dict[str, str]:
    """For a child, which finds this package whatever folder it starts in."""
    here = str(Path(__file__).parents[2])
    path = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
    return {**_WAITING, **os.environ, "PYTHONPATH": path}


class _Fork:
    """A process that is a fork of another child of this one, known by a pipe it holds open."""

    def __init__(self, life: Connection) -> None:
        self._life, self._number = life, 0
        self._is_over = False
        self._guard = Lock()

    @property
    def pid(self) -> int:
        while not self._number and self.poll() is None:
            time.sleep(_LOOK_SECONDS)
        return self._number

    def poll(self) -> int | None:
        with self._guard:
            while not self._is_over and self._life.poll():
                self._hear()
            return 0 if self._is_over else None

    def wait(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("python", timeout)
            time.sleep(_LOOK_SECONDS)

    def kill(self) -> None:
        if self.poll() is None and self._number:
            os.kill(self._number, signal.SIGKILL)

    def _hear(self) -> None:
        """It says one thing, its number; after that there is its end to hear of."""
        try:
            self._number = self._life.recv()
        except (EOFError, OSError):
            self._is_over = True
            self._life.close()


class _Forking:
    """The process that forks, as long as it lives."""

    def __init__(self) -> None:
        self._connection, other = Pipe()
        begin = f"from {__name__} import main; main()"  # not -m: messages must be of this module
        env = {**environment(), **_NO_GPU}
        self._process = _started(["-c", begin, *_IMPORTED], other.fileno(), env)
        other.close()

    def is_over(self) -> bool:
        return self._process.poll() is not None

    def ask(self, request: _Request, passed: Sequence[int]) -> None:
        self._connection.send(request)
        for each in passed:
            send_handle(self._connection, each, self._process.pid)


_guard = Lock()
_forking: list[_Forking] = []
"""None at first, then one."""


def _forked(request: _Request, passed: Sequence[int]) -> Process:
    ours, theirs = Pipe(duplex=False)
    with _guard, theirs:
        if not _forking or _forking[0].is_over():
            _forking[:] = [_Forking()]
        _forking[0].ask(request, [theirs.fileno(), *passed])
    return _Fork(ours)


def main() -> None:
    """The process that forks: its arguments are what to import, and the connection it inherits.

    It returns when nobody asks any more; in each fork it becomes what was asked for.
    """
    *modules, number = sys.argv[1:]
    for name in modules:
        with suppress(ImportError):  # who needs it will tell
            import_module(name)
    gc.freeze()  # what was imported stays shared
    with Connection(int(number)) as connection:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever asked looks after them
        become = _wait_for_one(connection)
    if become:
        become()


def _wait_for_one(connection: Connection) -> Callable[[], None] | None:
    """What to do next, in each fork; None in the end, in the process that forked."""
    with suppress(EOFError, OSError):
        while True:
            request: _Request = connection.recv()
            files = [recv_handle(connection) for _ in range(2 + request.is_printing_elsewhere)]
            if os.fork() == 0:
                return partial(_become, request, *files)
            for each in files:
                os.close(each)
    return None


def _become(request: _Request, life: int, inherited: int, out: int | None = None) -> None:
    """Goes on as if Python had been started like this."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if out is not None:
        os.dup2(out, sys.stdout.fileno())
        os.dup2(out, sys.stderr.fileno())
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    _held.append(Connection(life, readable=False))
    with suppress(BrokenPipeError):  # whoever asked does not care
        _held[0].send(os.getpid())
    what, *rest = request.arguments
    if what in ("-c", "-m"):
        program, *rest = rest
    sys.argv = [what, *rest, str(inherited)]
    if what == "-c":
        exec(program, {"__name__": "__main__"})
    elif what == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(what).parent)
        runpy.run_path(what, run_name="__main__")


_held: list[Connection] = []
"""Of a fork: open until its end, which is how others hear of that."""
