from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UnCLIPImageVariationPipeline, UnCLIPScheduler
from transformers import CLIPVisionModelWithProjection

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.models.karlo import SUPER_STEPS, open_karlo
from explorer.models.noise import generators_of, seeded_noise
from explorer.models.parts import require_decoder
from explorer.models.unclip import load_decoder
from tests.tiny_models import DIM, SIZE

CONFIG = SynthesisConfig(steps=3, guidance=3.0, noise_level=0)
SEEDS = [7, 8, 9]
PROTOTYPES = np.random.default_rng(0).normal(size=(3, DIM)).astype(np.float32)


@pytest.fixture(scope="module")
def decoder(tiny_karlo):
    return load_decoder(tiny_karlo, "cpu")


def draw(decoder, prototypes=PROTOTYPES, caption="a boat", seeds=SEEDS, config=CONFIG):
    images = decoder.draw(prototypes, [caption] * len(seeds), seeds, config)
    return np.stack([np.asarray(image, dtype=int) for image in images])


def test_images_are_those_of_the_plain_pipeline(tiny_karlo, decoder):
    """In float32 the original must agree, given the same noise to start from."""
    parts = open_karlo(Path(tiny_karlo.decoder), torch.float32).components
    parts |= {
        "image_encoder": CLIPVisionModelWithProjection.from_pretrained(
            tiny_karlo.decoder, subfolder="image_encoder"
        ),
        "decoder_scheduler": UnCLIPScheduler.from_config(parts["decoder_scheduler"].config),
        "super_res_scheduler": UnCLIPScheduler.from_config(parts["super_res_scheduler"].config),
    }
    plain = UnCLIPImageVariationPipeline(**parts)
    generators = generators_of(SEEDS)
    images = plain(
        image_embeddings=torch.tensor(PROTOTYPES),
        decoder_latents=seeded_noise(generators, (3, SIZE // 2, SIZE // 2)),
        super_res_latents=seeded_noise(generators, (3, SIZE, SIZE)),
        generator=generators,
        decoder_num_inference_steps=CONFIG.steps,
        super_res_num_inference_steps=SUPER_STEPS,
        decoder_guidance_scale=CONFIG.guidance,
    ).images
    np.testing.assert_array_equal(np.stack([np.asarray(i) for i in images]), draw(decoder))


@pytest.mark.parametrize(
    "change",
    [
        {"prototypes": PROTOTYPES[1:2]},
        {"seeds": [1]},
        {"config": replace(CONFIG, steps=4)},
        {"config": replace(CONFIG, guidance=1.0)},
    ],
    ids=["prototype", "seed", "steps", "guidance"],
)
def test_everything_that_is_asked_for_matters(decoder, change):
    asked = {"prototypes": PROTOTYPES[:1], "seeds": SEEDS[:1]}
    assert np.abs(draw(decoder, **asked) - draw(decoder, **asked | change)).max() > 1


def test_captions_do_not_matter(decoder):
    np.testing.assert_array_equal(draw(decoder, caption="a boat"), draw(decoder, caption=""))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"noise_level": 10}, r"noise_level to 0 \(it is 10\)"),
        ({"negative_prompt": "text"}, r"negative_prompt to nothing \(it is 'text'\)"),
        ({"steps": 1}, "at least 2 steps, got 1"),
    ],
    ids=str,
)
def test_what_karlo_cannot_do_is_refused(decoder, setting, message):
    with pytest.raises(ConfigError, match=message):
        draw(decoder, config=replace(CONFIG, **setting))


def test_as_many_steps_as_noise_levels_can_be_taken(decoder):
    class Enough(Exception):
        pass

    def stop(step: int, steps: int) -> None:
        assert steps == 1000 + SUPER_STEPS
        raise Enough

    config = replace(CONFIG, steps=1000)
    with pytest.raises(Enough):
        decoder.draw(PROTOTYPES[:1], [""], SEEDS[:1], config, on_step=stop)


def test_the_noise_of_a_seed_is_the_same_in_half_precision(tiny_karlo):
    """A GPU computes in it. The CPU cannot enlarge images in it, so steps are tried alone."""
    scheduler = open_karlo(Path(tiny_karlo.decoder), torch.float32).super_res_scheduler
    scheduler.set_timesteps(SUPER_STEPS)

    def step(dtype: torch.dtype) -> torch.Tensor:
        zeros = torch.zeros(3, 3, 8, 8, dtype=dtype)
        options = {"prev_timestep": 500, "generator": generators_of(SEEDS)}
        return scheduler.step(zeros, 999, zeros, **options).prev_sample

    assert step(torch.float16).dtype == torch.float16
    assert step(torch.float32).std() > 0.1
    torch.testing.assert_close(step(torch.float16).float(), step(torch.float32), atol=2e-3, rtol=0)


def test_captions_alone_are_refused_because_they_are_not_read(tiny_karlo, decoder):
    for ask in (
        lambda: require_decoder(tiny_karlo, CONFIG, from_prototypes=False),
        lambda: decoder.draw(None, ["a boat"], [1], CONFIG),
    ):
        with pytest.raises(ConfigError, match="Karlo reads no captions"):
            ask()
