"""Every column of prepared data by name: what came with the data, and what the program knows.

To add a value per image or per caption, add a line to `KNOWN`: its name, its title and what it
means, whether images or captions have it, and a function that reads it from the store and the
prepared data; where it may be missing, also `is_there`. The page (histogram, brush, colours of the
map, tags), the query line and `explorer.rows` follow from that line.
"""

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from explorer.core import columns as cells
from explorer.core.columns import CAPTION, IMAGE, LIST, NUMBER, WORDS
from explorer.core.geometry import cosine_rows
from explorer.errors import UnknownNameError
from explorer.explore.dataset import Prepared
from explorer.explore.points import CLASS
from explorer.explore.tags import has_tags, tags_column, tags_version
from explorer.steps.forgetting import forgetting
from explorer.steps.measures import Measures, measures
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.types import Column

TEXT = "text"
"""The kind of words that are too many to list: only queries reach them."""
MOST_WORDS = 2000
OF_PAIRS, OF_IMAGES, OF_DATA, OF_FILES = "pairs", "images", "data", "files"
OF_TAGS = "tags"
"""Groups of columns: pairs and prototypes, pixels, what the data say, their files, tags."""


class Known(NamedTuple):
    """A value that the program knows of each image or each caption."""

    name: str
    title: str
    per: str  # "image" or "caption"
    meaning: str
    read: Callable[[Store, Prepared], np.ndarray | Column]  # numbers, (N,) or (M,); or a column
    kind: str = NUMBER
    group: str = OF_PAIRS
    fits: Callable[[Prepared], bool] = lambda prepared: True  # whether such data have it
    is_there: Callable[[Store, Prepared], bool] = lambda store, prepared: True
    follows_edits: bool = False  # of prototypes
    version: Callable[[Prepared], str] = lambda prepared: ""  # changes where values may


class About(NamedTuple):
    """What there is to say of a column before it is read."""

    name: str  # as a query has it
    title: str
    per: str
    kind: str  # as of `Column`, or `TEXT`
    group: str
    meaning: str
    of: str  # changes with its values
    is_there: bool  # whether its values are known already
    read: Callable[[], Column]


def all_columns(store: Store, prepared: Prepared) -> dict[str, About]:
    """Every column by its name, what came with the data first; little is computed."""
    known = {about.name: about for about in _known(store, prepared)}
    return {about.name: about for about in _given(prepared, known)} | known


def read_column(store: Store, prepared: Prepared, name: str) -> Column:
    """A column with a cell for each image or each caption of the prepared data.

    Raises:
        UnknownNameError: There is none of that name, or its values are not known yet.
    """
    found = all_columns(store, prepared)
    if name in found and found[name].is_there:
        return found[name].read()
    there = ", ".join(each.name for each in found.values() if each.is_there)
    raise UnknownNameError(f"There is no column {name!r} yet. There are {there}.")


def of_captions(column: Column, prepared: Prepared) -> Column:
    """The same with a cell for each caption."""
    if column.per == CAPTION:
        return column
    return replace(cells.take(column, prepared.image_of_caption), per=CAPTION)


def measuring(prepared: Prepared) -> Step[Measures]:
    """The step that measures the images of prepared data."""
    return measures(prepared.dataset.splits["train"])


def _known(store: Store, prepared: Prepared) -> Iterator[About]:
    for each in KNOWN:
        if each.fits(prepared):
            is_there = each.is_there(store, prepared)
            of = prepared.key if each.follows_edits else prepared.embed_key
            of += each.version(prepared)

            def read(each: Known = each) -> Column:
                values = each.read(store, prepared)
                return cells.numbers(each.per, values) if isinstance(values, np.ndarray) else values

            yield About(*each[:3], each.kind, each.group, each.meaning, of, is_there, read)


def _given(prepared: Prepared, taken: dict[str, About]) -> Iterator[About]:
    """What came with the data; a name that the program uses itself gets a number."""
    names = set(taken)
    for title, column in prepared.dataset.captioned().columns.items():
        name = base = as_name(title)
        number = 1
        while name in names:
            name = f"{base}_{(number := number + 1)}"
        names.add(name)
        meaning = f"The column “{title}” that came with the data."

        def read(column: Column = column) -> Column:
            return cells.take(column, _rows_of(prepared, column.per))

        kind, of = _kind_to_list(column), f"{prepared.embed_key}{column.digest}"
        title = title[:1].upper() + title[1:]
        yield About(name, title, column.per, kind, OF_DATA, meaning, of, True, read)


def as_name(title: str) -> str:
    """What a column is called in queries.

    Examples:
        >>> as_name("Date taken (UTC)")
        'date_taken_utc'
    """
    name = re.sub(r"\W+", "_", title.strip().lower()).strip("_")
    is_plain = name.isidentifier() and not keyword.iskeyword(name)
    return name if is_plain else f"column_{name}".rstrip("_")


def _kind_to_list(column: Column) -> str:
    n = len(column.names)
    is_many = n > MOST_WORDS or (n > 200 and n > len(column) / 2)
    return TEXT if column.kind in (WORDS, LIST) and is_many else column.kind


def _rows_of(prepared: Prepared, per: str) -> np.ndarray:
    """Places of the prepared images, or of their captions, among those of the data."""
    if per == IMAGE:
        return prepared.image_number
    image_of = prepared.dataset.captioned().image_of_caption
    return np.flatnonzero(np.isin(image_of, prepared.image_number))


