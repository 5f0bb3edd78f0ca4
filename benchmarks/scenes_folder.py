"""Scenes as files: what a dataset of one's own looks like to the program."""

import json
from collections.abc import Mapping
from pathlib import Path

from explorer.scenes.world import N_CAPTIONS, open_scenes
from explorer.types import Dataset, Pairs


def pairs_of(dataset: Dataset, split: str) -> Pairs:
    """A split with captions, as those of Scenes are."""
    pairs = dataset.splits[split]
    assert isinstance(pairs, Pairs)
    return pairs


def write_scenes(folder: Path, sizes: Mapping[str, int], suffix: str = ".png") -> Path:
    """Writes an imagefolder with so many images of `train`, `val` and `test`; returns it.

    Args:
        folder: Must not exist yet.
        sizes: Images per split; five captions each.
        suffix: The format of the files, ".png" or ".jpg".
    """
    scenes = open_scenes(**{f"n_{split}": size for split, size in sizes.items()})
    for split in scenes.splits:
        pairs = pairs_of(scenes, split)
        (folder / split).mkdir(parents=True)
        lines = []
        for index in range(pairs.n_images):
            name = f"{index:06d}{suffix}"
            pairs.open_image(index).save(folder / split / name)
            captions = pairs.captions[index * N_CAPTIONS : (index + 1) * N_CAPTIONS]
            lines.append(json.dumps({"file_name": name, "caption": captions}))
        (folder / split / "metadata.jsonl").write_text("\n".join(lines) + "\n")
    return folder
