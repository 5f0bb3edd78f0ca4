"""Damage anywhere in a dataset's own files is a message, a count, or does no harm."""

import random
from contextlib import suppress

import pytest

from explorer.data.open import open_dataset
from explorer.errors import ExplorerError
from tests.data import layouts
from tests.data.greys import image
from tests.data.layouts import Captioned

WORLD = {
    split: [Captioned(f"{split}{n}.png", image(10 * n), ["A cat", 'A "dog"']) for n in range(3)]
    for split in ("train", "val", "test")
}
WRITERS = [each for group in layouts.WITH_SPLITS.values() for each in group]
WRITERS += [each for group in layouts.WITHOUT_SPLITS.values() for each in group]
HOSTILE = [
    b'"',
    b"\0",
    b"\xff",
    b"\n",
    b",",
    b"[" * 2000,
    b"{",
    b"9" * 500,
    b"\xed\xa0\x80",
    b"../",
]
TRIES = 6


def damaged(content: bytes, rng: random.Random) -> bytes:
    """One of: cut, a flipped byte, something hostile put in."""
    at = rng.randrange(len(content) + 1)
    how = rng.randrange(3)
    if how == 0 or at == len(content):
        return content[:at]
    if how == 1:
        return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]
    return content[:at] + rng.choice(HOSTILE) + content[at:]


@pytest.mark.parametrize("write", WRITERS, ids=lambda each: each.__name__)
@pytest.mark.filterwarnings("ignore")
def test_only_sentences_come_of_damage(tmp_path, write):
    rng = random.Random(write.__name__)
    folder = write(tmp_path, WORLD)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    for path in rng.choices([each for each in files if each.suffix != ".png"] or files, k=TRIES):
        content = path.read_bytes()
        path.write_bytes(damaged(content, rng))
        with suppress(ExplorerError):
            for split in open_dataset(str(folder)).splits.values():
                for i in range(split.n_images):
                    with suppress(ExplorerError):
                        split.open_image(i)
        path.write_bytes(content)
