"""How often each image is forgotten while a network learns from all of them."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.engine.engine import HERE
from explorer.errors import BadDataError
from explorer.steps.forgotten_images import PASSES, forgotten_images
from explorer.types import Dataset, Labelled

N = 48


def colours(broken: tuple[int, ...] = (), fingerprint: str = "two") -> Labelled:
    """Red and blue images that say their class, but for the last six, which say the other one."""

    def opened(i: int) -> Image.Image:
        if i in broken:
            raise BadDataError("It cannot be read.")
        red = (i % 2 == 0) != (i >= N - 6)
        return Image.new("RGB", (8, 8), (200, 30, 30) if red else (30, 30, 200))

    return Labelled(
        image_names=[str(i) for i in range(N)],
        open_image=opened,
        fingerprint=fingerprint,
        labels=np.arange(N) % 2,
        classes=["red", "blue"],
    )


@pytest.fixture
def context(store):
    def of(train: Labelled) -> SimpleNamespace:
        dataset = Dataset(name="colours", found="", splits={"train": train})
        models = SimpleNamespace(device="cpu")
        return SimpleNamespace(store=store, dataset=dataset, models=models, engine=HERE)

    return of


def test_images_that_say_their_class_are_never_forgotten_and_wrong_ones_never_known(context, store):
    found = store.fetch(forgotten_images(context(colours()), seed=0))
    assert found.tolist() == [0] * (N - 6) + [PASSES] * 6


def test_only_images_that_can_be_read_have_a_number(context, store):
    assert store.fetch(forgotten_images(context(colours(broken=(0, 5))), seed=0)).shape == (N - 2,)


def test_the_seed_and_the_images_decide_it_before_anything_is_computed(context):
    own, of = context(colours()), forgotten_images
    assert of(own, 0).key == of(own, 0).key
    other = context(colours(fingerprint="another"))
    assert len({of(own, 0).key, of(own, 1).key, of(other, 0).key}) == 3
    (work,) = of(own, 0).cost
    assert (work.n, work.each) == (1, PASSES * N)
