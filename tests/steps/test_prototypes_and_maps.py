from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.config import MapConfig, PrototypeConfig
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.errors import ConfigError
from explorer.steps import maps
from explorer.steps.maps import lay_out, layout, place
from explorer.steps.prototypes import prototypes as prototypes_step
from explorer.store.store import Store

OTHER = {
    "drop_fraction": 0.5,
    "normalize": True,
    "pairless": "drop",
    "clustering": "minibatch",
    "unique_captions": True,
    "seed": 1,
}
OTHER_MAP = {"n_neighbors": 5, "min_dist": 0.5, "seed": 1}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def embedded():
    """Three well-parted topics of ten images, two captions each."""
    rng = np.random.default_rng(0)
    topic = np.arange(30) % 3
    centres = rng.normal(size=(3, 8)) * 10
    image = (centres[topic] + rng.normal(size=(30, 8))).astype(np.float32)
    image_of_caption = np.repeat(np.arange(30), 2)
    caption = image[image_of_caption] + rng.normal(size=(60, 8)).astype(np.float32)
    words = ["boats on water", "trees and grass", "streets by night"]
    return SimpleNamespace(
        key="k",
        image=image,
        caption=caption,
        image_of_caption=image_of_caption,
        captions=[words[topic[i]] for i in image_of_caption],
    )


def prototypes(store, embedded, n, config):
    return store.fetch(prototypes_step(embedded.key, 60, n, config, lambda: embedded))


def map_layout(store, embedded, config, space):
    return store.fetch(layout(embedded.key, config, space, lambda: embedded))


def test_prototypes_are_the_mathematics_with_captions_and_words(store, embedded):
    found = prototypes(store, embedded, 3, PrototypeConfig())
    wanted = make_prototypes(
        embedded.image[embedded.image_of_caption],
        embedded.caption,
        n_prototypes=3,
        clustering="kmeans",
    )
    for name, array in wanted._asdict().items():
        assert np.array_equal(getattr(found.prototypes, name), array), name
    assert np.array_equal(found.chosen_caption, nearest_captions(wanted.caption, embedded.caption))
    assert sorted(words[0] for words in found.labels) == ["boats", "grass", "night"]


def test_every_prototype_setting_is_in_the_key(store, embedded):
    assert OTHER.keys() == {field.name for field in fields(PrototypeConfig)}
    base = PrototypeConfig()
    configs = [base, *(replace(base, **{name: OTHER[name]}) for name in OTHER)]
    keys = {prototypes(store, embedded, 3, config).key for config in configs}
    assert len(keys | {prototypes(store, embedded, 4, base).key}) == len(configs) + 1


def test_prototypes_may_be_given_captions_of_their_own(store, embedded):
    """All captions have one of three wordings, so a caption of one's own is one of three."""
    config = PrototypeConfig(unique_captions=True)
    chosen = prototypes(store, embedded, 3, config).chosen_caption
    assert sorted(chosen) == [0, 2, 4]  # the first of each wording
    with pytest.raises(ConfigError, match="4 prototypes cannot be given a caption each from 3"):
        prototypes(store, embedded, 4, config)


def test_too_many_prototypes_are_refused(store, embedded):
    with pytest.raises(ConfigError, match="Cannot make 49 prototypes from 48 pairs"):
        prototypes(store, embedded, 49, PrototypeConfig())


@pytest.mark.parametrize(("space", "n"), [("image", 30), ("caption", 60), ("both", 90)])
def test_each_space_has_a_map(store, embedded, space, n):
    entry = map_layout(store, embedded, MapConfig(), space)
    assert entry.position.shape == (n, 2)
    assert np.isfinite(entry.position).all()


def test_an_unknown_space_is_refused(store, embedded):
    with pytest.raises(ConfigError, match="no map of 'sound'"):
        map_layout(store, embedded, MapConfig(), "sound")


def test_every_map_setting_is_in_the_key(embedded):
    assert OTHER_MAP.keys() == {field.name for field in fields(MapConfig)}
    configs = [MapConfig(), *(MapConfig(**{name: OTHER_MAP[name]}) for name in OTHER_MAP)]
    keys = {layout("k", config, "image", lambda: embedded).key for config in configs}
    assert len(keys) == len(configs)


def test_of_many_points_a_sample_is_laid_out_and_the_note_says_so(store, embedded, monkeypatch):
    monkeypatch.setattr(maps, "MOST_FITTED", 24)
    entry = map_layout(store, embedded, MapConfig(), "image")
    assert "UMAP laid out 24 of 30 points" in entry.note
    position = entry.position
    topic = np.arange(30) % 3
    centres = np.array([position[topic == t].mean(axis=0) for t in range(3)])
    distance = np.linalg.norm(position[:, None] - centres, axis=2)
    assert np.array_equal(distance.argmin(axis=1), topic)


def test_a_placed_point_on_an_anchor_stands_there():
    anchors = np.eye(6, dtype=np.float32)
    plane = np.arange(12, dtype=np.float32).reshape(6, 2)
    np.testing.assert_allclose(place(anchors[2:3], anchors, plane), plane[2:3], atol=1e-3)


def test_the_same_seed_gives_the_same_map(embedded):
    assert np.array_equal(
        lay_out(embedded.image, MapConfig()), lay_out(embedded.image, MapConfig())
    )
