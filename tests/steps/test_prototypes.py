from dataclasses import fields, replace

import numpy as np
import pytest

from explorer.config import PrototypeConfig
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.errors import ConfigError
from explorer.steps.prototypes import prototypes as prototypes_step

OTHER = {
    "drop_fraction": 0.5,
    "normalize": True,
    "pairless": "drop",
    "clustering": "minibatch",
    "clustering_start": "earlier",
    "unique_captions": True,
    "joint": 0.5,
    "over_clusters": 2,
    "weighted": True,
    "seed": 1,
}


def prototypes(store, embedded, n, config):
    return store.fetch(prototypes_step(embedded.key, 60, n, config, lambda: embedded))


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
    names = OTHER.keys() - {"clustering_start"}  # whose key is that of what it finds
    configs = [base, *(replace(base, **{name: OTHER[name]}) for name in names)]
    keys = {prototypes(store, embedded, 3, config).key for config in configs}
    assert len(keys | {prototypes(store, embedded, 4, base).key}) == len(configs) + 1


def test_settings_that_came_later_are_in_no_key_at_their_defaults(store, embedded):
    later = {"joint", "over_clusters", "weighted", "clustering_start"}
    as_they_were = {"n_prototypes", "embed", *OTHER} - later
    step = prototypes_step(embedded.key, 60, 3, PrototypeConfig(), lambda: embedded)
    assert step.inputs.keys() == as_they_were


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
