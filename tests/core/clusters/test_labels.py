import numpy as np
import pytest

from explorer.core.clusters.labels import distinctive_words, each_stem_once
from explorer.errors import BadDataError

CAPTIONS = [
    "A red boat on the lake.",
    "The boat is red, near a lake!",
    "A red car in the city",
    "A blue car in a city at night",
]


def test_hand_worked_case():
    # cluster 0 says red, boat and lake twice each; cluster 1 car and city twice, red, blue and
    # night once. "red" stands in both, so it says least about cluster 0.
    words = distinctive_words(CAPTIONS, np.array([0, 0, 1, 1]), 2)
    assert words == [["boat", "lake", "red"], ["car", "city", "blue"]]


def test_a_dropped_caption_counts_nowhere():
    words = distinctive_words(CAPTIONS, np.array([0, 0, -1, -1]), 1, n_words=9)
    assert words == [["boat", "lake", "red"]]


def test_a_cluster_without_captions_or_of_stop_words_has_no_words():
    assert distinctive_words(["and the of", "1 2 _"], np.array([0, 1]), 3) == [[], [], []]
    assert distinctive_words([], np.array([], dtype=np.int64), 1) == [[]]


def test_words_of_any_script_count():
    words = distinctive_words(["Ein großes Boot", "赤い船"], np.array([0, 1]), 2)
    assert words == [["boot", "ein", "großes"], ["赤い船"]]


def test_swapping_clusters_swaps_the_words():
    cluster = np.array([0, 1, 1, 0])
    words = distinctive_words(CAPTIONS, cluster, 2)
    assert distinctive_words(CAPTIONS, 1 - cluster, 2) == words[::-1]


def test_labels_that_do_not_fit_are_an_error():
    with pytest.raises(BadDataError, match="4 captions need a cluster each"):
        distinctive_words(CAPTIONS, np.array([0]), 2)
    with pytest.raises(BadDataError, match="not below the number of clusters"):
        distinctive_words(CAPTIONS, np.array([0, 1, 2, 0]), 2)


def test_words_of_one_stem_are_said_once_and_the_first_stays():
    words = ["sails", "boat", "sailboat", "sail", "boats"]
    assert each_stem_once(words) == ["sails", "boat", "sailboat"]
