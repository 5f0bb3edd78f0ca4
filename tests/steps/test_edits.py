"""Edits of prototypes, each cached on the one before."""

import numpy as np
import pytest

from explorer.config import Edit, PrototypeConfig, SynthesisConfig
from explorer.errors import ConfigError
from explorer.steps.edits import make_edits
from explorer.steps.prototypes import prototypes

K = 3
HOW = SynthesisConfig(seed=5)


@pytest.fixture
def found(store, embedded):
    """Three prototypes, one of each topic."""
    config = PrototypeConfig(drop_fraction=0.0)
    return store.fetch(prototypes("k", 60, K, config, lambda: embedded))


def edit(kind: str, prototype: int, **more) -> Edit:
    return Edit(kind=kind, prototype=prototype, **more)


def test_no_edit_leaves_everything(store, embedded, found):
    assert make_edits(store, embedded, found, []) is found


def test_the_numbers_of_others_stay_and_new_ones_are_never_given_again(store, embedded, found):
    edits = [edit("drop", 1), edit("split", 0), edit("drop", K), edit("split", 2)]
    numbers = [make_edits(store, embedded, found, edits[: n + 1]).number.tolist() for n in range(4)]
    assert [sorted(each) for each in numbers] == [[0, 2], [0, 2, 3], [0, 2], [0, 2, 4]]
    assert make_edits(store, embedded, found, edits).n_numbers == 5


def test_an_edit_is_made_once_and_named_by_all_before_it(store, embedded, found, monkeypatch):
    edits = [edit("drop", 1), edit("caption", 0, caption=7)]
    after = make_edits(store, embedded, found, edits)
    monkeypatch.setattr("explorer.steps.edits._edited", lambda *_: 1 / 0)
    again = make_edits(store, embedded, found, edits)
    assert again.key == after.key
    assert again.chosen_caption[again.number.tolist().index(0)] == 7
    with pytest.raises(ZeroDivisionError):
        make_edits(store, embedded, found, edits[::-1])


def test_only_what_was_made_anew_gets_other_words(store, embedded, found):
    of_own = dict(zip(found.number.tolist(), found.labels, strict=True))
    called = found._replace(key="called", labels=[["first"], ["second"], ["third"]])
    after = make_edits(store, embedded, called, [edit("merge", 0, other=1)])
    words = dict(zip(after.number.tolist(), after.labels, strict=True))
    assert words.keys() == {0, 2}
    assert words[2] == ["third"]
    assert set(words[0]) <= set(of_own[0]) | set(of_own[1])
    assert set(words[0]) & set(of_own[0])
    assert set(words[0]) & set(of_own[1])


def test_an_image_is_kept_until_its_prototype_is_another(store, embedded, found):
    kept = make_edits(store, embedded, found, [edit("picture", 1, synthesis=HOW)])
    assert kept.kept_images == {1: HOW}
    assert np.array_equal(kept.prototypes.image, found.prototypes.image)
    for later, images in (
        (edit("drop", 0), {1: HOW}),
        (edit("caption", 1, caption=7), {}),
        (edit("merge", 0, other=1), {}),
        (edit("split", 1), {}),
    ):
        assert make_edits(store, embedded, kept, [later]).kept_images == images


@pytest.mark.parametrize(
    "wrong", [edit("drop", 9), edit("picture", 9, synthesis=HOW), edit("merge", 0, other=9)]
)
def test_what_is_not_there_cannot_be_edited(store, embedded, found, wrong):
    with pytest.raises(ConfigError):
        make_edits(store, embedded, found, [wrong])
