"""What the built-in backbones read from an image, and how it is written as numbers."""

import numpy as np
import pytest

from explorer.scenes.labels import (
    CHOICES,
    N_OUTPUTS,
    PRESENT,
    choice_slices,
    read_answers,
    true_answers,
    true_presence,
)
from explorer.scenes.world import scene_of


def test_every_output_belongs_to_one_question_and_the_rest_to_what_is_present():
    taken = np.zeros(N_OUTPUTS, int)
    for question, outputs in choice_slices().items():
        taken[outputs] += 1
        assert outputs.stop - outputs.start == len(CHOICES[question])
    n_choices = sum(map(len, CHOICES.values()))
    assert (taken[:n_choices] == 1).all()
    assert (taken[n_choices:] == 0).all()
    assert N_OUTPUTS - n_choices == len(PRESENT) == len(set(PRESENT))


@pytest.mark.parametrize("index", range(5))
def test_outputs_that_say_the_truth_are_read_as_the_truth(index):
    attributes = scene_of("train", index).attributes()
    right = true_answers(attributes)
    outputs = np.zeros((2, N_OUTPUTS))
    for question, answer in right.items():
        outputs[1, choice_slices()[question]][answer] = 1.0
    read = read_answers(outputs)
    assert {question: int(answers[1]) for question, answers in read.items()} == right
    assert {int(answers[0]) for answers in read.values()} == {0}  # a tie is the first answer
    main = attributes["things"][0]
    assert CHOICES["kind"][right["kind"]] == main["kind"]
    assert CHOICES["environment"][right["environment"]] == attributes["environment"]


def test_only_the_questions_that_are_asked_are_answered():
    assert read_answers(np.zeros((3, N_OUTPUTS)), ("kind",)).keys() == {"kind"}


@pytest.mark.parametrize("index", range(5))
def test_what_is_present_is_every_thing_with_its_colour_and_nothing_else(index):
    attributes = scene_of("train", index).attributes()
    shown = {
        name for name, is_shown in zip(PRESENT, true_presence(attributes), strict=True) if is_shown
    }
    assert shown == {f"{thing['colour']} {thing['kind']}" for thing in attributes["things"]}
