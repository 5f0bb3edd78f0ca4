"""The same images and captions come out of every layout in which they can be written."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

from explorer.data.captions import clean_caption
from explorer.data.formats.saved_to_disk import NAME
from explorer.data.found import read_splits
from explorer.data.images import decode_image
from explorer.data.known_formats import FORMATS
from explorer.data.open import open_dataset
from explorer.types import Pairs
from tests.colours import write_colours
from tests.data import layouts
from tests.data.arrays import WRITERS
from tests.data.layouts import WITH_SPLITS, WITHOUT_SPLITS, Captioned, World, Writer

SHARED = Path(__file__).parents[3] / "shared" / "data"
MINI, ANNOTATIONS = SHARED / "flickr8k-mini", SHARED / "annotations"

Content = dict[str, list[str]]
"""Captions by what an image looks like."""


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
            look(decode_image(each.content, each.file)): [
                clean_caption(caption) for caption in each.captions
            ]
            for each in world[split]
        }
        for split in splits
    }


def content(splits: Mapping[str, Pairs]) -> dict[str, Content]:
    return {split: content_of(pairs) for split, pairs in splits.items()}


def content_of(pairs: Pairs) -> Content:
    with ThreadPoolExecutor(4) as pool:  # as the pass over the images does
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
def test_layouts_without_splits_give_all_images(tmp_path, world, name, write):
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


def test_what_lies_around_a_dataset_does_no_harm(tmp_path, world):
    folder = layouts.mdm(tmp_path, world)
    around = tmp_path / "data" / "annotations"
    for name, image in (("away", "../a.jpg"), ("web", "http://example.org/a.jpg"), ("odd", "\\u")):
        layouts.write_text(around / name / "train.json", f'[{{"image": "{image}"')
    (around / "test.json").symlink_to("nowhere")
    assert content(read_splits(str(folder))[1]) == wanted(world, ["train", "val", "test"])


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (layouts.lors, "Captions are in "),
        (layouts.karpathy_original, "Images lie in Images/."),
        (layouts.kaggle_flickr30k, "Left out: rows with too few columns (1)."),
        (layouts.flickr8k_tokens, "captions of a name that is no image's (1), images in no list"),
        (layouts.llava, "conversations about no image, or about several (3)."),
        (layouts.parquet_hub, "4 files, captions from `caption`."),
        (layouts.parquet_bytes, "Left out: images that could not be fetched (3)."),
        (layouts.webdataset_json, "3 tar files."),
    ],
)
def test_it_says_what_it_found(tmp_path, world, write, sentence):
    assert sentence in open_dataset(str(write(tmp_path / "data", world))).found


@pytest.fixture(scope="module")
def coco() -> World:
    """Real captions, up to six an image, without the images."""
    if not ANNOTATIONS.is_dir():
        pytest.skip("the collection of caption files is not here")
    rows = json.loads((ANNOTATIONS / "coco_karpathy_val.json").read_text())
    rows = [*rows[:50], *(row for row in rows if len(row["caption"]) > 5)]
    named = [(PurePosixPath(row["image"]).name, row["caption"]) for row in rows]
    images = [Captioned(name, name.encode(), captions) for name, captions in dict(named).items()]
    return {"train": images[20:], "val": images[10:20], "test": images[:10]}


@pytest.mark.parametrize(("name", "write"), cases(WITH_SPLITS))
def test_any_number_of_captions_survives_every_layout(tmp_path, coco, name, write):
    _, splits = read_splits(str(write(tmp_path / "data", coco)))
    for split, images in coco.items():
        found: dict[int, list[str]] = {}
        pairs = splits[split]
        for i, caption in zip(pairs.image_of_caption, pairs.captions, strict=True):
            found.setdefault(int(i), []).append(caption)
        wanted = [[clean_caption(text) for text in each.captions] for each in images]
        assert sorted(found.values()) == sorted(wanted)


@pytest.mark.skipif(not ANNOTATIONS.is_dir(), reason="the caption files are not here")
def test_flickr8k_as_it_is_downloaded(tmp_path):
    for path in ANNOTATIONS.glob("Flickr*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    dataset = open_dataset(str(tmp_path))
    sizes = {split: (p.n_images, p.n_captions) for split, p in dataset.splits.items()}
    assert sizes == {"train": (6000, 30000), "val": (1000, 5000), "test": (1000, 5000)}
    assert dataset.found.endswith(
        "Images that are not there: 8,000. Left out: "
        "captions of a name that is no image's (5), images in no list of a split (91)."
    )


def test_no_format_is_without_a_layout():
    tested = {*WITH_SPLITS, *WITHOUT_SPLITS, "COCO captions", "class folders", NAME}
    tested |= {"lists of images and classes", "COCO categories", "CSV of pixels"}
    tested |= {*WRITERS.values()}
    assert {each.name for each in FORMATS} == tested
