"""How long measuring images takes, as it is told before."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.explore.columns import measuring
from explorer.progress import Measured
from explorer.store.store import Store
from explorer.types import Split
from explorer.ui.measuring import TIMED, about_measuring

N = 40


@pytest.fixture
def prepared(tmp_path):
    """Forty images, of which numbers 0 to 9 were not embedded; those that are opened are noted."""
    opened = []

    def open_image(number: int) -> Image.Image:
        opened.append(number)
        return Image.new("L", (8, 8), number)

    split = Split(
        image_names=[str(i) for i in range(N)], open_image=open_image, fingerprint="forty"
    )
    return SimpleNamespace(
        store=Store(tmp_path),
        dataset=SimpleNamespace(splits={"train": split}),
        image_number=np.arange(10, N),
        opened=opened,
    )


NOBODY = SimpleNamespace(about=lambda step: None)


def test_a_few_images_tell_how_long_all_would_take_here(prepared):
    found = about_measuring(NOBODY, prepared)
    assert found["making"] is None
    assert 0 < found["seconds"] < 10
    assert prepared.opened == list(range(10, 10 + TIMED))


def test_what_it_took_before_is_told_without_opening_any(prepared):
    prepared.store.rates.note("measures", "", Measured(30.0, 100))
    assert about_measuring(NOBODY, prepared)["seconds"] == pytest.approx(0.3 * N)
    assert prepared.opened == []


def test_while_it_goes_on_its_progress_is_told(prepared):
    making = {"share": 0.5, "text": "Measuring 20 of 40", "problem": ""}
    found = about_measuring(SimpleNamespace(about=lambda step: making), prepared)
    assert found == {"making": making, "seconds": None}
    assert prepared.opened == []


def test_once_they_are_measured_nothing_is_left_to_do(prepared):
    prepared.store.fetch(measuring(prepared))
    assert about_measuring(NOBODY, prepared) is None
