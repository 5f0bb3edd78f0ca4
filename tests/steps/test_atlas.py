import io

import numpy as np
import pytest
from PIL import Image

from explorer.steps import atlas as atlases
from explorer.steps.atlas import LEVELS, atlas, tiles_on_page

COLOURS = np.random.default_rng(0).integers(256, size=(11, 3))


@pytest.fixture
def small_pages(monkeypatch):
    """Four tiles of the coarse level on a page, and one of the fine level."""
    monkeypatch.setattr(atlases, "SIDE", 32)
    monkeypatch.setattr(atlases, "PIECE", 4)


def look(i: int) -> Image.Image:
    """A wide image of one colour with black at its sides."""
    image = Image.new("RGB", (60, 20))
    image.paste(tuple(COLOURS[i].tolist()), (20, 0, 40, 20))
    return image


def position() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(11, 2)).astype(np.float32)


def test_each_image_stands_where_its_place_says_on_the_pages_of_each_level(store, small_pages):
    made = store.fetch(atlas("m", position, look))
    assert sorted(made.place.tolist()) == list(range(11))
    for level in LEVELS:
        per_page = tiles_on_page(level)
        assert len(made.pages[level]) == -(-11 // per_page)
        for i, place in enumerate(map(int, made.place)):
            sheet = Image.open(io.BytesIO(made.pages[level][place // per_page]))
            across, down = place % per_page % (32 // level), place % per_page // (32 // level)
            middle = sheet.getpixel(((across + 0.5) * level, (down + 0.5) * level))
            assert np.abs(np.array(middle) - COLOURS[i]).max() < 40


def test_the_last_page_is_as_high_as_its_tiles(store):
    made = store.fetch(atlas("m", position, look))
    sizes = [Image.open(io.BytesIO(made.pages[level][0])).size for level in LEVELS]
    assert sizes == [(atlases.SIDE, level) for level in LEVELS]


def test_work_goes_on_after_the_last_whole_piece(store, small_pages):
    class Stopped(Exception):
        pass

    seen = []

    def stops(i):
        seen.append(i)
        if len(seen) > 9:
            raise Stopped
        return look(i)

    with pytest.raises(Stopped):
        store.fetch(atlas("m", position, stops))
    again = []
    made = store.fetch(atlas("m", position, lambda i: again.append(i) or look(i)))
    assert len(again) == 11 - 8
    assert len(made.pages[LEVELS[-1]]) == 11


def test_another_map_has_another_atlas(store):
    assert atlas("m", position, look).key != atlas("n", position, look).key
