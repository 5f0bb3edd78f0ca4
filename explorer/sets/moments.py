"""Moments of a set while it is learned: which are looked at, and the best, kept beside the set."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from explorer.errors import BadDataError
from explorer.sets.folder import DistilledSet, Row
from explorer.store.reading import fits, read_object
from explorer.store.writing import ASIDE, write_aside
from explorer.types import Samples

MOMENTS = 20
"""Steps that are looked at, or a few more, evenly over all; and the start."""
_LOOK = "look.json"  # of a moment; written last: without it the moment is not whole


def is_moment(step: int, of: int) -> bool:
    """Whether the set is looked at after this step of so many.

    Examples:
        >>> [step for step in range(101) if is_moment(step, 100)][:3], is_moment(7, 7)
        ([0, 5, 10], True)
    """
    return step % max(1, of // MOMENTS) == 0 or step == of


class BestMoment:
    """The moment with the highest score so far; the first of several."""

    def __init__(self, target: Path) -> None:
        """`target` is the folder of the set."""
        self._target = target
        found = [each for each in map(_read, target.glob(f"{ASIDE}moment-*")) if each]
        self.score, self.step = max(found, key=lambda look: (look[0], -look[1]), default=(-1.0, -1))

    def offer(
        self,
        step: int,
        score: float,
        rows: Sequence[Row],
        images: Sequence[Image.Image],
        samples: Samples,
    ) -> None:
        """Keeps the set as it is at a step, where it scores more than at all before."""
        if score <= self.score:
            return
        folder = self._folder(step)
        shutil.rmtree(folder, ignore_errors=True)
        moment = DistilledSet(folder)
        moment.add([], rows, images)
        moment.write_learned(samples)
        write_aside(folder / _LOOK, json.dumps({"score": score, "step": step}).encode())
        before, self.score, self.step = self.step, score, step
        shutil.rmtree(self._folder(before), ignore_errors=True)

    def restore(self) -> list[Row]:
        """Makes the set what it was then; returns its lines."""
        folder = self._folder(self.step)
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            if path.name != _LOOK:
                out = self._target / path.relative_to(folder)
                out.parent.mkdir(parents=True, exist_ok=True)
                write_aside(out, path.read_bytes())
        return DistilledSet(self._target).rows()

    def forget(self) -> None:
        """Removes what was kept, once the set is whole."""
        for folder in self._target.glob(f"{ASIDE}moment-*"):
            shutil.rmtree(folder)

    def _folder(self, step: int) -> Path:
        return self._target / f"{ASIDE}moment-{step:06d}"


def _read(folder: Path) -> tuple[float, int] | None:
    try:
        look = read_object(folder / _LOOK)
    except BadDataError:
        return None
    kinds = {"score": float, "step": int}
    is_whole = look.keys() == kinds.keys() and fits(look, kinds)
    return (look["score"], look["step"]) if is_whole else None
