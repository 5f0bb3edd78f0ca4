"""What the training scripts write must be what the libraries read; a stop must not lose work."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.scenes.labels import (
    CHOICES,
    N_OUTPUTS,
    PRESENT,
    choice_slices,
    read_answers,
    true_answers,
    true_presence,
)
from explorer.scenes.training import backbones as backbone_training
from explorer.scenes.training import clip as clip_training
from explorer.scenes.training import unet as unet_training
from explorer.scenes.training import vae as vae_training
from explorer.scenes.training.backbones import make_backbone
from explorer.scenes.training.backbones import save as save_backbone
from explorer.scenes.training.draws import Draws
from explorer.scenes.training.loop import train
from explorer.scenes.training.towers import image_tower, text_tower
from explorer.scenes.training.vae import make_vae, psnr
from explorer.scenes.world import open_scenes


@pytest.fixture(scope="module")
def tokenizer():
    return clip_training.make_tokenizer(open_scenes(200, 1, 1).splits["train"].captions)


@pytest.fixture(scope="module")
def clip(tokenizer):
    torch.manual_seed(0)
    return clip_training.make_clip(len(tokenizer)).eval()


def test_the_end_mark_is_the_highest_token_and_odd_text_is_not_lost(tokenizer):
    tokens = clip_training.as_tokens(tokenizer, ["a red cat", "Ein Café, 42 日本"])
    assert tokens.shape == (2, clip_training.CONTEXT)
    assert (tokens.max(dim=1).values == tokenizer.eos_token_id).all()
    assert tokenizer.eos_token_id == len(tokenizer) - 1
    assert tokenizer.decode(tokens[1], skip_special_tokens=True).strip() == "ein café , 4 2 日本"


def test_open_clip_reads_the_saved_clip_with_its_tokenizer(clip, tokenizer, tmp_path):
    import open_clip

    clip_training.save(tmp_path, clip, tokenizer)
    opened, prepare = open_clip.create_model_from_pretrained(f"local-dir:{tmp_path}")
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path}")(["a red cat by day"])
    assert torch.equal(tokens, clip_training.as_tokens(tokenizer, ["a red cat by day"]))
    image = open_scenes(1, 1, 1).splits["train"].open_image(0)
    ours = clip_training.as_input(np.array(image)[None])
    assert torch.allclose(prepare(image)[None], ours, atol=1e-5)
    with torch.inference_mode():
        assert torch.allclose(opened.encode_image(ours), clip.encode_image(ours), atol=0.01)


def test_transformers_towers_see_what_the_encoder_sees(clip, tokenizer):
    images = torch.randn(2, 3, 128, 128)
    tokens = clip_training.as_tokens(tokenizer, ["a red cat", "a blue house at night"])
    image = image_tower(clip, size=128, patch=16, heads=4)
    text = text_tower(clip, clip_training.CONTEXT, tokenizer.eos_token_id)
    with torch.inference_mode():
        assert torch.allclose(image(images).image_embeds, clip.encode_image(images), atol=1e-5)
        ends = text(tokens)[0][torch.arange(2), tokens.argmax(dim=1)] @ clip.text_projection
        assert torch.allclose(ends, clip.encode_text(tokens), atol=1e-5)


def test_training_puts_noise_on_embeddings_as_the_pipeline_does(clip, tokenizer, tmp_path):
    from diffusers import DDPMScheduler, StableUnCLIPImg2ImgPipeline
    from diffusers.pipelines.stable_diffusion.stable_unclip_image_normalizer import (
        StableUnCLIPImageNormalizer,
    )

    normalizer = StableUnCLIPImageNormalizer(embedding_dim=clip_training.DIM)
    normalizer.mean.data += 0.5
    normalizer.std.data *= 2
    text = text_tower(clip, clip_training.CONTEXT, tokenizer.eos_token_id)
    parts = {"vae": make_vae(), "clip": clip, "tokenizer": tokenizer, "text": text}
    unet = unet_training.make_unet(clip_training.DIM, text.config.hidden_size)
    unet_training.save(tmp_path, unet, normalizer, parts)
    pipeline = StableUnCLIPImg2ImgPipeline.from_pretrained(tmp_path, dtype=torch.float32)
    embedding = torch.randn(3, clip_training.DIM)
    theirs = pipeline.noise_image_embeddings(
        embedding, noise_level=70, generator=torch.Generator().manual_seed(5)
    )
    ours = unet_training.noised(
        embedding,
        torch.full((3,), 70),
        normalizer,
        DDPMScheduler(**unet_training.BETAS),
        torch.Generator().manual_seed(5),
    )
    assert torch.allclose(theirs, ours, atol=2e-2)  # the saved normalizer is half precision


@pytest.fixture
def few_draws(monkeypatch):
    for module in (vae_training, clip_training, unet_training, backbone_training):
        monkeypatch.setattr(module, "N_TRAIN", 20)
    monkeypatch.setattr(torch, "compile", lambda function, **options: function)  # takes minutes
    train = open_scenes(20, 1, 1).splits["train"]
    five = [list(train.captions[i : i + 5]) for i in range(0, 100, 5)]
    return Draws(np.stack([train.open_image(i) for i in range(20)]), five, train.attributes)


def test_every_training_step_gives_a_loss_that_teaches(few_draws, clip, tokenizer, tmp_path):
    vae, backbone = make_vae(), make_backbone("resnet")
    tokens = torch.stack([clip_training.as_tokens(tokenizer, each) for each in few_draws.captions])
    text = text_tower(clip, clip_training.CONTEXT, tokenizer.eos_token_id).requires_grad_(False)
    parts = {"vae": vae, "clip": clip, "tokenizer": tokenizer, "text": text}
    learned = unet_training.make_learned(tmp_path, few_draws, parts)
    unet = unet_training.make_unet(clip_training.DIM, text.config.hidden_size)
    latents = learned.latents
    steps = {
        vae: [
            vae_training.whole_step(vae, few_draws.images, 8),
            vae_training.decoder_step(vae, few_draws.images, latents, 2),
        ],
        clip: [clip_training.contrastive_step(clip, few_draws.images, tokens, 4)],
        backbone: [backbone_training.answer_step(backbone, few_draws, 4)],
        unet: [unet_training.denoising_step(unet, learned, text, 4)],
    }
    for model, each in steps.items():
        for step in each:
            for share in (0.0, 0.9):
                model.zero_grad()
                loss = step(0, share)
                loss.backward()
                taught = [p.grad for p in model.parameters() if p.grad is not None]
                assert torch.isfinite(loss)
                assert any(gradient.abs().sum() > 0 for gradient in taught)


def test_timm_reads_the_saved_backbone(tmp_path):
    import timm

    network = make_backbone("vit").eval()
    save_backbone(tmp_path, "vit", network)
    opened = timm.create_model(f"local-dir:{tmp_path}", pretrained=True).eval()
    image = torch.randn(1, 3, 128, 128)
    with torch.inference_mode():
        assert torch.allclose(opened(image), network(image), atol=0.01)


def test_true_answers_are_read_back_from_perfect_outputs():
    attributes = open_scenes(20, 1, 1).splits["train"].attributes
    outputs = np.zeros((20, N_OUTPUTS))
    for row, each in enumerate(attributes):
        for question, answer in true_answers(each).items():
            outputs[row, choice_slices()[question].start + answer] = 1
    read = read_answers(outputs)
    for question in CHOICES:
        assert read[question].tolist() == [true_answers(each)[question] for each in attributes]
    assert true_presence(attributes[0]).sum() == len(attributes[0]["things"])
    assert choice_slices()["side"].stop + len(PRESENT) == N_OUTPUTS


def test_a_finished_training_is_read_back_and_not_done_again(tmp_path):
    arguments = {"folder": tmp_path, "minutes": 0.003, "learning_rate": 0.1}
    model = nn.Linear(1, 1, bias=False)
    first = train("line", model, lambda n, s: (model.weight - 3).square().sum(), **arguments)
    again = nn.Linear(1, 1, bias=False)
    second = train("line", again, lambda n, s: pytest.fail("no time is left"), **arguments)
    assert first["steps"] == second["steps"] > 0
    assert torch.equal(model.weight, again.weight)


def test_psnr_of_a_known_error_is_the_hand_worked_number():
    class Darker:  # every pixel 0.2 off in [-1, 1]: mse 0.01 in [0, 1], so 20 dB
        device = "cpu"

        def encode(self, x):
            return type("E", (), {"latent_dist": type("D", (), {"mode": lambda self: x})()})()

        def decode(self, x):
            return type("S", (), {"sample": x - 0.2})()

    assert psnr(Darker(), np.full((2, 8, 8, 3), 200, np.uint8)) == pytest.approx(20, abs=1e-3)
