from dataclasses import replace
from typing import Any

import pytest

from explorer.compare.lines import LinePoint, compare
from explorer.config import Edit
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job, Status
from explorer.runs.launcher import RunInfo
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.configs import with_settings

DONE = Status("done", share=1.0, text="Done")


def run(
    n_pairs: int,
    mean: float,
    half: float | None = 1.0,
    *,
    seed: int = 0,
    synthesis: dict[str, Any] | None = None,
    **other,
) -> RunInfo:
    """A finished run that scored `mean` on one network."""
    config = RunConfig(size=n_pairs, **other)
    if config.method == "pds":
        config = with_settings(config, prototypes={"seed": seed}, synthesis=synthesis or {})
    elif config.settings.as_json():
        config = with_settings(config, seed=seed)
    scores = {"backbones": {"vit": {"mean": [mean, half]}}}
    return RunInfo("id", Job(config=config), DONE, {"n_pairs": n_pairs, "evaluation": scores})


def test_sets_from_several_seeds_become_one_point_with_an_interval_over_sets():
    (line,) = compare([run(20, 1.0, seed=1), run(20, 2.0, seed=2), run(20, 3.0, seed=3)])
    (point,) = line.points
    assert (point.n_pairs, point.n_sets, point.mean) == (20, 3, 2.0)
    assert point.half == pytest.approx(2.484, abs=1e-3)  # 4.303 * 1 / sqrt(3)


def test_a_set_alone_has_the_interval_over_its_students():
    (line,) = compare([run(50, 7.0, 0.5), run(20, 4.0, None)])
    assert line.points == [LinePoint(20, 1, 4.0, None), LinePoint(50, 1, 7.0, 0.5)]
    assert (line.network, line.label) == ("vit", "pds")
    assert line.about["protocol"] == "honest"


def test_labelled_sets_stand_at_their_images_per_class_and_name_no_models():
    config = RunConfig(data="digits", task="classification", method="random", size=2)
    evaluation = {"networks": {"convnet": {"accuracy": [80.0, 1.0]}}}
    done = RunInfo("id", Job(config=config), DONE, {"n_pairs": 20, "evaluation": evaluation})
    (line,) = compare([done])
    assert line.points == [LinePoint(2, 1, 80.0, 1.0)]
    assert line.on == "digits · ConvNet of width 64, 300 epochs · convnet"


def test_sets_that_grey_networks_learned_are_told_from_those_of_three_channels():
    config = RunConfig(data="digits", task="classification", method="dm", size=2)
    before = RunConfig.from_json(without_channels(config.as_json()), written=True)

    def done(config: RunConfig, mean: float, **told: int) -> RunInfo:
        scores = {"networks": {"convnet": {"accuracy": [mean, 1.0]}}, "image_size": 8, **told}
        return RunInfo("id", Job(config=config), DONE, {"n_pairs": 20, "evaluation": scores})

    grey, old = done(config, 81.0, image_channels=1), done(before, 80.0)
    lines = compare([grey, old])
    assert [line.points[0].mean for line in lines] == [81.0, 80.0]
    assert [line.on for line in lines] == [
        f"digits · ConvNet-1 of width 64, 8 {pixels}, 300 epochs · convnet"
        for pixels in ("grey pixels", "pixels")
    ]
    (line,) = compare([done(config, 82.0, image_channels=3), old])  # of colours: one and the same
    assert line.points == [LinePoint(2, 1, 82.0, 1.0)]


def without_channels(values: dict[str, Any]) -> dict[str, Any]:
    """A run as it was written before networks could be grey."""
    for part in ("settings", "evaluation"):
        values[part] = {n: v for n, v in values[part].items() if n != "image_channels"}
    return values


def test_of_two_equal_runs_the_newer_counts_once():
    (line,) = compare([run(20, 5.0), run(20, 1.0)])
    assert line.points == [LinePoint(20, 1, 5.0, 1.0)]


def test_other_settings_make_another_line_that_says_what_differs():
    strong = {"guidance": 9.0}
    lines = compare([run(20, 1.0), run(20, 2.0, synthesis=strong), run(20, 3.0, method="random")])
    assert [line.label for line in lines] == ["pds · guidance 2", "pds · guidance 9", "random"]


