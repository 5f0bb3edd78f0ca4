"""Models in a process of their own, on tiny real ones: the same results, and what ends them."""

import gc
import os
import signal
from threading import Event

import numpy as np
import pytest

from explorer.config import SynthesisConfig
from explorer.errors import MissingDataError
from explorer.models.apart import ModelsApart
from explorer.models.loaded import Cancelled, Models, Subject

HOW = SynthesisConfig(steps=2)


@pytest.fixture(scope="module")
def apart(tiny_bundle):
    return ModelsApart(tiny_bundle, "cpu")


@pytest.fixture(scope="module")
def here(tiny_bundle):
    return Models(tiny_bundle, "cpu")


@pytest.fixture(scope="module")
def subject(here):
    (row,) = here.embed_captions(["a red boat"])
    return Subject(0, row[::-1].copy(), "a red boat", row)


def test_what_is_drawn_and_embedded_apart_is_what_would_be_here(apart, here, subject):
    steps = []
    drawn = apart.draw(subject, HOW, [7, 8], Event(), lambda share, text: steps.append(text))
    for own, other in zip(here.draw(subject, HOW, [7, 8]), drawn, strict=True):
        assert np.array_equal(np.asarray(own.image), np.asarray(other.image))
        assert own[1:4] == pytest.approx(other[1:4])
    assert steps[0].startswith("Loading the decoder of")
    assert steps[-1] == "Drawing: step 2 of 2"
    images = [each.image for each in drawn]
    assert np.allclose(apart.embed_images(images), here.embed_images(images), atol=1e-6)
    words = ["a", "a blue car"]
    assert np.allclose(apart.embed_captions(words), here.embed_captions(words), atol=1e-6)


def test_a_drawing_apart_stops_when_asked(apart, subject):
    cancel, steps = Event(), []

    def report(share, text):
        steps.append(text)
        cancel.set()

    with pytest.raises(Cancelled):
        apart.draw(subject, SynthesisConfig(steps=1000), [7], cancel, report)
    assert len(steps) < 1000


def test_what_cannot_be_drawn_is_told_here(tiny_bundle):
    gone = ModelsApart(tiny_bundle._replace(encoder="/nowhere/clip"), "cpu")
    with pytest.raises(MissingDataError, match="/nowhere/clip"):
        gone.embed_captions(["a"])


def test_a_killed_process_is_told_and_another_one_begins(apart, here, subject):
    def kill(share, text):
        os.kill(apart._child._process.pid, signal.SIGKILL)

    with pytest.raises(MissingDataError, match="Ask again"):
        apart.draw(subject, SynthesisConfig(steps=1000), [7], Event(), kill)
    assert np.allclose(apart.embed_captions(["a"]), here.embed_captions(["a"]), atol=1e-6)


def test_the_process_ends_with_the_last_who_needs_it(tiny_bundle):
    apart = ModelsApart(tiny_bundle, "cpu")
    apart.begin()
    process = apart._child._process
    assert process.poll() is None
    del apart
    gc.collect()
    assert process.poll() is not None
