"""Tensors of other programs, read without their commands."""

import numpy as np
import pytest
import torch

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.sets.elsewhere import read_elsewhere, sentences_beside, tensor_files

N = 2


def saved(path, **changed):
    """A file of two pairs; what is None is left out."""
    values = {"image": torch.zeros(N, 3, 4, 4), "text": torch.ones(N, 5), **changed}
    torch.save({name: each for name, each in values.items() if each is not None}, path)
    return path


def test_levels_are_those_that_clip_scaled(tmp_path):
    samples = read_elsewhere([saved(tmp_path / "a.pt")], ["a", "b"]).samples
    np.testing.assert_allclose(samples.images[0, :, 0, 0], [0.48145, 0.45783, 0.40821], atol=1e-5)
    assert samples.text_embeddings.tolist() == [[1.0] * 5] * N
    assert (samples.texts, samples.similarity, samples.learning_rates) == (["a", "b"], None, None)


def test_what_is_missing_is_told(tmp_path):
    found = read_elsewhere([saved(tmp_path / "a.pt")], None)
    assert found.told == (
        "2 pairs: images of 4 pixels, text embeddings of 5 numbers, without similarity and "
        "learning rates."
    )


def test_one_rate_of_two_is_no_rate(tmp_path):
    path = saved(tmp_path / "a.pt", syn_lr_img=torch.tensor(0.1))
    assert read_elsewhere([path], None).samples.learning_rates is None
    path = saved(path, syn_lr_img=torch.tensor(0.1), syn_lr_txt=torch.tensor(0.2))
    assert read_elsewhere([path], None).samples.learning_rates == pytest.approx(
        {"image": 0.1, "text": 0.2}
    )


def test_pairs_of_subsets_are_similar_to_their_own_alone(tmp_path):
    square = torch.full((N, N), 0.5)
    files = [saved(tmp_path / "a.pt", similarity_mat=square), saved(tmp_path / "b.pt")]
    similarity = read_elsewhere(files, None).samples.similarity
    assert similarity.tolist() == [
        [0.5, 0.5, 0, 0],
        [0.5, 0.5, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"image": None}, "has no 'image'; it holds text"),
        ({"image": torch.zeros(N, 4, 4)}, "an array of the shape"),
        ({"image": torch.zeros(N, 1, 4, 4)}, "which are no pairs"),
        ({"text": torch.zeros(N + 1, 5)}, "which are no pairs"),
        ({"text": torch.full((N, 5), torch.nan)}, "values that are no numbers"),
        ({"text": ["a", "b"]}, "has nothing as 'text'"),
        ({"similarity_mat": torch.zeros(3, 3)}, "a similarity"),
        ({"syn_lr_img": torch.tensor(-0.03)}, "has -0.03 as 'syn_lr_img', and no student can"),
        ({"syn_lr_txt": torch.tensor([0.0])}, "has 0 as 'syn_lr_txt'"),
        ({"syn_lr_txt": torch.tensor(1e9)}, r"has 1e\+09 as 'syn_lr_txt'"),
        ({"syn_lr_txt": torch.tensor(torch.nan)}, "values that are no numbers, under 'syn_lr_txt'"),
    ],
)
def test_tensors_that_are_no_pairs_are_told_in_a_sentence(tmp_path, changed, told):
    with pytest.raises(BadDataError, match=told) as caught:
        read_elsewhere([saved(tmp_path / "a.pt", **changed)], None)
    assert "\n" not in str(caught.value)


def test_captions_are_as_many_as_pairs(tmp_path):
    with pytest.raises(BadDataError, match="There are 1 captions for 2 pairs"):
        read_elsewhere([saved(tmp_path / "a.pt")], ["alone"])


def test_subsets_of_different_sizes_are_no_set(tmp_path):
    files = [saved(tmp_path / "a.pt"), saved(tmp_path / "b.pt", text=torch.ones(N, 6))]
    with pytest.raises(BadDataError, match="different sizes"):
        read_elsewhere(files, None)


def test_of_mtt_vl_the_best_step_is_taken_else_the_last(tmp_path):
    for name in ("images_9.pt", "images_100.pt", "labels_9.pt", "labels_100.pt"):
        (tmp_path / name).touch()
    assert [each.name for each in tensor_files([tmp_path])] == ["images_100.pt", "labels_100.pt"]
    (tmp_path / "images_best.pt").touch()
    with pytest.raises(MissingDataError, match=r"no labels_best\.pt beside it"):
        tensor_files([tmp_path])


def test_files_that_could_mean_several_sets_are_refused(tmp_path):
    (tmp_path / "distilled_1.pt").touch()
    with pytest.raises(ConfigError, match="several states of a set"):
        tensor_files([tmp_path])
    with pytest.raises(ConfigError, match="each is a file of tensors"):
        tensor_files([tmp_path, tmp_path])
    with pytest.raises(ConfigError, match="is a pickle"):
        tensor_files([tmp_path / "set.PKL"])
    assert tensor_files([tmp_path / "nothing"]) == []


def test_captions_beside_a_file_are_found_by_its_step(tmp_path):
    (tmp_path / "synthetic_sentences_300.txt").write_text("a\nb\n")
    assert sentences_beside([tmp_path / "distilled_300.pt"]) == ["a", "b"]
    assert sentences_beside([tmp_path / "distilled_200.pt"]) is None
    assert sentences_beside([tmp_path / "distilled_300.pt", tmp_path / "b.pt"]) is None
