"""Data that needs no file."""

from collections.abc import Callable
from functools import cache, partial

from explorer.scenes.digits import open_digits
from explorer.scenes.world import LABELS, open_labelled_scenes, open_scenes
from explorer.types import Dataset

BUILT_IN: dict[str, Callable[[], Dataset]] = {
    "scenes": open_scenes,
    **{f"scenes:swapped-{n}": partial(open_scenes, swapped=n / 100) for n in (20, 40)},
    **{f"scenes:{what}": partial(open_labelled_scenes, what) for what in LABELS},
    "digits": open_digits,
}
"""Data that needs no file, by the name that opens it."""


@cache
def built_in(data: str) -> Dataset:
    """Opened once per process: it never changes, and thinking it up takes a second or two."""
    return BUILT_IN[data]()
