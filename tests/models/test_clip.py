from concurrent.futures import ThreadPoolExecutor

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

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
