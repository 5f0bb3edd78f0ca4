from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import StableUnCLIPImg2ImgPipeline

from explorer.config import SynthesisConfig
from explorer.models.noise import seeded_noise
from explorer.models.stable_unclip import SOLVER, SPACING
from explorer.models.unclip import load_decoder
from tests.models.drawing import CAPTIONS, SEEDS, pixels
from tests.tiny_models import SIZE

CONFIG = SynthesisConfig(steps=3, guidance=3.0, noise_level=50)


@pytest.fixture(scope="module")
def decoder(tiny_bundle):
    return load_decoder(tiny_bundle, "cpu")


@pytest.fixture(scope="module")
def together(decoder, prototypes):
    return pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG))


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


def test_images_are_those_of_the_plain_pipeline(tiny_bundle, prototypes, together):
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


def test_without_prototypes_the_caption_alone_decides(decoder, prototypes, together):
    """As guidance has it where it leaves the image out: neither embedding nor noise level."""
    alone = pixels(decoder.draw(None, CAPTIONS, SEEDS, CONFIG))
    assert np.abs(alone - together).max() > 1
    noisier = replace(CONFIG, noise_level=900)
    np.testing.assert_array_equal(pixels(decoder.draw(None, CAPTIONS, SEEDS, noisier)), alone)
    other = pixels(decoder.draw(None, ["a tree", *CAPTIONS[1:]], SEEDS, CONFIG))
    assert np.abs(other[0] - alone[0]).max() > 1
    np.testing.assert_array_equal(
        pixels(decoder.draw(prototypes, CAPTIONS, SEEDS, CONFIG)), together
    )


def test_without_prototype_and_caption_nothing_is_left_to_guide(decoder):
    """Condition and its absence are then the same, and no guidance can push them apart."""
    drawn = [
        pixels(decoder.draw(None, [""], SEEDS[:1], replace(CONFIG, guidance=guidance)))
        for guidance in (1.0, 9.0)
    ]
    assert np.abs(drawn[0] - drawn[1]).max() <= 1


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


def test_half_precision_draws_the_same_images_but_for_rounding(
    tiny_bundle, prototypes, together, monkeypatch
):
    """What a GPU computes in, tried on the CPU: the noise of a seed must not change with it."""
    monkeypatch.setattr("explorer.models.unclip.half_on_cuda", lambda device: torch.float16)
    half = load_decoder(tiny_bundle, "cpu").draw(prototypes, CAPTIONS, SEEDS, CONFIG)
    assert np.abs(pixels(half) - together).mean() < 1
