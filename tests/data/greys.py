"""Small sets by hand: image n is grey of level 10 n + 10, and its caption says so."""

import io
import json
from pathlib import Path

from PIL import Image

from explorer.data.open import read_splits
from explorer.types import Pairs


def image(level: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), (level, level, level)).save(file, kind)
    return file.getvalue()


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def write_images(folder: Path, levels: dict[str, int]) -> None:
    for name, level in levels.items():
        write(folder / name, image(level))


def csv_of(levels: dict[str, int]) -> str:
    return "image,caption\n" + "".join(f"{name},level {n}\n" for name, n in levels.items())


def json_of(levels: dict[str, int]) -> str:
    return json.dumps([{"image": name, "caption": f"level {n}"} for name, n in levels.items()])


def lines_of(levels: dict[str, int]) -> str:
    rows = [{"file_name": name, "text": f"level {n}"} for name, n in levels.items()]
    return "\n".join(map(json.dumps, rows))


def read(folder: Path) -> dict[str, dict[str, int]]:
    """By split, the level of the image of each caption; all images must be there."""
    return {name: levels(split) for name, split in read_splits(str(folder))[1].items()}


def levels(split: object) -> dict[str, int]:
    assert isinstance(split, Pairs)
    return {
        caption: split.open_image(int(i)).getpixel((0, 0))[0]
        for caption, i in zip(split.captions, split.image_of_caption, strict=True)
    }


def said(*wanted: int) -> dict[str, int]:
    return {f"level {level}": level for level in wanted}
