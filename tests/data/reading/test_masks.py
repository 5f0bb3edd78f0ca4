"""Images with a class, a caption and a mask each, as captions-dm reads them."""

import json

import numpy as np
import pytest
from PIL import Image

from explorer.data.found import look_into
from explorer.data.open import open_dataset
from explorer.data.reading.masks import Masks
from explorer.types import Labelled
from tests.data.greys import write, write_images

LEVELS = {f"{n}.png": 10 * n + 10 for n in range(12)}


def write_guided(folder, table: str, images: str = "images", masks: str = "masks"):
    """The left half of each image is what its class names; masks hold 0 and 1."""
    write_images(folder / images, LEVELS)
    half = np.array([[1, 1, 0, 0]] * 4, np.uint8)
    (folder / masks).mkdir(parents=True)
    for name in LEVELS:
        Image.fromarray(half).save(folder / masks / name)
    rows = [
        {
            "file_name": f"{images}/{name}".lstrip("/"),
            "label": "ab"[n % 2],
            "caption": f"an image {n}",
        }
        for n, name in enumerate(LEVELS)
    ]
    lines = map(json.dumps, rows) if table.endswith("jsonl") else [",".join(rows[0])]
    rest = [] if table.endswith("jsonl") else [",".join(row.values()) for row in rows]
    write(folder / table, "\n".join([*lines, *rest]))


@pytest.mark.parametrize("table", ["metadata.jsonl", "metadata.csv", "all.csv"])
@pytest.mark.parametrize(
    ("images", "masks"), [("images", "masks"), ("", "Mask"), ("a/b", "a/masks")]
)
def test_a_class_a_caption_and_a_mask_of_each_image_are_read_together(
    tmp_path, table, images, masks
):
    write_guided(tmp_path, table, images, masks)
    dataset = open_dataset(str(tmp_path))
    train = dataset.labelled()
    assert train.classes == ["a", "b"]
    assert "no table names" not in dataset.found
    assert f"Masks are in {masks}/." in dataset.found
    for i, name in enumerate(train.image_names):
        n = int(name.rpartition("/")[2].partition(".")[0])
        assert (train.captions[i], train.classes[train.labels[i]]) == (f"an image {n}", "ab"[n % 2])
        assert train.open_image(i).getpixel((0, 0))[0] == LEVELS[f"{n}.png"]
        mask = np.asarray(train.masks.open_image(i))
        assert (mask[:, :2] == 255).all()
        assert not mask[:, 2:].any()


def test_images_that_lack_a_mask_are_counted_and_without_any_captions_win(tmp_path):
    write_guided(tmp_path, "all.csv")
    (tmp_path / "masks" / "3.png").unlink()
    found = look_into(str(tmp_path))
    assert isinstance(found.splits["train"], Labelled)
    assert found.left_out.examples["images without a mask"] == ["images/3.png"]
    (tmp_path / "masks").rename(tmp_path / "others")
    assert not isinstance(look_into(str(tmp_path)).splits["train"], Labelled)


def test_a_mask_has_the_name_of_its_image_in_any_kind_of_file(tmp_path):
    write_images(tmp_path / "train" / "masks", {"0.png": 10, "a/1.png": 20, "images/2.png": 30})
    masks = Masks(tmp_path)
    assert masks.of("train/images/0.jpg") == "train/masks/0.png"
    assert masks.of("train/images/a/1.jpg") == "train/masks/a/1.png"
    assert masks.of("train/images/2.webp") == "train/masks/images/2.png"
    assert masks.of("test/images/0.jpg") is None
    assert masks.of("train/masks/0.png") is None
    assert not Masks(tmp_path / "train" / "masks")
