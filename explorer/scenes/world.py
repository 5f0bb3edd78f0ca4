"""Scenes as a dataset: pictures with five captions each, the same on every machine."""

from functools import partial

import numpy as np
from PIL import Image

from explorer.scenes.captions import write_captions
from explorer.scenes.scene import Scene, draw_scene, sample_scene
from explorer.types import Dataset, Pairs

N_CAPTIONS = 5
"""Captions per picture, from the shortest to the most detailed."""
SWAPPED_FRACTION = 0.04
"""Share of train captions that stand at a wrong picture, for the similarity filter to find."""
_VERSION = 1
"""Raised when the same seed starts to give other pictures or captions."""
_SPLITS = {"train": 0, "val": 1, "test": 2}


def open_scenes(
    n_train: int = 6000, n_val: int = 500, n_test: int = 1000, seed: int = 0
) -> Dataset:
    """The built-in world; pictures are drawn when they are opened, about 4 ms each.

    Args:
        n_train: Train pictures; the first ones are the same whatever the number.
        n_val: Val pictures.
        n_test: Test pictures.
        seed: Another seed is another draw from the same world.
    """
    sizes = {"train": n_train, "val": n_val, "test": n_test}
    splits = {split: _open_split(split, n_images, seed) for split, n_images in sizes.items()}
    total = ", ".join(f"{count:,} {split}" for split, count in sizes.items())
    return Dataset(name="Scenes", found=f"The built-in world: {total} pictures.", splits=splits)


def scene_of(split: str, index: int, seed: int = 0) -> Scene:
    """The scene that picture `index` of a split shows."""
    return sample_scene((seed, _SPLITS[split], index))


def swapped_captions(n_images: int, seed: int = 0) -> np.ndarray:
    """Train caption rows that were swapped between pictures: row 2i with row 2i + 1 of the result.

    Returns:
        (S,) int64, S even, about `SWAPPED_FRACTION` of all rows. Known to tests, not to a method.
    """
    n_rows = n_images * N_CAPTIONS
    chosen = np.argsort(np.random.default_rng([seed, 99]).random(n_rows), kind="stable")
    chosen = chosen[: int(n_rows * SWAPPED_FRACTION) // 2 * 2]
    pairs = chosen.reshape(-1, 2)
    return pairs[pairs[:, 0] // N_CAPTIONS != pairs[:, 1] // N_CAPTIONS].ravel()


def _open_split(split: str, n_images: int, seed: int) -> Pairs:
    scenes = [scene_of(split, index, seed) for index in range(n_images)]
    captions = [
        caption
        for index, scene in enumerate(scenes)
        for caption in write_captions(scene, (seed, _SPLITS[split], index))
    ]
    if split == "train":
        for first, second in swapped_captions(n_images, seed).reshape(-1, 2):
            captions[first], captions[second] = captions[second], captions[first]
    return Pairs(
        captions=captions,
        image_of_caption=np.repeat(np.arange(n_images), N_CAPTIONS),
        image_names=[f"{split}/{index:06d}" for index in range(n_images)],
        open_image=partial(_draw, split, seed),
        fingerprint=f"scenes-{_VERSION}-{seed}-{split}-{n_images}",
        attributes=[scene.attributes() for scene in scenes],
    )


def _draw(split: str, seed: int, index: int) -> Image.Image:
    return draw_scene(scene_of(split, index, seed))
