"""Images by codes, of a generator or of learned decoders."""

import numpy as np
import torch

from explorer.learn.images.generator import Generator
from explorer.learn.images.labelled import real_images
from explorer.learn.images.latent import CODES, FIRST, decoded, generated, staying_near
from explorer.learn.networks.convnet import ConvNet
from explorer.methods.distribution import kfs


def source():
    image = np.random.default_rng(0).integers(0, 256, size=(8, 3, 10, 10), dtype=np.uint8)
    flat = np.full(3, 0.5, dtype=np.float32)
    return real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")


def test_codes_begin_at_real_images_and_staying_there_costs_nothing():
    own = Generator(10, 2, latent=3, width=4)
    flat = own.start(torch.Generator().manual_seed(1)).numpy()
    images = generated(own, flat, source(), "real", 2)
    params = images.begin(torch.Generator().manual_seed(0))
    assert images.render(params).shape == (4, 3, 10, 10)
    network = ConvNet(10, 2, width=4, depth=2)
    weights = network.init(torch.Generator().manual_seed(0))
    near = staying_near(images.render, 1.0)
    assert near(network, weights, params).item() == 0
    assert near(network, weights, {**params, CODES: params[FIRST] + 1}).item() > 0


def test_every_code_is_shown_in_every_decoder_class_by_class():
    images = decoded(source(), "real", n_codes=3, n_decoders=2, channels=4)
    params = images.begin(torch.Generator().manual_seed(0))
    assert images.per_class == 6
    assert images.render(params).shape == (12, 3, 10, 10)
    n_values = sum(params[n][0].numel() for n in params if n != CODES)
    assert n_values == kfs.decoder_values(4, 3)
    changed = {**params, CODES: params[CODES].clone()}
    changed[CODES][0] += 1
    moved = (images.render(changed) - images.render(params)).flatten(1).abs().sum(dim=1) > 0
    assert moved.tolist() == [True, True, *[False] * 10]
