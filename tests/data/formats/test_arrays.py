"""Files of MNIST, CIFAR, SVHN and MedMNIST: read as they are given out, and never run."""

import random
from contextlib import suppress

import numpy as np
import pytest

from explorer.data.convert import convert
from explorer.data.found import read_splits
from explorer.data.inspect import inspect
from explorer.data.open import open_dataset
from explorer.errors import ExplorerError
from tests.data.arrays import SIZES, WRITERS

writers = pytest.mark.parametrize("writer", WRITERS, ids=lambda each: each.__name__)


@writers
def test_images_classes_and_splits_are_those_of_the_files(tmp_path, writer):
    folder = writer(tmp_path / "data")
    format_, splits = read_splits(str(folder))
    assert format_ == WRITERS[writer]
    assert {name: split.n_images for name, split in splits.items()} == SIZES
    for split in map(open_dataset(str(folder)).labelled, SIZES):
        assert split.classes == ["red", "green", "blue"]
        for i in (0, split.n_images - 1):
            image = split.open_image(i)
            assert image.mode == "RGB"
            assert np.asarray(image)[3, 5].tolist() == [20 * split.labels[i] + 7] * 3


@writers
def test_they_are_inspected_and_converted_without_a_loss(tmp_path, writer):
    folder = writer(tmp_path / "data")
    facts = inspect(str(folder))
    assert facts["splits"]["test"]["per_class"] == {"red": 2, "green": 2, "blue": 2}
    assert facts["shared"] == []
    assert facts["left_out"] == []
    convert(str(folder), tmp_path / "out")
    before, after = (read_splits(str(path))[1]["test"] for path in (folder, tmp_path / "out"))
    for i in range(before.n_images):
        assert np.array_equal(np.asarray(before.open_image(i)), np.asarray(after.open_image(i)))


@writers
def test_only_sentences_come_of_damage(tmp_path, writer):
    rng = random.Random(writer.__name__)
    folder = writer(tmp_path / "data")
    files = sorted(path for path in folder.iterdir() if path.suffix != ".txt")
    for path in rng.choices(files, k=12):
        content = path.read_bytes()
        at = rng.randrange(min(len(content), 300))
        hostile = rng.choice([b"\xff" * 4, b"9" * 300, b"c__builtin__\neval\n", b"."])
        path.write_bytes(rng.choice([content[:at], content[:at] + hostile + content[at + 4 :]]))
        with suppress(ExplorerError):
            for split in open_dataset(str(folder)).splits.values():
                for i in range(split.n_images):
                    split.open_image(i)
        path.write_bytes(content)
