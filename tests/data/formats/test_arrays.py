"""Files of MNIST, CIFAR, SVHN and MedMNIST: read as they are given out, and never run."""

import gzip
import io
import json
import pickle
import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from explorer.data.convert import convert
from explorer.data.inspect import inspect
from explorer.data.open import open_dataset, read_splits
from explorer.data.reading.class_names import names_beside
from explorer.errors import BadDataError, ExplorerError
from tests.data.greys import write
from tests.data.layouts import write_tar

SIZES = {"train": 12, "test": 6}
MEDICAL = Path(__file__).parents[4] / "shared" / "data" / "pneumoniamnist"


def made(n: int, side: int, colour: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of one level each, 20 c + 7 for class c of 0, 1 and 2, and their classes."""
    label = np.arange(n) % 3
    rng = np.random.default_rng(seed)
    image = np.repeat(20 * label + 7, side * side * (3 if colour else 1)).astype(np.uint8)
    image = image.reshape(n, side, side, *([3] if colour else []))
    image[:, 0, 0] = rng.integers(256, size=image[:, 0, 0].shape)  # so that no two are the same
    return image, label


def idx_bytes(array: np.ndarray) -> bytes:
    sizes = b"".join(int(side).to_bytes(4, "big") for side in array.shape)
    return b"\0\0\x08" + bytes([array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def idx(folder: Path, packed: bool = True) -> Path:
    for called, (split, n) in zip(("train", "t10k"), SIZES.items(), strict=True):
        image, label = made(n, 9, False, len(split))
        for name, array in (("images-idx3", image), ("labels-idx1", label)):
            content = idx_bytes(array)
            path = folder / f"{called}-{name}-ubyte{'.gz' if packed else ''}"
            write(path, gzip.compress(content) if packed else content)
    write(folder / "classes.txt", "red\ngreen\nblue\n")
    return folder


def idx_unpacked(folder: Path) -> Path:
    return idx(folder, packed=False)


def cifar_binary(folder: Path) -> Path:
    for split, n in SIZES.items():
        image, label = made(n, 32, True, len(split))
        rows = np.column_stack([label, image.transpose(0, 3, 1, 2).reshape(n, -1)])
        name = "data_batch_1" if split == "train" else "test_batch"
        write(folder / f"{name}.bin", rows.astype(np.uint8).tobytes())
    write(folder / "batches.meta.txt", "red\ngreen\nblue\n\n")
    return folder


def cifar_100_binary(folder: Path) -> Path:
    for split, n in SIZES.items():
        image, label = made(n, 32, True, len(split))
        rows = np.column_stack([label, label, image.transpose(0, 3, 1, 2).reshape(n, -1)])
        write(folder / f"{split}.bin", rows.astype(np.uint8).tobytes())
    write(folder / "fine_label_names.txt", "red\ngreen\nblue\n")
    write(folder / "coarse_label_names.txt", "\n".join(f"group {n}" for n in range(20)))
    return folder


def cifar_pickled(folder: Path, protocol: int = 2) -> Path:
    for split, n in SIZES.items():
        image, label = made(n, 32, True, len(split))
        batch = {
            b"data": image.transpose(0, 3, 1, 2).reshape(n, -1),
            b"labels": label.tolist(),
            b"filenames": [f"{i}.png".encode() for i in range(n)],
        }
        name = "data_batch_1" if split == "train" else "test_batch"
        write(folder / name, pickle.dumps(batch, protocol))
    names = {"label_names": ["red", "green", "blue"], "num_vis": 3072}
    write(folder / "batches.meta", pickle.dumps(names, protocol))
    return folder


def cifar_pickled_now(folder: Path) -> Path:
    return cifar_pickled(folder, 5)


def svhn(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for split, n in SIZES.items():
        image, label = made(n, 32, True, len(split))
        there = np.where(label == 0, 10, label)[:, None].astype(np.uint8)
        savemat(folder / f"{split}_32x32.mat", {"X": np.moveaxis(image, 0, -1), "y": there})
    write(folder / "classes.txt", "red\ngreen\nblue\n")
    return folder


def medical(folder: Path) -> Path:
    arrays = {}
    for split, n in SIZES.items():
        image, label = made(n, 28, False, len(split))
        arrays |= {f"{split}_images": image, f"{split}_labels": label[:, None].astype(np.uint8)}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    write(folder / "some.npz", file.getvalue())
    write(folder / "classes.txt", "red\ngreen\nblue\n")
    return folder


def keras(folder: Path) -> Path:
    arrays = {}
    for split, n in SIZES.items():
        arrays[f"x_{split}"], arrays[f"y_{split}"] = made(n, 28, True, len(split))
    file = io.BytesIO()
    np.savez(file, **arrays)
    write(folder / "mnist.npz", file.getvalue())
    write(folder / "class_names.txt", "red\ngreen\nblue\n")
    return folder


WRITERS = {
    idx: "MNIST's idx files",
    idx_unpacked: "MNIST's idx files",
    cifar_binary: "CIFAR's binary files",
    cifar_100_binary: "CIFAR's binary files",
    cifar_pickled: "CIFAR's Python batches",
    cifar_pickled_now: "CIFAR's Python batches",
    svhn: "SVHN's mat files",
    medical: "NumPy arrays with labels",
    keras: "NumPy arrays with labels",
}
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


class Harmful:
    def __reduce__(self):
        return (eval, ("open('harm', 'w').close()",))


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_asks_for_a_call_is_refused_and_nothing_is_run(
    tmp_path, monkeypatch, protocol
):
    monkeypatch.chdir(tmp_path)
    folder = cifar_pickled(tmp_path / "data")
    batch = {"data": np.zeros((1, 3072), np.uint8), "labels": [0], "more": Harmful()}
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, protocol))
    with pytest.raises(BadDataError, match=r"asks for (__builtin__|builtins)\.eval\. Save its"):
        open_dataset(str(folder))
    assert not (tmp_path / "harm").exists()


def test_python_objects_in_an_archive_are_refused(tmp_path):
    file = io.BytesIO()
    image = np.array([Harmful()], dtype=object)
    np.savez(file, train_images=image, train_labels=np.zeros(1, np.uint8))
    write(tmp_path / "some.npz", file.getvalue())
    with pytest.raises(BadDataError, match="Python objects in train_images"):
        open_dataset(str(tmp_path))


def test_a_size_that_no_file_can_hold_is_refused_before_it_is_read(tmp_path):
    idx(tmp_path / "data")
    head = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (60_000, 28, 28))
    path = tmp_path / "data" / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(head))
    with pytest.raises(BadDataError, match=r"is cut, or too long: it should hold 47,040,000"):
        open_dataset(str(tmp_path / "data"))
    path.write_bytes(gzip.compress(head[:4] + b"\xff" * 12))
    with pytest.raises(BadDataError, match="more than 2 GiB"):
        open_dataset(str(tmp_path / "data"))


def test_labels_without_images_and_several_labels_an_image_are_refused(tmp_path):
    folder = idx(tmp_path / "data")
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(BadDataError, match=r"is there, but not its file of images"):
        open_dataset(str(folder))
    file = io.BytesIO()
    image, _ = made(4, 8, False, 0)
    np.savez(file, train_images=image, train_labels=np.zeros((4, 14), np.uint8))
    write(tmp_path / "chest" / "chest.npz", file.getvalue())
    with pytest.raises(BadDataError, match="14 labels for each image of train; one is"):
        open_dataset(str(tmp_path / "chest"))


def test_fashion_is_known_by_its_first_labels(tmp_path):
    folder = idx(tmp_path / "data")
    first = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 4, 6, 8]
    for name, array in (("images-idx3", np.zeros((20, 8, 8))), ("labels-idx1", np.array(first))):
        path = folder / f"train-{name}-ubyte.gz"
        path.write_bytes(gzip.compress(idx_bytes(array)))
    train = read_splits(str(folder))[1]["train"]
    assert train.classes[:2] == ["T-shirt/top", "Trouser"]
    assert train.classes[int(train.labels[0])] == "Ankle boot"


def test_a_coarse_label_comes_as_a_column(tmp_path):
    train = read_splits(str(cifar_100_binary(tmp_path / "data")))[1]["train"]
    column = train.columns["coarse_label"]
    assert [column.names[n] for n in column.values[:3]] == ["group 0", "group 1", "group 2"]


def test_names_of_classes_that_the_hub_wrote_are_kept(tmp_path):
    from datasets import ClassLabel, Dataset, Features, Image

    from tests.data.greys import image

    features = Features({"image": Image(), "label": ClassLabel(names=["zebra", "ant"])})
    rows = {
        "image": [{"bytes": image(10 * n), "path": None} for n in range(6)],
        "label": [n % 2 for n in range(5)] + [-1],
    }
    made = Dataset.from_dict(rows, features=features)
    (tmp_path / "parquet").mkdir()
    made.to_parquet(tmp_path / "parquet" / "train.parquet")
    made.save_to_disk(tmp_path / "saved")
    for folder in ("parquet", "saved"):
        found = open_dataset(str(tmp_path / folder))
        assert found.labelled().classes == ["zebra", "ant"]
        assert "labels that are no number of a class (1)" in found.found


def test_classes_of_shards_are_named_by_the_file_beside_them(tmp_path):
    from tests.data.greys import image

    files = [
        (f"{n}.{end}", content)
        for n in range(5)
        for end, content in (("png", image(n)), ("cls", str(n % 2).encode()))
    ]
    write_tar(tmp_path / "train.tar", files)
    write(tmp_path / "classes.txt", "zebra\nant\n")
    assert open_dataset(str(tmp_path)).labelled().classes == ["zebra", "ant"]


def test_a_real_archive_is_read_as_it_came():
    if not MEDICAL.is_dir():
        pytest.skip("the collection of labelled images is not here")
    splits = read_splits(str(MEDICAL))[1]
    sizes = {name: split.n_images for name, split in splits.items()}
    assert sizes == {"train": 3882, "val": 524, "test": 624}
    assert np.bincount(splits["train"].labels).tolist() == [388, 3494]
    assert json.dumps(list(splits["train"].classes)) == '["0", "1"]'


@pytest.mark.parametrize(
    ("labels", "names", "zero"),
    [
        (range(1, 11), "", "0"),  # SVHN
        (range(1, 11), "zero one two three four five six seven eight nine", "zero"),
        (range(1, 11), "a b c d e f g h i ten", "ten"),
        (range(12), "", "10"),
    ],
)
def test_ten_is_the_digit_0_only_among_digits(tmp_path, labels, names, zero):
    image = np.zeros((8, 8, 3, len(labels)), np.uint8)
    savemat(tmp_path / "train_32x32.mat", {"X": image, "y": np.array(labels)[:, None]})
    if names:
        write(tmp_path / "classes.txt", names.replace(" ", "\n"))
    train = read_splits(str(tmp_path))[1]["train"]
    assert len(train.classes) == len(labels)
    assert train.classes[train.labels[list(labels).index(10)]] == zero


def test_idx_files_may_lie_in_folders_called_as_they_are(tmp_path):
    idx(tmp_path / "data")
    for path in sorted((tmp_path / "data").glob("*ubyte*")):
        write(tmp_path / "unpacked" / path.name / path.name, path.read_bytes())
    one, other = (read_splits(str(tmp_path / name))[1] for name in ("data", "unpacked"))
    assert {n: e.labels.tolist() for n, e in one.items()} == {
        n: e.labels.tolist() for n, e in other.items()
    }


@pytest.mark.parametrize("lines", ["0 a cat\n1 dog\n", "1: a cat\n2: dog\n", "0,a cat\n1,dog"])
def test_the_numbers_of_classes_are_not_in_their_names(tmp_path, lines):
    write(tmp_path / "classes.txt", lines)
    assert names_beside(tmp_path) == ["a cat", "dog"]


def test_numbers_that_do_not_count_are_in_names(tmp_path):
    write(tmp_path / "classes.txt", "1 euro\n5 euro\n")
    assert names_beside(tmp_path) == ["1 euro", "5 euro"]


@pytest.mark.parametrize("names", [("images", "labels"), ("X", "y")])
def test_arrays_that_name_no_split_are_for_training(tmp_path, names):
    file, arrays = io.BytesIO(), made(6, 8, False, 0)
    np.savez(file, **dict(zip(names, arrays, strict=True)))
    write(tmp_path / "a.npz", file.getvalue())
    assert read_splits(str(tmp_path))[1]["train"].labels.tolist() == arrays[1].tolist()


@pytest.mark.parametrize("shape", [(3, 3, 8, 8), (3, 8, 8, 8)])
def test_images_of_another_shape_are_refused_with_it(tmp_path, shape):
    file = io.BytesIO()
    np.savez(file, x_train=np.zeros(shape, np.uint8), y_train=np.arange(3))
    write(tmp_path / "a.npz", file.getvalue())
    with pytest.raises(BadDataError, match="8 x 8 for each image of train; wanted are height x"):
        open_dataset(str(tmp_path))
