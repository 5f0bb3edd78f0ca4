from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import StableUnCLIPImg2ImgPipeline

from explorer.config import SynthesisConfig
from explorer.models.unclip import SOLVER, SPACING, load_decoder, seeded_noise
from tests.tiny_models import DIM, SIZE

CONFIG = SynthesisConfig(steps=3, guidance=3.0, noise_level=50)
CAPTIONS = ["a red boat", "the sea and a tree", "x " * 60]
SEEDS = [7, 8, 9]


@pytest.fixture(scope="module")
def decoder(tiny_bundle):
    return load_decoder(tiny_bundle, "cpu")


@pytest.fixture(scope="module")
def prototypes():
    return np.random.default_rng(0).normal(size=(3, DIM)).astype(np.float32)


def pixels(images) -> np.ndarray:
    return np.stack([np.asarray(image, dtype=int) for image in images])


@pytest.fixture(scope="module")
def together(decoder, prototypes):
    return pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG))


def test_pictures_have_the_decoders_size(decoder, together):
    assert decoder.size == SIZE
    assert together.shape == (3, SIZE, SIZE, 3)
    assert together.std() > 1


def test_a_picture_does_not_depend_on_its_batch(decoder, prototypes, together):
    for i in range(3):
        rows = slice(i, i + 1)
        alone = pixels(decoder.draw(prototypes[rows], CAPTIONS[rows], SEEDS[rows], CONFIG))
        assert np.abs(alone[0] - together[i]).max() <= 1


def test_a_picture_does_not_depend_on_its_place(decoder, prototypes, together):
    order = [2, 0, 1]
    captions, seeds = [CAPTIONS[i] for i in order], [SEEDS[i] for i in order]
    turned = pixels(decoder.draw(prototypes[order], captions, seeds, CONFIG))
    assert np.abs(turned - together[order]).max() <= 1


def test_the_same_call_gives_the_same_pictures_and_leaves_global_randomness_alone(
    decoder, prototypes, together
):
    before = torch.get_rng_state()
    np.testing.assert_array_equal(
        pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG)), together
    )
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    "change",
    [
        "prototype",
        "caption",
        "seed",
        {"steps": 4},
        {"guidance": 1.0},
        {"noise_level": 500},
        {"negative_prompt": "sea"},
    ],
    ids=str,
)
def test_everything_that_is_asked_for_matters(decoder, prototypes, together, change):
    prototype, caption, seed, config = prototypes[:1], CAPTIONS[0], SEEDS[0], CONFIG
    if change == "prototype":
        prototype = prototypes[1:2]
    elif change == "caption":
        caption = "a tree"
    elif change == "seed":
        seed = 1
    else:
        config = replace(CONFIG, **change)
    changed = pixels(decoder.draw(prototype, [caption], [seed], config))
    assert np.abs(changed[0] - together[0]).max() > 1


def test_pictures_are_those_of_the_plain_pipeline(tiny_bundle, prototypes, together):
    """The original reads the prompts and draws the noise itself; in float32 both must agree."""
    plain = StableUnCLIPImg2ImgPipeline.from_pretrained(tiny_bundle.decoder, dtype=torch.float32)
    plain.scheduler = SOLVER.from_config(plain.scheduler.config, timestep_spacing=SPACING)
    generators = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    images = plain(
        image_embeds=torch.tensor(prototypes),
        prompt=CAPTIONS,
        negative_prompt=[""] * 3,
        latents=seeded_noise(generators, (4, SIZE // 2, SIZE // 2)),
        generator=generators,
        num_inference_steps=CONFIG.steps,
        guidance_scale=CONFIG.guidance,
        noise_level=CONFIG.noise_level,
    ).images
    np.testing.assert_array_equal(pixels(images), together)


def test_progress_counts_every_step(decoder, prototypes):
    steps = []
    decoder.draw(
        prototypes[:1], CAPTIONS[:1], SEEDS[:1], CONFIG, on_step=lambda *step: steps.append(step)
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]


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


@pytest.mark.parametrize("steps", [1, 2, 61, 400, 998, 999])
def test_steps_start_in_pure_noise_and_never_repeat(steps):
    solver = SOLVER(timestep_spacing=SPACING)
    solver.set_timesteps(steps)
    assert solver.timesteps[0] == 999
    assert len(solver.timesteps.unique()) == steps


def test_more_steps_than_noise_levels_are_all_noise_levels_there_are(decoder, prototypes):
    class Enough(Exception):
        pass

    def look(step: int, steps: int) -> None:
        assert steps == 999
        raise Enough

    config = replace(CONFIG, steps=1000)
    with pytest.raises(Enough):
        decoder.draw(prototypes[:1], CAPTIONS[:1], SEEDS[:1], config, on_step=look)


def test_noise_rows_depend_on_their_own_seed_alone():
    def noise(*seeds):
        return seeded_noise([torch.Generator().manual_seed(seed) for seed in seeds], (2, 3))

    assert torch.equal(noise(1, 2)[1], noise(2)[0])


def test_the_built_in_way_in_asks_nobody_and_prints_nothing(tiny_bundle, no_network, capfd):
    load_decoder(tiny_bundle)
    assert capfd.readouterr() == ("", "")


def test_half_precision_draws_the_same_pictures_but_for_rounding(
    tiny_bundle, prototypes, together, monkeypatch
):
    """What a GPU computes in, tried on the CPU: the noise of a seed must not change with it."""
    monkeypatch.setattr("explorer.models.unclip.half_on_cuda", lambda device: torch.float16)
    half = load_decoder(tiny_bundle, "cpu").draw(prototypes, CAPTIONS, SEEDS, CONFIG)
    assert np.abs(pixels(half) - together).mean() < 1
