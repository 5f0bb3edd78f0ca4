"""Sets before a referee, on tiny models."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from explorer import __main__ as program
from explorer.runs.config import RefereeConfig, RunConfig
from explorer.runs.directory import Job, Label, RunDirectory
from explorer.runs.distill import distill
from explorer.runs.judged import read_judged
from explorer.runs.referee import judging, pairs_instead
from explorer.runs.scoring import KeptScores, Scorer
from explorer.runs.worker import work_on
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks import classification_judging
from explorer.tasks.classification_students import ClassificationConfig
from explorer.tasks.registry import find_task
from explorer.tasks.retrieval_judging import JUDGING
from explorer.types import Samples
from tests.opened import opened


@pytest.fixture
def sets(config, tmp_path) -> list[DistilledSet]:
    """One that was learned through the first network, and one of real pairs."""
    store, made = Store(tmp_path / "cache"), []
    for name, quick in (
        (
            "lors",
            {"steps": 2, "experts": 1, "expert_epochs": 1, "student_steps": 2, "student_batch": 2},
        ),
        ("longest-caption", {}),
    ):
        own = replace(config.with_method(name), size=5)
        own = replace(own, settings=replace(own.settings, **quick))
        distill(opened(store, own), own, tmp_path / name)
        made.append(DistilledSet(tmp_path / name))
    return made


def test_every_set_is_scored_twice_and_stands_beside_chance(
    sets, config, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    folders = [str(each.folder) for each in sets]
    asked = ["--test", config.data, "--bundle", config.bundle, "--cache", str(tmp_path / "cache")]
    quick = [
        "--seeds",
        "2",
        "--epochs",
        "10",
        "--random",
        "2",
        "--whole",
        "--views",
        "2",
        "--device",
        "cpu",
    ]
    out = tmp_path / "judged"
    assert program.main(["referee", *folders, *asked, *quick, "--out", str(out), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["rows"]
    assert len(rows) == 4  # two networks
    learned = [row for row in rows if row["set"] == "lors"]
    assert {row["seen"] for row in learned} == {"seen", "unseen"}
    for row in rows:
        ways = np.array([row[way][0] for way in ("as_kept", "as_opened", "chance", "over_chance")])
        assert ways[3] == pytest.approx(ways[0] - ways[2])
        assert row["p"] is None or 0 <= row["p"] <= 1
        assert 0 <= row["label_robust"] <= 1
        assert 0 <= row["augmentation_robust"] <= 1
        assert row["augmented"][0] >= 0
        assert row["pairs"] == 5
        assert row["random_pairs"] == (6 if row["set"] == "lors" else 5)  # a similarity is kept
    real = next(row for row in rows if row["set"] == "longest-caption")
    assert (real["as_kept"], real["seen"], real["copies"]) == (real["as_opened"], "", 5)
    assert {(row["seconds"], row["memory"]) for row in rows} == {(None, None)}  # of no run
    assert all(0 <= row["near_test"] <= 5 for row in rows)
    assert learned[0]["bytes"] == (sets[0].folder / "learned.safetensors").stat().st_size
    written = {path.name.partition("-")[0] for path in out.iterdir() if path.is_file()}
    assert written == {"table.md", "table.csv", "table.tex", "referee.json", "scores"}
    assert len((out / "table.csv").read_text().splitlines()) == 5
    assert (out / "random-6-0").is_dir()


@pytest.mark.parametrize(
    ("n", "side", "square", "expected"),
    [(4, 8, None, 0), (4, 8, 4, 1), (99, 32, 99, 4), (499, 224, 499, 2)],
)
def test_a_similarity_takes_the_place_of_pairs_by_what_both_keep(n, side, square, expected):
    """A pair of 32 pixels and 8 numbers has 3,080: the square of 99 is 3.2 of them.

    One of 224 pixels has 150,536: the square of 499 is 1.7 of them.
    """
    learned = Samples(
        images=np.broadcast_to(np.float32(0), (n, 3, side, side)),
        text_embeddings=np.zeros((n, 8), dtype=np.float32),
        similarity=None if square is None else np.eye(square, dtype=np.float32),
    )
    assert pairs_instead(learned) == expected
    assert pairs_instead(None) == pairs_instead(Samples()) == 0


@pytest.mark.parametrize(
    ("settings", "through"),
    [
        ({"width": 4}, "convnet"),
        ({"width": 4, "pool_network": "convnet"}, "convnet"),
        ({"width": 4, "pool_network": "widening"}, "widening"),
        ({"seed": 1}, None),
        (3, None),
    ],
)
def test_the_network_that_images_of_classes_were_learned_through_is_known(settings, through):
    found = classification_judging.JUDGING.learned_through(None, {"settings": settings})
    assert found == through


def test_what_is_no_set_is_refused(config, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    asked = ["--test", config.data, "--out", str(tmp_path / "out")]
    assert program.main(["referee", config.data, *asked]) == 2
    assert "`import` opens other ones" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "through"),
    [({"network": ""}, "theirs"), ({"network": "/models/mine"}, "mine"), ({}, None), (3, None)],
)
def test_the_network_that_pairs_were_learned_through_is_known(settings, through):
    context = SimpleNamespace(
        models=SimpleNamespace(bundle=SimpleNamespace(backbones=("a/theirs",)))
    )
    assert JUDGING.learned_through(context, {"settings": settings}) == through


def test_sets_of_labelled_images_are_read_with_soft_labels_and_without(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("signal.signal", lambda *_: None)
    cache = ["--cache", str(tmp_path / "cache")]
    small = ["--image-size", "8", "--width", "4", "--depth", "1"]
    for method, more in (
        (
            "frepo",
            ["--learn-labels", "--label-rate", "0.5", "--steps", "5", "--keep", "last", *small],
        ),
        ("random", []),
    ):
        out = ["--out", str(tmp_path / method), "--method", method, "--per-class", "2"]
        assert program.main(["distill", "digits", *out, *more, *cache]) == 0
    quick = ["--seeds", "2", "--epochs", "10", "--random", "2", "--architectures", "convnet, mlp"]
    sets = [str(tmp_path / name) for name in ("frepo", "random")]
    asked = ["--test", "digits", "--out", str(tmp_path / "judged"), "--json", *quick, *small]
    assert program.main(["referee", *sets, *asked, *cache]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["rows"]
    assert [(row["set"], row["network"], row["seen"]) for row in rows] == [
        ("frepo", "convnet", "seen"), ("frepo", "mlp", "unseen"),
        ("random", "convnet", ""), ("random", "mlp", ""),
    ]  # fmt: skip
    assert {(row["pairs"], row["random_pairs"], row["words"]) for row in rows} == {(20, 20, None)}
    assert rows[0]["as_kept"] != rows[0]["as_opened"]
    assert rows[2]["as_kept"] == rows[2]["as_opened"]
    assert rows[2]["copies"] == 20
    assert all(0 <= row["augmentation_robust"] <= 1 for row in rows)
    head = (tmp_path / "judged" / "table.csv").read_text().splitlines()[0]
    assert "images" in head
    assert "pairs" not in head


QUICK = ClassificationConfig(n_seeds=2, epochs=2, image_size=8, architectures="mlp", width=4)


def test_a_referee_that_was_killed_goes_on_and_names_sets_as_their_runs_are_called(
    tmp_path, monkeypatch
):
    config = RunConfig(data="digits", task="classification", size=1, evaluation=QUICK)
    cache, runs = tmp_path / "cache", []
    for name in ("random", "herding"):
        run = RunDirectory(cache / "runs" / name)
        run.create(Job(config=config.with_method(name), device="cpu"))
        assert work_on(run.folder, cache) == 0
        runs.append(run)
    runs[0].write_label(Label("by chance"))
    plan = RefereeConfig(runs=("random", "herding"), n_random=2)
    judge = RunDirectory(cache / "runs" / "judge")
    judge.create(Job(kind="referee", config=judging(config), referee=plan, device="cpu"))

    def killed(*given) -> None:
        keep(*given)
        raise KeyboardInterrupt

    keep = KeptScores.keep
    with monkeypatch.context() as once:
        once.setattr(KeptScores, "keep", killed)
        assert work_on(judge.folder, cache) == 130
    (scores,) = judge.referee_folder.glob("scores-*.json")
    before = json.loads(scores.read_text())["scores"]
    assert len(before) == 1
    monkeypatch.setattr(Scorer, "_score", scored_but_not(runs[0].set_folder, Scorer._score))
    assert work_on(judge.folder, cache) == 0
    assert judge.status().share == 1.0
    assert before.items() <= json.loads(scores.read_text())["scores"].items()
    first, second = read_judged(judge.referee_folder)
    assert (first.set, second.set) == ("by chance", runs[1].job().title)
    assert first.seconds >= 0
    assert first.memory == runs[0].result()["peak_memory"]
    assert first.over_chance[0] == pytest.approx(first.as_opened[0] - first.chance[0])
    assert first.chance == second.chance  # the same random sets


def scored_but_not(folder, score):
    """Scores sets, but not this one, as people open it, again."""
    opened = find_task("classification").judging.readings(QUICK).opened

    def checked(self, path, way, watcher):
        assert path != folder or way != opened
        return score(self, path, way, watcher)

    return checked


def test_students_see_images_whitened_where_those_of_the_set_were_learned_so():
    config = RunConfig(data="digits", task="classification", method="dm", size=1)
    learned = replace(config, settings=replace(config.settings, whitening="zca"))
    assert judging(config).evaluation.whitening == "none"
    assert judging(learned).evaluation.whitening == "zca"
