import numpy as np
import torch

from explorer.learn.images.experts import known_after, train_expert
from explorer.learn.images.labelled import real_images
from explorer.learn.networks.convnet import ConvNet

NETWORK = ConvNet(8, 2, width=4, depth=2)


def source():
    rng = np.random.default_rng(0)
    labels = np.arange(12) % 2
    image = rng.integers(0, 60, size=(12, 3, 8, 8)) + 150 * labels[:, None, None, None]
    flat = np.full(3, 0.5, dtype=np.float32)
    return real_images(image.astype(np.uint8), labels, 2, flat, flat, "cpu")


def train(seed: int = 0, losses: list[float] | None = None) -> np.ndarray:
    return train_expert(
        NETWORK,
        source(),
        epochs=6,
        batch_size=4,
        learning_rate=0.1,
        augmentation=(),
        seed=seed,
        on_epoch=(losses if losses is not None else []).append,
    )


def test_snapshots_are_the_start_and_the_weights_after_each_epoch():
    losses: list[float] = []
    weights = train(losses=losses)
    start = NETWORK.init(torch.Generator().manual_seed(0))
    assert weights.shape == (7, len(NETWORK.flat(start)))
    assert np.array_equal(weights[0], NETWORK.flat(start).numpy())
    assert len({each.tobytes() for each in weights}) == 7  # no two are one piece of memory
    assert losses[-1] < losses[0] / 2


def test_the_same_seed_trains_the_same_expert_and_another_another():
    assert np.array_equal(train(), train())
    assert not np.array_equal(train(), train(seed=1))


def test_what_is_known_after_each_pass_is_told_image_by_image():
    weights, real = train(), source()
    known = known_after(NETWORK, real, weights)
    last = NETWORK.named(torch.from_numpy(weights[-1]))
    best = NETWORK.outputs(last, real.take(np.arange(12))).argmax(dim=1).numpy()
    assert known.shape == (7, 12)
    assert known[-1].tolist() == (best == real.labels).tolist()
    assert known[0].sum() < known[-1].sum() == 12
