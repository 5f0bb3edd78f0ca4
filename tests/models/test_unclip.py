"""What every decoder must keep, whatever kind it is."""

import numpy as np
import pytest
import torch

from explorer.config import SynthesisConfig
from explorer.models.unclip import load_decoder
from tests.models.drawing import CAPTIONS, SEEDS, pixels
from tests.tiny_models import SIZE

CONFIG = SynthesisConfig(steps=3, guidance=3.0, noise_level=0)


@pytest.fixture(scope="module", params=["tiny_bundle", "tiny_karlo"])
def bundle(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def decoder(bundle):
    return load_decoder(bundle, "cpu")


@pytest.fixture(scope="module")
def together(decoder, prototypes):
    return pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG))


def test_images_have_the_decoders_size(decoder, together):
    assert decoder.size == SIZE
    assert together.shape == (3, SIZE, SIZE, 3)
    assert together.std() > 1


def test_an_image_does_not_depend_on_its_batch(decoder, prototypes, together):
    for i in range(3):
        rows = slice(i, i + 1)
        alone = pixels(decoder.draw(prototypes[rows], CAPTIONS[rows], SEEDS[rows], CONFIG))
        assert np.abs(alone[0] - together[i]).max() <= 1


def test_an_image_does_not_depend_on_its_place(decoder, prototypes, together):
    order = [2, 0, 1]
    captions, seeds = [CAPTIONS[i] for i in order], [SEEDS[i] for i in order]
    turned = pixels(decoder.draw(prototypes[order], captions, seeds, CONFIG))
    assert np.abs(turned - together[order]).max() <= 1


def test_the_same_call_gives_the_same_images_and_leaves_global_randomness_alone(
    decoder, prototypes, together
):
    before = torch.get_rng_state()
    np.testing.assert_array_equal(
        pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG)), together
    )
    assert torch.equal(before, torch.get_rng_state())


def test_every_step_is_counted(decoder, prototypes):
    steps = []
    decoder.draw(
        prototypes[:1], CAPTIONS[:1], SEEDS[:1], CONFIG, on_step=lambda *step: steps.append(step)
    )
    n = len(steps)
    assert n >= CONFIG.steps
    assert steps == [(done, n) for done in range(1, n + 1)]


def test_a_cancelled_drawing_leaves_no_trace_in_the_next(decoder, prototypes, together):
    class Cancelled(Exception):
        pass

    def cancel(step: int, steps: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG, on_step=cancel)
    np.testing.assert_array_equal(
        pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG)), together
    )


def test_prototypes_may_be_a_read_only_map_of_a_file(decoder, prototypes, together, tmp_path):
    np.save(tmp_path / "prototypes.npy", prototypes)
    mapped = np.load(tmp_path / "prototypes.npy", mmap_mode="r")
    np.testing.assert_array_equal(pixels(decoder.draw(mapped, CAPTIONS, SEEDS, CONFIG)), together)


def test_the_built_in_way_in_asks_nobody_and_prints_nothing(bundle, no_network, capfd):
    load_decoder(bundle)
    assert capfd.readouterr() == ("", "")
