"""Claims that hold between processes, and between machines that share a disk.

<path>             locked by the owner: between processes of one machine that decides at once, and
                   the system frees what a dead process held
<path>.claims/<n>  says which machine owns it; the highest number counts. Its owner keeps the file
                   young, and says there when it is done

A lock of the system may not reach other machines (NFS, Lustre). A number does: the file of the next
one can be made once only, and whoever finds the last owner done, or silent for longer than a lease,
may try.
"""

import errno
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import IO, NamedTuple

from explorer.store.writing import own_name

log = logging.getLogger(__name__)

LEASE = 60.0
"""Seconds after which an owner on another machine that gives no sign counts as dead."""
BEAT = 5.0
"""Seconds between two signs of an owner."""
_ASK_AGAIN = 0.2
_DONE = "done"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF)
"""How file systems say that they have no such locks."""


def try_lock(path: Path, shared: bool = False) -> IO[bytes] | None:
    """Locks a file for as long as the answer stays open, or None where somebody else has it.

    Any number of shared locks may exist at once, but not beside another kind. It holds between the
    processes of one machine; on a disk without such locks everybody gets one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+b")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            file.close()
            raise
    return file


def unlock(file: IO[bytes]) -> None:
    """Frees a lock at once: a process that was forked meanwhile holds the same open file."""
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_UN)
    file.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other processes of this machine out; waits for them."""
    file = path.open("a+b")
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        unlock(file)


class _Owner(NamedTuple):
    """What the file of the highest number says."""

    number: int
    machine: str  # `_DONE` where the owner is done; "" for the moment before it is written
    age: float  # seconds since its last sign, by the clock of the disk


class Claim:
    """What this process owns until it closes it."""

    def __init__(self, path: Path, lock: IO[bytes], number: int, taken_over: bool) -> None:
        self._folder, self._lock, self.number = _folder(path), lock, number
        self.taken_over = taken_over
        """Whether another machine had it, which may be alive after all."""
        self._closed = Event()
        Thread(target=self._give_signs, name="claim", daemon=True).start()

    @property
    def is_lost(self) -> bool:
        """Whether another machine took it over, because this one gave no sign for too long."""
        return max(_numbers(self._folder), default=0) != self.number

    def close(self) -> None:
        """Lets others have it."""
        self._closed.set()
        with suppress(OSError), self._file.open("r+b") as file:  # not there where it was lost
            file.truncate(0)
            file.write(_DONE.encode())
        unlock(self._lock)

    def __enter__(self) -> "Claim":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _file(self) -> Path:
        return self._folder / str(self.number)

    def _give_signs(self) -> None:
        while not self._closed.wait(BEAT):
            try:
                os.utime(self._file)
            except FileNotFoundError:
                log.warning("%s was taken over by another machine.", self._folder)
                return
            except OSError as error:  # of a disk that does not answer: it may again
                log.warning("%s: %s", self._file, error)


def try_claim(path: Path, lock: IO[bytes] | None = None) -> Claim | None:
    """Claims a path, which names a file that is made for it, or None where somebody else has it.

    The lock, where this process holds it already, is closed with the claim.
    """
    file = lock or try_lock(path)
    if file is None:
        return None
    try:
        claim = _next_number(path, file)
    except BaseException:
        file.close()
        raise
    if claim is None:
        file.close()
    return claim


def is_claimed_elsewhere(path: Path) -> bool:
    """Whether a process of another machine owns it and is alive."""
    owner = _owner(path)
    return owner is not None and _is_other(owner) and owner.age < LEASE


@contextmanager
def claimed(path: Path) -> Iterator[Claim | None]:
    """As `try_claim`, closed in the end."""
    claim = try_claim(path)
    try:
        yield claim
    finally:
        if claim:
            claim.close()


@contextmanager
def when_free(path: Path, wait: Callable[[float], None]) -> Iterator[Claim]:
    """Claims a path as soon as nobody else has it; `wait` hears the seconds that has taken."""
    start = time.monotonic()
    while (claim := try_claim(path)) is None:
        wait(time.monotonic() - start)
        time.sleep(_ASK_AGAIN)
    with claim:
        yield claim


def _next_number(path: Path, lock: IO[bytes]) -> Claim | None:
    """Makes the file of the next number, if the last one's owner is done or dead."""
    folder = _folder(path)
    folder.mkdir(exist_ok=True)
    owner = _owner(path)
    if owner and _is_other(owner) and owner.age < LEASE:
        return None  # one of this machine does not hold the lock, so it is dead
    number = owner.number + 1 if owner else 1
    try:
        with (folder / str(number)).open("xb") as file:
            file.write(_machine_on(file).encode())
    except FileExistsError:
        return None
    numbers = _numbers(folder)
    if max(numbers, default=0) != number:  # while this process dawdled, others came and went
        (folder / str(number)).unlink(missing_ok=True)
        return None
    for each in numbers:
        if each < number:
            (folder / str(each)).unlink(missing_ok=True)
    return Claim(path, lock, number, taken_over=owner is not None and _is_other(owner))


def _is_other(owner: _Owner) -> bool:
    return owner.machine not in (_DONE, _machine())


def _owner(path: Path) -> _Owner | None:
    """Who has the highest number; None where there is none yet."""
    folder = _folder(path)
    number = max(_numbers(folder), default=0)
    if not number:
        return None
    try:
        with (folder / str(number)).open("rb") as file:  # opening asks the disk how old it is
            machine, seen = file.read().decode(errors="replace"), os.fstat(file.fileno()).st_mtime
    except FileNotFoundError:  # there is a higher one now
        return _owner(path)
    return _Owner(number, machine, 0.0 if machine == _DONE else _now(folder) - seen)


def _now(folder: Path) -> float:
    """The time by the clock of the disk, which need not be this machine's."""
    probe = folder / own_name("now")
    with probe.open("wb") as file:
        os.utime(file.fileno())
        now = os.fstat(file.fileno()).st_mtime
    probe.unlink()
    return now


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.claims")


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isdecimal()]
    except FileNotFoundError:
        return []


@cache
def _machine() -> str:
    """Names a running system, within which locks of the system decide."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{os.uname().nodename} {boot.read_text().strip() if boot.exists() else ''}"


def _machine_on(file: IO[bytes]) -> str:
    """The same, or a name of its own where the disk of this file has no such locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return f"{_machine()} {own_name('process')}"
    return _machine()
