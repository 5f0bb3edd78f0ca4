from dataclasses import fields

import numpy as np
import pytest

from explorer.config import MapConfig
from explorer.core.geometry import unit_rows
from explorer.errors import ConfigError
from explorer.steps import maps
from explorer.steps.maps import lay_out, layout, place

OTHER_MAP = {"n_neighbors": 5, "min_dist": 0.5, "seed": 1}


def map_layout(store, embedded, config, space):
    return store.fetch(layout(embedded.key, config, space, lambda: embedded))


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
    assert np.array_equal(position, lay_out(unit_rows(embedded.image), MapConfig()))
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
