"""Writes files of MNIST, CIFAR, SVHN and MedMNIST, with few images of three classes."""

import gzip
import io
import pickle
from pathlib import Path

import numpy as np
from scipy.io import savemat

from tests.data.greys import write

SIZES = {"train": 12, "test": 6}


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


def emnist(folder: Path) -> Path:
    """As EMNIST's letters: labels from 1 on, and images with columns for rows."""
    for split, n in SIZES.items():
        image, label = made(n, 9, False, len(split))
        image[:, 0, 5] = 255  # is right of the middle in the first row, once it is upright
        turned = image.transpose(0, 2, 1)
        for name, array in (("images-idx3", turned), ("labels-idx1", label + 1)):
            path = folder / f"emnist-letters-{split}-{name}-ubyte.gz"
            write(path, gzip.compress(idx_bytes(array)))
    write(folder / "emnist-letters-mapping.txt", "1 65 97\n2 66 98 \n3 67 99\n4 68 100\n")
    return folder


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


def stl(folder: Path) -> Path:
    for split, n in SIZES.items():
        image, label = made(n, 96, True, len(split))
        write(folder / f"{split}_X.bin", image.transpose(0, 3, 2, 1).tobytes())
        write(folder / f"{split}_y.bin", (label + 1).astype(np.uint8).tobytes())
    write(folder / "class_names.txt", "red\ngreen\nblue\n")
    write(folder / "fold_indices.txt", "0 1 2 \n3 4 5 \n")
    return folder


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


class Harmful:
    def __reduce__(self):
        return (eval, ("open('harm', 'w').close()",))


WRITERS = {
    idx: "MNIST's idx files",
    idx_unpacked: "MNIST's idx files",
    cifar_binary: "CIFAR's binary files",
    cifar_100_binary: "CIFAR's binary files",
    cifar_pickled: "CIFAR's Python batches",
    cifar_pickled_now: "CIFAR's Python batches",
    stl: "STL-10's binary files",
    svhn: "SVHN's mat files",
    medical: "NumPy arrays with labels",
    keras: "NumPy arrays with labels",
}
"""What each writes, as it is called."""
