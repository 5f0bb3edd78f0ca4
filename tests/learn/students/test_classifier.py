"""Students of labelled images."""

import numpy as np
import torch

from explorer.config import OF_EACH
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.students.classifier import Training, scale_on, train_classifier

NETWORK = ConvNet(8, 2, width=4, depth=2)
TRAINING = Training(epochs=8, batch_size=3, learning_rate=0.05, augmentation=())


def images(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Dark ones of class 0 and light ones of class 1, (n, 3, 8, 8) levels and (n,) classes."""
    labels = np.arange(n) % 2
    noise = np.random.default_rng(0).uniform(0, 0.2, size=(n, 3, 8, 8))
    return (noise + 0.7 * labels[:, None, None, None]).astype(np.float32), labels


def trained(target=None, training=TRAINING, seed=0, on_epoch=lambda *told: None):
    image, labels = images(10)
    half = np.full(3, 0.5, dtype=np.float32)
    right = labels if target is None else target
    return train_classifier(
        NETWORK, image, right, scale_on(half, half, "cpu"), training, seed, on_epoch
    )


def fits(student, n: int = 20) -> np.ndarray:
    return student.scores((images(n)[0] * 255).astype(np.uint8))


def test_what_is_light_and_what_is_dark_is_learned():
    losses: list[float] = []
    student = trained(on_epoch=lambda epoch, loss, student: losses.append(loss))
    assert len(losses) == TRAINING.epochs + 1
    assert losses[-1] < losses[0]
    found = fits(student)
    assert found.shape == (20, 2)
    assert found.argmax(axis=1).tolist() == images(20)[1].tolist()


def test_classes_and_sure_shares_of_them_teach_the_same():
    shares = np.eye(2, dtype=np.float32)[images(10)[1]]
    np.testing.assert_allclose(fits(trained(shares)), fits(trained()), atol=1e-4)


def test_the_seed_decides_everything_and_global_randomness_nothing():
    torch.manual_seed(1)
    first = fits(trained())
    torch.manual_seed(2)
    assert np.array_equal(fits(trained()), first)
    assert not np.array_equal(fits(trained(seed=1)), first)


def test_a_student_may_see_each_image_cropped_scaled_or_rotated():
    changing = TRAINING._replace(policy=OF_EACH)
    first = fits(trained(training=changing))
    assert np.array_equal(fits(trained(training=changing)), first)
    assert not np.array_equal(fits(trained()), first)


def test_looking_at_a_student_does_not_change_it():
    assert np.array_equal(
        fits(trained(on_epoch=lambda epoch, loss, own: fits(own))), fits(trained())
    )
