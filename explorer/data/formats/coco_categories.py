"""Images with a category each, told in COCO's way, as iNaturalist does: `train2018.json`.

One object: in `images` an `id` has a `file_name`, in `annotations` an `image_id` a `category_id`,
in `categories` an `id` a `name`. Splits and places of images are as those of COCO's captions. An
image of several categories, as most photographs of objects are, is left out and counted.
"""

from collections.abc import Iterator, Set
from pathlib import Path

from explorer.data.formats import coco
from explorer.data.left_out import LeftOut
from explorer.data.reading.class_names import checked
from explorer.data.reading.folder import all_files
from explorer.data.reading.text import head, read_text, tail
from explorer.data.records import Reading, Record

NAME = "COCO categories"
LAYOUT = "a .json with `images`, `annotations` that have a `category_id`, and `categories`"
_FEW = 20
_CATEGORY = '"category_id"'


def signs(folder: Path) -> list[Path]:
    """None beside captions of COCO, of whose images they tell, too."""
    paths = all_files(folder, "*.json")
    if len(paths) > _FEW or coco.signs(folder):
        return []
    return [path for path in paths if coco.is_coco(path) and _has_categories(path)]


def _has_categories(path: Path) -> bool:
    """Whether annotations have them; thousands of categories may stand behind these."""
    ends = head(path) + tail(path)
    return _CATEGORY in ends or ('"supercategory"' in ends and _CATEGORY in read_text(path))


def read(folder: Path) -> Reading | None:
    paths = signs(folder)
    return coco.reading_of(folder, paths, _records) if paths else None


def _records(path: Path, split: str, known: Set[str], left_out: LeftOut) -> Iterator[Record]:
    images, shared = coco.images_in(path, left_out)
    categories = [*coco.rows_in(path, "categories", "id", "name", left_out)]
    checked([str(each["name"]) for each in categories], path)
    called = {str(each["id"]): str(each["name"]) for each in categories}
    found: dict[str, set[str]] = {}
    for row in coco.rows_in(path, "annotations", "image_id", "category_id", left_out):
        found.setdefault(str(row["image_id"]), set()).add(str(row["category_id"]))
    for image, (file, rest) in images.items():
        own = found.get(image, set())
        if image in shared:
            left_out.add("images whose `id` others have, too", file)
        elif len(own) > 1:
            left_out.add("images of several categories", file)
        else:
            name, place = coco.name_and_place(path, file, known)
            label = next((called.get(each, "") for each in own), "")
            yield Record(split, name, (), place, label, rest)
