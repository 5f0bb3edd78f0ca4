"""Scores of sets, of random ones, and of all of the data."""

from dataclasses import replace

import pytest

from explorer.runs.config import RunConfig
from explorer.runs.referee import judging
from explorer.runs.scoring import KeptScores, Scorer
from explorer.store.store import Store
from explorer.tasks.classification_students import ClassificationConfig
from tests.opened import opened

QUICK = ClassificationConfig(n_seeds=2, epochs=2, image_size=8, architectures="mlp", width=4)
DIGITS = RunConfig(data="digits", task="classification", size=1, evaluation=QUICK)


@pytest.fixture
def scorer(tmp_path) -> Scorer:
    asked = replace(judging(DIGITS), size=1)
    return Scorer(opened(Store(tmp_path / "cache"), asked), asked, tmp_path, n_random=2)


def test_random_sets_are_none_of_those_that_people_make(scorer):
    """A set by chance that is judged would else stand beside itself."""
    seeds = [each.score.args[1].settings.seed for each in scorer.of_random(1, QUICK)]
    usual = DIGITS.with_method("random").settings.seed
    assert len(set(seeds)) == 2
    assert min(seeds) >= usual + 1000


def test_random_sets_that_are_read_otherwise_are_the_same_sets(scorer):
    plain, otherwise = scorer.of_random(1, QUICK), scorer.of_random(1, QUICK, ", otherwise")
    assert [each.key for each in plain] == scorer.random_sets(1)
    assert [each.key for each in otherwise] == [f"{each.key}, otherwise" for each in plain]
    assert [each.score.args[0] for each in otherwise] == scorer.random_sets(1)  # their folders


@pytest.mark.parametrize("content", ["half of a fi", "{}", '{"scores": {"a set": 3}}'])
def test_scores_that_cannot_be_read_are_made_again(scorer, tmp_path, content):
    KeptScores(tmp_path, scorer).keep("a set", {"mlp": [40.0]})
    assert KeptScores(tmp_path, scorer)["a set"] == {"mlp": [40.0]}
    (path,) = tmp_path.glob("scores-*.json")
    path.write_text(content)
    assert "a set" not in KeptScores(tmp_path, scorer)


def test_two_processes_in_one_folder_keep_the_scores_of_both(scorer, tmp_path):
    first, second = (KeptScores(tmp_path, scorer) for _ in range(2))
    first.keep("a set", {"mlp": [40.0]})
    second.keep("another", {"mlp": [50.0]})
    kept = KeptScores(tmp_path, scorer)
    assert (kept["a set"], kept["another"]) == ({"mlp": [40.0]}, {"mlp": [50.0]})


def test_other_students_have_scores_of_their_own(scorer, tmp_path):
    KeptScores(tmp_path, scorer).keep("a set", {"mlp": [40.0]})
    others = replace(scorer.config, evaluation=replace(QUICK, epochs=3))
    assert "a set" not in KeptScores(tmp_path, replace(scorer, config=others))
