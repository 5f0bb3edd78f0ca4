"""Labels by their loss on real images: gradients equal the recorded ones."""

import numpy as np
import torch

from explorer.learn.images.label_distillation import (
    AGE,
    FLAT,
    HEAD,
    MEAN,
    SQUARE,
    beginning,
    by_one_step,
    by_ridge,
    learning_labels,
    on_simplex,
    ridge_head,
    trained,
    with_ones,
)
from explorer.learn.images.labelled import real_images
from explorer.learn.images.regression import LABELS
from explorer.learn.networks.convnet import ConvNet, FlatWeights
from tests.recorded import part, read, recorded

BATCH = 4  # base images in a step of the recorded case, the first of its permutation


def tensors(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, torch.Tensor]:
    return {n: torch.tensor(v) for n, v in part(arrays, prefix).items()}


class Toy(FlatWeights):
    """The recorded network: one hidden layer, and one behind it unless a head stands there."""

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        self._weights = weights

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(each.shape) for name, each in self._weights.items()}

    def init(self, rng: torch.Generator) -> dict[str, torch.Tensor]:
        return self._weights

    def features(self, weights, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x @ weights["a.weight"].T + weights["a.bias"])

    def outputs(self, weights, x: torch.Tensor) -> torch.Tensor:
        return self.features(weights, x) @ weights["b.weight"].T + weights["b.bias"]


def begun(network: Toy, head: torch.Tensor | None = None) -> dict[str, torch.Tensor]:
    """What is carried of a network that one step has met, and that was never trained."""
    flat = torch.cat([network.start(torch.Generator()), torch.ones(1)])
    empty = {MEAN: torch.zeros_like(flat), SQUARE: torch.zeros_like(flat)}
    return {FLAT: flat, AGE: torch.ones(()), **empty, **({} if head is None else {HEAD: head})}


@recorded("img_labels")
def test_the_ridge_regression_equals_the_recorded_one(case):
    own = tensors(read(case), "ridge__")
    found = ridge_head(own["features_bias"], own["labels"], 1.0)
    np.testing.assert_allclose(found, own["w"], rtol=1e-4, atol=1e-6)


@recorded("img_labels")
def test_the_loss_of_shares_of_classes_equals_the_recorded_one(case):
    own = tensors(read(case), "sce__")
    loss = torch.nn.functional.cross_entropy(own["pred"], own["target"])
    np.testing.assert_allclose(loss, own["loss"], rtol=1e-6)


@recorded("img_labels")
def test_a_step_by_ridge_regression_equals_the_recorded_one(case):
    own = tensors(read(case), "rr__")
    rows = own["perm"][0][:BATCH]
    labels = own["labels0"].requires_grad_()

    def features(x: torch.Tensor) -> torch.Tensor:
        return with_ones(torch.relu(x @ own["fc_w"].T + own["fc_b"]))

    base, real = features(own["base"][rows]), features(own["x"])
    scale = torch.ones(())
    loss, head = by_ridge(base, labels[rows], real, own["y"], own["w0"], scale, 1.0)
    (gradient,) = torch.autograd.grad(loss, labels)
    np.testing.assert_allclose(loss.item(), own["label_loss"], rtol=1e-3)
    np.testing.assert_allclose(gradient, own["dlabels"], rtol=1e-3, atol=1e-7)
    np.testing.assert_allclose(head.detach(), own["w1"], rtol=1e-3, atol=1e-5)
    moved = on_simplex(labels.detach() - 1e-3 * torch.sign(gradient))
    np.testing.assert_allclose(moved, own["labels1"], rtol=1e-3, atol=1e-6)
    network = Toy({"a.weight": own["fc_w"], "a.bias": own["fc_b"]})
    found = trained(
        network, begun(network, own["w1"]), own["base"][rows], moved[rows], way="ridge", rate=1e-3
    )
    weights, scale = network.named(found[FLAT][:-1]), found[FLAT][-1:]
    np.testing.assert_allclose(weights["a.weight"], own["fc_w1"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(weights["a.bias"], own["fc_b1"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(scale, own["scale1"], rtol=1e-5)


@recorded("img_labels")
def test_a_step_through_one_step_of_the_network_equals_the_recorded_one(case):
    arrays = read(case)
    own, other = tensors(arrays, "or2__"), tensors(arrays, "rr__")
    weights, rows = tensors(arrays, "or2__w0__"), own["perm"][0][:BATCH]
    labels, network = other["labels0"].requires_grad_(), Toy(weights)
    loss = by_one_step(
        network.outputs, weights, other["base"][rows], labels[rows], other["x"], other["y"], 0.01
    )
    (gradient,) = torch.autograd.grad(loss, labels)
    np.testing.assert_allclose(loss.item(), own["label_loss"], rtol=1e-3)
    np.testing.assert_allclose(gradient, own["dlabels"], rtol=1e-3, atol=1e-7)
    moved = on_simplex(labels.detach() - 1e-3 * torch.sign(gradient))
    np.testing.assert_allclose(moved, own["labels1"], rtol=1e-3, atol=1e-6)
    found = trained(
        network, begun(network), other["base"][rows], moved[rows], way="step", rate=1e-3
    )
    assert found[FLAT][-1] == 1
    for name, each in network.named(found[FLAT][:-1]).items():
        np.testing.assert_allclose(each, own[f"w1__{name}"], rtol=1e-3, atol=1e-6)


def test_a_network_begins_anew_after_so_many_steps():
    network, flat = ConvNet(8, 2, width=4, depth=2), np.full(3, 0.5, dtype=np.float32)
    image = np.random.default_rng(0).integers(0, 255, size=(8, 3, 8, 8)).astype(np.uint8)
    source = real_images(image, np.arange(8) % 2, 2, flat, flat, "cpu")
    base = source.take(np.arange(2))
    objective = learning_labels(
        network, source, lambda params: base, way="ridge", batch=4, ridge=1.0, rate=1e-3, restart=2
    )
    rng = torch.Generator().manual_seed(0)
    params, ages, scales = beginning(network, 2, base.device)(rng), [], []
    params[LABELS] = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    for _ in range(4):
        found = objective(params, rng)
        params = {**params, **found.replaced}
        ages.append(int(params[AGE]))
        scales.append(params[FLAT][-1].item())
        assert found.by_name[LABELS].abs().sum() > 0
        assert params[HEAD].abs().sum() > 0
    assert ages == [1, 2, 1, 2]
    assert scales[0] == scales[2] == 1
    assert min(abs(scales[1] - 1), abs(scales[3] - 1)) > 0.009