def test_settings_are_called_as_on_the_page_and_told_in_words():
    few = run(20, 2.0, evaluation=RetrievalConfig(n_seeds=2), synthesis={"negative_prompt": "/b/a"})
    own = {"drop_fraction": 0.25, "clustering": "minibatch", "unique_captions": True}
    config = with_settings(few.job.config, prototypes=own)
    usual, other = compare([run(20, 1.0), few._replace(job=Job(config=config))])
    assert usual.label.split(" · ") == [
        "pds",
        "share left out 0.2",
        "clustering kmeans",
        "own captions off",
        "avoid none",
        "students per network 5",
    ]
    assert other.label.split(" · ")[1:] == [
        "share left out 0.25",
        "clustering minibatch",
        "own captions on",
        "avoid .../a",
        "students per network 2",
    ]


def test_what_people_did_by_hand_is_told_in_a_few_words():
    edits = (Edit(kind="drop", prototype=0), Edit(kind="split", prototype=1))
    subset = "0123456789abcdef01234567"
    lines = compare([run(20, 1.0), run(20, 2.0, edits=edits), run(20, 2.0, subset=subset)])
    assert [line.label for line in lines] == [
        "pds",
        "pds · 2 edits",
        "pds · subset 01234567",
    ]
    (alone,) = compare([run(20, 2.0, edits=edits[:1])])
    assert alone.label == "pds · 1 edit"


def old_run(method: str, seed: int, mean: float, **prototypes) -> RunInfo:
    """A run as it was written when every method had the settings of PDS."""
    config = {
        "data": "scenes",
        "method": method,
        "prototypes": {"n_prototypes": 20, "seed": seed, **prototypes},
        "synthesis": {"seed": seed, "guidance": 2.0},
    }
    done = run(20, mean)
    return done._replace(job=Job(config=RunConfig.from_json(config)))


def test_settings_that_a_method_does_not_have_divide_none_of_its_runs():
    runs = [old_run("random", s, 1.0 + s, pairless=p) for s, p in enumerate(("drop", "centres"))]
    (line,) = compare(runs)
    assert (line.label, line.points[0].n_sets) == ("random", 2)


def test_a_set_made_three_times_under_another_seed_of_what_it_does_not_generate_counts_once():
    runs = [old_run("herding", seed, 5.0) for seed in range(3)]
    (line,) = compare(runs)
    assert (line.points[0].n_sets, line.points[0].half) == (1, 1.0)


@pytest.mark.parametrize(
    "other",
    [
        {"data": "elsewhere"},
        {"bundle": "vit-l-14"},
        {"evaluation": RetrievalConfig(protocol="paper")},
        {"evaluation": RetrievalConfig(text="prototype")},
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


def test_what_other_methods_of_a_sweep_were_asked_for_makes_no_line_of_its_own():
    others = {"random": find_method("random").config(seed=42)}
    sweep = swept(("pds", 20, 0, 1.0), ("random", 20, 0, 0.5), others=others)
    lines = compare([sweep, run(50, 9.0, seed=42), run(50, 2.0, method="random")])
    assert [(line.label, len(line.points)) for line in lines] == [("pds", 2), ("random", 2)]


def test_a_set_of_a_sweep_that_is_also_a_run_counts_once():
    sweep = swept(("pds", 20, 1, 3.0))
    (line,) = compare([run(20, 4.0, seed=43, synthesis={"seed": 1}), sweep])
    assert line.points == [LinePoint(20, 1, 4.0, 1.0)]


def test_runs_without_scores_are_left_out():
    unfinished = run(20, 1.0)._replace(result=None)
    assert compare([unfinished]) == []


@pytest.mark.parametrize(("sizes", "mean"), [((1000, 3000, None), 2000), ((None,), None)])
def test_a_point_tells_the_mean_bytes_of_the_sets_that_were_counted(sizes, mean):
    runs = [run(20, 1.0, seed=seed) for seed in range(len(sizes))]
    told = [
        each._replace(result={**each.result, **({"n_bytes": n} if n else {})})
        for each, n in zip(runs, sizes, strict=True)
    ]
    (line,) = compare(told)
    assert [(point.n_sets, point.n_bytes) for point in line.points] == [(len(sizes), mean)]


def test_a_pair_in_whose_place_a_similarity_is_stored_counts_as_in_a_sweep():
    made = run(19, 4.0, method="lors")
    config = with_settings(replace(made.job.config, size=20), storage_fair=True)
    (line,) = compare([made._replace(job=Job(config=config))])
    assert line.points == [LinePoint(20, 1, 4.0, 1.0)]
