"""Scenes as a dataset, the same on every machine: with five captions an image, or with classes."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.core.columns import IMAGE, GrowingTable
from explorer.scenes.captions import write_captions
from explorer.scenes.environments import ENVIRONMENTS
from explorer.scenes.scene import (
    Scene,
    draw_scene,
    mask_of_environment,
    mask_of_main_thing,
    sample_scene,
)
from explorer.scenes.things import THINGS
from explorer.types import Column, Dataset, Labelled, Pairs, Split

N_CAPTIONS = 5
"""Captions per image, from the shortest to the most detailed."""
SWAPPED_FRACTION = 0.04
"""Share of train captions that stand at a wrong image, for the similarity filter to find."""


class Labels(NamedTuple):
    """What images are labelled by."""

    classes: tuple[str, ...]
    of: Callable[[Scene], str]
    mask: Callable[[Scene], Image.Image]  # where it is seen what the class names


LABELS = {
    "kinds": Labels(tuple(THINGS), lambda scene: scene.things[0].kind, mask_of_main_thing),
    "environments": Labels(
        tuple(ENVIRONMENTS), lambda scene: scene.environment, mask_of_environment
    ),
}
CAPTION_OF_LABELLED = 2
"""Which of the captions an image of a class has: its main thing, the environment and the time."""
_VERSION = 1
"""Raised when the same seed starts to give other images or captions."""
_SPLITS = {"train": 0, "val": 1, "test": 2}


def open_scenes(
    n_train: int = 6000,
    n_val: int = 500,
    n_test: int = 1000,
    seed: int = 0,
    swapped: float = SWAPPED_FRACTION,
) -> Dataset:
    """The built-in world; images are drawn when they are opened, about 1 ms each.

    The first images of train are the same whatever their number; another seed is another draw from
    the same world. A share `swapped` of the train captions stands at a wrong image.
    """
    sizes = {"train": n_train, "val": n_val, "test": n_test}
    splits = {
        split: _open_split(split, n_images, seed, swapped if split == "train" else 0.0)
        for split, n_images in sizes.items()
    }
    total = ", ".join(f"{count:,} {split}" for split, count in sizes.items())
    return Dataset(name="Scenes", found=f"The built-in world: {total} images.", splits=splits)


def open_labelled_scenes(
    what: str, n_train: int = 6000, n_val: int = 500, n_test: int = 1000, seed: int = 0
) -> Dataset:
    """The images of the built-in world, labelled by what is truly in them, one of `LABELS`.

    Numbers and seed are as of `open_scenes`.
    """
    sizes = {"train": n_train, "val": n_val, "test": n_test}
    classes = LABELS[what].classes
    total = ", ".join(f"{count:,} {split}" for split, count in sizes.items())
    return Dataset(
        name=f"Scenes by {what}",
        found=f"The built-in world, {len(classes)} {what}: {total} images.",
        splits={name: _open_labelled(what, name, n, seed) for name, n in sizes.items()},
    )


def _open_labelled(what: str, split: str, n_images: int, seed: int) -> Labelled:
    scenes = [scene_of(split, index, seed) for index in range(n_images)]
    labels = LABELS[what]
    names = [f"{split}/{index:06d}" for index in range(n_images)]
    return Labelled(
        labels=np.array([labels.classes.index(labels.of(scene)) for scene in scenes], np.int64),
        classes=labels.classes,
        captions=_Captions(scenes, (seed, _SPLITS[split])),
        masks=Split(
            image_names=names,
            open_image=partial(_draw_mask, what, split, seed),
            fingerprint=f"scenes-{what}-masks-{_VERSION}-{seed}-{split}-{n_images}",
        ),
        image_names=names,
        open_image=partial(_draw, split, seed),
        fingerprint=f"scenes-{what}-{_VERSION}-{seed}-{split}-{n_images}",
        same_images=_fingerprint(split, n_images, seed),
        attributes=(attributes := [scene.attributes() for scene in scenes]),
        columns=_columns(attributes),
    )


class _Captions(Sequence[str]):
    """A caption of each scene; all are written once one is asked for, which takes a second."""

    def __init__(self, scenes: Sequence[Scene], seed: tuple[int, int]) -> None:
        self._scenes, self._seed = scenes, seed

    @cached_property
    def _written(self) -> list[str]:
        return [
            write_captions(scene, (*self._seed, index))[CAPTION_OF_LABELLED]
            for index, scene in enumerate(self._scenes)
        ]

    def __len__(self) -> int:
        return len(self._scenes)

    def __getitem__(self, index: Any) -> Any:
        return self._written[index]


def _columns(attributes: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """What each image shows; its kind, colour and side are those of the main thing."""
    table = GrowingTable()
    for each in attributes:
        main, *others = each["things"]
        shown = {name: main[name] for name in ("kind", "colour", "side")}
        beside = [thing["kind"] for thing in others]
        place = {"environment": each["environment"], "time": each["time"]}
        table.add({**shown, **place, "things": len(each["things"]), "beside": beside})
    return table.columns(IMAGE)


def scene_of(split: str, index: int, seed: int = 0) -> Scene:
    """The scene that image `index` of a split shows."""
    return sample_scene((seed, _SPLITS[split], index))


def swapped_captions(n_images: int, seed: int = 0, share: float = SWAPPED_FRACTION) -> np.ndarray:
    """Train caption rows that were swapped between images: row 2i with row 2i + 1 of the result.

    Returns:
        (S,) int64, S even, about this share of all rows; those of a smaller share are the first.
        Known to tests, not to a method.
    """
    n_rows = n_images * N_CAPTIONS
    chosen = np.argsort(np.random.default_rng([seed, 99]).random(n_rows), kind="stable")
    chosen = chosen[: int(n_rows * share) // 2 * 2]
    pairs = chosen.reshape(-1, 2)
    swapped: np.ndarray = pairs[pairs[:, 0] // N_CAPTIONS != pairs[:, 1] // N_CAPTIONS]
    return swapped.ravel()


def _open_split(split: str, n_images: int, seed: int, swapped: float) -> Pairs:
    scenes = [scene_of(split, index, seed) for index in range(n_images)]
    captions = [
        caption
        for index, scene in enumerate(scenes)
        for caption in write_captions(scene, (seed, _SPLITS[split], index))
    ]
    for first, second in swapped_captions(n_images, seed, swapped).reshape(-1, 2):
        captions[first], captions[second] = captions[second], captions[first]
    return Pairs(
        captions=captions,
        image_of_caption=np.repeat(np.arange(n_images), N_CAPTIONS),
        image_names=[f"{split}/{index:06d}" for index in range(n_images)],
        open_image=partial(_draw, split, seed),
        fingerprint=_fingerprint(split, n_images, seed, swapped),
        attributes=(attributes := [scene.attributes() for scene in scenes]),
        columns=_columns(attributes),
    )


def _fingerprint(split: str, n_images: int, seed: int, swapped: float = 0.0) -> str:
    told = f"-swapped-{swapped}" if swapped not in (0, SWAPPED_FRACTION) else ""
    return f"scenes-{_VERSION}-{seed}-{split}-{n_images}{told}"


def _draw(split: str, seed: int, index: int) -> Image.Image:
    return draw_scene(scene_of(split, index, seed))


def _draw_mask(what: str, split: str, seed: int, index: int) -> Image.Image:
    return LABELS[what].mask(scene_of(split, index, seed))
