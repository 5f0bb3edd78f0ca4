"""The functions of `explorer`, on tiny real models; the README's example runs as it stands."""

import re
from pathlib import Path

import httpx
import numpy as np
import pytest

import explorer
from explorer.errors import ConfigError, ExplorerError
from explorer.explore.tags import change_tag

README = Path(__file__).parents[1] / "README.md"
QUIET = {"verbose": False}


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def prepared(colours, bundle, cache):
    return explorer.prepare(str(colours), 8, bundle=bundle.name, cache=cache, **QUIET)


def test_the_page_is_shown_in_a_frame_over_the_same_map(prepared):
    shown = explorer.show(prepared)
    try:
        assert f'<iframe src="{shown.address.split("?")[0]}' in shown._repr_html_()
        assert "n_prototypes=8" in shown.address
        answer = httpx.get(shown.address)
        assert answer.status_code == 200
        assert "frame-ancestors http://localhost:*" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        assert httpx.get(shown.address, headers={"host": "evil.example"}).status_code == 403
    finally:
        shown.close()


def test_what_is_prepared_has_arrays_and_frames(prepared):
    assert prepared.image.shape[0] == 20
    assert prepared.prototypes.image.shape[0] == 8
    assert repr(prepared).endswith(": 20 images, 40 captions, 8 prototypes)")
    rows, points = explorer.rows(prepared), explorer.points(prepared)
    assert len(rows) == prepared.n_captions == 40
    assert len(points) == 20
    assert list(rows.file[rows.image == 3].unique()) == [points.file[3]]
    assert np.isfinite(points[["x", "y"]].to_numpy()).all()
    change_tag(prepared, "odd", "add", np.array([3, 4]))
    few = explorer.rows(prepared, where='contains(tags, "odd")')
    assert few.index.tolist() == [3, 4]
    assert few.tags.tolist() == [["odd"], ["odd"]]
    assert (few.words == [len(text.split()) for text in few.caption]).all()
    with pytest.raises(ConfigError, match=r"no map of 'both' yet; prepare it with spaces"):
        explorer.points(prepared, "both")


def test_images_are_searched_and_generated(prepared, cache):
    found = explorer.search(prepared, "a red square", n=5)
    assert len(found) == 5
    assert found.similarity.is_monotonic_decreasing
    again = explorer.search(prepared, prepared.dataset.pairs().open_image(4), n=1)
    assert (int(again.image[0]), round(float(again.similarity[0]), 3)) == (4, 1.0)
    (image,) = explorer.generate(prepared, 2, steps=2, cache=cache)
    assert image.size == (32, 32)
    with pytest.raises(ConfigError, match="8 prototypes, from 0; there is no 8"):
        explorer.generate(prepared, 8, cache=cache)


def test_a_set_is_made_read_and_scored(colours, bundle, cache, tmp_path):
    shared = {"bundle": bundle.name, "cache": cache, **QUIET}
    made = explorer.distill(str(colours), tmp_path / "set", 6, method="random", seed=3, **shared)
    assert made.settings()["settings"]["seed"] == 3
    assert repr(made) == f"DistilledSet({str(tmp_path / 'set')!r})"
    assert len(explorer.pairs(made)) == 6
    assert list(explorer.pairs(explorer.open_set(tmp_path / "set")).seed) == list(
        explorer.pairs(made).seed
    )
    scores = explorer.evaluate(made, str(colours), n_seeds=2, epochs=10, **shared)
    assert set(scores.columns) == {"network", "metric", "mean", "half"}
    assert scores["mean"].between(0, 100).all()
    assert scores.attrs["result"]["n_seeds"] == 2


def test_a_sweep_is_a_frame(colours, bundle, cache, tmp_path):
    found = explorer.sweep(
        str(colours), tmp_path / "sweep", ["random", "herding"], [4, 6], 2,
        bundle=bundle.name, cache=cache, n_seeds=1, epochs=10, **QUIET,
    )  # fmt: skip
    assert set(found.method) == {"random", "herding"}
    assert set(found["size"]) == {4, 6}
    assert found.headline.between(0, 100).all()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: explorer.prepare("scenes", color=3), "no setting 'color'; it has"),
        (
            lambda: explorer.distill("scenes", "x", 4, method="random", steps=3),
            "no setting 'steps'",
        ),
        (lambda: explorer.distill("scenes", "x", 4, method="magic"), "No method 'magic'"),
        (lambda: explorer.open_set("nowhere"), "no distilled set in nowhere"),
        (lambda: explorer.open_set(3), "must be texts or paths, got 3"),
        (lambda: explorer.distill(None, "x"), "must be texts, got None"),
        (lambda: explorer.distill("scenes", "a\0b"), "must be texts or paths"),
        (lambda: explorer.prepare("scenes", spaces=3), "must be a list, got 3"),
        (lambda: explorer.prepare("scenes", encoder=3), "must be texts, got 3"),
        (lambda: explorer.sweep("scenes", "x", [3]), "must be texts, got 3"),
        (lambda: explorer.sweep("scenes", "x", ["random"], ["3"]), "n_pairs must be at least 1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(call, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExplorerError, match=sentence):
        call()


def test_methods_and_runs_are_frames(tmp_path):
    assert {"pds", "dm", "mtt"} <= set(explorer.list_methods().name)
    assert len(explorer.list_runs(tmp_path)) == 0
    with pytest.raises(AttributeError, match="has no attribute 'destroy'"):
        _ = explorer.destroy


def test_the_example_of_the_readme_runs_as_it_stands(tmp_path, monkeypatch):
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(import explorer\n.*?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(example, {})
