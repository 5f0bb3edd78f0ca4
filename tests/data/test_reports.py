"""Problem files after public bug reports: `expected.json` of a folder says what each holds."""

import colorsys
import json
import os
from pathlib import Path

import numpy as np
import pytest

from explorer.data.found import read_splits
from explorer.types import Pairs

FOLDER = Path(
    os.environ.get("EXPLORER_REPORTS")
    or Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "reports"
)


def cases() -> list:
    """Each case with what is expected of it; one that is skipped where the folder is not here."""
    path = FOLDER / "expected.json"
    if not path.is_file():
        reason = f"no problem files in {FOLDER.name}/"
        return [pytest.param("", {}, marks=pytest.mark.skip(reason=reason), id="none")]
    found = json.loads(path.read_text("utf-8"))
    return [pytest.param(name, want, id=name) for name, want in found.items()]


def images(pairs: Pairs) -> dict[str, tuple[list[str], np.ndarray]]:
    """Captions and mean colour of each image, by its first caption."""
    found = {}
    for i in range(pairs.n_images):
        captions = [pairs.captions[m] for m in np.flatnonzero(pairs.image_of_caption == i)]
        pixels = np.asarray(pairs.open_image(i).convert("RGB"))
        found[captions[0]] = captions, pixels.reshape(-1, 3).mean(0)
    return found


@pytest.mark.recorded
@pytest.mark.parametrize(("name", "want"), cases())
def test_a_reported_case_is_read_right(name, want):
    splits = read_splits(str(FOLDER / name))[1]
    for split, n in want.get("splits", {}).items():
        assert splits[split].n_images == n
    found = {}
    for split in splits.values():
        assert isinstance(split, Pairs)
        found |= images(split)
    for number, captions in want["pictures"].items():
        wanted = [" ".join(each.split()).lower() for each in captions]
        assert wanted[0] in found
        said, colour = found[wanted[0]]
        hue = int(number) * 7 % 36 / 36
        assert said == wanted
        assert colour == pytest.approx(np.array(colorsys.hsv_to_rgb(hue, 0.9, 0.9)) * 255, abs=12)
