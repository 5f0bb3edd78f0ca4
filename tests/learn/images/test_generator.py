"""A small generator learns the images at hand."""

import numpy as np
import torch

from explorer.learn.images.generator import Generator, lower_bound, train_generator
from explorer.learn.images.labelled import real_images


def source():
    """Bright images of one class, dark ones of the other."""
    rng, flat = np.random.default_rng(0), np.full(3, 0.5, dtype=np.float32)
    labels = np.arange(40) % 2
    image = rng.integers(0, 60, size=(40, 3, 10, 10)) + 190 * labels[:, None, None, None]
    return real_images(image.astype(np.uint8), labels, 2, flat, flat, "cpu")


OWN = Generator(10, 2, latent=3, width=4)


def trained(epochs: int):
    losses: list[float] = []
    flat = train_generator(OWN, source(), epochs=epochs, batch=8, rate=5e-3, seed=0,
                           on_epoch=losses.append)  # fmt: skip
    return flat, losses


def test_training_lowers_the_loss_and_classes_look_as_they_do():
    flat, losses = trained(12)
    assert losses[-1] < losses[0] / 2
    codes, classes = torch.zeros(2, OWN.latent), torch.tensor([0, 1])
    dark, bright = OWN.decode(OWN.named(flat), codes, classes).mean(dim=(1, 2, 3)).tolist()
    assert bright - dark > 0.5
    assert OWN.decode(OWN.named(flat), codes, classes).shape == (2, 3, 10, 10)


def test_the_distance_of_codes_counts_where_images_fit():
    weights = {n: torch.zeros(s) for n, s in OWN.shapes.items()}
    x, noise = torch.zeros(1, 3, 10, 10), torch.zeros(1, 3)
    weights["encoder.2.bias"] = torch.tensor([2.0, 0, 0, 0, 0, 0])
    assert lower_bound(OWN, weights, x, torch.tensor([0]), noise).item() == 2.0
