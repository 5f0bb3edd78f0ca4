"""A hand-made dataset: images of one colour with captions that name it."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (20, 40, 220)}
SIZES = {"train": 20, "val": 5, "test": 6}


def write_colours(folder: Path, sizes: dict[str, int] = SIZES) -> Path:
    """Writes it as Karpathy JSON; image i of a split shows colour i modulo three."""
    (folder / "images").mkdir(parents=True)
    for split, size in sizes.items():
        rows = []
        for i in range(size):
            name, captions = f"images/{split}{i}.png", _captions(split, i)
            _image(split, i).save(folder / name)
            if split == "train":
                rows += [{"image": name, "caption": each, "image_id": i} for each in captions]
            else:
                rows.append({"image": name, "caption": captions})
        (folder / f"{split}.json").write_text(json.dumps(rows))
    return folder


def _captions(split: str, i: int) -> list[str]:
    colour = list(COLOURS)[i % 3]
    return [f"A {colour} square.", f"{split} square number {i} is {colour}"]


def _image(split: str, i: int) -> Image.Image:
    rng = np.random.default_rng([sum(split.encode()), i])
    noise = rng.integers(-20, 20, size=(40, 48, 3))
    colour = np.array(list(COLOURS.values())[i % 3])
    return Image.fromarray((colour + noise).clip(0, 255).astype(np.uint8))


def write_classes(folder: Path, sizes: dict[str, int] = SIZES) -> Path:
    """The same images in a folder per split and colour."""
    for split, size in sizes.items():
        for i in range(size):
            path = folder / split / list(COLOURS)[i % 3] / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            _image(split, i).save(path)
    return folder
