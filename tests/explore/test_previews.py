import numpy as np
import pytest

from explorer.config import MapConfig, SynthesisConfig
from explorer.core.geometry import blend
from explorer.explore.dataset import find_prepared
from explorer.explore.previews import blended, draw, subject
from explorer.models.loaded import Models, image_seed
from explorer.runs.config import view_of
from explorer.runs.distill import prepare
from explorer.store.store import Store
from tests.opened import opened

HOW = SynthesisConfig(steps=2)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "cache")


@pytest.fixture
def prepared(config, store):
    prepare(opened(store, config), config, MapConfig(), ("image",))
    return find_prepared(store, view_of(config))


def test_what_was_drawn_before_is_found_and_the_rest_is_drawn(prepared, store, bundle, monkeypatch):
    first = draw(store, Models(bundle, "cpu"), subject(prepared, 3), HOW, n=2)
    asked, studio = [], Models(bundle, "cpu")
    draw_really = studio.draw

    def watched(what, how, seeds, *rest):
        asked.append(seeds)
        return draw_really(what, how, seeds, *rest)

    monkeypatch.setattr(studio, "draw", watched)
    again = draw(Store(store.root), studio, subject(prepared, 3), HOW, n=3)
    assert asked == [[image_seed(2, 3)]]
    assert [each.png for each in again[:2]] == [each.png for each in first]
    assert [each.is_new for each in first + again] == [True, True, False, False, True]
    assert [each.how.seed for each in again] == [0, 1, 2]
    assert again[0].similarity_to_prototype == first[0].similarity_to_prototype


@pytest.mark.parametrize(
    "other",
    [
        {"steps": 3},
        {"guidance": 1.0},
        {"noise_level": 30},
        {"negative_prompt": "text"},
        {"seed": 4},
        {"prototype": 2},
    ],
    ids=lambda other: next(iter(other)),
)
def test_everything_that_decides_an_image_is_in_its_key(prepared, store, bundle, other):
    studio = Models(bundle, "cpu")
    (first,) = draw(store, studio, subject(prepared, 3), HOW)
    k = other.pop("prototype", 3)
    (second,) = draw(store, studio, subject(prepared, k), SynthesisConfig(**{"steps": 2, **other}))
    assert second.is_new
    assert second.key != first.key


def test_a_blend_begins_at_one_prototype_and_ends_at_the_other(prepared):
    first, last = subject(prepared, 3), subject(prepared, 7)
    assert first.text != last.text
    begin, quarter, end = (blended(prepared, 3, 7, share) for share in (0.0, 0.25, 1.0))
    np.testing.assert_allclose(begin.image, first.image, rtol=1e-5)
    np.testing.assert_allclose(end.image, last.image, rtol=1e-5)
    assert [begin.text, quarter.text, end.text] == [first.text, first.text, last.text]
    assert {each.number for each in (begin, quarter, end)} == {3}  # so is the noise
    np.testing.assert_array_equal(quarter.image, blend(first.image, last.image, 0.25))
