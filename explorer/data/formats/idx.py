"""The files of MNIST and those made like it: `train-images-idx3-ubyte`, with or without `.gz`.

Four bytes say the type and the number of dimensions, four each their sizes, then come the values.
Files of images and of labels belong together by name. Fashion-MNIST has the same names as MNIST and
is known by its first labels. EMNIST's files, `emnist-letters-train-images-idx3-ubyte`, hold columns
where the others hold rows: its images are read upright. Its classes are named in
`emnist-letters-mapping.txt`: a label and the codes of its characters in each line.
"""

import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer.data.reading.arrays import Stack, check_size, reading_of
from explorer.data.reading.class_names import names_beside
from explorer.data.reading.folder import all_files
from explorer.data.reading.text import read_text
from explorer.data.records import Reading
from explorer.data.splits import split_called, split_named
from explorer.errors import BadDataError

NAME = "MNIST's idx files"
LAYOUT = "train-images-idx3-ubyte(.gz) and train-labels-idx1-ubyte(.gz), t10k-..."
_CALLED = re.compile(r"(?P<key>.*?)(?P<what>images|labels)[-._]idx\d-ubyte(?:\.gz)?", re.I)
_FILES = ("*ubyte", "*.idx3-ubyte", "*.idx1-ubyte", "*ubyte.gz")
_BYTES = 8  # the type of unsigned bytes in the header
_MOST_PACKED = 1032
"""To how many bytes a packed one unpacks at most, by the way gzip works."""
_CHUNK = 1 << 20
_EMNIST = re.compile(r"(emnist-(?:balanced|byclass|bymerge|digits|letters|mnist)-)(train|test)")
_MAPPED = re.compile(r"([0-9]{1,2}) ([0-9]{2,3})(?: [0-9]{2,3})*")
_CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
_FIRST_CLOTHES = (9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9)
"""The labels that the train split of Fashion-MNIST begins with."""


def signs(folder: Path) -> list[Path]:
    return [path for pair in _pairs(folder).values() for path in pair.values()]


def _pairs(folder: Path) -> dict[str, dict[str, Path]]:
    """By what stands before `images` and `labels`; an unpacked file wins over a packed one.

    A file may lie in a folder of its own that is called as it is, as programs unpack it.
    """
    found: dict[str, dict[str, Path]] = {}
    paths = all_files(folder, *_FILES)
    for path in sorted(paths, key=lambda p: (p.suffix.lower() != ".gz", -len(p.parts))):
        if called := _CALLED.fullmatch(path.name):
            is_own = path.parent != folder and path.parent.name.lower() == path.name.lower()
            place = path.parent.parent if is_own else path.parent
            key = place.relative_to(folder) / called["key"].lower().strip("-._")
            found.setdefault(key.as_posix(), {})[called["what"].lower()] = path
    return found


def read(folder: Path) -> Reading | None:
    pairs = _pairs(folder)
    if not pairs:
        return None
    by_split: dict[str, Stack] = {}
    for key, pair in pairs.items():
        if len(pair) < 2:
            (path,) = pair.values()
            wanted = "labels" if "images" in pair else "images"
            raise BadDataError(f"{path} is there, but not its file of {wanted}.")
        split = _split(key)
        if split in by_split:
            raise BadDataError(
                f"{by_split[split].path} and {pair['images']} are both for {split}; keep one "
                "dataset per folder."
            )
        name = pair["images"].relative_to(folder).as_posix()
        image, label = _array(pair["images"], 3), _array(pair["labels"], 1).astype(np.int64)
        by_split[split] = _upright(key, Stack(split, pair["images"], name, image, label))
    files = [path for pair in pairs.values() for path in pair.values()]
    stacks = [*by_split.values()]
    if names := _mapping(stacks):
        stacks = [each._replace(label=each.label - min(names)) for each in stacks]
    reading = reading_of(stacks, [*names.values()] or _classes(folder, by_split), files)
    if any(each.turned for each in stacks):
        reading.notes.append("EMNIST's files hold columns as rows; the images are read upright.")
    return reading


def _upright(key: str, stack: Stack) -> Stack:
    if not _EMNIST.match(key.rpartition("/")[2]):
        return stack
    return stack._replace(image=stack.image.transpose(0, 2, 1), turned=":upright")


def _split(key: str) -> str:
    last = key.rpartition("/")[2]
    return "test" if last.startswith("t10k") else split_called(last) or split_named(key) or "train"


def _classes(folder: Path, stacks: dict[str, Stack]) -> list[str]:
    n, train = len(_FIRST_CLOTHES), stacks.get("train")
    if train is not None and tuple(train.label[:n].tolist()) == _FIRST_CLOTHES:
        return _CLOTHES.split(",")
    return names_beside(folder)


def _mapping(stacks: Sequence[Stack]) -> Mapping[int, str]:
    """What EMNIST calls the labels from 0 or 1 on: the first character of each."""
    called = [_EMNIST.match(each.path.name.lower()) for each in stacks]
    names_of_files = {f"{match[1]}mapping.txt" if match else "" for match in called}
    if len(names_of_files) != 1 or not (name := names_of_files.pop()):
        return {}
    path = stacks[0].path.with_name(name)
    if not path.is_file() or path.is_symlink():
        return {}
    found = [_MAPPED.fullmatch(" ".join(line.split())) for line in read_text(path).split("\n")]
    names = {int(each[1]): chr(int(each[2])) for each in found if each}
    least = min(names, default=0)
    return names if least < 2 and [*names] == [*range(least, least + len(names))] else {}


def _array(path: Path, dimensions: int) -> np.ndarray:
    """The array of a file, on the disk where it is not packed."""
    header = 4 + 4 * dimensions
    with _opened(path) as file:
        try:
            start = file.read(header)
        except (OSError, EOFError, zlib.error) as error:
            raise BadDataError(f"{path} cannot be unpacked: {error}.") from error
    if len(start) < header or start[:2] != b"\0\0" or start[2:4] != bytes([_BYTES, dimensions]):
        raise BadDataError(
            f"{path} is no idx file of bytes in {dimensions} dimensions: it begins with "
            f"{start[:4].hex()}."
        )
    shape = tuple(np.frombuffer(start, ">u4", offset=4).tolist())
    check_size(path, shape)
    size = int(np.prod(shape))
    length = path.stat().st_size
    is_packed = path.suffix.lower() == ".gz"
    if size > length * _MOST_PACKED if is_packed else length != header + size:
        raise BadDataError(f"{path} is cut, or too long: it should hold {size:,} bytes.")
    if is_packed:
        return _unpacked(path, header, size).reshape(shape)
    return np.memmap(path, np.uint8, "r", header, shape) if size else np.empty(shape, np.uint8)


def _unpacked(path: Path, header: int, size: int) -> np.ndarray:
    values = bytearray()
    try:
        with _opened(path) as file:
            file.read(header)
            while len(values) <= size and (part := file.read(min(_CHUNK, size + 1 - len(values)))):
                values += part
    except (OSError, EOFError, zlib.error) as error:
        raise BadDataError(f"{path} cannot be unpacked: {error}.") from error
    if len(values) != size:
        raise BadDataError(f"{path} is cut, or too long: it should hold {size:,} bytes.")
    return np.frombuffer(values, np.uint8)


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")
