"""Commands that a person watches: their options, their result, and what is told beside it."""

import argparse
import json
from pathlib import Path

import pytest

from explorer.commands.watched import Done, _advice, _told, _watched
from explorer.methods.registry import all_methods


def options(**given: object) -> argparse.Namespace:
    usual = {
        "data": "scenes",
        "bundle": "scenes",
        "encoder": "",
        "decoder": "",
        "revision": "",
        "json": False,
    }
    return argparse.Namespace(**{**usual, **given})


def test_the_result_is_told_to_people_and_with_json_to_programs(capsys):
    def work(given, watcher):
        watcher.say("embed", "Halfway")
        return Done("3 pairs.", {"n_pairs": 3})

    assert _watched(options(work=work)) == 0
    plain = capsys.readouterr()
    assert plain.out.splitlines()[0] == "3 pairs."
    assert plain.out.splitlines()[1].startswith("Done in ")
    assert plain.err == "Halfway\n"

    assert _watched(options(work=work, json=True)) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told.pop("seconds") >= 0
    assert told == {"n_pairs": 3, "advice": ""}


def test_what_goes_wrong_is_not_swallowed():
    def work(given, watcher):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _watched(options(work=work))


@pytest.mark.parametrize(
    ("data", "result", "is_told"),
    [
        ("scenes", {}, False),
        ("photographs", {}, True),
        ("photographs", {"task": "retrieval"}, True),
        ("photographs", {"task": "classification"}, False),  # which no encoder sees
    ],
)
def test_who_uses_the_built_in_models_on_photographs_is_told(data, result, is_told):
    told = _advice(options(data=data), result)
    assert ("The built-in encoder knows only Scenes" in told) == is_told


def test_advice_is_about_the_data_that_a_set_is_scored_on():
    assert _advice(options(data="my-set", test="scenes"), {}) == ""
    assert _advice(options(data="scenes", test="photographs"), {}) != ""


def test_a_tracker_is_told_what_somebody_named_with_the_evaluation_apart():
    method = next(iter(all_methods()))
    given = argparse.Namespace(
        data="scenes", out=Path("a/b"), seed=None, evaluationepochs=3, work=print, method=method
    )
    assert _told(given) == {
        "data": "scenes",
        "out": "a/b",
        "method": method,
        "evaluation": {"epochs": 3},
    }
