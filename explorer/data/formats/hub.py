"""Datasets of the Hugging Face Hub, opened by its library `datasets`.

`hf:owner/name`, or `hf:owner/name@config`. What `hf download --repo-type dataset` brought is read
from this machine; what is not here is fetched, because naming it asks for it. Code that a dataset
brings along is never run.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from explorer.data.images import open_image
from explorer.data.left_out import LeftOut
from explorer.data.reading.among_deep import AmongDeep
from explorer.data.reading.arrow import (
    captions_in_table,
    class_names,
    fields_of,
    has_images,
    open_cell,
    read_cell,
    records_of,
    told_apart,
)
from explorer.data.reading.columns import repeating_among
from explorer.data.reading.folder import file_stamp
from explorer.data.records import Reading
from explorer.data.splits import split_named
from explorer.errors import BadDataError, ConfigError, ExplorerError, MissingDataError

if TYPE_CHECKING:
    from datasets import Dataset  # elsewhere imported late: it takes seconds

NAME = "Hugging Face dataset"
_SECONDS = 10.0
"""How long the Hub may take to say that it is there."""


def read(data: str) -> Reading:
    """Opens `hf:owner/name` or `hf:owner/name@config`."""
    match = re.fullmatch(r"hf:([\w.-]+/[\w.-]+)(?:@([\w.-]+))?", data)
    if match is None:
        raise ConfigError(f"{data}: a dataset of the Hub is hf:owner/name or hf:owner/name@config.")
    return reading_of(_load(match[1], match[2]), data)


class _Place(NamedTuple):
    table: str
    row: int


class HubImages:
    """Images in Arrow tables on the disk, or beside them in the Hub's cache; a `Source`."""

    is_file = False

    def __init__(self, tables: Mapping[str, "Dataset"], columns: Mapping[str, str]) -> None:
        self._tables = {
            key: table.select_columns([columns[key]]).with_format("arrow")
            for key, table in tables.items()
        }
        self._stamps = {
            key: " ".join(file_stamp(Path(each["filename"])) for each in table.cache_files)
            for key, table in tables.items()
        }
        self.is_among_deep = AmongDeep(self.content)

    def open(self, place: _Place) -> Image.Image:
        cell, name = self._cell(place), f"{place.row} of {place.table}"
        return open_cell(cell, name, _open_cached, self.is_among_deep)

    def length(self, place: _Place) -> int:
        """The same of all: telling them apart would mean to read them."""
        return 0

    def content(self, place: _Place) -> bytes:
        return read_cell(self._cell(place), f"{place.row} of {place.table}", _read_cached)

    def _cell(self, place: _Place) -> Any:
        return self._tables[place.table][place.row].column(0)[0].as_py()

    def stamp(self, place: _Place) -> str:
        return f"{self._stamps[place.table]}:{place.row}"


def reading_of(tables: Mapping[str, "Dataset"], name: str) -> Reading:
    """From a `DatasetDict`; its splits may be called as people do, a single one is for training."""
    split_of = {key: split_named(key) for key in tables}
    if len(tables) == 1:
        split_of = {key: split or "train" for key, split in split_of.items()}
    used = {key: table for key, table in tables.items() if split_of[key] and len(table)}
    if not used:
        raise BadDataError(f"{name} has no train split, only {', '.join(tables)}.")
    first = (
        captions_in_table(partial(_batches, table), fields_of(table.data.schema, name))
        for table in used.values()
    )
    repeating = repeating_among(chain.from_iterable(first))
    fields = {key: fields_of(table.data.schema, name, repeating) for key, table in used.items()}
    for key, table in used.items():
        if not has_images(table.data.schema, fields[key]):
            raise BadDataError(
                f"{name} does not hold images, only their names, in `{fields[key].image}`; "
                "bring the images and name their folder."
            )
    left_out = LeftOut({f"rows of {key}": len(tables[key]) for key in tables.keys() - used.keys()})
    records = chain.from_iterable(
        records_of(
            _batches(table, fields[key].small),
            fields[key],
            split_of[key] or "train",
            key,
            partial(_Place, key),
            left_out,
        )
        for key, table in used.items()
    )
    images = HubImages(used, {key: each.image for key, each in fields.items()})
    notes: list[str] = []
    named = (class_names(t.features.arrow_schema, fields[key], name) for key, t in used.items())
    return Reading(
        images.is_among_deep.noting(told_apart(records, images.content, notes)),
        images,
        notes,
        left_out,
        classes=next(filter(None, named), []),
    )


def _batches(table: "Dataset", columns: list[str]) -> Iterator[Any]:
    """Rows of these columns as tables of Arrow."""
    batches: Iterator[Any] = table.select_columns(columns).with_format("arrow").iter(4096)
    return batches


def _load(name: str, config: str | None) -> Mapping[str, "Dataset"]:
    from datasets import load_dataset  # late: it takes seconds
    from datasets.exceptions import DatasetNotFoundError, DatasetsError
    from huggingface_hub import snapshot_download

    try:
        try:
            folder = snapshot_download(name, repo_type="dataset", local_files_only=True)
            splits: Mapping[str, Dataset] = load_dataset(folder, config)
        except FileNotFoundError:  # not here, or not all of it
            _check_reachable(name)
            splits = load_dataset(name, config)
    except DatasetNotFoundError as error:
        raise _unknown(name) from error
    except OSError as error:
        raise _not_here(name) from error
    except ExplorerError:
        raise
    except (DatasetsError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise BadDataError(f"The dataset {name} cannot be opened: {reason}") from error
    return splits


def _check_reachable(name: str) -> None:
    """Fails soon where `datasets` would try for half a minute, unless it prepared the data once."""
    from datasets import config
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi().dataset_info(name, timeout=_SECONDS)
    except RepositoryNotFoundError as error:
        raise _unknown(name) from error
    except Exception as error:  # whatever the network and its libraries raise
        if not (Path(config.HF_DATASETS_CACHE) / name.replace("/", "___")).is_dir():
            raise _not_here(name) from error


def _unknown(name: str) -> MissingDataError:
    return MissingDataError(
        f"The Hub shows no dataset {name}. If it is private or gated, log in first: hf auth login"
    )


def _not_here(name: str) -> MissingDataError:
    return MissingDataError(
        f"The dataset {name} is not on this machine, and the Hub cannot be reached. Bring it with: "
        f"hf download --repo-type dataset {name}"
    )


def _open_cached(path: str) -> Image.Image:
    return open_image(_cached(path))


def _read_cached(path: str) -> bytes:
    try:
        return _cached(path).read_bytes()
    except OSError as error:
        raise BadDataError(f"The image {path} cannot be read: {error.strerror}.") from error


def _cached(path: str) -> Path:
    """A file that the Hub's libraries fetched, and no other: a table can name anything."""
    from datasets import config
    from huggingface_hub.constants import HF_HUB_CACHE

    real = Path(path).resolve()
    caches = [Path(each).resolve() for each in (HF_HUB_CACHE, config.HF_DATASETS_CACHE)]
    if not any(real.is_relative_to(each) for each in caches):
        raise BadDataError(f"The image {path} is not in the Hub's cache.")
    return real
