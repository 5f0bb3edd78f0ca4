from concurrent.futures import ThreadPoolExecutor

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from explorer.errors import ConfigError
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from tests.tiny_models import DIM


@pytest.fixture(scope="module")
def encoder(tiny_bundle):
    return load_encoder(tiny_bundle, "cpu")


def images(n: int) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(256, size=(40, 60, 3), dtype=np.uint8)) for _ in range(n)]


def test_embeddings_are_what_open_clip_gives_not_normalised(encoder, tiny_bundle):
    name = f"local-dir:{tiny_bundle.encoder}"
    model, prepare = open_clip.create_model_from_pretrained(name)
    with torch.no_grad():
        image = model.eval().encode_image(torch.stack([prepare(each) for each in images(3)]))
        caption = model.encode_text(open_clip.get_tokenizer(name)(["a red boat", "the sea"]))
    embedded = encoder.embed_images(torch.stack([encoder.prepare(each) for each in images(3)]))
    assert embedded.dtype == np.float32
    np.testing.assert_allclose(embedded, image, atol=1e-5)
    captions = encoder.embed_captions(["a red boat", "the sea"])
    np.testing.assert_allclose(captions, caption, atol=1e-5)
    assert embedded.shape == (3, DIM)
    assert np.abs(np.linalg.norm(embedded, axis=1) - 1).min() > 0.01


def test_a_long_caption_is_cut_where_the_tokenizer_cuts(encoder):
    long, longer = encoder.embed_captions(["boat " * 30, "boat " * 300])
    np.testing.assert_array_equal(long, longer)


def test_an_empty_caption_has_an_embedding(encoder):
    assert np.isfinite(encoder.embed_captions([""])).all()


def test_threads_prepare_and_read_at_once(encoder):
    alone = [encoder.prepare(each) for each in images(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(encoder.prepare, images(8)))
        captions = list(pool.map(encoder.embed_captions, [["a tree"]] * 16))
    assert torch.equal(torch.stack(alone), torch.stack(together))
    np.testing.assert_allclose(captions, np.broadcast_to(captions[0], (16, 1, 16)))


def test_the_built_in_way_in_asks_nobody(tiny_bundle, no_network):
    load_encoder(tiny_bundle)


def test_the_paper_encoder_has_the_activation_it_was_trained_with():
    architecture, tag = find_bundle("vit-l-14").encoder.split("/")
    config = open_clip.get_model_config(architecture)
    assert config["quick_gelu"] is open_clip.get_pretrained_cfg(architecture, tag)["quick_gelu"]


def test_half_precision_embeds_the_same_but_for_rounding(tiny_bundle, encoder, monkeypatch):
    """What a GPU computes in, tried on the CPU."""
    monkeypatch.setattr("explorer.models.clip.half_on_cuda", lambda device: torch.float16)
    half = load_encoder(tiny_bundle, "cpu")
    batch = torch.stack([encoder.prepare(each) for each in images(3)])
    assert half.embed_images(batch).dtype == np.float32
    np.testing.assert_allclose(half.embed_images(batch), encoder.embed_images(batch), atol=0.02)
    captions = ["a red boat", "the sea"]
    np.testing.assert_allclose(
        half.embed_captions(captions), encoder.embed_captions(captions), atol=0.02
    )


TEXTS = ["a red boat", "", "the sea and a tree"]


def test_tokens_are_embedded_as_the_captions_that_they_are_of(encoder):
    tokens = encoder.token_embeddings(TEXTS)
    lengths = (tokens != 0).any(axis=2).sum(axis=1)
    assert tokens.shape[1] == lengths.max()
    assert lengths[1] == 2  # the marks of both ends
    np.testing.assert_allclose(
        encoder.embed_tokens(tokens), encoder.embed_captions(TEXTS), atol=1e-5
    )


def test_the_gradient_of_tokens_is_that_of_differences_and_nothing_behind_an_end_has_one(
    encoder, monkeypatch
):
    monkeypatch.setattr("explorer.models.clip._TEXTS_AT_ONCE", 2)
    tokens = torch.tensor(encoder.token_embeddings(TEXTS)).requires_grad_()
    rng = torch.Generator().manual_seed(0)
    weight = torch.randn(3, DIM, generator=rng)
    (found,) = torch.autograd.grad((weight * encoder.encode_tokens(tokens)).sum(), tokens)
    assert not found[tokens == 0].any()
    way = torch.randn(tokens.shape, generator=rng) * (tokens != 0)
    ahead, back = (
        (weight * encoder.encode_tokens(tokens.detach() + step * way)).sum()
        for step in (0.001, -0.001)
    )
    assert (found * way).sum().item() == pytest.approx((ahead - back).item() / 0.002, rel=0.02)


def test_tokens_of_another_width_or_too_many_are_refused(encoder):
    for shape in ((1, 3, 31), (1, 25, 32)):
        with pytest.raises(ConfigError, match="takes up to 24 of 32"):
            encoder.embed_tokens(np.ones(shape, dtype=np.float32))
