"""The same pictures and captions come out of every layout in which they can be written."""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from explorer.pipeline.datasets.open import FORMATS, open_dataset, read_splits
from explorer.pipeline.datasets.pictures import decode_picture
from explorer.pipeline.datasets.records import clean_caption
from explorer.types import Pairs
from tests.pipeline.colours import write_colours
from tests.pipeline.datasets import layouts
from tests.pipeline.datasets.layouts import WITH_SPLITS, WITHOUT_SPLITS, World, Writer

MINI = Path(__file__).parents[4] / "shared" / "data" / "flickr8k-mini"

Content = dict[str, list[str]]
"""Captions by what a picture looks like."""


@pytest.fixture(scope="module", params=["colours", "flickr8k-mini"])
def world(request, tmp_path_factory) -> World:
    if request.param == "colours":
        folder = write_colours(tmp_path_factory.mktemp("world") / "colours")
        return layouts.read_world(folder, {"train": 20, "val": 5, "test": 6})
    if not MINI.is_dir():
        pytest.skip("the collection of photographs is not here")
    return layouts.read_world(MINI, {"train": 24, "val": 8, "test": 9})


def look(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def wanted(world: World, splits: Iterable[str]) -> dict[str, Content]:
    return {
        split: {
            look(decode_picture(each.content, each.file)): [
                clean_caption(caption) for caption in each.captions
            ]
            for each in world[split]
        }
        for split in splits
    }


def content(splits: Mapping[str, Pairs]) -> dict[str, Content]:
    return {split: content_of(pairs) for split, pairs in splits.items()}


def content_of(pairs: Pairs) -> Content:
    with ThreadPoolExecutor(4) as pool:  # as the pass over the pictures does
        looks = [look(image) for image in pool.map(pairs.open_image, range(pairs.n_images))]
    found: Content = {}
    for i, caption in zip(pairs.image_of_caption, pairs.captions, strict=True):
        found.setdefault(looks[i], []).append(caption)
    return found


def cases(layouts: Mapping[str, list[Writer]]) -> list[object]:
    return [
        pytest.param(name, write, id=write.__name__)
        for name, writers in layouts.items()
        for write in writers
    ]


@pytest.mark.parametrize(("name", "write"), cases(WITH_SPLITS))
def test_every_layout_gives_the_same_splits(tmp_path, world, name, write):
    format_name, splits = read_splits(str(write(tmp_path / "data", world)))
    assert format_name == name
    assert content(splits) == wanted(world, ["train", "val", "test"])


@pytest.mark.parametrize(("name", "write"), cases(WITHOUT_SPLITS))
def test_layouts_without_splits_give_all_pictures(tmp_path, world, name, write):
    folder = write(tmp_path / "data", world)
    format_name, splits = read_splits(str(folder))
    assert format_name == name
    every = {look: texts for each in wanted(world, world).values() for look, texts in each.items()}
    assert content(splits) == {"train": every}
    parts = content(open_dataset(str(folder)).splits)
    assert list(parts) == ["train", "val", "test"]
    assert {look: texts for part in parts.values() for look, texts in part.items()} == every


def test_cocos_own_files_have_train_and_val(tmp_path, world):
    name, splits = read_splits(str(layouts.coco_captions(tmp_path, world)))
    assert name == "COCO captions"
    assert content(splits) == wanted(world, ["train", "val"])


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (layouts.lors, "Captions are in "),
        (layouts.karpathy_original, "Pictures lie in Images/."),
        (layouts.kaggle_flickr30k, "Left out: 1 rows with too few columns."),
        (layouts.flickr8k_tokens, "1 captions of a name that is no picture's, 1 captions of"),
        (layouts.parquet_hub, "4 files, captions from `caption`."),
        (layouts.parquet_bytes, "Left out: 3 pictures that could not be fetched."),
        (layouts.webdataset_json, "3 tar files."),
    ],
)
def test_it_says_what_it_found(tmp_path, world, write, sentence):
    assert sentence in open_dataset(str(write(tmp_path / "data", world))).found


def test_no_format_is_without_a_layout():
    tested = {*WITH_SPLITS, *WITHOUT_SPLITS, "COCO captions"}
    assert {each.name for each in FORMATS} == tested
