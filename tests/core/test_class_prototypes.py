"""Prototypes within classes."""

import numpy as np

from explorer.core.class_prototypes import prototypes_of_classes


def rows(angles):
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_each_class_is_clustered_for_itself_whatever_lies_between():
    image = rows(np.array([0.0, 0.1, 1.0, 1.1, 0.05, 0.95]))  # the last two are of class 1
    labels = np.array([0, 0, 0, 0, 1, 1])
    caption = rows(np.array([0.2, 0.8]))[labels]
    made = prototypes_of_classes(
        image, caption, labels, 2, drop_fraction=0.0, clustering="kmeans", seed=0
    )
    assert sorted(made.n_shared.tolist()) == [1, 1, 2, 2]
    assert len(made.kept) == 6
    for k, own in enumerate(made.image_label):
        members = np.flatnonzero(made.image_cluster == own)
        assert len(set(labels[members])) == 1
        np.testing.assert_allclose(made.image[k], image[members].mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(made.caption[k], caption[members[0]], atol=1e-6)


def test_a_class_of_few_or_equal_images_has_fewer():
    image, labels = rows(np.array([0.0, 0.5, 1.0, 1.4, 1.4])), np.array([0, 0, 0, 1, 1])
    caption = rows(np.array([0.2, 0.8]))[labels]
    made = prototypes_of_classes(
        image, caption, labels, 3, drop_fraction=0.0, clustering="kmeans", seed=0
    )
    assert len(made.image) == 4
    assert (made.n_shared > 0).all()
