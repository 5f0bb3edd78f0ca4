"""States of a method become a set as they come, and whoever watches is told."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.runs.config import RunConfig
from explorer.runs.writing import Writing
from explorer.sets.folder import DistilledSet
from explorer.types import Dataset, Labelled, Pairs, Samples, State
from tests.configs import about_set
from tests.watching import Memory

ABOUT = {"image_names": ["0"], "open_image": lambda i: 1 / 0, "fingerprint": "f"}
PAIRS = Pairs(**ABOUT, captions=["a"], image_of_caption=np.zeros(1, np.int64))
LABELLED = Labelled(**ABOUT, labels=np.zeros(1, np.int64), classes=["cat", "dog"])
GROWS = RunConfig(data="d", method="random", size=3)
LEARNS = RunConfig(data="d", task="classification", method="dm", size=1)


@pytest.fixture
def writing(tmp_path):
    """Begins a set; `until` is when the run has to stop."""

    def begin(config: RunConfig, train: object, until: float = math.inf) -> Writing:
        target = DistilledSet(tmp_path / "set")
        target.begin(about_set(config))
        dataset = Dataset(name="", found="", splits={"train": train})
        context = SimpleNamespace(watcher=Memory(), dataset=dataset, until=until)
        return Writing(context, config, target, tmp_path / "checkpoints")

    return begin


def images(*levels: int) -> list[Image.Image]:
    return [Image.new("RGB", (4, 4), (level,) * 3) for level in levels]


def grown(first: int, *levels: int, **more) -> State:
    """A state that adds images of these levels behind the first ones."""
    samples = Samples(images=images(*levels), texts=[f"level {level}" for level in levels])
    done = first + len(levels)
    return State(done=done, total=3, first=first, samples=lambda: samples, **more)


def levels_of(target: DistilledSet) -> list[int]:
    opened = (Image.open(target.images / row.file_name) for row in target.rows())
    return [image.convert("RGB").getpixel((0, 0))[0] for image in opened]


def test_a_set_that_grows_keeps_what_is_there_and_tells_each_image_once(writing):
    own = writing(GROWS, PAIRS)
    own.take(grown(0, 10, 20))
    assert levels_of(own.target) == [10, 20]
    own.take(grown(2, 30))
    assert levels_of(own.target) == [10, 20, 30]
    told = own.context.watcher.of("image")
    assert [row["file_name"] for row in told] == ["000000.png", "000001.png", "000002.png"]
    assert [row.caption for row in own.finish(3)] == ["level 10", "level 20", "level 30"]


def test_a_resumed_one_tells_what_was_there_first(writing):
    writing(GROWS, PAIRS).take(grown(0, 10, 20))
    again = writing(GROWS, PAIRS)
    again.take(grown(2, 30))
    told = again.context.watcher.of("image")
    assert [row["caption"] for row in told] == ["level 10", "level 20", "level 30"]
    assert levels_of(again.target) == [10, 20, 30]


def test_rows_beyond_where_a_state_begins_are_made_anew(writing):
    writing(GROWS, PAIRS).take(grown(0, 10, 20))
    again = writing(GROWS, PAIRS)
    again.take(grown(1, 25, 30))
    assert levels_of(again.target) == [10, 25, 30]


def test_prototypes_are_kept_once_the_set_is_whole(writing):
    rows = np.eye(3, dtype=np.float32)
    own = writing(GROWS, PAIRS)
    own.take(grown(0, 10, 20, embeddings={"image": rows[:2], "caption": rows[:2]}))
    assert own.target.prototypes() is None
    own.take(grown(2, 30, embeddings={"image": rows, "caption": rows}))
    kept = own.target.read_prototypes()
    assert all(np.array_equal(kept[name], rows) for name in ("image", "caption"))


def test_what_a_sample_does_not_say_is_filled_in_and_its_columns_are_taken(writing):
    own = writing(GROWS, PAIRS)
    columns = {"seed": [7], "n_shared": [0]}
    samples = Samples(images=images(10), texts=["a"], columns=columns)
    own.take(State(done=1, total=1, samples=lambda: samples))
    (row,) = own.target.rows()
    assert (row.prototype, row.seed, row.n_shared, row.similarity) == (0, 7, 0, 0.0)


def improved(done: int, *levels: float, total: int = 100, **more) -> State:
    """A set of a cat and a dog whose images have these levels, and soft labels."""
    exact = np.stack([np.full((3, 4, 4), level, np.float32) for level in levels])
    labels = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    samples = Samples(images=exact, labels=labels)
    arrays = {"x": np.array([done])}
    return State(done=done, total=total, samples=lambda: samples, arrays=arrays, **more)


@pytest.fixture
def no_looks(monkeypatch):
    """Nobody looks at val."""
    monkeypatch.setattr(
        "explorer.runs.writing.task_of_run",
        lambda config: SimpleNamespace(look=None, headline=LOOK),
    )


LOOK = SimpleNamespace(name="accuracy", label="Accuracy", unit="%")


def test_a_set_that_is_learned_is_replaced_and_can_be_gone_on_with(writing, no_looks):
    own = writing(LEARNS, LABELLED)
    own.take(improved(0, 0.0, 0.2, metrics={"loss": 2.0}))
    own.take(improved(5, 0.4, 1.0))
    assert levels_of(own.target) == [102, 255]
    assert [row.file_name for row in own.target.rows()] == ["cat/000000.png", "dog/000001.png"]
    assert own.target.read_state().done == 5
    assert own.target.learned().labels[1].tolist() == pytest.approx([0.2, 0.8])
    assert own.context.watcher.of("metric") == [{"step": 0, "loss": 2.0}]
    assert [row["step"] for row in own.context.watcher.of("image")] == [0, 0, 5, 5]
    assert sorted(each.name for each in own.checkpoints.iterdir()) == ["000000", "000005"]


def test_between_moments_nothing_is_written(writing, no_looks):
    own = writing(LEARNS, LABELLED)
    own.take(improved(5, 0.0, 0.2))
    own.take(improved(6, 0.4, 1.0, metrics={"loss": 1.0}))
    assert own.target.read_state().done == 5
    assert levels_of(own.target) == [0, 51]
    assert own.context.watcher.of("metric") == [{"step": 6, "loss": 1.0}]


def test_before_a_run_has_to_stop_it_is_written_where_it_stands(writing, no_looks):
    own = writing(LEARNS, LABELLED, until=-math.inf)
    own.take(improved(6, 0.4, 1.0))
    assert own.target.read_state().done == 6
    assert not own.checkpoints.exists()  # which are of moments alone


def test_the_best_moment_is_the_set_where_that_is_asked_for(writing, monkeypatch):
    scores = {0: 10.0, 50: 30.0, 100: 20.0}
    looked: list[int] = []

    def look(context, samples, config):
        looked.append(round(float(samples.images[0, 0, 0, 0]) * 100))
        return {"accuracy": scores[looked[-1]]}

    task = SimpleNamespace(look=look, headline=LOOK)
    monkeypatch.setattr("explorer.runs.writing.task_of_run", lambda config: task)
    monkeypatch.setattr("explorer.runs.writing.keeps_best", lambda config, context: True)
    own = writing(LEARNS, LABELLED)
    for step in scores:
        own.take(improved(step, step / 100, 1.0))
    assert levels_of(own.target)[0] == 255
    own.finish(100)
    assert levels_of(own.target)[0] == 128  # of step 50
    assert looked == [0, 50, 100]
    assert "The set is that of step 50 of 100" in own.context.watcher.said[-1]
    assert "Accuracy 30.0 %" in own.context.watcher.said[-1]
    kept = own.context.watcher.of("image", "kept")
    assert [row["step"] for row in kept] == [50, 50]
