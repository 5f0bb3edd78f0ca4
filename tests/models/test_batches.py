import numpy as np
import pytest
import torch

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.models.backbones import load_backbone
from explorer.models.batches import MicroBatches
from explorer.models.clip import load_encoder
from explorer.models.unclip import load_decoder
from tests.tiny_models import DIM, SIZE


def fits(most: int, work):
    """`work` on a device whose memory holds `most` rows, which its first argument has."""

    def limited(rows, *rest, **more):
        if len(rows) > most:
            raise torch.OutOfMemoryError(f"{len(rows)} rows")
        return work(rows, *rest, **more)

    return limited


def numbers(batches: MicroBatches, n: int, most: int) -> list[list[int]]:
    rows = list(range(n))
    return batches.each(n, lambda part: fits(most, list)(rows[part]))


def test_one_portion_is_enough_where_memory_is():
    assert numbers(MicroBatches("images"), 5, most=5) == [[0, 1, 2, 3, 4]]
    assert numbers(MicroBatches("images"), 0, most=5) == [[]]


def test_portions_are_halved_until_they_fit_and_what_fitted_is_remembered(caplog):
    batches = MicroBatches("images")
    assert numbers(batches, 10, most=3) == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert [record.getMessage() for record in caplog.records] == [
        "Out of memory with 10 images at once; going on with 5.",
        "Out of memory with 5 images at once; going on with 2.",
    ]
    caplog.clear()
    assert numbers(batches, 3, most=3) == [[0, 1], [2]]
    assert not caplog.records


def test_what_does_not_fit_alone_is_an_error_that_says_what_to_do():
    with pytest.raises(ConfigError, match="one of the images beside the model: choose"):
        numbers(MicroBatches("images"), 4, most=0)


def noise(n: int) -> torch.Tensor:
    """Images as a network gets them."""
    return torch.randint(256, (n, SIZE, SIZE, 3), dtype=torch.uint8)


def test_a_small_memory_changes_embeddings_by_rounding_alone(tiny_bundle, monkeypatch, caplog):
    encoder = load_encoder(tiny_bundle, "cpu")
    images, captions = noise(7), ["a boat", "", "a tree", "the red sea", "x"]
    image, caption = encoder.embed_images(images), encoder.embed_captions(captions)
    with encoder._pool.one() as (model, _, _):
        monkeypatch.setattr(model, "encode_image", fits(3, model.encode_image))
        monkeypatch.setattr(
            model.token_embedding, "forward", fits(2, model.token_embedding.forward)
        )
    np.testing.assert_allclose(encoder.embed_images(images), image, atol=1e-5)
    assert "with 7 images at once; going on with 3." in caplog.text
    np.testing.assert_allclose(encoder.embed_captions(captions), caption, atol=1e-5)
    assert "with 5 captions at once; going on with 2." in caplog.text


def test_a_small_memory_changes_features_by_rounding_alone(tiny_bundle, monkeypatch, caplog):
    backbone, images = load_backbone(tiny_bundle.backbones[0], "cpu"), noise(5)
    features = backbone.features(images)
    monkeypatch.setattr(backbone._network, "forward", fits(2, backbone._network.forward))
    np.testing.assert_allclose(backbone.features(images), features, atol=1e-5)
    assert "with 5 images at once; going on with 2." in caplog.text


@pytest.mark.parametrize(("kind", "part"), [("tiny_bundle", "unet"), ("tiny_karlo", "decoder")])
def test_a_small_memory_changes_images_by_rounding_alone(request, monkeypatch, caplog, kind, part):
    decoder = load_decoder(request.getfixturevalue(kind), "cpu")
    prototypes = np.random.default_rng(0).normal(size=(5, DIM)).astype(np.float32)
    asked = [prototypes, ["a boat"] * 5, [0, 1, 2, 3, 4]]
    config = SynthesisConfig(steps=2, guidance=2.0, noise_level=0)
    whole = np.stack([np.asarray(image, int) for image in decoder.draw(*asked, config)])
    with decoder._pool.one() as model:
        network = getattr(model._pipeline, part)
    original = network.forward

    def forward(sample, *rest, **more):  # guidance doubles the rows
        return fits(4, original)(sample, *rest, **more)

    monkeypatch.setattr(network, "forward", forward)
    halves = np.stack([np.asarray(image, int) for image in decoder.draw(*asked, config)])
    assert np.abs(halves - whole).max() <= 1
    assert "with 5 images at once; going on with 2." in caplog.text
