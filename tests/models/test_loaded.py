from threading import Event, Thread

import numpy as np
import pytest

from explorer.config import MapConfig, SynthesisConfig
from explorer.explore.dataset import find_prepared
from explorer.explore.previews import subject
from explorer.models.loaded import Cancelled, Models, image_seed
from explorer.runs.config import view_of
from explorer.runs.distill import distill, prepare
from explorer.store.store import Store
from tests.opened import opened


@pytest.fixture
def prepared(config, tmp_path):
    store = Store(tmp_path / "cache")
    prepare(opened(store, config), config, MapConfig(), ("image",))
    return find_prepared(store, view_of(config))


def test_the_first_image_is_the_one_a_distilled_set_holds(prepared, config, bundle, tmp_path):
    from PIL import Image

    seeds = [image_seed(seed, 3) for seed in (0, 1)]
    first, second = Models(bundle, "cpu").draw(
        subject(prepared, 3), config.settings.synthesis, seeds
    )
    assert [first.seed, second.seed] == seeds
    distill(opened(Store(tmp_path / "cache"), config), config, tmp_path / "set")
    stored = Image.open(tmp_path / "set" / "train" / "000003.png")
    difference = np.asarray(first.image, dtype=int) - np.asarray(stored, dtype=int)
    assert np.abs(difference).max() <= 2  # another batch: the last digits may differ
    assert np.abs(difference).max() < np.abs(np.asarray(second.image, int) - stored).max()
    assert -1 <= first.similarity_to_prototype <= 1
    assert -1 <= first.similarity_to_caption <= 1
    assert first.seconds > 0


def test_drawing_stops_at_the_next_step_when_asked(prepared, bundle):
    cancel, lines = Event(), []

    def report(share, text):
        lines.append(text)
        if text.startswith("Drawing: step 2"):
            cancel.set()

    studio, config = Models(bundle, "cpu"), SynthesisConfig(steps=30)
    with pytest.raises(Cancelled):
        studio.draw(subject(prepared, 0), config, [7], cancel, report)
    assert lines[0] == "Loading the decoder of Tiny, untrained"
    assert lines[-1] == "Drawing: step 2 of 30"
    again = studio.draw(subject(prepared, 0), SynthesisConfig(steps=2), [7])
    assert len(again) == 1  # and can draw again


def test_two_threads_share_one_load(bundle, monkeypatch):
    loaded = []
    monkeypatch.setattr(
        "explorer.models.clip.load_encoder", lambda *_: loaded.append(1) or object()
    )
    studio = Models(bundle)
    threads = [Thread(target=lambda: studio.encoder) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == [1]


def test_seeds_differ_between_images_and_settings():
    seeds = {image_seed(seed, k) for seed in range(20) for k in range(20)}
    assert len(seeds) == 400
    assert image_seed(0, 0) == 2968811710  # the same on every machine
