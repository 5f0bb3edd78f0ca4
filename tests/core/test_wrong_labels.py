import numpy as np

from explorer.core.neighbors import nearest_rows
from explorer.core.wrong_labels import NEIGHBOURS, contradicted


def test_labels_that_were_changed_are_found_and_others_are_not():
    rng = np.random.default_rng(0)
    truth = np.arange(120) % 3
    rows = np.eye(3)[truth] * 5 + rng.normal(size=(120, 3)) * 0.3
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = truth.copy()
    labels[[4, 50, 77]] = (labels[[4, 50, 77]] + 1) % 3
    neighbour = nearest_rows(rows.astype(np.float32), NEIGHBOURS + 1, seed=0).row[:, 1:]
    assert sorted(contradicted(neighbour, labels, 3).tolist()) == [4, 50, 77]
    assert contradicted(neighbour, truth, 3).tolist() == []


def test_where_neighbours_disagree_nothing_is_said():
    neighbour = np.arange(1, 11)[None].repeat(11, axis=0)
    labels = np.arange(11)  # each neighbour of another class
    assert contradicted(neighbour, labels, 11).tolist() == []


def test_the_clearest_come_first():
    labels = np.array([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2])
    all_ones = np.arange(2, 12)
    mixed = np.array([*range(2, 11), 12])
    neighbour = np.stack([mixed, all_ones, *[all_ones] * 12])
    assert contradicted(neighbour, labels, 3)[:4].tolist() == [1, 12, 13, 0]
