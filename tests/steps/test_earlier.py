"""Embeddings of a smaller version of the data are found by the bytes of their images."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.errors import BadDataError
from explorer.steps.earlier import Earlier, earlier, some_digests
from explorer.store.ragged import pack, pack_texts
from explorer.store.step import Entry
from explorer.types import Stored


def pairs(contents: list[bytes | None], *, stored: bool = True) -> SimpleNamespace:
    """A split whose images have these bytes; None is one that cannot be read."""

    def content(i: int) -> bytes:
        if contents[i] is None:
            raise BadDataError("broken")
        return contents[i]

    own = Stored(lambda i: None, content, is_file=True) if stored else None
    return SimpleNamespace(n_images=len(contents), stored=own)


def entry(contents: list[bytes], captions: list[str], at: float) -> Entry:
    """Image i is embedded at (at, i), caption j at (at + j,)."""
    n, m = len(contents), len(captions)
    text, name, small = pack_texts(captions), pack_texts(["n"] * n), pack(contents)
    arrays = {
        "image": np.stack([np.full(n, at), np.arange(n)], axis=1).astype(np.float32),
        "caption": (at + np.arange(m, dtype=np.float32))[:, None],
        "image_of_caption": np.zeros(m, int),
        "picture": np.arange(n),
        "digest": some_digests(pairs(contents)),
        **dict(zip(("caption_text", "caption_text_offsets"), text, strict=True)),
        **dict(zip(("name", "name_offsets"), name, strict=True)),
        **dict(zip(("thumbnail", "thumbnail_offsets"), small, strict=True)),
    }
    return Entry("key", Path(), arrays, {"skipped": [], "truncated": 0})


def found(new: list[bytes | None], *entries: Entry, stored: bool = True) -> Earlier:
    """What of a new split is known, where these were embedded."""
    return earlier(
        pairs(new, stored=stored),
        lambda is_wanted: [each for each in entries if is_wanted(each.arrays["digest"])],
    )


def digest(content: bytes) -> int:
    return pairs([content]).stored.digest(0)


def test_an_image_is_known_by_its_bytes_wherever_it_lies():
    known = found([b"c", b"a", b"new"], entry([b"a", b"b"], [], 1.0), entry([b"c"], [], 2.0))
    assert known.image(digest(b"a")).row.tolist() == [1.0, 0.0]
    assert known.image(digest(b"b")).row.tolist() == [1.0, 1.0]
    assert known.image(digest(b"c")).row.tolist() == [2.0, 0.0]
    assert known.image(digest(b"c")).thumbnail == b"c"
    assert known.image(digest(b"new")) is None
    assert [known.image(each) for each in (0, 2**64 - 1)] == [None, None]


def test_embeddings_without_a_common_image_are_not_read():
    known = found([b"x"], entry([b"a"], ["a dog"], 1.0))
    assert (known.results, known.image(digest(b"a")), known.captions({"a dog"})) == ([], None, {})


def test_captions_are_known_by_their_text():
    known = found(
        [b"a", b"b"], entry([b"a"], ["a dog", "a cat"], 1.0), entry([b"b"], ["a fox"], 5.0)
    )
    rows = known.captions({"a cat", "a fox", "a bird"})
    assert {text: row.tolist() for text, row in rows.items()} == {"a cat": [2.0], "a fox": [5.0]}


@pytest.mark.parametrize(
    ("new", "n"),
    [
        ([b"a", b"b", b"c", b"d"], 2),
        ([b"a", b"a", b"a", b"a"], 2),  # no more than there are
        ([b"x", b"y"], 0),
        ([b"a", None], 2),  # as far as those show that can be read
    ],
)
def test_how_many_are_known_is_told_from_a_few(new, n):
    known = found(new, entry([b"a", b"b"], [], 1.0))
    assert known.n_images_known(len(new)) == n


def test_a_few_images_are_tried_that_are_spread_over_the_split():
    many = [str(i).encode() for i in range(1000)]
    tried = some_digests(pairs(many)).tolist()
    assert len(tried) == 64
    assert {digest(b"0"), digest(b"999")} <= {*tried}
    assert len(some_digests(pairs(many[:5]))) == 5
    assert some_digests(pairs([b"a", None, b"b"])).tolist() == [digest(b"a"), digest(b"b")]
    assert some_digests(pairs(many, stored=False)).tolist() == []


def test_where_images_are_computed_nothing_is_known():
    known = found([b"a"], entry([b"a"], [], 1.0), stored=False)
    assert (known.results, known.n_images_known(1)) == ([], 0)
