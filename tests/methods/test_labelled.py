"""Labelled images are copied batch by batch, and an interruption loses one."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.methods.labelled import copy_labelled, copying_labelled_work
from explorer.methods.pairs import BATCH, LARGEST
from explorer.store.store import Store
from explorer.types import Dataset, Labelled, State
from tests.watching import Memory

N = 3 * BATCH


@pytest.fixture
def context(tmp_path):
    opened: list[int] = []

    def open_image(i: int) -> Image.Image:
        opened.append(i)
        return Image.new("L", (4, 4) if i else (4 * LARGEST, 2 * LARGEST), i)

    train = Labelled(
        image_names=[str(i) for i in range(N)],
        open_image=open_image,
        fingerprint="f",
        labels=np.arange(N) % 3,
        classes=["a", "b", "c"],
    )
    dataset = Dataset(name="", found="", splits={"train": train})
    return SimpleNamespace(
        store=Store(tmp_path), dataset=dataset, watcher=Memory(), size=5, opened=opened
    )


ROWS = np.arange(N)[::-1][: 2 * BATCH + 1]


def test_the_images_come_with_their_classes_in_the_order_asked_for(context):
    states = list(copy_labelled(context, ROWS, 7, None))
    assert [state.done for state in states] == [BATCH, 2 * BATCH, 2 * BATCH + 1]
    assert [state.first for state in states] == [0, BATCH, 2 * BATCH]
    samples = [state.samples() for state in states]
    levels = [image.getpixel((0, 0)) for each in samples for image in each.images]
    assert levels == ROWS.tolist()
    assert np.concatenate([each.labels for each in samples]).tolist() == (ROWS % 3).tolist()
    assert [each.columns["seed"] for each in samples] == [[7] * BATCH, [7] * BATCH, [7]]


def test_one_goes_on_behind_the_last_whole_batch(context):
    begun = State(done=BATCH, total=len(ROWS), samples=lambda: 1 / 0)
    states = list(copy_labelled(context, ROWS, 7, begun))
    assert [state.first for state in states] == [BATCH, 2 * BATCH]
    assert context.opened == ROWS[BATCH:].tolist()


def test_of_a_whole_set_nothing_is_copied_again(context):
    begun = State(done=len(ROWS), total=len(ROWS), samples=lambda: 1 / 0)
    (state,) = copy_labelled(context, ROWS, 7, begun)
    assert (state.done, state.first, state.samples().images) == (len(ROWS), len(ROWS), None)
    assert context.opened == []


def test_a_large_image_is_kept_smaller(context):
    (state,) = copy_labelled(context, np.array([0]), 7, None)
    assert state.samples().images[0].size == (LARGEST, LARGEST // 2)


def test_what_copying_took_is_noted_under_what_an_estimate_asks_for(context):
    work = copying_labelled_work(context)
    assert work.n == 5 * 3
    assert context.store.rates.known() == {}
    list(copy_labelled(context, ROWS, 7, None))
    assert context.store.rates.known().keys() == {(work.kind, work.by)}
