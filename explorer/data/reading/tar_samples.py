"""Files of a tar as samples, by the rule that webdataset publishes, and what people make of it.

The rule: the name of a sample is that of its files up to the first dot behind the last slash, the
rest says what a file is; files of a sample stand together. Names that have dots themselves, as in
`photo v1.00.jpg`, would all be one sample by it; they are told apart by what is before their last
dot. Files of a sample that do not stand together are joined by name, where it is clear which.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from unicodedata import normalize

from explorer.data.images import SUFFIXES, preference
from explorer.data.left_out import LeftOut
from explorer.data.reading.samples import TEXTS
from explorer.data.reading.tar import Member

_LABEL = ".cls"


class Sample(NamedTuple):
    image: Member
    texts: dict[str, Member]  # by the suffixes in `TEXTS`
    label: Member | None  # holds the name of its class


class _Files(NamedTuple):
    """What one sample has, by what follows its name: `.jpg`, `.depth.png`."""

    key: str
    files: dict[str, Member]

    def of(self, suffixes: Iterable[str]) -> dict[str, Member]:
        return {end: each for end, each in self.files.items() if _suffix(end) in suffixes}

    @property
    def is_whole(self) -> bool:
        return bool(self.of(SUFFIXES) and self.of((*TEXTS, _LABEL)))


def grouped(members: Iterable[Member], left_out: LeftOut) -> Iterator[Sample]:
    """The samples that have an image, in the order of the tar; then those that were joined.

    What belongs to no image, and further images of a sample, are counted in `left_out`.
    """
    parts: dict[str, list[_Files]] = {}
    members = (each._replace(name=normalize("NFC", each.name)) for each in members)
    for key, together in groupby(members, _key):
        for files in _told_apart(key, together):
            if files.is_whole:
                yield from _sample(files, left_out)
            else:
                parts.setdefault(files.key, []).append(files)
    for same in parts.values():
        yield from _joined(same, left_out)


def _joined(parts: list[_Files], left_out: LeftOut) -> Iterator[Sample]:
    """Parts of a sample that stand apart, joined unless they have two files of a kind."""
    ends = [end for part in parts for end in part.files]
    if len(set(ends)) == len(ends):
        parts = [_Files(parts[0].key, {e: m for part in parts for e, m in part.files.items()})]
    for part in parts:
        yield from _sample(part, left_out)


def _sample(files: _Files, left_out: LeftOut) -> Iterator[Sample]:
    images = files.of(SUFFIXES)
    if not images:
        left_out.add("samples without an image", next(iter(files.files.values())).name)
        return
    chosen = _own(images)
    if chosen is None:
        left_out.add("samples with several images, none called as they are", files.key)
        return
    if len(images) > 1:
        others = [each.name for each in images.values() if each is not chosen]
        left_out.add("further images of a sample", others[0], len(others))
    yield Sample(chosen, _texts_of(chosen, files), files.files.get(_LABEL))


def _texts_of(image: Member, files: _Files) -> dict[str, Member]:
    """Those called as the image, else as the sample, else the only one there is."""
    texts = files.of(TEXTS)
    for stem in (image.name.rpartition(".")[0], files.key):
        if own := {e: each for e in TEXTS if (each := texts.get(stem[len(files.key) :] + e))}:
            return own
    return {_suffix(end): each for end, each in texts.items()} if len(texts) == 1 else {}


def _own(images: dict[str, Member]) -> Member | None:
    """The image that is plainly called as its sample; else the only one there is."""
    if plain := [end for end in images if end.count(".") == 1]:
        return images[min(plain, key=preference)]
    return next(iter(images.values())) if len(images) == 1 else None


def _told_apart(key: str, together: Iterable[Member]) -> Iterator[_Files]:
    """One or more samples whose files have the same name up to the first dot.

    A second file of a kind begins another sample: tars may have been joined.
    """
    files = list(together)
    if _has_dots(key, files):
        for stem, own in _by_stem(files).items():
            yield from _one_of_a_kind(stem, own)
    else:
        yield from _one_of_a_kind(key, files)


def _has_dots(key: str, files: list[Member]) -> bool:
    """Whether no image is plainly the sample's own, and several have captions of their own."""
    own = [each for each in files if each.name.rpartition(".")[0] == key]
    if any(_suffix(each.name) in SUFFIXES for each in own):
        return False
    stems = _by_stem([each for each in files if _suffix(each.name) in SUFFIXES])
    return len(stems) > 1 or (not stems and not own)


def _by_stem(files: Iterable[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for each in files:
        found.setdefault(each.name.rpartition(".")[0], []).append(each)
    return found


def _one_of_a_kind(key: str, files: Iterable[Member]) -> Iterator[_Files]:
    held: dict[str, Member] = {}
    for each in files:
        end = each.name[len(key) :].lower()
        if end in held:
            yield _Files(key, held)
            held = {}
        held[end] = each
    if held:
        yield _Files(key, held)


def _key(member: Member) -> str:
    folder, slash, name = member.name.rpartition("/")
    return folder + slash + name.partition(".")[0]


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""
