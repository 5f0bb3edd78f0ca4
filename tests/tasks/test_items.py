import numpy as np
import pytest

from explorer.core.retrieval import partner_ranks, recall_from_ranks, recall_from_scores
from explorer.errors import BadDataError
from explorer.tasks.items import Items, Ranks, read_items, write_items


def some_items() -> Items:
    ranks = Ranks(np.array([[0, 3, -1], [1, 2, -1]]), np.array([[0, 4], [2, 2]]))
    return Items(np.array([0, 2, 5]), np.array([7, 9]), (5, 3), {"resnet": ranks})


def test_what_is_written_is_read_again(tmp_path):
    write_items(tmp_path / "items.npz", some_items())
    found = read_items(tmp_path / "items.npz")
    assert (found.image.tolist(), found.caption.tolist()) == ([0, 2, 5], [7, 9])
    assert found.n_answers == (5, 3)
    assert found.ranks["resnet"].image.tolist() == [[0, 3, -1], [1, 2, -1]]
    assert found.ranks["resnet"].caption.tolist() == [[0, 4], [2, 2]]
    assert read_items(tmp_path / "nothing.npz") is None


@pytest.mark.parametrize("keep", [0, 60, -30])
def test_a_damaged_file_is_named(tmp_path, keep):
    path = tmp_path / "items.npz"
    write_items(path, some_items())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BadDataError, match="of the run is damaged"):
        read_items(path)


def test_ranks_of_other_items_are_refused(tmp_path):
    items = some_items()._replace(image=np.array([0, 2]))
    write_items(tmp_path / "items.npz", items)
    with pytest.raises(BadDataError, match="differ in number"):
        read_items(tmp_path / "items.npz")


def test_recall_is_that_of_the_ranks_and_images_without_captions_have_none():
    scores = np.random.default_rng(0).normal(size=(12, 30))
    image_of_caption = np.random.default_rng(1).integers(11, size=30)
    image, caption = partner_ranks(scores, image_of_caption)
    assert image[11] == -1
    ks = (1, 5, 10)
    recall = recall_from_ranks(image, caption, ks)
    assert recall == recall_from_scores(scores, image_of_caption, ks)
    assert recall.text_to_image[5] == 100 * np.mean(caption < 5)
