"""What a method says of itself by its settings."""

from types import SimpleNamespace

import pytest

from explorer.config import PrototypeConfig
from explorer.methods.base import BEST, LAST, Method, NoSettings, SeedSettings
from explorer.settings import Settings, group


class OfPrototypes(Settings):
    prototypes: PrototypeConfig = group("Prototypes", default_factory=PrototypeConfig)


def method(**more) -> Method:
    return Method(name="own", label="Own", family="own", about="Any.", **more)


@pytest.mark.parametrize(
    ("config", "has_chance", "follows_edits"),
    [(NoSettings, False, False), (SeedSettings, True, False), (OfPrototypes, True, True)],
)
def test_chance_and_edits_are_told_by_the_settings(config, has_chance, follows_edits):
    own = method(config=config)
    assert (own.has_chance, own.follows_edits) == (has_chance, follows_edits)


@pytest.mark.parametrize(
    ("more", "of_pairs", "of_classes"),
    [
        ({}, True, False),
        ({"encodes_classes": True}, True, True),
        ({"needs": frozenset()}, False, False),
        ({"needs": frozenset({"decoder"}), "encodes_classes": True}, False, False),
    ],
)
def test_data_are_seen_through_the_encoder_where_a_method_needs_it_for_them(
    more, of_pairs, of_classes
):
    own = method(**more)
    assert (own.encodes(has_captions=True), own.encodes(has_captions=False)) == (
        of_pairs,
        of_classes,
    )


def test_models_decide_a_set_of_classes_where_they_see_images_or_read_words():
    assert not method().models_of_classes
    assert method(encodes_classes=True).models_of_classes
    assert method(reads_captions=True).models_of_classes


def test_only_a_set_that_is_learned_has_steps_and_a_best_moment():
    settings = SimpleNamespace(steps=7, kept=BEST, spared=2)
    learned, chosen = method(learns=True), method()
    assert (learned.n_steps(settings), chosen.n_steps(settings)) == (7, 0)
    assert (learned.keeps_best(settings), chosen.keeps_best(settings)) == (True, False)
    assert not learned.keeps_best(SimpleNamespace(kept=LAST))
    assert learned.n_spared(settings) == 2
    nothing = NoSettings()
    assert (learned.n_steps(nothing), learned.n_spared(nothing)) == (0, 0)
    assert not learned.keeps_best(nothing)
