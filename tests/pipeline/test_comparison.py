from dataclasses import replace

import pytest

from explorer.config import Edit, EvaluationConfig, PrototypeConfig, RunConfig, SynthesisConfig
from explorer.pipeline.comparison import Point, compare
from explorer.pipeline.rundir import Job, Status
from explorer.pipeline.runs import RunInfo

DONE = Status("done", "", 1.0, "Done", "", 0, 0.0, 0.0, 0.0)


def run(n_pairs: int, mean: float, half: float | None = 1.0, *, seed: int = 0, **other) -> RunInfo:
    """A finished run that scored `mean` on one network."""
    config = RunConfig(prototypes=PrototypeConfig(n_prototypes=n_pairs, seed=seed))
    config = replace(config, **other)
    scores = {"backbones": {"vit": {"mean": [mean, half]}}}
    return RunInfo("id", Job(config=config), DONE, {"n_pairs": n_pairs, "evaluation": scores})


def test_sets_from_several_seeds_become_one_point_with_an_interval_over_sets():
    (line,) = compare([run(20, 1.0, seed=1), run(20, 2.0, seed=2), run(20, 3.0, seed=3)])
    (point,) = line.points
    assert (point.n_pairs, point.n_sets, point.mean) == (20, 3, 2.0)
    assert point.half == pytest.approx(2.484, abs=1e-3)  # 4.303 * 1 / sqrt(3)


def test_a_set_alone_has_the_interval_over_its_students():
    (line,) = compare([run(50, 7.0, 0.5), run(20, 4.0, None)])
    assert line.points == [Point(20, 1, 4.0, None), Point(50, 1, 7.0, 0.5)]
    assert (line.network, line.label) == ("vit", "pds")
    assert line.about["protocol"] == "honest"


def test_of_two_equal_runs_the_newer_counts_once():
    (line,) = compare([run(20, 5.0), run(20, 1.0)])
    assert line.points == [Point(20, 1, 5.0, 1.0)]


def test_other_settings_make_another_line_that_says_what_differs():
    strong = SynthesisConfig(guidance=9.0)
    lines = compare([run(20, 1.0), run(20, 2.0, synthesis=strong), run(20, 3.0, method="random")])
    assert [line.label for line in lines] == ["pds · guidance 5.0", "pds · guidance 9.0", "random"]


def test_what_people_did_by_hand_is_told_in_a_few_words():
    edits = (Edit(kind="drop", prototype=0), Edit(kind="split", prototype=1))
    subset = "0123456789abcdef01234567"
    lines = compare([run(20, 1.0), run(20, 2.0, edits=edits), run(20, 2.0, subset=subset)])
    assert [line.label for line in lines] == [
        "pds · all rows · 0 edits",
        "pds · all rows · 2 edits",
        "pds · subset 01234567 · 0 edits",
    ]


def test_how_pictures_would_be_drawn_does_not_divide_methods_that_draw_none():
    runs = [
        run(20, 1.0, method="random", synthesis=SynthesisConfig(guidance=g)) for g in (2.0, 9.0)
    ]
    assert [line.label for line in compare(runs)] == ["random"]


@pytest.mark.parametrize(
    "other",
    [
        {"data": "elsewhere"},
        {"bundle": "vit-l-14"},
        {"evaluation": EvaluationConfig(protocol="paper")},
        {"evaluation": EvaluationConfig(text="prototype")},
    ],
    ids=str,
)
def test_numbers_that_cannot_be_compared_are_told_apart(other):
    first, second = compare([run(20, 1.0), run(20, 2.0, **other)])
    assert first.about != second.about
    assert first.label == second.label == "pds"


def swept(*sets: tuple[str, int, int, float], **other) -> RunInfo:
    """A sweep with these sets: method, pairs, number and mean."""
    given = [
        {"method": m, "n_pairs": n, "number": i, "backbones": {"vit": {"mean": [mean, 1.0]}}}
        for m, n, i, mean in sets
    ]
    job = Job(kind="sweep", config=replace(RunConfig(), **other))
    return RunInfo("sweep", job, DONE, {"sets": given})


def test_the_sets_of_a_sweep_become_lines_beside_those_of_runs():
    sweep = swept(("pds", 20, 0, 1.0), ("pds", 20, 1, 3.0), ("random", 20, 0, 0.5))
    pds, random = compare([sweep, run(50, 9.0, seed=42)])
    assert (pds.label, random.label) == ("pds", "random")
    assert [(p.n_pairs, p.n_sets, p.mean) for p in pds.points] == [(20, 2, 2.0), (50, 1, 9.0)]


def test_a_set_of_a_sweep_that_is_also_a_run_counts_once():
    sweep = swept(("pds", 20, 1, 3.0))
    seeds = {"prototypes": PrototypeConfig(n_prototypes=20, seed=43)}
    (line,) = compare([run(20, 4.0, **seeds, synthesis=SynthesisConfig(seed=1)), sweep])
    assert line.points == [Point(20, 1, 4.0, 1.0)]


def test_runs_without_scores_are_left_out():
    unfinished = run(20, 1.0)._replace(result=None)
    assert compare([unfinished]) == []
