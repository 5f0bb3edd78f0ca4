"""Images of `digits` forming, as a GIF: one per class by some methods, one row each, from noise.

python -m benchmarks.images_forming docs/images-forming.gif
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.methods.registry import find_method
from explorer.progress import NOBODY
from explorer.runs.config import RunConfig
from explorer.runs.distill import open_run, resolve
from explorer.settings import declared
from explorer.store.store import Store

QUICK = {
    "image_size": 8,
    "steps": 200,
    "width": 16,
    "depth": 1,
    "start": "noise",
    "augmentation": "none",
}
FRAMES, ZOOM, GAP = 20, 4, 4
MOMENT, LAST = 120, 2000  # milliseconds


def frames(store: Store, name: str) -> Iterator[np.ndarray]:
    """The images of a set side by side, (height, width, 3) uint8, from the start to the end."""
    method = find_method(name)
    known = {each.name for each in declared(method.config)}
    settings = method.config(**{n: value for n, value in QUICK.items() if n in known})
    config = RunConfig(data="digits", task="classification", method=name, size=1, settings=settings)
    context = resolve(store, config, open_run(config, "cpu", NOBODY, "pixels"), NOBODY)
    assert method.make is not None
    for state in method.make(context, config.settings, None):
        if state.done % (state.total // FRAMES) == 0:
            images = state.samples().images
            assert isinstance(images, np.ndarray)
            yield np.concatenate(list(map(_shown, images)), axis=1)


def _shown(image: np.ndarray) -> np.ndarray:
    levels = (image.clip(0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    large = levels.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    return np.pad(large, ((0, GAP), (0, GAP), (0, 0)), constant_values=255)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--methods", nargs="+", default=["dc", "dm", "dd", "kip"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [list(frames(Store(Path(folder)), name)) for name in options.methods]
    whole = [Image.fromarray(np.concatenate(each)) for each in zip(*rows, strict=True)]
    first, *others = [each.convert("L").quantize(32) for each in whole]
    lasting = [MOMENT] * len(others) + [LAST]
    first.save(options.out, save_all=True, append_images=others, duration=lasting, loop=0)
    print(f"{options.out}: {options.out.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
