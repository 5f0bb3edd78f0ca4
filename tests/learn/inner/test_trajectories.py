"""Gradients of trajectory matching: exact ones equal the unrolled loop, both the official code."""

from itertools import islice, repeat

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.learn.inner.trajectories import Matched, Segment, match_trajectory
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.networks.heads import Head, Towers
from explorer.learn.pairs.blending import Blend
from explorer.learn.pairs.similarity import OfLowRank
from explorer.learn.rules import sgd
from explorer.learn.students.contrastive import CONTRASTS
from tests.learn.official_draws import official_call
from tests.learn.students.test_contrastive import NAMES
from tests.learn.towers import Linear, close, tensors
from tests.recorded import as_json, read, recorded, variants


def segment_of(arrays) -> Segment:
    sides = ("theta_img", "theta_txt")
    return Segment(*(tuple(arrays[f"{s}_{end}"] for s in sides) for end in ("start", "target")))


def leaf(values: torch.Tensor) -> torch.Tensor:
    return values.clone().requires_grad_()


def called(parts: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    """Parts of a similarity of low rank by their recorded names."""
    return dict(zip(("sim_a", "sim_L", "sim_R"), parts, strict=True))


def linear_towers(arrays) -> Towers:
    n_pixels, dim = arrays["image"][0].numel(), int(arrays["dim"])
    return Towers(Linear(n_pixels, dim), Linear(arrays["text"].shape[1], dim))


def compare(found: Matched, arrays, prefix: str, inputs: dict[str, torch.Tensor]) -> None:
    """What was found of the inputs, by name, with what was recorded, up to the next values."""
    close(found.losses.sum(), arrays[f"{prefix}loss"])
    for side, ours in enumerate(("img", "txt")):
        close(found.losses[side], arrays[f"{prefix}loss_{ours}"])
        close(found.rates[side], arrays[f"{prefix}grad_lr_{ours}"])
        if f"{prefix}theta_{ours}_steps" in arrays:
            path = torch.stack([weights[side] for weights in found.path])
            close(path, arrays[f"{prefix}theta_{ours}_steps"])
    for name, gradient in zip(inputs, found.inputs, strict=True):
        if f"{prefix}grad_{name}" in arrays:
            close(gradient, arrays[f"{prefix}grad_{name}"])
    rates = {f"lr_{side}": arrays[f"lr_{side}"] for side in ("img", "txt")}
    gradients = (*found.inputs, *found.rates)
    for (name, before), gradient in zip((inputs | rates).items(), gradients, strict=True):
        if f"{prefix}{name}_after" in arrays:
            after = stepped(arrays, prefix, name, before.detach(), gradient)
            close(after, arrays[f"{prefix}{name}_after"])


OUTER = ("image", "text", "lr", "sim")
"""What the recorded outer rates are of, in their order."""


def stepped(arrays, prefix: str, name: str, before, gradient) -> torch.Tensor:
    """The value after the first outer step; what TESLA_ says of LoRS leaves S as it is."""
    rate = arrays["outer_lr"][OUTER.index(name.split("_")[0])]
    if name.startswith("sim") and prefix == "TESLA_":
        rate = torch.zeros_like(rate)
    direction, _ = sgd(float(arrays["outer_momentum"])).direction(
        before, gradient, 1, torch.zeros_like(before)
    )
    return before - rate * direction


@recorded("vl_unroll")
@pytest.mark.parametrize("way", ["unroll", "unroll1", "mttvl", "tesla", "tesla1"])
def test_steps_of_two_towers_equal_the_recorded_ones(case, way):
    arrays = tensors(read(case))
    towers, batches = linear_towers(arrays), arrays[f"{way}_batches"]
    image, text = leaf(arrays["image"]), leaf(arrays["text"])
    multiplier = 1 / arrays["temperature"]
    if way == "mttvl":
        multiplier = torch.log(multiplier)
    similarity = leaf(torch.eye(len(image), dtype=image.dtype))

    def loss(step, weights):
        rows = batches[step]
        logits = multiplier * towers.cosines(weights, image[rows], text[rows])
        return CONTRASTS["infonce"](logits, similarity[rows][:, rows])

    found = match_trajectory(
        loss,
        segment_of(arrays),
        torch.stack([arrays["lr_img"], arrays["lr_txt"]]),
        [image, text, similarity],
        len(batches),
        truncated=way.startswith("tesla"),
    )
    compare(found, arrays, f"{way}_", {"image": image, "text": text, "sim_S": similarity})


@recorded("vl_lors")
@pytest.mark.parametrize("way", [*NAMES, "TESLA", "WBCEmerged"])
def test_learned_similarity_gets_the_recorded_gradients(case, way):
    arrays = tensors(read(case))
    towers, batches = (
        linear_towers(arrays),
        arrays[f"{way}_batches"],
    )
    start = "init" if way in ("BCE", "TESLA") else "sim"
    parts = [leaf(arrays[f"{start}_{each}"]) for each in ("a", "L", "R")]
    rank = int(arrays["rank"])
    similarity = OfLowRank(rank, float(arrays["alpha"] / rank))
    named = dict(zip(similarity.parts, parts, strict=True))
    if start == "sim":
        close(similarity.matrix(named, torch.arange(len(parts[0]))), arrays["sim_S"])
    image, text = leaf(arrays["image"]), leaf(arrays["text"])
    temperature = arrays["merged_temperature" if way == "WBCEmerged" else "temperature"]
    contrast = CONTRASTS[NAMES.get(way, "wbce")]

    def loss(step, weights):
        rows = batches[step]
        logits = towers.cosines(weights, image[rows], text[rows]) / temperature
        return contrast(logits, similarity.matrix(named, rows))

    found = match_trajectory(
        loss,
        segment_of(arrays),
        torch.stack([arrays["lr_img"], arrays["lr_txt"]]),
        [image, text, *parts],
        len(batches),
        merged=way in ("CWCL", "WBCEmerged"),
        truncated=True,
    )
    compare(found, arrays, f"{way}_", {"image": image, "text": text, **called(parts)})


@recorded("vl_repblend")
def test_heads_over_a_frozen_encoder_with_blending_equal_the_recorded_ones(case):
    arrays = tensors(read(case))
    frozen, dim = arrays["frozen_weight"], int(arrays["dim"])
    towers = Towers(Head(len(frozen), dim), Head(arrays["text"].shape[1], dim))
    assert towers.image.size == len(arrays["theta_img_start"])
    image, text = leaf(arrays["image"]), leaf(arrays["text"])
    encoded = torch.tanh(image.flatten(1) @ frozen.T + arrays["frozen_bias"])
    close(encoded, arrays["frozen_features"])
    features = leaf(encoded.detach())  # encoded once for all steps, one way back at the end
    parts = [leaf(arrays[f"sim_{each}"]) for each in ("a", "L", "R")]
    rank = int(arrays["rank"])
    similarity = OfLowRank(rank, float(arrays["alpha"] / rank))
    named = dict(zip(similarity.parts, parts, strict=True))
    batches = arrays["batches"]

    def loss(step, weights):
        rows = batches[step]
        blend = Blend(float(arrays["lam"][step]), arrays["blend_perm"][step])
        cosines = towers.cosines(weights, blend(features[rows]), blend(text[rows]))
        return CONTRASTS["wbce"](cosines / arrays["temperature"], similarity.matrix(named, rows))

    found = match_trajectory(
        loss,
        segment_of(arrays),
        torch.stack([arrays["lr_img"], arrays["lr_txt"]]),
        [features, text, *parts],
        len(batches),
        truncated=True,
    )
    encoded.backward(found.inputs[0])
    found = found._replace(inputs=(image.grad, *found.inputs[1:]))
    compare(found, arrays, "", {"image": image, "text": text, **called(parts)})


def classifier_loss(network, images, labels, batches):
    def loss(step, weights):
        rows = batches[step]
        outputs = network.outputs(network.named(weights[0]), images[rows])
        return functional.cross_entropy(outputs, labels[rows])

    return loss


def network_of(arrays) -> ConvNet:
    config = as_json(arrays, "config")
    return ConvNet(
        size=config["H"],
        n_classes=config["nc"],
        channels=config["ch"],
        width=config["w"],
        depth=config["d"],
        norm=config["norm"],
    )


def chunks(perms: np.ndarray, batch: int, steps: int) -> list[torch.Tensor]:
    """The official order: parts of a permutation, taken from its end; then the next one."""
    parts = (list(torch.tensor(each).split(batch)) for each in perms)
    return [chunk for own in parts for chunk in reversed(own)][:steps]


@recorded("img_mtt")
@pytest.mark.parametrize("tag", ["full", "mini"])
def test_steps_of_a_classifier_equal_the_recorded_ones(case, tag):
    raw = read(case)
    arrays, network = tensors(raw), network_of(raw)
    batches = chunks(raw[f"{tag}__perms"], int(raw[f"{tag}__batch_syn"]), int(raw["syn_steps"]))
    images = leaf(arrays["syn"])
    found = match_trajectory(
        classifier_loss(network, images, arrays["label"], batches),
        Segment((arrays["start"],), (arrays["target"],)),
        arrays["lr"].float()[None],
        [images],
        len(batches),
    )
    compare_classifier(found, arrays, tag)


@recorded("img_mtt")
def test_steps_on_augmented_images_equal_the_recorded_ones(case):
    raw = read(case)
    arrays, network, images = tensors(raw), network_of(raw), leaf(tensors(raw)["syn"])
    batches = list(islice(augmented_batches(raw), int(raw["syn_steps"])))
    for (rows, call), expected in zip(batches, arrays["dsa__augmented_inputs"], strict=True):
        torch.testing.assert_close(call(arrays["syn"][rows]), expected, rtol=1e-4, atol=1e-5)

    def loss(step, weights):
        rows, call = batches[step]
        outputs = network.outputs(network.named(weights[0]), call(images[rows]))
        return functional.cross_entropy(outputs, arrays["label"][rows])

    segment = Segment((arrays["start"],), (arrays["target"],))
    rates = arrays["lr"].float()[None]
    found = match_trajectory(loss, segment, rates, [images], len(batches))
    compare_classifier(found, arrays, "dsa")


def augmented_batches(raw):
    """The rows of each step and their augmentation: drawn after the permutation, each its own."""
    rng = torch.Generator().manual_seed(int(raw["dsa__global_seed"]))
    n, side = len(raw["syn"]), raw["syn"].shape[-1]
    for perm in raw["dsa__perms"]:
        assert torch.randperm(n, generator=rng).tolist() == perm.tolist()
        for rows in reversed(torch.tensor(perm).split(int(raw["dsa__batch_syn"]))):
            yield rows, official_call(repeat(rng), len(rows), side)


def compare_classifier(found: Matched, arrays, tag: str) -> None:
    """What was found of images and their rate with what was recorded, up to the next images."""
    path = torch.stack([weights[0] for weights in found.path])
    close(path, arrays[f"{tag}__param_path"], 1e-4)
    close(found.losses[0], arrays[f"{tag}__loss"], 1e-3)
    torch.testing.assert_close(found.inputs[0], arrays[f"{tag}__dsyn"], rtol=1e-3, atol=1e-6)
    close(found.rates[0], arrays[f"{tag}__dlr"], 1e-3)
    ((other,), *_) = variants(arrays, r"(\w+)__syn_after")
    for name, gradient, own in (("syn", found.inputs[0], "dsyn"), ("lr", found.rates[0], "dlr")):
        moved, by = arrays[name] - arrays[f"{other}__{name}_after"], arrays[f"{other}__{own}"]
        rate = (moved * by).sum() / by.square().sum()  # of the outer step, the same for all
        step = (arrays[name] - arrays[f"{tag}__{name}_after"]).float()
        close((rate * gradient).float(), step, 1e-3)


@recorded("img_tesla")
def test_truncated_steps_of_a_classifier_equal_the_recorded_ones(case):
    """The official code loses a factor of 2 of the images' gradient."""
    raw = read(case)
    arrays, network = tensors(raw), network_of(raw)
    images, steps = leaf(arrays["syn"]), int(raw["syn_steps"])
    everything = [torch.arange(len(images))] * steps
    found = match_trajectory(
        classifier_loss(network, images, arrays["label"], everything),
        Segment((arrays["start"],), (arrays["target"],)),
        arrays["lr"].float()[None],
        [images],
        steps,
        truncated=True,
    )
    close(found.losses[0], arrays["loss"], 1e-3)
    taken = (found.path[0][0] - found.path[-1][0]) / arrays["lr"]
    close(taken.float(), arrays["gradient_sum"], 1e-3)
    torch.testing.assert_close(found.inputs[0] / 2, arrays["dsyn"], rtol=1e-3, atol=1e-6)
    close(found.rates[0], arrays["dlr"], 1e-3)


@pytest.mark.parametrize("merged", [False, True])
def test_the_exact_gradient_is_that_of_the_unrolled_loop(merged):
    rng = torch.Generator().manual_seed(0)
    towers = Towers(Head(4, 3), Linear(5, 3))
    image, text = (leaf(torch.randn(6, n, generator=rng, dtype=torch.double)) for n in (4, 5))
    segment = Segment(*(tuple(w.double() for w in towers.start(rng)) for _ in range(2)))
    rates = leaf(torch.tensor([0.1, 0.3], dtype=torch.double))

    def loss(step, weights):
        rows = torch.arange(step, step + 4)
        logits = 3 * towers.cosines(weights, image[rows], text[rows])
        return CONTRASTS["infonce"](logits, torch.eye(4, dtype=torch.double))

    weights = tuple(leaf(each) for each in segment.start)
    for step in range(3):
        taken = torch.autograd.grad(loss(step, weights), weights, create_graph=True)
        weights = tuple(w - r * g for w, r, g in zip(weights, rates, taken, strict=True))
    gaps = [(w - t).square().sum() for w, t in zip(weights, segment.target, strict=True)]
    lengths = [(s - t).square().sum() for s, t in zip(*segment, strict=True)]
    quotients = [gap / length for gap, length in zip(gaps, lengths, strict=True)]
    total = sum(gaps) / sum(lengths) if merged else sum(quotients)
    expected = torch.autograd.grad(total, [image, text, rates])
    found = match_trajectory(loss, segment, rates, [image, text], 3, merged=merged)
    close(found.losses, torch.stack(quotients).detach())
    for ours, theirs in zip([*found.inputs, found.rates], expected, strict=True):
        close(ours, theirs, 1e-9)
    assert not any(each.requires_grad for weights in found.path for each in weights)
