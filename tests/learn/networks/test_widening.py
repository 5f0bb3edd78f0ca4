"""The network of FRePo equals the official one, and learns."""

import numpy as np
import torch

from explorer.learn.networks.widening import WideningConvNet
from tests.recorded import part, read, recorded, variants

FLAX = {"scale": "weight", "kernel": "weight", "var": "variance"}


def called(name: str) -> str:
    """Our name of a recorded weight: `params.Conv_1.kernel`, `batch_stats.BatchNorm_0.mean`."""
    _, layer, what = name.split(".")
    kind, number = layer.split("_")
    own = {"Conv": f"conv{number}", "BatchNorm": f"norm{int(number) + 1}", "Dense": "classifier"}
    return f"{own[kind]}.{FLAX.get(what, what)}"


def as_torch(weight: np.ndarray) -> torch.Tensor:
    """Outputs first: of (H, W, in, out) kernels and (in, out) matrices."""
    return torch.tensor(np.moveaxis(weight, (-1, -2), (0, 1)) if weight.ndim > 1 else weight)


@recorded("img_frepo")
def test_features_and_logits_equal_the_recorded_ones(case):
    arrays = read(case)
    for (tag,) in variants(arrays, r"(conv\w+)__logits"):
        own = {called(n): as_torch(w) for n, w in part(arrays, f"{tag}__w__").items()}
        x = torch.tensor(arrays[f"{tag}__x"]).permute(0, 3, 1, 2)
        network = WideningConvNet(
            size=x.shape[-1],
            n_classes=len(own["classifier.bias"]),
            channels=x.shape[1],
            width=len(own["conv0.bias"]),
            depth=sum(name.startswith("conv") for name in own) // 2,
            has_norm="norm1.mean" in own,
        )
        assert {name: tuple(each.shape) for name, each in own.items()} == network.shapes
        features = network.features(own, x)
        np.testing.assert_allclose(features, arrays[f"{tag}__feat"], rtol=1e-4, atol=1e-6)
        logits = network.head(own, features)
        np.testing.assert_allclose(logits, arrays[f"{tag}__logits"], rtol=1e-4, atol=1e-6)


NORMED = WideningConvNet(8, 3, width=4, depth=2, has_norm=True)


def begun() -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    rng = torch.Generator().manual_seed(0)
    return NORMED.init(rng), torch.randn((6, 3, 8, 8), generator=rng) + 2


def test_its_width_doubles_and_it_begins_with_variances_of_one_over_the_inputs():
    network = WideningConvNet(32, 10)
    weights = network.init(torch.Generator().manual_seed(0))
    assert {name: tuple(each.shape) for name, each in weights.items()} == network.shapes
    assert [len(weights[f"conv{block}.bias"]) for block in range(3)] == [128, 256, 512]
    assert network.shapes["classifier.weight"] == (10, 8192)
    kernel = weights["conv1.weight"]
    assert abs(kernel.std().item() * (128 * 9) ** 0.5 - 1) < 0.01
    assert kernel.abs().max() <= 2 / 0.8796 / (128 * 9) ** 0.5
    assert not weights["conv1.bias"].any()


def test_one_vector_and_named_weights_are_the_same():
    weights, _ = begun()
    again = NORMED.named(NORMED.flat(weights))
    assert list(again) == list(weights)
    assert all(torch.equal(again[name], weights[name]) for name in weights)


def test_norms_go_by_the_batch_in_training_and_keep_a_tenth_of_it():
    weights, x = begun()
    same = {**weights, "norm1.mean": torch.full((4,), 5.0)}
    assert torch.equal(NORMED.outputs(weights, x), NORMED.outputs(same, x))
    assert not torch.equal(NORMED.features(weights, x), NORMED.features(same, x))
    kept = NORMED.kept(weights, x)
    assert set(kept) == {"norm1.mean", "norm1.variance"}
    for _ in range(100):
        kept = NORMED.kept({**weights, **kept}, x)
    by_batch = NORMED.outputs(weights, x)
    by_kept = NORMED.head(weights, NORMED.features({**weights, **kept}, x))
    torch.testing.assert_close(by_kept, by_batch, rtol=1e-3, atol=1e-3)


def test_what_norms_keep_has_no_gradient_and_all_else_has():
    weights, x = begun()
    flat = NORMED.flat(weights).requires_grad_()
    NORMED.outputs(NORMED.named(flat), x).square().sum().backward()
    for name, each in NORMED.named(flat.grad).items():
        assert each.any() != name.endswith(("mean", "variance")), name


def test_without_norms_nothing_is_kept():
    network = WideningConvNet(8, 3, width=4, depth=2)
    weights, x = begun()
    assert not network.kept(weights, x)
    assert not any(name.startswith("norm") for name in network.shapes)
