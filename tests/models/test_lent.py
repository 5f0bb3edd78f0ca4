"""A GPU that is lent for some seconds: how many are asked for, and what comes of it."""

from collections.abc import Iterator
from threading import Event
from types import SimpleNamespace

import pytest

from explorer.config import SynthesisConfig
from explorer.errors import MissingDataError
from explorer.models import lent
from explorer.models.bundles import find_bundle
from explorer.models.lent import CutShort, ModelsLent, NotLent, lend, seconds_to_ask
from explorer.models.loaded import Cancelled


@pytest.mark.parametrize(
    ("expected", "asked"), [(None, 60), (0.0, 20), (10.0, 35), (10.1, 36), (1000.0, 60)]
)
def test_a_start_and_half_as_much_again_is_asked_for_up_to_the_most(expected, asked, monkeypatch):
    monkeypatch.delenv("EXPLORER_GPU_SECONDS", raising=False)
    assert seconds_to_ask(expected) == asked


def test_whoever_runs_the_space_says_the_most(monkeypatch):
    monkeypatch.setenv("EXPLORER_GPU_SECONDS", "30")
    assert (seconds_to_ask(None), seconds_to_ask(10.0), seconds_to_ask(0.0)) == (30, 30, 20)


@pytest.fixture
def borrowed(monkeypatch):
    """Lends in this process; returns the seconds that were asked for."""
    asked: list[int] = []

    def gpu(seconds: int, work, *given) -> Iterator[object]:
        asked.append(seconds)
        return lent._work(seconds, work, *given)

    monkeypatch.setattr(lent, "_borrow", lambda: gpu)
    return asked


def refuse(*_: object) -> Iterator[object]:
    raise RuntimeError("GPU quota exceeded.")
    yield


def test_what_the_work_yields_comes_back(borrowed):
    assert list(lend(7, lambda n: iter(range(n)), 3)) == [0, 1, 2]
    assert borrowed == [7]


def test_before_it_began_no_gpu_was_lent_and_behind_that_it_was_cut_short(borrowed, monkeypatch):
    def ended() -> Iterator[int]:
        yield 1
        raise RuntimeError("GPU task aborted")

    answers = lend(7, ended)
    assert next(answers) == 1
    with pytest.raises(CutShort, match=r"What had the GPU was ended: GPU task aborted\."):
        next(answers)
    monkeypatch.setattr(lent, "_borrow", lambda: refuse)
    with pytest.raises(NotLent, match=r"No GPU was lent: GPU quota exceeded\. Ask again later\."):
        next(lend(7, ended))


def test_work_whose_answers_nobody_wants_is_ended(borrowed):
    ended = []

    def work() -> Iterator[int]:
        try:
            yield from range(100)
        finally:
            ended.append(True)

    answers = lend(7, work)
    next(answers)
    answers.close()
    assert ended == [True]


@pytest.fixture
def models(borrowed, monkeypatch):
    """Models whose drawing tells half of it and gives an image of 3 seconds for each seed."""
    answers = [(0.5, "Half")]

    def draw(bundle, subject, config, seeds) -> Iterator[object]:
        yield from answers
        yield [SimpleNamespace(seed=seed, seconds=3.0) for seed in seeds]

    monkeypatch.setattr(lent, "_draw", draw)
    return SimpleNamespace(lent=ModelsLent(find_bundle("scenes")), answers=answers)


HOW = SynthesisConfig(steps=6)


def test_images_are_drawn_with_their_progress_told(models):
    lines = []
    drawn = models.lent.draw(None, HOW, [4, 5], report=lambda *line: lines.append(line))
    assert [each.seed for each in drawn] == [4, 5]
    assert lines == [(0.0, "Waiting for a GPU"), (0.5, "Half")]


def test_the_next_drawing_asks_for_what_the_last_one_took(models, borrowed):
    models.lent.draw(None, HOW, [4, 5])  # 6 seconds for 12 steps
    models.lent.draw(None, SynthesisConfig(steps=20), [4])
    assert borrowed == [60, 20 + 15]


def test_a_problem_of_the_drawing_is_raised_here(models):
    models.answers[:] = [MissingDataError("The decoder is not here.")]
    with pytest.raises(MissingDataError, match="The decoder is not here"):
        models.lent.draw(None, HOW, [4])


def test_a_drawing_that_was_cancelled_gives_no_images(models):
    cancel = Event()
    cancel.set()
    with pytest.raises(Cancelled):
        models.lent.draw(None, HOW, [4], cancel)
