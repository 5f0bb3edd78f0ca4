import json
from dataclasses import replace

import pytest

from explorer.errors import BadDataError, ConfigError, UnknownNameError
from explorer.pipeline import sweep as sweeping
from explorer.pipeline.store import Store
from explorer.pipeline.sweep import Scored, Sweep, sweep, table
from tests.pipeline.watching import Memory

PLAN = Sweep(methods=("random", "herding"), n_pairs=(3, 5), n_sets=2)


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The names of the sets that are made, in order."""
    names: list[str] = []
    distill = sweeping.distill

    def noted(store, config, folder, device, watcher):
        names.append(folder.name)
        return distill(store, config, folder, device, watcher)

    monkeypatch.setattr(sweeping, "distill", noted)
    return names


@pytest.fixture
def run(config, tmp_path):
    def run_sweep(plan: Sweep, memory: Memory | None = None, folder: str = "out", **other):
        store, where = Store(tmp_path / "cache"), tmp_path / folder
        return sweep(store, replace(config, **other), plan, where, "cpu", memory or Memory())

    return run_sweep


def test_every_set_is_made_once_whatever_interrupts_the_sweep(run, made, tmp_path):
    whole = run(PLAN, folder="whole")
    assert made == [
        "random-3-0",
        "herding-3-0",
        "random-5-0",
        "herding-5-0",
        "random-3-1",
        "herding-3-1",
        "random-5-1",
        "herding-5-1",
    ]
    made.clear()

    def stops(stage: str, kind: str, values: dict) -> bool:
        return stage == "evaluate" and made == ["random-3-0", "herding-3-0"]

    with pytest.raises(KeyboardInterrupt):
        run(PLAN, Memory(stops))
    again = run(PLAN)
    assert made.count("random-3-0") == 1
    assert again == whole
    results = [(tmp_path / name / "scores.json").read_bytes() for name in ("whole", "out")]
    assert results[0] == results[1]


def test_a_sweep_can_be_extended(run, made):
    run(replace(PLAN, n_sets=1, methods=("random",)))
    made.clear()
    scores = run(PLAN)
    assert len(made) == 6
    assert len(scores) == 8
    assert len({tuple(each.mean.values()) for each in scores if each.method == "random"}) > 1


def test_a_sweep_with_other_settings_is_not_mixed_in(run, config):
    plan = replace(PLAN, n_sets=1, n_pairs=(3,), methods=("random",))
    run(plan)
    with pytest.raises(ConfigError, match="holds a sweep with other settings"):
        run(plan, evaluation=replace(config.evaluation, epochs=20))


def test_broken_scores_are_explained(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scores.json").write_text("{")
    with pytest.raises(BadDataError, match="Delete it to score again"):
        run(PLAN)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"methods": ("magic",)}, UnknownNameError),
        ({"methods": ()}, ConfigError),
        ({"n_pairs": ()}, ConfigError),
        ({"n_sets": 0}, ConfigError),
    ],
)
def test_an_impossible_sweep_is_refused(values, error):
    with pytest.raises(error):
        replace(PLAN, **values)


def test_the_table_pairs_sets_of_equal_seeds():
    # pds 4, 6 and random 1, 5: differences 3 and 1, whose interval is 12.706 * 1.414 / 1.414
    means = {"pds": (4.0, 6.0), "random": (1.0, 5.0)}
    scores = [
        Scored(method, 20, number, {"vit": value}, {})
        for method, values in means.items()
        for number, value in enumerate(values)
    ]
    lines = table(scores, Sweep(methods=("pds", "random"), n_pairs=(20,), n_sets=2)).splitlines()
    assert lines == [
        "| network | method | 20 pairs | pds − it |",
        "|---|---|---|---|",
        "| vit | pds | 5.0 ± 12.7 |  |",
        "| vit | random | 3.0 ± 25.4 | 2.0 ± 12.7 |",
    ]


def test_one_method_alone_with_one_set_has_neither_difference_nor_interval():
    scores = [Scored("pds", 20, 0, {"vit": 5.0}, {})]
    plan = Sweep(methods=("pds",), n_pairs=(20,), n_sets=1)
    assert table(scores, plan).splitlines()[-1] == "| vit | pds | 5.0 |"


def test_scores_are_kept_as_json_that_anybody_can_read(run, tmp_path):
    run(replace(PLAN, n_sets=1, n_pairs=(3,), methods=("random",)))
    kept = json.loads((tmp_path / "out" / "scores.json").read_text())
    (each,) = kept["scores"]
    assert (each["method"], each["n_pairs"], each["number"]) == ("random", 3, 0)
    assert each["backbones"].keys() == each["mean"].keys() == {"resnet", "vit"}
