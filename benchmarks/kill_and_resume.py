"""Kills `prepare` and `distill` at random moments, starts them again and compares every byte.

    python -m benchmarks.kill_and_resume

Each trial starts from the same files as an undisturbed run, is killed once (SIGKILL) and is started
again. Half of the moments are random in time, from the first file that the command writes to its
end; the others follow a random one of its writes at once, because most of the time nothing is
written. Afterwards the folder of results and the distilled set must hold the same files with the
same bytes as the undisturbed run's. Exits with 1 where they do not.
"""

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.scenes_folder import write_scenes

_LOOK_SECONDS = 0.002
"""Between two looks at what a command has written."""
_SOON_SECONDS = 0.03
"""At most so long after a write comes a kill that is aimed at it."""


class Moment(NamedTuple):
    """When to kill: so many changes in the folder after the start, and then so many seconds."""

    changes: int
    seconds: float


class Trial(NamedTuple):
    """One command with the folder that it fills."""

    command: str  # "prepare" or "distill"
    folder: Path  # holds `cache` and, for distill, `set`
    arguments: Sequence[object]  # without those that name the folders

    def start(self) -> subprocess.Popen[bytes]:
        where = ["--cache", self.folder / "cache"]
        if self.command == "distill":
            where += ["--out", self.folder / "set"]
        line = [sys.executable, "-m", "explorer", self.command, *self.arguments, *where]
        with self._log.open("wb") as log:
            return subprocess.Popen([str(each) for each in line], stdout=log, stderr=log)

    def changes(self, process: subprocess.Popen[bytes]) -> Iterator[float]:
        """The times at which the names in the folder were seen to change, until the end."""
        before = self._names()
        while process.poll() is None:
            now = self._names()
            if now != before:
                yield time.monotonic()
            before = now
            time.sleep(_LOOK_SECONDS)
        if code := process.returncode:
            raise SystemExit(f"{self.command} ended with {code}:\n{self._log.read_text()}")

    @property
    def _log(self) -> Path:
        return self.folder.with_suffix(".log")

    def _names(self) -> set[Path]:
        try:
            return set(self.folder.rglob("*"))
        except FileNotFoundError:  # a folder vanished while it was being looked at
            return set()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="per command (%(default)s)")
    parser.add_argument("--images", type=int, default=600, help="to prepare (%(default)s)")
    parser.add_argument("--prototypes", type=int, default=40, help="to distill (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (%(default)s)")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as scratch:
        data = write_scenes(Path(scratch) / "data", {"train": args.images, "val": 1, "test": 1})
        settings = [data, "--device", "cpu", "--prototypes", args.prototypes]
        origin = Path(scratch) / "empty"
        origin.mkdir()
        differences = 0
        for command, more in {"prepare": [], "distill": ["--steps", "2"]}.items():
            whole = Trial(command, Path(scratch) / command, [*settings, *more])
            differences += compare(whole, origin, args.kills, rng)
            origin = whole.folder
    raise SystemExit(1 if differences else 0)


def compare(whole: Trial, origin: Path, n_kills: int, rng: random.Random) -> int:
    """Runs a command undisturbed in a copy of `origin`, then kills it n times.

    Returns:
        How many files differed, were missing or were left over, in all trials together.
    """
    shutil.copytree(origin, whole.folder)
    changes = list(whole.changes(whole.start()))
    seconds = time.monotonic() - changes[0]
    wanted = digests(whole.folder)
    print(
        f"{whole.command}: undisturbed, it writes for {seconds:.1f} s, with {len(changes)} "
        f"changes seen; then there are {len(wanted)} files.",
        flush=True,
    )
    n_different = n_killed = 0
    while n_killed < n_kills:
        trial = whole._replace(folder=whole.folder.with_name("trial"))
        shutil.copytree(origin, trial.folder)
        if n_killed % 2:
            moment = Moment(1, rng.uniform(0, seconds))
        else:
            moment = Moment(rng.randint(1, len(changes)), rng.uniform(0, _SOON_SECONDS))
        if kill(trial, moment):
            n_killed += 1
            n_left = len(digests(trial.folder))
            for _ in trial.changes(trial.start()):
                pass
            found = digests(trial.folder)
            different = [name for name in wanted | found if wanted.get(name) != found.get(name)]
            n_different += len(different)
            print(
                f"{trial.command} {n_killed}/{n_kills}: killed {moment.seconds:.2f} s after change "
                f"{moment.changes}, with {n_left} files; in the end "
                f"{', '.join(different) or 'nothing'} differs.",
                flush=True,
            )
        shutil.rmtree(trial.folder)
    verdict = f"{n_different} files differed" if n_different else "every byte was the same"
    print(f"{whole.command}: {n_kills} kills, {len(wanted)} files compared each, {verdict}.")
    return n_different


def kill(trial: Trial, moment: Moment) -> bool:
    """Starts a command and kills it; False where it was over before."""
    process = trial.start()
    for _, _ in zip(range(moment.changes), trial.changes(process), strict=False):
        pass
    try:
        process.wait(moment.seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its path there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    main()