def _measured(name: str) -> Callable[[Store, Prepared], np.ndarray]:
    """(N,) a measure of the images; NaN of those that could not be read then."""

    def read(store: Store, prepared: Prepared) -> np.ndarray:
        found = store.peek(measuring(prepared))
        assert found is not None, "the page asks only for what is there"
        value = found.width / found.height if name == "aspect" else getattr(found, name)
        whole = np.full(prepared.dataset.splits["train"].n_images, np.nan)
        whole[found.number] = value
        of_each: np.ndarray = whole[prepared.image_number]
        return of_each

    return read


def _are_measured(store: Store, prepared: Prepared) -> bool:
    return store.has(measuring(prepared))


def _forgetting(prepared: Prepared) -> Step[np.ndarray]:
    """As often as the student of seed 0 forgets."""
    return forgetting(prepared.embed_key, prepared.n_captions, 0, lambda: prepared.embedded)


def _times_forgotten(store: Store, prepared: Prepared) -> np.ndarray:
    found = store.peek(_forgetting(prepared))
    assert found is not None, "the page asks only for what is there"
    return found


def _distance(store: Store, prepared: Prepared) -> np.ndarray:
    """(N,) of each image to the prototype that most of its rows belong to; NaN without one."""
    owner = prepared.prototype_of_image
    distance = 1 - cosine_rows(prepared.image, np.asarray(prepared.prototypes.image)[owner])
    return np.where(owner >= 0, distance, np.nan)


def _folders(store: Store, prepared: Prepared) -> Column:
    return cells.words(IMAGE, (name.rpartition("/")[0] for name in prepared.names))


def _two(per: str, is_second: np.ndarray, names: Sequence[str]) -> Column:
    return Column(per, WORDS, is_second.astype(np.int32), names)


def _is_labelled(prepared: Prepared) -> bool:
    return prepared.dataset.is_labelled


def _has_captions(prepared: Prepared) -> bool:
    return not prepared.dataset.is_labelled


KNOWN: tuple[Known, ...] = (
    Known(
        "tags",
        "Tags",
        CAPTION,
        "Names that people gave to rows.",
        lambda store, p: tags_column(p),
        kind=LIST,
        group=OF_TAGS,
        is_there=lambda store, p: has_tags(p),
        version=tags_version,
    ),
    Known(
        CLASS,
        "Class",
        IMAGE,
        "The class that an image is labelled with.",
        lambda store, p: Column(
            IMAGE,
            WORDS,
            p.dataset.labelled().labels[p.image_number].astype(np.int32),
            p.classes,
        ),
        kind=WORDS,
        fits=_is_labelled,
    ),
    Known(
        "similarity",
        "Pair similarity",
        CAPTION,
        "Cosine of a caption and its image.",
        lambda store, p: p.similarity,
    ),
    Known(
        "distance",
        "Distance to prototype",
        IMAGE,
        "1 − cosine of an image and the prototype that most of its rows belong to.",
        _distance,
        follows_edits=True,
    ),
    Known(
        "kept",
        "Kept or dropped",
        CAPTION,
        "The least similar pairs are dropped before clustering.",
        lambda store, p: _two(CAPTION, p.is_kept, ("dropped", "kept")),
        kind=WORDS,
        follows_edits=True,
    ),
    Known(
        "prototype",
        "Prototype",
        CAPTION,
        "The number of the prototype that a row belongs to, as the page counts them.",
        lambda store, p: np.where(
            p.prototype_of_caption >= 0, p.number[p.prototype_of_caption] + 1.0, np.nan
        ),
        follows_edits=True,
    ),
    Known(
        "captions",
        "Number of captions",
        IMAGE,
        "Captions of the image.",
        lambda store, p: np.bincount(p.image_of_caption, minlength=p.n_images),
        fits=_has_captions,
    ),
    Known(
        "words",
        "Caption length",
        CAPTION,
        "Words of the caption.",
        lambda store, p: p.n_words,
        fits=_has_captions,
    ),
    Known(
        "forgotten",
        "Times forgotten",
        CAPTION,
        "How often a student forgot the pair while it learned from all; known once a set was "
        "chosen by it with seed 0.",
        _times_forgotten,
        is_there=lambda store, p: store.has(_forgetting(p)),
    ),
    Known(
        "caption",
        "Caption",
        CAPTION,
        "The text.",
        lambda store, p: cells.words(CAPTION, p.captions),
        kind=TEXT,
        fits=_has_captions,
    ),
    *(
        Known(
            name, title, IMAGE, meaning, _measured(name), NUMBER, OF_IMAGES, is_there=_are_measured
        )
        for name, title, meaning in (
            ("width", "Width", "Pixels of the image from left to right."),
            ("height", "Height", "Pixels of the image from top to bottom."),
            ("aspect", "Aspect", "Width divided by height."),
            ("brightness", "Brightness", "Mean level of grey: 0 is black, 1 is white."),
            ("sharpness", "Sharpness", "Deviation of the Laplacian of grey levels: 0 is flat."),
        )
    ),
    Known(
        "file",
        "Source file",
        IMAGE,
        "The image's name in the data.",
        lambda store, p: cells.words(IMAGE, p.names),
        kind=TEXT,
        group=OF_FILES,
    ),
    Known(
        "folder",
        "Source folder",
        IMAGE,
        "The folder or file of the data that the image lies in.",
        _folders,
        kind=WORDS,
        group=OF_FILES,
    ),
    Known(
        "split",
        "Split of the data",
        IMAGE,
        "The part of the data; the map shows what is trained on.",
        lambda store, p: cells.words(IMAGE, ["train"] * p.n_images),
        kind=WORDS,
        group=OF_FILES,
    ),
)
