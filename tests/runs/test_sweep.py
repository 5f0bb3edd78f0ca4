import importlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.config import Edit
from explorer.errors import BadDataError, ConfigError, MissingDataError, UnknownNameError
from explorer.runs import sweep as sweeping
from explorer.runs.config import SweepConfig
from explorer.runs.sweep import sweep
from explorer.runs.tables import TABLES
from explorer.store.store import Store
from tests.opened import opened
from tests.watching import Memory

PLAN = SweepConfig(methods=("random", "herding"), n_pairs=(3, 5), n_sets=2)


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The names of the sets that are made, in order."""
    names: list[str] = []
    make_and_score = sweeping.make_and_score

    def noted(opened, config, folder):
        names.append(folder.name)
        return make_and_score(opened, config, folder)

    monkeypatch.setattr(sweeping, "make_and_score", noted)
    return names


@pytest.fixture
def run(config, tmp_path):
    def run_sweep(plan: SweepConfig, memory: Memory | None = None, folder: str = "out", **other):
        own, where = replace(config, **other), tmp_path / folder
        return sweep(opened(Store(tmp_path / "cache"), own, memory), own, plan, where)

    return run_sweep


def test_every_set_is_made_once_whatever_interrupts_the_sweep(run, made, tmp_path):
    whole = run(PLAN, folder="whole")
    assert made == [
        "random-3-0",
        "herding-3-0",
        "random-5-0",
        "herding-5-0",
        "random-3-1",  # herding leaves nothing to chance: its sets would all be the same
        "random-5-1",
    ]
    made.clear()

    def stops(stage: str, kind: str, values: dict) -> bool:
        return len(made) == 2

    with pytest.raises(KeyboardInterrupt):
        run(PLAN, Memory(stops))
    assert made == ["random-3-0", "herding-3-0"]
    again = run(PLAN)
    assert made.count("random-3-0") == 1
    assert again == whole
    for name in ("scores.json", *TABLES):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_sweep_can_be_extended(run, made):
    run(replace(PLAN, n_sets=1, methods=("random",)))
    made.clear()
    sets = run(PLAN)["sets"]
    assert len(made) == 4
    assert len(sets) == 6
    means = {each["scores"]["vit"]["recall"][0] for each in sets if each["method"] == "random"}
    assert len(means) > 1


def test_a_setting_is_swept_as_a_method_is(run, made):
    ways = ("nearest-image", "nearest-image[drop_fraction=0.5]")
    result = run(replace(PLAN, n_sets=1, n_pairs=(3,), methods=ways))
    assert made == [f"{way}-3-0" for way in ways]
    assert [row["method"] for row in result["rows"][:2]] == list(ways)
    assert result["rows"][0]["lead"] is None
    assert result["rows"][1]["lead"] is not None


def test_a_sweep_with_other_settings_is_not_mixed_in(run, config):
    plan = replace(PLAN, n_sets=1, n_pairs=(3,), methods=("random",))
    run(plan)
    with pytest.raises(ConfigError, match="holds a sweep with other settings"):
        run(plan, evaluation=replace(config.evaluation, epochs=20))


SMALL = SweepConfig(methods=("random",), n_pairs=(3,), n_sets=1)


def test_another_method_may_follow_and_each_keeps_its_settings(run, config, made):
    run(SMALL)
    usual, other = (
        config.with_method(way) for way in ("nearest-image", "nearest-image[drop_fraction=0.5]")
    )
    alone, both = (
        replace(SMALL, methods=m) for m in (("nearest-image",), ("random", usual.method))
    )
    run(alone, method=usual.method, settings=usual.settings)
    assert made == ["random-3-0", "nearest-image-3-0"]
    sentence = "other settings of nearest-image, data or models"
    with pytest.raises(ConfigError, match=sentence):
        run(alone, method=other.method, settings=other.settings)
    with pytest.raises(ConfigError, match=sentence):
        run(both, others={other.method: other.settings})
    assert len(run(both)["sets"]) == len(made) == 2


def test_scores_of_other_images_are_not_mixed_in(run, config, made):
    run(SMALL)
    table = Path(config.data) / "train.json"
    rows = json.loads(table.read_text())
    rows[0]["caption"] = "nothing like it"
    table.write_text(json.dumps(rows))
    with pytest.raises(ConfigError, match="other settings, data or models"):
        run(replace(SMALL, n_sets=2))
    assert made == ["random-3-0"]


@pytest.mark.parametrize("model", ["encoder", "decoder", "backbone"])
def test_scores_by_other_weights_are_not_mixed_in(run, bundle, config, tmp_path, model):
    path = bundle.backbones[0] if model == "backbone" else getattr(bundle, model)
    copy = shutil.copytree(path, tmp_path / Path(path).name)
    if model == "backbone":
        other = {"evaluation": replace(config.evaluation, backbones=(str(copy),))}
    else:
        other = {model: str(copy)}
    run(SMALL, **other)
    (copy / "notes.txt").write_text("other weights")
    with pytest.raises(ConfigError, match="other settings, data or models"):
        run(SMALL, **other)


def test_scores_from_before_a_setting_was_added_are_taken(run, tmp_path, made):
    run(SMALL)
    path = tmp_path / "out" / "scores.json"
    values = json.loads(path.read_text())
    del values["config"]["evaluation"]["views"], values["methods"]["random"]["seed"]
    path.write_text(json.dumps(values))
    run(SMALL)
    values["config"]["evaluation"]["views"] = 3
    path.write_text(json.dumps(values))
    with pytest.raises(ConfigError, match="holds a sweep with other settings"):
        run(SMALL)
    assert made == ["random-3-0"]


def test_scores_from_before_data_and_weights_were_written_are_not_taken(run, tmp_path):
    run(SMALL)
    path = tmp_path / "out" / "scores.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({name: values[name] for name in ("config", "scores")}))
    with pytest.raises(ConfigError, match="holds a sweep with other settings"):
        run(SMALL)


def test_all_sets_share_one_dataset_and_the_models_that_draw(run, monkeypatch):
    opened = []
    for module, name in (
        ("explorer.runs.opening", "open_dataset"),
        ("explorer.models.unclip", "load_decoder"),
        ("explorer.models.clip", "load_encoder"),
        ("explorer.runs.opening", "Models"),
    ):
        function = getattr(importlib.import_module(module), name)

        def counted(*arguments, name=name, function=function):
            opened.append(name)
            return function(*arguments)

        monkeypatch.setattr(f"{module}.{name}", counted)
    run(SweepConfig(methods=("pds", "all"), n_pairs=(3, 5), n_sets=2))
    once = ["Models", "load_decoder", "open_dataset"]
    assert sorted(opened) == sorted([*once, "load_encoder", "load_encoder"])  # one embeds the data


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"scores": [{}]}'])
def test_broken_scores_are_explained(run, tmp_path, content):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scores.json").write_text(content)
    with pytest.raises(BadDataError, match="Delete it to score again"):
        run(PLAN)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"methods": ()}, "methods must be one or more, each once"),
        ({"methods": ("pds", "pds")}, "methods must be one or more, each once"),
        ({"n_pairs": ()}, "n_pairs must be one or more, each once"),
        ({"n_pairs": (20, 0)}, "n_pairs must be at least 1 each"),
        ({"n_sets": 0}, "n_sets must be between 1 and 100"),
    ],
)
def test_an_impossible_sweep_is_refused(values, message):
    with pytest.raises(ConfigError, match=message):
        replace(PLAN, **values)


def test_what_a_sweep_cannot_do_is_told_before_anything_is_made(run, made):
    with pytest.raises(UnknownNameError, match="No method 'magic'"):
        run(replace(PLAN, methods=("random", "magic")))
    with pytest.raises(MissingDataError, match="owner/decoder"):
        run(replace(PLAN, methods=("random", "pds")), decoder="owner/decoder")
    with pytest.raises(ConfigError, match="edits belong to those of one"):
        run(PLAN, edits=(Edit(kind="drop", prototype=1),))
    with pytest.raises(ConfigError, match="all takes every pair"):
        run(replace(PLAN, methods=("random", "all")), subset="0123456789abcdef01234567")
    assert made == []


def test_all_pairs_are_scored_once_and_no_set_is_made_of_them(run, made, tmp_path):
    result = run(replace(PLAN, methods=("random", "all")))
    assert made.count("all") == 1
    assert not (tmp_path / "out" / "all").exists()
    (row,) = (r for r in result["rows"] if (r["method"], r["network"]) == ("all", "vit"))
    assert (row["n_pairs"], row["n_sets"], row["lead"]) == (40, 1, None)
    assert row["mean"][0] > 0
    made.clear()
    assert run(replace(PLAN, methods=("random", "all"))) == result
    assert made == []


def test_progress_is_that_of_the_whole_sweep_and_scores_come_set_by_set(run):
    memory = Memory()
    result = run(PLAN, memory)
    assert {stage for stage, _, _ in memory.events} == {"sweep"}
    told = [(v["method"], v["n_pairs"], v["number"], v["backbone"]) for v in memory.of("metric")]
    assert len(told) == len(set(told)) == 12
    assert memory.of("metric")[0]["recall"] == result["sets"][0]["scores"]["resnet"]["recall"][0]
    assert memory.lines[0] == "Opening " + result["data"]
    assert any(
        line.startswith("Sets: 5 of 6, ")
        and " left · random-5-1: Training students: 1 of 4" in line
        for line in memory.lines
    )
    assert memory.lines[-1] == "Sets: 6 of 6, 0 s left"
    assert len(memory.said) == len(set(memory.said))


def test_the_result_has_recall_at_1_5_10_both_ways(run):
    plan = replace(PLAN, n_sets=1, n_pairs=(3,), methods=("random",))
    result = json.loads(json.dumps(run(plan), allow_nan=False))
    assert (result["protocol"], result["text"], result["methods"]) == (
        "honest",
        "caption",
        ["random"],
    )
    for row in result["rows"]:
        both = [row["scores"][f"{way}@{k}"] for way in ("ir", "tr") for k in (1, 5, 10)]
        assert row["mean"][0] == pytest.approx(sum(mean for mean, _ in both) / 6)
        assert row["mean"][1] >= 0  # of one set, over its two students


def test_scores_are_kept_as_json_that_anybody_can_read(run, tmp_path):
    run(replace(PLAN, n_sets=1, n_pairs=(3,), methods=("random",)))
    kept = json.loads((tmp_path / "out" / "scores.json").read_text())
    (each,) = kept["scores"]
    assert (each["method"], each["n_pairs"], each["number"]) == ("random", 3, 0)
    assert each["scores"].keys() == each["mean"].keys() == {"resnet", "vit"}
