"""The images and captions that the built-in models learn from: not those of Scenes itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.scenes.captions import write_captions
from explorer.scenes.pen import SIZE
from explorer.scenes.scene import draw_scene, sample_scene
from explorer.scenes.world import N_CAPTIONS

SEED = 1
"""Scenes itself is seed 0, so no model has seen an image that people distill."""
N_TRAIN, N_VAL = 40_000, 1_000


class Draws(NamedTuple):
    """Images in memory; the last `N_VAL` are for choosing, never trained on."""

    images: np.ndarray  # (N, SIZE, SIZE, 3) uint8
    captions: list[list[str]]  # N lists of N_CAPTIONS, without the swaps of Scenes' train split
    attributes: list[Mapping[str, Any]]  # N


def load_draws(folder: Path) -> Draws:
    """Reads the draws, or makes them first: about a minute and 2 GB."""
    folder.mkdir(parents=True, exist_ok=True)
    scenes = [sample_scene((SEED, 0, index)) for index in range(N_TRAIN + N_VAL)]
    path = folder / "images.npy"
    if not path.exists():
        shape = (len(scenes), SIZE, SIZE, 3)
        unfinished = path.with_suffix(".partial")
        images = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=shape)
        for index, scene in enumerate(scenes):
            images[index] = np.asarray(draw_scene(scene))
        images.flush()
        unfinished.rename(path)
    captions = [list(write_captions(scene, (SEED, 0, index))) for index, scene in enumerate(scenes)]
    assert len(captions[0]) == N_CAPTIONS
    return Draws(np.load(path), captions, [scene.attributes() for scene in scenes])


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")
