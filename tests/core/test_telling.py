"""Pairs that are chosen for what their captions tell."""

import numpy as np
import pytest

from explorer.core.telling import nearest_images, telling, telling_pairs

IMAGE_OF_CAPTION = np.array([0, 0, 1, 1, 2])


def test_a_caption_tells_the_more_the_rarer_its_different_words_are():
    found = telling(["a cat sleeps", "a cat", "a CAT, a cat!", "a kite"])
    cat, rare = np.log(4 / 3), np.log(4)
    assert found == pytest.approx([cat + rare, cat, cat, rare])


def test_the_images_of_the_highest_cosine_come_best_first():
    image = np.array([[1.0, 0.0], [0.0, 5.0], [3.0, 3.0]])
    assert nearest_images(np.array([[0.1, 2.0]]), image, 2).tolist() == [[1, 2]]
    assert nearest_images(np.array([[0.1, 2.0]]), image, 9).tolist() == [[1, 2, 0]]


def test_the_caption_that_tells_the_most_is_chosen_and_no_image_twice_while_others_are_left():
    told = np.array([1.0, 4.0, 2.0, 3.0, 9.0])
    near = np.array([[0, 1], [0, 1], [1, 0], [2, 1]])
    chosen = telling_pairs(near, IMAGE_OF_CAPTION, told)
    assert chosen.tolist() == [1, 3, 1, 4]  # image 0, then image 1; both are taken, so the best


def test_of_captions_that_tell_alike_the_first_of_the_nearest_image_is_chosen():
    assert telling_pairs(np.array([[1, 0]]), IMAGE_OF_CAPTION, np.ones(5)).tolist() == [2]
