import pytest

from explorer.errors import BadDataError
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job
from explorer.runs.outcome import checked, scores_of, scores_of_set, shown_of

RUN, SWEEP = Job(config=RunConfig(size=2)), Job(kind="sweep")
RECALL = {str(k): [50.0, None] for k in (1, 5, 10)}
NETWORK = {"mean": [50.0, 1.0], "image_to_text": RECALL, "text_to_image": RECALL}
RESULT = {
    "out": "/home/ada/cache/runs/one/set",
    "n_pairs": 2,
    "words": 3.5,
    "timing": {"embed": 1.0},
    "evaluation": {"protocol": "honest", "n_seeds": 5, "backbones": {"resnet": NETWORK}},
    "found": "40,000 images in /home/ada/boats",
}
SET = {"method": "pds", "n_pairs": 2, "number": 0, "scores": {"resnet": {"recall": [50.0, 1.0]}}}
SWEPT = {"sets": [SET], "timing": {"sweep": 2.0}, "n_pairs": [2, 5], "rows": []}


def changed(value: dict, path: tuple, to: object) -> dict:
    """The value with another one somewhere inside of it."""
    name, *rest = path
    if isinstance(value, list):
        return [changed(value[0], tuple(rest), to) if rest else to, *value[1:]]
    return {**value, name: changed(value[name], tuple(rest), to) if rest else to}


def test_a_whole_result_is_taken_as_it_is():
    assert checked(RESULT, RUN) is RESULT
    assert checked(SWEPT, SWEEP) is SWEPT
    assert checked(None, RUN) is None


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("n_pairs",), "two"),
        (("words",), [1]),
        (("timing",), {"embed": "long"}),
        (("evaluation",), {"protocol": 3}),
        (("evaluation", "backbones"), "none"),
        (("evaluation", "backbones", "resnet"), {}),
        (("evaluation", "backbones", "resnet", "mean"), [1.0, 2.0, 3.0]),
        (("evaluation", "backbones", "resnet", "mean"), "high"),
    ],
)
def test_a_damaged_result_of_a_run_is_a_sentence(path, to):
    with pytest.raises(BadDataError, match=r"^result\.json is damaged: [^\n]+\.$"):
        checked(changed(RESULT, path, to), RUN)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("sets",), "all"),
        (("sets", 0), []),
        (("sets", 0, "method"), "nothing"),
        (("sets", 0, "number"), "first"),
        (("sets", 0, "n_pairs"), None),
        (("sets", 0, "scores"), {"resnet": {}}),
        (("sets", 0, "scores"), {"resnet": {"recall": [1.0]}}),
    ],
)
def test_a_damaged_result_of_a_sweep_is_a_sentence(path, to):
    with pytest.raises(BadDataError, match=r"^result\.json is damaged: [^\n]+\.$"):
        checked(changed(SWEPT, path, to), SWEEP)


@pytest.mark.parametrize("result", [None, {}, {"evaluation": None}])
def test_a_run_without_an_evaluation_has_no_scores(result):
    assert scores_of(RUN, result) == {}
    assert scores_of(RUN, RESULT)["resnet"]["recall"] == [50.0, 1.0]


def test_visitors_see_no_folder_and_nothing_that_the_page_does_not_read():
    shown = shown_of(RUN, RESULT)
    assert shown["out"] == "set"
    assert "found" not in shown
    assert shown["n_pairs"] == 2
    assert shown_of(RUN, None) is None


def test_of_a_sweep_only_its_costs_are_shown():
    assert shown_of(SWEEP, SWEPT) == {"timing": {"sweep": 2.0}}


def test_sets_of_earlier_versions_have_scores_too():
    old = {**{name: v for name, v in SET.items() if name != "scores"}, **RESULT["evaluation"]}
    assert scores_of_set(old, SWEEP)["resnet"]["recall"] == [50.0, 1.0]
    assert scores_of_set(SET, SWEEP) is SET["scores"]
