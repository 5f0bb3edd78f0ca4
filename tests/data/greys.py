"""Small sets by hand: image n is grey of level 10 n + 10, and its caption says so."""

import io
import json
from pathlib import Path

from PIL import Image

from explorer.data.found import Found, look_into, read_splits
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


def found_in(folder: Path, name: str, content: str) -> Found:
    """What is found in four images and one file that tells of them."""
    write_images(folder, {f"{n}.png": 10 * n + 10 for n in range(4)})
    write(folder / name, content)
    return look_into(str(folder))


def rows_as(name: str, rows: list[dict[str, str]]) -> str:
    """Rows as a file of this name has them: CSV, JSON or JSON Lines."""
    if name.endswith("csv"):
        return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    return json.dumps(rows) if name.endswith("json") else "\n".join(map(json.dumps, rows))


IMAGES = {f"{n}.png": 10 * n + 10 for n in range(4)}
TABLE = "image,caption\n" + "".join(f"{name},a level\n" for name in IMAGES)
LINES = [{"file_name": name, "caption": "a level"} for name in IMAGES]
FILES = {
    "CSV with captions": ("captions.csv", TABLE),
    "Hugging Face imagefolder": ("metadata.jsonl", "\n".join(map(json.dumps, LINES))),
    "BLIP/ALBEF Karpathy JSON": (
        "train.json",
        json.dumps([{"image": name, "caption": "a level"} for name in IMAGES]),
    ),
    "images with text files": ("0.txt", "a level"),
}
"""A file that describes these images, by the format that it is in."""


def filled(folder: Path, *formats: str) -> Path:
    """`IMAGES`, described in each of these formats."""
    write_images(folder, IMAGES)
    for each in formats:
        name, content = FILES[each]
        write(folder / name, content)
    return folder
