"""Sets of other programs, written as these write them, opened and scored like ours."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import __main__ as program
from explorer.sets.folder import DistilledSet
from tests.tiny_models import DIM

N, SIZE = 4, 8
CAPTIONS = [f"a red boat, number {k}" for k in range(N)]


def tensors(n: int = N, width: int = 12, seed: int = 0) -> dict:
    """What LoRS, RepBlend and PTM-ST keep: a leaf that was learned, detached, on the CPU."""
    rng = torch.Generator().manual_seed(seed)
    image = torch.randn(n, 3, SIZE, SIZE, generator=rng, requires_grad=True)
    text = torch.randn(n, width, generator=rng)
    left, right = torch.randn(n, 2, generator=rng), torch.randn(n, 2, generator=rng)
    return {
        "image": image.detach().cpu(),
        "text": text.detach().cpu(),
        "similarity_params": [torch.ones(n), left, right],
        "similarity_mat": torch.eye(n) + left @ right.T,
        "syn_lr_img": torch.tensor(0.1 + seed, requires_grad=True).detach().cpu(),
        "syn_lr_txt": torch.tensor(0.2 + seed).detach().cpu(),
    }


@pytest.fixture(autouse=True)
def no_signals(monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)


def imported(*arguments: object, code: int = 0) -> None:
    assert program.main(["import", *map(str, arguments)]) == code


@pytest.fixture
def lors(tmp_path) -> Path:
    path = tmp_path / "distilled_3000.pt"
    torch.save(tensors(), path)
    (tmp_path / "synthetic_sentences_3000.txt").write_text("\n".join(CAPTIONS))
    return path


def test_a_set_of_lors_keeps_everything_that_students_learn_from(lors, tmp_path, capsys):
    imported(lors, "--out", tmp_path / "set")
    target, written = DistilledSet(tmp_path / "set"), tensors()
    learned = target.learned()
    mean, std = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
    scale = (torch.tensor(each)[:, None, None] for each in (std, mean))
    levels = written["image"] * next(scale) + next(scale)
    np.testing.assert_allclose(learned.images, levels, atol=1e-6)
    np.testing.assert_array_equal(learned.text_embeddings, written["text"])
    np.testing.assert_array_equal(learned.similarity, written["similarity_mat"])
    assert learned.learning_rates == pytest.approx({"image": 0.1, "text": 0.2})
    assert [row.caption for row in target.rows()] == CAPTIONS
    shown = np.asarray(Image.open(target.images / "000000.png"), dtype=int)
    seen = (levels[0].clamp(0, 1) * 255).round().permute(1, 2, 0).numpy()
    assert np.abs(shown - seen).max() <= 1
    target.check()
    assert "4 pairs: images of 8 pixels, text embeddings of 12 numbers." in capsys.readouterr().out


def test_subsets_of_ptm_st_are_one_set_whose_pairs_know_only_their_own(tmp_path):
    files = [tmp_path / f"distilled_{number}_2000.pt" for number in (1, 2)]
    for seed, path in enumerate(files):
        torch.save(tensors(n=2, seed=seed), path)
    (tmp_path / "words.txt").write_text("\n".join(CAPTIONS))
    imported(*files, "--out", tmp_path / "set", "--captions", tmp_path / "words.txt")
    learned = DistilledSet(tmp_path / "set").learned()
    assert len(learned.images) == 4
    np.testing.assert_array_equal(learned.similarity[2:, 2:], tensors(2, seed=1)["similarity_mat"])
    assert not learned.similarity[:2, 2:].any()
    assert not learned.similarity[2:, :2].any()
    assert learned.learning_rates == pytest.approx({"image": 1.1, "text": 1.2})


def test_images_and_embeddings_of_mtt_vl_are_those_of_its_best_or_last_step(tmp_path):
    for seed, step in enumerate(("500", "1000", "best")):
        values = tensors(seed=seed)
        torch.save(values["image"], tmp_path / f"images_{step}.pt")
        torch.save(values["text"], tmp_path / f"labels_{step}.pt")
    words = tmp_path / "words.txt"
    words.write_text("\n".join(CAPTIONS))
    imported(tmp_path, "--out", tmp_path / "best", "--captions", words)
    (tmp_path / "images_best.pt").unlink()
    imported(tmp_path, "--out", tmp_path / "last", "--captions", words)
    for name, seed in (("best", 2), ("last", 1)):
        learned = DistilledSet(tmp_path / name).learned()
        np.testing.assert_array_equal(learned.text_embeddings, tensors(seed=seed)["text"])
        assert (learned.similarity, learned.learning_rates) == (None, None)


def test_a_set_of_mdm_gets_the_captions_of_the_data_it_was_made_of(config, tmp_path, capsys):
    values = tensors(width=DIM)
    pairs = {"image": values["image"], "text": values["text"], "iter": 200}
    torch.save(pairs, tmp_path / "distilled_pairs_200.pt")
    known = ["--data", config.data, "--bundle", config.bundle, "--cache", tmp_path / "cache"]
    imported(tmp_path / "distilled_pairs_200.pt", "--out", tmp_path / "set", *known)
    assert "without similarity and learning rates" in capsys.readouterr().out
    rows = DistilledSet(tmp_path / "set").rows()
    assert all("square" in row.caption for row in rows)
    ways = [["--text", "caption"], ["--text", "prototype", "--student", "heads"]]
    for way in ways:
        asked = ["--test", config.data, *known[2:], *way, "--seeds", 1, "--epochs", 10, "--json"]
        arguments = ["evaluate", tmp_path / "set", *asked]
        assert program.main(list(map(str, arguments))) == 0
        result = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert result["n_pairs"] == N
    assert "## Scores" in (tmp_path / "set" / "README.md").read_text()
    torch.save(tensors(width=7), tmp_path / "other.pt")
    imported(tmp_path / "other.pt", "--out", tmp_path / "no", *known, code=2)
    assert "are 7 wide" in capsys.readouterr().err


def test_images_with_captions_in_any_layout_are_a_set_too(config, tmp_path, capsys):
    imported(config.data, "--out", tmp_path / "set")
    rows = DistilledSet(tmp_path / "set").rows()
    assert [row.caption for row in rows[:2]] == ["a red square", "a green square"]
    assert len(rows) == 20
    assert "20 further captions are left out" in capsys.readouterr().out


class Opens:
    """Runs when its pickle is opened."""

    def __reduce__(self):
        return (print, ("it ran",))


def refused(path: Path, tmp_path: Path, capsys) -> str:
    imported(path, "--out", tmp_path / "refused", "--captions", path.with_name("c.txt"), code=2)
    assert not (tmp_path / "refused").exists()
    told = capsys.readouterr()
    assert "it ran" not in told.out
    return told.err


def test_files_that_could_run_code_are_refused_with_the_way_out(tmp_path, capsys):
    (tmp_path / "c.txt").write_text("\n".join(CAPTIONS))
    centres = tmp_path / "flickr_image_kmeans_centers_100.pkl"
    centres.write_bytes(pickle.dumps(Opens()))
    assert "torch.save" in refused(centres, tmp_path, capsys)
    torch.save({"image": Opens()}, tmp_path / "set.pt")
    assert "weights_only=False" in refused(tmp_path / "set.pt", tmp_path, capsys)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"image": torch.zeros(N, SIZE)}, "an array of the shape"),
        ({"text": torch.full((N, 12), torch.nan)}, "no numbers"),
        ({"text": torch.zeros(N + 1, 12)}, "which are no pairs"),
        ({"similarity_mat": torch.zeros(2, 2)}, "a similarity"),
    ],
    ids=["image", "nan", "lengths", "similarity"],
)
def test_tensors_that_are_no_set_are_told_in_a_sentence(tmp_path, capsys, changed, told):
    (tmp_path / "c.txt").write_text("\n".join(CAPTIONS))
    torch.save(tensors() | changed, tmp_path / "set.pt")
    assert told in refused(tmp_path / "set.pt", tmp_path, capsys)


def test_what_is_missing_is_said(lors, tmp_path, capsys):
    (tmp_path / "c.txt").write_text("only one")
    assert "1 captions for 4 pairs" in refused(lors, tmp_path, capsys)
    (tmp_path / "synthetic_sentences_3000.txt").unlink()
    imported(lors, "--out", tmp_path / "refused", code=2)
    assert "no captions" in capsys.readouterr().err
    imported(tmp_path, "--out", tmp_path / "refused", code=2)
    assert "several states of a set" in capsys.readouterr().err
    (tmp_path / "broken.pt").write_bytes(b"PK\x03\x04 nothing")
    assert "no file that torch.save wrote" in refused(tmp_path / "broken.pt", tmp_path, capsys)
